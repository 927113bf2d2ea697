"""Needs attention: what waits for somebody, by what is to be done, the longest wait first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from verifier.dashboard.page import ROWS, OfRecord, Page, Place, Query, Table
from verifier.dashboard.sources import Sources
from verifier.gate.moves import State
from verifier.procurement.index import Wanted
from verifier.words import Text, later, say

COLUMNS = ("queue", "contract", "title_en", "title_fr", "supplier", "state", "since", "due", "total", "currency")


@dataclass(frozen=True, slots=True)
class Queue:
    """Contracts of which somebody with `role` is to do the same thing. Without a state: what was due and is not there."""

    name: str
    words: str
    role: str
    state: State | None = None

    def wanted(self, today: str) -> Wanted:
        if self.state is None:
            return Wanted(late=today, oldest=True, limit=ROWS)
        return Wanted(state=self.state.value, oldest=True, limit=ROWS)


QUEUES = (
    Queue("overdue", later("Overdue"), "supplier"),
    Queue("to-assess", later("To assess"), "assessor", State.DELIVERED),
    Queue("to-decide", later("Awaiting decisions or a report"), "assessor", State.ASSESSING),
    Queue("to-certify", later("To certify"), "certifier", State.ACCEPTED),
    Queue("to-ask", later("To ask the gate"), "payer", State.CERTIFIED),
    Queue("to-pay", later("To pay"), "payer", State.PAYABLE),
    Queue("to-resolve", later("In dispute"), "requester", State.DISPUTED),
    Queue("to-mend", later("With the supplier, to be mended"), "supplier", State.CHANGES_REQUESTED),
)
"""In the order of the page."""


class Attention(OfRecord):
    address = "index"
    title = say("Needs attention")

    def places(self, sources: Sources) -> Iterator[Place]:
        yield Place(self.address)

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        if address != self.address:
            return None
        queues = [_queue(one, sources) for one in QUEUES] if sources.records else []
        return Page(
            address=address,
            template="attention.html",
            title=self.title,
            document={"now": sources.now, "record": sources.records is not None, "queues": queues},
            table=Table(head=COLUMNS, rows=[row for one in queues for row in _rows(one)]),
        )


def _queue(queue: Queue, sources: Sources) -> dict[str, Any]:
    wanted = queue.wanted(sources.today)
    assert sources.records is not None  # noqa: S101 - asked only where there is a record
    rows = sources.records.index.listed(wanted)
    return {
        "name": queue.name,
        "title": _both(say(queue.words)),
        "role": queue.role,
        "total": sources.records.index.counted(wanted),
        "contracts": [one.as_dict() for one in rows],
    }


def _rows(queue: dict[str, Any]) -> Iterator[list[Any]]:
    for one in queue["contracts"]:
        names = ("id", "title_en", "title_fr", "supplier", "state", "changed", "due", "total", "currency")
        yield [queue["name"], *(one[name] for name in names)]


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "fr": text.fr}
