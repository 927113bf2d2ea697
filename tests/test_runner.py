"""How a checker's steps are run: one after the other, or side by side where it says so."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from support import inventoried

from verifier.checker import Command, Edit, Settings
from verifier.model import Cause, Role
from verifier.runner import Places, _watched, perform
from verifier.sandbox import Cancelled, Ended


class Steps:
    """Yields each of these in turn, a command or several together, and keeps what it is sent; no command follows before all of
    those before it are answered.
    """

    name = tool = "steps"

    def __init__(self, *asked):
        self.asked, self.answers = asked, []

    def steps(self, *_):
        for one in self.asked:
            self.answers.append((yield one))
            while isinstance(one, tuple) and len(self.answers[-1]) < len(one):
                self.answers[-1] += yield ()


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
    return perform(checker, inventoried.checkout(tmp_path / "tree"), Settings(at_once=2), places, box)


def test_commands_that_are_asked_for_together_run_side_by_side_and_are_answered_as_they_end(tmp_path):
    checker = Steps(command("first"), (command("b", "meets"), command("a", "meets")), command("last"))
    outputs, trouble = performed(tmp_path, checker, Meeting(2))
    assert trouble is None
    assert sorted(output.command.name for output in outputs[1:3]) == ["a", "b"]
    first, together, last = checker.answers
    assert (first, *together, last) == tuple(outputs)
    assert (first.command.name, last.command.name) == ("first", "last")


class Relay:
    """Three commands of which the last is asked for when one of the others has ended."""

    name = tool = "relay"

    def steps(self, *_):
        answered = [one.command.name for one in (yield command("long", "meets"), command("short"))]
        assert answered == ["short"]
        answered += [one.command.name for one in (yield (command("next", "meets"),))]
        while len(answered) < 3:
            answered += [one.command.name for one in (yield ())]


def test_where_one_has_ended_the_next_need_not_wait_for_the_others(tmp_path):
    outputs, trouble = performed(tmp_path, Relay(), Meeting(2))
    assert trouble is None
    assert sorted(output.command.name for output in outputs) == ["long", "next", "short"]


def test_where_one_of_them_does_not_do_its_work_nothing_follows(tmp_path):
    checker = Steps((command("good"), command("bad", "breaks")), command("never"))
    outputs, trouble = performed(tmp_path, checker, Meeting(2, bad="breaks"))
    assert "bad" in [output.command.name for output in outputs]
    assert "never" not in [output.command.name for output in outputs]
    assert trouble.cause is Cause.TOOL


def test_an_interrupt_ends_them_all(tmp_path):
    with pytest.raises(Cancelled):
        performed(tmp_path, Steps((command("good"), command("bad", "interrupted"))), Meeting(2, bad="interrupted"))


WATCHED = ("rates.py", "zones.json", "rates/data/zones.csv", ".env", "tests/test_rates.py", "tests/helper.py")
FREE = (
    *("tests/data/zones.json", "tests/__snapshots__/a.ambr", "docs/zones.json", "run.log", "coverage.xml", ".coverage"),
    *(".hypothesis/unicode_data/codec.json", "rates.egg-info/SOURCES.txt", "rates/__pycache__/rates.pyc", "web/a.snap"),
)


@pytest.mark.parametrize(
    "more", [{}, {"index": True}, {"base": True}, {"edits": (Edit(path="a", start=0, end=0, text=""),)}]
)
def test_code_and_the_products_own_data_are_watched_in_every_run_of_what_was_delivered(tmp_path, more):
    for path in (*WATCHED, *FREE):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    tree = inventoried.checkout(tmp_path)
    roles = {"tests": Role.TESTS, "docs": Role.DOCS}
    files = (replace(one, role=roles.get(one.path.split("/")[0], Role.SOURCE)) for one in tree.files)
    files = (replace(one, language="python" if one.path.endswith(".py") else None) for one in files)
    tree = replace(tree, files=tuple(files))
    tests_it = Command(argv=("env-python",), name="run-0", delivered_code=True, **more)
    assert set(_watched(tests_it, tree)) == (set() if more else set(WATCHED))
