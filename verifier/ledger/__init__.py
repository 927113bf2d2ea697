"""The ledger in a file, or on PostgreSQL: `create` a new one, `opened` to read it or to append.

    with opened(Path("payments.ledger"), key, sign=sign, remembered=[head]) as ledger: ...

`key` names the log and verifies its heads, `head` is one of them that was kept elsewhere, `sign` is for who appends. A place is
the file's path, or an address as text: postgresql://host/name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from verifier import note
from verifier.errors import UsageError
from verifier.ledger import sqlite
from verifier.ledger.entry import Entry
from verifier.ledger.log import Found, Ledger, Page, WritablePage, head
from verifier.ledger.storage import Head, Storage
from verifier.merkle import Range
from verifier.note import Checkpoint, Key, Sign
from verifier.words import say

__all__ = ["Entry", "Found", "Ledger", "Page", "Place", "WritablePage", "copy", "create", "opened", "place"]
Place = Path | str
SHARED = ("postgresql://", "postgres://")


def place(typed: str) -> Place:
    """Where a ledger is, as it was typed."""
    return typed if typed.startswith(SHARED) else Path(typed)


def create(where: Place, key: Key, sign: Sign) -> None:
    """An empty ledger of the log that this key names. Raises UsageError where something lies there."""
    _begin(where, head(Range(), key, sign))


@contextmanager
def opened(
    where: Place, key: Key, *, sign: Sign | None = None, remembered: Sequence[Checkpoint] = ()
) -> Iterator[Ledger]:
    """The ledger, its whole tree computed again; with `sign`, to append.

    Raises UsageError where there is none, WorldError where it cannot be had, TrustError where it is not what was signed.
    """
    storage = _storage(where, writing=sign is not None)
    try:
        yield Ledger(storage, key, sign=sign, remembered=remembered)
    finally:
        storage.close()


def copy(source: Place, target: Place, key: Key) -> None:
    """The same ledger elsewhere, heads and all, which is then computed again; nobody is to append to the source meanwhile.

    Raises UsageError where something lies at the target, TrustError where the source is not what was signed.
    """
    with opened(source, key) as log:
        log.verify()
    read = _storage(source, writing=False)
    try:
        with read.reading() as rows:
            heads = list(rows.heads())
            _begin(target, heads[0])
            write = _storage(target, writing=True)
            try:
                with write.writing() as copied:
                    for one, (position, leaf) in zip(heads[1:], rows.entries(), strict=True):
                        copied.add(one, leaf, rows.body(position))
            finally:
                write.close()
    finally:
        read.close()
    with opened(target, key, remembered=[note.opened(heads[-1].note, key)]) as log:
        log.verify()


def _begin(where: Place, first: Head) -> None:
    if isinstance(where, Path):
        sqlite.create(where, first)
    else:
        _postgres().create(where, first)


def _storage(where: Place, *, writing: bool) -> Storage:
    if isinstance(where, Path):
        return sqlite.Sqlite(where, writing=writing)
    found: Storage = _postgres().Postgres(where, writing=writing)
    return found


def _postgres() -> ModuleType:
    try:
        from verifier.ledger import postgres  # noqa: PLC0415 - what it imports is an extra
    except ImportError as error:
        raise UsageError(say("A ledger on PostgreSQL needs more: pip install delivery-verifier[fleet].")) from error
    return postgres
