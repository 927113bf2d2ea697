"""The reports that lie in folders, newest first: self-checks, and official ones that are in no record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifier.dashboard import lying
from verifier.dashboard.page import OfReports, Page, Place, Query, Table, cut, number_of, numbered, pages_of
from verifier.dashboard.sources import Report, Sources
from verifier.words import say

COLUMNS = ("digest", "project", "place", "commit", "profile", "kind", "verdict", "finished")
UNREAD = 100
"""Files that are named of those that cannot be read."""


class SelfChecks(OfReports):
    address = "self-checks"
    title = say("Self-checks")

    def places(self, sources: Sources) -> Iterator[Place]:
        if self.shown(sources):
            yield from (Place(numbered(self.address, one + 1)) for one in range(pages_of(len(_read(sources)))))

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        number = number_of(address, self.address)
        read = _read(sources) if number and self.shown(sources) else []
        pages = pages_of(len(read))
        if not number or number > pages or not self.shown(sources):
            return None
        unread = [one for one in sources.reports if one.head is None]
        rows = [_row(sources, one) for one in cut(read, number)]
        return Page(
            address=address,
            template="self-checks.html",
            title=self.title,
            document={
                "total": len(read),
                "page": number,
                "pages": pages,
                "reports": rows,
                "unread": {"total": len(unread), "first": [_unread(sources, one) for one in unread[:UNREAD]]},
            },
            table=Table(head=COLUMNS, rows=[[one[name] for name in COLUMNS] for one in rows]),
        )


def _read(sources: Sources) -> list[Report]:
    return [one for one in sources.reports if one.head is not None]


def _row(sources: Sources, report: Report) -> dict[str, Any]:
    head = dict(report.head or {})
    return {
        "digest": report.digest,
        "address": lying.address_of(report.digest),
        "project": head["url"],
        "name": head["name"],
        "place": lying.place(sources, report),
        **lying.standing(sources, report),
        **{name: head[name] for name in ("commit", "profile", "kind", "verdict", "finished")},
    }


def _unread(sources: Sources, report: Report) -> dict[str, Any]:
    why = report.trouble or say("It cannot be read.")
    return {"place": lying.place(sources, report), "why": {"en": why.en, "fr": why.fr}}
