"""A ledger into which people enter their statements, some of them strangers to the contract, and the gate that pays from it.

desk = Desk(made(folder / "payments"))
desk.enter(desk.event("disputed"), "supplier")
desk.gate().answer
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from support.chains import NOW, Purchase, pem, policy_predicate, signed_file, signed_payload
from support.logged import opened

from verifier import drafts
from verifier.gate import book
from verifier.gate.answer import Answered, cases
from verifier.gate.paying import Outcome, pay
from verifier.statements import uris
from verifier.statements.statement import Statement, write
from verifier.trust.holders import Holders
from verifier.trust.policy import trust_policy
from verifier.trust.reading import read
from verifier.trust.signed import Signed, together

OTHERS = {"s.other": "supplier", "r.other": "requester", "a.two": "assessor", "c.two": "certifier"}
"""In the roster, for every contract, and no party of this one."""


def roster(**more: Any) -> dict[str, Any]:
    """The policy with them in it."""
    base = policy_predicate()
    times = {"from": base["issued"], "until": base["expires"]}
    grants = [{"person": who, "role": role, "contracts": ["*"], **times} for who, role in OTHERS.items()]
    people = [{"id": who, "addresses": []} for who in OTHERS]
    keys = [{"person": who, "pem": pem(who)} for who in OTHERS]
    whole = {**base, "people": base["people"] + people, "keys": base["keys"] + keys, "grants": base["grants"] + grants}
    return whole | more


def digest(statement: Statement) -> str:
    return sha256(write(statement)).hexdigest()


def revocation(of: Statement, start: str = NOW) -> Statement:
    return drafts.revocation(digest(of), of.subject, start, "It was wrong.")


def released(answered: Answered, head: str) -> tuple[str, bytes]:
    """The release, by the gate's key."""
    payload = write(drafts.release(answered.case, [name for name, _ in answered.reasons], head))
    return sha256(payload).hexdigest(), signed_payload(payload, "gate")


def signed_by(statement: Statement, *who: str, policy: dict[str, Any]) -> Signed:
    trust = trust_policy("e" * 64, policy)
    (found,) = together(read(signed_file(statement, one), trust, Holders.of(trust)) for one in who)
    return found


@dataclass
class Desk:
    path: Path
    policy: dict[str, Any] = field(default_factory=roster)

    def signed(self, statement: Statement, *who: str) -> Signed:
        return signed_by(statement, *who, policy=self.policy)

    def enter(self, statement: Statement, *who: str, now: str = NOW, of: Signed | None = None) -> None:
        """Raises TrustError where the ledger does not take it."""
        with opened(self.path) as ledger, ledger.transaction() as page:
            book.enter(page, self.signed(statement, *who), trust_policy("e" * 64, self.policy), now, of=of)

    def revoke(self, statement: Statement, *signers: str, by: str, start: str = NOW, now: str = NOW) -> None:
        """`signers` signed the statement, `by` revokes it."""
        self.enter(revocation(statement, start), by, of=self.signed(statement, *signers), now=now)

    def gate(
        self, purchase: Purchase | None = None, clock: Callable[[], str] | None = None, **how: Any
    ) -> tuple[Outcome, tuple[str, ...]]:
        """The outcome, and the codes of its reasons."""
        asked = replace(purchase or Purchase(**how), policy=self.policy)
        with opened(self.path) as ledger:
            outcome = pay(cases(asked.case()), ledger, released, clock)
        return outcome, outcome.answered.codes if outcome.answered else ()

    def codes(self, purchase: Purchase | None = None, **how: Any) -> tuple[str, ...]:
        return self.gate(purchase, **how)[1]

    def times(self) -> list[str]:
        with opened(self.path, sign=None) as ledger, ledger.reading() as page:
            kinds = (*book.KINDS.values(), "release", "denial", "not-yet")
            found = [one for kind in kinds for one in page.find(kind=kind)]
            return [one.entry.time for one in sorted(found, key=lambda one: one.position)]


def event(what: str, milestone: str | None = None, **more: Any) -> Statement:
    """A move in the record of the honest contract."""
    agreed = Purchase().statements()["contract"]
    said = {"contract": agreed.predicate["id"], "milestone": milestone, "event": what, "made": NOW}
    return Statement(
        subject=agreed.subject,
        digests={"sha256": digest(agreed), **more.pop("digests", {})},
        predicate_type=uris.EVENT,
        predicate=said | more,
    )
