"""How the tests were run, in the forms for people: each attempt, what was installed, and the command that makes it again."""

from __future__ import annotations

import pytest
from support import made, reported

from verifier.model import Measure
from verifier.render.html import to_html
from verifier.render.markdown import to_markdown
from verifier.render.running import measures, runnings
from verifier.render.summary import summaries
from verifier.render.terminal import terminal
from verifier.report import _checker, _written
from verifier.words import in_language, say

AGAIN = "uv venv --python 3.8.18 .venv && uv pip install " + " ".join(f"package-{n}==1.{n}" for n in range(400))
COMMAND = "uv pip install --requirement requirements.txt"
PACKAGES = "alembic==1.6.5, bcrypt==5.0.0"


def notes():
    first = say(
        "attempt {number}: {way}, {versions}", number=1, way=say("as declared"), versions=say("versions of today")
    )
    return (
        first,
        say("ok: {command}", command="uv venv /env/venv"),
        say("failed: {command}", command=COMMAND),
        say("attempt {number}: {way}, {versions}", number=2, way="setup.py", versions=say("versions of today")),
        say("installed: {packages}", packages=PACKAGES),
        say("to make it again: {command}", command=AGAIN),
    )


def document(language=None, *, failed=1):
    """With an environment and tests beside what `reported` has; without a language in both."""
    python = Measure(name="environment.python", value="3.8.18", unit="text")
    base = tuple(say("base, {note}", note=note) for note in notes())
    built = made.result("environment", topic="environment", measures=(python,), notes=(*notes(), *base))
    counted = (
        Measure(name="tests.xfailed", value=0),
        Measure(name="tests.inherited", value=0),
        Measure(name="tests.passed", value=31, detail=say("31 passed")),
        Measure(name="tests.failed", value=failed, detail=say("31 passed")),
    )
    told = (say("{name}={value} (from {place})", name="DATABASE_URL", value="x", place="ci.yml:3"),)
    tests = made.result("tests", topic="tests", measures=counted, notes=told)
    whole = reported.document()
    whole["checkers"] += [_written(_checker(result)) for result in (built, tests)]
    whole["criteria"]["criteria"]["tests.pass"] = {"title": "No test fails", "why": "", "check": "tests.failed"}
    whole["outcomes"] = [one for one in whole["outcomes"] if one["criterion"] != "tests.exist"]
    whole["outcomes"].append(
        whole["outcomes"][0] | {"criterion": "tests.pass", "outcome": "unmet" if failed else "met", "findings": []}
    )
    return in_language(whole, language) if language else whole


@pytest.mark.parametrize("language", [None, "en", "fr"])
def test_the_notes_are_told_apart_in_either_language(language):
    own, base = runnings(document(language))
    assert (own.base, base.base) == (False, True)
    assert own.python == "3.8.18"
    for one in (own, base):
        assert [(len(attempt.steps), attempt.failed) for attempt in one.attempts] == [(2, 1), (0, 0)]
        assert one.installed == PACKAGES.split(", ")
        assert one.again == AGAIN
    assert len(own.others) == 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_step_is_in_markdown_and_on_the_page(language):
    page, written = to_html(document(), language), to_markdown(document(language), language)
    for text in (COMMAND, "bcrypt==5.0.0", "DATABASE", "3.8.18"):
        assert text in page
        assert text in written
    assert AGAIN in written
    assert AGAIN.replace("&", "&amp;") in page  # a command that is cut is of no use
    assert page.count("<details>") == 2 * 2 * 3
    assert "<script" not in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_terminal_says_it_in_a_line_where_a_test_fails(language):
    sentence = {"en": "How the tests were run", "fr": "Comment les tests ont été exécutés"}[language]
    assert [sentence in line for line in terminal(document(language), language).splitlines()].count(True) == 1
    assert sentence not in terminal(document(language, failed=0), language)


def test_where_no_tests_were_asked_for_the_environment_was_built_for_something_else():
    whole = document("en")
    whole["checkers"] = [checker for checker in whole["checkers"] if checker["name"] != "tests"]
    assert "How the environment was built" in to_markdown(whole)
    assert "How the tests were run" not in terminal(whole)


def test_a_count_is_not_told_twice():
    assert {one["name"]: one["detail"] for one in measures(document("en", failed=0))} == {
        "tests.xfailed": "",
        "tests.inherited": "",
        "tests.passed": "",
        "tests.failed": "",
    }


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_measure_of_the_tests_is_called_by_the_name_that_machines_read(language):
    for text in (to_html(document(), language), to_markdown(document(language), language)):
        assert "tests.xfailed" not in text
        assert "tests.inherited" not in text


@pytest.mark.parametrize(
    ("check", "counts", "required", "text"),
    [
        ("tests.failed", {"failed": 16, "collected": 49}, "at most 0", "16 of 49 tests fail"),
        ("tests.failed", {"failed": 1, "collected": 49}, "at most 0", "1 of 49 tests fails"),
        ("tests.failed", {"failed": 16, "collected": 49}, "at most 3", "16 of 49 tests fail, at most 3 needed"),
        ("tests.passed", {"passed": 0, "collected": 0}, "at least 1", "no test was found"),
        ("tests.passed", {"passed": 0, "collected": 4}, "at least 1", "0 of 4 tests pass"),
        ("tests.failed", {"failed": 16}, "at most 0", "16, at most 0 needed"),
    ],
)
def test_the_line_of_the_tests_says_it_as_a_person_does(check, counts, required, text):
    whole = reported.document()
    whole["checkers"].append(_written(_checker(made.measures(**counts))))
    whole["criteria"]["criteria"]["tests.exist"]["check"] = check
    for one in [one for one in whole["outcomes"] if one["criterion"] == "tests.exist"]:
        one |= {"outcome": "unmet", "measured": str(counts[check.removeprefix("tests.")]), "required": required}
    assert {row.name: row.text for row in summaries(whole, "en")}["tests"] == text
