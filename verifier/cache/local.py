"""Entries on this machine, in one SQLite file of a bounded size: what was used least lately goes first."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from verifier.cache.store import Lost

MOST = 1_000_000_000
"""Bytes of all entries together."""
LEFT = 0.9
"""The share of them that stays when there are more."""
PATIENCE = 5
"""Seconds that another run of this user may take to write."""
AT_ONCE = 500
"""Names in one question: SQLite takes a thousand."""
TABLES = """
CREATE TABLE IF NOT EXISTS entries (name TEXT PRIMARY KEY, size INTEGER NOT NULL, used INTEGER NOT NULL, content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS by_use ON entries (used, name, size);
"""


def _write_ahead(base: sqlite3.Connection) -> None:
    """For this SQLite waits for nobody by itself: two runs that begin together would take each other's cache away."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            base.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


class Local:
    """A `Store`. A file that is none of SQLite's makes way for a new one."""

    def __init__(self, path: Path, *, most: int = MOST) -> None:
        self._path, self._most = path, most
        self._lock = threading.Lock()
        try:
            self._base = self._opened()
        except sqlite3.OperationalError as error:
            raise Lost(str(error)) from error
        except sqlite3.DatabaseError:
            self._base = self._anew()

    def _opened(self) -> sqlite3.Connection:
        base = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        _write_ahead(base)
        base.execute("PRAGMA synchronous=NORMAL")  # what a power cut takes is found out anew
        base.executescript(TABLES)
        return base

    def _anew(self) -> sqlite3.Connection:
        for damaged in self._path.parent.glob(self._path.name + "*"):
            damaged.unlink()
        return self._opened()

    def get(self, names: Iterable[str]) -> Mapping[str, bytes]:
        wanted = list(names)
        found: dict[str, bytes] = {}
        with self._asked() as base:
            for start in range(0, len(wanted), AT_ONCE):
                some = wanted[start : start + AT_ONCE]
                marks = ",".join("?" * len(some))
                found.update(base.execute(f"SELECT name, content FROM entries WHERE name IN ({marks})", some))  # noqa: S608
        now = time.time_ns()
        with suppress(Lost), self._changed() as base:  # a full disk is read all the same
            base.executemany("UPDATE entries SET used = ? WHERE name = ?", [(now, name) for name in found])
        return found

    def put(self, entries: Mapping[str, bytes]) -> None:
        now = time.time_ns()
        rows = [(name, len(content), now, content) for name, content in entries.items()]
        with self._changed() as base:
            base.executemany("INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?)", rows)
            base.executemany("DELETE FROM entries WHERE name = ?", self._too_many(base))

    def drop(self, names: Iterable[str]) -> None:
        with self._changed() as base:
            base.executemany("DELETE FROM entries WHERE name = ?", [(name,) for name in names])

    def _too_many(self, base: sqlite3.Connection) -> list[tuple[str]]:
        """The least lately used, down to a share, so that not every entry pushes one out."""
        (held,) = base.execute("SELECT coalesce(sum(size), 0) FROM entries").fetchone()
        gone: list[tuple[str]] = []
        if held > self._most:
            for name, size in base.execute("SELECT name, size FROM entries ORDER BY used, name"):
                if held <= self._most * LEFT:
                    break
                gone.append((name,))
                held -= size
        return gone

    @contextmanager
    def _asked(self) -> Iterator[sqlite3.Connection]:
        """One thread at a time."""
        try:
            with self._lock:
                yield self._base
        except sqlite3.Error as error:
            if type(error) is sqlite3.DatabaseError:  # what lies there is damaged; the next run begins anew
                self._base.close()
                self._base = self._anew()
            raise Lost(str(error)) from error

    @contextmanager
    def _changed(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing."""
        with self._asked() as base:
            base.execute("BEGIN IMMEDIATE")
            try:
                yield base
                base.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has ended the transaction already
                    base.execute("ROLLBACK")
                raise

    def close(self) -> None:
        self._base.close()
