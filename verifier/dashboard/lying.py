"""A report that lies in a folder: where its page is, whether the record has it, and whose signature lies beside it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from verifier.dashboard.sources import Report, Sources
from verifier.errors import TrustError, VerifierError
from verifier.files import read_plain
from verifier.procurement.pack.sources import report_of
from verifier.procurement.store import SUFFIX
from verifier.statements import envelope, statement, uris
from verifier.statements.strict import MOST
from verifier.trust.holders import Holders
from verifier.trust.policy import TrustPolicy
from verifier.trust.reading import read
from verifier.trust.signed import Signed

DIGITS = 16
BESIDE = 50
"""Files of a folder in which a signature is looked for."""


def address_of(digest: str) -> str:
    """Of the page of a report, by the digest of its bytes."""
    return f"self-checks/{digest[:DIGITS]}"


def place(sources: Sources, report: Report) -> str:
    """Where it lies, below the folder that was named."""
    folder = next(one for one in sources.folders if report.path.is_relative_to(one))
    below = str(report.path.relative_to(folder).parent)
    return below if below != "." else folder.name


def recorded(sources: Sources, report: Report) -> bool:
    """Whether the record keeps the same report for the contract that it names."""
    contract = str((report.head or {}).get("contract") or "")
    if sources.records is None or not contract:
        return False
    try:
        return sources.records.store.evidence_path(contract, report.digest).is_file()
    except OSError:  # a name that no folder can have
        return False


def beside(report: Report) -> list[Path]:
    """Signed statements in the folder of a report, and in the one around it."""
    folders = (report.path.parent, report.path.parent.parent)
    return [path for folder in folders for path in islice(sorted(folder.glob(f"*{SUFFIX}")), BESIDE)]


def signature(sources: Sources, report: Report) -> dict[str, Any] | None:
    """Who signed an assessment of this report that lies beside it; None where there is none.

    `state` is `signed`, `broken` where the signature does not hold, or `unknown` where no policy says whose it is.
    """
    found = [one for path in beside(report) for one in _signatures(path, report.digest, sources.policy)]
    return min(found, key=lambda one: ("signed", "broken", "unknown").index(one["state"]), default=None)


def _signatures(path: Path, digest: str, policy: TrustPolicy | None) -> Iterator[dict[str, Any]]:
    try:
        content = read_plain(path, most=MOST)
        held = envelope.read(content)
        said = statement.read(held.payload)
        if said.predicate_type != uris.ASSESSMENT or report_of(Signed(statement=said, digest="", by=())) != digest:
            return
    except (VerifierError, KeyError, TypeError):  # it is about something else, whatever it is
        return
    if policy is None:
        yield {"state": "unknown", "by": [], "file": path.name}
        return
    try:
        by = sorted({one.person for one in read(content, policy, Holders.of(policy)).by})
        yield {"state": "signed", "by": by, "file": path.name}
    except TrustError:
        yield {"state": "broken", "by": [], "file": path.name}
