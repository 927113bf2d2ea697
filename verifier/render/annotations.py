"""The report as a build log's annotations: GitHub's workflow commands, worst first, no more than are shown. Pure.

Commands: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. GitHub shows ten errors and ten
warnings of a step and drops the rest without a word, so what is left out is counted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from verifier.render import words
from verifier.render.inert import inert
from verifier.render.reading import Reading
from verifier.render.sarif_rules import SEVERITIES
from verifier.render.steps import Step, steps

Entry = dict[str, Any]
SHOWN = 10
"""Annotations of one level that GitHub shows of a step."""
LONGEST = 1_000
"""Characters of one annotation."""
BLAME = {"unmet": "error", "undetermined": "warning", "awaiting a decision": "notice"}
"""What was not shown to be wrong is no error of the supplier's."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message at a place of the tree; without a path it is about the whole delivery. `level` is error, warning or notice."""

    level: str
    message: str
    title: str = ""
    path: str | None = None
    line: int | None = None
    end: int | None = None


def to_annotations(document: Entry, language: str = "en") -> str:
    """A workflow command a line, then how many more there are."""
    kept, left = chosen(document, language, SHOWN)
    lines = [_command(one) for one in kept]
    if left:
        lines.append(words.more(left, language))
    return "".join(f"{line}\n" for line in lines)


def chosen(document: Entry, language: str, most: int) -> tuple[list[Annotation], int]:
    """Errors and warnings, worst first and at most so many of each level, and the number that is left out."""
    room = dict.fromkeys(("error", "warning"), most)
    kept, left = [], 0
    for one in (*_flips(document, language), *_remarks(document, language)):
        if room.get(one.level):
            room[one.level] -= 1
            kept.append(one)
        elif one.level in room:
            left += 1
    return sorted(kept, key=lambda one: one.level), left + _unlisted(document)


def _flips(document: Entry, language: str) -> Iterator[Annotation]:
    """What stands between the delivery and acceptance, in the order of the report."""
    for step in steps(document):
        level = "notice" if step.left_out else BLAME[step.outcome]
        title = words.listed([inert(text) for text in step.titles], language)
        if not step.things:
            yield Annotation(level, _cut(inert(step.do)), title)
        for thing in step.things:
            yield Annotation(level, _cut(_said(step, thing)), title, thing["path"], thing["line"])


def _said(step: Step, thing: Entry) -> str:
    told = [inert(thing["what"]), inert(thing["fix"] or ("" if step.things[0] is not thing else step.do))]
    return " ".join(text for text in told if text)


def _remarks(document: Entry, language: str) -> Iterator[Annotation]:
    """Findings that do not block; the most severe first."""
    reading = Reading.of(document, language)
    listed = {key for step in steps(document) for thing in step.things for key in thing["fingerprints"]}
    found = [
        finding
        for _, finding in reading.findings()
        if finding["severity"] != SEVERITIES[0] and finding["fingerprint"] not in listed and not reading.blocks(finding)
    ]
    for finding in sorted(found, key=lambda one: -SEVERITIES.index(one["severity"])):
        place = finding["path"], finding["line"], finding["endLine"]
        yield Annotation("warning", _cut(inert(finding["message"])), inert(finding["rule"]), *place)


def _unlisted(document: Entry) -> int:
    """Things of the verdict's list that the report itself only counts."""
    return sum(step.more for step in steps(document) if step.outcome != "awaiting a decision")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"


def _command(one: Annotation) -> str:
    given = {"title": one.title, "file": one.path and inert(one.path), "line": one.line, "endLine": one.end}
    named = ",".join(f"{name}={_property(str(value))}" for name, value in given.items() if value)
    return f"::{one.level} {named}::{_data(one.message)}" if named else f"::{one.level}::{_data(one.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
