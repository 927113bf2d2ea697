"""What a licence file holds beyond the text of a licence: words that take back what the text grants. Pure.

A text that was changed is still more than nine tenths alike, so a likeness does not tell: four words of 165 are enough to take
the use away. What is left when the text is taken away tells. Honest files leave names, years, addresses, headings, a
history, and words on whose code is under what; the patterns were set on 507 licence files of installed packages (docs/adr/0019).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from verifier.licence import closed, keys

LONGEST = 100
"""Characters that are quoted of a place."""
_USES = (
    r"(?:us\w+|cop(?:y|ied|ies)\w*|modif\w+|(?:re)?distribut\w+|(?:re)?sell\w*|(?:re)?sold|"
    r"publish\w*|shar\w+|host\w*|sublicen\w+|run|deploy\w*)"
)
_ONLY = "only|solely|exclusively"
_ENGLISH = (
    r"non ?commercial\w*",
    r"commercial(?:ly)? (?:us\w+|purpos\w+|licen\w+|exploit\w*|entit\w+|organi\w+|customer\w*|product\w*)",
    r"for profit|paid|payments?|subscri\w+|royalt(?:y|ies)|(?:licen\w+|any|a|annual) fees?|purchas\w+|buys?|bought",
    r"proprietary|confidential\w*|trade secrets?|prohibit\w*|forbid\w*|forbidden|disallow\w*",
    r"(?:not|never) (?:be )?(?:permit\w*|allow\w*|grant\w*|authori[sz]\w*|licen[cs]ed?)",
    rf"(?:may|must|shall|can|do|does|should|will) ?not (?:\w+ ){{0,2}}?(?:{_USES}|includ\w+)",
    r"notwithstanding|internal (?:us\w+|business|purpos\w+)|evaluation (?:us\w+|purpos\w+|only|period\w*|licen\w+)",
    r"(?:personal|educational|academic|private|research|own|internal|evaluation|scientific) (?:\w+ ){0,2}?(?:use|purposes?) only",
    rf"(?:us(?:e|ed|age)|licen[cs]ed|granted|available|permitted|valid|effective|free) (?:\w+ ){{0,3}}?(?:{_ONLY}|until)",
    rf"(?:may|can|must|shall) (?:only|solely)|(?:{_ONLY}) (?:be used|licen[cs]ed|granted|applies)",
    rf"(?:{_ONLY}) for (?:use|personal|internal|research|evaluation|educational|academic|non)",
    r"applies (?:\w+ ){0,2}?(?:only|solely)|expir\w+|revok\w+|revocable|restricted to|military|good not evil",
    r"until (?:\d+|the|january|february|march|april|may|june|july|august|september|october|november|december)",
    r"without (?:\w+ ){0,4}?(?:consent|authori[sz]ation|agreement|licen[cs]e|subscription|approval)",
    r"compet(?:e|es|ing|itors?)|commons clause|addendum|rider|licen[cs]e keys?",
    r"additional (?:terms|restrictions?|conditions?|requirements?|obligations?) (?:appl\w+|below|on|that)",
    r"limited to (?:the )?(?:\w+ ){0,2}?(?:us\w+|purpos\w+|members?|employees|customers?|partners?|government\w*)",
    r"(?:must|shall|will|is|are) (?:be )?(?:oblig\w+|requir\w+) to",
    r"no (?:licen[cs]e|rights?|permission) (?:is|are) (?:hereby )?(?:granted|given) to",
)
_FRENCH = (
    r"non commercia\w+|(?:usage|utilisation|fins?|utilisateurs?|licence) commercia\w+|payante?s?|abonnement\w*|redevances?",
    r"interdi(?:t|te|ts|tes|ction|ctions|re)|confidentiel\w*|propri[ée]taires?|nonobstant",
    r"uniquement|exclusivement|seulement|jusqu au|r[ée]serv[ée]e?s? (?:à|aux)",
    r"sans (?:\w+ ){0,4}?(?:consentement|autorisation|accord|licence|abonnement|permission)",
    r"ne (?:peut|peuvent|doit|doivent) (?:pas )?(?:\w+ ){0,2}?(?:utilis\w+|copi\w+|modifi\w+|(?:re)?distribu\w+|vendu\w*)",
)
_RESTRICTS = re.compile(rf"\b(?:{'|'.join((*_ENGLISH, *_FRENCH))})\b", re.IGNORECASE)
"""What restricts wherever it stands. Words, with one space between: that is how the leftover comes."""
_WITHIN = re.compile(
    r"\b(?:not|no|non|only|solely|except|excluding|unless|until|without|never|neither|limited|restricted|internal|government|"
    r"noncommercial|commercial|excluded|sauf|hormis|pas|sans)\b",
    re.IGNORECASE,
)
"""What restricts where it was put between the words of a text: one "not" is enough there."""
_RIGHT = r"\b(?:use|copy|modify|distribute)\b"
_GRANTS = re.compile(rf"\b(?:sublicense|sell|merge|publish|with(?:out)? modifications?)\b|{_RIGHT}.*{_RIGHT}")
"""What a text must not lack: a right, or two of those whose words stand in other sentences too."""
_NOT = re.compile(r"\b(?:not|neither|nor)\b")
_FREELY = re.compile(r"commercial or non commercial", re.IGNORECASE)
_COPYRIGHT = re.compile(r"(?:(?:portions|parts|modifications)\s)?(?:copyright|copyr|c \d{4}|©|droit)", re.IGNORECASE)
_RESERVED = re.compile(r"\b(?:all rights? reserved|tous droits r[ée]serv[ée]s)\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"externally maintained|except (?:when|where|as|for)? ?(?:explicitly )?otherwise|unless (?:explicitly )?otherwise",
    re.IGNORECASE,
)
"""How honest files say that other files carry their own licence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """One place of a licence file. `cut`: not words that are there, but words that the licence's text has there."""

    line: int
    end_line: int
    words: str
    cut: bool = False


def beyond(entry: Mapping[str, Any]) -> tuple[Beyond, ...]:
    """The places that restrict, in order of line, from a file's entry in scancode's answer (verifier/inside/run_scancode.py)."""
    said = entry.get("beyond")
    if not said:
        return ()
    found = [*_added(said["added"]), *_cut(said["cut"]), *_named(entry)]
    return tuple(sorted(found, key=lambda one: (one.line, one.end_line, one.words)))


def _added(runs: Iterable[Mapping[str, Any]]) -> Iterator[Beyond]:
    for run in runs:
        lines = [str(line) for line in run["words"]]
        told = _RESERVED.sub(" ", " ".join(lines))
        prose = " ".join(line for line in lines if not _COPYRIGHT.match(line))
        if _RESTRICTS.search(_FREELY.sub(" ", _plain(told))) or (
            run["inside"] and _WITHIN.search(_plain(_ELSEWHERE.sub(" ", prose)))
        ):
            yield Beyond(line=int(run["line"]), end_line=int(run["end_line"]), words=" ".join(lines)[:LONGEST])


def _plain(words: str) -> str:
    return " ".join(words.split())


def _cut(runs: Iterable[Mapping[str, Any]]) -> Iterator[Beyond]:
    for run in runs:
        if _GRANTS.search(str(run["words"])) and not _NOT.search(str(run["words"])):
            yield Beyond(
                line=int(run["line"]), end_line=int(run["end_line"]), words=str(run["words"])[:LONGEST], cut=True
            )


def _named(entry: Mapping[str, Any]) -> Iterator[Beyond]:
    """Where terms are named that are no open licence, however short or faint."""
    for detection in entry["license_detections"]:
        for match in detection["matches"]:
            expression = str(match["license_expression_spdx"])
            if any(closed(key) for key in keys(expression)):
                first, last = int(match["start_line"]), int(match["end_line"])
                yield Beyond(line=first, end_line=last, words=expression)
