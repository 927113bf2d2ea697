"""Proofs of the ledger as files, which whoever has the log's key checks without the ledger.

That an entry is in it: C2SP's tlog-proof. That it still holds all of an earlier one: what C2SP's tlog-witness is asked with.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence

from verifier import merkle, note
from verifier.errors import TrustError
from verifier.note import Checkpoint, Key
from verifier.words import say

INCLUSION = b"c2sp.org/tlog-proof@v1\n"
GROWTH = b"old "
_HEADED = re.compile(rb"(?:index|old) (0|[1-9][0-9]{0,18})((?:\n[A-Za-z0-9+/]{43}=)*)\n\n(.+)", re.DOTALL)


def inclusion(index: int, hashes: Sequence[bytes], head: bytes) -> bytes:
    """`head` is the signed checkpoint in which the entry is number `index`."""
    return INCLUSION + b"index " + _written(index, hashes, head)


def growth(size: int, hashes: Sequence[bytes], head: bytes) -> bytes:
    """`head` is the later signed checkpoint, `size` that of the earlier one."""
    return GROWTH + _written(size, hashes, head)


def check_inclusion(proof: bytes, leaf: bytes, key: Key) -> Checkpoint:
    """The head that holds this entry's leaf. Raises TrustError: `proof`, `inclusion-proof`, and those of `note.opened`."""
    index, hashes, head = _read(proof.removeprefix(INCLUSION), b"index ")
    found = note.opened(head, key)
    merkle.check_inclusion(merkle.leaf_hash(leaf), index, found.size, hashes, found.root)
    return found


def check_growth(proof: bytes, earlier: Checkpoint, key: Key) -> Checkpoint:
    """The later head. Raises TrustError: `proof`, `consistency-proof`, and those of `note.opened`."""
    size, hashes, head = _read(proof, GROWTH)
    found = note.opened(head, key)
    if size != earlier.size:
        raise _no_proof()
    merkle.check_consistency(size, earlier.root, found.size, found.root, hashes)
    return found


def _written(number: int, hashes: Sequence[bytes], head: bytes) -> bytes:
    lines = [str(number).encode(), *(b64encode(one) for one in hashes)]
    return b"".join(line + b"\n" for line in lines) + b"\n" + head


def _read(proof: bytes, begins: bytes) -> tuple[int, list[bytes], bytes]:
    read = _HEADED.fullmatch(proof) if proof.startswith(begins) else None
    if not read:
        raise _no_proof()
    hashes = [b64decode(line) for line in read[2].split()]
    if _written(int(read[1]), hashes, read[3]) != proof.removeprefix(begins):
        raise _no_proof()
    return int(read[1]), hashes, read[3]


def _no_proof() -> TrustError:
    return TrustError(say("What is to be a proof of the ledger is none, or is of another checkpoint."), code="proof")
