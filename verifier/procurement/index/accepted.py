"""What the index holds of a milestone beside where it stands: its measures, and what of it the public may read. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from verifier.gate.moves import ACCEPTED
from verifier.procurement.measures import part
from verifier.procurement.pack.sources import report_of
from verifier.procurement.store import alike
from verifier.statements import uris

if TYPE_CHECKING:
    from verifier.procurement.record import Event, Milestone, Record
    from verifier.trust.signed import Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A milestone whose delivery was accepted; of people it names the contracting party alone.

    `total` is price and tax in cents; `accepted` and `paid` are days, "" for not yet; `assessment` and `report` are digests, of
    the statement and of its report.json; `listing` is an address, "" where it is not listed. What the record does not hold is "".
    """

    key: str
    contract: str
    title_en: str
    title_fr: str
    milestone: str
    part_en: str
    part_fr: str
    payee: str
    total: int
    currency: str
    licence: str
    repository: str
    commit: str
    accepted: str
    paid: str
    assessment: str
    report: str
    listing: str


def accepted(record: Record) -> list[Accepted]:
    """What the index has of a contract, made of its record."""
    terms = record.terms or {}
    known = {
        "key": alike(record.id),
        "contract": terms["id"],
        "title_en": terms["title"]["en"],
        "title_fr": terms["title"]["fr"],
        **{name: terms[name] for name in ("payee", "currency", "licence", "repository")},
    }
    every = ((one, columns(one)) for one in record.milestones)
    return [
        Accepted(
            **known,
            milestone=one.id,
            part_en=said.pop("title_en"),
            part_fr=said.pop("title_fr"),
            total=one.total,
            **{name: value for name, value in said.items() if name != "measured"},
        )
        for one, said in every
        if said["accepted"]
    ]


def columns(one: Milestone) -> dict[str, Any]:
    """Those of the table that this is kept in."""
    title = one.terms["title"]
    return {"title_en": title["en"], "title_fr": title["fr"], "measured": asdict(part(one)), **_accepted(one)}


def _accepted(one: Milestone) -> dict[str, str]:
    event = one.last("accepted") if one.progress.state in ACCEPTED else None
    if event is None:
        return dict.fromkeys(("accepted", "paid", "commit", "assessment", "report", "listing"), "")
    assessment = _assessment(one, event)
    paid, listed = one.first("paid") or one.first("received"), one.last("listed")
    return {
        "accepted": event.time[:10],
        "paid": paid.time[:10] if paid else "",
        "commit": event.signed.statement.digests.get("gitCommit", "") if event.signed else "",
        "assessment": assessment.digest if assessment else "",
        "report": report_of(assessment) if assessment else "",
        "listing": str(listed.said("reference") or "") if listed else "",
    }


def _assessment(one: Milestone, acceptance: Event) -> Signed | None:
    """That on which an acceptance report rests."""
    if acceptance.signed is None:
        return None
    rests = {each["digest"]["sha256"] for each in acceptance.signed.statement.predicate["inputAttestations"]}
    found = (each.signed for each in one.events if each.signed and each.signed.type == uris.ASSESSMENT)
    return next((each for each in found if each.digest in rests), None)
