"""What the ledger asks of a database. All that SQLite and PostgreSQL do for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Head:
    """The ledger at one size: the hashes of its compact range, one after the other, and the signed checkpoint."""

    size: int
    hashes: bytes
    note: bytes


class Rows(Protocol):
    """What lies there, within one transaction."""

    def entries(self, since: int = 0, most: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Positions and leaves, in order: all of them, or so many."""

    def found(self, wanted: Mapping[str, str]) -> list[tuple[int, bytes]]:
        """Those whose leaf has these values, in order: kind, contract, milestone, subject, nonce, reason (the first),
        at least one of them.
        """

    def latest(self) -> str:
        """The largest of the entries' times; "" where there is none."""

    def heads(self) -> Iterator[Head]:
        """In order of their size."""

    def head(self, size: int | None = None) -> Head | None:
        """The last of them, or the one of this size."""

    def body(self, position: int) -> bytes | None:
        """The bytes that lie beside an entry."""

    def bodies(self) -> list[int]:
        """The positions that have one."""

    def add(self, head: Head, leaf: bytes | None = None, body: bytes | None = None) -> None:
        """The next entry with its head; the head of the empty ledger comes with none."""


class Storage(Protocol):
    """Entries are never changed nor removed, a milestone has one release: the database itself holds both."""

    def check(self) -> None:
        """Raises TrustError where the database would no longer hold that, or is damaged."""

    def reading(self) -> AbstractContextManager[Rows]:
        """One state of it, whatever others write meanwhile."""

    def writing(self) -> AbstractContextManager[Rows]:
        """Alone; at the end all is on the disk, or, after an error or a crash, nothing."""

    def close(self) -> None: ...
