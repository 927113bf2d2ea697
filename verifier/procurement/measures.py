"""What purchasing this way took and brought, by the record: days, rounds, shares and value. Pure.

    overall(measured(record) for record in records.every())

Times are the ledger's. Days are from one day of the calendar to the next. What has not happened yet is None, never nought, and
counts in no median: of an even number the lower of the two in the middle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from typing import TYPE_CHECKING

from verifier.gate.moves import ACCEPTED, State

if TYPE_CHECKING:
    from verifier.procurement.record import Event, Milestone, Record

DURATIONS = ("evaluation", "certification", "payment", "invoice")
"""Delivered to accepted, accepted to certified, certified to paid, invoiced to paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One milestone. `rounds` counts deliveries; None before the first."""

    days: Mapping[str, int | None]
    """By the names of DURATIONS."""
    rounds: int | None
    first: bool | None
    """Accepted in the first round; None where nothing was judged yet."""
    listed: bool | None
    """None where nothing was accepted yet."""
    ended: Mapping[str, str]
    """By the names of DURATIONS: the day on which each ended; "" where it has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One contract; money in cents."""

    id: str
    awarded: str
    state: State
    currency: str
    value: int
    """Price and tax of all milestones."""
    paid: int
    """Of those that were paid."""
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Median:
    """Of so many; None of none."""

    value: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    number: int
    of: int

    @property
    def points(self) -> int | None:
        """In basis points, rounded down; None of none."""
        return self.number * 10_000 // self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """Of several contracts, or of one. `value` and `paid` are cents by currency."""

    contracts: int
    milestones: int
    days: Mapping[str, Median]
    rounds: Median
    first: Share
    listed: Share
    value: Mapping[str, int]
    paid: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Of the milestones for which something ended in it: each duration by its own end, the rest by their acceptance."""

    month: str
    days: Mapping[str, Median]
    rounds: Median
    first: Share
    listed: Share


def measured(record: Record) -> Measured:
    """The contract is known."""
    terms = record.terms or {}
    paid = sum(one.total for one in record.milestones if one.progress.state is State.PAID)
    return Measured(
        id=terms["id"],
        awarded=terms["awarded"][:10],
        state=record.state,
        currency=terms["currency"],
        value=record.total,
        paid=paid,
        parts=tuple(part(one) for one in record.milestones),
    )


def within(records: Iterable[Record], first: str, last: str) -> list[Record]:
    """Those that were agreed, and awarded from the first to the last day; "" is no bound."""
    return [
        one
        for one in records
        if one.terms is not None and one.versions and first <= one.terms["awarded"][:10] <= (last or "9999")
    ]


def overall(contracts: Iterable[Measured]) -> Overall:
    """The order makes no difference. Medians are over milestones."""
    found = list(contracts)
    parts = [part for one in found for part in one.parts]
    return Overall(
        contracts=len(found),
        milestones=len(parts),
        days={name: _median([part.days[name] for part in parts]) for name in DURATIONS},
        rounds=_median([part.rounds for part in parts]),
        first=_share([part.first for part in parts]),
        listed=_share([part.listed for part in parts]),
        value=_sums(found, "value"),
        paid=_sums(found, "paid"),
    )


def monthly(contracts: Iterable[Measured]) -> list[Month]:
    """Every month from the first to the last in which something ended, those between in which nothing did included."""
    parts = [part for one in contracts for part in one.parts]
    ended = {name: _by_month(parts, name) for name in DURATIONS}
    found = sorted(month for months in ended.values() for month in months)
    return [_month(month, {name: ended[name].get(month, []) for name in DURATIONS}) for month in _months(found)]


def _by_month(parts: Iterable[Part], name: str) -> dict[str, list[Part]]:
    months: dict[str, list[Part]] = {}
    for one in parts:
        if one.ended[name]:
            months.setdefault(one.ended[name][:7], []).append(one)
    return months


def _month(month: str, ended: Mapping[str, Sequence[Part]]) -> Month:
    accepted = ended["evaluation"]
    return Month(
        month=month,
        days={name: _median(part.days[name] for part in ended[name]) for name in DURATIONS},
        rounds=_median(part.rounds for part in accepted),
        first=_share(part.first for part in accepted),
        listed=_share(part.listed for part in accepted),
    )


def _months(found: Sequence[str]) -> Iterator[str]:
    """From the first to the last of them."""
    if not found:
        return
    number, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (found[0], found[-1]))
    for each in range(number, last + 1):
        yield f"{each // 12:04}-{each % 12 + 1:02}"


def part(one: Milestone) -> Part:
    accepted, certified, invoiced = one.last("accepted"), one.last("certified"), one.first("invoiced")
    paid = one.first("paid") or one.first("received")
    judged = one.first("accepted", "rejected")
    spans = {
        "evaluation": (_before(one, "delivered", accepted), accepted),
        "certification": (accepted, certified),
        "payment": (certified, paid),
        "invoice": (invoiced, paid),
    }
    return Part(
        days={name: _days(*span) for name, span in spans.items()},
        rounds=one.progress.round or None,
        first=None if judged is None else bool(accepted and accepted.round == 1),
        listed="listed" in one.progress.flags if one.progress.state in ACCEPTED else None,
        ended={name: last.time[:10] if last else "" for name, (_, last) in spans.items()},
    )


def _before(one: Milestone, what: str, event: Event | None) -> Event | None:
    """The newest of these before an event: what was accepted is the last delivery before it."""
    if event is None:
        return None
    found = [each for each in one.events if each.what == what and not each.revoked and each.position < event.position]
    return found[-1] if found else None


def _days(first: Event | None, last: Event | None) -> int | None:
    """None where one is missing, or they came in another order."""
    if first is None or last is None or last.position < first.position:
        return None
    return (date.fromisoformat(last.time[:10]) - date.fromisoformat(first.time[:10])).days


def _median(values: Iterable[int | None]) -> Median:
    known = [one for one in values if one is not None]
    return Median(median_low(known) if known else None, len(known))


def _share(facts: Iterable[bool | None]) -> Share:
    known = [one for one in facts if one is not None]
    return Share(sum(known), len(known))


def _sums(found: Sequence[Measured], name: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in found:
        sums[one.currency] = sums.get(one.currency, 0) + int(getattr(one, name))
    return dict(sorted(sums.items()))
