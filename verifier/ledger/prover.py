"""Inclusion proofs from a few rows of the ledger, however long it is: what every head remembers are roots of subtrees."""

from __future__ import annotations

from functools import cache

from verifier import merkle
from verifier.ledger.check import wrong_head
from verifier.ledger.storage import Rows
from verifier.merkle import Range, leaf_hash
from verifier.note import Checkpoint


class Prover:
    """Proves under one head, whose signature was verified. Subtrees that several proofs need are looked up once."""

    def __init__(self, rows: Rows, head: Checkpoint) -> None:
        self._rows, self._head = rows, head
        self._subtree = cache(self._looked_up)

    def way(self, index: int) -> list[bytes]:
        """The siblings of an entry on its way to the root.

        Raises IndexError for an entry that the head does not cover, TrustError `ledger-head` where the rows do not lead there.
        """
        found = [self._subtree(*one) for one in merkle.siblings(index, self._head.size)]
        leaf = self._subtree(index, index + 1)
        if not merkle.includes(leaf, index, self._head.size, found, self._head.root):
            raise wrong_head()
        return found

    def _looked_up(self, first: int, end: int) -> bytes:
        """The root over the entries from `first` to before `end`: those before the last one by the head of then, and that one."""
        head = self._rows.head(end - 1)
        _, leaf = next(self._rows.entries(end - 1), (0, None))
        if head is None or leaf is None:
            raise wrong_head()
        hashes = tuple(head.hashes[at : at + merkle.SIZE] for at in range(0, len(head.hashes), merkle.SIZE))
        return Range(head.size, hashes).since(first).added(leaf_hash(leaf)).root
