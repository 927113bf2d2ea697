"""One contract: what was agreed, what is next, what may be paid, and every signed event from award to payment."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from verifier.dashboard import paying, signatures, timeline
from verifier.dashboard.compared import amendment, comparisons
from verifier.dashboard.page import OfRecord, Page, Place, Query, Table, part, unpart
from verifier.dashboard.sources import Sources
from verifier.errors import UsageError, VerifierError
from verifier.gate.case import ROLE_WORDS
from verifier.gate.moves import ENDED
from verifier.procurement import judged
from verifier.procurement.record import Milestone, Record
from verifier.procurement.records import Records
from verifier.procurement.store import alike
from verifier.procurement.telling.awaited import Awaited, When, awaited
from verifier.procurement.telling.rhythm import rhythm
from verifier.render.record import as_document
from verifier.words import Text, both, say

_OVER = frozenset(one.value for one in ENDED)


class Contract(OfRecord):
    address = "contracts"
    title = say("Contract")

    def places(self, sources: Sources) -> Iterator[Place]:
        """Those that were signed, and those that could not even be indexed, since a file of theirs does not hold."""
        if sources.records is None:
            return
        known = set()
        for one in sources.contracts:
            known.add(one.key)
            stamp = _stamp(sources, one.key, one.mark, one.state in _OVER)
            yield Place(address_of(one.key), stamp, of=one.key)
        yield from (Place(address_of(key)) for key in sources.untrusted if key not in known)

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        key = unpart(address.removeprefix(f"{self.address}/"))
        if sources.records is None or address != address_of(alike(key)):  # one address, as in the static site
            return None
        try:
            record = sources.record(key)
        except VerifierError as error:
            return _untrusted(sources, sources.records, key, address, error)
        return _page(sources, sources.records, record, address)


def address_of(key: str) -> str:
    """Of a contract by its key in the index."""
    return f"contracts/{part(key)}"


def _stamp(sources: Sources, key: str, mark: str, over: bool) -> str:
    """What a page is made of: the record as the index has it, its files as they lie there, and the day while it runs."""
    if not mark:
        return ""
    made_of = (mark, sources.lying(key), sources.team, "" if over else sources.today)
    return sha256(repr(made_of).encode()).hexdigest()


def _untrusted(sources: Sources, records: Records, key: str, address: str, error: VerifierError) -> Page | None:
    """First and plainly, and nothing else: none of its files is believed. None where there is no such contract."""
    troubles = records.store.troubles(key, records.policy)
    if not troubles and isinstance(error, UsageError):
        return None
    reasons = [(path.name, _short(why, path)) for path, why in troubles]
    files = [{"file": name, "why": both(why)} for name, why in reasons]
    return Page(
        address=address,
        template="untrusted.html",
        title=say("{contract} cannot be trusted", contract=key),
        document={
            "id": key,
            "trusted": False,
            "files": files,
            "why": None if files else both(_short(error, records.store.place(key))),
            "signature": signatures.of_contract(sources, key, ""),
        },
        table=Table(head=("file", "why_en", "why_fr"), rows=[[name, why.en, why.fr] for name, why in reasons]),
    )


def _short(error: VerifierError, path: Path) -> Text:
    """Without the folders of this machine."""
    return Text(*(error.in_language(spoken).replace(str(path), path.name) for spoken in ("en", "fr")))


def _page(sources: Sources, records: Records, record: Record, address: str) -> Page:
    events = timeline.events(record, records.store, team=sources.team)
    terms = record.terms
    document = {
        **as_document(record, sources.today),
        "events": events,
        "trusted": True,
        "title": dict(terms["title"]) if terms else None,
        "currency": terms["currency"] if terms else None,
        "price": sum(one["price"] for one in terms["milestones"]) if terms else None,
        "tax": sum(one["tax"] for one in terms["milestones"]) if terms else None,
        "total": record.total,
        "verdict": judged.verdict(record),
        "milestones": [_milestone(one, sources.today) for one in record.milestones],
        "amended": max(len(record.versions) - 1, 0),
        "amendment": amendment(record),
        "next": _next(sources, records, record),
        "rounds": comparisons(record, records.store),
        "now": sources.now,
        "signature": signatures.of_contract(sources, record.id, record.contract.digest if record.contract else ""),
    }
    title = Text(f"{record.id} · {terms['title']['en']}", f"{record.id} · {terms['title']['fr']}") if terms else None
    return Page(
        address=address,
        template="contract.html",
        title=title or Text(record.id, record.id),
        document=document,
        table=Table(head=timeline.COLUMNS, rows=timeline.rows(events)),
    )


def _milestone(one: Milestone, today: str) -> dict[str, Any]:
    """As the record's own document has it, with its terms and whether it may be paid."""
    now = one.progress
    return {
        "id": one.id,
        "title": dict(one.terms["title"]),
        "state": now.state.value,
        "since": one.since or None,
        "round": now.round,
        "due": one.due or None,
        "late": one.late(today),
        "price": one.terms["price"],
        "tax": one.terms["tax"],
        "total": one.total,
        **{flag: flag in now.flags for flag in ("merged", "listed", "invoiced", "received")},
        "payable": paying.payable(one),
    }


def _next(sources: Sources, records: Records, record: Record) -> list[dict[str, Any]]:
    notices = records.settings.section("notices")
    when = When(sources.now, rhythm(notices).day(sources.now), notices["cure-warning"])
    kept = frozenset(path.name for path in records.store.kept(record.id))
    return [_awaited(one) for one in awaited(record, records.policy, when, kept)]


def _awaited(one: Awaited) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "milestone": one.milestone,
        "what": both(one.what),
        "role": one.role,
        "role_words": both(say(ROLE_WORDS[one.role])),
        "people": list(one.people),
        "since": one.since,
        "command": one.command,
    }
