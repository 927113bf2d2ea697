"""The index in a database: SQLite in the record's folder by default, anything else that SQLAlchemy knows by its address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, delete, event, func, insert, or_, select, text
from sqlalchemy.exc import DatabaseError, DBAPIError

from verifier.errors import WorldError
from verifier.procurement.guardrails import Answer, Purchase
from verifier.procurement.guardrails.rules import telling
from verifier.procurement.index.rows import (
    Listed,
    Wanted,
    answer_rows,
    contract_row,
    milestone_rows,
    purchase,
    term_rows,
    terms,
)
from verifier.procurement.index.tables import ANSWER, CONTRACT, METADATA, MILESTONE, SEEN, STATEMENT, TERM
from verifier.procurement.record import Record
from verifier.statements import statement
from verifier.trust.signed import Signed, SignedBy
from verifier.words import say

REVISION = "0003"
"""The newest of `migrations/versions`."""
LISTED = tuple(CONTRACT.c[one.name] for one in fields(Listed))
LOOKED_AT = tuple(
    CONTRACT.c[name]
    for name in (
        *("key", "id", "supplier", "requester", "place", "currency", "bought", "awarded", "ended", "agreed", "words"),
    )
)
"""Columns of a `Purchase`."""


class Index:
    """Raises WorldError for what the machine withholds."""

    def __init__(self, address: str) -> None:
        self._engine = create_engine(address)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _prepare)
        with _errors(address):
            _migrate(self._engine, address)

    @classmethod
    def beside(cls, folder: Path) -> Index:
        """In a file of the record's folder."""
        return cls(f"sqlite:///{folder / 'index.sqlite'}")

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def changing(self) -> Iterator[Changes]:
        """All of the changes or none."""
        with _errors(str(self._engine.url)), self._engine.begin() as connection:
            yield Changes(connection)

    def listed(self, wanted: Wanted) -> list[Listed]:
        """By their keys, from `wanted.after` on."""
        query = select(*LISTED).order_by(CONTRACT.c.key).limit(wanted.limit)
        for condition in _conditions(wanted):
            query = query.where(condition)
        with _errors(str(self._engine.url)), self._engine.connect() as connection:
            return [Listed(**row) for row in connection.execute(query).mappings()]

    def purchases(self) -> list[Purchase]:
        """Every contract that was agreed."""
        return self._purchases(CONTRACT.c.agreed >= 0)

    def near(self, one: Purchase, share: int | None) -> list[Purchase]:
        """Those that were agreed and that a rule could relate to this one: its parties', its repository's, and those whose
        requirements are that much (percent) like its own in a language, where that is asked for.
        """
        same = [CONTRACT.c[name] == getattr(one, name) for name in ("supplier", "requester", "place")]
        if share is not None and (rare := self._telling(one, share)):
            same.append(CONTRACT.c.key.in_(select(TERM.c.contract).where(TERM.c.word.in_(rare))))
        return self._purchases(CONTRACT.c.agreed >= 0, CONTRACT.c.key != one.key, or_(*same))

    def answers(self) -> dict[str, list[Answer]]:
        """Contract's key -> what was answered to its leads, oldest first."""
        query = select(ANSWER).order_by(ANSWER.c.contract, ANSWER.c.number)
        found: dict[str, list[Answer]] = {}
        with _errors(str(self._engine.url)), self._engine.connect() as connection:
            for row in connection.execute(query):
                found.setdefault(row.contract, []).append(
                    Answer(rule=row.rule, time=row.time, by=row.by, note=row.note)
                )
        return found

    def _purchases(self, *conditions: Any) -> list[Purchase]:
        query = select(*LOOKED_AT).where(*conditions)
        with _errors(str(self._engine.url)), self._engine.connect() as connection:
            return [purchase(row) for row in connection.execute(query).mappings()]

    def _telling(self, one: Purchase, share: int) -> list[str]:
        words = list(terms(one))
        query = select(TERM.c.word, func.count()).where(TERM.c.word.in_(words)).group_by(TERM.c.word)
        with _errors(str(self._engine.url)), self._engine.connect() as connection:
            counted = dict.fromkeys(words, 0) | {row[0]: row[1] for row in connection.execute(query)}
        of_each = ({word: counted[word] for word in words if word.startswith(f"{spoken}:")} for spoken in one.words)
        return [word for each in of_each for word in telling(each, share)]

    def statements(self, key: str) -> list[Signed]:
        """Those of one contract as they were when they were filed: not verified again."""
        query = select(STATEMENT.c.digest, STATEMENT.c.payload, STATEMENT.c.signed).where(STATEMENT.c.contract == key)
        with _errors(str(self._engine.url)), self._engine.connect() as connection:
            return [_signed(*row) for row in connection.execute(query)]

    def contract_of(self, digest: str) -> str:
        """The id of the contract that a statement is about; "" where none is known."""
        query = select(CONTRACT.c.id).join(STATEMENT, STATEMENT.c.contract == CONTRACT.c.key)
        with _errors(str(self._engine.url)), self._engine.connect() as connection:
            return connection.execute(query.where(STATEMENT.c.digest == digest)).scalar() or ""

    def seen(self, origin: str) -> int:
        """How many entries of a ledger the index knows."""
        with _errors(str(self._engine.url)), self._engine.connect() as connection:
            return connection.execute(select(SEEN.c.size).where(SEEN.c.origin == origin)).scalar() or 0

    def keys(self) -> dict[str, str]:
        """The contract's name in the ledger -> its key, of every contract."""
        with _errors(str(self._engine.url)), self._engine.connect() as connection:
            found = connection.execute(select(CONTRACT.c.ledger, CONTRACT.c.key))
            return {row.ledger: row.key for row in found}

    def ids(self) -> dict[str, str]:
        """Key -> id of every contract, by its key."""
        with _errors(str(self._engine.url)), self._engine.connect() as connection:
            found = connection.execute(select(CONTRACT.c.key, CONTRACT.c.id).order_by(CONTRACT.c.key))
            return {row.key: row.id for row in found}


class Changes:
    """Within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute

    def put(self, record: Record, statements: Iterable[Signed]) -> None:
        """A record as it is now, in the place of what was there; statements that are there stay."""
        row = contract_row(record)
        key = row["key"]
        known = set(self._execute(select(STATEMENT.c.digest).where(STATEMENT.c.contract == key)).scalars())
        for table in (MILESTONE, TERM, ANSWER):
            self._execute(delete(table).where(table.c.contract == key))
        changed = self._execute(CONTRACT.update().where(CONTRACT.c.key == key).values(row))
        if not changed.rowcount:
            self._execute(insert(CONTRACT).values(row))
        for table, rows in ((MILESTONE, milestone_rows), (TERM, term_rows), (ANSWER, answer_rows)):
            if made := rows(record):
                self._execute(insert(table), made)
        for one in statements:
            values = {"contract": key, **_row(one)}
            if one.digest in known:
                same = (STATEMENT.c.contract == key) & (STATEMENT.c.digest == one.digest)
                self._execute(STATEMENT.update().where(same).values(signed=values["signed"]))
            else:
                self._execute(insert(STATEMENT).values(values))

    def saw(self, origin: str, size: int) -> None:
        """The index knows so many entries of this ledger."""
        self._execute(delete(SEEN).where(SEEN.c.origin == origin))
        self._execute(insert(SEEN).values(origin=origin, size=size))

    def clear(self) -> None:
        """Forgets everything, to be made again."""
        for table in reversed(METADATA.sorted_tables):
            self._execute(delete(table))


def _conditions(wanted: Wanted) -> Iterator[Any]:
    if wanted.after:
        yield CONTRACT.c.key > wanted.after
    for name in ("state", "supplier", "requester", "repository"):
        if value := getattr(wanted, name):
            yield CONTRACT.c[name] == value
    if wanted.due_before:
        yield (CONTRACT.c.due != "") & (CONTRACT.c.due < wanted.due_before)
    if wanted.text:
        names = ("id", "title_en", "title_fr", "payee")
        yield or_(*(CONTRACT.c[name].icontains(wanted.text, autoescape=True) for name in names))


def _row(one: Signed) -> dict[str, Any]:
    signed = [[by.person, by.key, by.at] for by in one.by]
    return {"digest": one.digest, "payload": statement.write(one.statement), "signed": signed}


def _signed(digest: str, payload: bytes, signed: list[list[Any]]) -> Signed:
    by = tuple(SignedBy(person=person, key=key, at=at) for person, key, at in signed)
    return Signed(statement=statement.read(payload), digest=digest, by=by)


def _prepare(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "busy_timeout = 30000"):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: Engine, address: str) -> None:
    """To the newest form, where it is not that already: Alembic starts slowly."""
    with engine.connect() as connection:
        try:
            if connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == REVISION:
                return
        except DatabaseError:  # no such table: it is new
            pass
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "verifier.procurement.index:migrations")
    config.set_main_option("sqlalchemy.url", address.replace("%", "%%"))
    command.upgrade(config, "head")


@contextmanager
def _errors(address: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        why = str(error.orig)
        raise WorldError(say("The index {path} cannot be used now ({why}).", path=address, why=why)) from error
