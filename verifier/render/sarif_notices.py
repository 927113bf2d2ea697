"""What a SARIF run says about itself: trouble, files that were not examined, configuration not applied, what was cut. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from verifier.render.reading import Entry, Reading
from verifier.render.sarif_text import location, message

MOST = 100
"""Of one kind; the rest is counted, and in report.json."""
NOT_EXAMINED = "Not examined"
NOT_APPLIED = "Configuration not applied"
TAMPERING = "Tampering"
MORE = "and {n} more, listed in report.json"
RESULTS_CUT = "{n} results are left out: GitHub takes at most {most} of one run. All are in report.json."
MESSAGES_CUT = "{n} messages are cut: GitHub keeps {most} characters of one. They are whole in report.json."
TAGS_CUT = "{n} rules have more tags than are listed: GitHub shows {most} of one."
RUNS_CUT = "{n} runs are left out: GitHub takes at most {most} in one file. All are in report.json."


class Place(NamedTuple):
    """Where a notice points to; nowhere by default."""

    path: str | None = None
    line: int | None = None


def of_checker(reading: Reading, checker: Entry) -> list[Entry]:
    """Why it is in trouble, and what it did not look into. A file in a language that it does not read is no lack of it."""
    trouble = [_trouble(reading, checker["trouble"])] if checker["trouble"] else []
    skipped = [skip for skip in checker["notExamined"] if skip["skip"] != "language"]
    told = [(reading.said(skip["reason"]), Place(skip["path"])) for skip in skipped]
    return trouble + _listed("warning", NOT_EXAMINED, told)


def of_document(reading: Reading) -> list[Entry]:
    """What acted on its own results; it belongs to no one checker."""
    return _listed(
        "warning", TAMPERING, [(reading.said(one["what"]), Place()) for one in reading.document["tampering"]]
    )


def configuration(reading: Reading) -> list[Entry]:
    """Configuration in the tree that was not applied; honest projects have it too."""
    steering = reading.document["steering"]
    return _listed(
        "note", NOT_APPLIED, [(reading.said(one["what"]), Place(one["path"], one["line"])) for one in steering]
    )


def left_out(template: str, number: int, most: int) -> list[Entry]:
    """What did not fit, with how much; nothing where all did."""
    return [_notice("note", template.format(n=number, most=most))] if number else []


def _trouble(reading: Reading, trouble: Entry) -> Entry:
    text = f"{reading.said(trouble['message'])} {reading.said(trouble['mend'])}".strip()
    made = _notice("error", text, Place(trouble["path"], trouble["line"]))
    return made | {"properties": {"cause": trouble["cause"], "whose": trouble["whose"]}}


def _listed(level: str, kind: str, told: Sequence[tuple[str, Place]]) -> list[Entry]:
    notices = [_notice(level, f"{kind}: {text}", place) for text, place in told[:MOST]]
    more = len(told) - MOST
    return notices + ([_notice(level, f"{kind}: {MORE.format(n=more)}")] if more > 0 else [])


def _notice(level: str, text: str, place: Place | None = None) -> Entry:
    """A notification object (3.58). `error` is kept for a run that failed."""
    entry: Entry = {"level": level, "message": {"text": message(text)}}
    return entry | ({"locations": [location(*place)]} if place and place.path else {})
