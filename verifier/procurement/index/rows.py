"""What a record is in the index, and what is asked of it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from verifier.gate.moves import State
from verifier.gate.names import name
from verifier.procurement import judged
from verifier.procurement.guardrails.leads import answers
from verifier.procurement.guardrails.purchase import Purchase
from verifier.procurement.index.accepted import columns
from verifier.procurement.measures import DURATIONS, Measured, Part
from verifier.procurement.record import Record
from verifier.procurement.store import alike
from verifier.trust.signed import Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which contracts: each that is given has to hold; `text` is part of the id or of a title. `after` is the last key seen.

    `late` is the day by which something was due that is still to be delivered. `oldest` puts those first that have stood where
    they stand, or have been late, for the longest time, else they come by their keys; `skip` leaves out so many. `awarded_from`
    and `awarded_until` are days, in UTC. `verdict` is of the newest assessment that counts, with what people decided.
    """

    text: str = ""
    state: str = ""
    supplier: str = ""
    requester: str = ""
    repository: str = ""
    verdict: str = ""
    licence: str = ""
    profile: str = ""
    awarded_from: str = ""
    awarded_until: str = ""
    due_before: str = ""
    late: str = ""
    after: str = ""
    oldest: bool = False
    skip: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One contract of a list; money in cents, `due` a day or "". `since` is when it came to where it stands."""

    key: str
    id: str
    title_en: str
    title_fr: str
    supplier: str
    requester: str
    payee: str
    currency: str
    total: int
    repository: str
    licence: str
    profile: str
    awarded: str
    state: str
    due: str
    listed: bool
    changed: str
    verdict: str
    since: str

    def as_dict(self) -> dict[str, Any]:
        """Its values by their names: `dataclasses.asdict` copies each, which costs more than making a page of them."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One contract, and what is another with everything that is known of it."""

    key: str
    id: str
    state: str
    mark: str


def contract_row(record: Record) -> dict[str, Any]:
    """The record's contract is known."""
    terms = record.terms or {}
    last = record.events[-1] if record.events else None
    dues = [one.due for one in record.milestones if one.due and one.progress.state not in _DONE]
    return {
        "key": alike(record.id),
        "ledger": name(record.id),
        "id": terms["id"],
        "title_en": terms["title"]["en"],
        "title_fr": terms["title"]["fr"],
        **{column: terms[column] for column in ("supplier", "requester", "payee", "currency", "repository", "licence")},
        "total": record.total,
        "profile": terms["criteria"]["profile"],
        "awarded": terms["awarded"],
        "state": record.state.value,
        "due": min(dues, default=""),
        "listed": any("listed" in one.progress.flags for one in record.milestones),
        "changed": last.time if last else "",
        "position": last.position if last else -1,
        **_looked_at(Purchase.of(record)),
        "verdict": judged.verdict(record) or "",
        "since": record.standing.since if record.standing else "",
        "search": "\n".join((terms["id"], *terms["title"].values(), terms["payee"])).casefold(),
        "mark": _mark(record),
    }


def _mark(record: Record) -> str:
    known = [[one.position, one.what, one.revoked, _signers(one.signed)] for one in record.events]
    return sha256(json.dumps([known, [_signers(one) for one in record.waiting]]).encode()).hexdigest()[:32]


def _signers(signed: Signed | None) -> list[Any]:
    """A statement by its digest, with everybody who signed it."""
    return [signed.digest, *([by.person, by.key, by.at] for by in signed.by)] if signed else []


def _looked_at(purchase: Purchase) -> dict[str, Any]:
    return {
        "place": purchase.place,
        "bought": purchase.total,
        "ended": purchase.ended,
        "agreed": purchase.agreed,
        "words": {spoken: sorted(words) for spoken, words in purchase.words.items()},
    }


def purchase(row: Mapping[Any, Any]) -> Purchase:
    """A contract of the index, as the rules of contract splitting look at it."""
    same = {
        column: row[column] for column in ("key", "id", "supplier", "requester", "place", "currency", "ended", "agreed")
    }
    words = {spoken: frozenset(words) for spoken, words in row["words"].items()}
    return Purchase(**same, total=row["bought"], awarded=row["awarded"][:10], words=words)


def term_rows(record: Record) -> list[dict[str, Any]]:
    key = alike(record.id)
    return [{"contract": key, "word": word} for word in terms(Purchase.of(record))]


def terms(purchase: Purchase) -> Iterator[str]:
    """The words of both languages, which are different words even where they are spelt alike."""
    for spoken, words in purchase.words.items():
        yield from (f"{spoken}:{word}" for word in sorted(words))


def answer_rows(record: Record) -> list[dict[str, Any]]:
    key = alike(record.id)
    return [{"contract": key, "number": number, **asdict(one)} for number, one in enumerate(answers(record))]


def milestone_rows(record: Record) -> list[dict[str, Any]]:
    return [
        {
            "contract": alike(record.id),
            "id": one.id,
            "number": number,
            "state": one.progress.state.value,
            "round": one.progress.round,
            "due": one.due,
            "total": one.total,
            **columns(one),
        }
        for number, one in enumerate(record.milestones)
    ]


_DONE = frozenset({"accepted", "certified", "payable", "paid", "not delivered", "terminated"})


def measured(contract: Any, milestones: Iterable[Any]) -> Measured:
    """A contract of the index, as `measures` has it. Raises ValueError and the like for measures of another shape."""
    found = list(milestones)
    return Measured(
        id=contract.id,
        awarded=contract.awarded[:10],
        state=State(contract.state),
        currency=contract.currency,
        value=contract.total,
        paid=sum(one.total for one in found if one.state == State.PAID.value),
        parts=tuple(_part(one.measured) for one in found if one.measured),
    )


def _part(said: Mapping[str, Any]) -> Part:
    made = Part(**said)
    numbers = (made.rounds, *(made.days[one] for one in DURATIONS), made.first, made.listed)
    if any(one is not None and not isinstance(one, int) for one in numbers):
        raise ValueError(said)
    for day in filter(None, (made.ended[one] for one in DURATIONS)):
        date.fromisoformat(day)
    return made
