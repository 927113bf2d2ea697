"""Measures: how long purchases took, in how many rounds, and what they brought; in all, and month by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from verifier.dashboard.page import OfRecord, Page, Place, Query, Table
from verifier.dashboard.sources import Sources
from verifier.procurement.index import Wanted
from verifier.procurement.measures import DURATIONS, Measured
from verifier.procurement.records import Records
from verifier.render import measures
from verifier.words import later, say

COLUMNS = (
    "month",
    *(f"{name}_{what}" for name in DURATIONS for what in ("days", "of")),
    *("rounds", "first_round", "listed", "accepted"),
)


TITLES = {
    **measures.WORDS,
    "firstRound": later("accepted in the first round"),
    "listed": later("listed on the Open Resource Exchange"),
    "rounds": later("rounds of delivery"),
}
ABOUT = {
    **dict.fromkeys(DURATIONS, later("Days, the median of the milestones for which they ended in the month.")),
    **dict.fromkeys(("firstRound", "listed"), later("Share of the milestones that were accepted in the month.")),
    "rounds": later("Median of the milestones that were accepted in the month."),
}
WHOLE = 10_000
"""Basis points."""


class Measures(OfRecord):
    """The last page that was made is kept for as long as nothing changed: it is made of all contracts."""

    address = "measures"
    title = say("Measures")

    def __init__(self) -> None:
        self._kept: tuple[object, Page] | None = None

    def places(self, sources: Sources) -> Iterator[Place]:
        yield Place(self.address)

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        if address != self.address:
            return None
        mark = _mark(sources.records, sources.today)
        kept = self._kept
        if kept is None or kept[0] != mark:
            kept = self._kept = (mark, _page(sources))
        return kept[1]


def _mark(records: Records | None, today: str) -> object:
    """Another one whenever the figures may be others: by the ledger, and by how many contracts the index has of it."""
    if records is None:
        return None
    with records.ledger.reading() as page:
        root = page.tree.root
    return records.settings.folder, root, records.index.counted(Wanted()), today


def _page(sources: Sources) -> Page:
    contracts: Sequence[Measured] = sources.records.index.measured() if sources.records else ()
    baselines = sources.records.settings.section("baselines") if sources.records else {}
    months = measures.months(contracts)
    return Page(
        address=Measures.address,
        template="measures.html",
        title=Measures.title,
        document={
            "now": sources.now,
            **measures.summary(contracts, baselines),
            "trends": [_trend(name, months) for name in TITLES],
        },
        table=Table(head=COLUMNS, rows=[_row(one) for one in months]),
    )


def _trend(name: str, months: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One measure of every month."""
    title, about, share = say(TITLES[name]), say(ABOUT[name]), name in ("firstRound", "listed")
    found = [(one["month"], one["days"].get(name) or one[name]) for one in months]
    value, count = ("basisPoints", "of") if share else ("value", "count")
    return {
        "name": name,
        "title": {"en": title.en[:1].upper() + title.en[1:], "fr": title.fr[:1].upper() + title.fr[1:]},
        "about": {"en": about.en, "fr": about.fr},
        "unit": "basis points" if share else "count",
        "most": WHOLE if share else None,
        "values": [{"month": month, "value": told[value], "count": told[count]} for month, told in found],
    }


def _row(month: dict[str, Any]) -> list[Any]:
    days = [month["days"][name][what] for name in DURATIONS for what in ("value", "count")]
    shares = [month[name]["number"] for name in ("firstRound", "listed")]
    return [month["month"], *days, month["rounds"]["value"], *shares, month["firstRound"]["of"]]
