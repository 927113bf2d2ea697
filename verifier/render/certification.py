"""The one page that a certifier sees before signing: contracted, checked, not examined, decided, price. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from verifier.drafts import SENTENCE, SUPPORTS
from verifier.gate.again import target
from verifier.gate.case import OUTCOME_WORDS, Case
from verifier.model import Outcome
from verifier.render.inert import inert
from verifier.statements import uris
from verifier.units import money
from verifier.words import Text, say

LONGEST = 20
"""Files not examined that are named; more are counted. The statement itself names all."""


def page(case: Case, terms: Mapping[str, Any], language: str) -> str:
    """Plain text of one page."""
    return "".join(f"{inert(line.in_language(language))}\n" for line in _lines(case, terms))


def _lines(case: Case, terms: Mapping[str, Any]) -> Iterator[Text]:
    contract, assessment = case.contract, case.chain.assessment
    if contract is None or assessment is None or case.milestone is None:
        return
    said = assessment.statement.predicate
    yield say(
        "Contracted: {title}, milestone {name}", title=_text(contract["title"]), name=_text(case.milestone["title"])
    )
    for item in contract["requirements"]:
        yield say("  {id}: {text}", id=item["id"], text=_text(item["text"]))
    yield say(
        "Checked: commit {commit}, criteria {profile}, in a sandbox of tier {tier}",
        commit=case.commit()[:12],
        profile=said["criteria"]["profile"],
        tier=said["sandbox"]["tier"],
    )
    unseen = said["notExamined"]
    yield say("Not examined: {n}", n=len(unseen))
    for one in unseen[:LONGEST]:
        yield say("  {path}: {reason}", path=str(one["path"]), reason=_text(one["reason"]))
    if len(unseen) > LONGEST:
        yield say("  and {n} more", n=len(unseen) - LONGEST)
    for signed in case.chain.people(uris.DECISION):
        predicate = signed.statement.predicate
        yield say(
            "Decided by {person}: {criterion} is {outcome}. {why}",
            person=_people(signed.by),
            criterion=predicate["criterion"],
            outcome=say(OUTCOME_WORDS[Outcome(predicate["outcome"])]),
            why=predicate["rationale"],
        )
    for signed in case.chain.people(uris.WAIVER):
        predicate = signed.statement.predicate
        yield say(
            "Waived by {person} until {date}: {what}. {why}",
            person=_people(signed.by),
            date=predicate["until"],
            what=target(signed),
            why=predicate["reason"],
        )
    currency = terms["currency"]
    yield say(
        "Price {price}, tax {tax}, together {amount}; invoice {invoice}, to {payee}",
        price=money(case.milestone["price"], currency),
        tax=money(case.milestone["tax"], currency),
        amount=money(terms["amount"], currency),
        invoice=terms["invoice"],
        payee=terms["payee"],
    )
    yield say(SENTENCE)
    yield say(SUPPORTS)


def _people(by: Any) -> str:
    return ", ".join(sorted(one.person for one in by))


def _text(value: Any) -> Text:
    return Text(value["en"], value["fr"]) if isinstance(value, dict) else Text(value, value)
