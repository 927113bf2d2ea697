"""The code quality report, held to the schema that GitLab itself checks every entry against."""

from __future__ import annotations

import json

import jsonschema
import pytest
from support import reported

from verifier.render.gitlab import to_gitlab

pytestmark = pytest.mark.self
TEXT = {"type": "string", "minLength": 1}
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": TEXT,
            "check_name": TEXT,
            "fingerprint": TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "required": ["path", "lines"],
                "properties": {
                    "path": TEXT,
                    "lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}
"""The documented properties, stricter than GitLab's own app/validators/json_schemas/codeclimate.json."""


def entries(document, language="en"):
    read = json.loads(to_gitlab(document, language))
    jsonschema.validate(read, SCHEMA)
    return read


def test_what_the_delivery_is_rejected_for_is_a_blocker_whatever_the_tool_calls_it():
    assert entries(reported.document())[0] == {
        "description": "m",
        "check_name": "bandit:B602",
        "fingerprint": reported.BLOCKS.fingerprint,
        "severity": "blocker",
        "location": {"path": "a.py", "lines": {"begin": 3}},
    }


def test_what_counts_against_no_must_or_was_waived_is_no_blocker():
    assert [entry["severity"] for entry in entries(reported.document())[1:]] == ["info", "info", "info"]


@pytest.mark.parametrize(("severity", "word"), [("error", "major"), ("warning", "minor"), ("note", "info")])
def test_the_severity_is_the_tools(severity, word):
    document = reported.with_findings([reported.finding(severity=severity)])
    document["outcomes"] = []
    assert entries(document)[0]["severity"] == word


def test_a_finding_of_no_file_is_not_lost():
    found = [entry["location"] for entry in entries(reported.document()) if entry["check_name"] == "bandit:B000"]
    assert found == [{"path": ".", "lines": {"begin": 1}}]


def test_two_findings_with_one_fingerprint_are_both_kept():
    document = reported.with_findings([reported.finding(line=1), reported.finding(line=2), reported.finding(line=3)])
    fingerprints = [entry["fingerprint"] for entry in entries(document)]
    assert len(set(fingerprints)) == 3
    assert fingerprints[0] == reported.finding()["fingerprint"]


def test_no_finding_is_an_empty_array():
    assert entries(reported.with_findings([])) == []


def test_a_finding_without_words_has_those_of_its_rule():
    assert entries(reported.with_findings([reported.finding(message="")]))[0]["description"] == "bandit:B602"


def test_there_is_no_byte_order_mark():
    assert to_gitlab(reported.document()).startswith("[\n{")
