"""What a build service shows of a report: its annotations, the summary of the job, and a badge."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import reported

from verifier.render.annotations import LONGEST, SHOWN, to_annotations
from verifier.render.badge import to_badge
from verifier.render.job_summary import to_job_summary
from verifier.words import in_language

RECORDED = Path(__file__).parents[1] / "fixtures" / "reports"
COMMAND = re.compile(r"::([a-z-]+)(?: ([^:]*))?::(.*)")
"""How the runner reads a line (actions/runner, ActionCommand.cs)."""
TRICKS = (
    "\n::error::x",
    "\r::set-output name=a::b",
    "%0A::error::x",
    "::stop-commands::x",
    ",line=1",
    "::",
    "%",
    "\u2028",
)


def recorded(name: str, language: str = "en") -> dict:
    return in_language(json.loads((RECORDED / name / "report.json").read_text()), language)


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """As the runner takes them: a line is one where it begins with colons, blanks aside."""
    found = [COMMAND.fullmatch(line.strip()) for line in text.splitlines() if line.strip().startswith("::")]
    assert all(found)
    return [
        (one[1], dict(pair.split("=", 1) for pair in (one[2] or "").split(",") if pair), one[3]) for one in found if one
    ]


def unescaped(text: str) -> str:
    for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, sign)
    return text


def test_what_blocks_comes_first_at_its_line_with_what_to_do():
    (kind, where, message), *_ = commands(to_annotations(recorded("dvpwa")))
    assert (kind, where["file"], where["line"]) == ("error", "sqli/dao/student.py", "45")
    assert "Leave the value out of the text" in unescaped(message)
    assert where["title"] == "No security finding that blocks"


def test_there_are_no_more_than_are_shown_and_the_rest_is_counted():
    text = to_annotations(recorded("dvpwa"))
    kinds = Counter(kind for kind, _, _ in commands(text))
    assert max(kinds["error"], kinds["warning"]) <= SHOWN
    whole = to_annotations(recorded("dvpwa"), "en")
    assert re.fullmatch(r"and \d+ more", whole.splitlines()[-1])
    assert to_annotations(recorded("dvpwa", "fr"), "fr").splitlines()[-1].startswith("et ")


def test_what_could_not_be_checked_is_no_error():
    document = recorded("label")
    document["flip"] = [{**document["flip"][0], "outcome": "undetermined", "whose": "operator", "things": []}]
    kinds = {kind for kind, where, _ in commands(to_annotations(document)) if "file" not in where}
    assert kinds == {"warning"}


def test_an_accepted_report_has_nothing_to_say():
    document = reported.document()
    document["flip"], document["checkers"] = [], []
    assert to_annotations(document) == ""


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(TRICKS)).map("".join)))
def test_no_delivered_text_is_a_command_of_its_own(text):
    clean, hostile = (commands(to_annotations(reported.hostile(one))) for one in ("plain", text))
    assert [kind for kind, _, _ in hostile] == [kind for kind, _, _ in clean]
    assert {name for _, where, _ in hostile for name in where} <= {"title", "file", "line", "endLine"}
    assert all(len(message) <= 3 * LONGEST for _, _, message in hostile)


def test_the_summary_is_the_whole_report_where_that_fits():
    assert to_job_summary(recorded("dvpwa")).startswith("# ✗ Would be REJECTED")


def test_and_the_short_one_where_it_does_not():
    document = recorded("dvpwa")
    document["suppressions"] = [{"kind": "nosec", "path": "a", "line": 1, "text": "x" * 6_000_000, "justification": ""}]
    for step in document["flip"]:
        step["things"] = [{**thing, "what": "long " * 1_000} for thing in step["things"] for _ in range(4_000)]
    summary = to_job_summary(document)
    assert len(summary.encode()) < 1024 * 1024
    assert re.search(r"and [\d,]+ more", summary)


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Would be rejected"), ("fr", "Verdict prévu\u202f: rejeté")], ids=["en", "fr"]
)
def test_the_badge_is_what_shields_reads(language, word):
    badge = json.loads(to_badge(recorded("dvpwa", language), language))
    assert badge["schemaVersion"] == 1
    assert badge["message"] == word
    assert badge.keys() == {"schemaVersion", "label", "message", "color", "cacheSeconds"}
