"""What the test run wrote, read back as pytest would count it."""

from __future__ import annotations

import json

import pytest
from support.ran import run

from verifier.testing.events import merged, raised_in, read

pytestmark = pytest.mark.self


def events(*found: dict[str, object]) -> bytes:
    return "".join(json.dumps(event) + "\n" for event in found).encode()


def report(name: str, when: str = "call", outcome: str = "passed", **more: object) -> dict[str, object]:
    return {"event": "report", "id": name, "when": when, "outcome": outcome, **more}


def ran(name: str, outcome: str = "passed", **more: object) -> list[dict[str, object]]:
    return [report(name, "setup"), report(name, "call", outcome, **more), report(name, "teardown")]


@pytest.mark.parametrize(
    ("reports", "outcome"),
    [
        (ran("t"), "passed"),
        (ran("t", "failed", message="m"), "failed"),
        ([report("t", "setup", "failed", message="m"), report("t", "teardown")], "error"),
        ([*ran("t")[:2], report("t", "teardown", "failed", message="m")], "error"),
        ([report("t", "setup", "skipped"), report("t", "teardown")], "skipped"),
        (ran("t", "skipped", xfail="reason"), "xfailed"),
        (ran("t", "passed", xfail="reason"), "xpassed"),
    ],
)
def test_an_outcome_is_what_pytests_summary_counts(reports, outcome):
    assert read(events(*reports)).outcome("t") == outcome


def test_a_file_skipped_as_a_whole_counts_as_one_skipped():
    run = read(events(*ran("a"), {"event": "collection skipped", "id": "t.py", "message": "no such thing"}))
    assert run.summary() == "1 passed, 1 skipped"


def test_only_a_test_that_was_torn_down_is_reported():
    run = read(events({"event": "collected", "id": "a"}, {"event": "started", "id": "a"}, report("a", "setup")))
    assert run.reported == set()
    assert run.running == "a"


def test_a_line_that_is_no_event_ends_the_reading():
    run = read(events(*ran("a"), {"event": "finished"}) + b"garbage\n" + events(*ran("b")))
    assert list(run.outcomes) == ["a"]
    assert not run.finished


def collection_error(module: str, path: str = "tests/test_a.py") -> dict[str, object]:
    return {
        "event": "collection error",
        "id": path,
        "message": f"E   ModuleNotFoundError: No module named '{module}'",
    }


def test_a_strangers_missing_package_is_told_from_the_deliverys_own():
    run = read(events(collection_error("requests.adapters"), collection_error("ours.sequencer", "tests/test_b.py")))
    assert run.strangers(frozenset({"ours"})) == {"tests/test_a.py": "requests"}
    assert run.missing(frozenset({"ours"})) == {"tests/test_b.py": "ours"}


def test_a_name_that_a_package_no_longer_has_is_a_strangers_too():
    said = "E   ImportError: cannot import name 'escape' from 'jinja2' (/env/venv/lib/jinja2/__init__.py)"
    run = read(events({"event": "collection error", "id": "tests/test_a.py", "message": said}))
    assert run.strangers(frozenset({"ours"})) == {"tests/test_a.py": "jinja2"}


def test_of_several_imports_the_one_that_nobody_caught_counts():
    said = "ModuleNotFoundError: No module named 'ujson'\nDuring handling ...\nModuleNotFoundError: No module named 'ours.x'"
    run = read(events({"event": "collection error", "id": "tests/test_a.py", "message": said}))
    assert run.strangers(frozenset({"ours"})) == {}


def test_tests_of_a_project_below_the_root_are_named_from_the_root():
    run = read(events({"event": "collected", "id": "tests/test_a.py::t"}, *ran("tests/test_a.py::t")), "api/")
    assert run.collected == list(run.outcomes) == ["api/tests/test_a.py::t"]


def test_several_suites_are_one_run_which_ends_when_all_have():
    first = read(events({"event": "collected", "id": "a"}, *ran("a"), {"event": "finished"}))
    second = read(events({"event": "collected", "id": "b"}, *ran("b", "failed", message="m")))
    run = merged([first, second])
    assert (run.collected, run.finished, run.failing()) == (["a", "b"], False, ["b"])


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("OSError: [Errno 101] Network is unreachable", "network"),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "network"),
        ('psycopg.OperationalError: connection to server at "localhost", port 5432 failed', "service"),
        ("zoneinfo._common.ZoneInfoNotFoundError: 'No time zone found with key Mars/Base'", "time zone"),
        ("locale.Error: unsupported locale setting", "locale"),
        ("os.py:669: in __getitem__\n    raise KeyError(key) from None\nE   KeyError: 'SERVER_NAME'", "variable"),
        ("<frozen os>:714: in __getitem__\n    ???\nE   KeyError: 'SERVER_NAME'", "variable"),
        ("key = 'SERVER_NAME'\n\n>   ???\nE   KeyError: 'SERVER_NAME'\n\n<frozen os>:679: KeyError", "variable"),
        ("redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379", "service"),
    ],
)
def test_a_failure_whose_own_words_name_the_world_is_recognised(words, what):
    assert read(events(*ran("t", "failed", message=words))).bound() == {"t": what}


@pytest.mark.parametrize(
    "words",
    [
        "os.py:669: in __getitem__\n    raise KeyError(key) from None\nE   KeyError: 'A_B'",
        ">   ???\nE   KeyError: 'A_B'\n\n<frozen os>:679: KeyError",
        ">   ???\nE   KeyError: 'A_B'\n\n<frozen os>:679: KeyError\n\nThe above ...\n\nE   KeyError: 'c'\n\nt.py:3: KeyError",
        "File \"<frozen os>\", line 679, in __getitem__\nKeyError: 'A_B'",
    ],
    ids=["before 3.11", "the last frame", "chained", "unittest"],
)
def test_a_variable_that_is_not_set_is_named(words):
    assert read(events(*ran("t", "failed", message=words))).variables() == ["A_B"]


@pytest.mark.parametrize("last", ["tests/test_a.py:3: KeyError", "<string>:1: KeyError", "<frozen os>:679: OSError"])
def test_a_key_that_is_not_in_a_dictionary_is_no_variable(last):
    assert read(events(*ran("t", "failed", message=f"E   KeyError: 'A_B'\n\n{last}"))).variables() == []


def test_an_assertion_is_nobody_elses():
    assert read(events(*ran("t", "failed", message="AssertionError: assert 1 == 2"))).bound() == {}


def test_a_failure_says_where_and_what():
    failed = ran("tests/test_a.py::test_x", "failed", message="long", path="src/a.py", line=7, crash="ValueError: no")
    (found,) = read(events(*failed)).failures()
    assert (found["path"], found["line"], found["message"]) == (
        "src/a.py",
        7,
        "tests/test_a.py::test_x: ValueError: no",
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"crash": "AssertionError: 'a' != 'b'\n- a\n? ^\n+ b\n? ^"}, "AssertionError: 'a' != 'b'"),
        ({"message": "tests/conftest.py:1: in <module>\nE   ModuleNotFoundError: x"}, "E   ModuleNotFoundError: x"),
        ({}, "failed"),
    ],
    ids=["an exception", "a traceback", "nothing"],
)
def test_the_words_of_a_failure_are_the_line_that_tells(said, words):
    (found,) = read(events(*ran("t", "failed", **said))).failures()
    assert found["message"] == f"t: {words}"


@pytest.mark.parametrize("path", ["../env/lib/x.py", "<frozen os>", "api/<string>", "<template a/b>", "/usr/lib/x.py"])
def test_a_failure_outside_the_tree_is_put_at_its_test(path):
    failed = ran("tests/test_a.py::test_x", "failed", message="long", path=path, line=7, crash="E")
    (found,) = read(events(*failed)).failures()
    assert (found["path"], found["line"]) == ("tests/test_a.py", None)


# Not every runner says how a test went: a result class of the delivery's own may never tell unittest's.
@pytest.mark.parametrize(
    "reports",
    [[report("t", "teardown")], [report("t", "setup"), report("t", "teardown")]],
    ids=["torn down", "set up and torn down"],
)
def test_a_test_of_which_nobody_said_how_it_went_has_not_passed_and_is_not_reported(reports):
    run = read(events({"event": "collected", "id": "t"}, *reports, {"event": "finished"}))
    assert run.outcome("t") == "not run"
    assert run.count("passed") == 0
    assert run.reported == set()


@pytest.mark.parametrize("when", ["setup", "call"])
def test_a_test_that_was_skipped_or_broke_before_its_call_is_reported(when):
    for outcome in ("failed", "skipped"):
        run = read(events(report("t", when, outcome, message="m"), report("t", "teardown")))
        assert run.reported == {"t"}


def test_one_failing_report_is_enough_whatever_the_others_of_that_name_say():
    twice = [*ran("t", "failed", message="m"), *ran("t")]
    assert read(events(*twice)).outcome("t") == "failed"
    assert read(events(*reversed(twice))).outcome("t") == "failed"


def test_a_test_of_two_suites_has_failed_when_it_failed_in_one():
    bad, good = read(events(*ran("t", "failed", message="m"))), read(events(*ran("t")))
    assert merged([bad, good]).failing() == merged([good, bad]).failing() == ["t"]
    assert bad.failing() == ["t"], "the parts stay as they were"
    assert good.failing() == []


def test_no_suite_at_all_is_an_empty_run_that_ended():
    run = merged([])
    assert (run.begun, run.listed, run.finished, run.collected) == (True, True, True, [])


def test_several_suites_add_up():
    begun = {"event": "begun", "runner": "pytest", "version": "9", "coverage": "7"}
    listed = {"event": "collection finished", "count": 0}
    first = read(events(begun, {"event": "deselected", "id": "x"}, listed, {"event": "script error", "message": "E"}))
    second = read(
        events(
            begun, collection_error("m"), {"event": "collection skipped", "id": "s.py"}, {"event": "started", "id": "b"}
        )
    )
    run = merged([first, second])
    assert (run.begun, run.listed, run.versions) == (True, False, "pytest 9, coverage 7")
    assert (run.deselected, len(run.collection_errors), len(run.collection_skips)) == (1, 1, 1)
    assert (run.running, run.script_error) == ("b", "E")
    assert set(run.files) == {"x", "tests/test_a.py", "s.py"}
    assert merged([first]).listed


def test_what_was_passed_over_is_named_with_its_reason():
    skipped = {"event": "report", "id": "a", "when": "setup", "outcome": "skipped", "message": "Skipped: no printer"}
    expected = {"event": "report", "id": "b", "when": "call", "outcome": "skipped", "xfail": "known", "message": "E"}
    whole = {"event": "collection skipped", "id": "c.py", "message": "c.py:1\nSkipped: on Windows"}
    run = read(events(skipped, expected, whole, *ran("d")))
    assert run.passed_over() == {
        "a": ("skipped", "Skipped: no printer"),
        "b": ("xfailed", "known"),
        "c.py": ("skipped", "Skipped: on Windows"),
    }


@pytest.mark.parametrize(
    "line",
    [
        b"[1]",
        b"null",
        b"5",
        b"{}",
        b'{"event": "report"}',
        b'{"event": "report", "id": "t"}',
        b'{"event": "report", "id": "t", "when": "call"}',
        b'{"event": "collection error", "id": "t.py"}',
    ],
)
def test_a_line_that_is_only_half_an_event_ends_the_reading_and_leaves_nothing(line):
    run = read(events(*ran("a"), {"event": "finished"}) + line + b"\n" + events(*ran("b")))
    assert not run.finished
    assert run.summary() == "1 passed"
    assert run.failures() == []


def test_an_event_that_is_not_known_is_passed_over():
    assert read(events({"event": "new"}, *ran("a"), {"event": "finished"})).finished


def test_the_summary_counts_as_pytest_does_and_names_what_could_not_be_collected():
    run = read(events(*ran("a"), *ran("b", "failed", message="m"), collection_error("m")))
    assert run.summary() == "1 passed, 1 failed, 1 file could not be collected"
    assert read(b"").summary() == "no tests"


def test_files_that_could_not_be_collected_come_before_the_tests_that_failed():
    run = read(events(*ran("b", "failed", message="m"), collection_error("m"), *ran("a")))
    assert run.failing() == ["tests/test_a.py", "b"]
    assert [(found["id"], found["kind"]) for found in run.failures()] == [
        ("tests/test_a.py", "collection-error"),
        ("b", "failed"),
    ]


def test_only_what_a_failing_report_said_is_read():
    reports = [
        report("t", "setup", message="Network is unreachable"),
        report("t", "call", "failed", message="assert 0"),
    ]
    assert read(events(*reports, report("t", "teardown"))).bound() == {}


def test_a_passing_test_is_bound_by_nothing_whatever_it_says():
    assert read(events(*ran("t", message="Network is unreachable"))).lacking() == {}


def test_what_is_lacking_is_a_module_or_a_word_for_the_world():
    run = read(events(collection_error("x.y"), *ran("t", "failed", message="unsupported locale setting"), *ran("u")))
    assert run.lacking() == {"tests/test_a.py": "x", "t": "locale"}


def test_a_failure_without_words_is_told_by_its_kind_and_a_long_one_is_cut():
    (found,) = read(events(*ran("t.py::x", "failed", message=""))).failures()
    assert (found["message"], found["path"]) == ("t.py::x: failed", "t.py")
    (found,) = read(events(*ran("t.py::x", "failed", message="y" * 900))).failures()
    assert len(found["message"]) == 500


def test_the_files_of_a_run_are_those_of_its_tests_by_name_or_as_the_recorder_says():
    collected = [
        {"event": "collected", "id": "tests/a.py::T::t"},
        {"event": "collected", "id": "m.T.t", "file": "api/m.py"},
    ]
    found = read(events(*collected), "api/").files
    assert found == {"api/tests/a.py": {"api/tests/a.py::T::t"}, "api/m.py": {"api/m.T.t"}}


def test_a_test_that_is_inherited_is_known_by_both_files_in_several_runs():
    event = {"event": "collected", "id": "a.py::T::t[1]", "written": "b.py::Base.t"}
    found = merged([read(events(event)), read(events(event | {"id": "c.py::T::t"}))])
    assert (found.lent, found.inherited) == (
        {"b.py": {"Base.t"}},
        dict.fromkeys(["a.py::T::t", "c.py::T::t"], "b.py::Base.t"),
    )


def test_tests_are_written_where_their_class_is_and_an_example_in_documentation_is_no_test_of_its_file():
    collected = {"event": "collected", "id": "a.py::T::t"}
    more = [{"id": "shop.py::shop.price", "doctest": True}, {"id": "c.py::T::u", "written": "shop/testing.py::Base.u"}]
    found = read(events(collected, *(collected | one for one in more)), "api/")
    assert found.homes == {"api/a.py", "api/c.py", "shop/testing.py"}
    assert merged([found, read(events(collected))]).homes == found.homes | {"a.py"}


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("def test_a():\n    # must not raise Network is unreachable\n>   assert 1 == 2\nE   assert 1 == 2", None),
        ("def test_a():\n>   get()\nE   OSError: [Errno 101] Network is unreachable", "network"),
        ('Traceback\n  File "/copy/a.py", line 2, in t\n    f("Network is unreachable")\nAssertionError: 1 != 2', None),
        ('Traceback\n  File "/copy/a.py", line 2, in t\n    f()\nOSError: Network is unreachable', "network"),
    ],
)
def test_the_source_of_a_test_is_no_evidence_of_what_was_missing(said, what):
    assert run({"a.py::t": ("failed", said)}).bound() == ({"a.py::t": what} if what else {})


@pytest.mark.parametrize(
    ("said", "package"),
    [
        ("/env/venv/lib/python3.9/site-packages/passlib/handlers/bcrypt.py:655: ValueError: password", "passlib"),
        ("/env/venv/lib/python3.9/site-packages/six.py:655: ValueError: password", "six"),
        (
            '  File "/copy/t.py", line 3, in t\n  File "/v/site-packages/bcrypt/a.py", line 4, in h\nValueError: x',
            "bcrypt",
        ),
        ('  File "/v/site-packages/bcrypt/a.py", line 4, in h\n  File "/copy/t.py", line 3, in t\nValueError: x', ""),
        ("tests/test_a.py:4: AssertionError", ""),
        ("/env/venv/lib/python3.9/site-packages/_pytest/python.py:4: Failed", ""),
        ("/usr/lib/python3.9/json/decoder.py:355: JSONDecodeError", ""),
        ("", ""),
    ],
)
def test_a_failure_that_was_raised_in_a_package_names_it(said, package):
    assert raised_in(said) == package
