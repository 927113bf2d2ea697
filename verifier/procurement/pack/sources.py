"""What a pack rests on, and what is in it and what is not. Pure.

Everything else that lies in a pack is made from this again (`pages`), so that nobody has to believe a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from verifier.errors import TrustError
from verifier.evidence import REPORT
from verifier.gate import book
from verifier.gate.names import name
from verifier.ledger import Found
from verifier.procurement.record import Record
from verifier.statements import envelope, uris
from verifier.trust.policy import TrustPolicy
from verifier.trust.shapes import SCHEMAS
from verifier.trust.signed import Signed, together

STATEMENTS, EVIDENCE, CRITERIA, TRUST, LEDGER = "statements/", "evidence/", "criteria/", "trust/", "ledger/"
PINS = TRUST + "pins.json"
KEY, HEAD, ENTRIES, PROOFS = LEDGER + "ledger.vkey", LEDGER + "head", LEDGER + "entries/", LEDGER + "proofs/"
DELETED = "history/deleted.jsonl"
"""What was deleted when its time was over, as the record logged it."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """`statements` are by the names of their files, as they were read; `small` is the content of every other source but evidence,
    by name; `evidence` are the digests of what is there, and `report` gives the bytes of one.
    """

    contract: str
    statements: Mapping[str, Signed]
    small: Mapping[str, bytes]
    evidence: frozenset[str]
    report: Callable[[str], bytes]
    policy: TrustPolicy
    entries: tuple[Found, ...]

    @cached_property
    def together(self) -> tuple[Signed, ...]:
        return together(self.statements.values())

    @cached_property
    def record(self) -> Record:
        about = [one for one in self.entries if one.entry.contract == name(self.contract)]
        revocations = [one for one in self.entries if one.entry.kind == "revocation"]
        return Record.of(
            self.contract, about, self.together, book.revoked_among(about, revocations, self.policy, self.moment)
        )

    @cached_property
    def moment(self) -> str:
        """The time of the newest entry about the contract, as of which a pack is judged; "" where there is none."""
        return max((one.entry.time for one in self.entries), default="")

    @cached_property
    def assessments(self) -> tuple[Signed, ...]:
        return tuple(one for one in self.together if one.type == uris.ASSESSMENT)

    def deleted(self, digest: str) -> bool:
        """Whether the record says that this was deleted when its time was over."""
        return digest.encode() in self.small.get(DELETED, b"")


def inside(found: Sources) -> dict[str, Any]:
    """What the manifest says beside the files: each statement, entry, criteria and piece of evidence, and what is missing."""
    return {
        "contract": found.contract,
        "policy": {"version": found.policy.version, "digest": found.policy.digest},
        "statements": [
            {"file": file, "kind": SCHEMAS[one.type], "digest": one.digest}
            for file, one in sorted(found.statements.items())
        ],
        "entries": [
            {
                "position": one.position,
                "kind": one.entry.kind,
                "statement": one.entry.statement or None,
                "file": entry_file(one.position),
                "proof": proof_file(one.position),
            }
            for one in found.entries
        ],
        "evidence": list(_evidence(found)),
        "missing": list(missing(found)),
    }


def missing(found: Sources) -> Iterator[dict[str, Any]]:
    """What the rest speaks of and is not there: its kind, name and digest, and whether the record says that it was deleted."""
    there = {one.digest for one in found.together}
    for one in found.entries:
        if one.entry.statement and one.entry.statement not in there:
            yield _gone(found, "statement", one.entry.kind, one.entry.statement)
    for digest, profile in sorted(criteria_of(found).items()):
        if f"{CRITERIA}{digest}/criteria.yml" not in found.small:
            yield _gone(found, "criteria", profile, digest)
    for piece in _evidence(found):
        if piece["file"] is None:
            yield _gone(found, "evidence", piece["name"], piece["sha256"])


def criteria_of(found: Sources) -> dict[str, str]:
    """Digest -> profile of the criteria that versions of the contract name."""
    contracts = (one.statement for one in found.together if one.type == uris.CONTRACT)
    return {one.digests["sha256"]: one.predicate["criteria"]["profile"] for one in contracts}


def evidence_of(signed: Signed) -> Sequence[Mapping[str, str]]:
    """What an assessment names by its digest; nothing of any other statement."""
    named: Sequence[Mapping[str, str]] = (
        signed.statement.predicate["evidence"] if signed.type == uris.ASSESSMENT else ()
    )
    return named


def report_of(assessment: Signed) -> str:
    """The digest of the report.json that an assessment is of."""
    return next((one["sha256"] for one in evidence_of(assessment) if one["name"] == REPORT), "")


def payload_digest(content: bytes) -> str:
    """What the statement of a signed file is known by; "" of a file that is none."""
    try:
        return envelope.digest(envelope.read(content))
    except TrustError:
        return ""


def entry_file(position: int) -> str:
    return f"{ENTRIES}{position:08}.json"


def proof_file(position: int) -> str:
    return f"{PROOFS}{position:08}.txt"


def _evidence(found: Sources) -> Iterator[dict[str, Any]]:
    for assessment in found.assessments:
        for one in evidence_of(assessment):
            there = one["sha256"] in found.evidence
            yield {
                "assessment": assessment.digest,
                "name": one["name"],
                "sha256": one["sha256"],
                "file": f"{EVIDENCE}{one['sha256']}" if there else None,
            }


def _gone(found: Sources, what: str, named: str, digest: str) -> dict[str, Any]:
    return {"what": what, "name": named, "digest": digest, "deleted": found.deleted(digest)}
