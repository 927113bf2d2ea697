"""A record of a purchase that stands where a test wants it: statements of `chains`, then events, entered one after the other."""

from __future__ import annotations

from hashlib import sha256

from support.chains import ASSESSED, Purchase

from verifier import drafts
from verifier.gate import book
from verifier.ledger import Found
from verifier.procurement.record import Record
from verifier.statements import uris
from verifier.trust.holders import Holders
from verifier.trust.reading import read
from verifier.trust.signed import Signed, together


def record(purchase: Purchase, *kinds: str, events: tuple[tuple[str, str, dict[str, str]], ...] = ()) -> Record:
    """Of those statements of a purchase, in this order, and then these events: (what, time, said)."""
    trust = purchase.trust()
    found = {
        one.type: one for one in together(read(each, trust, Holders.of(trust)) for each in purchase.files().values())
    }
    contract = found[uris.CONTRACT]
    listed = [found[getattr(uris, kind.upper())] for kind in kinds]
    told = []
    for what, moment, said in events:
        statement = drafts.event(contract, what, "m1", said, moment)
        told.append((Signed(statement=statement, digest=sha256(what.encode()).hexdigest(), by=()), moment))
    entered = [(one, ASSESSED) for one in (contract, *listed)] + told
    entries = [Found(number, book.entry(one, moment)) for number, (one, moment) in enumerate(entered)]
    return Record.of("MA-2026-014", entries, [one for one, _ in entered])
