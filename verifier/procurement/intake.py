"""The terms of a contract, asked one after the other. Whoever asks and shows is handed in; nothing is written here.

given = asked({"id": "MA-2026-014"}, guardrails, ask=..., tell=..., refuse=...)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from verifier.errors import UsageError
from verifier.procurement import draft
from verifier.words import Text, later, say

Ask = Callable[[Text], str]
"""A question to what was typed as an answer."""
Tell = Callable[[Text], None]
Refuse = Callable[[str], None]
"""Raises UsageError for an id that cannot be taken."""


@dataclass(frozen=True, slots=True)
class Question:
    """`needed`: it is asked until there is an answer. Else an empty line leaves it to be filled in."""

    name: str
    words: str
    needed: bool = False


QUESTIONS = (
    Question("id", later("Id of the contract, such as MA-2026-014"), needed=True),
    Question("title-en", later("Title in English"), needed=True),
    Question("title-fr", later("Title in French"), needed=True),
    Question("currency", later("Currency, such as CAD"), needed=True),
    Question("price", later("Price before tax, such as 6500.00"), needed=True),
    Question("tax", later("Tax; an empty line takes the configured rate")),
    Question("awarded", later("Day of the award, such as 2026-11-29; may be left empty")),
    Question("due", later("Day of delivery; may be left empty")),
    Question("ends", later("Last day of payment; may be left empty")),
    Question("supplier", later("Supplier, as the trust policy names the person; may be left empty")),
    Question("requester", later("Requester, as the trust policy names the person; may be left empty")),
    Question("payee", later("Payee, as the invoice will name them; may be left empty")),
    Question("repository", later("Address of the repository; may be left empty")),
    Question("licence", later("Licence, an SPDX expression such as MIT; may be left empty")),
    Question("commitment", later("Reference of the funds reserved under section 32; may be left empty")),
)


def asked(
    given: Mapping[str, Any], guardrails: Mapping[str, Any], *, ask: Ask, tell: Tell, refuse: Refuse
) -> dict[str, Any]:
    """What was given already is not asked."""
    found = dict(given)

    def taken(name: str, typed: str) -> Any:
        answer = draft.value(name, typed)
        if name == "id":
            refuse(answer)
        draft.check({**found, name: answer}, guardrails)
        return answer

    for question in QUESTIONS:
        if question.name not in found:
            answer = _answer(question, taken, ask, tell)
            found |= {} if answer is None else {question.name: answer}
    return found | {"requirements": _requirements(ask, tell)}


def _answer(question: Question, taken: Callable[[str, str], Any], ask: Ask, tell: Tell) -> Any:
    """None where it is left to be filled in. An answer that cannot be right is told, and asked again."""
    while True:
        typed = ask(say("{question}: ", question=say(question.words))).strip()
        if not typed and not question.needed:
            return None
        try:
            return taken(question.name, typed)
        except UsageError as error:
            tell(error.text)


def _requirements(ask: Ask, tell: Tell) -> list[dict[str, Any]]:
    """At least one, each in both languages; an empty line ends them."""
    found: list[dict[str, Any]] = []
    while True:
        number = len(found) + 1
        english = ask(say("Requirement {n} in English; an empty line ends them: ", n=number)).strip()
        if english:
            found.append({"id": f"r{number}", "text": {"en": english, "fr": _french(number, ask, tell)}})
        elif found:
            return found
        else:
            tell(say("A contract has at least one requirement."))


def _french(number: int, ask: Ask, tell: Tell) -> str:
    while not (typed := ask(say("Requirement {n} in French: ", n=number)).strip()):
        tell(say("The French is missing; both languages say the same."))
    return typed
