"""Inclusion proofs from a few rows of the ledger, however long it is: what every head remembers are roots of subtrees."""

from __future__ import annotations

from functools import cache

from verifier import merkle
from verifier.ledger.check import wrong_head
from verifier.ledger.storage import Rows
from verifier.merkle import Range, leaf_hash, node_hash
from verifier.note import Checkpoint


class Prover:
    """Proves under one head, whose signature was verified. Subtrees that several proofs need are looked up once.

    Subtrees of at most `near` entries are made of these, which pays where the neighbours are proven as well.
    """

    def __init__(self, rows: Rows, head: Checkpoint, *, near: int = 1) -> None:
        self._rows, self._head, self._near = rows, head, near
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
        """The root over the entries from `first` to before `end`."""
        if end - first == 1:
            return self._leaf(first)
        if end - first <= self._near:
            middle = first + merkle.split(end - first)
            return node_hash(self._subtree(first, middle), self._subtree(middle, end))
        return self._remembered(first, end)

    def _leaf(self, index: int) -> bytes:
        _, leaf = next(self._rows.entries(index, 1), (0, None))
        if leaf is None:
            raise wrong_head()
        return leaf_hash(leaf)

    def _remembered(self, first: int, end: int) -> bytes:
        """The same: those before the last one by the head of then, and that one."""
        head = self._rows.head(end - 1)
        if head is None:
            raise wrong_head()
        hashes = tuple(head.hashes[at : at + merkle.SIZE] for at in range(0, len(head.hashes), merkle.SIZE))
        return Range(head.size, hashes).since(first).added(self._subtree(end - 1, end)).root
