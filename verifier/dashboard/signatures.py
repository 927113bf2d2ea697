"""The signed files of a contract verified now, one by one; and what a browser needs to verify them by itself.

    of_contract(sources, "MA-2026-014", about=digest)["statements"]

A file that does not hold hides no other. Roles are judged as of when the ledger entered a statement, as in an audit pack.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.dashboard.enclosed import enclosed
from verifier.dashboard.sources import Sources
from verifier.errors import TrustError, VerifierError
from verifier.files import read_plain
from verifier.gate import book
from verifier.gate.alone import Others
from verifier.gate.case import WHAT
from verifier.gate.names import name
from verifier.ledger import Found
from verifier.ledger.entry import RELEASE
from verifier.procurement.records import Records
from verifier.statements import envelope, statement, uris
from verifier.statements.strict import MOST
from verifier.trust.shapes import SCHEMAS
from verifier.trust.signed import Signed
from verifier.verifying import (
    EVIDENCE,
    RECORDED,
    ROLE,
    UNREVOKED,
    Further,
    Reader,
    Verified,
    can_tell,
    check_signer,
    check_unrevoked,
    demand_recorded,
    numbered,
    verified,
)
from verifier.words import Text, both, later, say, say_n

SHORT = 16
"""Digits of a digest or of a key's id that people compare."""
ROWS = 100
KINDS = {
    **WHAT,
    uris.RELEASE: later("release"),
    uris.EVENT: later("record event"),
    uris.REVOCATION: later("revocation"),
    uris.TRUST_POLICY: later("trust policy"),
}


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What it has of a contract: the first entry of each statement, and since when one does not count."""

    entries: Mapping[str, Found]
    revoked: Mapping[str, str]


def of_contract(sources: Sources, contract: str, about: str) -> dict[str, Any]:
    """Every signed file of the contract. `about` is the digest of the statement that the page shows; "" where none holds."""
    records = _records(sources)
    return _document(sources, records, contract, about, _files(sources, records, contract))


def of_assessment(sources: Sources, contract: str, about: str) -> dict[str, Any]:
    """The files of one assessment, by its digest, and those that revoke it."""
    records = _records(sources)
    stem = f"{SCHEMAS[uris.ASSESSMENT]}-{about[:SHORT]}-"
    every = _files(sources, records, contract)
    files = [(path, content) for path, content in every if path.name.startswith(stem) or _revokes(path, content, about)]
    return _document(sources, records, contract, about, files)


def _revokes(path: Path, content: bytes, about: str) -> bool:
    """What cannot be read revokes nothing; the page of the contract tells it."""
    if not path.name.startswith(f"{SCHEMAS[uris.REVOCATION]}-"):
        return False
    try:
        return statement.read(envelope.read(content).payload).digests.get("sha256") == about
    except VerifierError:
        return False


def _files(sources: Sources, records: Records, contract: str) -> list[tuple[Path, bytes]]:
    """Every signed file with its bytes."""
    found: list[tuple[Path, bytes]] = sources.once(
        contract, "files", lambda: [(path, _content(path)) for path in records.store.files(contract)]
    )
    return found


def _records(sources: Sources) -> Records:
    assert sources.records is not None  # noqa: S101 - asked only where there is a record
    return sources.records


def _document(
    sources: Sources, records: Records, contract: str, about: str, files: Sequence[tuple[Path, bytes]]
) -> dict[str, Any]:
    ledger = sources.once(contract, "ledger", lambda: _ledger(records, contract, sources.now))
    others = Others()
    reader = Reader(records.policy, sources.trust)
    found = verified(files, reader, others, _further(sources, contract, reader, others, ledger))
    bad = sum(one.trouble is not None for one in found)
    here = any(one.trouble is None and one.digest == about for one in found)
    out = ledger.revoked.get(about, "")
    rows = sorted((_row(one, ledger) for one in found), key=lambda row: row["held"])
    return {
        "now": sources.now,
        "about": about,
        "held": here and not bad and not out,
        "total": len(found),
        "said": both(_revoked(out) if out and here and not bad else _said(found, bad, ledger, here=here)),
        "steps": [
            {"number": number, "step": step, "sentence": both(words)} for step, (number, words) in numbered().items()
        ],
        "statements": rows[:ROWS],
        **enclosed(
            sources.trust, records.policy.digest, about, [content for _, content in files], bad=bad, revoked=out
        ),
    }


def _content(path: Path) -> bytes:
    """Of a file that is too large, or is none, nothing: as such it is told with the others."""
    try:
        return read_plain(path, most=MOST)
    except VerifierError:
        return b""


def _ledger(records: Records, contract: str, now: str) -> _Ledger:
    with records.ledger.reading() as page:
        found = page.find(contract=name(contract))
        revoked = book.taken_out(page, found, records.policy, book.later(page, now))
    entries = {one.entry.statement: one for one in reversed(found) if one.entry.statement}
    return _Ledger(entries=entries, revoked=revoked)


def _further(sources: Sources, contract: str, reader: Reader, others: Others, ledger: _Ledger) -> dict[str, Further]:
    records = _records(sources)
    policy, now = records.policy, sources.now

    def moment(signed: Signed) -> str:
        found = ledger.entries.get(signed.digest)
        return found.entry.time if found else now

    def recorded(signed: Signed) -> None:
        found = ledger.entries.get(signed.digest)
        demand_recorded(found is not None and found.entry.kind == RELEASE)

    return {
        ROLE: Further(
            check=lambda signed: check_signer(signed, policy, moment(signed), reader, others),
            concerns=lambda signed: can_tell(signed, others),
        ),
        UNREVOKED: Further(
            check=lambda signed: check_unrevoked(signed, policy, moment(signed), ""),
            concerns=lambda signed: signed.digest not in ledger.revoked,
        ),
        EVIDENCE: _evidence(sources, records, contract),
        RECORDED: Further(type=uris.RELEASE, check=recorded),
    }


def _evidence(sources: Sources, records: Records, contract: str) -> Further:
    """What is there of an assessment's evidence is as it was. Where some was deleted, nothing is said of all of it."""

    def whole(signed: Signed) -> bool:
        """Looks at every piece that is there, also where another is missing."""
        named = {one["sha256"] for one in signed.statement.predicate["evidence"]}
        there = named.intersection(path.name for path in records.store.kept(contract))
        return named == {digest for digest in there if records.store.evidence(contract, digest) is not None}

    def found(signed: Signed) -> bool | TrustError:
        try:
            return whole(signed)
        except TrustError as error:
            return error

    def once(signed: Signed) -> bool | TrustError:
        told: bool | TrustError = sources.once(contract, f"evidence of {signed.digest}", lambda: found(signed))
        return told

    def check(signed: Signed) -> None:
        if isinstance(told := once(signed), TrustError):
            raise told

    return Further(type=uris.ASSESSMENT, check=check, concerns=lambda signed: bool(once(signed)))


def _row(one: Verified, ledger: _Ledger) -> dict[str, Any]:
    numbers = numbered()
    entry = ledger.entries.get(one.digest) if one.digest else None
    return {
        "file": one.path.name,
        "kind": SCHEMAS[one.type] if one.type else None,
        "title": both(say(KINDS[one.type])) if one.type else None,
        "digest": one.digest or None,
        "held": one.trouble is None,
        "steps": [numbers[step][0] for step in one.held],
        "failed": numbers[one.failed][0] if one.trouble else None,
        "code": one.trouble.code if one.trouble else None,
        "trouble": both(one.trouble.text) if one.trouble else None,
        "signers": [{"person": by.person, "key": by.key[:SHORT], "time": by.at} for by in one.by],
        "revoked": ledger.revoked.get(one.digest, ""),
        "entry": {"number": entry.position, "time": entry.entry.time} if entry else None,
    }


def _said(found: Sequence[Verified], bad: int, ledger: _Ledger, *, here: bool) -> Text:
    if not found:
        return say("No signed file of it lies here.")
    if bad:
        return say_n(
            bad,
            "{n} of {total} signed files does not hold: do not rely on this page.",
            "{n} of {total} signed files do not hold: do not rely on this page.",
            total=len(found),
        )
    if not here:
        return say(
            "The statement that this page is about does not lie here as it was signed: do not rely on this page."
        )
    whole = say_n(len(found), "The {n} signed file holds.", "All {n} signed files hold.")
    revoked = sum(one.digest in ledger.revoked for one in found)
    more = say_n(revoked, "{n} of them was revoked and does not count.", "{n} of them were revoked and do not count.")
    return Text(f"{whole.en} {more.en}", f"{whole.fr} {more.fr}") if revoked else whole


def _revoked(moment: str) -> Text:
    return say("The statement that this page is about was revoked at {moment}: it does not count.", moment=moment)
