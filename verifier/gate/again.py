"""Judging again from statements alone: assessment, decisions and waivers to outcomes and a verdict. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from verifier.criteria import score, verdict
from verifier.model import Level, Outcome, OutcomeOf, Score, Verdict
from verifier.trust.signed import Signed

OPEN = (Outcome.UNMET, Outcome.UNDETERMINED)
"""What can be waived. A person's own decision cannot."""


def judged_again(
    outcomes: Sequence[Mapping[str, Any]], decisions: Iterable[Signed], waivers: Iterable[Signed]
) -> tuple[OutcomeOf, ...]:
    """The outcomes of an assessment with what people decided and waived since.

    A criterion is waived by its name, or, where it is unmet by findings, by a waiver for each of them.
    """
    decided = {one.statement.predicate["criterion"]: outcome_of(one.statement.predicate) for one in decisions}
    waived = frozenset(target(one) for one in waivers)
    return tuple(_again(read_outcome(one), decided, waived) for one in outcomes)


def outcome_of(decision: Mapping[str, Any]) -> Outcome:
    """What was decided: whatever is said of the whole, it is unmet where one of its items is."""
    said = (decision["outcome"], *(item["outcome"] for item in decision.get("items", ())))
    return Outcome.UNMET if Outcome.UNMET in said else Outcome(decision["outcome"])


def target(waiver: Signed) -> str:
    """What is waived: a criterion's name or a finding's fingerprint."""
    predicate = waiver.statement.predicate
    return str(predicate.get("criterion") or predicate.get("finding"))


def waivable(outcomes: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """All that a waiver can name: criteria that are open, and the findings behind those that are unmet."""
    named = frozenset(one["criterion"] for one in outcomes if one["outcome"] in OPEN)
    return named.union(*(one["findings"] for one in outcomes if one["outcome"] == Outcome.UNMET))


def read_outcome(one: Mapping[str, Any]) -> OutcomeOf:
    return OutcomeOf(
        criterion=one["criterion"],
        level=Level(one["level"]),
        outcome=Outcome(one["outcome"]),
        measured="",
        required="",
        reason="",
        findings=tuple(one["findings"]),
    )


def _again(one: OutcomeOf, decided: Mapping[str, Outcome], waived: frozenset[str]) -> OutcomeOf:
    return _with(one, _outcome(one, decided, waived))


def _outcome(one: OutcomeOf, decided: Mapping[str, Outcome], waived: frozenset[str]) -> Outcome:
    if one.outcome is Outcome.AWAITING:
        return decided.get(one.criterion, one.outcome)
    by_findings = one.outcome is Outcome.UNMET and bool(one.findings) and waived.issuperset(one.findings)
    return Outcome.WAIVED if one.outcome in OPEN and (one.criterion in waived or by_findings) else one.outcome


def _with(one: OutcomeOf, outcome: Outcome) -> OutcomeOf:
    return OutcomeOf(
        criterion=one.criterion,
        level=one.level,
        outcome=outcome,
        measured=one.measured,
        required=one.required,
        reason=one.reason,
        findings=one.findings,
    )


def concluded(outcomes: tuple[OutcomeOf, ...]) -> tuple[Verdict, Score]:
    return verdict(outcomes), score(outcomes)
