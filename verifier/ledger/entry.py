"""What one entry of the ledger says: digests and ids, and never who a person is or what anything reads like.

    Entry(kind="release", time="2026-11-29T01:13:07Z", contract=..., milestone="m1", ...).leaf

gives the leaf: the entry's one form in bytes (RFC 8785), over which the tree is made.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from functools import lru_cache

from verifier.errors import TrustError
from verifier.statements import strict
from verifier.words import say

VERSION = 1
LIMIT = 65_535
"""Bytes of a leaf: what a tile of C2SP's tlog-tiles can hold."""
RELEASE = "release"
"""The kind of which a milestone of a contract, and a nonce, has one at most."""
_DIGEST = re.compile("[0-9a-f]{64}")
_WORD = re.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ID = re.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
"""What the statements' schemas allow (reports/statements/common.schema.json, `id`): no milestone is signed that has no entry."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`kind` is a word such as release, denial, not-yet, revocation; every digest is a SHA-256 in hexadecimal; "" is left out."""

    kind: str
    time: str
    contract: str = ""
    """Digest of the contract's id."""
    milestone: str = ""
    subject: str = ""
    """What it speaks about: the payload digest of a statement, or the id of a key."""
    statement: str = ""
    """Payload digest of the statement that it records."""
    request: str = ""
    """Digest of all that the gate was asked with."""
    nonce: str = ""
    stored: str = ""
    """Digest of the bytes that lie beside it."""
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        digests = (self.contract, self.subject, self.statement, self.request, self.stored)
        fits = (
            all(_DIGEST.fullmatch(digest) for digest in digests if digest)
            and all(_ID.fullmatch(name) for name in (self.milestone, self.nonce) if name)
            and all(_WORD.fullmatch(word) for word in (self.kind, *self.reasons))
            and _TIME.fullmatch(self.time)
        )
        if not fits or (self.kind == RELEASE and not all((self.contract, self.milestone, self.request))):
            raise _no_entry()

    @property
    def leaf(self) -> bytes:
        """Raises TrustError `ledger-entry` for one over the limit, and for a release that is not stored."""
        return _leaf(self)


_KEPT = 10_000
"""Entries of which it is remembered how they read: each statement that is filed reads all those of its contract again."""


@lru_cache(maxsize=_KEPT)
def _leaf(entry: Entry) -> bytes:
    said = {name: value for name in _NAMES if name != "reasons" and (value := getattr(entry, name))}
    leaf = strict.canonical({"version": VERSION, **said} | ({"reasons": list(entry.reasons)} if entry.reasons else {}))
    if len(leaf) > LIMIT or (entry.kind == RELEASE and not entry.stored):
        raise _no_entry()
    return leaf


@lru_cache(maxsize=_KEPT)
def entry_of(leaf: bytes) -> Entry:
    """Raises TrustError `ledger-entry` for bytes that are not the one form of an entry."""
    try:
        said = json.loads(leaf)
        entry = Entry(
            **{name: said[name] for name in _NAMES & said.keys()} | {"reasons": tuple(said.get("reasons", ()))}
        )
        same = entry.leaf == leaf
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _no_entry() from error
    if not same:
        raise _no_entry()
    return entry


_NAMES = {field.name for field in fields(Entry)}


def _no_entry() -> TrustError:
    return TrustError(
        say("What is to be an entry of the ledger is none: it holds digests, ids and words, in one form."),
        code="ledger-entry",
    )
