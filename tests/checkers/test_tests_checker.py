"""The delivered tests as a checker: which steps follow on which, and what their outputs come to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support import made
from support.ran import events
from support.translated import english_alone

from verifier.checker import Settings, ToolOutput
from verifier.checkers import tests as checker
from verifier.checkers.tests import ALONE, ALONE_SECONDS, SERVICE_FAILED, Tests
from verifier.criteria import judge
from verifier.environment.interpreter import Interpreter
from verifier.model import Cause, Checkout, Delivery, File, NotExamined, Outcome, Role, Skip, Whose

pytestmark = pytest.mark.self

WRONG = ("failed", "assert 1 == 2")
NO_NETWORK = ("failed", "OSError: [Errno 101] Network is unreachable")
NO_SERVICE = ("failed", 'psycopg.OperationalError: connection to server at "db" failed')
NO_PACKAGE = ("failed", "ModuleNotFoundError: No module named 'yaml'")
SUITE = {"runner": "pytest", "folder": ".", "why": "pytest's own rules", "ini": "pytest-0.ini"}
SCRIPT = {"runner": "script", "folder": "api", "why": "a Makefile runs it", "argv": ["manage.py", "test"]}
REST = {"runner": "pytest", "folder": ".", "why": "nothing runs them", "ini": "pytest-rest.ini"}
COVERED = {"files": {"shop/a.py": {"statements": [1, 2], "missing": [2], "branches": 2, "missing_branches": 1}}}


MUTANT = {"path": "shop/a.py", "line": 1, "statement": 1, "start": 0, "end": 1, "before": "<", "after": ">="}


def file(path, role=Role.SOURCE, language="python"):
    return File(
        path=path, mode="100644", size=1, sha256="d" * 64, language=language, source=True, role=role, parsed=True
    )


def checkout(*files, **more):
    delivery = Delivery(url=".", commit="a" * 40, tree="b" * 40, manifest="c" * 64)
    files = files or (file("shop/a.py"), file("tests/test_a.py", Role.TESTS))
    return Checkout(delivery=delivery, root=Path("tree"), files=files, **more)


BASED = checkout(base_root=Path("base"))


def plan(*suites, services=()):
    return {"install": {}, "runs": [[one] for one in suites or (SUITE,)], "rest": REST, "services": list(services)}


class Sandbox:
    """Answers by the command's name: `collect`, `run` and `plain` with these tests, unless `says` has an answer of its own."""

    def __init__(self, tests, *, plain=None, alone=None, base=None, plans=None, says=None, covered=COVERED):
        self.tests, self.plain, self.alone, self.base = tests, plain or tests, alone or {}, base
        self.plans = plans or {}
        self.says = says or {}
        self.covered = covered
        self.outputs: list[ToolOutput] = []

    def run(self, tree, settings=None):
        self.tree = tree
        steps = Tests().steps(tree, settings or Settings())
        command = next(steps)
        while True:
            self.outputs.append(self._answer(command))
            try:
                command = steps.send(self.outputs[-1])
            except StopIteration:
                return self

    def _answer(self, command):
        name = command.name
        facts = {"exit_code": 0, "stdout": b"", "stderr": b"", "files": {}}
        if name in ("plan", "base-plan"):
            facts["files"] = {"project.json": json.dumps(self.plans.get(name, plan())).encode()}
        elif name == "coverage":
            facts["stdout"] = json.dumps(self.covered).encode()
        elif name.startswith("alone"):
            (only,) = json.loads(command.stdin)
            facts["files"] = {f"{name}.jsonl": events({only: self.alone.get(only, self.tests.get(only, "passed"))})}
        else:
            tests = self.base if name.startswith("base-") else self.plain if name.startswith("plain") else self.tests
            facts["files"] = {f"{name}.jsonl": events(tests, collect="collect" in name)}
        told = self.says.get(name, {})
        if isinstance(told, bytes):
            told = {"files": {f"{name}.jsonl": told}}
        return ToolOutput(command=command, **facts | told)

    @property
    def names(self):
        return [output.command.name for output in self.outputs]

    def seen(self):
        found = Tests().parse(self.tree, self.outputs)
        assert english_alone(found) == []
        return found

    def values(self):
        return {m.name.removeprefix("tests."): m.value for m in self.seen().measures}

    def judged(self, *criteria):
        facts = made.result(
            "tests", topic="tests", **{key: getattr(self.seen(), key) for key in ("measures", "trouble")}
        )
        wanted = criteria or (made.at_most("pass", "tests.failed", 0),)
        return [one.outcome for one in judge(made.criteria(*wanted), [facts]).outcomes]


def seen(tests, tree=None, **more):
    return Sandbox(tests, **more).run(tree or checkout()).seen()


def rules(observations):
    return [(finding.rule, finding.severity, finding.inherited) for finding in observations.findings]


def test_tests_that_pass_are_collected_run_and_counted_and_no_more():
    done = Sandbox({"a.py::t": "passed", "a.py::u": "skipped"}).run(checkout())
    assert done.names == ["plan", "collect-0-0", "run-0", "coverage"]
    assert done.values() == {
        "collected": 2,
        "passed": 1,
        "failed": 0,
        "skipped": 1,
        "xfailed": 0,
        "flaky": 0,
        "inherited": 0,
        "removed": 0,
        "coverage.statements": 5000,
        "coverage.branches": 5000,
    }
    observations = done.seen()
    assert (observations.trouble, observations.findings) == (None, ())
    assert observations.examined == {"shop/a.py", "tests/test_a.py"}
    assert observations.version == "pytest 9.2, coverage 7.11"
    assert observations.notes == ("tests of .: pytest's own rules", "a.py::u: skipped (no reason given)")


def test_a_failure_that_was_raised_in_a_package_is_helped_with_the_package():
    crash = ("failed", "/env/venv/lib/python3.9/site-packages/passlib/hash.py:655: ValueError: too long")
    own, other = seen({"a.py::t": WRONG, "a.py::u": crash}).findings
    assert own.help == ""
    assert "raised inside passlib" in other.help


def test_what_could_not_be_read_of_the_project_is_noted():
    unread = {"unreadable": [{"path": "tox.ini", "reason": "longer than 4 bytes"}]}
    notes = seen({"a.py::t": "passed"}, plans={"plan": plan() | unread}).notes
    assert notes[0] == "tox.ini was not read for how tests are run: longer than 4 bytes"


def test_coverage_is_measured_in_the_first_run_only_and_reported_of_the_source_by_a_process_of_ours():
    done = Sandbox({"a.py::t": WRONG}).run(checkout())
    measured = {o.command.name: "COVERAGE_PROCESS_START" in o.command.env for o in done.outputs}
    assert measured == {
        "plan": False,
        "collect-0-0": False,
        "run-0": True,
        "coverage": False,
        "plain-0": False,
        "alone-0-0": False,
    }
    by_name = {o.command.name: o.command for o in done.outputs}
    assert by_name["run-0"].passes == ("coverage.*",)
    assert json.loads(by_name["coverage"].stdin) == {"paths": ["shop/a.py"], "traceable": {}}
    assert not by_name["coverage"].delivered_code


@pytest.mark.parametrize(("version", "asked"), [("3.6.15", True), ("3.9.18", True), ("3.10.13", False), ("", False)])
def test_an_interpreter_that_leaves_no_trace_of_some_lines_is_asked_which_it_can_report(version, asked):
    known = tuple(
        Interpreter(path=Path(f"/py/{one}/bin/python"), version=one) for one in ("3.6.15", "3.9.18", "3.10.13")
    )
    told = {"traceable": {"stdout": b'{"shop/a.py": [1]}'}}
    done = Sandbox({"a.py::t": "passed"}, says=told).run(checkout(python=version), Settings(interpreters=known))
    by_name = {o.command.name: o.command for o in done.outputs}
    assert ("traceable" in by_name) is asked
    assert json.loads(by_name["coverage"].stdin)["traceable"] == ({"shop/a.py": [1]} if asked else {})
    if asked:
        assert by_name["traceable"].argv[0] == f"/py/{version}/bin/python"
        assert not by_name["traceable"].delivered_code


def test_where_the_interpreter_does_not_answer_every_statement_counts():
    known = (Interpreter(path=Path("/py/bin/python"), version="3.6.15"),)
    told = {"traceable": {"exit_code": 1, "stdout": b"{"}}
    done = Sandbox({"a.py::t": "passed"}, says=told).run(checkout(python="3.6.15"), Settings(interpreters=known))
    assert json.loads(done.outputs[-1].command.stdin)["traceable"] == {}
    assert done.seen().trouble is None


def test_a_test_that_fails_while_it_is_measured_is_run_without_and_alone_as_it_failed():
    done = Sandbox({"a.py::t": WRONG}, plain={"a.py::t": "passed"}, alone={"a.py::t": "failed"}).run(checkout())
    assert done.names == ["plan", "collect-0-0", "run-0", "coverage", "plain-0", "alone-0-0"]
    alone = done.outputs[-1].command
    assert "COVERAGE_PROCESS_START" in alone.env
    assert json.loads(alone.stdin) == ["a.py::t"]
    assert alone.seconds == ALONE_SECONDS
    assert (done.values()["failed"], done.values()["flaky"], done.seen().trouble) == (0, 0, None)
    assert "a.py::t: failed while coverage was measured, passed without; the latter counts" in done.seen().notes


def test_a_test_alone_has_no_more_time_than_the_criteria_give_all_of_them():
    done = Sandbox({"a.py::t": WRONG}).run(checkout(), Settings(test_seconds=7))
    assert {o.command.seconds for o in done.outputs if o.command.environment} == {7}


def test_all_suites_share_the_time_and_the_limit_is_what_is_named():
    spent = {"files": {"run-0.jsonl": events({"a.py::t": WRONG})}, "milliseconds": 30_000}
    said = {"run-0": spent, "run-1": {"files": {"run-1.jsonl": HANGS}, "killed": "time", "exit_code": None}}
    both = {"plan": plan(SUITE, {**SUITE, "ini": "pytest-1.ini"})}
    tests = {"a.py::t": WRONG, "a.py::u": WRONG}
    done = Sandbox(tests, plans=both, says=said).run(checkout(), Settings(test_seconds=100))
    seconds = {o.command.name: o.command.seconds for o in done.outputs}
    assert (seconds["run-0"], seconds["run-1"]) == (100, 70)
    assert "did not finish within 100 seconds" in done.seen().trouble.message


def test_tests_alone_share_their_time():
    said = {"alone-0-0": {"milliseconds": 40_000}}
    tests = {"a.py::t": WRONG, "a.py::u": WRONG}
    done = Sandbox(tests, says=said).run(checkout(), Settings(test_seconds=100))
    assert [o.command.seconds for o in done.outputs if o.command.name.startswith("alone")] == [100, 60]


def test_only_so_many_are_run_alone():
    done = Sandbox({f"a.py::t{number}": WRONG for number in range(ALONE + 5)}).run(checkout())
    assert len([name for name in done.names if name.startswith("alone")]) == ALONE
    assert done.values()["failed"] == ALONE + 5


def test_a_failing_test_counts_and_is_a_finding_at_its_place():
    done = Sandbox({"a.py::t": WRONG, "a.py::u": "passed"}).run(checkout())
    assert done.values()["failed"] == 1
    assert rules(done.seen()) == [("tests:failed", "error", False)]
    assert done.judged() == [Outcome.UNMET]


def test_a_flaky_test_is_no_pass_and_no_blame_and_is_told_with_all_it_did():
    done = Sandbox({"a.py::t": WRONG}, plain={"a.py::t": "passed"}, alone={"a.py::t": "passed"}).run(checkout())
    assert rules(done.seen()) == []
    assert "a.py::t is flaky: failed, passed, passed" in done.seen().notes
    assert done.values()["flaky"] == 1
    assert (done.seen().trouble.cause, done.seen().trouble.whose) == (Cause.DELIVERY, Whose.SUPPLIER)
    assert done.judged() == [Outcome.UNDETERMINED]
    assert not any("the latter counts" in note for note in done.seen().notes)


def test_a_test_that_fails_the_second_time_only_is_flaky_as_a_finding():
    done = Sandbox(
        {"a.py::t": "passed", "b": WRONG}, plain={"a.py::t": WRONG, "b": WRONG}, alone={"a.py::t": "passed"}
    ).run(checkout())
    assert rules(done.seen()) == [("tests:flaky", "note", False), ("tests:failed", "error", False)]


def test_a_test_that_depends_on_those_before_it_is_told_and_counts():
    done = Sandbox({"a.py::t": WRONG}, alone={"a.py::t": "passed"}).run(checkout())
    assert "a.py::t fails in order, twice, and passes alone" in done.seen().notes
    assert done.values()["failed"] == 1


def test_an_answer_of_a_test_alone_that_names_another_is_not_its_own():
    done = Sandbox({"a.py::t": WRONG}, plain={"a.py::t": "passed"}, says={"alone-0-0": events({"b": "passed"})})
    assert done.run(checkout()).values()["flaky"] == 0


def test_what_could_not_reach_the_world_is_not_repeated_and_withheld():
    done = Sandbox({"a.py::t": NO_NETWORK, "a.py::u": "passed"}).run(checkout())
    assert done.names[-1] == "plain-0"
    assert rules(done.seen()) == [("tests:network", "note", False)]
    assert done.seen().trouble.cause is Cause.NETWORK
    assert done.judged() == [Outcome.UNDETERMINED]
    assert all(m.partial for m in done.seen().measures if "coverage" in m.name)


SERVICES = (
    {"name": "redis", "path": "compose.yml", "line": 3},
    {"name": "postgresql", "path": ".github/workflows/t.yml", "line": 3},
    {"name": "postgresql", "path": "compose.yml", "line": 3},
)


def test_services_that_nobody_declared_are_named_with_the_files_that_start_them():
    plans = {"plan": plan(services=SERVICES)}
    trouble = Sandbox({"a.py::t": NO_SERVICE}, plans=plans).run(checkout()).seen().trouble
    message = trouble.message
    assert trouble.line == 3
    assert "(postgresql in .github/workflows/t.yml, postgresql in compose.yml, redis in compose.yml, by the" in message
    declared = Sandbox({"a.py::t": NO_SERVICE}, plans=plans).run(checkout(), Settings(services=("postgresql",)))
    assert "(redis in compose.yml, by the project's own files)" in declared.seen().trouble.message


def test_a_missing_package_is_a_strangers_and_a_missing_module_of_their_own_is_not():
    trouble = seen({"a.py::t": NO_PACKAGE}).trouble
    assert (trouble.cause, trouble.whose) == (Cause.ENVIRONMENT, Whose.SUPPLIER)
    assert "yaml" in trouble.message
    ours = Sandbox({"a.py::t": ("failed", "ModuleNotFoundError: No module named 'shop.gone'")}).run(checkout())
    assert (ours.seen().trouble, ours.values()["failed"]) == (None, 1)


def test_an_environment_that_is_not_theirs_withholds_failures():
    done = Sandbox({"a.py::t": WRONG, "a.py::u": "passed"}).run(checkout(deviation="old pins"))
    assert "(old pins)" in done.seen().trouble.message
    assert done.judged() == [Outcome.UNDETERMINED]


HANGS = events({"a.py::t": "passed"}, missing=["a.py::hangs"], finished=False)


@pytest.mark.parametrize(
    ("told", "cause", "whose", "words"),
    [
        (
            {"files": {"run-0.jsonl": HANGS}, "killed": "time", "exit_code": None},
            Cause.TIME,
            Whose.SUPPLIER,
            "did not finish within 900 seconds while running a.py::hangs.",
        ),
        (
            {"files": {"run-0.jsonl": HANGS}, "killed": "memory", "exit_code": None},
            Cause.MEMORY,
            Whose.SUPPLIER,
            "limit of memory while running a.py::hangs.",
        ),
        ({"files": {}, "killed": "output", "exit_code": None}, Cause.LIMIT, Whose.SUPPLIER, "limit of output."),
        ({"files": {}, "killed": "cpu", "exit_code": None}, Cause.LIMIT, Whose.SUPPLIER, "limit of processor time."),
        ({"files": {}, "killed": "processes", "exit_code": None}, Cause.LIMIT, Whose.SUPPLIER, "limit of processes."),
        ({"files": {}, "killed": "disk", "exit_code": None}, Cause.LIMIT, Whose.SUPPLIER, "limit of disk space."),
        (
            {"files": {"run-0.jsonl": HANGS}, "killed": "shortage", "exit_code": None},
            Cause.LIMIT,
            Whose.OPERATOR,
            "the machine itself was running out of memory or disk space.",
        ),
        (
            {
                "files": {},
                "exit_code": SERVICE_FAILED,
                "stderr": b"more\nThe service redis did not start: it ended at once\n",
            },
            Cause.SERVICE,
            Whose.OPERATOR,
            "The service redis did not start: it ended at once",
        ),
        (
            {"files": {}, "exit_code": 1, "stderr": b"more\nno module named pytest\n"},
            Cause.ENVIRONMENT,
            Whose.OPERATOR,
            "could not start: no module named pytest",
        ),
        ({"files": {}, "exit_code": 1}, Cause.ENVIRONMENT, Whose.OPERATOR, "could not start: no message"),
        (
            {
                "files": {
                    "run-0.jsonl": b'{"event": "begun", "runner": "u", "version": "3", "coverage": "7"}\n'
                    b'{"event": "script error", "message": "Traceback\\nKeyError: SECRET"}\n'
                }
            },
            Cause.ENVIRONMENT,
            Whose.OPERATOR,
            "could not start: KeyError: SECRET",
        ),
        (
            {"files": {"run-0.jsonl": HANGS}},
            Cause.DELIVERY,
            Whose.SUPPLIER,
            "ended early while running a.py::hangs: 1 of 2 collected tests were reported.",
        ),
        (
            {"files": {"run-0.jsonl": events({"a.py::t": "passed"}, missing=["a.py::hangs"])}},
            Cause.DELIVERY,
            Whose.SUPPLIER,
            "1 of 2 collected tests were reported.",
        ),
    ],
    ids=[
        "time",
        "memory",
        "output",
        "cpu",
        "processes",
        "disk",
        "shortage",
        "service",
        "could not start",
        "said nothing",
        "script error",
        "ended early",
        "ended early and said that it finished",
    ],
)
def test_a_run_that_did_not_come_to_its_end_says_why_and_decides_nothing(told, cause, whose, words):
    with_redis = Settings(services=("redis",))
    done = Sandbox({"a.py::t": "passed", "a.py::hangs": "passed"}, says={"run-0": told}).run(checkout(), with_redis)
    trouble = done.seen().trouble
    assert (trouble.cause, trouble.whose) == (cause, whose)
    assert words in trouble.message
    values = done.values()
    assert not {"passed", "failed", "skipped"} & set(values)
    assert values["collected"] == 2
    must = (made.at_least("exist", "tests.passed", 1), made.at_most("pass", "tests.failed", 0))
    assert done.judged(*must) == [Outcome.UNDETERMINED, Outcome.UNDETERMINED]


def test_of_a_run_that_did_not_end_no_coverage_is_told():
    done = Sandbox({"a.py::t": "passed"}, says={"run-0": HANGS}).run(checkout())
    assert not any("coverage" in name for name in done.values())


def test_a_second_run_that_does_not_end_is_a_trouble_although_the_first_did():
    done = Sandbox({"a.py::t": WRONG}, says={"plain-0": {"files": {}, "killed": "time", "exit_code": None}})
    assert done.run(checkout()).seen().trouble.cause is Cause.TIME
    assert done.judged() == [Outcome.UNDETERMINED]


def test_a_test_of_which_nobody_said_how_it_went_has_not_passed():
    """A result class of the delivery's own that never tells unittest's: every test is set up and torn down, and no more."""
    silent = [line for line in events({"a.py::t": "passed"}).splitlines() if b'"call"' not in line]
    done = Sandbox({"a.py::t": "passed"}, says={"run-0": b"\n".join(silent) + b"\n"}).run(checkout())
    assert "0 of 1 collected tests were reported" in done.seen().trouble.message
    assert done.judged() == [Outcome.UNDETERMINED]


@pytest.mark.parametrize(
    "now",
    [
        {"a.py::t": "passed"},
        {"a.py::t": "passed", "b.py::u": "passed", "c.py::v": "passed"},
        {"a.py::t": "passed", "b.py::another": "passed"},
    ],
)
def test_two_collections_that_differ_are_a_trouble(now):
    done = Sandbox({"a.py::t": "passed", "b.py::u": "passed"}, says={"run-0": events(now)}).run(checkout())
    trouble = done.seen().trouble
    assert trouble.message.startswith(f"Two collections differ: 2 tests, then {len(now)}; one that is not in both is ")
    assert (trouble.cause, trouble.whose) == (Cause.DELIVERY, Whose.SUPPLIER)
    assert done.judged() == [Outcome.UNDETERMINED]


def test_a_base_in_an_environment_that_is_not_its_own_excuses_nobody():
    sandbox = Sandbox({"a.py::t": WRONG}, base={"a.py::t": WRONG})
    assert sandbox.run(BASED).judged() == [Outcome.MET]
    doubtful = replace(BASED, base_deviation="pinned packages without their pins")
    assert Sandbox({"a.py::t": WRONG}, base={"a.py::t": WRONG}).run(doubtful).judged() == [Outcome.UNDETERMINED]


def test_with_a_base_its_tests_run_once_without_coverage_in_a_place_of_their_own():
    done = Sandbox({"a.py::t": "passed"}, base={"a.py::t": "passed"}).run(BASED)
    assert done.names == ["plan", "collect-0-0", "run-0", "coverage", "base-plan", "base-collect-0-0", "base-plain-0"]
    assert all(o.command.base for o in done.outputs[4:])
    assert not any(o.command.env.get("COVERAGE_PROCESS_START") for o in done.outputs[4:])


def test_what_failed_before_is_a_note_and_does_not_count():
    done = Sandbox({"a.py::t": WRONG, "a.py::u": "passed"}, base={"a.py::t": WRONG}).run(BASED)
    assert rules(done.seen()) == [("tests:inherited", "note", True)]
    assert (done.values()["failed"], done.values()["inherited"]) == (0, 1)
    assert done.judged() == [Outcome.MET]


def test_what_failed_before_under_another_name_counts():
    done = Sandbox({"b.py::t": WRONG, "a.py::u": "passed"}, base={"a.py::t": WRONG}).run(BASED)
    assert done.judged() == [Outcome.UNMET]


def test_a_base_that_lacked_a_package_excuses_nothing_that_fails_now():
    done = Sandbox({"a.py::t": WRONG, "a.py::u": "passed"}, base={"a.py::t": NO_PACKAGE}).run(BASED)
    assert done.judged() == [Outcome.UNDETERMINED]
    assert rules(done.seen()) == [("tests:base", "note", False)]


def test_removed_and_skipped_tests_are_counted_and_named():
    base = {"a.py::t": "passed", "a.py::u": "passed", "a.py::v": "passed", "a.py::w": WRONG}
    done = Sandbox({"a.py::v": "skipped", "a.py::t": "passed"}, base=base).run(BASED)
    (removed,) = [m for m in done.seen().measures if m.name == "tests.removed"]
    assert (removed.value, removed.detail) == (2, "a.py::u, a.py::v")
    assert done.judged(made.at_most("kept", "tests.removed", 0)) == [Outcome.UNMET]


@pytest.mark.parametrize(("content", "services"), [(HANGS, ("redis",)), (b"", ())])
def test_the_exit_code_of_a_service_is_not_believed_of_delivered_code(content, services):
    told = {"files": {"run-0.jsonl": content}, "exit_code": SERVICE_FAILED, "stderr": b"redis did not start\n"}
    done = Sandbox({"a.py::t": "passed"}, says={"run-0": told}).run(checkout(), Settings(services=services))
    assert done.seen().trouble.cause is not Cause.SERVICE


def test_tests_that_are_gone_are_told_even_where_the_rest_hangs():
    done = Sandbox({"a.py::t": "passed", "a.py::hangs": "passed"}, base={"b.py::u": "passed"}, says={"run-0": HANGS})
    assert done.run(BASED).values()["removed"] == 1


def test_a_run_that_never_started_has_taken_no_test_away():
    """A service that does not start is nobody's deletion of all tests."""
    failed = {
        "files": {},
        "exit_code": SERVICE_FAILED,
        "stderr": b"The service redis did not start: it ended at once\n",
    }
    done = Sandbox({"a.py::t": "passed"}, base={"a.py::t": "passed"}, says={"run-0": failed}).run(BASED)
    assert "removed" not in done.values()
    assert done.judged(made.at_most("kept", "tests.removed", 0)) == [Outcome.UNDETERMINED]


@pytest.mark.parametrize("now", [WRONG, "passed"])
def test_a_base_that_could_not_be_run_is_a_trouble_and_blames_nobody(now):
    dead = {"files": {}, "exit_code": 1}
    says = {"base-collect-0-0": dead, "base-plain-0": dead}
    done = Sandbox({"a.py::t": now, "a.py::u": "passed"}, says=says).run(BASED)
    assert "base" in done.seen().trouble.message
    assert "removed" not in done.values()
    assert done.judged() == [Outcome.MET if now == "passed" else Outcome.UNDETERMINED]


def test_several_suites_are_run_one_by_one_and_told_as_one():
    plans = {"plan": plan(SUITE, SCRIPT)}
    says = {
        "collect-1-0": events({"x": "passed"}, collect=True),
        "run-1": events({"x": WRONG}),
        "plain-1": events({"x": WRONG}),
    }
    done = Sandbox({"a.py::t": "passed"}, plans=plans, says=says).run(checkout())
    assert done.names == [
        "plan",
        "collect-0-0",
        "collect-1-0",
        "run-0",
        "run-1",
        "coverage",
        "plain-1",
        "alone-1-0",
    ]
    assert json.loads(done.outputs[-1].command.stdin) == ["x"]
    assert (done.values()["collected"], done.values()["passed"], done.values()["failed"]) == (2, 1, 1)
    assert [finding.message.split(":")[0] for finding in done.seen().findings] == ["api/x"]


def test_the_way_that_was_found_to_work_is_told_with_what_was_kept_and_left_out():
    first = {**SUITE, "why": "the first"}
    second = {
        **SUITE,
        "why": "the second",
        "ini": "pytest-1.ini",
        "where": "setup.cfg:3",
        "kept": ["--doctest-modules"],
        "left_out": ["-k", "fast"],
        "dropped": ["log_cli"],
        "env": {"A": "1", "B": "2"},
        "env_where": {"A": "tox.ini:9"},
    }
    plans = {"plan": {**plan(), "runs": [[first, second]]}}
    done = Sandbox({"a.py::t": "passed"}, plans=plans, says={"collect-0-0": events(collect=True)}).run(checkout())
    assert done.names == ["plan", "collect-0-0", "collect-0-1", "run-0", "coverage"]
    observations = done.seen()
    assert observations.notes == (
        "tests of .: the second",
        "pytest options kept from the project: --doctest-modules",
        "A=1 (from tox.ini:9)",
        "B=2 (from setup.cfg:3)",
    )
    assert [(one.path, one.what) for one in observations.steering] == [
        ("setup.cfg", "pytest option not applied: -k"),
        ("setup.cfg", "pytest option not applied: fast"),
        ("setup.cfg", "pytest setting not applied: log_cli"),
    ]


def test_deselected_tests_are_told():
    line = json.dumps({"event": "deselected", "id": "a.py::u"}).encode() + b"\n"
    done = Sandbox({"a.py::t": "passed"}, says={"run-0": line + events({"a.py::t": "passed"})}).run(checkout())
    assert "1 test deselected by the project's own options" in done.seen().notes


def test_a_source_file_that_cannot_be_counted_is_a_trouble_where_there_is_no_other():
    broken = {"files": {"shop/a.py": {"unreadable": "no source"}}}
    done = Sandbox({"a.py::t": "passed"}, covered=broken).run(checkout())
    assert done.seen().trouble.path == "shop/a.py"
    assert done.values()["failed"] == 0
    assert seen({"a.py::t": NO_NETWORK}, covered=broken).trouble.cause is Cause.NETWORK


def test_no_python_is_no_tests_or_a_language_that_nobody_here_can_run():
    nothing = checkout(file("readme.md", language=None))
    assert Tests().steps(nothing, Settings()) == []
    observations = Tests().parse(nothing, [])
    assert {m.name: m.value for m in observations.measures} == {
        "tests.collected": 0,
        "tests.passed": 0,
        "tests.skipped": 0,
    }
    foreign = Tests().parse(checkout(file("a.go", language="go"), file("b.rb", language="ruby")), [])
    assert (foreign.trouble.cause, foreign.trouble.whose) == (Cause.LANGUAGE, Whose.BUYER)
    assert "go, ruby" in foreign.trouble.message
    assert foreign.measures == ()


def test_what_a_delivery_would_provide_is_what_can_be_imported_from_a_folder_that_is_no_package():
    assert checker._own_modules(checkout(file("src/shop/a.py"), file("b.py"))) == {"shop", "a", "b"}
    package = checkout(file("shop/__init__.py"), file("shop/celery.py"), file("tests/test_shop.py"))
    assert checker._own_modules(package) == {"shop", "tests", "test_shop"}


def test_a_run_that_did_not_end_is_not_repeated():
    fails = events({"a.py::t": WRONG}, missing=["a.py::hangs"], finished=False)
    done = Sandbox({"a.py::t": WRONG, "a.py::hangs": "passed"}, says={"run-0": fails}).run(checkout())
    assert done.names[-1] == "coverage"


ASKS = ("failed", "E   KeyError: 'SHOP'\n\n<frozen os>:679: KeyError")


def test_a_variable_that_tests_ask_for_while_they_run_may_come_from_the_projects_example():
    example = {**SUITE, "ini": "pytest-1.ini", "why": "with the values of .env.example", "example": ".env.example"}
    plans = {"plan": {**plan(), "runs": [[SUITE, example]]}}
    says = {"run-0": events({"a.py::t": ASKS})}
    done = Sandbox({"a.py::t": "passed"}, plans=plans, says=says).run(checkout())
    assert done.names == ["plan", "collect-0-0", "run-0", "run-0-with-example", "coverage"]
    assert (done.values()["passed"], done.values()["failed"]) == (1, 0)
    assert done.seen().notes == ("tests of .: with the values of .env.example",)
    without = Sandbox({"a.py::t": ASKS}).run(checkout())
    assert "run-0-with-example" not in without.names


LEFT = replace(file("tests/test_left.py", Role.TESTS), tests=("t",))


@pytest.mark.parametrize(
    ("outcome", "failed", "expected"), [("passed", 0, Outcome.MET), ("failed", None, Outcome.UNDETERMINED)]
)
def test_a_file_that_nothing_runs_is_run_by_itself_and_where_it_fails_no_pass_is_said(outcome, failed, expected):
    says = {"left-over": events({"tests/test_left.py::t": outcome})}
    done = Sandbox({"a.py::t": "passed"}, says=says).run(checkout(file("shop/a.py"), LEFT))
    assert done.names == ["plan", "collect-0-0", "run-0", "coverage", "left-over"]
    command = done.outputs[-1].command
    assert json.loads(command.stdin) == {"files": ["tests/test_left.py"], "django": ""}
    assert "COVERAGE_PROCESS_START" not in command.env
    assert (done.values()["passed"], done.values().get("failed")) == (1, failed)
    assert done.judged() == [expected]
    assert rules(done.seen()) == [("tests:left-out", "note", False)]


def test_a_failure_that_counts_is_not_hidden_by_a_file_that_nothing_runs():
    says = {"left-over": events({"tests/test_left.py::t": "failed"})}
    done = Sandbox({"a.py::t": WRONG}, says=says).run(checkout(file("shop/a.py"), LEFT))
    assert done.judged() == [Outcome.UNMET]


def test_where_a_run_wrote_to_delivered_code_nothing_is_said_to_have_passed():
    done = Sandbox({"a.py::t": "passed"}, says={"run-0": {"written": ("shop/a.py",)}}).run(checkout())
    seen = done.seen()
    assert [(one.what, one.proven) for one in seen.tampering] == [
        ("the test run wrote to shop/a.py, which was delivered", True)
    ]
    assert (seen.trouble.whose, seen.trouble.path) == (Whose.SUPPLIER, "shop/a.py")
    assert done.judged() == [Outcome.UNDETERMINED]


def test_a_failure_counts_although_the_run_wrote_to_delivered_code():
    done = Sandbox({"a.py::t": "failed"}, says={"run-0": {"written": ("shop/a.py",)}}).run(checkout())
    assert done.judged() == [Outcome.UNMET]


def test_what_a_project_says_and_is_not_applied_is_steering_at_its_place():
    said = [{"path": "Makefile", "line": 2, "what": "option --co of a test command"}]
    seen = Sandbox({"a.py::t": "passed"}, plans={"plan": plan() | {"unapplied": said}}).run(checkout()).seen()
    assert [(one.path, one.line, one.what) for one in seen.steering] == [
        ("Makefile", 2, "option --co of a test command")
    ]


LISTED = json.dumps({"possible": 1, "mutants": [MUTANT], "shams": {"shop/a.py": {"start": 9, "end": 9, "after": "#"}}})


def test_the_probe_changes_no_file_that_tests_are_written_in_and_asks_the_tests_that_passed():
    covered = {"files": COVERED["files"] | {"shop/test.py": {**COVERED["files"]["shop/a.py"]}}}
    tests = {"shop/test.py::t": "passed", "shop/test.py::u": "skipped", "shop/test.py::v": "failed"}
    done = Sandbox(tests, covered=covered, says={"mutants": {"stdout": LISTED.encode()}})
    done.run(checkout(), Settings(probe_seconds=60))
    asked = {output.command.name: json.loads(output.command.stdin or b"0") for output in done.outputs}
    assert asked["mutants"]["scopes"] == [{"least": 1, "files": {"shop/a.py": {"ran": [1], "changed": None}}}]
    assert asked["scout-0"] == {"tests": ["shop/test.py::t"], "lines": {"shop/a.py": [1]}}
    assert done.values()["coverage.statements"] == 5000


def test_without_a_criterion_that_asks_for_it_the_probe_is_not_made():
    assert Sandbox({"a.py::t": "passed"}).run(checkout()).names[-1] == "coverage"


def sized(path, size, language="python", **more):
    return replace(file(path, language=language), size=size, **more)


TEST = file("tests/test_a.py", Role.TESTS)


def unrun(*files, **more):
    """The coverage that is told, and whose it is that none is."""
    found = seen({"tests/test_a.py::test_a": "passed"}, checkout(TEST, *files, **more))
    told = [one.name for one in found.measures if one.name.startswith("tests.coverage")]
    return bool(told), found.trouble


def test_where_most_of_the_code_is_in_another_language_nobody_can_say_how_much_of_it_the_tests_run():
    told, trouble = unrun(sized("shop/a.py", 600), sized("web/server.js", 5000, "javascript"))
    assert (told, trouble.cause, trouble.whose) == (False, Cause.LANGUAGE, Whose.BUYER)
    assert "5000 bytes of the code are javascript, 600 are Python" in trouble.message


@pytest.mark.parametrize(
    "other",
    [
        sized("web/server.js", 500, "javascript"),
        sized("install.sh", 4000, "bash"),
        sized("static/vendor/jquery.js", 90_000, "javascript"),
        sized("static/app.min.js", 90_000, "javascript"),
        sized("tests/a.js", 90_000, "javascript", role=Role.TESTS),
        sized("page.html", 90_000, "html", source=False),
    ],
)
def test_a_page_a_script_and_the_code_of_others_leave_coverage_as_it_is(other):
    told, trouble = unrun(sized("shop/a.py", 600), other)
    assert (told, trouble) == (True, None)


def test_of_what_an_archive_installs_nobody_can_say_how_much_the_tests_run():
    packed = NotExamined(path="wheels/core-1.0.tar.gz", skip=Skip.NOT_DELIVERED, reason="an archive")
    told, trouble = unrun(sized("shop/a.py", 600), not_delivered=(packed,))
    assert (told, trouble.whose, trouble.path) == (False, Whose.SUPPLIER, "wheels/core-1.0.tar.gz")
