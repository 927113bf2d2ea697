"""Amounts with their unit: `80 %`, `500 MB`, `15 min`. Whole numbers only."""

from __future__ import annotations

import re
from collections.abc import Mapping

from verifier.rulebook.sentences import either
from verifier.words import say

_AMOUNT = re.compile(r"([0-9]{1,9})[ \u00a0\u202f]?([A-Za-z%]+)")  # French writes a no-break space before %

SHARE: Mapping[str, int] = {"%": 100}
"""In basis points."""
BYTES: Mapping[str, int] = {
    "B": 1,
    "kB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}
SECONDS: Mapping[str, int] = {"s": 1, "min": 60, "h": 3600}
MILLISECONDS: Mapping[str, int] = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}


def amount(text: object, units: Mapping[str, int]) -> int:
    """`amount("15 min", SECONDS)` is 900. A ValueError's message names the units that would do."""
    found = _AMOUNT.fullmatch(text) if isinstance(text, str) else None
    if not found or found[2] not in units:
        raise ValueError(say("a whole number with its unit ({units})", units=either(list(units))))
    return int(found[1]) * units[found[2]]
