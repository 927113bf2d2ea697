"""Checks of what changes with time: expiry, revocation, the clock, the repository, the record. Pure."""

from __future__ import annotations

from verifier.gate.again import target
from verifier.gate.case import Case, Reasons, what
from verifier.gate.chain import EXTENSION
from verifier.gate.codes import TRUST, Answer, Reason, no, not_yet, untrusted
from verifier.gate.moves import Move, State, progress
from verifier.gate.names import criterion, invoice, parties
from verifier.statements import uris
from verifier.trust.signed import Signed
from verifier.words import say

ENDED = {State.TERMINATED: "terminated", State.NOT_DELIVERED: "not-delivered"}


def fresh(case: Case) -> Reasons:
    """Nothing expired, revoked, superseded or from the future, and the clock was not turned back."""
    now = case.request.now
    for signed in case.chain.used:
        yield from _revoked(signed, case)
        yield from _in_time(signed, now)
        later_than_now = [one.at for one in signed.by if one.at is not None and one.at > now]
        if later_than_now:
            words = say(TRUST["clock-back"], now=now, moment=later_than_now[0])
            yield untrusted("clock-back", words)
    if case.known.latest > now:
        yield untrusted("clock-back", say(TRUST["clock-back"], now=now, moment=case.known.latest))
    if case.contract and case.chain.contract:
        if now > case.contract["ends"]:
            yield no("contract-ended", moment=case.contract["ends"])
        digest = case.chain.contract.digest
        if case.known.contracts.get(parties(case.contract), digest) != digest:
            yield no("contract-superseded")
    yield from _in_round(case)


def _in_round(case: Case) -> Reasons:
    """In a round, what was entered first counts: neither another assessment nor another person goes past a refusal."""
    known, place = case.known, (case.about["milestone"], case.about["round"])
    latest = known.rounds.get(place[0], 0)
    if latest > place[1]:
        yield no("superseded", round=latest)
    if case.chain.assessment is None:
        return
    digest, predicate = case.chain.assessment.digest, case.chain.assessment.statement.predicate
    if known.assessed.get(place, digest) != digest:
        words = say("The ledger has another assessment of round {round}; that one counts.", round=place[1])
        yield Reason(code="superseded", answer=Answer.DO_NOT_PAY, words=words)
    if place in known.failed:
        words = say("The ledger has an acceptance report that rejects round {round}.", round=place[1])
        yield Reason(code="rejected", answer=Answer.DO_NOT_PAY, words=words)
    unmet = {name for *about, assessed, name in known.unmet if tuple(about) == place and assessed != digest}
    for one in predicate["outcomes"]:
        if criterion(one["criterion"]) in unmet:
            yield no("decision-overruled", criterion=one["criterion"])


def _revoked(signed: Signed, case: Case) -> Reasons:
    for revoked in (case.policy.revoked_statements, case.known.revoked):
        moment = revoked.get(signed.digest)
        if moment is not None and moment <= case.request.now:
            yield no("revoked", what=what(signed), moment=moment)
    for by in signed.by:
        moment = case.known.revoked.get(by.key)
        if moment is not None and (by.at is None or by.at >= moment):
            words = say(
                "The key {key} of {person} was revoked at {moment}.", key=by.key[:16], person=by.person, moment=moment
            )
            yield untrusted("key-revoked", words)


def _in_time(signed: Signed, now: str) -> Reasons:
    predicate = signed.statement.predicate
    made = (
        predicate.get("made") or predicate.get("finished") or predicate.get("timeVerified") or predicate.get("awarded")
    )
    if made and made > now:
        yield not_yet("signed-later", what=what(signed), moment=made)
    expires = predicate.get(EXTENSION, predicate).get("expires")
    if expires and expires < now:
        yield no("expired", what=what(signed), moment=expires)
    if signed.type == uris.WAIVER and predicate["until"] < now[:10]:
        yield no("waiver-expired", target=target(signed), date=predicate["until"])


def seen(case: Case) -> Reasons:
    """The commit is still in the repository, and merged where the contract says so: what the gate sees for itself."""
    contract, look = case.contract, case.seen
    if contract is None or case.chain.acceptance is None:
        return
    if look.reachable is False:
        yield no("unreachable", commit=case.commit()[:12])
    branch = contract.get("merged")
    if look.merged is False and branch:
        yield no("not-merged", commit=case.commit()[:12], branch=branch)
    if look.reachable is None or (branch and look.merged is None):
        yield not_yet("not-seen", why=look.why)


def recorded(case: Case) -> Reasons:
    """What the record says: the milestone is neither ended nor disputed, and was not paid."""
    milestone = case.about["milestone"]
    state = progress((Move("awarded"), *case.known.moves), milestone).state
    if state in ENDED:
        yield no("terminated", event=ENDED[state])
    if state is State.PAID:
        yield no("already-paid")
    if state is State.DISPUTED:
        yield not_yet("disputed")
    nonce = case.chain.assessment.statement.predicate["nonce"] if case.chain.assessment else ""
    if milestone in case.known.released or nonce in case.known.nonces:
        yield no("already-paid")
    elif case.chain.certification is not None:
        yield from _invoiced(case, case.chain.certification)


def _invoiced(case: Case, certification: Signed) -> Reasons:
    """An invoice is paid once, whatever contract or milestone it is said to be for."""
    predicate = certification.statement.predicate
    if invoice(predicate["payee"], predicate["invoice"]) in case.known.invoices:
        words = say(
            "Invoice {invoice} of this payee was paid for another milestone or contract.", invoice=predicate["invoice"]
        )
        yield Reason(code="already-paid", answer=Answer.DO_NOT_PAY, words=words)
