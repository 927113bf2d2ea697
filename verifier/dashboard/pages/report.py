"""One assessment of the record: its report, what people decided on it, and what changed since the round before.

Nothing of a report is shown that is not, byte for byte, what the assessment names; whoever cannot be believed is told first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

from verifier.dashboard import assessed, signatures
from verifier.dashboard.assessed import DIGITS, address_of
from verifier.dashboard.page import OfRecord, Page, Place, Query
from verifier.dashboard.sources import Sources
from verifier.errors import VerifierError
from verifier.gate.chain import about_of
from verifier.procurement.pack.sources import report_of
from verifier.procurement.record import Record
from verifier.procurement.records import Records
from verifier.statements import uris
from verifier.trust.signed import Signed
from verifier.words import both, say

_NAME = re.compile(rf"[0-9a-f]{{{DIGITS}}}")


class Report(OfRecord):
    address = "reports"
    title = say("Report")

    def places(self, sources: Sources) -> Iterator[Place]:
        records = sources.records
        if records is None:
            return
        digests = records.index.digests()
        for key, found in groupby(records.index.of_type(uris.ASSESSMENT), key=itemgetter(0)):
            there = [one for _, one in found if assessed.kept(records, key, one)]
            made_of = sha256(" ".join([*digests.get(key, ()), sources.lying(key)]).encode()).hexdigest()
            yield from (Place(address_of(one.digest), made_of, of=key) for one in there)

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        name, records = address.removeprefix(f"{self.address}/"), sources.records
        if records is None or not _NAME.fullmatch(name) or address != address_of(name):
            return None
        found = (_page(sources, records, address, key, digest) for key, digest in records.index.beginning(name))
        return next((one for one in found if one is not None), None)


def _page(sources: Sources, records: Records, address: str, key: str, digest: str) -> Page | None:
    """None where the statement is no assessment, or its report is not kept."""
    try:
        record = sources.record(key)
    except VerifierError as error:
        why = say("A signed statement of this contract does not hold. {why}", why=error.text)
        return _told(address, {**_nothing(key, key), "trouble": both(why)})
    found = next((one for one in assessed.assessments(record) if one.digest == digest), None)
    if found is None or not assessed.kept(records, key, found):
        return None
    about = {**_about(record, found, key), "signature": signatures.of_assessment(sources, key, digest)}
    try:
        report = assessed.report(records, key, found)
    except VerifierError as error:
        return _told(address, {**about, "trouble": both(error.text)})
    more = {
        "people": assessed.people(record, found),
        "acceptance": assessed.acceptance(record, found),
        "before": assessed.before(records, key, record, found, report),
        "report": {**report, "round": about["round"]},  # who signs says of which round it is
    }
    return _told(address, about | more)


def _told(address: str, told: Mapping[str, Any]) -> Page:
    title = say("Report on {contract}, round {round}", contract=told["contract"]["id"], round=told["round"])
    return Page(address=address, template="report.html", title=title, document=told)


def _nothing(key: str, name: str) -> dict[str, Any]:
    """What a page has where nothing can be shown."""
    return {
        "contract": {"key": key, "id": name},
        "milestone": None,
        "round": 0,
        "assessment": None,
        "trouble": None,
        "report": None,
        "people": {"total": 0, "first": []},
        "acceptance": None,
        "before": None,
        "signature": None,
    }


def _about(record: Record, assessment: Signed, key: str) -> dict[str, Any]:
    about = about_of(assessment)
    title = next((one.terms["title"] for one in record.milestones if one.id == about["milestone"]), None)
    event = assessed.event(record, assessment.digest)
    return {
        **_nothing(key, record.id),
        "milestone": {"id": about["milestone"], "title": title},
        "round": about["round"],
        "assessment": {
            "digest": assessment.digest,
            "by": assessed.by(assessment),
            "entered": event.time if event else None,
            "revoked": (event.revoked or None) if event else None,
            "expires": assessment.statement.predicate["expires"],
            "report": report_of(assessment),
        },
    }
