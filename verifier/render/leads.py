"""Leads of contract splitting for the terminal: the rule in words, the purchases, and what somebody answered. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from verifier.render.inert import inert
from verifier.units import money
from verifier.words import Text, say, say_n

if TYPE_CHECKING:
    from verifier.procurement.guardrails import Lead, Purchase

MOST = 10
"""Related purchases that are shown of one lead, the newest; all of them are in the JSON."""


def page(leads: Sequence[Lead], language: str) -> str:
    return "".join(f"{line.in_language(language)}\n" for line in _lines(leads))


def hint(leads: Iterable[Lead], contract: str) -> Text | None:
    """One line about those that nobody has answered; None where there are none."""
    number = sum(one.answer is None for one in leads)
    words = say_n(
        number,
        "{n} lead of contract splitting: verifier record leads {contract}",
        "{n} leads of contract splitting: verifier record leads {contract}",
        contract=inert(contract),
    )
    return words if number else None


def _lines(leads: Sequence[Lead]) -> Iterator[Text]:
    if not leads:
        yield say("No lead of contract splitting.")
        return
    for one in leads:
        yield from _lead(one)
    yield say("A lead is a question, not a finding; it blocks nothing. Answered by the requester or an assessor:")
    yield say("  verifier record event CONTRACT explained --reference RULE --note TEXT")


def _lead(one: Lead) -> Iterator[Text]:
    yield say("{id} · {rule}", id=inert(one.purchase.id), rule=one.rule)
    yield say("  {words}", words=Text(inert(one.words.en), inert(one.words.fr)))
    if (more := len(one.related) - MOST) > 0:
        yield say_n(more, "    and {n} earlier purchase", "    and {n} earlier purchases")
    for each in (*one.related[-MOST:], one.purchase):
        yield _purchase(each)
    if one.answer is None:
        yield say("  [ ] nobody has answered yet")
    else:
        yield say(
            "  [x] {by}, {time}: {note}", by=inert(one.answer.by), time=one.answer.time, note=inert(one.answer.note)
        )


def _purchase(one: Purchase) -> Text:
    return say(
        "    {id}: {supplier} for {requester}, awarded {day}, {total}",
        id=inert(one.id),
        supplier=inert(one.supplier),
        requester=inert(one.requester),
        day=one.awarded,
        total=money(one.total, one.currency),
    )
