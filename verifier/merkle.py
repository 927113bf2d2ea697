"""The Merkle tree of RFC 6962: what a log of this size, with these leaves in this order, has for its root, and proofs of it.

    hashes = [leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")]
    check_inclusion(hashes[0], 0, 3, inclusion(hashes, 0), root(hashes))

A hash is 32 bytes of SHA-256. Leaves and inner nodes are hashed apart, so that neither can be passed off as the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256

from verifier.errors import TrustError
from verifier.words import say

SIZE = 32
"""Bytes of a hash."""
EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Range:
    """A compact range: all that a tree must remember to take a leaf more. One hash a full subtree, the largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def added(self, leaf: bytes) -> Range:
        """With one leaf more, given by its hash: two subtrees of one size become one, as a binary counter carries."""
        kept, last = list(self.hashes), leaf
        for _ in range(_trailing_ones(self.size)):
            last = node_hash(kept.pop(), last)
        return Range(self.size + 1, (*kept, last))

    def since(self, start: int) -> Range:
        """The part behind leaf `start`, as a tree of its own; `start` is where a subtree begins that is larger than it."""
        size = self.size - start
        return Range(size, self.hashes[len(self.hashes) - size.bit_count() :])

    @property
    def root(self) -> bytes:
        return _up_border(self.hashes[-1], reversed(self.hashes[:-1])) if self.hashes else EMPTY


def root(hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    return reduce(Range.added, hashes, Range()).root


def inclusion(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The proof that leaf `index` (from 0) is in the tree of these leaf hashes, its sibling first (RFC 6962, 2.1.1)."""
    return [root(hashes[first:end]) for first, end in siblings(index, len(hashes))]


def siblings(index: int, size: int) -> list[tuple[int, int]]:
    """What that proof is made of: the subtrees whose roots it has, each as its first leaf and the one behind its last."""
    if not 0 <= index < size:
        raise IndexError(index)
    found, start, end = [], 0, size
    while end - start > 1:
        middle = start + split(end - start)
        found.append((middle, end) if index < middle else (start, middle))
        start, end = (start, middle) if index < middle else (middle, end)
    return found[::-1]


def consistency(hashes: Sequence[bytes], first: int) -> list[bytes]:
    """The proof that the tree of these leaf hashes began with its first `first` ones (RFC 6962, 2.1.2)."""
    if not 0 < first <= len(hashes):
        raise IndexError(first)
    return _subproof(hashes, first, known=True)


def _subproof(hashes: Sequence[bytes], first: int, *, known: bool) -> list[bytes]:
    """`known`: the verifier has the root of these hashes already, for it is the earlier tree's."""
    if first == len(hashes):
        return [] if known else [root(hashes)]
    middle = split(len(hashes))
    left, right = hashes[:middle], hashes[middle:]
    if first <= middle:
        return [*_subproof(left, first, known=known), root(right)]
    return [*_subproof(right, first - middle, known=False), root(left)]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf with this hash is number `index` in the tree of this size and root."""
    if not 0 <= index < size:
        return False
    inner, border = _path(index, size)
    if len(proof) != inner + border or not _are_hashes(leaf, *proof):
        return False
    return _up_border(_up(leaf, index, proof[:inner]), proof[inner:]) == root


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises TrustError `inclusion-proof` unless the leaf with this hash is number `index` in the tree of this size and root."""
    if not includes(leaf, index, size, proof, root):
        raise TrustError(say("The proof does not show that the entry is in the ledger."), code="inclusion-proof")


def check_consistency(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> None:
    """Raises TrustError `consistency-proof` unless the second tree begins with the whole first one.

    Every tree begins with the empty one, so a proof from there says nothing and is refused.
    """
    if not (0 < first <= second and _consistent(first, first_root, second, second_root, proof)):
        raise TrustError(
            say("The proof does not show that the later ledger holds all of the earlier one."), code="consistency-proof"
        )


def _consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Both roots are made of the same hashes, from the largest full subtree at the first tree's end upwards."""
    if first == second:
        return not proof and first_root == second_root
    if not proof or not _are_hashes(first_root, second_root, *proof):
        return False
    start, rest = (first_root, proof) if first.bit_count() == 1 else (proof[0], proof[1:])
    level = _trailing_ones(first - 1)
    inner, border = _path(first - 1, second)
    inner -= level
    if len(rest) != inner + border:
        return False
    index = (first - 1) >> level
    within = [one for bit, one in enumerate(rest[:inner]) if index >> bit & 1]
    earlier = _up_border(_up_border(start, within), rest[inner:])
    later = _up_border(_up(start, index, rest[:inner]), rest[inner:])
    return earlier == first_root and later == second_root


def _path(index: int, size: int) -> tuple[int, int]:
    """How many hashes a leaf's way to the root meets: below the place where the way to the last leaf parts from it, and above."""
    inner = (index ^ (size - 1)).bit_length()
    return inner, (index >> inner).bit_count()


def _up(start: bytes, index: int, siblings: Iterable[bytes]) -> bytes:
    """A bit of the index says on which side of it a node's sibling is."""
    one = start
    for bit, sibling in enumerate(siblings):
        one = node_hash(sibling, one) if index >> bit & 1 else node_hash(one, sibling)
    return one


def _up_border(start: bytes, siblings: Iterable[bytes]) -> bytes:
    """On the right border of a tree every sibling is on the left."""
    return reduce(lambda one, sibling: node_hash(sibling, one), siblings, start)


def _are_hashes(*values: bytes) -> bool:
    """What is joined before it is hashed must have one length, or it could be parted elsewhere."""
    return all(len(value) == SIZE for value in values)


def split(size: int) -> int:
    """The largest power of two below it: where RFC 6962 parts a tree of two leaves or more."""
    return 1 << (size - 1).bit_length() - 1


def _trailing_ones(number: int) -> int:
    return (~number & (number + 1)).bit_length() - 1
