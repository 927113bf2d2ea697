"""Two processes that pay the same milestone at the same moment: one entry, and both have the same release."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

from support.logged import digest, made, opened, release

TRIES = 200
PATIENCE = 30
together = None


def ready(barrier):
    global together  # noqa: PLW0603 - a barrier is only handed to a process when it starts
    together = barrier


def pay_all(path):
    """Of each milestone, paid at the moment when the other pays it: whether it was paid before, and the release."""
    answers = []
    with opened(path) as log:
        for number in range(TRIES):
            mine = f"release {number} by {os.getpid()}".encode()
            together.wait(PATIENCE)
            with log.transaction() as page:
                earlier = page.find(kind="release", contract=digest(number), milestone="m1")
                paid = earlier[0] if earlier else page.append(release(number), mine)
                answers.append((bool(earlier), page.stored(paid)))
    return answers


def test_of_two_that_race_one_pays_and_the_other_has_its_answer(tmp_path):
    path = made(tmp_path / "payments")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context, ready, (context.Barrier(2),)) as racers:
        racing = [racers.submit(pay_all, path) for _ in range(2)]
        told = [racer.result() for racer in racing]
    for one, other in zip(*told, strict=True):
        assert {one[0], other[0]} == {False, True}
        assert one[1] == other[1]
    with opened(path) as log:
        assert log.verify().size == TRIES
    assert {repeated for repeated, _ in told[0]} == {False, True}, "one of them was always first"
