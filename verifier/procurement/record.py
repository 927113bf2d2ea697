"""What happened to one contract: the ledger's entries about it, in their order, with the statements that they are of. Pure.

    record = Record.of("MA-2026-014", entries, statements)
    record.milestone("m1").progress.state

The order and the times are the ledger's; what a statement says is in the statement. Either can be missing: an entry whose file is
elsewhere still moves the record, and a statement that nobody entered is `waiting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from verifier.gate import book
from verifier.gate.moves import ENDED, OPEN, Move, Progress, State, after, progress
from verifier.ledger import Found
from verifier.procurement import business
from verifier.statements import uris
from verifier.trust.signed import Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of the ledger. `what` is a word of `verifier.gate.moves`, or else the entry's kind (decision, denial, ...)."""

    position: int
    time: str
    what: str
    milestone: str
    """"" where it is of all of them."""
    round: int
    digest: str
    """Of the statement's payload; "" of a denial."""
    codes: tuple[str, ...]
    revoked: str = ""
    """From when on it does not count; "" where it does."""
    signed: Signed | None = None
    """The statement, where its file is there."""

    @property
    def move(self) -> Move:
        return Move(self.what, self.milestone, self.round)

    def said(self, name: str) -> Any:
        """What the statement says under this name; None where it says nothing or is not there."""
        return self.signed.statement.predicate.get(name) if self.signed else None


@dataclass(frozen=True)
class Milestone:
    """One part that is delivered, accepted and paid by itself."""

    terms: Mapping[str, Any]
    """As the contract has them: id, title, price and tax in cents, due."""
    record: Record

    @property
    def id(self) -> str:
        return str(self.terms["id"])

    @property
    def total(self) -> int:
        """Price and tax, in cents."""
        return int(self.terms["price"]) + int(self.terms["tax"])

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Those of it and of the whole contract."""
        return tuple(one for one in self.record.events if one.milestone in ("", self.id))

    @cached_property
    def progress(self) -> Progress:
        return progress(self.record.moves, self.id)

    @cached_property
    def since(self) -> str:
        """The time at which it came to where it stands; "" where nothing happened yet."""
        now, since = Progress(), ""
        for one in self.events:
            then = now if one.revoked else after(now, one.move)
            since = one.time if then.state is not now.state else since
            now = then
        return since

    def last(self, *what: str) -> Event | None:
        """The newest that counts of these."""
        return next((one for one in reversed(self.events) if one.what in what and not one.revoked), None)

    def first(self, *what: str) -> Event | None:
        """The oldest that counts of these."""
        return next((one for one in self.events if one.what in what and not one.revoked), None)

    @cached_property
    def due(self) -> str:
        """The day by which it is to be delivered, extensions included; "" where none was agreed."""
        extended = self.last("extended")
        until = extended.said("until") if extended and extended.time >= self._rejected else None
        return str(until or self._cure or self.terms.get("due", ""))

    def late(self, today: str) -> bool:
        """Whether what is due has not been delivered by then."""
        waiting = self.progress.state in OPEN - {State.DELIVERED, State.ASSESSING}
        return bool(waiting and self.due and self.due < today)

    @property
    def _rejected(self) -> str:
        found = self.last("rejected")
        return found.time if found else ""

    @property
    def _cure(self) -> str:
        """The last day to mend what was rejected, where the contract gives a number of days."""
        agreed = (self.record.terms or {}).get("cure")
        if not agreed or not self._rejected:
            return ""
        return business.after(date.fromisoformat(self._rejected[:10]), agreed["days"], agreed["holidays"]).isoformat()


@dataclass(frozen=True)
class Record:
    """`id` as the contract has it; `events` in the ledger's order; `waiting` are statements that nobody entered yet."""

    id: str
    events: tuple[Event, ...]
    waiting: tuple[Signed, ...] = ()

    @classmethod
    def of(
        cls, name: str, entries: Iterable[Found], statements: Sequence[Signed], revoked: Mapping[str, str] | None = None
    ) -> Record:
        """`entries` are the ledger's about this contract, `statements` all there are about it, `revoked` digest -> since when."""
        files = {one.digest: one for one in statements}
        events = tuple(_event(one, files, revoked or {}) for one in _own(list(entries)))
        written = next((one.statement.predicate["id"] for one in statements if one.type == uris.CONTRACT), name)
        return cls(written, events, _waiting(statements, events))

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        return tuple(one.move for one in self.events if not one.revoked)

    @cached_property
    def contract(self) -> Signed | None:
        """The newest version that counts; before the award the one that waits for a signature."""
        agreed = [one for one in self.events if one.what == "awarded" and one.signed and not one.revoked]
        drafts = [one for one in self.waiting if one.type == uris.CONTRACT]
        return agreed[-1].signed if agreed else (drafts[-1] if drafts else None)

    @cached_property
    def versions(self) -> tuple[Signed, ...]:
        """Every version that was agreed, oldest first."""
        return tuple(one.signed for one in self.events if one.what == "awarded" and one.signed)

    @cached_property
    def terms(self) -> Mapping[str, Any] | None:
        return self.contract.statement.predicate if self.contract else None

    @cached_property
    def milestones(self) -> tuple[Milestone, ...]:
        return tuple(Milestone(one, self) for one in (self.terms or {}).get("milestones", ()))

    def milestone(self, name: str) -> Milestone:
        """Raises KeyError."""
        found = {one.id: one for one in self.milestones}
        return found[name]

    @cached_property
    def state(self) -> State:
        """Of the whole."""
        return self.standing.progress.state if self.standing else progress(self.moves, "").state

    @cached_property
    def standing(self) -> Milestone | None:
        """The milestone that the whole stands at: the first that has not ended, else the last one."""
        running = (one for one in self.milestones if one.progress.state not in ENDED)
        return next(running, self.milestones[-1] if self.milestones else None)

    @property
    def total(self) -> int:
        """Price and tax of all milestones, in cents."""
        return sum(one.total for one in self.milestones)

    def counting(self, *types: str) -> Iterator[Event]:
        """Events whose statement is there, is of one of these types and counts."""
        return (one for one in self.events if one.signed and one.signed.type in types and not one.revoked)


def _own(entries: Sequence[Found]) -> list[Found]:
    """Those of the contract that was agreed first: others may use its id in the same ledger."""
    first = next((one.entry for one in entries if one.entry.kind == "contract"), None)
    own = set(book.own_of([one.entry for one in entries], book.parties_of(first) if first else None))
    return [one for one in entries if one.entry in own]


def _waiting(statements: Iterable[Signed], events: Sequence[Event]) -> tuple[Signed, ...]:
    """What nobody entered, and still can be: no amendment of a version that another one amended meanwhile."""
    entered = {one.digest for one in events}
    agreed = [one.digest for one in events if one.what == "awarded" and not one.revoked]

    def can_be(one: Signed) -> bool:
        if one.type == uris.CONTRACT:
            return one.statement.predicate.get("amends") == (agreed[-1] if agreed else None)
        return one.type != uris.REVOCATION

    return tuple(one for one in statements if one.digest not in entered and can_be(one))


def _event(found: Found, files: Mapping[str, Signed], revoked: Mapping[str, str]) -> Event:
    entry = found.entry
    return Event(
        position=found.position,
        time=entry.time,
        what=book.move(entry) or entry.kind,
        milestone=entry.milestone,
        round=book.round_of(entry),
        digest=entry.statement,
        codes=entry.reasons,
        revoked=revoked.get(entry.statement, ""),
        signed=files.get(entry.statement),
    )
