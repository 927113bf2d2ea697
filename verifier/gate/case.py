"""What an answer rests on, and the words that its reasons use. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from verifier.errors import TrustError
from verifier.gate.chain import Chain, about_of
from verifier.gate.codes import Reason
from verifier.gate.known import Known, Request, Seen
from verifier.model import Outcome, Verdict
from verifier.statements import uris
from verifier.trust.policy import TrustPolicy
from verifier.trust.signed import Signed, SignedBy
from verifier.words import Text, later, say

Reasons = Iterator[Reason]


WHAT = {
    uris.CONTRACT: later("contract"),
    uris.ASSESSMENT: later("assessment"),
    uris.DECISION: later("decision"),
    uris.WAIVER: later("waiver"),
    uris.ACCEPTANCE: later("acceptance report"),
    uris.CERTIFICATION: later("certification"),
}


ROLES = {
    uris.ASSESSMENT: ("assessor",),
    uris.DECISION: ("assessor",),
    uris.WAIVER: ("assessor",),
    uris.ACCEPTANCE: ("assessor",),
    uris.CERTIFICATION: ("certifier",),
}
"""Who must have signed what; the contract asks for two."""


ROLE_WORDS = {
    "supplier": later("supplier"),
    "requester": later("requester"),
    "assessor": later("assessor"),
    "certifier": later("certifier"),
    "payer": later("payer"),
    "gate": later("gate"),
}


VERDICT_WORDS = {
    Verdict.ACCEPTED: later("accepted"),
    Verdict.REJECTED: later("rejected"),
    Verdict.PENDING: later("pending"),
    Verdict.INCONCLUSIVE: later("inconclusive"),
}


OUTCOME_WORDS = {
    Outcome.MET: later("met"),
    Outcome.UNMET: later("unmet"),
    Outcome.WAIVED: later("waived"),
    Outcome.UNDETERMINED: later("undetermined"),
    Outcome.AWAITING: later("awaiting a decision"),
    Outcome.NOT_APPLICABLE: later("not applicable"),
}


@dataclass(frozen=True)
class Case:
    """All that an answer rests on."""

    chain: Chain
    policy: TrustPolicy
    known: Known
    seen: Seen
    request: Request

    @cached_property
    def contract(self) -> Mapping[str, Any] | None:
        return self.chain.contract.statement.predicate if self.chain.contract else None

    @cached_property
    def last(self) -> Signed | None:
        """The statement that leads: it says what the chain is about."""
        return self.chain.certification or self.chain.acceptance or self.chain.assessment

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """What the chain says it is about; where only the contract is there yet, that one."""
        if self.last:
            return about_of(self.last)
        agreed = self.chain.contract
        name, digest = (agreed.statement.predicate["id"], agreed.digest) if agreed else ("", "")
        return {"contract": name, "contractDigest": digest, "milestone": "", "round": 0}

    @cached_property
    def milestone(self) -> Mapping[str, Any] | None:
        listed = self.contract["milestones"] if self.contract else ()
        return next((one for one in listed if one["id"] == self.about["milestone"]), None)

    @cached_property
    def price(self) -> int | None:
        """Price and tax, in cents."""
        return self.milestone["price"] + self.milestone["tax"] if self.milestone else None

    def commit(self) -> str:
        acceptance = self.chain.acceptance
        return acceptance.statement.digests.get("gitCommit", "") if acceptance else ""


Check = Callable[[Case], Reasons]


def what(signed: Signed) -> Text:
    return say(WHAT[signed.type])


def acting(case: Case, signed: Signed) -> tuple[SignedBy, ...]:
    """Of everybody who signed it, those who may. Whoever signs beside them makes a statement neither better nor worse."""
    contract = case.contract["id"] if case.contract else about_of(signed)["contract"]
    return tuple(
        by for by in signed.by if all(trouble(case, by, role, contract) is None for role in ROLES[signed.type])
    )


def trouble(case: Case, by: SignedBy, role: str, contract: str) -> TrustError | None:
    """Why somebody may not sign as this, at the time at which they did."""
    try:
        case.policy.grant(by.person, role, contract, by.moment(case.request.now))
    except TrustError as error:
        return error
    return None
