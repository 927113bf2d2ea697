"""The page that an auditor reads first, in one language: what is in the pack, what is not, and what to check how. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier import drafts
from verifier.procurement.pack import byhand
from verifier.procurement.pack.sources import PINS, Sources, inside
from verifier.render.inert import code, markdown
from verifier.rulebook.folder import sha256
from verifier.words import Translate, later, translator

LANGUAGES_OF = {"en": "README.md", "fr": "LISEZMOI.md"}
LISTED = 100
"""More of one thing stands in the manifest alone."""
PLACES = {
    "history/": later("what happened, for people and for programs; what was deleted, where the record logged it"),
    "statements/": later("the signed statements, as they were filed"),
    "reports/": later("the reports of assessments, in both languages, made from report.json"),
    "evidence/": later(
        "report.json and the raw output of the tools, by their SHA-256; manifest.json says what is what"
    ),
    "criteria/": later("every file that the digest of the criteria is of"),
    "trust/": later("the pinned root keys, and every version of the trust policy"),
    "ledger/": later("the ledger's key and head, and each entry about this contract with its proof"),
    "by-hand/": later("of each signature the signed bytes and the signature itself, for openssl"),
    "keys/": later("the public keys of the signers, for openssl"),
    "manifest.json": later(
        "each file with its SHA-256, each statement, entry and piece of evidence, and what is missing"
    ),
    "SHA256SUMS": later("the same digests for sha256sum"),
}
KINDS = {
    "statement": later("statement"),
    "criteria": later("criteria"),
    "evidence": later("evidence"),
}


def readme(found: Sources, language: str) -> str:
    """`language` is `en` or `fr`."""
    tr, told = translator(language), inside(found)
    sections = (
        (tr("Audit pack of contract {contract}", contract=code(found.contract)), _top(found, told, tr)),
        (tr("What is not here"), _gaps(told, tr)),
        (tr("To check it with verifier"), _check(found, tr)),
        (tr("To check it without verifier"), _by_hand(found, tr)),
        (tr("What is where"), _places(tr)),
        (tr("What it cannot show"), _limits(tr)),
    )
    parts = (f"{'##' if number else '#'} {head}\n\n{text}" for number, (head, text) in enumerate(sections))
    return "\n\n".join(parts) + "\n"


def _top(found: Sources, told: Mapping[str, Any], tr: Translate) -> str:
    words = tr(
        "All that the procurement record holds of this contract as of {moment}. Signed statements: {statements}; entries of the "
        "ledger: {entries}; pieces of evidence: {evidence}.",
        moment=found.moment or "-",
        statements=len(told["statements"]),
        entries=len(told["entries"]),
        evidence=len(found.evidence),
    )
    return f"{words}\n\n{tr(drafts.SUPPORTS)}"


def _gaps(told: Mapping[str, Any], tr: Translate) -> str:
    gone = told["missing"]
    if not gone:
        return tr("Nothing is missing of what the statements and the ledger speak of.")
    lines = [_gap(one, tr) for one in gone[:LISTED]]
    if len(gone) > LISTED:
        lines.append(tr("- and {n} more, in manifest.json", n=len(gone) - LISTED))
    return "\n".join(lines)


def _gap(one: Mapping[str, Any], tr: Translate) -> str:
    why = tr("deleted when its time was over") if one["deleted"] else tr("was not kept, or is not there any more")
    kind, name, digest = tr(KINDS[one["what"]]), code(one["name"]), code(one["digest"])
    return tr("- {kind} {name}, {digest}: {why}", kind=kind, name=name, digest=digest, why=why)


def _check(found: Sources, tr: Translate) -> str:
    """The fingerprint stands here to be compared with another source of it, never to be believed."""
    return "\n".join(
        (
            tr(
                "Whose signatures count follows from root keys. They came with this pack, and prove nothing by themselves."
            ),
            "",
            "    verifier verify PACK.zip --trust FOLDER",
            "    verifier verify PACK.zip --pins FINGERPRINT",
            "",
            tr(
                "FOLDER holds pins of your own; FINGERPRINT is what the buyer publishes. That of the pins in this pack is "
                "{pins}.",
                pins=code(sha256(found.small[PINS])),
            ),
            tr("No network is needed. Exit code 0: everything holds; 4: something does not, and is named."),
        )
    )


def _by_hand(found: Sources, tr: Translate) -> str:
    signed = list(byhand.commands(found))
    lines = [
        tr("Unpack it, and compare every file with its digest:"),
        "",
        "    sha256sum --check SHA256SUMS",
        "",
        tr(
            "Each signature is over the bytes in by-hand/*.signed: the text DSSEv1, a type and the statement (JSON), which "
            "stands in base64 in its file below statements/. Compare the keys with those of the trust policy, and the policy's "
            "root keys with what the buyer publishes."
        ),
        "",
    ]
    for one in signed[:LISTED]:
        lines += [f"{code(one.file)} · {markdown(one.person)}", "", f"    {one.command}", ""]
    if len(signed) > LISTED:
        lines += [tr("The other {n} are checked alike.", n=len(signed) - LISTED), ""]
    lines.append(
        tr(
            "Proofs of the ledger have the form c2sp.org/tlog-proof, its head the form c2sp.org/tlog-checkpoint; a leaf of the "
            "tree is an entry's file, byte for byte. Criteria are known by the SHA-256 of the RFC 8785 form of their files, path "
            "to SHA-256."
        )
    )
    return "\n".join(lines)


def _places(tr: Translate) -> str:
    return "\n".join(tr("- {place}: {what}", place=code(place), what=tr(what)) for place, what in PLACES.items())


def _limits(tr: Translate) -> str:
    left_out = tr(
        "That nothing was left out. The ledger alone shows it: whoever holds it compares its head with ledger/head, and its "
        "entries about this contract with those here."
    )
    people = tr("It names people and their addresses: it is for an auditor, not for publication.")
    return f"{left_out}\n\n{people}"
