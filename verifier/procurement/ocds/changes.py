"""What a release says: the difference between what was public and what is. Merging all of a contract's gives what is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ALWAYS = ("id", "awardID")
"""What the schema wants of each award, contract and milestone that a release names."""
NESTED = ("implementation",)
"""Objects of which only what changed is told; of others (value, period, ...) all of it."""


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Names that are gone are null. Objects in lists are told by their ids; none of them is ever gone."""
    told: dict[str, Any] = dict.fromkeys(name for name in before if name not in now)
    for name, value in now.items():
        if name in ALWAYS or value != before.get(name):
            told[name] = _changed(name, before.get(name), value)
    return told


def _changed(name: str, before: Any, now: Any) -> Any:
    if isinstance(now, list) and now and isinstance(now[0], dict):
        known = {one["id"]: one for one in before or ()}
        return [changes(known.get(one["id"], {}), one) for one in now if one != known.get(one["id"])]
    return changes(before, now) if name in NESTED and before else now
