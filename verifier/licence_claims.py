"""What a project's metadata says of its licence, in whatever words, as SPDX identifiers. Pure.

Words are often those of a family: the classifier "BSD License" fits BSD-2-Clause and BSD-3-Clause alike, "GPLv3" fits
with and without "or later". So a claim holds every licence that it may mean, and an expression only where that is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from verifier.licence import NOASSERTION, NONE, PROPRIETARY, canonical, keys, known

MAX_WORDS = 120
"""Characters of a statement that are still read as words; a whole licence text in a field is not."""
_ATTRIBUTES = frozenset({"OSI Approved", "DFSG approved"})
_FILLER = re.compile(r"\b(?:the|licen[cs]ed?|version|software|public|open|source|v)\b|[^a-z0-9.+]+")
_GNU_WORDS = re.compile(
    r"(?:(?:gnu|the|general|public|licen[cs]e|version|or|any|later|only|lesser|library|affero)\b|[al]?gpl|v|\d(?:\.\d)?|[\s(),+.-])+"
)
_GNU_VERSIONS = {"GPL": ("1.0", "2.0", "3.0"), "LGPL": ("2.0", "2.1", "3.0"), "AGPL": ("1.0", "3.0")}
_BSD = ("0BSD", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "BSD-4-Clause", "BSD-4-Clause-UC")
_APACHE = ("Apache-1.0", "Apache-1.1", "Apache-2.0")
_PYTHON = ("PSF-2.0", "Python-2.0", "Python-2.0.1", "CNRI-Python")
_ALSO_MIT = frozenset({"X11", "MIT-0", "MIT-Modern-Variant", "HPND", "NTP", "curl"})  # texts that people call "MIT" too
_HARDLY = frozenset(
    {
        "0BSD",
        "BSD-1-Clause",
        "BSD-3-Clause-Clear",
        "BSD-4-Clause",
        "BSD-4-Clause-UC",
        "Apache-1.0",
        "Apache-1.1",
        "CNRI-Python",
    }
)
# The words of PyPI's classifiers (https://pypi.org/classifiers/) and of everyday metadata, compared by `_reduced`.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("MIT License", ("MIT",)),
    ("MIT No Attribution License (MIT-0)", ("MIT-0",)),
    ("Expat", ("MIT",)),
    ("MIT/Expat", ("MIT",)),
    ("ISC License (ISCL)", ("ISC",)),
    ("ISC", ("ISC",)),
    ("BSD License", _BSD),
    ("BSD-style", _BSD),
    ("New BSD License", ("BSD-3-Clause",)),
    ("BSD New", ("BSD-3-Clause",)),
    ("Modified BSD License", ("BSD-3-Clause",)),
    ("Revised BSD License", ("BSD-3-Clause",)),
    ("BSD 3-Clause", ("BSD-3-Clause",)),
    ("3-Clause BSD License", ("BSD-3-Clause",)),
    ("Simplified BSD License", ("BSD-2-Clause",)),
    ("BSD 2-Clause", ("BSD-2-Clause",)),
    ("2-Clause BSD License", ("BSD-2-Clause",)),
    ("Zero-Clause BSD (0BSD)", ("0BSD",)),
    ("Apache Software License", _APACHE),
    ("Apache 2", ("Apache-2.0",)),
    ("Apache2", ("Apache-2.0",)),
    ("Apache License, Version 2.0", ("Apache-2.0",)),
    ("ASL 2.0", ("Apache-2.0",)),
    ("Mozilla Public License 2.0 (MPL 2.0)", ("MPL-2.0",)),
    ("Mozilla Public License 2.0", ("MPL-2.0",)),
    ("MPL 2.0", ("MPL-2.0",)),
    ("Mozilla Public License 1.1 (MPL 1.1)", ("MPL-1.1",)),
    ("Python Software Foundation License", _PYTHON),
    ("PSF", _PYTHON),
    ("The Unlicense (Unlicense)", ("Unlicense",)),
    ("zlib/libpng License", ("Zlib",)),
    ("Boost Software License 1.0 (BSL-1.0)", ("BSL-1.0",)),
    ("Eclipse Public License 1.0 (EPL-1.0)", ("EPL-1.0",)),
    ("Eclipse Public License 2.0 (EPL-2.0)", ("EPL-2.0",)),
    ("European Union Public Licence 1.1 (EUPL 1.1)", ("EUPL-1.1",)),
    ("European Union Public Licence 1.2 (EUPL 1.2)", ("EUPL-1.2",)),
    ("CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", ("CC0-1.0",)),
    ("CC0 1.0 Universal", ("CC0-1.0",)),
    ("CC0", ("CC0-1.0",)),
    ("Universal Permissive License (UPL)", ("UPL-1.0",)),
    ("Proprietary", (PROPRIETARY,)),
    ("Other/Proprietary License", (PROPRIETARY,)),
    ("UNLICENSED", (PROPRIETARY, "Unlicense")),  # npm's word for "nobody may use it", and a slip for the Unlicense
    ("Commercial", (PROPRIETARY,)),
    ("Closed source", (PROPRIETARY,)),
    ("Confidential", (PROPRIETARY,)),
    ("All rights reserved", (PROPRIETARY,)),
    ("Propriétaire", (PROPRIETARY,)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of a metadata file. `means` holds every licence that it may mean; empty: nobody can say."""

    path: str
    kind: str  # expression | text | classifier
    words: str
    means: frozenset[str]
    expression: str | None = None
    line: int | None = None


def claim(path: str, kind: str, words: str, line: int | None = None) -> Claim | None:
    """Reads one statement; None where it speaks of no licence at all."""
    said = " ".join(words.split()).rpartition("License :: ")[2].rpartition(" :: ")[2]
    if not said or said in _ATTRIBUTES:
        return None
    means = meant(said) if kind != "expression" or not known(said) else frozenset[str]()
    if kind == "expression" and PROPRIETARY not in means:
        means = frozenset()
    found = next(iter(means)) if len(means) == 1 else None
    if not means and kind != "classifier" and known(said):
        found = canonical(said)
        means = keys(said)
    means |= _ALSO_MIT if "MIT" in means else frozenset()
    return Claim(path=path, kind=kind, words=said[:MAX_WORDS], means=means, expression=found, line=line)


def meant(words: str) -> frozenset[str]:
    """Every licence that these words may mean; empty where that cannot be said."""
    if len(words) > MAX_WORDS:
        return frozenset()
    return frozenset(_table().get(_reduced(words), ())) or _gnu(words.lower())


def classified(expression: str) -> bool:
    """Whether every licence of an expression has a classifier of its own: "Other" is then no word for it."""
    named = {key for _, meaning in _WORDS for key in meaning} - {PROPRIETARY}
    return all(key in named or re.match(r"[AL]?GPL-", key) for key in keys(expression))


def declared(claims: Sequence[Claim]) -> str:
    """What the metadata declares: NONE where it says nothing, NOASSERTION where it does not name one licence.

    An expression or text goes before classifiers, as in the core metadata specification
    (https://packaging.python.org/en/latest/specifications/core-metadata/#license-expression); several classifiers do
    not say whether they are a choice or a sum.
    """
    stated = [one.expression for one in claims if one.kind != "classifier" and one.expression]
    listed = [one.expression for one in claims if one.kind == "classifier"]
    if stated:
        return stated[0]
    if len(set(listed)) == 1 and listed[0]:
        return listed[0]
    return NOASSERTION if claims else NONE


def meanings(claims: Sequence[Claim]) -> tuple[str, ...]:
    """Every expression that a published distribution's metadata may mean, in the order of `declared`; empty where nobody can say.

    The word of a family does not mean those of its licences that hardly any distribution has.
    """
    listed = [one for one in claims if one.kind == "classifier"]
    for one in sorted((one for one in claims if one.kind != "classifier"), key=lambda one: one.kind != "expression"):
        if found := _meanings(one):
            return found
    several = [_meanings(one) for one in listed]
    return tuple(dict.fromkeys(each for found in several for each in found)) if all(several) else ()


def _meanings(one: Claim) -> tuple[str, ...]:
    return (one.expression,) if one.expression else tuple(sorted(key for key in one.means if key not in _HARDLY))


@cache
def _table() -> dict[str, tuple[str, ...]]:
    return {_reduced(words): meaning for words, meaning in _WORDS}


def _reduced(words: str) -> str:
    """Lower case, without filler and repetition: "The MIT License (MIT)" becomes "mit"."""
    return " ".join(dict.fromkeys(_FILLER.sub(" ", words.lower()).split()))


def _gnu(words: str) -> frozenset[str]:
    """GPL, LGPL and AGPL in their many spellings: "GNU Lesser General Public License v2 or later (LGPLv2+)"."""
    if not _GNU_WORDS.fullmatch(words) or not re.search("gpl|general public", words):
        return frozenset()
    family = "AGPL" if re.search("affero|agpl", words) else "LGPL" if re.search("lesser|library|lgpl", words) else "GPL"
    named = set(re.findall(r"\d(?:\.\d)?", words))
    if len({number[0] for number in named}) > 1:
        return frozenset()
    exact = {number for number in named if "." in number}
    versions = [v for v in _GNU_VERSIONS[family] if not named or v in exact or (not exact and v[0] in named)]
    later, only = "+" in words or "later" in words, "only" in words
    endings = ["or-later"] if later else ["only"] if only else ["only", "or-later"]
    return frozenset(f"{family}-{version}-{ending}" for version in versions for ending in endings)
