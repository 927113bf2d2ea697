"""The ledger on PostgreSQL: one in a database, in the schema `ledger`, which refuses to forget as the one in a file does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from itertools import starmap
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.pq import TransactionStatus

from verifier.errors import TrustError, UsageError, WorldError
from verifier.ledger.storage import Head
from verifier.words import say

SCHEMA, PRISTINE = "ledger", "pg_temp"
PATIENCE = 30
"""Seconds that one waits for the database, and for another's transaction."""
ONE_AT_A_TIME = 0x766C6467
"""Of the advisory lock (`vldg`) that a writer holds."""
_HEADS = "SELECT size, hashes, note FROM ledger.head"
_DESCRIBED = """
SELECT 'column', c.relname || '.' || a.attname, concat_ws(' ', a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r'
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = %(schema)s::regnamespace
UNION ALL SELECT 'index', c.relname, pg_get_indexdef(i.indexrelid) || i.indisvalid FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = %(schema)s::regnamespace
UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(t.oid) || tgenabled::text FROM pg_trigger t
  JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = %(schema)s::regnamespace
UNION ALL SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace
UNION ALL SELECT 'rule', rulename, '' FROM pg_rules WHERE schemaname = %(schema)s::text
"""
"""All that says what the ledger's tables hold and refuse, in PostgreSQL's own words."""
_UNSOUND = """
SELECT 1 FROM ledger.entry WHERE (kind, contract, milestone, subject, nonce, reason, "time", stored) IS DISTINCT FROM
  (leaf::jsonb->>'kind', leaf::jsonb->>'contract', leaf::jsonb->>'milestone', leaf::jsonb->>'subject', leaf::jsonb->>'nonce',
   leaf::jsonb#>>'{reasons,0}', leaf::jsonb->>'time', leaf::jsonb->>'stored') LIMIT 1
"""


class Postgres:
    """A `Storage`. Raises WorldError for what the database withholds."""

    def __init__(self, address: str, *, writing: bool) -> None:
        """Raises UsageError where there is no ledger."""
        self._connection = _connected(address)
        self._writing = writing
        with _errors():
            found = self._connection.execute("SELECT to_regclass('ledger.head')").fetchone()
        if found is None or found[0] is None:
            self.close()
            raise UsageError(say("The database holds no ledger; `verifier ledger new` begins one."))

    def close(self) -> None:
        self._connection.close()

    def check(self) -> None:
        """The schema must be ours, word for word, and what entries are found by what their leaves say."""
        with _errors():
            if _described(self._connection, SCHEMA) != _own(self._connection):
                raise TrustError(
                    say("The ledger's database no longer refuses changes: its schema is not verifier's."),
                    code="ledger-schema",
                )
            if self._connection.execute(_UNSOUND).fetchone():
                raise TrustError(say("The ledger's database is damaged."), code="ledger-damaged")

    @contextmanager
    def reading(self) -> Iterator[PostgresRows]:
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as rows:
            yield rows

    @contextmanager
    def writing(self) -> Iterator[PostgresRows]:
        with self._transaction("BEGIN ISOLATION LEVEL READ COMMITTED") as rows:
            self._connection.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            self._connection.execute("SET LOCAL synchronous_commit = on")
            self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
            yield rows

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[PostgresRows]:
        with _errors():
            self._connection.execute(begin.encode())
            try:
                yield PostgresRows(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.info.transaction_status != TransactionStatus.IDLE and not self._connection.closed:
                    self._connection.execute("ROLLBACK")
                raise


class PostgresRows:
    """Leaves are text for PostgreSQL, which reads JSON in it, and bytes for everyone else."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._execute = connection.execute

    def entries(self, since: int = 0, most: int | None = None) -> Iterator[tuple[int, bytes]]:
        query = "SELECT position, leaf FROM ledger.entry WHERE position >= %s ORDER BY position LIMIT %s"
        return ((position, leaf.encode()) for position, leaf in self._execute(query, (since, most)))

    def found(self, wanted: Mapping[str, str]) -> list[tuple[int, bytes]]:
        wanting = " AND ".join(f"{name} = %({name})s" for name in wanted)
        query = f"SELECT position, leaf FROM ledger.entry WHERE {wanting} ORDER BY position"  # noqa: S608 - our names
        return [(position, leaf.encode()) for position, leaf in self._execute(query.encode(), dict(wanted))]

    def latest(self) -> str:
        found = self._execute('SELECT max("time" COLLATE "C") FROM ledger.entry').fetchone()
        return str(found[0] or "") if found else ""

    def heads(self) -> Iterator[Head]:
        return starmap(Head, self._execute(f"{_HEADS} ORDER BY size".encode()))

    def head(self, size: int | None = None) -> Head | None:
        where = "ORDER BY size DESC LIMIT 1" if size is None else "WHERE size = %s"
        row = self._execute(f"{_HEADS} {where}".encode(), () if size is None else (size,)).fetchone()
        return Head(*row) if row else None

    def body(self, position: int) -> bytes | None:
        row = self._execute("SELECT content FROM ledger.body WHERE position = %s", (position,)).fetchone()
        return bytes(row[0]) if row else None

    def bodies(self) -> list[int]:
        return [position for (position,) in self._execute("SELECT position FROM ledger.body ORDER BY position")]

    def add(self, head: Head, leaf: bytes | None = None, body: bytes | None = None) -> None:
        at = head.size - 1
        if leaf is not None:
            self._execute("INSERT INTO ledger.entry (position, leaf) VALUES (%s, %s)", (at, leaf.decode()))
        if body is not None:
            self._execute("INSERT INTO ledger.body (position, content) VALUES (%s, %s)", (at, body))
        values = (head.size, head.hashes, head.note)
        self._execute("INSERT INTO ledger.head (size, hashes, note) VALUES (%s, %s, %s)", values)


def create(address: str, head: Head) -> None:
    """A new ledger, of which this is the head. Raises UsageError where one lies there."""
    connection = _connected(address)
    try:
        with _errors(), connection.transaction():
            if connection.execute("SELECT to_regnamespace('ledger')").fetchone() != (None,):
                raise UsageError(say("The database holds a ledger already, and it is left as it is."))
            connection.execute("CREATE SCHEMA ledger")
            connection.execute(_script(SCHEMA).encode())
            PostgresRows(connection).add(head)
    finally:
        connection.close()


def _connected(address: str) -> Connection[Any]:
    with _errors():
        return psycopg.connect(address, autocommit=True, connect_timeout=PATIENCE)


def _script(schema: str) -> str:
    text = (files("verifier.ledger") / "postgres.sql").read_text(encoding="utf-8")
    return text.replace("{schema}", schema)


def _own(connection: Connection[Any]) -> set[tuple[str, ...]]:
    """As a new one is described: made for a moment among what is temporary, so that who only reads can do it."""
    with connection.transaction(force_rollback=True):
        connection.execute(_script(PRISTINE).encode())
        name = connection.execute("SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()").fetchone()
        return _described(connection, name[0] if name else PRISTINE)


def _described(connection: Connection[Any], schema: str) -> set[tuple[str, ...]]:
    with connection.transaction():
        connection.execute("SET LOCAL search_path = ''")  # every name comes with its schema
        rows = connection.execute(_DESCRIBED, {"schema": schema}).fetchall()
    return {tuple(str(one).replace(schema, "@").replace(PRISTINE, "@") for one in row) for row in rows}


@contextmanager
def _errors() -> Iterator[None]:
    """What PostgreSQL says, grouped by who must act."""
    try:
        yield
    except psycopg.IntegrityError as error:
        why = error.diag.message_primary or str(error)
        raise TrustError(say("The ledger refuses the entry ({why}).", why=why), code="ledger-refused") from error
    except psycopg.Error as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise WorldError(say("The ledger's database cannot be used now ({why}).", why=why)) from error
