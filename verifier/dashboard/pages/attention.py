"""Needs attention: what waits for somebody, by what is to be done, the longest wait first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from verifier.dashboard.page import OfRecord, Page, Place, Query, Table
from verifier.dashboard.sources import Sources
from verifier.gate.case import ROLE_WORDS
from verifier.gate.moves import State
from verifier.procurement.guardrails import Lead
from verifier.procurement.index import Listed, Wanted
from verifier.procurement.splitting import all_leads
from verifier.words import both, later, say

COLUMNS = (
    "queue",
    "contract",
    "title_en",
    "title_fr",
    "supplier",
    "state",
    "since",
    "due",
    "total",
    "currency",
    "next_en",
)
MOST = 40
"""Of one queue: all of them are on one page."""
LEADS = 10_000
"""Contracts among which leads are looked for while somebody waits for the page; of more of them, the command is named."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Contracts of which somebody with `role` is to do the same thing. Without a state: what was due and is not there.

    `step` is what to do next, `steps` the same where the verdict of the newest assessment says more.
    """

    name: str
    words: str
    role: str
    step: str
    state: State | None = None
    steps: Mapping[str, str] = field(default_factory=dict)

    def wanted(self, today: str) -> Wanted:
        if self.state is None:
            return Wanted(late=today, oldest=True, limit=MOST)
        return Wanted(state=self.state.value, oldest=True, limit=MOST)


QUEUES = (
    Queue("overdue", later("Overdue"), "supplier", later("Deliver, or agree on a later day.")),
    Queue("to-assess", later("To assess"), "assessor", later("Assess the delivery."), State.DELIVERED),
    Queue(
        "to-decide",
        later("Awaiting decisions or a report"),
        "assessor",
        later("Sign the acceptance report."),
        State.ASSESSING,
        {
            "pending": later("Decide what waits for a person."),
            "inconclusive": later("Provide what could not be checked, and assess again."),
        },
    ),
    Queue("to-certify", later("To certify"), "certifier", later("Certify under section 34."), State.ACCEPTED),
    Queue("to-ask", later("To ask the gate"), "gate", later("Ask the gate whether to pay."), State.CERTIFIED),
    Queue("to-pay", later("To pay"), "payer", later("Pay, and record the payment."), State.PAYABLE),
    Queue("to-resolve", later("In dispute"), "requester", later("Resolve the dispute."), State.DISPUTED),
    Queue(
        "to-mend",
        later("With the supplier, to be mended"),
        "supplier",
        later("Mend what was rejected, and deliver again."),
        State.CHANGES_REQUESTED,
    ),
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
            document={
                "now": sources.now,
                "record": sources.records is not None,
                "queues": queues,
                "leads": _leads(sources),
            },
            table=Table(head=COLUMNS, rows=[row for one in queues for row in _rows(one)]),
        )


def _queue(queue: Queue, sources: Sources) -> dict[str, Any]:
    wanted = queue.wanted(sources.today)
    assert sources.records is not None  # noqa: S101 - asked only where there is a record
    rows = sources.records.index.listed(wanted)
    return {
        "name": queue.name,
        "title": both(say(queue.words)),
        "role": queue.role,
        "role_words": both(say(ROLE_WORDS[queue.role])),
        "total": sources.records.index.counted(wanted),
        "contracts": [_waiting(one, queue, sources.today) for one in rows],
    }


def _waiting(one: Listed, queue: Queue, today: str) -> dict[str, Any]:
    """`since` is the day on which the wait began, `days` how long it has been."""
    since = (one.due if queue.state is None else one.since)[:10]
    days = (date.fromisoformat(today) - date.fromisoformat(since)).days if since else 0
    step = say(queue.steps.get(one.verdict, queue.step))
    return {**one.as_dict(), "since": since, "days": max(days, 0), "next": both(step)}


def _leads(sources: Sources) -> dict[str, Any] | None:
    """Those that nobody has explained, for the team alone; None for others. They are None where there are too many contracts."""
    if sources.records is None or not sources.team:
        return None
    if sources.records.index.counted(Wanted()) > LEADS:
        return {"total": None, "leads": None}
    found = [one for one in all_leads(sources.records) if one.answer is None]
    return {"total": len(found), "leads": [_lead(one) for one in found[:MOST]]}


def _lead(one: Lead) -> dict[str, Any]:
    return {
        "key": one.purchase.key,
        "id": one.purchase.id,
        "rule": one.rule,
        "words": both(one.words),
        "since": one.purchase.awarded,
        "related": len(one.related),
    }


def _rows(queue: dict[str, Any]) -> Iterator[list[Any]]:
    for one in queue["contracts"]:
        names = ("id", "title_en", "title_fr", "supplier", "state", "since", "due", "total", "currency")
        yield [queue["name"], *(one[name] for name in names), one["next"]["en"]]
