"""One contract: what was agreed, where each milestone stands, and every signed event from award to payment."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.dashboard.page import Page, Place, Query, part, unpart
from verifier.dashboard.sources import Sources
from verifier.errors import UsageError
from verifier.render.record import as_document
from verifier.words import Text, say


class Contract:
    address = "contracts"
    title = say("Contract")

    def places(self, sources: Sources) -> Iterator[Place]:
        for key in sources.contracts():
            yield Place(address_of(key), of=key)

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        key = unpart(address.removeprefix(f"{self.address}/"))
        if sources.records is None or address != address_of(key):
            return None
        try:
            record = sources.records.record(key)
        except UsageError:
            return None
        document = as_document(record, sources.today)
        return Page(
            address=address,
            template="contract.html",
            title=Text(record.id, record.id),
            document=document,
        )


def address_of(key: str) -> str:
    """Of a contract by its key in the index."""
    return f"contracts/{part(key)}"
