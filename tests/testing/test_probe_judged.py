"""What the runs of the mutation probe come to, and which of them are made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.ran import events
from support.translated import english_alone

from verifier.checker import OUT, Settings, ToolOutput
from verifier.model import Cause, Checkout, Delivery, Observations
from verifier.testing import probe
from verifier.testing.suites import Plan, Way

pytestmark = pytest.mark.self

WAY = Way(runner="pytest", folder="api", why="pytest's own rules", ini="pytest-0.ini")
SCRIPT = Way(runner="script", folder=".", why="a Makefile runs it", argv=("runtests.py",))
PLAN = Plan(install={}, rest=WAY, suites=())
REPORT = {"files": {"a.py": {"statements": [1, 2, 3], "missing": [2]}, "b.py": {"unreadable": "no"}}}
NAMES = ("t.py::a", "t.py::b")
SHAM = {"a.py": {"start": 9, "end": 9, "after": "pass\n"}}
PASS = {"t.py::a": "passed", "t.py::b": "passed"}


def checkout(**more):
    delivery = Delivery(url=".", commit="a" * 40, tree="b" * 40, manifest="c" * 64)
    return Checkout(delivery=delivery, root=Path("tree"), **more)


def mutant(line):
    return {"path": "a.py", "line": line, "start": line, "end": line + 1, "before": "<", "after": ">="}


def refuted(path="t.py", *, claim=True):
    report = {"event": "report", "id": "t.py::b", "when": "call", "outcome": "failed", "message": "x"}
    return (json.dumps(report | {"path": path, "claim": claim}) + "\n").encode()


class Box:
    """Answers each run on a change by its number, and each on the sham in turn; a run takes as long as is said."""

    def __init__(self, mutants=(), shams=(), *, count=3, took=100):
        self.mutants, self.shams, self.count, self.took = mutants, list(shams), count, took
        self.outputs: list[ToolOutput] = []

    def run(self, *suites, seconds=120, tree=None):
        self.suites = suites or ((WAY, NAMES),)
        steps = probe.steps(tree or checkout(), Settings(probe_seconds=seconds), PLAN, self.suites, REPORT)
        command = next(steps)
        while True:
            self.outputs.append(self.answer(command))
            try:
                command = steps.send(self.outputs[-1])
            except StopIteration:
                return self

    def answer(self, command):
        facts = {"exit_code": 0, "stdout": b"", "stderr": b"", "files": {}, "milliseconds": self.took}
        if command.name == "mutants":
            found = {"possible": self.count, "shams": SHAM, "mutants": [mutant(n) for n in range(1, self.count + 1)]}
            return ToolOutput(command=command, **facts | {"stdout": json.dumps(found).encode()})
        if command.name.startswith("sham"):
            told = self.shams.pop(0) if self.shams else None
        else:
            number = int(command.name.split("-")[1])
            told = self.mutants[number] if number < len(self.mutants) else None
        if told == "time":
            return ToolOutput(command=command, **facts | {"exit_code": None, "killed": "time"})
        names = json.loads(command.stdin)
        return ToolOutput(
            command=command,
            **facts | {"files": {"probe.jsonl": events(dict.fromkeys(names, "passed")) if told is None else told}},
        )

    @property
    def names(self):
        return [output.command.name for output in self.outputs]

    def seen(self):
        found = probe.probed([suite for suite, _ in self.suites], self.outputs)
        shown = Observations(
            measures=found.measures, findings=found.findings, steering=found.steering, trouble=found.trouble
        )
        assert english_alone(shown) == []
        return found

    def values(self):
        return tuple(measure.value for measure in self.seen().measures)


BREAKS = refuted(claim=False)


def test_each_change_is_made_in_a_run_of_its_own_that_looks_like_the_sham_from_inside():
    done = Box([refuted()]).run()
    assert done.names == ["mutants", "sham-0-0", "mutant-0-0", "mutant-1-0", "mutant-2-0"]
    _, sham, *others = (output.command for output in done.outputs)
    assert {(c.argv, c.stdin, tuple(c.env.items())) for c in others} == {
        (sham.argv, sham.stdin, tuple(sham.env.items()))
    }
    assert sham.argv[2:4] == ("until", f"{OUT}/probe.jsonl")
    assert (sham.produces, sham.passes, sham.answers) == ((), (), ("probe.jsonl",))
    assert [edit.text for c in (sham, others[0]) for edit in c.edits] == ["pass\n", ">="]
    assert others[0].seconds == 8


@pytest.mark.parametrize(
    ("told", "how"),
    [
        (None, ""),
        ("time", "limit"),
        (refuted(), "assertion"),
        (refuted("a.py"), "error"),
        (BREAKS, "error"),
        (BREAKS + refuted(), "assertion"),
        (events({"t.py::a": "passed"}, missing=["t.py::b"], finished=False), "error"),
        (events(PASS | {"t.py::a": "skipped"}), ""),
        (b"", "error"),
    ],
)
def test_how_a_change_is_noticed(told, how):
    assert probe.noticed(Box([told]).run().outputs[2]) == how


def test_the_share_is_of_the_changes_with_which_the_code_still_runs():
    done = Box([refuted()] * 6 + [BREAKS] * 5 + [None] * 4, count=15).run()
    assert done.values() == (15, 7333, 6000)
    assert [(f.rule, f.line) for f in done.seen().findings] == [("tests:survived", n) for n in (12, 13, 14, 15)]
    assert done.seen().trouble is None
    assert (
        "at 6 an assertion fails; at 5 the tests break with another error; 4 go unnoticed"
        in done.seen().measures[1].detail
    )


def test_of_a_delivery_with_few_changes_those_that_break_the_tests_count():
    done = Box([refuted(), BREAKS]).run()
    assert done.values() == (3, 6666, 6666)
    assert "so few" in done.seen().measures[1].detail


def test_no_more_are_tried_than_are_enough():
    assert Box([BREAKS] * 5, count=40).run().values()[0] == 25


def test_what_is_known_when_the_time_is_over_holds_whatever_comes():
    done = Box([refuted()] * 3, count=40, took=2000).run(seconds=24)
    assert done.values() == (6, 750, 1500)
    assert all(measure.partial for measure in done.seen().measures)
    assert (done.seen().trouble.cause, done.names[-1]) == (Cause.TIME, "mutant-5-0")
    assert "6 of 40" in done.seen().trouble.message


def test_a_sham_for_which_there_is_no_time():
    done = Box(shams=["time"]).run()
    assert (done.names, done.values()) == (["mutants", "sham-0-0"], ())
    assert done.seen().trouble.cause is Cause.TIME


def test_a_test_that_fails_on_the_sham_counts_for_nothing():
    done = Box([refuted()], shams=[refuted(), events(PASS | {"t.py::b": "failed"})]).run()
    assert done.names[:5] == ["mutants", "sham-0-0", "sham-0-1", "sham-0-2", "mutant-0-0"]
    assert [output.command.argv[2] for output in done.outputs[1:4]] == ["until", "alone", "until"]
    assert json.loads(done.outputs[4].command.stdin) == ["t.py::a"]
    (named,) = done.seen().steering
    assert (named.path, named.what[:13]) == ("api/t.py", "api/t.py::b c")


@pytest.mark.parametrize(
    "shams", [[refuted(), refuted()], [refuted(), events(PASS | {"t.py::b": "failed"}), refuted()]]
)
def test_tests_that_fail_whenever_the_text_is_another_say_nothing(shams):
    done = Box(shams=shams).run()
    assert done.values() == ()
    assert "only the text" in done.seen().trouble.message
    assert len(done.seen().steering) == 2


@pytest.mark.parametrize(("box", "names", "words"), [(Box(count=0), NAMES, "No line"), (Box(), (), "No test passes")])
def test_nothing_is_run_where_nothing_can_be_changed_or_nothing_passes(box, names, words):
    done = box.run((WAY, names))
    assert (done.names, done.values()) == (["mutants"], ())
    assert words in done.seen().trouble.message


def test_of_several_suites_one_that_claims_is_enough_and_the_others_are_asked_until_then():
    done = Box([refuted(), BREAKS]).run((WAY, NAMES), (SCRIPT, ("x.T.test_a",)))
    assert done.names[3:] == ["mutant-0-0", "mutant-1-0", "mutant-1-1", "mutant-2-0", "mutant-2-1"]
    assert done.values() == (3, 6666, 6666)


def test_where_it_was_not_made_nothing_is_said():
    assert probe.probed([WAY], []) == probe.Probed()


def test_what_is_drawn_from():
    whole = {"a.py": {"ran": [1, 3], "changed": None}}
    assert probe.scopes(checkout(), REPORT) == [{"least": 1, "files": whole}]
    changed = {"a.py": frozenset({3}), "c.py": frozenset({1})}
    assert probe.scopes(checkout(changed=changed), REPORT) == [
        {"least": 20, "files": {"a.py": {"ran": [1, 3], "changed": [3]}}},
        {"least": 1, "files": whole},
        {"least": 1, "files": whole},
    ]
