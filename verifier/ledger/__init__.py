"""The ledger in a file: `create` a new one, `opened` to read it or to append.

    with opened(Path("payments.ledger"), key, sign=sign, remembered=[head]) as ledger: ...

`key` names the log and verifies its heads, `head` is one of them that was kept elsewhere, `sign` is for who appends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from verifier.ledger import sqlite
from verifier.ledger.entry import Entry
from verifier.ledger.log import Found, Ledger, Page, WritablePage, head
from verifier.merkle import Range
from verifier.note import Checkpoint, Key, Sign

__all__ = ["Entry", "Found", "Ledger", "Page", "WritablePage", "create", "opened"]


def create(path: Path, key: Key, sign: Sign) -> None:
    """An empty ledger of the log that this key names. Raises UsageError where something lies at the path."""
    sqlite.create(path, head(Range(), key, sign))


@contextmanager
def opened(
    path: Path, key: Key, *, sign: Sign | None = None, remembered: Sequence[Checkpoint] = ()
) -> Iterator[Ledger]:
    """The ledger, its whole tree computed again; with `sign`, to append.

    Raises UsageError where there is none, WorldError where it cannot be had, TrustError where it is not what was signed.
    """
    storage = sqlite.Sqlite(path, writing=sign is not None)
    try:
        yield Ledger(storage, key, sign=sign, remembered=remembered)
    finally:
        storage.close()
