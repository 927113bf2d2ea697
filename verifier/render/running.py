"""How the delivered tests were run, by the notes of the checkers that ran them. Pure.

    for one in runnings(document):   # the delivery's own, then those of the base
        one.attempts[0].said         # "attempt 1: as declared, versions as of ...; Python 3.8.18: runtime.txt:1 names 3.8"

A note is a sentence of ours, in one language or, for the page, in both. What it is about shows in how it begins, in either
language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from verifier.render import words
from verifier.words import LANGUAGES, counter, later, say, translator

Entry = dict[str, Any]
STARTS = {
    "attempt": later("attempt {number}: {way}, {versions}"),
    "ok": later("ok: {command}"),
    "failed": later("failed: {command}"),
    "installed": later("installed: {packages}"),
    "again": later("to make it again: {command}"),
}
"""The notes of the checker `environment` (verifier/checkers/environment.py); any other stands as it is."""
BASE = later("base, {note}")


@dataclass(slots=True)
class Attempt:
    """One environment that was built: why so, and the commands in their order."""

    said: words.Said
    steps: list[words.Said] = field(default_factory=list)
    failed: int = 0


@dataclass(slots=True)
class Running:
    """Of the delivery or of its base. `others` says what was run, and which variables were set for it."""

    base: bool
    python: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    installed: list[str] = field(default_factory=list)
    again: str = ""
    others: list[words.Said] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.attempts or self.installed or self.again or self.others)


def measures(document: Entry) -> Iterator[Entry]:
    """What was measured of the tests; a detail that says no more than the number, or what was said before, is left out."""
    told = {""}
    for checker in document["checkers"]:
        for measure in (one for one in checker["measures"] if one["name"].startswith("tests.")):
            detail = words.said(measure["detail"], "en")
            only_number = len(detail.split()) == 2 and detail.startswith(f"{measure['value']} ")
            yield measure | ({"detail": ""} if detail in told or only_number else {})
            told.add(detail)


def runnings(document: Entry) -> list[Running]:
    """The delivery's and the base's, each where anything is known of it."""
    own, base = Running(base=False, python=_python(document)), Running(base=True)
    for name in ("environment", "tests"):
        for checker in (one for one in document["checkers"] if one["name"] == name):
            for note in checker["notes"]:
                inner = _after(note, BASE)
                _take(own if inner is None else base, note if inner is None else inner)
    return [one for one in (own, base) if one]


def asked(document: Entry) -> bool:
    """Whether tests were run, or tried to be; the environment is built for other checkers as well."""
    return any(checker["topic"] == "tests" for checker in document["checkers"])


def in_a_line(document: Entry, language: str) -> str:
    """How they were run, where a test fails or it is not known whether one does; else nothing."""
    found = [one for one in runnings(document) if one.attempts and not one.base]
    if not found or not asked(document) or not any(_open(document, outcome) for outcome in document["outcomes"]):
        return ""
    tr, tr_n, last = translator(language), counter(language), found[0]
    said = words.said(last.attempts[-1].said, language)
    packages = tr_n(len(last.installed), "{n} package", "{n} packages")
    return tr(
        'How the tests were run: {attempt}; {packages}. Every step is in the report, under "Tests and coverage".',
        attempt=said,
        packages=packages,
    )


def _open(document: Entry, outcome: Entry) -> bool:
    check = words.check(document, outcome["criterion"])
    unmet = outcome["outcome"] == "unmet" and not check.startswith("tests.coverage")
    return check.startswith("tests.") and (unmet or outcome["outcome"] == "undetermined")


def _python(document: Entry) -> str:
    found = (measure for checker in document["checkers"] for measure in checker["measures"])
    return next(
        (str(one["value"]) for one in found if one["name"] == "environment.python" and one["value"] != "NONE"), ""
    )


def _take(running: Running, note: words.Said) -> None:
    kind = next((name for name in STARTS if _after(note, STARTS[name]) is not None), "")
    rest = words.said(_after(note, STARTS[kind]) or "", "en") if kind else ""
    if kind == "attempt":
        running.attempts.append(Attempt(note))
    elif kind in ("ok", "failed") and running.attempts:
        running.attempts[-1].steps.append(note)
        running.attempts[-1].failed += kind == "failed"
    elif kind == "installed":
        running.installed = rest.split(", ")
    elif kind == "again":
        running.again = rest
    else:
        running.others.append(note)


def _after(note: words.Said, sentence: str) -> words.Said | None:
    """What follows the beginning of the sentence; None where the note does not begin so."""
    if isinstance(note, Mapping):
        parts = {language: _after(text, sentence) for language, text in note.items()}
        return None if None in parts.values() else {language: str(text) for language, text in parts.items()}
    return next((note.removeprefix(start) for start in _starts(sentence) if note.startswith(start)), None)


@cache
def _starts(sentence: str) -> Sequence[str]:
    return [say(sentence).in_language(language).partition("{")[0] for language in LANGUAGES]
