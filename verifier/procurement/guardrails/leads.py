"""Leads of contract splitting, each with what somebody answered. Pure.

    leads(record, others, settings.section("guardrails"))

A lead is the newest contract's: what was agreed before it is related. So each is told once, when it can first be seen, an
answer is never overtaken by a later purchase, and a day of award that was put back hides nothing: the order is the ledger's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.procurement.guardrails.purchase import Purchase
from verifier.procurement.guardrails.rules import OFF, fired, percent, telling
from verifier.words import Text

if TYPE_CHECKING:
    from verifier.procurement.record import Record

EXPLAINED = "explained"
"""The event that answers a lead; its reference is the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Why the purchases are as they are, from who may say so. `time` is the ledger's."""

    rule: str
    time: str
    by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One rule that fired. `related` are purchases that were agreed before, oldest first."""

    rule: str
    words: Text
    purchase: Purchase
    related: tuple[Purchase, ...]
    answer: Answer | None
    """The newest one; None where nobody has answered since the contract was last agreed."""

    @property
    def total(self) -> int:
        """Of all of them, in cents."""
        return self.purchase.total + sum(one.total for one in self.related)

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last award."""
        awarded = [self.purchase.awarded, *(one.awarded for one in self.related)]
        return min(awarded), max(awarded)


def leads(record: Record, others: Iterable[Purchase], settings: Mapping[str, Any]) -> tuple[Lead, ...]:
    """Those of one contract, in the order of the rules. `settings` is the section `guardrails`."""
    return _of(Purchase.of(record), tuple(others), answers(record), settings)


def every(
    purchases: Sequence[Purchase], given: Mapping[str, Sequence[Answer]], settings: Mapping[str, Any]
) -> Iterator[Lead]:
    """Those of all contracts, of the newest first. `given` are the answers by the contract's key."""
    near = _Near(purchases, settings)
    for one in sorted(purchases, key=lambda each: (each.agreed < 0, each.agreed, each.key), reverse=True):
        yield from _of(one, near.of(one), given.get(one.key, ()), settings)


def answers(record: Record) -> list[Answer]:
    """Oldest first: those that were given since the contract was last agreed, and were not revoked."""
    since = Purchase.of(record).agreed
    return [
        Answer(
            rule=str(one.said("reference")),
            time=one.time,
            by=", ".join(sorted({by.person for by in one.signed.by})),
            note=str(one.said("note")),
        )
        for one in record.events
        if one.what == EXPLAINED and one.signed and not one.revoked and one.position > since
    ]


def _of(
    one: Purchase, others: Sequence[Purchase], given: Sequence[Answer], settings: Mapping[str, Any]
) -> tuple[Lead, ...]:
    if not one.counts:
        return ()
    said = {answer.rule: answer for answer in given}
    return tuple(
        Lead(rule=rule, words=found.words, purchase=one, related=found.related, answer=said.get(rule))
        for rule, found in fired(one, others, settings)
    )


class _Near:
    """Of very many purchases those that a rule could relate to one: it looks at no others."""

    def __init__(self, purchases: Sequence[Purchase], settings: Mapping[str, Any]) -> None:
        own = settings.get("same-requirements", OFF)
        self._share = None if own == OFF else percent(own["alike"])
        self._groups: dict[tuple[str, str], list[Purchase]] = defaultdict(list)
        for one in purchases:
            for group in (*_groups(one), *self._words(one)):
                self._groups[group].append(one)

    def of(self, one: Purchase) -> tuple[Purchase, ...]:
        groups = [*_groups(one)]
        if self._share is not None:
            for spoken, words in one.words.items():
                counted = {word: len(self._groups[spoken, word]) for word in words}
                groups += [(spoken, word) for word in telling(counted, self._share)]
        return tuple({other.key: other for group in groups for other in self._groups[group]}.values())

    def _words(self, one: Purchase) -> Iterator[tuple[str, str]]:
        if self._share is not None:
            yield from ((spoken, word) for spoken, words in one.words.items() for word in words)


def _groups(one: Purchase) -> tuple[tuple[str, str], ...]:
    return ("supplier", one.supplier), ("requester", one.requester), ("place", one.place)
