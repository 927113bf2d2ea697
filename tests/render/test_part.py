"""A run of a part (`--only`), as people read it: what was not asked for is neither unknown nor counted."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support import reported

from verifier.render.comment import to_comment
from verifier.render.html import to_html
from verifier.render.markdown import to_markdown
from verifier.render.message import needed, to_message
from verifier.render.summary import summaries
from verifier.render.terminal import terminal
from verifier.words import in_language

FORMS = (terminal, to_markdown, to_comment, to_html)
FINE = "security: nothing unmet in what was asked. The rest was not asked for, so it is not judged."
DOCUMENTED = Path(__file__).parents[2] / "docs" / "exit-codes.md"


def part(outcome="met", **more):
    """Security was asked for; nothing looked at tests."""
    document = reported.document() | {"selected": ["security"], "verdict": "inconclusive"} | more
    for one in document["outcomes"]:
        if one["criterion"] == "security.blocking":
            one |= {"outcome": outcome, "findings": []}
    document["flip"] = [step for step in document["flip"] if step["criterion"] != "security.blocking"]
    return document


@pytest.mark.parametrize("form", [*FORMS, to_message])
def test_what_came_of_the_part_is_said_in_one_sentence(form):
    assert FINE in " ".join(form(part()).split())


def test_its_message_is_made_of_little():
    """Also for the topics that were left out, which are told by what the checkers looked at, and of older documents."""
    whole = reported.document()
    older = whole | {"flip": [{name: step[name] for name in step if name != "things"} for step in whole["flip"]]}
    assert any(outcome["findings"] for outcome in older["outcomes"])
    for document in (part(), part("undetermined"), whole, older):
        plain = in_language(document, "fr")
        assert to_message(in_language(needed(document), "fr"), "fr") == to_message(plain, "fr")


@pytest.mark.parametrize("form", FORMS)
def test_a_part_has_no_score(form):
    assert "Score" in form(reported.document()) or form is to_comment
    assert "Score" not in form(part())


@pytest.mark.parametrize("form", [terminal, to_markdown, to_html])
def test_a_topic_that_was_not_asked_for_is_not_unknown(form):
    written = re.sub(r' data-value="[^"]*"', "", form(part()))  # what was signed, which is no word of the page
    assert "not asked for" in written
    assert "undetermined" not in written


def test_its_line_says_so():
    rows = {row.name: (row.shape, row.text) for row in summaries(part(), "en")}
    assert rows["tests"] == ("–", "not asked for")
    assert rows["security"][0] == "✓"


def test_what_was_asked_for_and_could_not_be_determined_still_is():
    sentence = "security: nothing unmet in what was asked, but 1 criterion could not be determined."
    assert sentence in to_markdown(part("undetermined"))
    assert {row.name: row.shape for row in summaries(part("undetermined"), "en")}["security"] == "?"


def test_a_part_that_no_criterion_is_about_is_not_called_fine():
    document = part(selected=["lint"])
    document["checkers"] = []
    for one in [one for one in document["outcomes"] if one["outcome"] != "awaiting a decision"]:
        one["outcome"] = "undetermined"
    assert "lint: no required criterion is about what was asked." in to_markdown(document)


def test_the_page_lists_what_was_not_asked_for_apart_from_what_would_change_the_verdict():
    page = " ".join(re.sub(r"<[^>]+>", " ", to_html(part())).split())
    assert "Not asked for in this run, so not judged: words" in page


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")
@pytest.mark.parametrize(("outcome", "code"), [("met", 0), ("undetermined", 1), ("unmet", 1)])
def test_the_documented_question_to_the_report_tells_whether_the_part_is_fine(outcome, code, tmp_path):
    question = re.search(r"jq -e '([^']+)'", DOCUMENTED.read_text())[1].replace("licence.", "security.")
    (tmp_path / "report.json").write_text(json.dumps(part(outcome)))
    done = subprocess.run(["jq", "-e", question, tmp_path / "report.json"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (code, b"")
