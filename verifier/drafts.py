"""What is to be signed, made from what is known: every statement of ours before its signature. Pure; the caller has the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier import __version__
from verifier.gate.again import concluded, judged_again
from verifier.gate.case import Case
from verifier.gate.chain import Chain, about_of
from verifier.model import OutcomeOf, Verdict
from verifier.policy import Contract, Criteria
from verifier.statements import uris
from verifier.statements.statement import Statement
from verifier.trust.signed import Signed
from verifier.words import Text, later, say

SLSA_VERSION = "1.1"
PASSED, FAILED = "VERIFIER_ACCEPTED", "FAILED"
SENTENCE = later(
    "I certify under section 34 of the Financial Administration Act that the work was performed and that the price "
    "is according to the contract."
)
SUPPORTS = later(
    "This report supports, and does not replace, certification under section 34 of the Financial Administration Act."
)


def both(text: str) -> dict[str, str]:
    """A sentence as statements hold it."""
    return {"en": str(text), "fr": text.fr if isinstance(text, Text) else str(text)}


def contract(agreed: Contract, criteria: Criteria) -> Statement:
    """What requester and supplier sign. What a file left out is missed when the statement's shape is checked."""
    listed = [{"id": one.id, "level": one.level.value, "manual": one.manual is not None} for one in criteria.criteria]
    predicate = {
        **agreed.terms,
        "id": agreed.id,
        "repository": agreed.repository,
        "licence": agreed.licence,
        "services": list(agreed.services),
        "requirements": [{"id": item.id, "text": both(item.text)} for item in agreed.requirements],
        "criteria": {
            "profile": criteria.profile,
            "version": criteria.version,
            "sandbox": criteria.sandbox_at_least,
            "criteria": listed,
        },
    }
    return Statement(
        subject=criteria.profile,
        digests={"sha256": criteria.digest},
        predicate_type=uris.CONTRACT,
        predicate=predicate,
    )


def about(contract_: Signed, milestone: str, round_: int) -> dict[str, Any]:
    """Which part of which contract a statement is about."""
    name = contract_.statement.predicate["id"]
    return {"contract": name, "contractDigest": contract_.digest, "milestone": milestone, "round": round_}


def assessment(
    report: Mapping[str, Any],
    *,
    sha256: str,
    part: Mapping[str, Any] | None,
    nonce: str,
    expires: str,
) -> Statement:
    """A report.json as an assessment. `sha256` is of the file's bytes, `part` what it is about: None makes a self-check of it."""
    delivery = report["delivery"]
    predicate = {
        "kind": report["kind"] if part else "self-check",
        "contract": dict(part) if part else None,
        "nonce": nonce,
        "verifier": report["verifier"],
        "tools": {one["tool"]: one["version"] or "-" for one in report["checkers"]},
        "criteria": {name: report["criteria"][name] for name in ("profile", "version", "digest")},
        "outcomes": [_outcome(one) for one in report["outcomes"]],
        "count": len(report["outcomes"]),
        "verdict": report["verdict"],
        "score": report["score"],
        "repository": delivery["url"],
        "authors": list(delivery.get("authors", ())),
        "suppressions": report["suppressions"],
        "steering": report["steering"],
        "tampering": report["tampering"],
        "notExamined": [one for checker in report["checkers"] for one in checker["notExamined"]],
        "sandbox": report["sandbox"],
        "evidence": [{"name": "report.json", "mediaType": "application/json", "sha256": sha256}, *report["evidence"]],
        "started": report["started"],
        "finished": report["finished"],
        "expires": expires,
    }
    if delivery["base"]:
        predicate["base"] = delivery["base"]
    return Statement(
        subject=delivery["url"],
        digests={"gitCommit": delivery["commit"], "gitTree": delivery["tree"], "sha256": delivery["manifest"]},
        predicate_type=uris.ASSESSMENT,
        predicate=predicate,
    )


def _outcome(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("criterion", "level", "outcome", "findings", "reason")}


def decision(assessed: Signed, criterion: str, outcome: str, rationale: str, made: str) -> Statement:
    """A person's decision on one criterion of an assessment."""
    said = {"criterion": criterion, "outcome": outcome, "rationale": rationale}
    return _about(assessed, uris.DECISION, said, made)


def waiver(assessed: Signed, what: Mapping[str, str], reason: str, until: str, made: str) -> Statement:
    """Leave to pass: `what` is `{"criterion": …}` or `{"finding": …}`; `until` is the last day on which it counts."""
    return _about(assessed, uris.WAIVER, {**what, "reason": reason, "until": until}, made)


def _about(signed: Signed, type_: str, said: Mapping[str, Any], made: str) -> Statement:
    predicate = {"about": dict(about_of(signed)), **said, "made": made}
    return Statement(
        subject=signed.statement.subject, digests={"sha256": signed.digest}, predicate_type=type_, predicate=predicate
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What judging again came to. Pending and inconclusive make no acceptance report."""

    verdict: Verdict
    outcomes: tuple[OutcomeOf, ...]
    statement: Statement | None = None


def acceptance(chain: Chain, decisions: Sequence[Signed], waivers: Sequence[Signed], *, by: str, made: str) -> Accepted:
    """Judged again, from statements alone. `by` is the URI of what verifies. The chain has its contract and assessment."""
    contract_, assessed = chain.contract, chain.assessment
    if contract_ is None or assessed is None:
        raise ValueError("a chain without contract or assessment")
    said = assessed.statement.predicate
    outcomes = judged_again(said["outcomes"], decisions, waivers)
    verdict, score = concluded(outcomes)
    if verdict in (Verdict.PENDING, Verdict.INCONCLUSIVE):
        return Accepted(verdict=verdict, outcomes=outcomes)
    reasons = {one["criterion"]: one["reason"] for one in said["outcomes"]}
    passed = verdict is Verdict.ACCEPTED
    predicate = {
        "verifier": {"id": by, "version": {"verifier": __version__, **said["tools"]}},
        "timeVerified": made,
        "resourceUri": contract_.statement.predicate["repository"],
        "policy": {
            "uri": f"{uris.CRITERIA}/{contract_.statement.subject}",
            "digest": dict(contract_.statement.digests),
        },
        "inputAttestations": [_input(one) for one in (contract_, assessed, *decisions, *waivers)],
        "verificationResult": "PASSED" if passed else "FAILED",
        "verifiedLevels": [PASSED if passed else FAILED],
        "slsaVersion": SLSA_VERSION,
        uris.ACCEPTANCE_EXTENSION: {
            "about": dict(about_of(assessed)),
            "nonce": said["nonce"],
            "kind": "official",
            "sandbox": said["sandbox"]["tier"],
            "outcomes": [_told(one, reasons[one.criterion]) for one in outcomes],
            "score": {"value": score.value, "derivation": both(score.derivation)},
            "decisions": sorted(one.digest for one in decisions),
            "waivers": sorted(one.digest for one in waivers),
            "expires": said["expires"],
        },
    }
    statement = Statement(
        subject=assessed.statement.subject,
        digests=dict(assessed.statement.digests),
        predicate_type=uris.ACCEPTANCE,
        predicate=predicate,
    )
    return Accepted(verdict=verdict, outcomes=outcomes, statement=statement)


def _input(signed: Signed) -> dict[str, Any]:
    return {"uri": f"sha256:{signed.digest}", "digest": {"sha256": signed.digest}}


def _told(one: OutcomeOf, reason: Any) -> dict[str, Any]:
    return {
        "criterion": one.criterion,
        "level": one.level.value,
        "outcome": one.outcome.value,
        "findings": list(one.findings),
        "reason": reason,
    }


def event(contract_: Signed, what: str, milestone: str | None, said: Mapping[str, str], made: str) -> Statement:
    """A move of the record. `milestone` None is the whole contract; `said` has until, reference and note, as far as they are."""
    predicate = {
        "contract": contract_.statement.predicate["id"],
        "milestone": milestone,
        "event": what,
        **said,
        "made": made,
    }
    return Statement(
        subject=contract_.statement.subject,
        digests={"sha256": contract_.digest},
        predicate_type=uris.EVENT,
        predicate=predicate,
    )


def certification(
    accepted: Signed, milestone: Mapping[str, Any], terms: Mapping[str, Any], *, not_examined: int, made: str
) -> Statement:
    """Section 34. `terms` are amount, currency, invoice and payee."""
    said = {
        "price": milestone["price"],
        "tax": milestone["tax"],
        **terms,
        "workPerformed": True,
        "pricePerContract": True,
        "notExamined": not_examined,
        "sentence": both(say(SENTENCE)),
    }
    return _about(accepted, uris.CERTIFICATION, said, made)


def revocation(digest: str, name: str, moment: str, reason: str) -> Statement:
    """That a statement, or a key by its id, no longer counts from a time on."""
    predicate = {"from": moment, "reason": reason}
    return Statement(subject=name, digests={"sha256": digest}, predicate_type=uris.REVOCATION, predicate=predicate)


def release(case: Case, checks: Sequence[str], head: str) -> Statement:
    """The gate's yes: what may be paid, what it rests on, what the gate saw and checked, and the ledger's head before it.

    The case has a certification.
    """
    certified, assessed = case.chain.certification, case.chain.assessment
    if certified is None or assessed is None or case.contract is None:
        raise ValueError("a release without a whole chain")
    said = certified.statement.predicate
    predicate = {
        "about": dict(about_of(certified)),
        **{name: said[name] for name in ("amount", "currency", "payee", "invoice")},
        "repository": case.contract["repository"],
        "commit": case.commit(),
        "policy": {"version": case.policy.version, "digest": case.policy.digest},
        "chain": [one.digest for one in case.chain.used],
        "nonce": assessed.statement.predicate["nonce"],
        "seen": {"reachable": bool(case.seen.reachable), "merged": bool(case.seen.merged), "head": case.seen.head},
        "checks": list(checks),
        "ledger": head,
        "made": case.request.now,
    }
    return Statement(
        subject=certified.statement.subject,
        digests={"sha256": certified.digest},
        predicate_type=uris.RELEASE,
        predicate=predicate,
    )
