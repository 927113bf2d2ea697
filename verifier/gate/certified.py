"""Checks of the money, and that the people who acted may not be each other. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier import drafts
from verifier.errors import TrustError
from verifier.gate.case import ROLE_WORDS, ROLES, Case, Reasons, acting, what
from verifier.gate.codes import no
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
    asked = {"amount": case.request.amount, "payee": case.request.payee, "invoice": case.request.invoice}
    for name, value in asked.items():
        if value not in (None, predicate[name]):
            yield no("request-mismatch", asked=value, certified=predicate[name])
    total = max(sum(one["price"] + one["tax"] for one in contract["milestones"]), _released(case) + predicate["amount"])
    if total > contract["ceiling"]:
        ceiling = money(contract["ceiling"], contract["currency"])
        yield no("over-ceiling", total=money(total, contract["currency"]), ceiling=ceiling)


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
    """Delegations keep to their limits, and nobody has two roles that must be apart, nor judges what they wrote."""
    certification, contract = case.chain.certification, case.contract
    if contract is None:
        return
    if certification is not None:
        for by in acting(case, certification):
            yield from _within_limit(case, by, certification)
    roles = _roles(case, contract)
    for person, first, second in shared(roles, case.policy.apart):
        yield no("not-apart", person=person, first=say(ROLE_WORDS[first]), second=say(ROLE_WORDS[second]))
    yield from _not_authors(case, roles)


def _within_limit(case: Case, by: SignedBy, certification: Signed) -> Reasons:
    try:
        grant: Grant = case.policy.grant(by.person, "certifier", case.about["contract"], by.moment(case.request.now))
    except TrustError:
        return  # told before
    amount, currency = certification.statement.predicate["amount"], certification.statement.predicate["currency"]
    if grant.limit is not None and amount > grant.limit:
        limit = money(grant.limit, currency)
        yield no("over-limit", amount=money(amount, currency), person=by.person, limit=limit)


def _roles(case: Case, contract: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Who acted as what in this purchase; payers are all who may pay, since nobody has paid yet."""
    chain = case.chain
    assessed = [one for one in chain.used if ROLES.get(one.type) == ("assessor",)]
    payers = (
        one for one in case.policy.grants if one.concerns(one.person, "payer", contract["id"]) and not one.suspended
    )
    return {
        "supplier": frozenset({contract["supplier"]}),
        "requester": frozenset({contract["requester"]}),
        "assessor": frozenset(by.person for one in assessed for by in acting(case, one)),
        "certifier": frozenset(by.person for by in acting(case, chain.certification))
        if chain.certification
        else frozenset(),
        "payer": frozenset(one.person for one in payers),
    }


def _not_authors(case: Case, roles: Mapping[str, frozenset[str]]) -> Reasons:
    if case.chain.assessment is None:
        return
    authors = frozenset(case.chain.assessment.statement.predicate["authors"])
    for role in NOT_AUTHORS:
        for person in sorted(roles[role]):
            if authors & case.policy.address_digests(person):
                yield no("author", person=person, role=say(ROLE_WORDS[role]))
