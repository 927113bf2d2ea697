"""Two versions of a contract side by side: what was agreed, and what is to be. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from verifier.render.inert import inert
from verifier.statements.statement import Statement
from verifier.units import amount
from verifier.words import Text, say

MONEY = frozenset({"price", "tax", "ceiling"})
IGNORED = frozenset({"amends"})


def compared(before: Statement, after: Statement) -> Text:
    """Each place that is another, with its old and its new value; lines in both languages."""
    lines = [
        say("  {place}: {old} → {new}", place=place, old=_shown(place, old), new=_shown(place, new))
        for place, old, new in differences(before, after)
    ]
    head = say("What changes:")
    return Text(*("\n".join(one.in_language(spoken) for one in (head, *lines)) + "\n" for spoken in ("en", "fr")))


def differences(before: Statement, after: Statement) -> Iterator[tuple[str, Any, Any]]:
    """(place, old value or None, new value or None), in the order of the places. The digest of the criteria is a place too."""
    old, new = _flat(before), _flat(after)
    for place in sorted(old.keys() | new.keys()):
        if old.get(place) != new.get(place):
            yield place, old.get(place), new.get(place)


def _flat(statement: Statement) -> dict[str, Any]:
    found = dict(_places({name: one for name, one in statement.predicate.items() if name not in IGNORED}, ""))
    return found | {"criteria/digest": statement.digests.get("sha256", "")}


def _places(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Entries of a list that have an id are known by it, so that one that comes before moves no other."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _places(inner, f"{at}/{name}" if at else name)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, inner in enumerate(value):
            name = inner["id"] if isinstance(inner, Mapping) and "id" in inner else number
            yield from _places(inner, f"{at}/{name}")
    else:
        yield at, value


def _shown(place: str, value: Any) -> Text:
    if value is None:
        return say("nothing")
    if place.rpartition("/")[2] in MONEY and isinstance(value, int):
        return amount(value)
    return Text(inert(str(value)), inert(str(value)))
