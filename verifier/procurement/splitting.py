"""Leads of contract splitting in a record: what is asked of its index, for the rules of `guardrails`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.procurement.guardrails import Lead, Purchase, every, leads
from verifier.procurement.guardrails.rules import OFF, percent

if TYPE_CHECKING:
    from verifier.procurement.record import Record
    from verifier.procurement.records import Records


def leads_of(records: Records, record: Record) -> tuple[Lead, ...]:
    """Those of one contract, which is in the record or is to be; its contract is known."""
    section = records.settings.section("guardrails")
    own = section["same-requirements"]
    others = records.index.near(Purchase.of(record), None if own == OFF else percent(own["alike"]))
    return leads(record, others, section)


def all_leads(records: Records) -> list[Lead]:
    """Those of every contract that was agreed, answered or not, the newest contract's first."""
    index = records.index
    return list(every(index.purchases(), index.answers(), records.settings.section("guardrails")))
