"""How the delivery's environment is built, attempt after attempt, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.ran import events
from support.translated import english_alone

from verifier.checker import OUT, WORK, Impossible, Settings, ToolOutput
from verifier.checkers.environment import VERSION_NAMES, Environment, pretend_version
from verifier.environment.attempts import MOST
from verifier.environment.interpreter import Interpreter
from verifier.environment.repairs import Repair
from verifier.model import Cause, Checkout, Delivery, Whose

pytestmark = pytest.mark.self

REST = {"runner": "pytest", "folder": ".", "why": "nothing runs them"}

HERE = (
    Interpreter(path=Path("three-eleven"), version="3.11.7"),
    Interpreter(path=Path("three-six"), version="3.6.15"),
)
WAY = {
    "name": "requirements.txt",
    "parts": [{"what": "the requirements", "words": ["--requirements", "r.txt"]}],
    "constraints": ["lock.txt"],
}
PROJECT = {
    "name": "the project",
    "parts": [{"what": "the project", "words": ["--editable", ".[test]"]}],
    "constraints": [],
}
SUITE = {"runner": "pytest", "folder": ".", "why": "pytest's own rules", "ini": "pytest-0.ini"}
SIX = Repair(id="six", when=("no six",), why="w", source="s", packages=("six",), constraints=("six>1",))


def checkout(**more):
    delivery = Delivery(url=".", commit="a" * 40, tree="b" * 40, manifest="c" * 64)
    return Checkout(delivery=delivery, root=Path("tree"), **{"commit_time": 1_577_836_800, **more})


def settings(**more):
    return Settings(**{"install_seconds": 77, "interpreters": HERE[:1], "repairs": (SIX,), **more})


def plan(*ways, suites=((SUITE,),), **install):
    given = {"ways": list(ways or [WAY]), "requires_python": [], "wanted_python": [], "pinned": {}, "manifests": {}}
    return {"install": given | install, "runs": [list(one) for one in suites], "rest": REST, "services": []}


def built(**more):
    return {"steps": [], "failed": [], "version": "3.11.7", "installed": [["six", "1.17.0"]], "editable": [], **more}


def step(says="", *argv):
    return {"what": "x", "argv": list(argv or ["uv", "pip", "install", "a b"]), "ok": not says, "says": says}


FAILED = built(failed=["the project"], version="", installed=[], steps=[step("error: no such thing")])
COLLECTS = events({"a.py::t": "passed"}, collect=True)
BROKEN = events({"b.py::t": "passed"}, broken={"a.py": "E   ModuleNotFoundError: No module named 'yaml'"}, collect=True)


class Sandbox:
    """Answers each command in turn; what is left of `builds` and `tests` when one is asked for more is an error of the test."""

    def __init__(self, *builds, tests=(), plans=None, milliseconds=2500):
        self.builds, self.tests = list(builds), list(tests)
        self.plans = list(plans or [plan()])
        self.milliseconds = milliseconds
        self.outputs: list[ToolOutput] = []

    def answer(self, command):
        name = command.name
        if name.endswith("plan"):
            return self._output(command, **{"project.json": json.dumps(self.plans.pop(0)).encode()})
        if "build-" in name:
            report = self.builds.pop(0)
            if isinstance(report, str):
                return self._output(command, killed=report)
            return self._output(command, **{f"{name}.json": json.dumps(report).encode()})
        said = self.tests.pop(0) if self.tests else COLLECTS
        return self._output(command, **({f"{name}.jsonl": said} if said else {}))

    def _output(self, command, killed="", **files):
        milliseconds = self.milliseconds if "build-" in command.name else 100_000
        return ToolOutput(
            command=command,
            exit_code=None if killed else 0,
            stdout=b"",
            stderr=b"it said so",
            files=files,
            killed=killed,
            milliseconds=milliseconds,
        )

    def run(self, tree=None, chosen=None):
        steps = Environment().steps(tree or checkout(), chosen or settings())
        command = next(steps)
        while True:
            self.outputs.append(self.answer(command))
            try:
                command = steps.send(self.outputs[-1])
            except StopIteration:
                return self

    @property
    def names(self):
        return [output.command.name for output in self.outputs]

    @property
    def commands(self):
        return [output.command for output in self.outputs if "build-" in output.command.name]

    @property
    def orders(self):
        return [json.loads(command.stdin) for command in self.commands]

    def seen(self):
        seen = Environment().parse(None, self.outputs)
        assert english_alone(seen) == []
        return seen

    def measures(self):
        return {measure.name: measure.value for measure in self.seen().measures}


@pytest.mark.parametrize(
    ("described", "version"),
    [
        ("v1.2", "1.2"),
        ("1.2.3-14-gabc1234", "1.2.3.post14"),
        ("release-2.0rc1", "2.0rc1"),
        ("nightly", "0.1.dev0"),
        ("", "0.1.dev0"),
        (None, "0.1.dev0"),
    ],
)
def test_a_version_from_tags_becomes_one_that_packaging_reads(described, version):
    assert pretend_version(described) == version


def test_one_attempt_is_enough_where_the_tests_can_be_collected():
    done = Sandbox(built()).run()
    assert done.names == ["plan", "build-0", "try-0-collect-0-0"]
    assert done.measures() == {
        "environment.packages": 1,
        "environment.python": "3.11.7",
        "environment.deviation": "",
        "environment.fitting": 1,
        "environment.project": 1,
        "environment.attempts": 1,
    }
    assert done.seen().trouble is None


def test_what_is_to_be_built_is_the_commands_standard_input():
    done = Sandbox(built()).run()
    (order,) = done.orders
    assert order | {"told": None} == {
        "python": "three-eleven",
        "version": "3.11.7",
        "before": "2020-01-01T00:00:00Z",
        "parts": WAY["parts"],
        "locks": ["lock.txt"],
        "constraints": [],
        "build_constraints": [],
        "overrides": [],
        "excludes": [],
        "extra": [],
        "paths": [],
        "told": None,
    }
    (command,) = done.commands
    assert command.argv[-2:] == ("uv", f"{OUT}/build-0.json")
    assert (command.cwd, command.index, command.delivered_code, command.judged) == (WORK, True, True, True)
    assert command.produces == ("build-0.json",)


def test_a_trial_collection_is_no_evidence():
    (command,) = [output.command for output in Sandbox(built()).run().outputs if output.command.name.startswith("try-")]
    assert (command.produces, command.passes) == ((), (f"{command.name}.jsonl",))


SCM = {"pyproject.toml": '[build-system]\nrequires = ["setuptools", "setuptools_scm"]\n'}


@pytest.mark.parametrize(
    "manifest", ["setup(use_scm_version=True)", 'requires = ["hatch-vcs"]', "setup_requires=['pbr']", 'source = "scm"']
)
def test_the_version_is_told_to_build_back_ends_that_take_it_from_tags(manifest):
    plans = [plan(manifests={"setup.py": manifest})]
    (command,) = Sandbox(built(), plans=plans).run(checkout(version="v3.1")).commands
    assert {command.env[name] for name in VERSION_NAMES} == {"3.1"}


def test_a_project_without_a_tag_is_told_the_version_that_its_back_end_would_find():
    (command,) = Sandbox(built(), plans=[plan(manifests=SCM)]).run(checkout(version=None)).commands
    assert {command.env[name] for name in VERSION_NAMES} == {"0.1.dev0"}


def test_otherwise_it_is_not_told_since_every_dependency_that_is_built_would_hear_it():
    plans = [plan(manifests={"setup.py": "setup(version='3.1')"})]
    (command,) = Sandbox(built(), plans=plans).run(checkout(version="v3.1")).commands
    assert not set(VERSION_NAMES) & set(command.env)


@pytest.mark.parametrize(("interpreter", "compiled"), [(HERE[0], True), (HERE[1], False)])
def test_modules_are_compiled_where_uv_can(interpreter, compiled):
    (command,) = Sandbox(built()).run(chosen=settings(interpreters=(interpreter,))).commands
    assert ("UV_COMPILE_BYTECODE" in command.env) is compiled


def test_a_commit_without_a_time_takes_versions_of_today():
    done = Sandbox(built()).run(checkout(commit_time=0))
    assert done.orders[0]["before"] == ""
    assert "versions of today" in done.seen().notes[0]


def test_a_tree_without_a_manifest_gets_an_environment_all_the_same():
    done = Sandbox(built(), plans=[{**plan(), "install": {**plan()["install"], "ways": []}}]).run()
    assert (done.orders[0]["parts"], done.orders[0]["told"]["way"]) == ([], "no manifest")


def test_where_it_cannot_be_installed_no_test_is_collected_and_the_next_attempt_follows():
    done = Sandbox(FAILED, built(), plans=[plan(WAY, PROJECT)]).run()
    assert done.names == ["plan", "build-0", "build-1", "try-1-collect-0-0"]
    assert [order["told"]["way"] for order in done.orders] == ["requirements.txt", "the project"]
    assert done.measures()["environment.attempts"] == 2
    assert done.seen().trouble is None


def test_where_tests_cannot_be_collected_their_words_choose_the_repair():
    lacks = events(broken={"a.py": "E   ImportError: no six"}, collect=True)
    done = Sandbox(built(), built(), tests=[lacks, COLLECTS]).run()
    assert done.names == ["plan", "build-0", "try-0-collect-0-0", "build-1", "try-1-collect-0-0"]
    assert (done.orders[1]["extra"], done.orders[1]["constraints"]) == (["six"], ["six>1"])
    assert done.seen().notes[1].startswith("attempt 2: requirements.txt, versions as of 2020-01-01T00:00:00Z")
    assert done.seen().notes[1].endswith("; six")


def test_the_words_of_a_run_that_never_began_choose_the_repair_too():
    chosen = settings(repairs=(Repair(id="r", when=("it said so",), why="w", source="s"),))
    done = Sandbox(built(), built(), tests=[b"", COLLECTS]).run(chosen=chosen)
    assert [order["told"]["repairs"] for order in done.orders] == [[], ["r"]]


def test_a_file_that_lacks_a_service_or_the_network_is_no_reason_to_try_again():
    away = events({"b.py::t": "passed"}, broken={"a.py": "OSError: Network is unreachable"}, collect=True)
    assert Sandbox(built(), tests=[away]).run().names == ["plan", "build-0", "try-0-collect-0-0"]


def test_the_pins_win_where_versions_contradict_each_other_but_not_over_our_coverage():
    clash = {**FAILED, "steps": [step("your requirements are unsatisfiable")]}
    done = Sandbox(clash, built(), plans=[plan(pinned={"six": "1.0", "coverage": "4"})]).run()
    assert done.orders[1]["overrides"] == ["six==1.0"]
    assert done.orders[1]["told"]["repairs"] == ["pins win"]
    assert done.measures()["environment.deviation"] == ""


def test_pins_are_dropped_last_and_named_as_a_deviation():
    done = Sandbox(FAILED, FAILED, built(), plans=[plan(pinned={"six": "1.0"})]).run()
    assert done.orders[2]["overrides"] == ["six"]
    assert done.measures()["environment.deviation"] == "pinned packages without their pins"
    assert "pinned packages without their pins" in done.seen().notes[4]


def test_the_best_attempt_is_built_again_where_a_later_one_came_less_far():
    worse = events(broken={"a.py": "E", "b.py": "E"}, collect=True)
    done = Sandbox(built(), built(), built(), built(), tests=[BROKEN, worse, worse]).run()
    assert done.names == [
        "plan",
        "build-0",
        "try-0-collect-0-0",
        "build-1",
        "try-1-collect-0-0",
        "build-2",
        "try-2-collect-0-0",
        "build-3",
    ]
    assert done.orders[3] == done.orders[0]
    assert done.commands[3].seconds == 66, "twice what it took, and a minute"
    assert done.seen().trouble is None


def test_the_best_attempt_that_was_the_last_is_not_built_twice():
    done = Sandbox(built(), FAILED, built(), tests=[BROKEN, COLLECTS]).run()
    assert done.names == ["plan", "build-0", "try-0-collect-0-0", "build-1", "build-2", "try-2-collect-0-0"]


def test_each_attempt_has_what_is_left_of_the_time_for_installing_and_tests_do_not_count():
    done = Sandbox(FAILED, built(), FAILED, FAILED, built(), tests=[BROKEN], milliseconds=20_900).run(
        chosen=settings(interpreters=HERE)
    )
    assert [command.seconds for command in done.commands] == [77, 56, 35, 14, 77]
    assert done.orders[4] == done.orders[1], "the time is spent, and the best attempt stands again"


def test_an_attempt_that_takes_all_the_time_is_the_last():
    done = Sandbox("time", milliseconds=77_000).run()
    assert done.names == ["plan", "build-0"]
    trouble = done.seen().trouble
    assert "77 seconds" in trouble.message
    assert trouble.cause is Cause.TIME
    assert done.measures() == {
        "environment.packages": 0,
        "environment.python": "NONE",
        "environment.deviation": "without time",
        "environment.fitting": 1,
        "environment.project": 1,
        "environment.attempts": 1,
    }


def test_an_attempt_that_was_stopped_for_its_memory_is_followed_by_the_next():
    done = Sandbox("memory", built()).run()
    assert done.names == ["plan", "build-0", "build-1", "try-1-collect-0-0"]
    assert done.seen().trouble is None


@pytest.mark.parametrize(
    ("limit", "whose", "words"),
    [
        ("disk", Whose.SUPPLIER, "it went over the sandbox's limit of disk space."),
        ("cpu", Whose.SUPPLIER, "it went over the sandbox's limit of processor time."),
        ("shortage", Whose.OPERATOR, "the machine itself was running out of memory or disk space."),
    ],
)
def test_what_stopped_the_last_attempt_is_said(limit, whose, words):
    trouble = Sandbox(*[limit] * 9, plans=[plan(WAY)]).run().seen().trouble
    assert (trouble.cause, trouble.whose) == (Cause.LIMIT, whose)
    assert words in trouble.message


def test_attempts_end():
    many = [{**WAY, "name": str(number)} for number in range(20)]
    done = Sandbox(*[FAILED] * 9, plans=[plan(*many)]).run()
    assert len(done.commands) == MOST + 1
    assert done.orders[-1] == done.orders[0]


@pytest.mark.parametrize("versions", [[], ["<3"]])
def test_an_interpreter_that_is_not_there_is_the_machines_trouble_and_nothing_is_built(versions):
    requires = [{"text": text, "path": "setup.py", "line": 7, "source": ""} for text in versions]
    here = HERE if versions else ()
    sandbox = Sandbox(plans=[plan(requires_python=requires)])
    with pytest.raises(Impossible) as error:
        sandbox.run(chosen=settings(interpreters=here))
    trouble = error.value.trouble
    assert (trouble.cause, trouble.whose) == (Cause.INTERPRETER, Whose.OPERATOR)
    assert sandbox.names == ["plan"]
    if versions:
        assert "setup.py:7 asks for Python <3" in trouble.message
        assert (trouble.path, trouble.line) == ("setup.py", 7)


def test_what_the_project_names_chooses_the_interpreter():
    wanted = [{"text": "3.6", "path": "tox.ini", "line": 2, "source": "tox"}]
    done = Sandbox(built(), plans=[plan(wanted_python=wanted)]).run(chosen=settings(interpreters=HERE))
    assert done.orders[0]["python"] == "three-six"
    assert "tox.ini:2 names 3.6" in done.seen().notes[0]


def test_another_patch_release_is_told_as_a_deviation():
    requires = [{"text": "==3.11.2", "path": "p.toml", "line": 1, "source": ""}]
    done = Sandbox(built(), plans=[plan(requires_python=requires)]).run()
    assert done.measures()["environment.deviation"] == "p.toml:1 asks for Python ==3.11.2, this machine has 3.11.7"
    assert done.measures()["environment.fitting"] == 0


BASE = {"base_root": Path("base"), "base_time": 1_546_300_800, "base_version": "v2"}


def test_the_base_gets_an_environment_of_its_own_from_its_own_plan_and_day():
    done = Sandbox(built(), built(installed=[]), plans=[plan(manifests=SCM), plan(PROJECT, manifests=SCM)])
    done = done.run(checkout(version="v3", **BASE))
    assert done.names == [
        "plan",
        "build-0",
        "try-0-collect-0-0",
        "base-plan",
        "base-build-0",
        "base-try-0-collect-0-0",
    ]
    assert [output.command.base for output in done.outputs] == [False] * 3 + [True] * 3
    assert [order["before"][:4] for order in done.orders] == ["2020", "2019"]
    assert [command.env["PBR_VERSION"] for command in done.commands] == ["3", "2"]
    assert [command.seconds for command in done.commands] == [77, 77]
    seen = done.seen()
    assert done.measures()["environment.attempts"] == 1
    assert done.measures()["environment.packages"] == 1
    assert any(note.startswith("base, attempt 1: the project") for note in seen.notes)


def test_a_base_that_cannot_be_built_is_no_trouble_of_the_deliverys_environment():
    requires = [{"text": "<3", "path": "setup.py", "line": 7, "source": ""}]
    done = Sandbox(built(), plans=[plan(), plan(requires_python=requires)]).run(checkout(**BASE))
    assert done.names[-1] == "base-plan"
    assert done.seen().trouble is None
    done = Sandbox(built(), *[FAILED] * 4, plans=[plan(), plan(pinned={"a": "1"})]).run(checkout(**BASE))
    assert done.seen().trouble is None


def test_every_step_is_told_and_the_one_command_that_makes_it_again():
    report = built(
        steps=[step("", "uv", "venv"), step("error: no\n")],
        installed=[["shop", "1.0"], ["six", "1.17.0"]],
        editable=["shop"],
    )
    done = Sandbox(report, plans=[plan(PROJECT)]).run()
    first, *others = done.seen().notes
    assert first == (
        "attempt 1: the project, versions as of 2020-01-01T00:00:00Z; Python 3.11.7: the project names none that is here;"
        " chosen by the commit's date, 2020-01-01"
    )
    assert others == [
        "ok: uv venv",
        "failed: uv pip install 'a b'",
        "installed: shop==1.0, six==1.17.0",
        "to make it again: uv venv --python 3.11.7 .venv && uv pip install --python .venv --no-deps six==1.17.0 --editable .",
    ]


def test_only_the_last_environment_is_listed():
    done = Sandbox(FAILED, built(), plans=[plan(WAY, PROJECT)]).run()
    assert [note.partition(":")[0] for note in done.seen().notes] == [
        "attempt 1",
        "failed",
        "attempt 2",
        "installed",
        "to make it again",
    ]


def test_what_could_not_be_installed_is_named_at_its_line():
    says = "  × No solution found when resolving dependencies:\n  ╰─▶ Because foo was not found in the package registry"
    report = {**FAILED, "steps": [step(says)]}
    done = Sandbox(*[report] * 8, plans=[plan(manifests={"r.txt": "six\nfoo\n"})]).run()
    trouble = done.seen().trouble
    assert (trouble.cause, trouble.whose, trouble.path, trouble.line) == (Cause.ENVIRONMENT, Whose.SUPPLIER, "r.txt", 2)
    assert "foo is not on the package index" in trouble.message


PARTLY = built(failed=["the project"], steps=[step("error: no such thing")])


def test_a_part_that_is_missing_is_no_trouble_where_the_tests_are_collected_without_it_but_it_is_told():
    done = Sandbox(PARTLY).run()
    assert done.names == ["plan", "build-0", "try-0-collect-0-0"]
    assert done.seen().trouble is None
    assert done.measures()["environment.deviation"] == "without the project"


def test_a_part_that_is_missing_is_a_trouble_where_nothing_is_collected():
    nothing = events(broken={"a.py": "E"}, collect=True)
    done = Sandbox(*[PARTLY] * 4, tests=[nothing] * 9).run()
    assert "no such thing" in done.seen().trouble.message


def test_the_best_attempt_built_again_is_known_by_what_it_collected_the_first_time():
    nothing = events(broken={"a.py": "E"}, collect=True)
    done = Sandbox(PARTLY, FAILED, FAILED, PARTLY, tests=[BROKEN, nothing]).run()
    assert done.names[-1] == "build-3"
    assert done.seen().trouble is None


def test_a_best_attempt_that_cannot_be_built_again_is_a_trouble():
    done = Sandbox(built(), FAILED, FAILED, FAILED, tests=[BROKEN]).run()
    assert "no such thing" in done.seen().trouble.message
    assert done.measures()["environment.python"] == "NONE"
