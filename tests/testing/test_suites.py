"""How the suites of a delivery are run, and which way of several is taken."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ran import events, run

from verifier.checker import INPUT, INSIDE, OUT, WORK, Settings, ToolOutput
from verifier.testing.suites import (
    TIMED,
    Plan,
    Way,
    best,
    collecting,
    databases,
    next_way,
    plan_command,
    run_of,
    suite_command,
    works,
)

pytestmark = pytest.mark.self

PYTEST = Way(runner="pytest", folder=".", why="pytest's own rules", ini="pytest-0.ini")
SCRIPT = Way(runner="script", folder="api", why="a Makefile runs it", argv=("manage.py", "test"), env={"A": "1"})
UNITTEST = Way(runner="script", folder=".", why="unittest's own discovery", argv=("-m", "unittest", "discover"))
PATHS = Way(runner="pytest", folder=".", why="the paths that a Makefile names", ini="pytest-1.ini", paths=("tests",))
REST = Way(runner="pytest", folder=".", why="nothing runs them", ini="pytest-rest.ini")
EMPTY = Plan(install={}, rest=REST, suites=())

GOOD = events({"a.py::t": "passed"}, collect=True)
BROKEN = events({"b.py::t": "passed"}, broken={"a.py": "E"}, collect=True)
NOTHING = events(collect=True)


def output(command, content=None, name=None):
    files = {name or f"{command.name}.jsonl": content} if content is not None else {}
    return ToolOutput(command=command, exit_code=0, stdout=b"", stderr=b"", files=files)


def driven(steps, *contents):
    """The commands of a generator that is sent these contents, and what it returns."""
    commands, left = [], list(contents)
    try:
        command = next(steps)
        while True:
            commands.append(command)
            command = steps.send(output(command, left.pop(0)))
    except StopIteration as end:
        return commands, end.value


def test_the_project_is_read_on_our_interpreter_and_leaves_its_lists_to_later_steps():
    command = plan_command()
    assert command.argv == ("python", "-I", f"{INSIDE}/read_project.py")
    assert (command.name, command.produces, command.passes) == ("plan", ("project.json",), ("*.ini", "*.txt"))
    assert not command.delivered_code
    assert (plan_command(base=True).name, plan_command(base=True).base) == ("base-plan", True)


def test_a_plan_is_read_with_its_ways_and_services():
    way = {
        "runner": "script",
        "folder": "api",
        "why": "w",
        "where": "Makefile:3",
        "argv": ["manage.py", "test"],
        "env": {"A": "1"},
        "env_where": {"A": "tox.ini:2"},
        "left_out": ["-k x"],
        "dropped": ["variable B"],
    }
    found = {
        "install": {"ways": []},
        "runs": [[way]],
        "rest": {"runner": "pytest", "folder": ".", "why": "r"},
        "services": [{"name": "redis", "path": "compose.yml"}],
        "more": 1,
    }
    plan = Plan.from_output(output(plan_command(), json.dumps(found).encode(), "project.json"))
    ((suite,),) = plan.suites
    assert (suite.argv, suite.env, suite.left_out, suite.dropped) == (
        ("manage.py", "test"),
        {"A": "1"},
        ("-k x",),
        ("variable B",),
    )
    assert (suite.kept, suite.paths, suite.where, suite.env_where) == ((), (), "Makefile:3", {"A": "tox.ini:2"})
    assert plan.services == ({"name": "redis", "path": "compose.yml"},)
    assert plan.install == {"ways": []}


@pytest.mark.parametrize(("folder", "prefix"), [(".", ""), ("api", "api/"), ("a/b", "a/b/")])
def test_the_names_of_a_suites_tests_are_those_of_the_whole_tree(folder, prefix):
    suite = Way(runner="pytest", folder=folder, why="w")
    assert suite.prefix == prefix
    command = suite_command(suite, "run", "run-0", Settings(), EMPTY)
    assert run_of(output(command, GOOD), suite).collected == [f"{prefix}a.py::t"]


def test_a_suite_that_wrote_nothing_is_an_empty_run():
    assert not run_of(output(suite_command(PYTEST, "run", "run-0", Settings(), EMPTY)), PYTEST).begun


def test_pytest_is_run_with_our_configuration_and_the_buyers_marker():
    command = suite_command(PYTEST, "run", "run-0", Settings(marker="not slow", test_seconds=5), EMPTY)
    assert command.argv == (
        "env-python",
        f"{INSIDE}/run_tests.py",
        "run",
        f"{OUT}/run-0.jsonl",
        WORK,
        f"{INPUT}/pytest-0.ini",
        "-m",
        "not slow",
    )
    assert (command.seconds, command.produces, command.judged, command.delivered_code) == (
        5,
        ("run-0.jsonl",),
        True,
        True,
    )
    assert (command.environment, command.keep_output, command.index) == (True, False, False)
    assert "-m" not in suite_command(PYTEST, "run", "run-0", Settings(), EMPTY).argv


def test_a_script_is_run_in_its_folder_with_its_own_words_and_variables():
    command = suite_command(SCRIPT, "alone", "alone-0-0", Settings(marker="not slow"), EMPTY, stdin=b"[]")
    assert command.argv[1:] == (
        f"{INSIDE}/run_script.py",
        "alone",
        f"{OUT}/alone-0-0.jsonl",
        f"{WORK}/api",
        "--",
        "manage.py",
        "test",
    )
    assert command.env == TIMED | {"A": "1"}
    assert command.stdin == b"[]"


def test_the_bases_suite_has_a_name_and_a_tree_of_its_own():
    command = suite_command(PYTEST, "collect", "collect-0-0", Settings(), EMPTY, base=True)
    assert (command.name, command.base, command.produces) == ("base-collect-0-0", True, ("base-collect-0-0.jsonl",))


def test_declared_services_come_with_the_databases_that_the_project_names():
    services = (
        {"name": "postgresql", "database": "shop", "user": "me"},
        {"name": "postgresql", "database": "shop", "user": "me"},
        {"name": "postgresql", "database": None, "user": None},
        {"name": "postgresql"},
        {"name": "redis", "database": "other"},
        {"name": "postgresql", "user": "only"},
    )
    plan = Plan(install={}, rest=REST, suites=(), services=services)
    declared = Settings(services=("postgresql",))
    assert databases(plan, declared) == (("", "only"), ("shop", "me"))
    assert databases(plan, Settings()) == ()
    command = suite_command(PYTEST, "run", "run-0", declared, plan)
    assert (command.services, command.databases) == (("postgresql",), (("", "only"), ("shop", "me")))


@pytest.mark.parametrize(
    ("content", "good"),
    [(GOOD, True), (BROKEN, False), (NOTHING, False), (b"", False), (GOOD.rpartition(b"{")[0], False)],
)
def test_a_way_works_when_it_ended_and_collected_tests_and_every_file(content, good):
    command = suite_command(PYTEST, "collect", "c", Settings(), EMPTY)
    assert works(run_of(output(command, content), PYTEST)) is good


def collected(plan, *contents, **more):
    commands, chosen = driven(collecting(plan, Settings(), **more), *contents)
    return [command.name for command in commands], [suite for suite, _, _ in chosen]


def test_the_first_way_that_works_is_taken():
    plan = Plan(install={}, rest=REST, suites=((PYTEST, SCRIPT, UNITTEST),))
    assert collected(plan, GOOD) == (["collect-0-0"], [PYTEST])
    assert collected(plan, NOTHING, GOOD) == (["collect-0-0", "collect-0-1"], [SCRIPT])
    assert collected(plan, b"", NOTHING, GOOD)[1] == [UNITTEST]


def test_where_none_works_the_one_that_collected_most_is_taken_and_of_equals_the_first():
    plan = Plan(install={}, rest=REST, suites=((PYTEST, SCRIPT, UNITTEST),))
    assert collected(plan, b"", NOTHING, NOTHING)[1] == [SCRIPT]
    assert collected(plan, NOTHING, NOTHING, b"")[1] == [PYTEST]


def test_a_file_that_cannot_be_collected_is_not_walked_around_by_another_runner():
    """unittest's discovery may not see the file at all, and all its tests would be out of the count."""
    plan = Plan(install={}, rest=REST, suites=((PYTEST, SCRIPT, UNITTEST),))
    assert collected(plan, BROKEN) == (["collect-0-0"], [PYTEST])


def test_after_a_broken_file_only_the_paths_of_the_projects_own_command_are_tried():
    plan = Plan(install={}, rest=REST, suites=((PYTEST, UNITTEST, PATHS),))
    assert collected(plan, BROKEN, GOOD) == (["collect-0-0", "collect-0-1"], [PATHS])
    assert collected(plan, BROKEN, BROKEN)[1] == [PYTEST]


def test_after_a_broken_file_an_environment_with_more_values_is_tried():
    example = Way(runner="pytest", folder=".", why="e", ini="pytest-2.ini", env={"A": "1"}, example=".env.example")
    plan = Plan(install={}, rest=REST, suites=((PYTEST, UNITTEST, example),))
    assert collected(plan, BROKEN, GOOD) == (["collect-0-0", "collect-0-1"], [example])
    assert collected(plan, BROKEN, BROKEN)[1] == [PYTEST]


def test_each_folder_has_a_way_of_its_own():
    plan = Plan(install={}, rest=REST, suites=((PYTEST,), (SCRIPT,)))
    assert collected(plan, GOOD, GOOD) == (["collect-0-0", "collect-1-0"], [PYTEST, SCRIPT])
    assert collected(Plan(install={}, rest=REST, suites=((), (PYTEST,))), GOOD) == (["collect-1-0"], [PYTEST])


def test_a_trial_is_named_and_leaves_no_evidence():
    plan = Plan(install={}, rest=REST, suites=((PYTEST,),))
    ((command,), _) = driven(collecting(plan, Settings(), base=True, label="try-3-"), GOOD)
    assert command.name == "base-try-3-collect-0-0"
    assert (command.produces, command.passes) == ((), ("base-try-3-collect-0-0.jsonl",))
    ((command,), _) = driven(collecting(plan, Settings()), GOOD)
    assert (command.produces, command.passes) == (("collect-0-0.jsonl",), ())


RUNS = st.builds(
    lambda tests, broken, finished: run(
        dict.fromkeys(tests, "passed"), broken=dict.fromkeys(broken, "E"), collect=True, finished=finished
    ),
    st.sets(st.sampled_from("abc")),
    st.sets(st.sampled_from(["x.py"])),
    st.booleans(),
)
MADE = ToolOutput(command=plan_command(), exit_code=0, stdout=b"", stderr=b"", files={})


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.booleans(), RUNS), min_size=1, max_size=5))
def test_each_way_is_tried_once_until_one_works_and_that_one_is_best(found):
    ways = [
        Way(runner="pytest", folder=".", why=str(number), paths=("p",) if named else ())
        for number, (named, _) in enumerate(found)
    ]
    answers = {way: one for way, (_, one) in zip((way.why for way in ways), found, strict=True)}
    tried = []
    while (way := next_way(ways, tried)) is not None:
        assert way not in [suite for suite, _, _ in tried]
        assert not any(works(one) for _, one, _ in tried)
        assert way.paths or not any(one.collection_errors for _, one, _ in tried)
        tried.append((way, answers[way.why], MADE))
    suite, chosen, _ = best(tried)
    assert suite in ways
    assert works(chosen) is works(tried[-1][1])


def test_a_command_holds_only_paths_of_the_sandbox():
    absolute = [word for word in suite_command(PYTEST, "run", "r", Settings(), EMPTY).argv if word.startswith("/")]
    assert absolute
    assert all(word.split("/")[1] in ("copy", "inside", "out", "in") for word in absolute)
