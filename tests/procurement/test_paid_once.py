"""Killed at any moment of gating and posting, gate or payer or both, the same command again has the release paid exactly once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from support.killed import killed_at, started, steps
from support.payer import PAID, Payer, payer
from support.paying import RECORD, TOKEN, certified, copied, named, pem, typed
from support.recorded import Recorded

EVERYWHERE, POSTING = 50, 50
"""Runs that are killed somewhere, and that are killed while the release is posted."""
MISHAPS = ("die after", "", "drop after", "", "die before", "", "500", "", "drop before", "")
"""What befalls the payer at the first request of a run, while the gate is killed somewhere."""
CLOSING = 60
"""Steps, about, of what comes after the post in any case."""
ENOUGH = 3
"""Posts that a run may need after its mishap."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[Recorded]:
    with pytest.MonkeyPatch.context() as patch:
        typed(patch)
        made = certified(tmp_path_factory.mktemp("desk"))
        copied(made, tmp_path_factory.mktemp("warm") / "desk").gate()
        yield made


@pytest.fixture(scope="module")
def there(desk, tmp_path_factory) -> Iterator[Payer]:
    with payer(tmp_path_factory.mktemp("paying") / "payer", pem(desk), token=TOKEN) as found:
        named(desk, found.url, patience=5)
        yield found


def gating(desk: Recorded) -> Callable[[Callable[[], None]], None]:
    def gate(begin: Callable[[], None]) -> None:
        begin()
        desk.gate()

    return gate


def fresh(desk: Recorded, there: Payer, folder, order: str = "") -> Recorded:
    """The same desk as it was, and a payer that has paid nothing: two runs in one second make the same release."""
    (there.folder / PAID).unlink(missing_ok=True)
    there.orders(*filter(None, [order]))
    return copied(desk, folder)


def stood(desk: Recorded, there: Payer) -> tuple[bool, bool, bool]:
    """Released, paid, and known to be posted."""
    with sqlite3.connect(desk.folder / "payments.ledger") as ledger:
        released = ledger.execute("SELECT count(*) FROM body").fetchone()[0]
    with sqlite3.connect(desk.folder / "record/index.sqlite") as index:
        posted = index.execute("SELECT count(*) FROM post WHERE posted != ''").fetchone()[0]
    return bool(released), bool(there.paid()), bool(posted)


def posted(desk: Recorded, there: Payer) -> None:
    """As cron does, without the waits between."""
    for _ in range(ENOUGH):
        there.revive()
        with sqlite3.connect(desk.folder / "record/index.sqlite") as index:
            index.execute("UPDATE post SET next = ''")
        if desk.run("record", "post", *RECORD)[0] == 0:
            return
    pytest.fail("the payer never took it")


def stops(desk: Recorded, there: Payer, folder) -> list[int]:
    """At which steps it is killed, spread over all of them, and once more over those from the post on."""
    silent = fresh(desk, there, folder / "silent")
    named(silent, "")
    without = steps(started(gating(silent)))
    whole = steps(started(gating(fresh(desk, there, folder / "whole"))))
    assert len(there.paid()) == 1
    first = without - CLOSING
    everywhere = [1 + run * first // EVERYWHERE for run in range(EVERYWHERE)]
    return everywhere + [first + run * (whole - first) // POSTING for run in range(POSTING)]


@pytest.mark.long
def test_killed_anywhere_the_payer_pays_exactly_once(desk, there, tmp_path):
    seen = set()
    for run, (stop, mishap) in enumerate(zip(stops(desk, there, tmp_path), cycle(MISHAPS), strict=False)):
        at = fresh(desk, there, tmp_path / f"run{run}", mishap)
        killed_at(started(gating(at)), stop)
        seen.add(stood(at, there))
        there.revive()
        release = at.gate()["about"]["release"]
        if mishap and not stood(at, there)[2]:
            posted(at, there)
        assert there.paid() == [release], f"run {run}, {mishap or 'no mishap'}, killed at stop {stop}"
        assert stood(at, there) == (True, True, True)
    assert {(False, False, False), (True, False, False), (True, True, False), (True, True, True)} <= seen
