"""The ledger: its signed head, what it proves, and its entries, each with the proof that it is there.

`ledger` has the head and the newest entries; `ledger/200` has those from 200 on, for ever: a hundred entries stay where they are,
and so does their proof, under the head that was signed with the last of them. Live, `ledger/entry/241` is one entry under the
newest head.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from verifier import note
from verifier.dashboard.page import ROWS, OfRecord, Page, Place, Query, Table
from verifier.dashboard.sources import Sources
from verifier.errors import TrustError
from verifier.gate import book
from verifier.ledger import Entry, Found
from verifier.procurement.records import Records
from verifier.render.record import WHAT_WORDS
from verifier.words import Text, both, say

COLUMNS = ("number", "time", "what", "contract", "milestone", "round", "statement", "subject", "words")
_NUMBER = re.compile("0|[1-9][0-9]{0,17}")


class LedgerPages(OfRecord):
    address = "ledger"
    title = say("Ledger")

    def places(self, sources: Sources) -> Iterator[Place]:
        yield Place(self.address)
        if sources.records:
            for first, linked in _blocks(sources.records):
                stamp = sha256(json.dumps(linked).encode()).hexdigest()
                yield Place(f"{self.address}/{first}", stamp)

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        first = _number(address, f"{self.address}/")
        if address != self.address and (first is None or first % ROWS):
            return None
        try:
            found = _none() if sources.records is None else _entries(sources.records, first)
        except TrustError as error:
            found = {**_none(), "trouble": both(error.text)}
        if not found["entries"] and first is not None and not found["trouble"]:
            return None
        return Page(
            address=address,
            template="ledger.html",
            title=self.title,
            document={"now": sources.now, **found},
            table=Table(head=COLUMNS, rows=[[_cell(one[name]) for name in COLUMNS] for one in found["entries"]]),
        )


class LedgerEntry(OfRecord):
    """One entry, made when it is asked for: a static site would have one page of each, new ones with each head."""

    address = "ledger/entry"
    title = say("Entry of the ledger")

    def places(self, sources: Sources) -> Iterator[Place]:
        return iter(())

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        number = _number(address, f"{self.address}/")
        if sources.records is None or number is None:
            return None
        with sources.records.ledger.reading() as page:
            found, size = page.since(number, 1), page.tree.size
        if not found:
            return None
        (told,) = _told(sources.records, found, size)
        document = {"now": sources.now, **_head(sources.records, size), "entry": told, "page": number - number % ROWS}
        title = say("Entry {n} of the ledger", n=number)
        return Page(address=address, template="ledger_entry.html", title=title, document=document)


def _cell(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value.get("id") or value.get("en")
    return " ".join(one["en"] for one in value) if isinstance(value, list) else value


def _number(address: str, before: str) -> int | None:
    """The number at the end of an address; None where it is none."""
    told = address.removeprefix(before)
    return int(told) if address.startswith(before) and _NUMBER.fullmatch(told) else None


def _none() -> dict[str, Any]:
    """What a page has where there is nothing. `first` and `last` are entries of this page, `earlier` and `later` of others."""
    told = dict.fromkeys(("first", "last", "earlier", "later", "trouble"))
    return {"size": 0, "total": 0, "root": "", "origin": "", "key": "", "head": "", "entries": [], **told}


def _entries(records: Records, first: int | None) -> dict[str, Any]:
    """The hundred entries from there on, or as many as there are, under the head of their last; None: the newest ones."""
    with records.ledger.reading() as page:
        total = page.tree.size
        start = max(total - ROWS, 0) if first is None else first
        found = page.since(start, ROWS)
    if not found and first is not None:
        return _none()
    end = start + len(found)
    return {
        **_none(),
        **_head(records, end),
        "total": total,
        "first": start,
        "last": end - 1,
        "entries": _told(records, found, end)[::-1],
        "earlier": (start - 1) // ROWS * ROWS if start else None,
        "later": end if end < total else None,
    }


def _head(records: Records, size: int) -> dict[str, Any]:
    """The head of this size. Its signature is verified now, with the key that the trust policy names. Raises TrustError."""
    signed = records.ledger.checkpoint(size)
    found = note.opened(signed, records.ledger.key)
    return {
        "size": found.size,
        "root": found.root.hex(),
        "origin": found.origin,
        "key": str(records.ledger.key),
        "head": signed.decode(),
    }


def _told(records: Records, found: Sequence[Found], size: int) -> list[dict[str, Any]]:
    known = records.index.named([one.entry.contract for one in found])
    proofs = records.ledger.prove_all([one.position for one in found], size)
    return [_entry(one, known, proof) for one, proof in zip(found, proofs, strict=True)]


def _entry(found: Found, known: Mapping[str, tuple[str, str]], proof: bytes) -> dict[str, Any]:
    entry = found.entry
    key, name = known.get(entry.contract, ("", ""))
    kind = book.move(entry) or entry.kind
    return {
        "number": found.position,
        "time": entry.time,
        "kind": kind,
        "what": both(say(WHAT_WORDS[kind]) if kind in WHAT_WORDS else Text(kind, kind)),
        "contract": {"key": key, "id": name} if key else None,
        "milestone": entry.milestone,
        "round": book.round_of(entry),
        "statement": entry.statement,
        "subject": entry.subject,
        "words": [both(one) for one in _words(entry)],
        "leaf": entry.leaf.decode(),
        "proof": proof.decode(),
    }


def _words(entry: Entry) -> Iterator[Text]:
    """What its reasons say beside what it is."""
    if entry.kind in book.ANSWERS.values():
        yield from (Text(code, code) for code in entry.reasons)
    if entry.kind == "decision":
        yield DECIDED.get(entry.reasons[0], Text(entry.reasons[0], entry.reasons[0]))
    if entry.kind == "revocation":
        yield say("from {moment} on", moment=book.since_when(entry.reasons[0]))


DECIDED = {"met": say("met"), "unmet": say("unmet")}


def _blocks(records: Records) -> Iterator[tuple[int, list[str]]]:
    """The first entry of every page, and to which contract each of its entries leads."""
    names = [_contract(leaf) for leaf in records.ledger.leaves()]
    known = records.index.named()
    for first in range(0, len(names), ROWS):
        yield first, [known.get(one, ("",))[0] for one in names[first : first + ROWS]]


def _contract(leaf: bytes) -> str:
    return str(json.loads(leaf).get("contract", ""))
