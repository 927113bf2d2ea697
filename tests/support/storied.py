"""Records made of what happened, without keys or ledger: one action, one entry, one second.

story = Story()
story.awarded()
story.told("delivered")
story.record
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from typing import Any

from support.chains import Purchase, contract

from verifier import drafts
from verifier.gate.chain import EXTENSION
from verifier.procurement.record import Event, Record
from verifier.statements.statement import Statement, write
from verifier.trust.signed import Signed

ID = "MA-2026-014"
TITLES = {one: {"en": f"Part {one}", "fr": f"Partie {one}"} for one in ("m1", "m2", "m3")}
MOVES = {"assessed": "assessment", "accepted": "acceptance", "rejected": "acceptance", "certified": "certification"}


def milestone(name: str, price: int = 100_000, **more: Any) -> dict[str, Any]:
    return {"id": name, "title": TITLES[name], "price": price, "tax": price * 13 // 100, **more}


@dataclass
class Story:
    events: list[Event] = field(default_factory=list)
    revocations: dict[str, tuple[str, int]] = field(default_factory=dict)
    actions: int = 0

    @property
    def record(self) -> Record:
        return Record(ID, tuple(self.events))

    def awarded(self, **more: Any) -> None:
        """The contract, or another version of it."""
        amends = self.record.contract
        named = {"amends": amends.digest} if amends else {}
        terms = {"milestones": [milestone("m1"), milestone("m2")], **named, **more}
        self._enter("awarded", "", signed(contract(**terms)))

    def told(self, what: str, milestone_: str = "m1", **said: str) -> None:
        """A person's move."""
        agreed = self.record.contract
        assert agreed
        self._enter(what, milestone_, signed(drafts.event(agreed, what, milestone_ or None, said, self._moment())))

    def judged(self, what: str, milestone_: str = "m1", *, waived: str = "") -> None:
        """A statement of the chain, told apart by a number. `waived` is the level of whose criteria all were waived."""
        found = statements()[MOVES[what]]
        predicate = {**found.predicate, "number": self.actions}
        if waived and what == "accepted":
            outcomes = predicate[EXTENSION]["outcomes"]
            told = [{**one, "outcome": "waived"} if one["level"] == waived else one for one in outcomes]
            predicate[EXTENSION] = {**predicate[EXTENSION], "outcomes": told}
        self._enter(what, milestone_, signed(replace(found, predicate=predicate)))

    def revoked(self, number: int, *, by_the_root: bool = False) -> None:
        """The entry that is the one with this index, unless it was already."""
        one = self.events[number]
        if not one.revoked:
            self.events[number] = replace(one, revoked=self._moment())
            if not by_the_root:
                self.revocations[one.digest] = (self._moment(), self.actions)
        self.actions += 1

    def _enter(self, what: str, milestone_: str, made: Signed) -> None:
        entry = Event(
            position=self.actions,
            time=self._moment(),
            what=what,
            milestone=milestone_,
            round=0,
            digest=made.digest,
            codes=(),
            signed=made,
        )
        self.events.append(entry)
        self.actions += 1

    def _moment(self) -> str:
        return f"2026-11-05T12:{self.actions // 60:02}:{self.actions % 60:02}Z"


@cache
def statements() -> dict[str, Statement]:
    return Purchase().statements()


def signed(statement: Statement) -> Signed:
    return Signed(statement=statement, digest=sha256(write(statement)).hexdigest(), by=())
