"""What the documents at a delivery's root say of the whole: read-me, notice, and whatever calls itself a licence. Pure.

A read-me names many licences, of what it uses, of what it is like. Only a sentence that is about the delivery itself, and says
that it is closed or under terms which the licence file does not grant, is heard; it leaves the licence open and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from verifier.licence import closed, keys, recognised, strong_copyleft, within
from verifier.licence_detected import Detected
from verifier.licence_project import is_licence_file

LONGEST = 100
"""Characters that are quoted."""
LEAST_WORDS = 5
"""Words of a likeness that names a licence as the terms of something, rather than in passing."""
_THING = (
    r"(?:software|project|program(?:me)?|code(?:base)?|source code|repository|package|application|product|files?|work|library|"
    r"logiciel|projet|code source|d[ée]p[ôo]t|application|fichiers?)"
)
_WHOLE = rf"(?:\b(?:this|the|all|all other|our|ce|cet|cette|le|tout(?:e|es)?|tous les|tout le)\s+(?:\w+\s+)?{_THING}\b)"
_BETWEEN = (
    r"(?:(?!\b(?:uses?|using|which|depends?|requires?|includes?|bundles?|contains?|based|not|no|never|utilise|inclut|pas)\b)"
    r"[^.]){0,80}?"
)
_CLOSED = re.compile(
    rf"{_WHOLE}{_BETWEEN}\b(?:(?:is|are|remains?|est|sont|reste)\s+(?:(?!not\b|no\b|pas\b)\w+\s+){{0,3}}?"
    r"(?:proprietary|confidential|propri[ée]taires?|confidentiels?)"
    r"|all rights reserved to|requires? a (?:paid|commercial)|(?:may|must|can) not be (?:used|copied|modified|distributed))",
    re.IGNORECASE,
)
_BUYS = re.compile(
    r"\b(?:commercial (?:use|users)\b[^.]{0,40}\b(?:requires?|must|need|prohibited|forbidden|not (?:permitted|allowed))"
    r"|use requires a (?:paid|commercial) licen[cs]e"
    r"|redistribution (?:\w+ ){0,4}?(?:is )?(?:prohibited|forbidden|not permitted))",
    re.IGNORECASE,
)
_UNDER = re.compile(
    rf"{_WHOLE}{_BETWEEN}\b(?:is|are|est|sont)\b{_BETWEEN}\b"
    r"(?:licen[cs]ed|released|distributed|available|published|covered|distribu[ée]|publi[ée]|sous licence)",
    re.IGNORECASE,
)


def denying(
    stated: Mapping[str, Sequence[Mapping[str, Any]]], files: Mapping[str, Detected], project: str
) -> tuple[tuple[str, int, str], ...]:
    """Path, line and words of what denies the project's licence, in order of path."""
    if not recognised(project):
        return ()
    return tuple(
        (path, int(one["line"]), str(one["words"])[:LONGEST])
        for path, paragraphs in sorted(stated.items())
        if not is_licence_file(path)  # what that holds beyond a licence is verifier.licence_beyond's
        for one in paragraphs
        if _CLOSED.search(str(one["words"]))
        or _BUYS.search(str(one["words"]))
        or (_UNDER.search(str(one["words"])) and _other(files[path], one, project))
    )


def _other(file: Detected, paragraph: Mapping[str, Any], project: str) -> bool:
    """Whether the paragraph names terms that claim the whole work, and not the project's own."""
    here = [one for one in file.matches if int(paragraph["line"]) <= one.line <= int(paragraph["end_line"])]
    named = [one for one in here if recognised(one.expression)]
    if any(within(one.expression, project) or keys(one.expression) & keys(project) for one in named):
        return False
    return any(
        one.words >= LEAST_WORDS and (strong_copyleft(one.expression) or closed(one.expression)) for one in named
    )
