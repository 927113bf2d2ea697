"""What the static site's own search looks through: every contract in little, as a script, which a page may load from a file.

The browser loads it once somebody searches. Values that many contracts share stand in it once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from verifier.dashboard.page import part
from verifier.dashboard.sources import Sources
from verifier.procurement.index import Listed, Wanted
from verifier.render.inert import inert

PATH = "data/contracts-search.js"
OWN = ("id", "title_en", "title_fr", "awarded", "due", "changed", "total")
SHARED = ("supplier", "payee", "state", "verdict", "licence", "profile", "currency")


def files(sources: Sources) -> Iterator[tuple[str, str]]:
    if sources.records:
        yield PATH, written(sources.records.index.listed(Wanted(limit=len(sources.contracts))))


def written(rows: list[Listed]) -> str:
    """A script that hands over names of columns, shared values and rows; a row's first entry is its part of the address."""
    shared: dict[str, dict[str, int]] = {name: {} for name in SHARED}
    packed = [[part(one.key), *_own(one), *_shared(one, shared)] for one in rows]
    data = {
        "columns": ["part", *OWN, *SHARED],
        "shared": {name: list(one) for name, one in shared.items()},
        "rows": packed,
    }
    told = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return f"window.verifierContracts({told});\n"


def _own(one: Listed) -> list[Any]:
    named = [inert(one.id), inert(one.title_en), inert(one.title_fr)]
    return [*named, one.awarded[:10], one.due, one.changed[:10], one.total]


def _shared(one: Listed, shared: dict[str, dict[str, int]]) -> list[int]:
    return [shared[name].setdefault(inert(getattr(one, name)), len(shared[name])) for name in SHARED]
