"""The public register: code that was accepted, what it cost and from whom, its licence, and where it is.

Of people it names the contracting party alone. What was rejected, found, decided or suspected is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from verifier.dashboard.page import ROWS, OfRecord, Page, Place, Query, Table, number_of, numbered, pages_of
from verifier.dashboard.sources import Sources
from verifier.errors import VerifierError
from verifier.procurement.index import Accepted, accepted
from verifier.words import say

COLUMNS = (
    *("contract", "milestone", "title_en", "title_fr", "part_en", "part_fr", "payee", "total", "currency", "licence"),
    *("repository", "commit", "accepted", "paid", "listing", "assessment"),
)


class Register(OfRecord):
    """`address` is that of its first page; `public` is a site of its own, whose pages lead to no other of this record."""

    title = say("Public register")

    def __init__(self, address: str = "register", *, public: bool = False) -> None:
        self.address, self.public = address, public

    def places(self, sources: Sources) -> Iterator[Place]:
        total = _total(sources)
        for number in range(1, pages_of(total) + 1):
            rows = _rows(sources, number)
            told = [_document(one, sources, self.public) for one in rows]
            lying = [sources.lying(one.key) for one in rows] if self.public else []
            yield Place(numbered(self.address, number), sha256(json.dumps([total, told, lying]).encode()).hexdigest())

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        number = number_of(address, self.address)
        found = _rows(sources, number) if number else []
        if not found and number != 1:
            return None
        total = _total(sources)
        held = [one for one in found if not self.public or _holds(one, sources)]
        rows = [_document(one, sources, self.public) for one in held]
        return Page(
            address=address,
            template="register.html",
            title=self.title,
            document={
                "section": self.address,
                "total": total,
                "page": number,
                "pages": pages_of(total),
                "code": rows,
                "left_out": len(found) - len(held),
            },
            table=Table(head=COLUMNS, rows=[[one[name] for name in COLUMNS] for one in rows]),
        )


def _total(sources: Sources) -> int:
    return sources.records.index.accepted_number() if sources.records else 0


def _rows(sources: Sources, number: int) -> list[Accepted]:
    return sources.records.index.accepted((number - 1) * ROWS, ROWS) if sources.records else []


def _holds(one: Accepted, sources: Sources) -> bool:
    """Whether the signed statements say what the index does: what is published is nobody's word alone."""
    try:
        return one in accepted(sources.record(one.key))
    except VerifierError:
        return False


def _document(one: Accepted, sources: Sources, public: bool) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in COLUMNS}
    told |= {name: web(told[name]) for name in ("repository", "listing")}
    return told if public else {**told, "key": one.key, "page": _report(one, sources)}


def _report(one: Accepted, sources: Sources) -> str:
    """The address of the page of the report, where the record has it."""
    if sources.records is None or not one.report:
        return ""
    kept = sources.records.store.place(one.key) / "evidence" / one.report
    return f"reports/{one.assessment[:16]}" if kept.is_file() else ""


def web(address: str) -> str:
    """One that everybody's browser can open; "" where it is none, or says who opens it."""
    try:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    return address if fits and address.isprintable() and " " not in address else ""
