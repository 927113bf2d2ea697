"""Checks of the money, and that the people who acted may not be each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from verifier import drafts
from verifier.errors import TrustError
from verifier.gate.case import ROLE_WORDS, ROLES, Case, Reasons, acting, what
from verifier.gate.codes import Reason, no
from verifier.statements import uris
from verifier.trust.matrix import NOT_AUTHORS, shared
from verifier.trust.policy import Grant
from verifier.trust.signed import Signed, SignedBy
from verifier.units import money
from verifier.words import say


def certified(case: Case) -> Reasons:
    """What was certified is the report that was accepted, and the amount the milestone's price with tax."""
    certification, contract = case.chain.certification, case.contract
    if certification is None or contract is None:
        return
    predicate = certification.statement.predicate
    yield from _as_drafted(case, certification)
    if case.chain.acceptance is None and case.chain.kind(uris.ACCEPTANCE):
        yield no("other-report", what=what(certification))
    if case.milestone is not None:
        parts = (predicate["price"], predicate["tax"], predicate["amount"])
        wanted = (case.milestone["price"], case.milestone["tax"], case.price)
        if parts != wanted:
            shown = money(predicate["amount"], predicate["currency"])
            yield no("amount-mismatch", amount=shown, wanted=money(case.price or 0, contract["currency"]))
    if predicate["currency"] != contract["currency"]:
        yield no("currency-mismatch", currency=predicate["currency"], wanted=contract["currency"])
    if predicate["payee"] != contract["payee"]:
        yield no("payee-mismatch")
    yield from _as_asked(case, predicate)
    yield from over_ceiling(contract, _released(case) + predicate["amount"])


def over_ceiling(contract: Mapping[str, Any], released: int = 0) -> Reasons:
    """What its milestones cost with tax, and what was released, keep to the contract's own ceiling."""
    total = max(sum(one["price"] + one["tax"] for one in contract["milestones"]), released)
    if total > contract["ceiling"]:
        ceiling = money(contract["ceiling"], contract["currency"])
        yield no("over-ceiling", total=money(total, contract["currency"]), ceiling=ceiling)


def _as_asked(case: Case, predicate: Mapping[str, Any]) -> Reasons:
    """It is what the caller asked about."""
    if case.request.amount not in (None, predicate["amount"]):
        asked, shown = (money(cents, predicate["currency"]) for cents in (case.request.amount, predicate["amount"]))
        yield no("request-mismatch", asked=asked, certified=shown)
    for name, value in {"payee": case.request.payee, "invoice": case.request.invoice}.items():
        if value not in (None, predicate[name]):
            yield no("request-mismatch", asked=value, certified=predicate[name])


def _as_drafted(case: Case, certification: Signed) -> Reasons:
    """It says what section 34 asks for, in these words, and how much of the delivery nobody examined."""
    chain, said = case.chain, certification.statement.predicate
    if chain.acceptance is None or chain.assessment is None or case.milestone is None:
        return
    terms = {name: said[name] for name in ("amount", "currency", "invoice", "payee")}
    unseen = len(chain.assessment.statement.predicate["notExamined"])
    made = drafts.certification(chain.acceptance, case.milestone, terms, not_examined=unseen, made=said["made"])
    names = [name for name in said if name not in ("price", "tax") and said[name] != made.predicate[name]]
    if names:
        yield no("certification-mismatch", names=", ".join(names))


def _released(case: Case) -> int:
    return sum(cents for milestone, cents in case.known.released.items() if milestone != case.about["milestone"])


def apart(case: Case) -> Reasons:
    """Delegations keep to their limits, and nobody has two roles that must be apart, nor judges what they wrote.

    One certifier of whom all of that is true is enough: whoever signed beside them counts as absent.
    """
    if case.contract is None:
        return
    certification = case.chain.certification
    certifiers = acting(case, certification) if certification is not None else ()
    yield from _fewest(_against(case, case.contract, one) for one in (certifiers or (None,)))


def _fewest(found: Iterable[Reasons]) -> list[Reason]:
    """Of several people who could have acted, what is against the best of them; each reason once."""
    listed = [{(one.code, one.words.en): one for one in reasons} for reasons in found]
    return list(min(listed, key=len, default={}).values())


def _against(case: Case, contract: Mapping[str, Any], certifier: SignedBy | None) -> Reasons:
    """All that is against it where this one certified, and nobody else did."""
    roles = {
        "supplier": frozenset({contract["supplier"]}),
        "requester": frozenset({contract["requester"]}),
        "payer": _payers(case, contract["id"], certifier),
    }
    yield from _not_apart(case, roles, roles)
    if certifier is not None:
        yield from _within_limit(case, certifier)
        yield from _as(case, roles, "certifier", certifier.person)
        roles["certifier"] = frozenset({certifier.person})
    for signed in case.chain.used:
        if ROLES.get(signed.type) == ("assessor",):
            yield from _fewest(_as(case, roles, "assessor", by.person) for by in acting(case, signed))


def _payers(case: Case, contract: str, certifier: SignedBy | None) -> frozenset[str]:
    """All who may pay when it is certified, or now, since nobody has paid yet."""
    now = case.request.now
    moments = {now, certifier.moment(now) if certifier else now}
    return frozenset(
        one.person
        for one in case.policy.grants
        if one.concerns(one.person, "payer", contract)
        and not one.suspended
        and any(one.start <= moment <= one.until for moment in moments)
    )


def _as(case: Case, others: Mapping[str, frozenset[str]], role: str, person: str) -> Reasons:
    """What is against this person in this role, beside others in theirs."""
    yield from _not_apart(case, {**others, role: frozenset({person})}, {role})
    assessment = case.chain.assessment
    authors = assessment.statement.predicate["authors"] if assessment is not None and role in NOT_AUTHORS else ()
    if case.policy.address_digests(person).intersection(authors):
        yield no("author", person=person, role=say(ROLE_WORDS[role]))


def _not_apart(case: Case, roles: Mapping[str, frozenset[str]], of: Iterable[str]) -> Reasons:
    """Whoever has one of these roles, and another that must be apart."""
    for person, first, second in shared(roles, case.policy.apart):
        if {first, second}.intersection(of):
            yield no("not-apart", person=person, first=say(ROLE_WORDS[first]), second=say(ROLE_WORDS[second]))


def _within_limit(case: Case, by: SignedBy) -> Reasons:
    certification = case.chain.certification
    if certification is None:
        return
    try:
        grant: Grant = case.policy.grant(by.person, "certifier", case.about["contract"], by.moment(case.request.now))
    except TrustError:
        return  # told before
    amount, currency = certification.statement.predicate["amount"], certification.statement.predicate["currency"]
    if grant.limit is not None and amount > grant.limit:
        limit = money(grant.limit, currency)
        yield no("over-limit", amount=money(amount, currency), person=by.person, limit=limit)
