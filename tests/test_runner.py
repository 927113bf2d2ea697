"""How a checker's steps are run: one after the other, or side by side where it says so."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from support import inventoried

from verifier.checker import Command, Settings
from verifier.model import Cause
from verifier.runner import Places, perform
from verifier.sandbox import Cancelled, Ended


class Steps:
    """Yields each of these in turn, a command or several together, and keeps what it is sent."""

    name = tool = "steps"

    def __init__(self, *asked):
        self.asked, self.answers = asked, []

    def steps(self, *_):
        for one in self.asked:
            self.answers.append((yield one))


class Meeting:
    """A box whose jobs end only when as many of them run as are to run side by side."""

    def __init__(self, number, *, bad=""):
        self.barrier, self.bad = threading.Barrier(number, timeout=10), bad

    def run(self, job):
        if job.argv[-1] == "meets":
            self.barrier.wait()
        if job.argv[-1] == self.bad == "interrupted":
            raise Cancelled
        return Ended(exit_code=int(job.argv[-1] == self.bad), stdout=b"", stderr=b"", milliseconds=1)


def command(name, *words):
    return Command(argv=("true", *words), name=name)


def performed(tmp_path: Path, checker, box):
    (tmp_path / "tree").mkdir()
    places = Places(workspace=tmp_path, rules=tmp_path)
    return perform(checker, inventoried.checkout(tmp_path / "tree"), Settings(), places, box)


def test_commands_that_are_asked_for_together_run_side_by_side_and_are_answered_in_their_order(tmp_path):
    checker = Steps(command("first"), (command("b", "meets"), command("a", "meets")), command("last"))
    outputs, trouble = performed(tmp_path, checker, Meeting(2))
    assert trouble is None
    assert [output.command.name for output in outputs] == ["first", "b", "a", "last"]
    first, together, last = checker.answers
    assert (first, *together, last) == tuple(outputs)


def test_where_one_of_them_does_not_do_its_work_nothing_follows(tmp_path):
    checker = Steps((command("good"), command("bad", "breaks")), command("never"))
    outputs, trouble = performed(tmp_path, checker, Meeting(2, bad="breaks"))
    assert [output.command.name for output in outputs] == ["good", "bad"]
    assert trouble.cause is Cause.TOOL


def test_an_interrupt_ends_them_all(tmp_path):
    with pytest.raises(Cancelled):
        performed(tmp_path, Steps((command("good"), command("bad", "interrupted"))), Meeting(2, bad="interrupted"))
