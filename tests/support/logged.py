"""A ledger with some entries, and the key that it is signed with."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verifier import ledger, note
from verifier.ledger import Entry

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = "example.com/payments"
KEY = note.named(ORIGIN, PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
sign = PRIVATE.sign


def digest(number: int) -> str:
    return f"{number:064x}"


def entry(number: int = 0, **changed) -> Entry:
    """A denial about contract `number`."""
    said = {
        "kind": "denial",
        "time": "2026-11-01T12:00:00Z",
        "contract": digest(number),
        "reasons": ("verdict-rejected",),
    }
    return Entry(**said | changed)


def release(number: int = 0, **changed) -> Entry:
    """Of milestone m1 of contract `number`."""
    return entry(number, **{"kind": "release", "milestone": "m1", "request": digest(7), "reasons": ()} | changed)


def made(path: Path, entries: int = 0, first: int = 0) -> Path:
    """A ledger with so many releases, each with its body."""
    ledger.create(path, KEY, sign)
    grow(path, entries, first)
    return path


def grow(path: Path, entries: int, first: int) -> None:
    with opened(path) as log:
        for number in range(first, first + entries):
            with log.transaction() as page:
                page.append(release(number), f"release {number}".encode())


def opened(path: Path, **options):
    return ledger.opened(path, KEY, **{"sign": sign} | options)


def heads(path: Path) -> bytes:
    """The signed head of it now."""
    with opened(path, sign=None) as log:
        return log.checkpoint()
