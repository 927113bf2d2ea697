"""Five real projects, from their PyPI source distributions, end to end, held against what a person gets by hand."""

from __future__ import annotations

import json

import jsonschema
import pytest
from by_hand import ANSWERS, PYTHON
from support.sdists import PROJECTS, delivered
from support.unprobed import unprobed
from test_report import SCHEMA

from verifier import interpreters
from verifier.cli import main

BY_HAND = json.loads(ANSWERS.read_text())
PROBED = "itsdangerous"
"""The one whose tests are asked as well whether they notice changes."""
pytestmark = [pytest.mark.network, pytest.mark.long]


@pytest.fixture(scope="module", params=PROJECTS)
def assessed(request, tmp_path_factory):
    """(name, exit code, report) of one project; assessed once for all tests, on the Python of the answers by hand."""
    folder = tmp_path_factory.mktemp("real")
    target = folder / "report.json"
    same = tuple(one for one in interpreters.listed() if f"{one.minor[0]}.{one.minor[1]}" == PYTHON)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(interpreters, "listed", lambda: same)
        options = () if request.param == PROBED else unprobed(folder)
        code = main(["assess", str(delivered(request.param, folder)), "--output", f"json={target}", *options])
    return request.param, code, json.loads(target.read_text())


def measure(report, name):
    return next(m["value"] for checker in report["checkers"] for m in checker["measures"] if m["name"] == name)


def test_a_good_project_waits_only_for_a_persons_decision(assessed):
    _, code, report = assessed
    unmet = [o for o in report["outcomes"] if o["level"] == "must" and o["outcome"] != "met"]
    assert [(o["criterion"], o["outcome"]) for o in unmet] == [("requirements", "awaiting a decision")], unmet
    assert (code, report["verdict"]) == (0, "pending")


def test_its_tests_are_counted_as_by_hand(assessed):
    name, _, report = assessed
    by_hand = BY_HAND[name]["counts"]
    ours = {word: measure(report, f"tests.{word}") for word in ("passed", "failed", "skipped")}
    assert ours == {word: by_hand.get(word, 0) for word in ours}


def test_its_coverage_is_that_by_hand(assessed):
    name, _, report = assessed
    assert abs(measure(report, "tests.coverage.statements") - BY_HAND[name]["statements"]) <= 50


def test_every_checker_did_its_work_on_every_source_file(assessed):
    _, _, report = assessed
    assert [checker["name"] for checker in report["checkers"] if checker["state"] != "done"] == []
    product = ("source", "setup", "migrations")
    missed = [s for c in report["checkers"] for s in c["notExamined"] if s["source"] and s["role"] in product]
    assert [s for s in missed if s["skip"] != "language"] == []


def test_the_report_is_valid_by_its_schema(assessed):
    jsonschema.Draft202012Validator(SCHEMA).validate(assessed[2])
