"""Two of a kind side by side for the page of a contract: its newest versions, and the two newest rounds of each milestone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from verifier.compare import rounds
from verifier.dashboard.sources import document
from verifier.dashboard.timeline import kept, page_of, report_of
from verifier.errors import TrustError, VerifierError
from verifier.procurement.record import Event, Record
from verifier.procurement.store import Store
from verifier.render.compared import differences
from verifier.render.rounds import to_document
from verifier.words import both, say


def amendment(record: Record) -> list[dict[str, Any]]:
    """The newest version against the one before, place by place; nothing where there is one only."""
    if len(record.versions) < 2:
        return []
    before, after = record.versions[-2:]
    found = differences(before.statement, after.statement)
    return [{"place": place, "before": old, "after": new} for place, old, new in found]


def comparisons(record: Record, store: Store) -> list[dict[str, Any]]:
    """Of each milestone with several rounds that were assessed. What cannot be compared says why."""
    return [
        _pair(milestone.id, newest[-2], newest[-1], record, store)
        for milestone in record.milestones
        if len(newest := list(judged(milestone.events))) > 1
    ]


def judged(events: tuple[Event, ...]) -> Iterator[Event]:
    """The newest assessment of each round that was not revoked, in the order of the rounds."""
    found = {one.round: one for one in events if one.what == "assessed" and not one.revoked}
    yield from (found[number] for number in sorted(found))


def _pair(milestone: str, before: Event, after: Event, record: Record, store: Store) -> dict[str, Any]:
    told: dict[str, Any] = {
        "milestone": milestone,
        "rounds": [_side(before), _side(after)],
        "compared": None,
        "why": None,
    }
    try:
        old, new = (kept(one, record, store) for one in (before, after))
        if old is None or new is None:
            return told | {"why": both(say("A report of these rounds is not kept here."))}
        return told | {"compared": _compared(report_of(before), report_of(after), _Lent(old, new))}
    except TrustError:
        return told | {"why": both(say("A report that is kept is not the one that was signed."))}
    except VerifierError as error:
        return told | {"why": {spoken: error.in_language(spoken) for spoken in ("en", "fr")}}


def _side(one: Event) -> dict[str, Any]:
    return {"round": one.round, "entry": one.position, "statement": one.digest, "report": page_of(one)}


class _Lent:
    """Two reports that are lent to what is remembered by their digests alone: all that are lent are equal."""

    def __init__(self, *both: bytes) -> None:
        self.both = list(both)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Lent)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _compared(_before: str, _after: str, lent: _Lent) -> dict[str, Any]:
    """Reading two reports takes long for a page, and the same two always come to the same."""
    old, new = (document(content) for content in lent.both)
    lent.both.clear()
    return to_document(rounds(old, new), old, new)
