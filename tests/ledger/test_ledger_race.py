"""Two processes that pay the same milestone at the same moment: one entry, and both have the same release."""

from __future__ import annotations

import multiprocessing
import os

from support.logged import digest, made, opened, release

TRIES = 200


def pay_all(path, barrier, answers):
    """Each milestone, at the moment when the other does."""
    with opened(path) as log:
        for number in range(TRIES):
            mine = f"release {number} by {os.getpid()}".encode()
            barrier.wait()
            with log.transaction() as page:
                earlier = page.find(kind="release", contract=digest(number), milestone="m1")
                paid = earlier[0] if earlier else page.append(release(number), mine)
                answers.put((number, bool(earlier), page.stored(paid)))


def test_of_two_that_race_one_pays_and_the_other_has_its_answer(tmp_path):
    path = made(tmp_path / "payments")
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(2), context.SimpleQueue()
    racers = [context.Process(target=pay_all, args=(path, barrier, answers)) for _ in range(2)]
    for racer in racers:
        racer.start()
    told = [answers.get() for _ in range(2 * TRIES)]
    for racer in racers:
        racer.join()
        assert racer.exitcode == 0
    for number in range(TRIES):
        mine = sorted((repeated, body) for tried, repeated, body in told if tried == number)
        assert [repeated for repeated, _ in mine] == [False, True]
        assert mine[0][1] == mine[1][1]
    with opened(path) as log:
        assert log.verify().size == TRIES
    assert len({body.split()[-1] for _, repeated, body in told if not repeated}) == 2, "one of them was always first"
