"""All that happened to one contract as data, oldest first: each entry of the ledger with what its statement says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verifier.errors import TrustError
from verifier.evidence import REPORT
from verifier.procurement.guardrails.leads import EXPLAINED
from verifier.procurement.record import Event, Record
from verifier.procurement.store import Store
from verifier.render.record import WHAT_WORDS
from verifier.words import Text, say

SAID = ("criterion", "finding", "outcome", "until", "reference", "note", "rationale", "reason", "invoice", "amount")
"""What of a statement stands beside its event."""
COLUMNS = ("entry", "time", "what", "milestone", "round", "by", "revoked", "statement", "codes", *SAID)


def events(record: Record, store: Store, *, team: bool) -> list[dict[str, Any]]:
    """`team`: also how leads of contract splitting were explained, which is shown to nobody else."""
    return [_event(one, record, store) for one in record.events if team or one.what != EXPLAINED]


def rows(events: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """As CSV; people and codes are a list in one cell."""
    return [[_cell(one.get(name, one["said"].get(name))) for name in COLUMNS] for one in events]


def report_of(one: Event) -> str:
    """The digest of the report.json that an assessment names; "" where it names none."""
    named = one.said("evidence") or () if one.what == "assessed" else ()
    return next((str(each["sha256"]) for each in named if each["name"] == REPORT), "")


def kept(one: Event, record: Record, store: Store) -> bytes | None:
    """That report, where it is kept. Raises TrustError for a file that is not what was signed."""
    digest = report_of(one)
    return store.evidence(record.id, digest) if digest else None


def page_of(one: Event) -> str:
    """The address of the page of an assessment's report."""
    return f"reports/{one.digest[:16]}"


def _event(one: Event, record: Record, store: Store) -> dict[str, Any]:
    name = "amended" if one.said("amends") else one.what
    what = say(WHAT_WORDS[name]) if name in WHAT_WORDS else Text(name, name)
    said = {key: value for key in SAID if isinstance(value := one.said(key), str | int)}
    return {
        "entry": one.position,
        "time": one.time,
        "what": name,
        "words": {"en": what.en, "fr": what.fr},
        "milestone": one.milestone or None,
        "round": one.round or None,
        "statement": one.digest or None,
        "here": one.signed is not None or not one.digest,
        "codes": list(one.codes) if one.what in ("denial", "not-yet") else [],
        "revoked": one.revoked or None,
        "by": sorted({by.person for by in one.signed.by}) if one.signed else None,
        "verdict": one.said("verdict") if one.what == "assessed" else None,
        **_report(one, record, store),
        "said": said,
    }


def _report(one: Event, record: Record, store: Store) -> dict[str, Any]:
    """Where the report's page is; `altered` where the file is not what was signed."""
    try:
        there = kept(one, record, store) is not None
    except TrustError:
        return {"report": None, "altered": True}
    return {"report": page_of(one) if there else None, "altered": False}


def _cell(value: Any) -> Any:
    return " ".join(value) if isinstance(value, list) else value
