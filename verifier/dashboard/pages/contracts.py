"""All contracts, a hundred a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from verifier.dashboard.page import ROWS, Filter, OfRecord, Page, Place, Query, Table, number_of, numbered, pages_of
from verifier.dashboard.sources import Sources
from verifier.gate.moves import State
from verifier.procurement.index import Listed, Wanted
from verifier.words import say

COLUMNS = tuple(one.name for one in fields(Listed))


class Contracts(OfRecord):
    address = "contracts"
    title = say("Contracts")
    filters = (
        Filter("text", "Part of the id, of a title or of the payee's name."),
        Filter("state", "Where the contract stands.", tuple(one.value for one in State)),
    )

    def places(self, sources: Sources) -> Iterator[Place]:
        if sources.records is None:
            return
        total = sources.records.index.counted(Wanted())
        yield from (Place(numbered(self.address, number)) for number in range(1, pages_of(total) + 1))

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        number = number_of(address, self.address)
        if not number or sources.records is None:
            return None
        wanted = Wanted(text=query["text"], state=query["state"], skip=(number - 1) * ROWS, limit=ROWS)
        found, total = sources.records.index.listed(wanted), sources.records.index.counted(wanted)
        if not found and number > 1:
            return None
        rows = [one.as_dict() for one in found]
        return Page(
            address=address,
            template="contracts.html",
            title=self.title,
            document={"total": total, "page": number, "pages": pages_of(total), "contracts": rows},
            table=Table(head=COLUMNS, rows=[list(one.values()) for one in rows]),
        )
