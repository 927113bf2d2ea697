"""What a SARIF run says about itself: trouble, files that were not examined, configuration not applied, what was cut. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from verifier.render.reading import Entry, Reading
from verifier.render.sarif_text import location, message

MOST = 100
"""Of one kind; the rest is counted, and in report.json."""


class Place(NamedTuple):
    """Where a notice points to; nowhere by default."""

    path: str | None = None
    line: int | None = None


def of_checker(reading: Reading, checker: Entry) -> list[Entry]:
    """Why it is in trouble, and what it did not look into. A file in a language that it does not read is no lack of it."""
    trouble = [_trouble(checker["trouble"])] if checker["trouble"] else []
    skipped = [skip for skip in checker["notExamined"] if skip["skip"] != "language"]
    told = [(skip["reason"], Place(skip["path"])) for skip in skipped]
    return trouble + _listed(reading, "warning", reading.tr("Not examined"), told)


def of_document(reading: Reading) -> list[Entry]:
    """What acted on its own results; it belongs to no one checker."""
    told = [(one["what"], Place()) for one in reading.document["tampering"]]
    return _listed(reading, "warning", reading.tr("Tampering"), told)


def configuration(reading: Reading) -> list[Entry]:
    """Configuration in the tree that was not applied; honest projects have it too."""
    told = [(one["what"], Place(one["path"], one["line"])) for one in reading.document["steering"]]
    return _listed(reading, "note", reading.tr("Configuration not applied"), told)


def results_cut(reading: Reading, number: int, most: int) -> list[Entry]:
    return _left_out(
        number,
        reading.tr(
            "Results left out: {n}. GitHub takes at most {most} of one run. All are in report.json.",
            n=number,
            most=most,
        ),
    )


def messages_cut(reading: Reading, number: int, most: int) -> list[Entry]:
    return _left_out(
        number,
        reading.tr(
            "Messages cut: {n}. GitHub keeps {most} characters of one. They are whole in report.json.",
            n=number,
            most=most,
        ),
    )


def tags_cut(reading: Reading, number: int, most: int) -> list[Entry]:
    return _left_out(
        number,
        reading.tr(
            "Rules with more tags than are listed: {n}. GitHub shows {most} of one.",
            n=number,
            most=most,
        ),
    )


def runs_cut(reading: Reading, number: int, most: int) -> list[Entry]:
    return _left_out(
        number,
        reading.tr(
            "Runs left out: {n}. GitHub takes at most {most} in one file. All are in report.json.",
            n=number,
            most=most,
        ),
    )


def _left_out(number: int, text: str) -> list[Entry]:
    """What did not fit, with how much; nothing where all did."""
    return [_notice("note", text)] if number else []


def _trouble(trouble: Entry) -> Entry:
    text = f"{trouble['message']} {trouble['mend']}".strip()
    made = _notice("error", text, Place(trouble["path"], trouble["line"]))
    return made | {"properties": {"cause": trouble["cause"], "whose": trouble["whose"]}}


def _listed(reading: Reading, level: str, kind: str, told: Sequence[tuple[str, Place]]) -> list[Entry]:
    notices = [_notice(level, _labelled(reading, kind, text), place) for text, place in told[:MOST]]
    left = len(told) - MOST
    if left <= 0:
        return notices
    return [*notices, _notice(level, _labelled(reading, kind, reading.tr("and {n} more, in report.json", n=left)))]


def _labelled(reading: Reading, kind: str, text: str) -> str:
    return reading.tr("{label}: {text}", label=kind, text=text)


def _notice(level: str, text: str, place: Place | None = None) -> Entry:
    """A notification object (3.58). `error` is kept for a run that failed."""
    entry: Entry = {"level": level, "message": {"text": message(text)}}
    return entry | ({"locations": [location(*place)]} if place and place.path else {})
