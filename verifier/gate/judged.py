"""Checks that it was judged as agreed, comes to what is told, and was decided by people where it must. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from packaging.version import InvalidVersion, Version

from verifier import drafts
from verifier.gate.again import concluded, judged_again, outcome_of, target, waivable
from verifier.gate.case import OUTCOME_WORDS, VERDICT_WORDS, Case, Reasons, what
from verifier.gate.chain import EXTENSION, Chain, subject
from verifier.gate.codes import no, not_yet
from verifier.model import Outcome, Verdict
from verifier.policy import TIERS
from verifier.statements import uris
from verifier.statements.statement import Statement
from verifier.trust.signed import Signed
from verifier.words import Text, say


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
    yield from _new_enough(what(assessment), predicate["verifier"], case.policy.least)
    if acceptance is not None:
        version = acceptance.statement.predicate["verifier"]["version"].get("verifier", "")
        yield from _new_enough(what(acceptance), version, case.policy.least)
    wanted = [(one["id"], one["level"]) for one in contract["criteria"]["criteria"]]
    if [(one["criterion"], one["level"]) for one in predicate["outcomes"]] != wanted or predicate["count"] != len(
        wanted
    ):
        yield no("outcomes-incomplete")
    yield from _a_run_can_say(predicate["outcomes"], contract)


def _a_run_can_say(outcomes: Sequence[Mapping[str, Any]], contract: Mapping[str, Any]) -> Reasons:
    """What is left to a person awaits a decision, and nothing else does; nothing is waived before there is a waiver of it."""
    manual = {one["id"]: one["manual"] for one in contract["criteria"]["criteria"]}
    for one in outcomes:
        waits = one["outcome"] == Outcome.AWAITING
        if waits != manual.get(one["criterion"], waits) or one["outcome"] == Outcome.WAIVED:
            yield no("outcome-impossible", criterion=one["criterion"], outcome=say(OUTCOME_WORDS[one["outcome"]]))


def _strong_enough(assessment: Mapping[str, Any], contract: Mapping[str, Any]) -> Reasons:
    tier, least = assessment["sandbox"]["tier"], contract["criteria"]["sandbox"]
    if TIERS.index(tier) < TIERS.index(least):
        yield no("sandbox-too-weak", tier=tier, least=least)


def _new_enough(what: Text, version: str, least: str) -> Reasons:
    try:
        enough = Version(version) >= Version(least)
    except InvalidVersion:
        enough = False
    if not enough:
        yield no("verifier-too-old", what=what, version=version, least=least)


def result(case: Case) -> Reasons:
    """The report is, word for word, what its parts come to, and that is accepted."""
    chain = case.chain
    if chain.assessment is None:
        return
    judged = _judged(chain)
    if judged is Verdict.REJECTED:
        yield no("rejected")
    yield from tampered(case)
    if chain.acceptance is None:
        return
    names = _differs(chain, chain.acceptance)
    if names:
        said = chain.acceptance.statement.predicate["verificationResult"]
        yield no("result-mismatch", told=said, judged=say(VERDICT_WORDS[judged]), names=", ".join(names))
    if judged in (Verdict.PENDING, Verdict.INCONCLUSIVE):
        yield not_yet("pending", verdict=say(VERDICT_WORDS[judged]))


def _judged(chain: Chain) -> Verdict:
    outcomes = chain.assessment.statement.predicate["outcomes"] if chain.assessment else ()
    return concluded(judged_again(outcomes, chain.people(uris.DECISION), chain.people(uris.WAIVER)))[0]


def tampered(case: Case) -> Reasons:
    """Where tampering is proven, a run leaves the tests open: then nothing is accepted unless somebody waived that."""
    chain = case.chain
    if chain.assessment is None or chain.people(uris.WAIVER) or _judged(chain) is not Verdict.ACCEPTED:
        return
    if any(one.get("proven", True) for one in chain.assessment.statement.predicate["tampering"]):
        yield no("tampered")


def _differs(chain: Chain, acceptance: Signed) -> list[str]:
    """What in the report is not what it would be, made again from its parts; where one of them is missing, nobody knows.

    Which verifier made it is its own to say, and how it worded the score.
    """
    if chain.contract is None or not all(name in chain.statements for name in chain.inputs):
        return []
    told = acceptance.statement
    decisions, waivers = chain.people(uris.DECISION), chain.people(uris.WAIVER)
    made = drafts.acceptance(chain, decisions, waivers, by=uris.OURS, made=told.predicate["timeVerified"]).statement
    if made is None:
        return ["verificationResult"]
    ours, theirs = _compared(made), _compared(told)
    return [name for name in theirs if theirs[name] != ours[name]]


def _compared(report: Statement) -> dict[str, Any]:
    """All that a report says, by its names."""
    predicate, inner = report.predicate, report.predicate[EXTENSION]
    version = {name: said for name, said in predicate["verifier"]["version"].items() if name != "verifier"}
    outer = {name: said for name, said in predicate.items() if name != EXTENSION}
    return {
        "subject": report.subject,
        **outer,
        **inner,
        "verifier": (predicate["verifier"]["id"], version),
        "score": inner["score"]["value"],
    }


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
    if outcome_of(predicate) is Outcome.UNMET:
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
