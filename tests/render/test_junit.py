"""The JUnit report, held to the schema of Jenkins' xUnit plugin."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from support import made, reported

from verifier.render.junit import to_junit

pytestmark = pytest.mark.self
FIXTURES = Path(__file__).parents[1] / "fixtures"
XSD = etree.XMLSchema(etree.parse(FIXTURES / "schemas" / "junit-10.xsd"))


def suites(document, language="en"):
    read = etree.fromstring(to_junit(document, language).encode())
    XSD.assertValid(read)
    return read


def case(document, name, language="en"):
    return next(case for case in suites(document, language).iter("testcase") if case.get("name").startswith(name))


def outcome(document, criterion, **changes):
    for entry in document["outcomes"]:
        if entry["criterion"] == criterion:
            entry.update(changes)
    return document


def test_a_suite_a_topic_and_a_case_a_criterion():
    found = {
        suite.get("name"): [c.get("name") for c in suite.iter("testcase")] for suite in suites(reported.document())
    }
    assert found == {
        "verdict": ["verdict"],
        "security": ["security.blocking: words", "style: words"],
        "tests": ["tests.exist: words"],
        "decisions": ["requirements: words"],
    }


def test_what_is_unmet_fails_and_names_its_findings():
    failure = case(reported.document(), "security.blocking").find("failure")
    assert failure.get("type") == "must"
    assert failure.get("message") == "unmet · 1 that blocks, required: none that block · a.py:3 m"
    assert failure.text == "a.py:3 m (bandit:B602)"


@pytest.mark.parametrize(
    ("level", "became", "tag"),
    [
        ("must", "met", None),
        ("must", "unmet", "failure"),
        ("must", "undetermined", "error"),
        ("must", "waived", "skipped"),
        ("must", "awaiting a decision", "skipped"),
        ("must", "not applicable", "skipped"),
        ("should", "unmet", "skipped"),
        ("should", "undetermined", "skipped"),
        ("info", "unmet", "skipped"),
        ("should", "met", None),
    ],
)
def test_only_what_decides_breaks_a_build_and_the_rest_is_said(level, became, tag):
    found = case(outcome(reported.document(), "tests.exist", level=level, outcome=became), "tests.exist")
    assert [child.tag for child in found] == ([tag] if tag else [])
    if tag:
        assert found[0].get("message").startswith(became)
        assert ("does not decide" in found[0].get("message")) is (level != "must")


@pytest.mark.parametrize(
    ("verdict", "tag"),
    [("rejected", "failure"), ("inconclusive", "error"), ("pending", "skipped"), ("accepted", None)],
)
def test_a_report_without_criteria_is_as_green_as_its_verdict(verdict, tag):
    found = suites(reported.document() | {"outcomes": [], "verdict": verdict})
    (only,) = found.iter("testcase")
    assert [child.tag for child in only] == ([tag] if tag else [])


def test_the_counts_are_those_of_the_cases():
    found = suites(reported.document())
    for suite in found:
        for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped"), ("testcase", "tests")):
            assert int(suite.get(name)) == len(suite.findall(f".//{tag}"))
    assert (found.get("tests"), found.get("failures"), found.get("errors")) == ("5", "2", "1")


def test_the_time_is_that_of_the_topics_checkers():
    document = reported.document()
    document["checkers"][0]["milliseconds"], document["checkers"][1]["milliseconds"] = 12_034, 1_000
    assert [suite.get("time") for suite in suites(document)] == ["0.000", "13.034", "0.000", "0.000"]


def test_many_findings_are_counted_and_cut():
    document = reported.with_findings([reported.finding(number) for number in range(60)])
    lines = case(document, "security.blocking").find("failure").text.splitlines()
    assert len(lines) == 51
    assert lines[-1] == "and 10 more"


def test_reasons_and_titles_are_in_the_language_asked_for():
    document = outcome(reported.document("fr"), "tests.exist", reason="Trop long.")
    error = case(document, f"tests.exist: {made.WORDS.fr}", "fr").find("error")
    assert error.get("message").startswith("indéterminé · exigé\u202f: au moins 1 · Trop long")
