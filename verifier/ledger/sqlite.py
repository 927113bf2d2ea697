"""The ledger in a file of SQLite: WAL, every commit on the disk before it is said, and a schema that refuses to forget."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from itertools import starmap
from pathlib import Path
from typing import Any
from urllib.parse import quote

from verifier.errors import TrustError, UsageError, WorldError
from verifier.ledger.storage import Head
from verifier.words import say

APPLICATION = 0x766C6467
"""`vldg`, by which `file` and we know the file; its version is `user_version`."""
VERSION = 2
PATIENCE = 30
"""Seconds that one waits for another's transaction."""
_PRAGMAS = ("synchronous = FULL", "cell_size_check = ON")
_HEADS = "SELECT size, CAST(hashes AS BLOB), CAST(note AS BLOB) FROM head"
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Sqlite:
    """A `Storage`. Raises WorldError for what the machine withholds, TrustError `ledger-damaged` for a broken file."""

    def __init__(self, path: Path, *, writing: bool) -> None:
        """Raises UsageError where there is no ledger."""
        self._path = path
        mode = "rw" if writing else "ro"
        try:
            self._connection = sqlite3.connect(
                f"file:{quote(str(path.absolute()))}?mode={mode}",
                uri=True,
                isolation_level=None,
                timeout=PATIENCE,
                check_same_thread=False,  # a server's threads use it one after the other
            )
            for pragma in _PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
            known = [
                self._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
            ]
        except sqlite3.Error as error:
            damaged = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT
            raise (self._damaged() if damaged else self._no_ledger()) from error
        if known != [APPLICATION, VERSION]:
            self.close()
            raise self._no_ledger()

    def close(self) -> None:
        self._connection.close()

    def check(self) -> None:
        """The schema must be ours, word for word; SQLite's own check reads every page, and every index against its table."""
        with self._errors():
            if _schema(self._connection) != _own_schema():
                raise TrustError(
                    say("The ledger's database no longer refuses changes: its schema is not verifier's."),
                    code="ledger-schema",
                )
            if not self._sound():
                raise self._damaged()

    def _sound(self) -> bool:
        try:
            return self._connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # an index of a leaf that is no JSON
                return False
            raise

    @contextmanager
    def reading(self) -> Iterator[SqliteRows]:
        with self._transaction("BEGIN") as rows:
            yield rows

    @contextmanager
    def writing(self) -> Iterator[SqliteRows]:
        with self._transaction("BEGIN IMMEDIATE") as rows:
            yield rows

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[SqliteRows]:
        with self._errors():
            self._connection.execute(begin)
            try:
                yield SqliteRows(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """What SQLite says, grouped by who must act."""
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise TrustError(
                say("The ledger refuses the entry ({why}).", why=str(error)), code="ledger-refused"
            ) from error
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in _DAMAGED:
                raise self._damaged() from error
            raise WorldError(
                say("The ledger {path} cannot be used now ({why}).", path=self._path, why=str(error))
            ) from error

    def _damaged(self) -> TrustError:
        return TrustError(say("The ledger's file {path} is damaged.", path=self._path), code="ledger-damaged")

    def _no_ledger(self) -> UsageError:
        return UsageError(say("{path} is no ledger, or cannot be opened.", path=self._path))


class SqliteRows:
    """Leaves are text for SQLite, which reads JSON in it, and bytes for everyone else."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def entries(self, since: int = 0, most: int | None = None) -> Iterator[tuple[int, bytes]]:
        query = "SELECT position, CAST(leaf AS BLOB) FROM entry WHERE position >= ? ORDER BY position LIMIT ?"
        return self._execute(query, (since, -1 if most is None else most))

    def found(self, wanted: Mapping[str, str]) -> list[tuple[int, bytes]]:
        wanting = " AND ".join(f"{name} = ?" for name in wanted)
        query = f"SELECT position, CAST(leaf AS BLOB) FROM entry WHERE {wanting} ORDER BY position"  # noqa: S608 - our names
        return self._execute(query, tuple(wanted.values())).fetchall()

    def latest(self) -> str:
        found = self._execute("SELECT max(time) FROM entry").fetchone()[0]
        return str(found or "")

    def heads(self) -> Iterator[Head]:
        return starmap(Head, self._execute(f"{_HEADS} ORDER BY size"))

    def head(self, size: int | None = None) -> Head | None:
        where, asked = ("ORDER BY size DESC LIMIT 1", ()) if size is None else ("WHERE size = ?", (size,))
        row = self._execute(f"{_HEADS} {where}", asked).fetchone()
        return row and Head(*row)

    def body(self, position: int) -> bytes | None:
        query = "SELECT CAST(content AS BLOB) FROM body WHERE position = ?"
        return next((content for (content,) in self._execute(query, (position,))), None)

    def bodies(self) -> list[int]:
        return [position for (position,) in self._execute("SELECT position FROM body ORDER BY position")]

    def add(self, head: Head, leaf: bytes | None = None, body: bytes | None = None) -> None:
        if leaf is not None:
            self._execute("INSERT INTO entry (position, leaf) VALUES (?, ?)", (head.size - 1, leaf.decode()))
        if body is not None:
            self._execute("INSERT INTO body (position, content) VALUES (?, ?)", (head.size - 1, body))
        self._execute("INSERT INTO head (size, hashes, note) VALUES (?, ?, ?)", (head.size, head.hashes, head.note))


def create(path: Path, head: Head) -> None:
    """A new ledger, of which this is the head. Raises UsageError where something lies there or nothing can."""
    try:
        path.open("xb").close()
    except OSError as error:
        raise UsageError(say("{file} cannot be written ({error})", file=path, error=error.strerror)) from error
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(
                f"BEGIN;\n{_script()}\nPRAGMA application_id = {APPLICATION};\nPRAGMA user_version = {VERSION};"
            )
            SqliteRows(connection).add(head)
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.Error as error:
        path.unlink()
        raise WorldError(say("{file} could not be written ({error})", file=path, error=str(error))) from error


def _script() -> str:
    return (files("verifier.ledger") / "schema.sql").read_text(encoding="utf-8")


def _schema(connection: sqlite3.Connection) -> set[Any]:
    return set(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))


def _own_schema() -> set[Any]:
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(_script())
        return _schema(connection)
    finally:
        connection.close()
