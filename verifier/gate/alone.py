"""One signed statement by itself: whether its signers have the role that it needs, and what it says in short. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from verifier.errors import TrustError
from verifier.gate.case import ROLES
from verifier.gate.chain import about_of, subject
from verifier.gate.moves import WHOSE
from verifier.statements import uris
from verifier.trust.policy import TrustPolicy
from verifier.trust.signed import Signed, SignedBy
from verifier.units import money
from verifier.words import Text, later, say

PARTIES = ("requester", "supplier")
PASSED = "PASSED"
LABELS: Mapping[str, str] = {
    "contract": later("contract"),
    "milestone": later("milestone"),
    "round": later("round"),
    "requester": later("requester"),
    "supplier": later("supplier"),
    "kind": later("kind"),
    "verdict": later("verdict"),
    "criterion": later("criterion"),
    "finding": later("finding"),
    "outcome": later("outcome"),
    "event": later("event"),
    "amount": later("amount"),
    "ceiling": later("ceiling"),
    "payee": later("payee"),
    "invoice": later("invoice"),
    "commit": later("commit"),
    "statement": later("statement"),
    "version": later("version"),
    "from": later("from"),
    "until": later("until"),
}
"""What `says` names, in the order in which it is told; a currency goes with its amount."""


@dataclass(frozen=True, slots=True)
class Others:
    """What is asked of the statements beside one: who signed each, and whom each contract names, by their digests."""

    signers: dict[str, tuple[SignedBy, ...]] = field(default_factory=dict)
    parties: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def add(self, signed: Signed) -> None:
        self.signers[signed.digest] = (*self.signers.get(signed.digest, ()), *signed.by)
        if signed.type == uris.CONTRACT:
            self.parties[signed.digest] = {role: signed.statement.predicate[role] for role in PARTIES}


def check_role(signed: Signed, policy: TrustPolicy, now: str, others: Others) -> None:
    """Raises TrustError where nobody who signed it had the role that it needs, for its contract and at its time.

    Of a contract that is a party which it names; both have to sign, and that is the gate's question. A move of the record by a
    party is that of the contract, where that is among the others. A self-check is anybody's.
    """
    if signed.type == uris.ASSESSMENT and signed.statement.predicate["kind"] == "self-check":
        return
    troubles = [_trouble(by, signed, policy, now, others) for by in signed.by]
    if None not in troubles:
        raise next(one for one in troubles if one is not None)


def _trouble(by: SignedBy, signed: Signed, policy: TrustPolicy, now: str, others: Others) -> TrustError | None:
    contract = _contract(signed)
    trouble: TrustError | None = None
    for role in _roles(signed, by, others):
        try:
            policy.grant(by.person, role, contract, by.moment(now))
        except TrustError as error:
            trouble = trouble or error
        else:
            return None
    words = say(
        "{person} is not the party of {contract} that makes such a statement.", person=by.person, contract=contract
    )
    return trouble or TrustError(words, code="role")


def _roles(signed: Signed, by: SignedBy, others: Others) -> tuple[str, ...]:
    """Any of them is enough."""
    predicate = signed.statement.predicate
    if signed.type == uris.CONTRACT:
        return tuple(role for role in PARTIES if predicate[role] == by.person)
    if signed.type == uris.EVENT:
        parties = others.parties.get(subject(signed), {})
        return tuple(role for role in WHOSE[predicate["event"]] if parties.get(role, by.person) == by.person)
    return ("gate",) if signed.type == uris.RELEASE else ROLES[signed.type]


def _contract(signed: Signed) -> str:
    predicate = signed.statement.predicate
    if signed.type == uris.CONTRACT:
        return str(predicate["id"])
    return str(predicate["contract"] if signed.type == uris.EVENT else about_of(signed)["contract"])


def check_own(revocation: Signed, others: Others) -> None:
    """Raises TrustError where none of the signers of a revocation is one of the statement's that it revokes, among the others."""
    if not {one.person for one in revocation.by} & {one.person for one in others.signers[subject(revocation)]}:
        words = say("Only who signed a statement revokes it; `verifier trust revoke` is for the root keys.")
        raise TrustError(words, code="role")


def says(signed: Signed) -> dict[str, Any]:
    """What a reader wants to know first, by the names of LABELS, and the currency. Amounts are in cents."""
    predicate, digests = signed.statement.predicate, signed.statement.digests
    found: dict[str, Any] = {}
    if signed.type not in (uris.CONTRACT, uris.EVENT, uris.REVOCATION, uris.TRUST_POLICY):
        about = about_of(signed)
        found = {name: about[name] for name in ("contract", "milestone", "round") if about["contract"]}
    names = _names(signed.type)
    found |= {name: predicate[name] for name in names if predicate.get(name) is not None}
    match signed.type:
        case uris.CONTRACT:
            found["contract"] = predicate["id"]
        case uris.ACCEPTANCE:
            found["verdict"] = "accepted" if predicate["verificationResult"] == PASSED else "rejected"
        case uris.REVOCATION:
            found["statement"] = subject(signed)
        case uris.TRUST_POLICY:
            found["until"] = predicate["expires"]
    if "gitCommit" in digests:
        found["commit"] = digests["gitCommit"]
    return found


def _names(uri: str) -> tuple[str, ...]:
    """What of a predicate is told as it stands."""
    money_ = ("amount", "currency", "payee", "invoice")
    return {
        uris.CONTRACT: ("requester", "supplier", "ceiling", "currency", "payee"),
        uris.ASSESSMENT: ("kind", "verdict"),
        uris.DECISION: ("criterion", "outcome"),
        uris.WAIVER: ("criterion", "finding", "until"),
        uris.CERTIFICATION: money_,
        uris.RELEASE: (*money_, "commit"),
        uris.EVENT: ("contract", "milestone", "event", "until"),
        uris.REVOCATION: ("from",),
        uris.TRUST_POLICY: ("version",),
    }.get(uri, ())


def told(said: Mapping[str, Any]) -> Iterator[tuple[Text, Text]]:
    """The same for people: a label and a value each, in the order of LABELS."""
    for name, label in LABELS.items():
        if name in said:
            yield say(label), _words(name, said[name], said)


def _words(name: str, value: Any, said: Mapping[str, Any]) -> Text:
    if name in ("amount", "ceiling"):
        return money(value, said["currency"])
    if name in ("kind", "verdict", "outcome"):
        return say(value)  # the catalogue has the words of reports
    return Text(str(value), str(value))
