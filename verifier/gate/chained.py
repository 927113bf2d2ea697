"""Checks that the statements are there, each by who may sign it, and about each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from verifier.errors import TrustError
from verifier.gate.case import ROLE_WORDS, ROLES, WHAT, Case, Reasons, acting, trouble, what
from verifier.gate.chain import EXTENSION, Chain, about_of, made, subject
from verifier.gate.codes import no, not_yet, untrusted
from verifier.statements import uris
from verifier.trust.signed import Signed
from verifier.words import say


def present(case: Case) -> Reasons:
    """Every statement of the chain is there, once."""
    chain = case.chain
    if chain.contract is None:
        yield not_yet("contract-missing")
    if chain.assessment is None:
        yield from _no_assessment(chain)
    if chain.acceptance is None:
        yield not_yet("acceptance-missing")
    if chain.certification is None:
        yield not_yet("certification-missing")
    for digest in chain.inputs:
        if digest not in chain.statements:
            yield not_yet("input-missing", digest=digest[:16])


def _no_assessment(chain: Chain) -> Reasons:
    """None, or so many that nothing says which counts."""
    found = [] if chain.acceptance else chain.kind(uris.ASSESSMENT)
    if len(found) > 1:
        named = ", ".join(f"{one.digest[:16]} ({about_of(one)['milestone'] or '-'}, {made(one)})" for one in found)
        yield not_yet("assessment-unclear", n=len(found), named=named)
    else:
        yield not_yet("assessment-missing")


def signed_in_role(case: Case) -> Reasons:
    """Each by somebody who may, under the policy, at the time of signing."""
    for signed in case.chain.used:
        if signed.type == uris.CONTRACT:
            yield from _both_parties(case, signed)
        elif not signed.by:
            yield untrusted("unsigned", say("The {what} has no signature.", what=what(signed)))
        elif not acting(case, signed):
            contract = case.contract["id"] if case.contract else about_of(signed)["contract"]
            (role,) = ROLES[signed.type]
            yield from _reasons(trouble(case, by, role, contract) for by in signed.by)


def _both_parties(case: Case, signed: Signed) -> Reasons:
    contract = signed.statement.predicate
    for role in ("requester", "supplier"):
        found = [trouble(case, by, role, contract["id"]) for by in signed.by if by.person == contract[role]]
        if not found:
            yield not_yet("contract-unsigned", role=say(ROLE_WORDS[role]))
        elif None not in found:
            yield from _reasons(found)


def _reasons(troubles: Iterable[TrustError | None]) -> Reasons:
    yield from (untrusted(one.code, one.text) for one in troubles if one is not None)


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
    yield from _in_order(case.chain)


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
    if chain.assessment is None:
        return
    for signed in (*chain.people(uris.DECISION), *chain.people(uris.WAIVER)):
        if subject(signed) != chain.assessment.digest:
            yield no("other-report", what=what(signed))
    if chain.acceptance is None:
        return
    if chain.acceptance.statement.digests != chain.assessment.statement.digests:
        yield no("other-commit")
    if chain.acceptance.statement.predicate[EXTENSION]["nonce"] != chain.assessment.statement.predicate["nonce"]:
        yield no("other-report", what=what(chain.acceptance))


def _in_order(chain: Chain) -> Reasons:
    """Nothing is made before what it is about. (A decision after the report is another check's reason.)"""
    people = (*chain.people(uris.DECISION), *chain.people(uris.WAIVER))
    pairs = [(one, chain.assessment) for one in (*people, chain.acceptance)]
    pairs += [(chain.acceptance, one) for one in chain.people(uris.WAIVER)]
    for later, earlier in (*pairs, (chain.certification, chain.acceptance)):
        if later is not None and earlier is not None and made(later) < made(earlier):
            yield no("made-before", what=what(later), moment=made(later), earlier=what(earlier), then=made(earlier))
