"""Whether a pack is what it says: entries of the ledger, one contract, and nothing that belongs to neither. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from verifier.errors import TrustError
from verifier.gate import book
from verifier.gate.chain import place, subject
from verifier.gate.names import name
from verifier.ledger import Found
from verifier.ledger.entry import Entry, entry_of
from verifier.ledger.proof import INCLUSION, check_inclusion
from verifier.note import Key, key_of, opened
from verifier.procurement.pack import manifest
from verifier.procurement.pack.pages import pages
from verifier.procurement.pack.sources import (
    CRITERIA,
    ENTRIES,
    EVIDENCE,
    HEAD,
    KEY,
    LEDGER,
    STATEMENTS,
    Sources,
    criteria_of,
    entry_file,
    evidence_of,
    proof_file,
)
from verifier.rulebook.folder import criteria_digest
from verifier.statements import uris
from verifier.statements.strict import shown
from verifier.trust.policy import TrustPolicy
from verifier.trust.signed import Signed
from verifier.words import Text, say

_ENTRY = re.compile(re.escape(ENTRIES) + r"([0-9]{8,})\.json")


def entries(small: Mapping[str, bytes], policy: TrustPolicy) -> tuple[Found, ...]:
    """Each entry, proven under the one head, by a ledger that the policy names.

    Raises TrustError: `log-key`, `pack-ledger`, and those of notes and proofs (docs/ledger.md).
    """
    key = _key(small, policy)
    head = opened(_there(small, HEAD), key)
    found = []
    for file in sorted(small):
        if number := _ENTRY.fullmatch(file):
            position, leaf = int(number[1]), small[file]
            proof = _there(small, proof_file(position))
            if check_inclusion(proof, leaf, key) != head or not proof.startswith(INCLUSION + b"index %d\n" % position):
                raise _refused(
                    say("{file} is not proven under the pack's one head of the ledger.", file=file), "pack-ledger"
                )
            found.append(Found(position, _told(leaf)))
    known = {KEY, HEAD, *(make(one.position) for one in found for make in (entry_file, proof_file))}
    _refuse_more({file for file in small if file.startswith(LEDGER)} - known)
    return tuple(found)


def _told(leaf: bytes) -> Entry:
    """An entry with the words that its kind needs: somebody else's ledger can hold others. Raises TrustError."""
    entry = entry_of(leaf)
    try:
        book.round_of(entry)
        if entry.kind in ("event", "revocation"):
            entry.reasons[0]
    except (ValueError, IndexError) as error:
        raise _refused(say("An entry of the ledger lacks the words that its kind needs."), "ledger-entry") from error
    return entry


def _key(small: Mapping[str, bytes], policy: TrustPolicy) -> Key:
    key = key_of(_there(small, KEY).decode(errors="replace"))
    if str(key) not in {str(key_of(words)) for words in policy.ledgers}:
        raise _refused(say("The trust policy does not name the ledger of the pack."), "log-key")
    return key


def sources(
    contract: str,
    small: Mapping[str, bytes],
    names: frozenset[str],
    *,
    read: Callable[[bytes], Signed],
    content: Callable[[str], bytes],
    policy: TrustPolicy,
    entries: tuple[Found, ...],
) -> Sources:
    """What a pack rests on. `read` gives the statement of a file, `content` that of a member."""
    return Sources(
        contract=contract,
        statements={file: read(raw) for file, raw in sorted(small.items()) if file.startswith(STATEMENTS)},
        small=small,
        evidence=frozenset(one.removeprefix(EVIDENCE) for one in names if one.startswith(EVIDENCE)),
        report=lambda digest: content(EVIDENCE + digest),
        policy=policy,
        entries=entries,
    )


def check(found: Sources, document: Mapping[str, Any], digests: Mapping[str, str]) -> None:
    """Raises TrustError: `policy-rolled-back`, `pack-contract`, `pack-files`, `pack-manifest`, `criteria-digest`."""
    _check_policy(found)
    _check_about(found)
    _check_criteria(found)
    _check_evidence(found, digests)
    manifest.check_inside(document, found)


def check_pages(found: Sources, digests: Mapping[str, str]) -> None:
    """Every page, made again, is the one that lies there. Raises TrustError `pack-pages`."""
    wanted = {file: sha256(raw).hexdigest() for file, raw in pages(found).items()}
    given = {
        file: digest for file, digest in digests.items() if file not in found.small and not file.startswith(EVIDENCE)
    }
    listed = {file: digest for file, digest in digests.items() if file != manifest.SUMS}
    wanted[manifest.SUMS] = sha256(manifest.sums(listed)).hexdigest()
    for file in sorted(wanted.keys() | given.keys()):
        if wanted.get(file) != given.get(file):
            words = say("{name} is not the page that the statements and the ledger come to.", name=ascii(file))
            raise _refused(words, "pack-pages")


def _check_policy(found: Sources) -> None:
    """No release was made under a newer policy than lies there: what that one revoked would still count."""
    releases = (one.statement.predicate for one in found.together if one.type == uris.RELEASE)
    seen = max((one["policy"]["version"] for one in releases), default=0)
    if seen > found.policy.version:
        words = say(
            "The trust policy is version {version}; a release in the ledger was made under version {seen}.",
            version=found.policy.version,
            seen=seen,
        )
        raise _refused(words, "policy-rolled-back")


def _check_about(found: Sources) -> None:
    """Nothing of another contract is among the statements and entries."""
    about, known = name(found.contract), {one.digest for one in found.together}
    spoken_of = known | {one.entry.statement for one in found.entries}
    for one in found.entries:
        if one.entry.contract != about and not (one.entry.kind == "revocation" and one.entry.subject in spoken_of):
            raise _other(say("entry {n}", n=one.position))
    for file, signed in found.statements.items():
        if signed.type == uris.TRUST_POLICY:
            raise _other(file)
        revokes = signed.type == uris.REVOCATION and subject(signed) in spoken_of
        if not revokes and name(place(signed)[0] or "") != about:
            raise _other(file)


def _check_criteria(found: Sources) -> None:
    folders: dict[str, dict[str, str]] = {digest: {} for digest in criteria_of(found)}
    for file, raw in found.small.items():
        if file.startswith(CRITERIA):
            digest, _, path = file.removeprefix(CRITERIA).partition("/")
            if digest not in folders:
                _refuse_more({file})
            folders[digest][path] = sha256(raw).hexdigest()
    for digest, files in folders.items():
        if files and criteria_digest(files) != digest:
            words = say("The files of the criteria do not come to the digest that the contract names.")
            raise _refused(words, "criteria-digest")


def _check_evidence(found: Sources, digests: Mapping[str, str]) -> None:
    """What is there is named by an assessment, and is what it names."""
    named = {one["sha256"] for signed in found.assessments for one in evidence_of(signed)}
    _refuse_more({EVIDENCE + digest for digest in found.evidence - named})
    for signed in found.assessments:
        check_evidence_of(signed, digests)


def check_evidence_of(assessment: Signed, digests: Mapping[str, str]) -> None:
    """Raises TrustError `evidence-changed` where a piece that is there is not the one that the assessment names."""
    for one in evidence_of(assessment):
        if digests.get(EVIDENCE + one["sha256"], one["sha256"]) != one["sha256"]:
            words = say("{name} is not the file that the assessment names.", name=shown(one["name"]))
            raise _refused(words, "evidence-changed")


def _there(small: Mapping[str, bytes], file: str) -> bytes:
    if file not in small:
        raise _refused(say("The pack has no {name}.", name=ascii(file)), "pack-files")
    return small[file]


def _refuse_more(files: set[str]) -> None:
    for file in sorted(files):
        raise _refused(say("{name} belongs to nothing that the pack is about.", name=ascii(file)), "pack-files")


def _other(what: str) -> TrustError:
    return _refused(say("The pack holds what is of another contract: {what}.", what=what), "pack-contract")


def _refused(words: Text, code: str) -> TrustError:
    return TrustError(words, code=code)
