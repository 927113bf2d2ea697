"""What the test run wrote, read back as pytest would count it."""

from __future__ import annotations

import json

import pytest

from verifier.checkers.events import read
from verifier.model import Cause

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


def collection_error(module: str) -> dict[str, object]:
    return {
        "event": "collection error",
        "id": "tests/test_a.py",
        "message": f"E   ModuleNotFoundError: No module named '{module}'",
    }


def test_a_strangers_missing_package_is_told_from_the_deliverys_own():
    run = read(events(collection_error("requests.adapters"), collection_error("ours.sequencer")))
    assert run.strangers(frozenset({"ours"})) == ["requests"]


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("OSError: [Errno 101] Network is unreachable", Cause.NETWORK),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", Cause.NETWORK),
        ('psycopg.OperationalError: connection to server at "localhost", port 5432 failed', Cause.SERVICE),
        ("redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379", Cause.SERVICE),
    ],
)
def test_a_failure_whose_own_words_name_the_world_is_recognised(words, cause):
    assert read(events(*ran("t", "failed", message=words))).bound() == [("t", cause)]


def test_an_assertion_is_nobody_elses():
    assert read(events(*ran("t", "failed", message="AssertionError: assert 1 == 2"))).bound() == []


def test_a_failure_says_where_and_what():
    failed = ran("tests/test_a.py::test_x", "failed", message="long", path="src/a.py", line=7, crash="ValueError: no")
    (found,) = read(events(*failed)).failures()
    assert (found["path"], found["line"], found["message"]) == (
        "src/a.py",
        7,
        "tests/test_a.py::test_x: ValueError: no",
    )


def test_a_failure_outside_the_tree_is_put_at_its_test():
    failed = ran("tests/test_a.py::test_x", "failed", message="long", path="../env/lib/x.py", line=7, crash="E")
    (found,) = read(events(*failed)).failures()
    assert (found["path"], found["line"]) == ("tests/test_a.py", None)
