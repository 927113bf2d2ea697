"""Killed at any moment of paying, the ledger verifies, and what it answers is nothing or the whole release."""

from __future__ import annotations

import shutil

from support.killed import killed_at, started
from support.logged import digest, made, opened, release

BODY = b"the signed release" * 500


def pay(path, stop=lambda: None) -> bytes:
    """What a gate does. The release, stored before or now."""
    with opened(path) as log:
        stop()
        with log.transaction() as page:
            earlier = page.find(kind="release", contract=digest(9), milestone="m1")
            paid = earlier[0] if earlier else page.append(release(9), BODY)
        with log.reading() as page:
            return page.stored(paid)


def test_killed_at_any_system_call_it_has_all_or_nothing(tmp_path):
    """From the beginning of the transaction until the file is closed: before and after every lock, write and sync."""
    whole = made(tmp_path / "whole", 3)
    sizes, killed, stop = set(), True, 0
    while killed:
        stop += 1
        path = shutil.copy(whole, tmp_path / f"at{stop}")
        killed = killed_at(started(lambda begin, path=path: pay(path, begin)), stop)
        with opened(path, sign=None) as log:
            size = log.verify().size
            with log.reading() as page:
                there = [page.stored(one) for one in page.find(kind="release", contract=digest(9))]
        assert (size, there) in [(3, []), (4, [BODY])], f"killed at stop {stop}"
        assert pay(path) == BODY
        with opened(path) as log:
            assert log.verify().size == 4
        sizes.add(size)
    assert sizes == {3, 4}
    assert stop > 50
