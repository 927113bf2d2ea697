"""A record as it stood after each entry of the ledger, oldest first: what was revoked later still counted then. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from verifier.procurement.record import Event, Record

Revocations = Mapping[str, tuple[str, int]]
"""Digest -> time and number of the ledger's entry that revoked it. What the root keys revoked is not among them."""
_LAST = 2**62


@dataclass(frozen=True, slots=True)
class Step:
    """`record` is as it was from `time` on, since `event` was entered or, where `revoked`, taken back. `id` names the step."""

    time: str
    id: str
    event: Event
    revoked: bool
    record: Record


def steps(record: Record, revocations: Revocations) -> Iterator[Step]:
    """One for each entry about the contract and for each revocation of one."""
    ends = {one.digest: _end(one, revocations) for one in record.events if one.revoked}
    found = [((one.time, one.position), one, False) for one in record.events]
    found += [(ends[one.digest], one, True) for one in record.events if one.revoked]
    for now, event, revoked in sorted(found, key=lambda one: one[0]):
        name = f"revoked-{event.digest[:16]}" if revoked else str(event.position)
        yield Step(now[0], name, event, revoked, _as_of(record, now, ends))


def _end(event: Event, revocations: Revocations) -> tuple[str, int]:
    """What the root keys revoked has no entry of its own: it ends when they say, and not before it was there."""
    return revocations.get(event.digest, (max(event.revoked, event.time), _LAST))


def _as_of(record: Record, now: tuple[str, int], ends: Revocations) -> Record:
    events = tuple(
        one if one.digest in ends and ends[one.digest] <= now else replace(one, revoked="")
        for one in record.events
        if (one.time, one.position) <= now
    )
    return Record(record.id, events)
