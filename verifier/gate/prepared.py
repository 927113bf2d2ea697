"""Statements that a person prepares to sign. What the gate would deny in any case nobody is let sign. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verifier import drafts
from verifier.errors import UsageError, WorldError
from verifier.gate.accepting import refuse
from verifier.gate.again import waivable
from verifier.gate.case import Case
from verifier.gate.codes import NO
from verifier.gate.judged import result
from verifier.model import Outcome
from verifier.statements.statement import Statement
from verifier.trust.signed import Signed
from verifier.units import money
from verifier.words import say


def waiting(outcomes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The criteria of an assessment that wait for a person, in their order."""
    return [one["criterion"] for one in outcomes if one["outcome"] == Outcome.AWAITING]


def decision(assessed: Signed, criterion: str, outcome: str, rationale: str, made: str) -> Statement:
    """`outcome` is met or unmet. Raises UsageError for a criterion that waits for nobody."""
    found = waiting(assessed.statement.predicate["outcomes"])
    if criterion not in found:
        words = say(
            "{criterion} does not wait for a decision; what does: {waiting}.",
            criterion=criterion,
            waiting=", ".join(found) or "-",
        )
        raise UsageError(words)
    return drafts.decision(assessed, criterion, outcome, rationale, made)


def waiver(assessed: Signed, target: str, reason: str, until: str, made: str) -> Statement:
    """`target` is a criterion's name or a finding's fingerprint. Raises UsageError for what cannot be waived."""
    return drafts.waiver(assessed, _what(assessed.statement.predicate["outcomes"], target), reason, until, made)


def _what(outcomes: Sequence[Mapping[str, Any]], target: str) -> dict[str, str]:
    """Raises UsageError for what the assessment does not have, or what cannot be waived: a person's own decision."""
    found = {str(one["criterion"]): str(one["outcome"]) for one in outcomes}
    if target in waivable(outcomes):
        return {"criterion" if target in found else "finding": target}
    if target in found:
        raise UsageError(
            say("{criterion} is {outcome}; there is nothing to waive.", criterion=target, outcome=found[target])
        )
    raise UsageError(
        say("The assessment has neither a criterion nor a finding behind one that is called {name}.", name=target)
    )


def certification(case: Case, *, amount: int, invoice: str, payee: str, made: str) -> Statement:
    """Section 34, of what the case accepted. `amount` in cents; without `payee` it is the contract's.

    Raises WorldError where nothing was accepted, TrustError where the chain does not hold, UsageError for another amount or
    payee.
    """
    _refuse(case, amount, payee)
    contract, accepted = case.contract, case.chain.acceptance
    if contract is None or accepted is None or case.milestone is None or case.chain.assessment is None:
        raise WorldError(say("The contract, the assessment or the acceptance report is not among the files."))
    terms = {
        "amount": amount,
        "currency": contract["currency"],
        "invoice": invoice,
        "payee": payee or contract["payee"],
    }
    unseen = case.chain.assessment.statement.predicate["notExamined"]
    return drafts.certification(accepted, case.milestone, terms, not_examined=len(unseen), made=made)


def _refuse(case: Case, amount: int, payee: str) -> None:
    if case.chain.acceptance is None:
        raise WorldError(say("There is no acceptance report among the files; `verifier accept` makes it."))
    if case.chain.acceptance.statement.predicate["verificationResult"] != "PASSED":
        raise WorldError(say(NO["rejected"]))
    refuse(case, result)
    if case.price is not None and amount != case.price:
        currency = case.contract["currency"] if case.contract else ""
        words = say(
            "{amount} is not the milestone's price and tax, {price}.",
            amount=money(amount, currency),
            price=money(case.price, currency),
        )
        raise UsageError(words)
    if payee and case.contract and payee != case.contract["payee"]:
        words = say("{payee} is not the contract's payee, {agreed}.", payee=payee, agreed=case.contract["payee"])
        raise UsageError(words)
