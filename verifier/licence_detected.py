"""What was detected in one file, and how far it can be relied on. Pure.

scancode reports every phrase that resembles a licence, down to the word "GPL" in a changelog. Here a match counts as a
*notice* when it is long and close enough to be one; the numbers were set on the matches in 22 published projects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from verifier.licence import PROPRIETARY, closed, joined, keys, known, recognised
from verifier.licence_beyond import Beyond, beyond
from verifier.licence_project import Text

TEXT_WORDS = 15
"""Words of a licence file that make a text or a notice; fewer only name a licence."""
TEXT_SCORE = 80
DEDICATION = "CC0-1.0"
"""A waiver of all rights has no conditions that could be missing, so a looser likeness does: agencies word it in many ways."""
DEDICATION_WORDS = 30
DEDICATION_SCORE = 70
NOTICE_WORDS = 20
"""The shortest notice of a source file that is more than a mention (the Apache-2.0 notice has 85, GPL's 100)."""
NOTICE_SCORE = 90
SIMILAR_WORDS = 60
"""An inexact match must be longer: of 31 words that were 97 % alike, all were wrong (structlog's SPDX headers)."""
NEAR_LINES = 40
"""A notice this near to another may be the other half of a choice."""
MOST_HOLDER = 120
"""Characters of a holder's name; what is longer is a line of code that was taken for one."""
DENIAL_WORDS = 3
"""As in "proprietary and confidential"."""
HEAD_LINES = 30
"""Further down, words of ownership are as likely a string of a program."""
_EXACT = frozenset({"1-hash", "2-aho"})
_HEADER = "1-spdx-id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One place that resembles a licence. `words` is its length, `score` 0 to 100, as scancode counts them."""

    expression: str
    line: int
    end_line: int
    words: int
    score: float
    matcher: str

    @property
    def notice(self) -> bool:
        wanted = NOTICE_WORDS if self.matcher in _EXACT else SIMILAR_WORDS
        alike = self.matcher != _HEADER and self.words >= wanted and self.score >= NOTICE_SCORE
        return alike and recognised(self.expression)

    @property
    def text(self) -> bool:
        alike = self.words >= TEXT_WORDS and self.score >= TEXT_SCORE
        dedication = self.expression == DEDICATION and self.words >= DEDICATION_WORDS and self.score >= DEDICATION_SCORE
        return (alike or dedication) and recognised(self.expression)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """One file's matches, in order of line, its SPDX headers, and whose copyright it names.

    `any`: scancode detected a licence, however faint. Holders are looked for only where one was.
    """

    path: str
    matches: tuple[Match, ...] = ()
    headers: tuple[Match, ...] = ()
    holders: tuple[str, ...] = ()
    any: bool = False
    beyond: tuple[Beyond, ...] = ()  # of a licence file: what restricts, and is of no licence's text

    @property
    def declared(self) -> str | None:
        """What the file's SPDX header declares."""
        return joined(match.expression for match in self.headers) if self.headers else None

    @property
    def notices(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.notice)

    @property
    def denied(self) -> Match | None:
        """Words at the head, however short, that say that no open licence is granted."""
        found = (one for one in self.matches if one.line <= HEAD_LINES and one.matcher in _EXACT)
        return next((one for one in found if one.words >= DENIAL_WORDS and closed(one.expression)), None)

    @property
    def said(self) -> tuple[Match, ...]:
        """What the file says of itself, by header and by notice."""
        return (*self.headers, *self.notices)

    def near(self, match: Match) -> tuple[Match, ...]:
        """The notices so near that they may be the other half of a choice."""
        return tuple(other for other in self.notices if abs(other.line - match.line) <= NEAR_LINES)


def detected(entry: Mapping[str, Any], headers: Iterable[Match] = ()) -> Detected:
    """From a file's entry in scancode's answer, without the matches taken over from a file that the text refers to."""
    path = str(entry["path"])
    found = [
        _match(match)
        for detection in entry["license_detections"]
        for match in detection["matches"]
        if str(match["from_file"]).partition("/")[2] in ("", path)
    ]
    ordered = tuple(sorted(found, key=lambda match: (match.line, match.end_line, match.expression)))
    holders = tuple(dict.fromkeys(str(one["holder"])[:MOST_HOLDER] for one in entry["holders"]))
    return Detected(
        path=path,
        matches=ordered,
        headers=tuple(headers),
        holders=holders,
        any=bool(entry["license_detections"]),
        beyond=beyond(entry),
    )


def header(words: str, line: int) -> Match | None:
    """The SPDX tag of a file's head; None where it names no licence that SPDX or scancode lists, nor says that there is none."""
    if not known(words) and closed(words):
        words = PROPRIETARY
    if not known(words) or not recognised(words):
        return None
    return Match(expression=joined([words]), line=line, end_line=line, words=0, score=100, matcher=_HEADER)


def _match(match: Mapping[str, Any]) -> Match:
    return Match(
        expression=str(match["license_expression_spdx"]),
        line=int(match["start_line"]),
        end_line=int(match["end_line"]),
        words=int(match["matched_length"]),
        score=float(match["score"]),
        matcher=str(match["matcher"]),
    )


def text_of(file: Detected) -> Text:
    """What a licence file holds. Where it has a text, phrases that merely name a licence do not count."""
    matches = [match for match in file.matches if match.text]
    first = {key: match.line for match in reversed(matches) for key in keys(match.expression)}
    expressions = [_only(match.expression, first) for match in matches]
    names = dict.fromkeys(match.expression for match in file.matches if recognised(match.expression))
    terms = joined(expressions) if expressions else None
    return Text(path=file.path, terms=terms, names=tuple(names), beyond=file.beyond)


def _only(expression: str, first: Mapping[str, int]) -> str:
    """A GPL text and its "or later" notice in one file are one licence: granted where the notice goes before the text.

    After it, the notice is the text's own appendix, "How to Apply These Terms".
    """
    for key in keys(expression):
        twin = key.removesuffix("-or-later").removesuffix("-only") + (
            "-only" if key.endswith("-or-later") else "-or-later"
        )
        if key.endswith(("-only", "-or-later")) and first.get(twin, 1 << 31) < first[key]:
            expression = re.sub(rf"(?<![\w.-]){re.escape(key)}(?![\w.-])", twin, expression)
    return expression
