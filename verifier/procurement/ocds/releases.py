"""A contract's releases: one for each entry of the ledger, or revocation, that changes what is public. Pure.

    releases(record, publisher(settings), revocations)

Ids are the ledger's numbers: what was exported before is exported again word for word, and more comes after it.
"""

from __future__ import annotations

from typing import Any

from verifier.procurement.ocds.changes import changes
from verifier.procurement.ocds.published import View, published, release_id
from verifier.procurement.ocds.publisher import Publisher
from verifier.procurement.ocds.timeline import Revocations, Step, steps
from verifier.procurement.record import Record

Release = dict[str, Any]


def releases(record: Record, by: Publisher, revocations: Revocations) -> list[Release]:
    """None before the award, and none where the contract itself is not in the record."""
    found: list[Release] = []
    before: View = {}
    for step in steps(record, revocations):
        now = published(step.record, by, before, step.time)
        if now != before:
            found.append(_release(step, by.ocid(record.id), before, now))
        before = now
    return found


def _release(step: Step, ocid: str, before: View, now: View) -> Release:
    return {
        "ocid": ocid,
        "id": release_id(ocid, step.id),
        "date": step.time,
        "tag": _tags(step, before, now),
        "initiationType": "tender",
        **changes(before, now),
    }


def _tags(step: Step, before: View, now: View) -> list[str]:
    awarded = ["award"] if len(now["awards"]) > len(before.get("awards", ())) else []
    if not before:
        return [*awarded, "contract"]
    if step.event.what == "awarded":
        return [*awarded, "contractUpdate" if step.revoked else "contractAmendment"]
    ended = (before["contracts"][0]["status"], now["contracts"][0]["status"]) == ("active", "terminated")
    return ["implementationUpdate", *(["contractTermination"] if ended else [])]
