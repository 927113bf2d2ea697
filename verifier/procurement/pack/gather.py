"""What a pack rests on, gathered from the record, its ledger and its trust folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from verifier import rulebook
from verifier.errors import CriteriaError
from verifier.gate.names import name
from verifier.ledger import Found, Page
from verifier.ledger.entry import RELEASE
from verifier.procurement.pack.sources import (
    CRITERIA,
    DELETED,
    HEAD,
    KEY,
    PINS,
    STATEMENTS,
    TRUST,
    Sources,
    criteria_of,
    entry_file,
    evidence_of,
    payload_digest,
    proof_file,
)
from verifier.procurement.records import Records, unknown
from verifier.procurement.store import SUFFIX, Store
from verifier.rulebook.folder import criteria_digest, sha256
from verifier.statements import uris
from verifier.trust.holders import Holders
from verifier.trust.policy import TrustPolicy
from verifier.trust.reading import read
from verifier.trust.signed import Signed, together
from verifier.trust.store import Store as TrustStore

OWN, LOG = "criteria.yml", "deleted.jsonl"
"""In the contract's folder: the buyer's criteria, and what `verifier record keep` says that it deleted."""


def gather(records: Records, contract: str, trust: Path) -> Sources:
    """Raises UsageError where the record has no such contract, TrustError for what in it does not hold."""
    store = records.store
    with records.ledger.reading() as page:
        files = _statements(store, contract, page)
        signed = _read(files, records.policy)
        entries = _entries(page, contract, together(signed.values()))
    if not files and not entries:
        raise unknown(contract)
    small = {
        **{STATEMENTS + file: content for file, content in files.items()},
        **_public(trust),
        **_ledger(records, entries),
        **_log(store.place(contract) / LOG),
    }
    named = {piece["sha256"] for one in signed.values() for piece in evidence_of(one)}
    evidence = frozenset(one.name for one in store.kept(contract) if one.name in named)
    found = Sources(
        contract=_spelt(contract, signed.values()),
        statements={STATEMENTS + file: one for file, one in signed.items()},
        small=small,
        evidence=evidence,
        report=_reports(store, contract),
        policy=records.policy,
        entries=entries,
    )
    small.update(_criteria(found, store.place(contract)))
    return found


def _statements(store: Store, contract: str, page: Page) -> dict[str, bytes]:
    """Those of the folder, and releases that lie in the ledger alone."""
    found = {path.name: path.read_bytes() for path in store.files(contract)}
    for one in page.find(contract=name(contract), kind=RELEASE):
        stem = f"release-{one.entry.statement[:16]}"
        if not any(file.startswith(stem) for file in found):
            stored = page.stored(one)
            found[f"{stem}-{sha256(stored)[:8]}{SUFFIX}"] = stored
    return found


def _read(files: dict[str, bytes], policy: TrustPolicy) -> dict[str, Signed]:
    holders = Holders.of(policy)
    return {file: read(content, policy, holders) for file, content in sorted(files.items())}


def _entries(page: Page, contract: str, statements: Iterable[Signed]) -> tuple[Found, ...]:
    """Those about the contract; and the revocations of its statements, which name no contract."""
    about = page.find(contract=name(contract))
    digests = {one.digest for one in statements} | {one.entry.statement for one in about}
    revoked = [one for one in page.find(kind="revocation") if one.entry.subject in digests]
    return tuple(sorted((*about, *revoked), key=lambda one: one.position))


def _public(trust: Path) -> dict[str, bytes]:
    """The pins, and every version of the policy that is or was in force."""
    standing = {one.digest for one in TrustStore(trust).standing()}
    found = {path.name: path.read_bytes() for path in sorted(trust.glob(f"policy-*{SUFFIX}"))}
    versions = {TRUST + file: raw for file, raw in found.items() if payload_digest(raw) in standing}
    return {PINS: (trust / "pins.json").read_bytes(), **versions}


def _ledger(records: Records, entries: tuple[Found, ...]) -> dict[str, bytes]:
    """Each entry with its proof, all of them under one head."""
    proofs = records.ledger.prove_all([one.position for one in entries])
    head = proofs[0].partition(b"\n\n")[2] if proofs else records.ledger.checkpoint()
    found = {KEY: f"{records.ledger.key}\n".encode(), HEAD: head}
    for one, proof in zip(entries, proofs, strict=True):
        found[entry_file(one.position)] = one.entry.leaf
        found[proof_file(one.position)] = proof
    return found


def _log(path: Path) -> dict[str, bytes]:
    return {DELETED: path.read_bytes()} if path.is_file() else {}


def _criteria(found: Sources, folder: Path) -> dict[str, bytes]:
    """Of each version's criteria every file, where they still come to the digest that it names."""
    kept: dict[str, bytes] = {}
    for digest, profile in criteria_of(found).items():
        for files in (lambda: rulebook.criteria_files(folder / OWN), lambda name=profile: rulebook.profile_files(name)):
            contents = _tried(files)
            if criteria_digest({path: sha256(raw) for path, raw in contents.items()}) == digest:
                kept |= {f"{CRITERIA}{digest}/{path}": raw for path, raw in contents.items()}
                break
    return kept


def _tried(files: Callable[[], dict[str, bytes]]) -> dict[str, bytes]:
    try:
        return files()
    except CriteriaError:  # no file of that name, or rules that have changed since: it is told as missing
        return {}


def _reports(store: Store, contract: str) -> Callable[[str], bytes]:
    return lambda digest: store.evidence(contract, digest) or b""


def _spelt(contract: str, statements: Iterable[Signed]) -> str:
    """The id as the contract itself has it."""
    own = (str(one.statement.predicate["id"]) for one in statements if one.type == uris.CONTRACT)
    return next(own, contract)
