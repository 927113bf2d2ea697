"""What the runs of the mutation probe come to, and which of them are made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.ran import events
from support.translated import english_alone

from verifier.checker import OUT, Settings, ToolOutput
from verifier.model import Cause, Checkout, Delivery, Observations
from verifier.testing import mutants, probe, probed
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
    return {
        "path": "a.py",
        "line": line,
        "statement": 1 + line % 2 * 2,
        "start": line,
        "end": line + 1,
        "before": "<",
        "after": ">=",
    }


def refuted(path="t.py", *, claim=True):
    report = {"event": "report", "id": "t.py::b", "when": "call", "outcome": "failed", "message": "x"}
    return (json.dumps(report | {"path": path, "claim": claim}) + "\n").encode()


class Box:
    """Answers each run on a change by its number, the first run on the sham and its controls; a run takes as long as is said.

    All tests run all lines, where nothing else is said.
    """

    def __init__(
        self, mutants=(), *, scout=None, control=None, lines=None, file=(), starting=(), count=3, took=100, slow=()
    ):
        self.mutants, self.count, self.took, self.slow = mutants, count, took, dict(slow)
        self.scout, self.control, self.lines, self.file = scout, control, lines, list(file)
        self.starting = list(starting)
        self.outputs: list[ToolOutput] = []
        self.batches: list[list[str]] = []

    def run(self, *suites, seconds=120, tree=None, at_once=1):
        self.suites = suites or ((WAY, NAMES),)
        settings = Settings(probe_seconds=seconds, at_once=at_once)
        steps = probe.steps(tree or checkout(), settings, PLAN, self.suites, REPORT)
        asked, under_way, self.clock = next(steps), [], 0
        while True:
            begun = asked if isinstance(asked, tuple) else (asked,)
            self.batches.append([command.name for command in begun])
            under_way += [(self.clock + output.milliseconds, output) for output in map(self.answer, begun)]
            assert len(under_way) <= at_once
            self.clock = min(end for end, _ in under_way)
            ended = [output for end, output in under_way if end == self.clock]
            under_way = [one for one in under_way if one[1] not in ended]
            self.outputs += ended
            try:
                asked = steps.send(tuple(ended) if isinstance(asked, tuple) else ended[0])
            except StopIteration:
                assert under_way == []
                return self

    def answer(self, command):
        took = self.slow.get(command.name, self.took)
        facts = {"exit_code": 0, "stdout": b"", "stderr": b"", "files": {}, "milliseconds": took}
        if took > command.seconds * 1000:
            return ToolOutput(
                command=command,
                **facts | {"exit_code": None, "killed": "time", "milliseconds": command.seconds * 1000},
            )
        if command.name == "mutants":
            found = {"possible": self.count, "shams": SHAM, "mutants": [mutant(n) for n in range(1, self.count + 1)]}
            return ToolOutput(command=command, **facts | {"stdout": json.dumps(found).encode()})
        asked = json.loads(command.stdin)
        if command.name.startswith("scout"):
            told, asked = self.scout, asked["tests"]
            lines = {"1": asked, "3": asked} if self.lines is None else self.lines
            seen = {"lines": {"a.py": lines}, "files": {"a.py": self.file}, "starting": self.starting}
            seen |= {"seconds": dict.fromkeys(asked, 0.02), "event": "scouted"}
            more = (json.dumps(seen) + "\n").encode()
        elif command.name.startswith("control"):
            told, more = self.control, b""
        else:
            number = int(command.name.split("-")[1])
            told, more = self.mutants[number] if number < len(self.mutants) else None, b""
        if told == "time":
            return ToolOutput(command=command, **facts | {"exit_code": None, "killed": "time"})
        written = events(dict.fromkeys(asked, "passed")) if told is None else told
        return ToolOutput(command=command, **facts | {"files": {"probe.jsonl": written + more}})

    @property
    def names(self):
        return [output.command.name for output in self.outputs]

    def seen(self):
        found = probed.judged([suite for suite, _ in self.suites], self.outputs)
        shown = Observations(
            measures=found.measures, findings=found.findings, steering=found.steering, trouble=found.trouble
        )
        assert english_alone(shown) == []
        return found

    def values(self):
        return tuple(measure.value for measure in self.seen().measures)


BREAKS = refuted(claim=False)
HOOK = {"event": "hook", "hook": "pytest_runtest_makereport", "path": "conftest.py", "line": 4}
RAN = {"event": "ran", "id": "t.py::b", "when": "call", "outcome": "failed", "xfail": False, "entered": True}
SILENCED = "".join(json.dumps(one) + "\n" for one in (HOOK, RAN)).encode()  # it failed, and was told as passed


def test_each_change_is_made_in_a_run_of_its_own_that_looks_like_the_sham_from_inside():
    done = Box([refuted()]).run()
    assert done.names == ["mutants", "scout-0", "mutant-0-0-0", "control-0-0-0", "mutant-1-0-0", "mutant-2-0-0"]
    _, scout, change, sham, *others = (output.command for output in done.outputs)
    assert all((c.argv, c.stdin, c.env) == (sham.argv, sham.stdin, sham.env) for c in (change, *others))
    assert (scout.argv[2], *sham.argv[2:4]) == ("scout", "until", f"{OUT}/probe.jsonl")
    assert all((c.produces, c.passes, c.answers) == ((), (), ("probe.jsonl",)) for c in (scout, change, sham))
    assert [edit.text for c in (scout, change, sham) for edit in c.edits] == ["pass\n", ">=", "pass\n"]
    assert (scout.seconds, change.seconds) == (120, 8)


def test_as_many_runs_are_made_side_by_side_as_there_is_room_for_and_no_control_twice():
    done = Box([refuted()] * 4, count=4).run(at_once=3)
    assert done.batches[2:4] == [["mutant-0-0-0", "mutant-1-0-0", "mutant-2-0-0"], ["control-0-0-0", "mutant-3-0-0"]]
    assert not any(done.batches[4:])
    assert done.values() == Box([refuted()] * 4, count=4).run().values()


def asked(done):
    return {output.command.name: json.loads(output.command.stdin) for output in done.outputs[2:]}


def test_a_change_is_tried_by_the_tests_that_run_its_line_and_each_such_choice_has_one_control():
    assert asked(Box([refuted()] * 3, lines={"1": ["t.py::a", "t.py::b"], "3": ["t.py::b"]}).run()) == {
        "mutant-0-0-0": ["t.py::b"],
        "control-0-0-0": ["t.py::b"],
        "mutant-1-0-0": list(NAMES),
        "control-1-0-0": list(NAMES),
        "mutant-2-0-0": ["t.py::b"],
    }


FOUR = tuple(f"t.py::{letter}" for letter in "abcd")


def test_of_a_line_that_runs_outside_of_tests_as_well_those_that_run_its_file_are_asked_and_in_the_end_all():
    told = {"lines": {"1": ["", "t.py::b"], "3": ["t.py::a"]}, "file": ["", "t.py::a", "t.py::b", "t.py::c"]}
    done = Box([None, refuted()], count=2, **told).run((WAY, FOUR))
    assert asked(done)["mutant-1-0-0"] == ["t.py::a", "t.py::b", "t.py::c"]
    assert done.names[2:5] == ["mutant-0-0-0", "mutant-1-0-0", "control-1-0-0"]
    unnoticed = Box(count=2, **told).run((WAY, FOUR))
    tests = [tests for name, tests in asked(unnoticed).items() if name.startswith("mutant-1")]
    assert tests == [["t.py::a", "t.py::b", "t.py::c"], ["t.py::d"]]


MANY = ("t.py::b", *(f"t.py::{number:03}" for number in range(249)))


def test_of_those_that_run_a_line_a_few_are_asked_first_and_five_times_as_many_next():
    done = Box([refuted(), None], count=2).run((WAY, MANY))
    assert asked(done) == {
        "mutant-0-0-0": list(MANY[:20]),
        "mutant-1-0-0": list(MANY[:20]),
        "control-0-0-0": list(MANY[:20]),
        "mutant-1-0-1": list(MANY[20:120]),
        "mutant-1-0-2": list(MANY[120:]),
    }


def test_what_would_be_left_is_asked_with_the_others_where_it_is_no_more_than_they_are():
    assert asked(Box(count=1).run((WAY, MANY[:40]))) == {"mutant-0-0-0": list(MANY[:40])}


def test_of_those_that_run_the_file_the_first_are_those_that_run_the_line():
    told = {"lines": {"3": ["", *MANY[3:45]]}, "file": ["", *MANY[:45]]}
    assert asked(Box(count=1, **told).run((WAY, MANY[:45]))) == {
        "mutant-0-0-0": list(MANY[3:23]),
        "mutant-0-0-1": [*MANY[:3], *MANY[23:45]],
    }


@pytest.mark.parametrize(("told", "parts"), [(BREAKS, ["0", "1", "2"]), ("time", ["0"])])
def test_where_the_few_break_the_others_that_run_the_line_may_still_notice(told, parts):
    """But not those that were not seen to run it. At a limit, the others would come to it as well."""
    done = Box([told], lines={"3": MANY}, starting=["t.py::other"], count=1).run((WAY, (*MANY, "t.py::other")))
    assert [name.removeprefix("mutant-0-0-") for name in done.names[2:]] == parts


def test_a_test_that_starts_another_process_may_run_any_line_there_and_is_asked_last():
    done = Box(lines={"1": ["t.py::b"], "3": ["t.py::b"]}, starting=["t.py::a"], count=1).run()
    assert list(asked(done).values()) == [["t.py::b"], ["t.py::a"]]


def test_where_tests_break_at_a_change_the_others_of_their_suite_are_not_asked():
    done = Box([BREAKS], lines={"3": ["t.py::b"]}, starting=["t.py::a"], count=1).run()
    assert (done.names[2:], done.values()) == (["mutant-0-0-0"], (1, 10_000))


def test_tests_that_fail_by_themselves_on_the_sham_have_noticed_nothing():
    done = Box([refuted()] * 12, count=12, control=refuted()).run()
    assert done.values() == (12, 0, 0)
    assert done.seen().findings == ()
    assert "at 12 tests fail that fail as well when run by themselves" in done.seen().measures[1].detail


@pytest.mark.parametrize(
    ("told", "how"),
    [
        (None, ""),
        ("time", "limit"),
        (refuted(), "assertion"),
        (refuted("a.py"), "error"),
        (refuted("../env/lib/python3/unittest/mock.py"), "assertion"),
        (BREAKS, "error"),
        (BREAKS + refuted(), "assertion"),
        (events({"t.py::a": "passed"}, missing=["t.py::b"], finished=False), "error"),
        (events(PASS | {"t.py::a": "skipped"}), ""),
        (events(PASS) + SILENCED, ""),
        (b"", "error"),
    ],
)
def test_how_a_change_is_noticed(told, how):
    assert probe.noticed(Box([told]).run().outputs[2], {"a.py"}) == how


def test_the_share_is_of_the_changes_with_which_the_code_still_runs():
    done = Box([refuted()] * 6 + [BREAKS] * 5 + [None] * 4, count=15).run()
    assert done.values() == (15, 7333, 6000)
    assert [(f.rule, f.line) for f in done.seen().findings] == [("tests:survived", n) for n in (12, 13, 14, 15)]
    assert done.seen().trouble is None
    assert (
        "at 6 an assertion fails; at 5 the tests break with another error; 4 go unnoticed"
        in done.seen().measures[1].detail
    )


def test_of_few_changes_one_that_an_assertion_notices_is_enough_to_say():
    assert Box([refuted(), BREAKS]).run().values() == (3, 6666, 5000)


@pytest.mark.parametrize(("breaks", "said"), [(3, (12, 2500)), (2, (12, 1666, 0))])
def test_where_few_changes_leave_the_code_running_and_no_assertion_fails_nobody_is_blamed(breaks, said):
    done = Box([BREAKS] * breaks, count=12).run()
    assert done.values() == said
    assert bool(done.seen().trouble) == (len(said) == 2)
    if done.seen().trouble:
        assert done.seen().trouble.cause is Cause.DELIVERY
        assert "only 9 leave it running" in done.seen().trouble.message


@pytest.mark.parametrize(
    ("told", "tried"),
    [
        ([refuted()] * 60, 30),
        ([None] * 60, 30),
        ([BREAKS] * 29 + [refuted()], 30),
        ([BREAKS] * 60, 60),
        ([BREAKS] * 37 + [refuted()], 40),
        ([BREAKS] * 27 + [None] * 33, 40),
        ([BREAKS] * 45, 60),  # ten of 55, and ten more
    ],
)
@pytest.mark.parametrize("at_once", [1, 3])
def test_how_many_are_tried_hangs_on_what_becomes_of_them_and_not_on_the_time(told, tried, at_once):
    assert Box(told, count=60).run(seconds=1000, at_once=at_once).values()[0] == tried


def test_before_it_is_known_how_many_are_tried_all_of_them_may_be():
    assert Box([BREAKS] * 60, count=60, took=2000).run(seconds=24).values() == (11, 1833, 0)


def test_what_is_known_when_the_time_is_over_holds_whatever_comes():
    done = Box([refuted()] * 3, count=40, took=2000).run(seconds=24)
    assert done.values() == (10, 1000, 1000)
    assert all(measure.partial for measure in done.seen().measures)
    assert (done.seen().trouble.cause, done.names[-1]) == (Cause.TIME, "mutant-9-0-0")
    assert "10 of 30" in done.seen().trouble.message


def test_a_run_that_is_stopped_since_the_time_is_over_says_nothing_and_one_that_comes_to_its_own_limit_does():
    late = {"mutant-1-0-0": 9000}
    assert Box(count=2, slow=late).run(seconds=60).values() == (2, 5000)
    done = Box(count=2, slow=late).run(seconds=6)
    assert (done.names[-1], done.outputs[-1].killed, done.values()[0]) == ("mutant-1-0-0", "time", 1)
    assert done.seen().trouble.cause is Cause.TIME


def test_a_control_that_is_stopped_since_the_time_is_over_says_nothing():
    done = Box([refuted()], count=1, slow={"control-0-0-0": 9000}).run(seconds=6)
    assert (done.names[-1], done.values()) == ("control-0-0-0", ())
    assert done.seen().trouble.cause is Cause.TIME


def test_runs_side_by_side_take_the_time_of_one():
    done = Box(count=40, took=2000).run(seconds=24, at_once=2)
    assert (done.values()[0], done.clock) == (22, 26_000)  # the list is no part of it


def test_a_run_begins_where_another_ends_and_not_before_there_is_time():
    """While the long one runs, the others take their turns beside it; who waits for it has no more time than it has."""
    done = Box(count=4, slow={"mutant-0-0-0": 5000}).run(seconds=9, at_once=2)
    assert done.batches[2:5] == [["mutant-0-0-0", "mutant-1-0-0"], ["mutant-2-0-0"], ["mutant-3-0-0"]]
    assert done.names[-1] == "mutant-0-0-0"
    late = Box([refuted()], count=1, slow={"mutant-0-0-0": 5000, "control-0-0-0": 5000}).run(seconds=9, at_once=2)
    assert (late.clock, late.outputs[-1].killed) == (100 + 100 + 5000 + 3000, "time")


def test_a_sham_for_which_there_is_no_time():
    done = Box(scout="time").run()
    assert (done.names, done.values()) == (["mutants", "scout-0"], ())
    assert (done.seen().trouble.cause, done.seen().steering) == (Cause.TIME, ())


def test_a_test_that_fails_on_the_sham_counts_for_nothing():
    done = Box([refuted()], scout=events(PASS | {"t.py::b": "failed"})).run()
    assert json.loads(done.outputs[2].command.stdin) == ["t.py::a"]
    (named,) = done.seen().steering
    assert (named.path, named.what[:13]) == ("api/t.py", "api/t.py::b c")


def test_tests_that_fail_whenever_the_text_is_another_say_nothing():
    done = Box(scout=events(dict.fromkeys(PASS, "failed"))).run()
    assert (done.names, done.values()) == (["mutants", "scout-0"], ())
    assert "only the text" in done.seen().trouble.message
    assert len(done.seen().steering) == 2


@pytest.mark.parametrize(("box", "names", "words"), [(Box(count=0), NAMES, "No line"), (Box(), (), "No test passes")])
def test_nothing_is_run_where_nothing_can_be_changed_or_nothing_passes(box, names, words):
    done = box.run((WAY, names))
    assert (done.names, done.values()) == (["mutants"], ())
    assert words in done.seen().trouble.message


def test_of_several_suites_one_that_claims_is_enough_and_the_others_are_asked_until_then():
    done = Box([refuted(), BREAKS]).run((WAY, NAMES), (SCRIPT, ("x.T.test_a",)))
    assert done.names[3:] == [
        "mutant-0-0-0",
        "control-0-0-0",
        "mutant-1-0-0",
        "mutant-1-1-0",
        "mutant-2-0-0",
        "mutant-2-1-0",
    ]
    assert done.values() == (3, 6666, 5000)


def test_where_it_was_not_made_nothing_is_said():
    assert probed.judged([WAY], []) == probed.Probed()


def test_what_is_drawn_from():
    whole = {"a.py": {"ran": [1, 3], "changed": None}}
    assert mutants.scopes(checkout(), REPORT) == [{"least": 1, "files": whole}]
    changed = {"a.py": frozenset({3}), "c.py": frozenset({1})}
    assert mutants.scopes(checkout(changed=changed), REPORT) == [
        {"least": 20, "files": {"a.py": {"ran": [1, 3], "changed": [3]}}},
        {"least": 1, "files": whole},
        {"least": 1, "files": whole},
    ]
