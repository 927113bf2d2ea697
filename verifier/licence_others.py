"""Code of others inside a delivery: in folders named for it, published libraries by name, files with a stranger's notice. Pure.

An inventory for the reader; whether the licences allow it is found in verifier.licence_findings. Nearly all of them ask that
the copyright notice and the licence stay with the code, so what lacks either is said.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from verifier.licence import NONE, category, joined, keys, recognised, within
from verifier.licence_detected import Detected
from verifier.licence_folders import Folder, piece
from verifier.model import Finding
from verifier.words import Text, say

_LIBRARY = re.compile(r".+[-.](?:min|\d+\.\d+(?:\.\d+)?(?:\.min)?)\.(?:js|mjs|css)", re.IGNORECASE)
"""jquery.min.js, bootstrap-5.3.2.css: the names that published libraries have."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = re.compile(
    "and|the|contributors?|authors?|others|team|projects?|foundation|software|community|inc|ltd|llc|limited|gmbh|corp|corporation|"
    "company|university|copyright|rights|reserved|all|its|his|com|org|net|www|https?"
)
"""Words of a holder's name that many have."""
_STEWARD = "free software foundation"
"""It owns the text of the GPL, which stands in the licence file whoever owns the project."""
LISTED = 20
"""Pieces that are given one by one; beyond it each licence has one finding that counts them."""
NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of others' code: its folder or file, a file of it to point at, what it is under, and whose it is."""

    name: str
    path: str
    line: int | None
    licence: str  # NONE where nothing there names one
    holders: tuple[str, ...]

    @property
    def kept(self) -> bool:
        """Whether its licence, and whose it is where that matters, stand with it."""
        free = all(category(key) == "Public Domain" for key in keys(self.licence))
        return self.licence != NONE and (bool(self.holders) or free)


def pieces(
    files: Sequence[Detected], nested: Sequence[Folder], texts: Sequence[Detected], own: Iterable[str], project: str
) -> list[Piece]:
    """The pieces in order of name, of the source `files`.

    `texts` are licence files at any depth, `own` the authors in metadata, `project` the project's licence. A file without a
    folder or a name that says so is a stranger's where it has a notice, and no holder is one of the project's.
    """
    rooted = [holder for text in texts if "/" not in text.path for holder in text.holders]
    usual = _usual(files, project)
    ours = _words(holder for holder in (*own, *rooted, *usual) if _STEWARD not in holder.lower())
    groups: dict[str, list[Detected]] = {}
    for file in files:
        name = piece(file.path) or (file.path if _strangers(file, ours) else "")
        if name:
            groups.setdefault(name, []).append(file)
    holding = {text.path: text.holders for text in texts}
    terms = {path: folder for folder in nested for path in folder.files}
    return [_made(name, group, terms, holding) for name, group in sorted(groups.items())]


def _strangers(file: Detected, ours: frozenset[str]) -> bool:
    noticed = bool(file.notices) or (file.any and bool(_LIBRARY.fullmatch(posixpath.basename(file.path))))
    return noticed and bool(ours) and bool(file.holders) and not ours & _words(file.holders)


def _usual(files: Sequence[Detected], project: str) -> list[str]:
    """Whoever holds most of the files that name a holder, under the project's licence: most of a delivery may be copied."""
    named = [file for file in files if file.holders and not piece(file.path)]
    under = [file for file in named if all(within(match.expression, project) for match in file.said)]
    count = Counter(holder for file in under for holder in set(file.holders))
    return [holder for holder, number in count.items() if number > 1 and 2 * number >= len(named)]


def _words(holders: Iterable[str]) -> frozenset[str]:
    words = (word for holder in holders for word in _WORD.findall(holder.lower()))
    return frozenset(word for word in words if not _COMMON.fullmatch(word))


def _made(name: str, group: Sequence[Detected], terms: dict[str, Folder], holding: dict[str, tuple[str, ...]]) -> Piece:
    """From its files and the licence file that covers them, if one does."""
    over = terms.get(group[0].path)
    said = [
        match.expression for file in group for match in (*file.headers, *file.matches) if recognised(match.expression)
    ]
    holders = [holder for file in group for holder in file.holders] + list(holding[over.path] if over else ())
    first = next((match for file in group for match in file.said), None)
    licences = said + ([over.expression] if over else [])
    return Piece(
        name=name,
        path=over.path if over and name != group[0].path else group[0].path,
        line=first.line if first and name == group[0].path else None,
        licence=joined(licences) if licences else NONE,
        holders=tuple(dict.fromkeys(holders)),
    )


def findings(found: Sequence[Piece]) -> Iterator[Finding]:
    """A note for each piece, or for each licence where they are many; then, by folder, what has no notice with it."""
    kept = [one for one in found if one.kept]
    if len(kept) > LISTED:
        for licence in sorted({one.licence for one in kept}):
            under = [one for one in kept if one.licence == licence]
            message = say("Code of others under {licence}: {names}.", licence=licence, names=_names(under))
            yield Finding(rule="scancode:third-party", message=message, path=under[0].path)
    else:
        yield from (_with_notice(one) for one in kept)
    bare: dict[str, list[Piece]] = {}
    for one in found:
        if not one.kept:
            bare.setdefault(posixpath.dirname(one.name), []).append(one)
    yield from (_without_notice(several) for several in bare.values())


def _with_notice(one: Piece) -> Finding:
    message = say(
        "{name} is the code of others ({holders}) under {licence}; copyright and licence stand with it.",
        name=one.name,
        holders=", ".join(one.holders) or say("no holder named"),
        licence=one.licence,
    )
    return Finding(rule="scancode:third-party", message=message, path=one.path, line=one.line)


def _without_notice(several: Sequence[Piece]) -> Finding:
    named = [one for one in several if one.licence != NONE]
    message = (
        say("{names}: by name the code of others; nothing there says whose it is.", names=_names(several))
        if len(named) == len(several)
        else say("{names}: by name the code of others; nothing there says under which licence.", names=_names(several))
    )
    return Finding(
        rule="scancode:third-party-notice",
        message=message,
        path=several[0].path,
        confidence="low",  # `vendor` may be the project's own word
        help=say(
            "Nearly all licences ask that the copyright notice and the licence stay with the code: put both beside it."
        ),
    )


def _names(several: Sequence[Piece]) -> Text | str:
    first = ", ".join(one.name for one in several[:NAMED])
    return say("{first} and {n} more", first=first, n=len(several) - NAMED) if len(several) > NAMED else first
