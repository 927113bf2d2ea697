"""The ledger: a log of what was decided, to which entries are only ever added, each under a signed head.

    with ledger.transaction() as page:
        if not page.find(kind="release", contract=digest, milestone="m1"):
            page.append(Entry(kind="release", ...), release)

What is looked up and what is appended is one transaction: of two that ask at once, the second one finds the first one's entry.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from time import monotonic

from verifier import merkle, note
from verifier.errors import TrustError
from verifier.ledger import proof
from verifier.ledger.check import (
    changed,
    check_ranges,
    check_remembered,
    check_tree,
    grown,
    head_of,
    removed,
    wrong_head,
)
from verifier.ledger.entry import Entry, entry_of
from verifier.ledger.prover import Prover
from verifier.ledger.storage import Head, Rows, Storage
from verifier.merkle import Range, leaf_hash
from verifier.note import Checkpoint, Key, Sign
from verifier.words import say

SIZE = 32
"""Bytes of a hash."""
AGAIN = 60
"""Seconds in which each row of one that stays open is looked at again, a few at each reading: one that was changed so that nobody
finds it any more is not among those that are looked up.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry and where it stands, counted from 0."""

    position: int
    entry: Entry


class _Leaves:
    """The hash of every entry's leaf that a tree was made of, against which a row is held whenever it is looked up."""

    def __init__(self) -> None:
        self._hashes = bytearray()  # and no list: of a million entries it would take a hundred megabytes

    def noted(self, entries: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
        """Positions and leaves as positions and hashes, which are remembered."""
        for position, leaf in entries:
            yield position, self.add(position, leaf)

    def add(self, position: int, leaf: bytes) -> bytes:
        hashed = leaf_hash(leaf)
        self._hashes[position * SIZE : (position + 1) * SIZE] = hashed
        return hashed

    def entry(self, position: int, leaf: bytes) -> Found:
        """Raises TrustError `ledger-entry-changed` where another row lies there than was seen before."""
        self._same(position, leaf)
        return Found(position, entry_of(leaf))

    def check(self, first: int, entries: Iterable[tuple[int, bytes]], number: int) -> None:
        """Raises TrustError where so many entries from the first on are not those that were seen before."""
        wanted = first
        for position, leaf in entries:
            if position != wanted:
                break
            self._same(position, leaf)
            wanted += 1
        if wanted != first + number:
            raise removed(wanted)

    def _same(self, position: int, leaf: bytes) -> None:
        if self._hashes[position * SIZE : (position + 1) * SIZE] != leaf_hash(leaf):
            raise changed(position, position)


class Page:
    """The ledger as one transaction sees it. Its tree was checked against its last checkpoint, and so is every entry."""

    def __init__(self, rows: Rows, tree: Range, leaves: _Leaves) -> None:
        self._rows, self._leaves = rows, leaves
        self.tree = tree
        self._latest: str | None = None

    def find(
        self,
        *,
        kind: str | None = None,
        contract: str | None = None,
        milestone: str | None = None,
        subject: str | None = None,
        nonce: str | None = None,
        reason: str | None = None,
    ) -> list[Found]:
        """Entries with these values, in order; at least one of them is given. `reason` is the first of an entry's."""
        asked = {
            "kind": kind,
            "contract": contract,
            "milestone": milestone,
            "subject": subject,
            "nonce": nonce,
            "reason": reason,
        }
        wanted = {name: value for name, value in asked.items() if value is not None}
        return [self._leaves.entry(*row) for row in self._rows.found(wanted)]

    def since(self, position: int, most: int | None = None) -> list[Found]:
        """Entries from this position on, in order: all of them, or so many at most."""
        return [self._leaves.entry(*row) for row in self._rows.entries(position, most)]

    def latest(self) -> str:
        """The largest time of an entry, wherever it stands; "" where there is none."""
        if self._latest is None:
            self._latest = self._rows.latest()
        return self._latest

    def checkpoint(self) -> bytes:
        """The signed head as it is now, with what this page appended."""
        return _last(self._rows).note

    def stored(self, found: Found) -> bytes:
        """The bytes that lie beside an entry, as they were. Raises TrustError `ledger-body` where they are not."""
        body = self._rows.body(found.position)
        if body is None or _digest(body) != found.entry.stored:
            raise _wrong_body(found.position)
        return body


class WritablePage(Page):
    """One that is alone with the ledger until it ends."""

    def __init__(self, rows: Rows, tree: Range, leaves: _Leaves, key: Key, sign: Sign) -> None:
        super().__init__(rows, tree, leaves)
        self._key, self._sign = key, sign

    def append(self, entry: Entry, body: bytes | None = None) -> Found:
        """The entry, with the digest of its body in it, under a head that is signed now.

        Raises TrustError: `clock-back` for one that is earlier than another entry, `ledger-refused` for a second release of one
        milestone or nonce, `log-key` for another key's signature.
        """
        if entry.time < self.latest():
            words = say(
                "The entry is of {time}; the ledger has one of {latest}.", time=entry.time, latest=self.latest()
            )
            raise TrustError(words, code="clock-back")
        whole = replace(entry, stored=_digest(body)) if body is not None else entry
        leaf = whole.leaf
        tree = self.tree.added(self._leaves.add(self.tree.size, leaf))
        self._rows.add(head(tree, self._key, self._sign), leaf, body)
        self.tree, self._latest = tree, entry.time
        return Found(tree.size - 1, whole)


class Ledger:
    """A ledger whose whole tree was computed again, and holds what was remembered of it elsewhere."""

    def __init__(
        self, storage: Storage, key: Key, *, sign: Sign | None = None, remembered: Sequence[Checkpoint] = ()
    ) -> None:
        """`sign` is for who appends. Raises TrustError with a code of docs/ledger.md for a ledger that is not what was signed."""
        self.key = key
        self._storage, self._sign, self._tree, self._leaves = storage, sign, Range(), _Leaves()
        self._looked, self._next = monotonic(), 0  # when rows were looked at again, and which is the next
        storage.check()
        with storage.reading() as rows:
            self._tree = self._caught_up(rows, remembered)

    @contextmanager
    def reading(self) -> Iterator[Page]:
        """To look up: one state of the ledger."""
        with self._storage.reading() as rows:
            page = Page(rows, self._caught_up(rows), self._leaves)
            yield page
        self._tree = page.tree

    @contextmanager
    def transaction(self) -> Iterator[WritablePage]:
        """To look up and to append: alone, and whole or not at all."""
        if self._sign is None:
            raise TrustError(say("Without its signing key nothing is appended to a ledger."), code="log-key")
        with self._storage.writing() as rows:
            page = WritablePage(rows, self._caught_up(rows), self._leaves, self.key, self._sign)
            yield page
        self._tree = page.tree

    def checkpoint(self, size: int | None = None) -> bytes:
        """The signed head, to be kept elsewhere; or the one of an earlier size, as it was signed then."""
        with self._storage.reading() as rows:
            self._caught_up(rows)
            return _last(rows, size).note

    def prove(self, position: int) -> bytes:
        """That this entry is in the ledger, for who has its leaf and the log's key. Raises IndexError."""
        return self.prove_all([position])[0]

    def prove_all(self, positions: Sequence[int], size: int | None = None) -> list[bytes]:
        """The same of several entries, under one and the same head: the last one, or the one of this size."""
        with self._storage.reading() as rows:
            self._caught_up(rows)
            signed = _last(rows, size).note
            together = bool(positions) and max(positions) - min(positions) < len(positions)
            prover = Prover(rows, note.opened(signed, self.key), near=len(positions) if together else 1)
            return [proof.inclusion(one, prover.way(one), signed) for one in positions]

    def prove_growth(self, earlier: Checkpoint) -> bytes:
        """That the ledger still holds all of an earlier one. Raises TrustError, and IndexError for one that was empty."""
        with self._storage.reading() as rows:
            self._caught_up(rows, [earlier])
            hashes = [leaf_hash(leaf) for _, leaf in rows.entries()]
            return proof.growth(earlier.size, merkle.consistency(hashes, earlier.size), _last(rows).note)

    def leaves(self) -> Iterator[bytes]:
        """Every entry's bytes, in order: what the tree is made of."""
        with self._storage.reading() as rows:
            self._caught_up(rows)
            yield from (leaf for _, leaf in rows.entries())

    def verify(self) -> Checkpoint:
        """More than opening does: every checkpoint ever signed, every entry and every body. Raises TrustError."""
        with self._storage.reading() as rows:
            _check_bodies(rows)
            return _check_heads(rows, self.key)

    def _caught_up(self, rows: Rows, remembered: Sequence[Checkpoint] = ()) -> Range:
        """The tree now: what was seen before, with what others added since."""
        lying = _last(rows)
        last = head_of(lying, self.key)
        known = [*remembered, Checkpoint(self.key.name, self._tree.size, self._tree.root)]
        check_remembered(last.size, known)
        since, leaves = (Range(), _Leaves()) if remembered else (self._tree, self._leaves)
        trees = grown(since, leaves.noted(rows.entries(since.size)), {last.size, *(one.size for one in known)})
        check_tree(trees, [last], known)
        check_ranges(trees, [lying])
        self._leaves = leaves
        self._look_again(rows)
        return trees[last.size]

    def _look_again(self, rows: Rows) -> None:
        """At as many of the entries that were seen before as time has passed, all of them at most."""
        now, size = monotonic(), self._tree.size
        number = min(math.ceil(size * (now - self._looked) / AGAIN), size) if size else 0
        self._looked = now
        while number:
            first = self._next % size
            part = min(number, size - first)
            self._leaves.check(first, rows.entries(first, part), part)
            self._next, number = first + part, number - part


def head(tree: Range, key: Key, sign: Sign) -> Head:
    """A tree's compact range and its signed checkpoint."""
    return Head(tree.size, b"".join(tree.hashes), note.signed(Checkpoint(key.name, tree.size, tree.root), key, sign))


def _last(rows: Rows, size: int | None = None) -> Head:
    last = rows.head(size)
    if last is None:
        raise wrong_head()
    return last


def _check_heads(rows: Rows, key: Key) -> Checkpoint:
    """One of every size, each of them signed and of the tree as it was."""
    heads = list(rows.heads())
    signed = [head_of(one, key) for one in heads]
    if not heads or [one.size for one in heads] != list(range(len(heads))):
        raise wrong_head()
    trees = grown(Range(), _Leaves().noted(rows.entries()), range(len(heads)))
    check_tree(trees, signed, ())
    check_ranges(trees, heads)
    return signed[-1]


def _check_bodies(rows: Rows) -> None:
    bodies = set(rows.bodies())
    for position, leaf in rows.entries():
        digest = entry_of(leaf).stored
        body = rows.body(position) if position in bodies else None
        if digest != (_digest(body) if body is not None else ""):
            raise _wrong_body(position)
        bodies.discard(position)
    for position in bodies:
        raise _wrong_body(position)


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def _wrong_body(position: int) -> TrustError:
    return TrustError(
        say("What is stored beside entry {n} is not what its entry says, or is gone.", n=position), code="ledger-body"
    )
