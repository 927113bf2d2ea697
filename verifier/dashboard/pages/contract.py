"""One contract: what was agreed, where each milestone stands, and every signed event from award to payment."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.dashboard import signatures
from verifier.dashboard.page import Page, Place, Query, part, unpart
from verifier.dashboard.sources import Sources
from verifier.errors import TrustError, UsageError
from verifier.render.record import as_document
from verifier.words import Text, say


class Contract:
    address = "contracts"
    title = say("Contract")

    def places(self, sources: Sources) -> Iterator[Place]:
        for key in sources.contracts():
            yield Place(address_of(key))

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        key = unpart(address.removeprefix(f"{self.address}/"))
        if sources.records is None or address != address_of(key):
            return None
        try:
            record = sources.records.record(key)
        except UsageError:
            return None
        except TrustError:
            return _broken(sources, address, key)
        about = record.contract.digest if record.contract else ""
        document = {**as_document(record, sources.today), "total": record.total}
        return Page(
            address=address,
            template="contract.html",
            title=Text(record.id, record.id),
            document={**document, "signature": signatures.of_contract(sources, key, about)},
        )


def _broken(sources: Sources, address: str, key: str) -> Page:
    """Of a contract of which a file does not hold nothing is told but that, and which one."""
    document = {"id": key, "state": None, "terms": None, "signature": signatures.of_contract(sources, key, "")}
    return Page(address=address, template="contract.html", title=Text(key, key), document=document)


def address_of(key: str) -> str:
    """Of a contract by its key in the index."""
    return f"contracts/{part(key)}"
