"""The gate's checks: one function each, in the order in which they are numbered. Pure.

Every check yields the reasons against paying that it finds, and passes over what is not there: that is another check's reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from packaging.version import InvalidVersion, Version

from verifier.errors import TrustError
from verifier.gate.again import concluded, judged_again, read_outcome, target, told, waivable
from verifier.gate.chain import EXTENSION, Chain, about_of, subject
from verifier.gate.codes import TRUST, Reason, no, not_yet, untrusted
from verifier.gate.known import Known, Request, Seen
from verifier.model import Verdict
from verifier.policy import TIERS
from verifier.statements import uris
from verifier.trust.matrix import NOT_AUTHORS, shared
from verifier.trust.policy import Grant, TrustPolicy
from verifier.trust.signed import Signed, SignedBy
from verifier.units import money
from verifier.words import Text, later, say

Reasons = Iterator[Reason]
ENDED = ("terminated", "not-delivered")
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
        """What the chain says it is about."""
        return about_of(self.last) if self.last else {"contract": "", "contractDigest": "", "milestone": "", "round": 0}

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


def what(signed: Signed) -> Text:
    return say(WHAT[signed.type])


def present(case: Case) -> Reasons:
    """Every statement of the chain is there, once."""
    chain = case.chain
    if chain.contract is None:
        yield not_yet("contract-missing")
    if chain.assessment is None:
        yield not_yet("assessment-missing")
    if chain.acceptance is None:
        yield not_yet("acceptance-missing")
    if chain.certification is None:
        yield not_yet("certification-missing")
    for digest in chain.inputs:
        if digest not in chain.statements:
            yield not_yet("input-missing", digest=digest[:16])


def signed_in_role(case: Case) -> Reasons:
    """Each by somebody who may, under the policy, at the time of signing."""
    contract = case.contract
    for signed in case.chain.used:
        if signed.type == uris.CONTRACT:
            yield from _both_parties(case, signed)
            continue
        for role in ROLES[signed.type]:
            name = contract["id"] if contract else about_of(signed)["contract"]
            if not signed.by:
                yield untrusted("unsigned", say("The {what} has no signature.", what=what(signed)))
            yield from (reason for by in signed.by for reason in _may(case, by, role, name))


def _both_parties(case: Case, signed: Signed) -> Reasons:
    contract = signed.statement.predicate
    for role in ("requester", "supplier"):
        by = [one for one in signed.by if one.person == contract[role]]
        if not by:
            yield not_yet("contract-unsigned", role=say(ROLE_WORDS[role]))
        yield from (reason for one in by for reason in _may(case, one, role, contract["id"]))


ROLE_WORDS = {
    "supplier": later("supplier"),
    "requester": later("requester"),
    "assessor": later("assessor"),
    "certifier": later("certifier"),
    "payer": later("payer"),
    "gate": later("gate"),
}


def _may(case: Case, by: SignedBy, role: str, contract: str) -> Reasons:
    try:
        case.policy.grant(by.person, role, contract, by.moment(case.request.now))
    except TrustError as error:
        yield untrusted(error.code, error.text)


def bound(case: Case) -> Reasons:
    """Everything is about the same contract, milestone and round, and names the statement that it speaks of by its digest."""
    about, request = case.about, case.request
    if case.last is None:
        return
    for signed in case.chain.used:
        if signed.type != uris.CONTRACT:
            yield from _about_the_same(signed, about)
    if case.contract and case.contract["id"] != about["contract"]:
        yield no("other-contract", what=say(WHAT[uris.CONTRACT]), contract=about["contract"])
    if request.contract not in (None, about["contract"]):
        yield no("other-contract", what=say("chain"), contract=request.contract)
    if request.milestone not in (None, about["milestone"]):
        yield no("other-milestone", what=say("chain"), other=about["milestone"], milestone=request.milestone)
    if case.contract and case.milestone is None:
        yield no("unknown-milestone", milestone=about["milestone"])
    yield from _speak_of_it(case.chain)


def _about_the_same(signed: Signed, about: Mapping[str, Any]) -> Reasons:
    said = about_of(signed)
    if (said["contract"], said["contractDigest"]) != (about["contract"], about["contractDigest"]):
        yield no("other-contract", what=what(signed), contract=about["contract"])
    elif said["milestone"] != about["milestone"]:
        yield no("other-milestone", what=what(signed), other=said["milestone"], milestone=about["milestone"])
    elif said["round"] != about["round"]:
        yield no("other-round", what=what(signed), other=said["round"], round=about["round"])


def _speak_of_it(chain: Chain) -> Reasons:
    """Decisions and waivers are about the assessment; the report and the assessment about one commit."""
    if chain.assessment is None or chain.acceptance is None:
        return
    for signed in (*chain.people(uris.DECISION), *chain.people(uris.WAIVER)):
        if subject(signed) != chain.assessment.digest:
            yield no("other-report", what=what(signed))
    if chain.acceptance.statement.digests != chain.assessment.statement.digests:
        yield no("other-commit")
    if chain.acceptance.statement.predicate[EXTENSION]["nonce"] != chain.assessment.statement.predicate["nonce"]:
        yield no("other-report", what=what(chain.acceptance))


def as_agreed(case: Case) -> Reasons:
    """Repository, criteria, sandbox, kind of run and version of verifier are what contract and policy ask for."""
    contract, assessment, acceptance = case.contract, case.chain.assessment, case.chain.acceptance
    if contract is None or case.chain.contract is None or assessment is None:
        return
    predicate = assessment.statement.predicate
    agreed = subject(case.chain.contract)
    digests = [predicate["criteria"]["digest"]]
    addresses = [predicate["repository"]]
    if acceptance is not None:
        digests.append(acceptance.statement.predicate["policy"]["digest"]["sha256"])
        addresses.append(acceptance.statement.predicate["resourceUri"])
    if any(one != agreed for one in digests):
        yield no("other-criteria")
    for address in addresses:
        if address != contract["repository"]:
            yield no("other-repository", other=address, repository=contract["repository"])
    if predicate["kind"] != "official":
        yield no("self-check")
    yield from _strong_enough(predicate, contract)
    yield from _new_enough(predicate["verifier"], case.policy.least)
    wanted = [(one["id"], one["level"]) for one in contract["criteria"]["criteria"]]
    if [(one["criterion"], one["level"]) for one in predicate["outcomes"]] != wanted or predicate["count"] != len(
        wanted
    ):
        yield no("outcomes-incomplete")


def _strong_enough(assessment: Mapping[str, Any], contract: Mapping[str, Any]) -> Reasons:
    tier, least = assessment["sandbox"]["tier"], contract["criteria"]["sandbox"]
    if TIERS.index(tier) < TIERS.index(least):
        yield no("sandbox-too-weak", tier=tier, least=least)


def _new_enough(version: str, least: str) -> Reasons:
    try:
        enough = Version(version) >= Version(least)
    except InvalidVersion:
        enough = False
    if not enough:
        yield no("verifier-too-old", version=version, least=least)


def result(case: Case) -> Reasons:
    """What the report says is what its parts come to, and that is accepted."""
    chain = case.chain
    if chain.assessment is None:
        return
    decisions, waivers = chain.people(uris.DECISION), chain.people(uris.WAIVER)
    again = judged_again(chain.assessment.statement.predicate["outcomes"], decisions, waivers)
    judged, _ = concluded(again)
    if judged is Verdict.REJECTED:
        yield no("rejected")
    if chain.acceptance is None:
        return
    predicate = chain.acceptance.statement.predicate
    said = [read_outcome(one) for one in predicate[EXTENSION]["outcomes"]]
    passed = predicate["verificationResult"] == "PASSED"
    levels = predicate["verifiedLevels"]
    agrees = passed == (judged is Verdict.ACCEPTED) and (levels == ["FAILED"]) == (not passed)
    if told(said) != told(again) or not agrees:
        yield no("result-mismatch", told=predicate["verificationResult"], judged=say(VERDICT_WORDS[judged]))
    if judged in (Verdict.PENDING, Verdict.INCONCLUSIVE):
        yield not_yet("pending", verdict=say(VERDICT_WORDS[judged]))


VERDICT_WORDS = {
    Verdict.ACCEPTED: later("accepted"),
    Verdict.REJECTED: later("rejected"),
    Verdict.PENDING: later("pending"),
    Verdict.INCONCLUSIVE: later("inconclusive"),
}


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
        if case.known.contract not in ("", case.chain.contract.digest):
            yield no("contract-superseded")
    latest = case.known.rounds.get(case.about["milestone"], 0)
    if latest > case.about["round"]:
        yield no("superseded", round=latest)


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


def decided(case: Case) -> Reasons:
    """Every criterion that waits for a person has one decision, made before the report, and no later one says otherwise; what was
    waived was there to be waived.
    """
    if case.chain.assessment is None:
        return
    decisions = case.chain.people(uris.DECISION)
    named = [one.statement.predicate["criterion"] for one in decisions]
    for criterion in sorted({one for one in named if named.count(one) > 1}):
        yield no("decision-reused", criterion=criterion)
    for one in case.chain.assessment.statement.predicate["outcomes"]:
        waits = (one["level"], one["outcome"]) == ("must", "awaiting a decision")
        if waits and one["criterion"] not in named:
            yield not_yet("decision-missing", criterion=one["criterion"])
    for signed in decisions:
        yield from _decision(signed, case.chain.acceptance)
    outcomes = case.chain.assessment.statement.predicate["outcomes"]
    for waiver in case.chain.people(uris.WAIVER):
        if target(waiver) not in waivable(outcomes):
            yield no("waiver-unnamed", target=target(waiver))
    yield from _overruled(case, case.chain.assessment, {one.digest for one in decisions})


def _decision(signed: Signed, acceptance: Signed | None) -> Reasons:
    predicate = signed.statement.predicate
    if predicate["outcome"] == "unmet":
        yield no("decision-unmet", criterion=predicate["criterion"])
    if acceptance is not None and predicate["made"] > acceptance.statement.predicate["timeVerified"]:
        yield no("decision-late", criterion=predicate["criterion"])


def _overruled(case: Case, assessment: Signed, given: set[str]) -> Reasons:
    """By a decision in the ledger that nobody handed over."""
    for one in assessment.statement.predicate["outcomes"]:
        key = (assessment.digest, sha256(one["criterion"].encode()).hexdigest())
        digest, outcome = case.known.decisions.get(key, ("", ""))
        if outcome == "unmet" and digest not in given:
            yield no("decision-overruled", criterion=one["criterion"])


def certified(case: Case) -> Reasons:
    """What was certified is the report that was accepted, and the amount the milestone's price with tax."""
    certification, contract = case.chain.certification, case.contract
    if certification is None or contract is None:
        return
    predicate = certification.statement.predicate
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


def _released(case: Case) -> int:
    return sum(cents for milestone, cents in case.known.released.items() if milestone != case.about["milestone"])


def apart(case: Case) -> Reasons:
    """Delegations keep to their limits, and nobody has two roles that must be apart, nor judges what they wrote."""
    certification, contract = case.chain.certification, case.contract
    if contract is None:
        return
    if certification is not None:
        for by in certification.by:
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
        "assessor": frozenset(by.person for one in assessed for by in one.by),
        "certifier": frozenset(by.person for by in chain.certification.by) if chain.certification else frozenset(),
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
    disputed = False
    for where, event in case.known.events:
        if where not in (None, milestone):
            continue
        if event in ENDED:
            yield no("terminated", event=event)
        disputed = event == "disputed" or (disputed and event != "resolved")
    if disputed:
        yield not_yet("disputed")
    nonce = case.chain.assessment.statement.predicate["nonce"] if case.chain.assessment else ""
    if milestone in case.known.released or nonce in case.known.nonces:
        yield no("already-paid")


Check = Callable[[Case], Reasons]
CHECKS: tuple[tuple[str, Check], ...] = (
    ("present", present),
    ("signed-in-role", signed_in_role),
    ("bound", bound),
    ("as-agreed", as_agreed),
    ("result", result),
    ("fresh", fresh),
    ("decided", decided),
    ("certified", certified),
    ("apart", apart),
    ("seen", seen),
    ("recorded", recorded),
)
"""In the order in which they are numbered, after those of every single statement (container to subject)."""
