"""A report that lies in a folder: where its page is, whether the record has it, and whose signature lies beside it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from verifier.dashboard.sources import Report, Sources
from verifier.errors import TrustError, VerifierError
from verifier.files import read_plain
from verifier.gate.alone import Others, check_role
from verifier.procurement.pack.sources import report_of
from verifier.procurement.record import Event
from verifier.procurement.store import SUFFIX
from verifier.statements import envelope, statement, uris
from verifier.statements.strict import MOST
from verifier.trust.holders import Holders
from verifier.trust.policy import TrustPolicy
from verifier.trust.reading import read
from verifier.trust.signed import Signed
from verifier.verifying import check_unrevoked
from verifier.words import both

DIGITS = 16
BESIDE = 50
"""Files of a folder in which a signature is looked for."""
OFFICIAL = "official"
STATES = ("signed", "void", "broken", "unknown")
"""Of signatures, in the order in which one is told before another."""


def address_of(digest: str) -> str:
    """Of the page of a report, by the digest of its bytes."""
    return f"self-checks/{digest[:DIGITS]}"


def place(sources: Sources, report: Report) -> str:
    """Where it lies, below the folder that was named."""
    folder = next(one for one in sources.folders if report.path.is_relative_to(one))
    below = str(report.path.relative_to(folder).parent)
    return below if below != "." else folder.name


def standing(sources: Sources, report: Report) -> dict[str, Any]:
    """Of an official report: `recorded` where an assessment of the record names these very bytes and counts; where it was
    revoked, `revoked` is since when, else None.

    The statements are verified now: a file in the record's folder that bears the report's digest says nothing.
    """
    found = _entries(sources, report)
    counts = any(not one.revoked for one in found)
    return {"recorded": counts, "revoked": found[-1].revoked if found and not counts else None}


def _entries(sources: Sources, report: Report) -> list[Event]:
    """Those of assessments of this report by people who may assess, oldest first."""
    head = report.head or {}
    contract, records = str(head.get("contract") or ""), sources.records
    if records is None or not contract or head["kind"] != OFFICIAL:
        return []
    try:
        events = sources.record(contract).events
    except (OSError, ValueError, VerifierError):  # a name that no folder can have; a file that does not hold
        return []
    found = ((one, one.signed) for one in events if one.signed and _of(one.signed, report))
    return [one for one, signed in found if _may_count(signed, records.policy, one.time)]


def _may_count(signed: Signed, policy: TrustPolicy, moment: str) -> bool:
    """Whether somebody signed it who might assess then."""
    try:
        check_role(signed, policy, moment, Others())
    except TrustError:
        return False
    return True


def _of(signed: Signed, report: Report) -> bool:
    """Whether it is an assessment of this report, and of its kind: a self-check is anybody's."""
    kind = (report.head or {}).get("kind")
    return (
        signed.type == uris.ASSESSMENT
        and signed.statement.predicate["kind"] == kind
        and report_of(signed) == report.digest
    )


def beside(report: Report) -> list[Path]:
    """Signed statements in the folder of a report, and in the one around it."""
    folders = (report.path.parent, report.path.parent.parent)
    return [path for folder in folders for path in islice(sorted(folder.glob(f"*{SUFFIX}")), BESIDE)]


def signature(sources: Sources, report: Report) -> dict[str, Any] | None:
    """Who signed an assessment of this report that lies beside it; None where there is none.

    `state` is `signed`, `void` where the signature holds and does not count, `broken` where it does not hold, or `unknown` where
    no policy says whose it is. `why` says why it does not count.
    """
    found = [one for path in beside(report) for one in _signatures(path, report, sources)]
    return min(found, key=lambda one: STATES.index(one["state"]), default=None)


def _signatures(path: Path, report: Report, sources: Sources) -> Iterator[dict[str, Any]]:
    try:
        content = read_plain(path, most=MOST)
        held = envelope.read(content)
        said = statement.read(held.payload)
        if not _of(Signed(statement=said, digest="", by=()), report):
            return
    except (VerifierError, KeyError, TypeError):  # it is about something else, whatever it is
        return
    yield {"by": [], "file": path.name, "why": None, **_signed(content, sources.policy, sources.now)}


def _signed(content: bytes, policy: TrustPolicy | None, now: str) -> dict[str, Any]:
    if policy is None:
        return {"state": "unknown"}
    try:
        signed = read(content, policy, Holders.of(policy))
    except TrustError:
        return {"state": "broken"}
    by = sorted({one.person for one in signed.by})
    try:
        check_role(signed, policy, now, Others())
        check_unrevoked(signed, policy, now, "")
    except TrustError as error:
        return {"state": "void", "by": by, "why": both(error.text)}
    return {"state": "signed", "by": by}
