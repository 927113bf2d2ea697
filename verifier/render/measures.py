"""The measures of purchases as lines for people, as a document, and as a table for spreadsheets. Pure.

What is not there yet is empty: no nought, no mean of nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from verifier.procurement.measures import DURATIONS, Measured, Median, Month, Overall, Share, monthly, overall
from verifier.procurement.tracker import COLUMNS, OURS, decimal
from verifier.render.table import MARK, cell
from verifier.units import money, shown
from verifier.words import Text, later, say, say_n

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS = {
    "evaluation": later("from delivery to acceptance"),
    "certification": later("from acceptance to certification"),
    "payment": later("from certification to payment"),
    "invoice": later("from invoice to payment"),
}


def document(contracts: Sequence[Measured], baselines: Mapping[str, int]) -> dict[str, Any]:
    """Days and rounds are medians with their count, shares in basis points, money in cents by currency."""
    return {
        **summary(contracts, baselines),
        "contracts": [
            {"contract": one.id, "awarded": one.awarded, "state": one.state.value, **_entry(overall([one]))}
            for one in contracts
        ],
    }


def summary(contracts: Sequence[Measured], baselines: Mapping[str, int]) -> dict[str, Any]:
    """The same of all of them together."""
    return {"overall": _entry(overall(contracts)), "baselines": dict(baselines)}


def months(contracts: Sequence[Measured]) -> list[dict[str, Any]]:
    """The same by month."""
    return [{"month": one.month, **_medians(one)} for one in monthly(contracts)]


def page(contracts: Sequence[Measured], baselines: Mapping[str, int], language: str) -> str:
    return "".join(f"{line.in_language(language)}\n" for line in _lines(overall(contracts), baselines))


def table(rows: Iterable[tuple[Measured, Mapping[str, str]]]) -> str:
    """CSV by RFC 4180: one row a contract, of its measures and what the tracker's columns hold. No cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, *OURS])
    for one, tracked in rows:
        writer.writerow([cell(value) for value in (*(tracked.get(name, "") for name in COLUMNS), *_cells(one))])
    return MARK + out.getvalue()


def _entry(found: Overall) -> dict[str, Any]:
    return {
        "contracts": found.contracts,
        "milestones": found.milestones,
        **_medians(found),
        "value": dict(found.value),
        "paid": dict(found.paid),
    }


def _medians(found: Overall | Month) -> dict[str, Any]:
    return {
        "days": {name: asdict(found.days[name]) for name in DURATIONS},
        "rounds": asdict(found.rounds),
        "firstRound": _share(found.first),
        "listed": _share(found.listed),
    }


def _share(found: Share) -> dict[str, int | None]:
    return {"number": found.number, "of": found.of, "basisPoints": found.points}


def _lines(found: Overall, baselines: Mapping[str, int]) -> Iterator[Text]:
    yield say_n(found.contracts, "{n} contract", "{n} contracts")
    for name in DURATIONS:
        yield say("  {what}: {days}", what=say(WORDS[name]), days=_days(found.days[name]))
    for name in sorted(baselines, key=lambda each: (baselines[each], each)):
        yield say_n(
            baselines[name],
            "    to compare, from invoice to payment, {name}: {n} day",
            "    to compare, from invoice to payment, {name}: {n} days",
            name=say(BASELINES.get(name, name)),
        )
    rounds = Text(str(found.rounds.value), str(found.rounds.value)) if found.rounds.count else say("not yet")
    yield say("  rounds of delivery, median: {rounds}", rounds=rounds)
    yield say("  accepted in the first round: {share}", share=_part(found.first))
    yield say("  listed on the Open Resource Exchange: {share}", share=_part(found.listed))
    for currency, cents in found.value.items():
        paid = money(found.paid[currency], currency)
        yield say("  value with tax: {total}, of which paid: {paid}", total=money(cents, currency), paid=paid)


BASELINES = {"ordinary": later("an ordinary contract"), "pilot": later("the pilot")}


def _days(found: Median) -> Text:
    if found.value is None:
        return say("not yet")
    many = say_n(found.count, "median of {n} milestone", "median of {n} milestones")
    return say_n(found.value, "{n} day ({many})", "{n} days ({many})", many=many)


def _part(found: Share) -> Text:
    if found.points is None:
        return say("not yet")
    return say(
        "{number} of {of} milestones, {share}",
        number=found.number,
        of=found.of,
        share=shown(found.points, "basis points"),
    )


def _cells(one: Measured) -> list[str]:
    found = overall([one])
    numbers = [*(found.days[name].value for name in DURATIONS), found.rounds.value]
    counts = [*_counts(found.first), *_counts(found.listed)]
    known = ["" if value is None else str(value) for value in (*numbers, *counts)]
    return [*known, one.currency, decimal(one.value), decimal(one.paid) if one.paid else ""]


def _counts(found: Share) -> tuple[int | None, int | None]:
    return (found.number, found.of) if found.of else (None, None)
