"""The index in a database: SQLite in the record's folder by default, PostgreSQL where several machines share it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, text
from sqlalchemy.exc import DatabaseError, DBAPIError

from verifier.errors import TrustError, UsageError, WorldError
from verifier.gate.moves import OPEN, State
from verifier.procurement.guardrails import Answer, Purchase
from verifier.procurement.guardrails.rules import telling
from verifier.procurement.index.accepted import Accepted
from verifier.procurement.index.engine import engine, writing
from verifier.procurement.index.rows import (
    Listed,
    Mark,
    Wanted,
    answer_rows,
    contract_row,
    measured,
    milestone_rows,
    purchase,
    term_rows,
    terms,
)
from verifier.procurement.index.tables import (
    ANSWER,
    CONTRACT,
    LASTING,
    METADATA,
    MILESTONE,
    POST,
    SEEN,
    STATEMENT,
    TERM,
    TOLD,
)
from verifier.procurement.measures import Measured
from verifier.procurement.payment.post import Post
from verifier.procurement.record import Record
from verifier.statements import statement
from verifier.trust.signed import Signed, SignedBy
from verifier.words import say

REVISION = "0007"
"""The newest of `migrations/versions`."""
LISTED = tuple(CONTRACT.c[one.name] for one in fields(Listed))
ACCEPTED = (
    *(CONTRACT.c[name] for name in ("key", "title_en", "title_fr", "payee", "currency", "licence", "repository")),
    CONTRACT.c.id.label("contract"),
    MILESTONE.c.id.label("milestone"),
    MILESTONE.c.title_en.label("part_en"),
    MILESTONE.c.title_fr.label("part_fr"),
    *(MILESTONE.c[name] for name in ("total", "commit", "accepted", "paid", "assessment", "report", "listing")),
)
"""Columns of an `Accepted`."""
MEASURED = tuple(CONTRACT.c[name] for name in ("key", "id", "awarded", "state", "currency", "total"))
MARKED = tuple(CONTRACT.c[one.name] for one in fields(Mark))
LOOKED_AT = tuple(
    CONTRACT.c[name]
    for name in (
        *("key", "id", "supplier", "requester", "place", "currency", "bought", "awarded", "ended", "agreed", "words"),
    )
)
"""Columns of a `Purchase`."""


class SpoiltIndexError(UsageError):
    """Somebody wrote into the index what it is not made of; only making it anew helps."""


class Index:
    """Raises WorldError for what the machine withholds, SpoiltIndexError for what no record says."""

    def __init__(self, address: str) -> None:
        self._engine = engine(address)
        with _errors(str(self._engine.url)):  # without a password
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
        with _errors(str(self._engine.url)), writing(self._engine) as connection:
            yield Changes(connection)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _errors(str(self._engine.url)), self._engine.connect() as connection, _believed():
            yield connection

    def counted(self, wanted: Wanted) -> int:
        """How many there are in all, whatever the limit."""
        query = select(func.count()).select_from(CONTRACT).where(*_conditions(wanted))
        with self._reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def listed(self, wanted: Wanted) -> list[Listed]:
        """By their keys, from `wanted.after` on, or the oldest first."""
        order, page = _order(wanted), select(CONTRACT.c.key).where(*_conditions(wanted))
        page = page.order_by(*order).offset(wanted.skip).limit(wanted.limit)  # whole rows are long: of those alone
        query = select(*LISTED).where(CONTRACT.c.key.in_(page)).order_by(*order)
        with self._reading() as connection:
            return [Listed(**_known(row)) for row in connection.execute(query).mappings()]

    def states(self) -> dict[str, int]:
        """How many contracts there are in each state, of those in which there are any."""
        query = select(CONTRACT.c.state, func.count()).group_by(CONTRACT.c.state)
        with self._reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def marks(self) -> list[Mark]:
        """Of every contract, by its key."""
        query = select(*MARKED).order_by(CONTRACT.c.key)
        with self._reading() as connection:
            return [Mark(**_known(row)) for row in connection.execute(query).mappings()]

    def accepted(self, skip: int = 0, limit: int = 100) -> list[Accepted]:
        """Milestones whose delivery was accepted, the newest first."""
        order = [MILESTONE.c[name].desc() for name in ("accepted", "contract", "number")]  # as the index has them
        rows = select(MILESTONE.c.contract, MILESTONE.c.number).where(MILESTONE.c.accepted > "").order_by(*order)
        wanted = rows.offset(skip).limit(limit).subquery()  # passes over what is left out without reading it
        same = (MILESTONE.c.contract == wanted.c.contract) & (MILESTONE.c.number == wanted.c.number)
        query = select(*ACCEPTED).join(MILESTONE, MILESTONE.c.contract == CONTRACT.c.key).join(wanted, same)
        with self._reading() as connection:
            return [Accepted(**row) for row in connection.execute(query.order_by(*order)).mappings()]

    def accepted_number(self) -> int:
        """How many there are in all."""
        query = select(func.count()).select_from(MILESTONE).where(MILESTONE.c.accepted > "")
        with self._reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def measured(self) -> list[Measured]:
        """Every contract that was agreed, by its key."""
        agreed = CONTRACT.c.agreed >= 0
        parts = select(MILESTONE.c.contract, MILESTONE.c.state, MILESTONE.c.total, MILESTONE.c.measured)
        with self._reading() as connection:
            contracts = connection.execute(select(*MEASURED).where(agreed).order_by(CONTRACT.c.key)).all()
            found: dict[str, list[Any]] = {}
            for row in connection.execute(parts.order_by(MILESTONE.c.contract, MILESTONE.c.number)):
                found.setdefault(row.contract, []).append(row)
            return [measured(row, found.get(row.key, [])) for row in contracts]

    def named(self, names: Collection[str] | None = None) -> dict[str, tuple[str, str]]:
        """The ledger's name of a contract -> its key and its id: of those with these names that are there, or of all."""
        query = select(CONTRACT.c.ledger, CONTRACT.c.key, CONTRACT.c.id)
        if names is not None:
            query = query.where(CONTRACT.c.ledger.in_(set(names)))
        with self._reading() as connection:
            return {row.ledger: (row.key, row.id) for row in connection.execute(query)}

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
        with self._reading() as connection:
            for row in connection.execute(query):
                found.setdefault(row.contract, []).append(
                    Answer(rule=row.rule, time=row.time, by=row.by, note=row.note)
                )
        return found

    def _purchases(self, *conditions: Any) -> list[Purchase]:
        query = select(*LOOKED_AT).where(*conditions).order_by(CONTRACT.c.key)
        with self._reading() as connection:
            return [purchase(row) for row in connection.execute(query).mappings()]

    def _telling(self, one: Purchase, share: int) -> list[str]:
        words = list(terms(one))
        query = select(TERM.c.word, func.count()).where(TERM.c.word.in_(words)).group_by(TERM.c.word)
        with self._reading() as connection:
            counted = dict.fromkeys(words, 0) | {row[0]: row[1] for row in connection.execute(query)}
        of_each = ({word: counted[word] for word in words if word.startswith(f"{spoken}:")} for spoken in one.words)
        return [word for each in of_each for word in telling(each, share)]

    def statements(self, key: str) -> list[Signed]:
        """Those of one contract as they were when they were filed: not verified again."""
        with self._reading() as connection:
            return _filed(connection.execute, key)

    def of_type(self, type_: str) -> Iterator[tuple[str, Signed]]:
        """(key of its contract, statement) of all statements of a type, as they were when they were filed: not verified again."""
        query = select(STATEMENT).order_by(STATEMENT.c.contract, STATEMENT.c.digest).execution_options(yield_per=100)
        said = f'"predicateType":"{type_}"'.encode()
        with self._reading() as connection:
            for row in connection.execute(query):
                if said in row.payload:
                    signed = _signed(row.digest, row.payload, row.signed)
                    if signed.type == type_:
                        yield row.contract, signed

    def digests(self) -> dict[str, list[str]]:
        """Contract's key -> the digests of all its statements, sorted."""
        query = select(STATEMENT.c.contract, STATEMENT.c.digest).order_by(STATEMENT.c.contract, STATEMENT.c.digest)
        found: dict[str, list[str]] = {}
        with self._reading() as connection:
            for row in connection.execute(query):
                found.setdefault(row.contract, []).append(row.digest)
        return found

    def beginning(self, digest: str) -> list[tuple[str, str]]:
        """(key of its contract, digest) of every statement whose digest begins like this."""
        query = select(STATEMENT.c.contract, STATEMENT.c.digest).order_by(STATEMENT.c.digest)
        between = (STATEMENT.c.digest >= digest) & (STATEMENT.c.digest < f"{digest}g")
        with self._reading() as connection:
            return [(row.contract, row.digest) for row in connection.execute(query.where(between))]

    def contract_of(self, digest: str) -> str:
        """The id of the contract that a statement is about; "" where none is known."""
        query = select(CONTRACT.c.id).join(STATEMENT, STATEMENT.c.contract == CONTRACT.c.key)
        with self._reading() as connection:
            return connection.execute(query.where(STATEMENT.c.digest == digest)).scalar() or ""

    def seen(self, origin: str) -> int:
        """How many entries of a ledger the index knows."""
        with self._reading() as connection:
            return connection.execute(select(SEEN.c.size).where(SEEN.c.origin == origin)).scalar() or 0

    def posts(self) -> dict[str, Post]:
        """Digest of a payment release -> what became of its post, of each that was tried."""
        with self._reading() as connection:
            found = [Post(**row) for row in connection.execute(select(POST)).mappings()]
        return {one.digest: one for one in found}

    def keys(self) -> set[str]:
        """The names in the ledger of all contracts."""
        with self._reading() as connection:
            return set(connection.execute(select(CONTRACT.c.ledger)).scalars())

    def known(self) -> set[str]:
        """The key of every contract."""
        with self._reading() as connection:
            return set(connection.execute(select(CONTRACT.c.key)).scalars())

    def told(self) -> dict[tuple[str, str, str], str]:
        """(key of what was told, person, notifier) -> time."""
        with self._reading() as connection:
            return {(row.key, row.person, row.notifier): row.time for row in connection.execute(select(TOLD))}

    def lasting(self) -> dict[str, list[dict[str, Any]]]:
        """Table -> rows, of what cannot be made again."""
        with self._reading() as connection:
            return {one.name: [dict(row) for row in connection.execute(select(one)).mappings()] for one in LASTING}

    def ids(self) -> dict[str, str]:
        """Key -> id of every contract, by its key."""
        with self._reading() as connection:
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
        if not self._execute(CONTRACT.update().where(CONTRACT.c.key == key).values(row)).rowcount:
            self._execute(insert(CONTRACT).values(row))
        self._parts(key, record)
        self._statements(key, statements)

    def statements(self, key: str) -> list[Signed]:
        """Those of one contract as they were when they were filed."""
        with _believed():
            return _filed(self._execute, key)

    def _parts(self, key: str, record: Record) -> None:
        """What has a table of its own."""
        for table, rows in ((MILESTONE, milestone_rows), (TERM, term_rows), (ANSWER, answer_rows)):
            self._execute(delete(table).where(table.c.contract == key))
            if made := rows(record):
                self._execute(insert(table), made)

    def _statements(self, key: str, statements: Iterable[Signed]) -> None:
        known = self._signers(key)
        for one in statements:
            signed = [[by.person, by.key, by.at] for by in one.by]
            if one.digest not in known:
                payload = statement.write(one.statement)
                self._execute(insert(STATEMENT).values(contract=key, digest=one.digest, payload=payload, signed=signed))
            elif known[one.digest] != signed:
                same = (STATEMENT.c.contract == key) & (STATEMENT.c.digest == one.digest)
                self._execute(STATEMENT.update().where(same).values(signed=signed))

    def _signers(self, key: str) -> dict[str, Any]:
        """Digest -> who signed it, of each statement that is there."""
        query = select(STATEMENT.c.digest, STATEMENT.c.signed).where(STATEMENT.c.contract == key)
        with _believed():
            return {row.digest: row.signed for row in self._execute(query)}

    def saw(self, origin: str, start: int, size: int) -> None:
        """The index knows the ledger's entries from `start` to `size`; a gap before them is left, to be made up for."""
        seen = self._execute(select(SEEN.c.size).where(SEEN.c.origin == origin)).scalar() or 0
        if seen >= start:
            self._execute(delete(SEEN).where(SEEN.c.origin == origin))
            self._execute(insert(SEEN).values(origin=origin, size=max(seen, size)))

    def tell(self, keys: Iterable[str], person: str, notifier: str, time: str) -> None:
        """Remembers that a person was told these."""
        rows = [{"key": key, "person": person, "notifier": notifier, "time": time} for key in keys]
        self._execute(insert(TOLD), rows)

    def put_post(self, post: Post, *, anew: bool) -> None:
        """What became of a post. What was posted stays so, whatever another found who sent it at once; unless `anew`."""
        same = POST.c.digest == post.digest
        posted = self._execute(select(POST.c.posted).where(same)).scalar()
        if posted is None:
            self._execute(insert(POST).values(asdict(post)))
        elif anew or not posted:
            self._execute(POST.update().where(same).values(asdict(post)))

    def take_over(self, lasting: Mapping[str, list[dict[str, Any]]]) -> None:
        """What another index remembers that cannot be made again, in the place of what this one does."""
        for table in LASTING:
            self._execute(delete(table))
            if rows := lasting[table.name]:
                self._execute(insert(table), rows)

    def clear(self) -> None:
        """Forgets all that can be made again."""
        for table in reversed(METADATA.sorted_tables):
            if table not in LASTING:
                self._execute(delete(table))


def _order(wanted: Wanted) -> tuple[Any, ...]:
    if not wanted.oldest:
        return (CONTRACT.c.key,)
    return (CONTRACT.c.due if wanted.late else CONTRACT.c.since, CONTRACT.c.key)


def _known(row: Any) -> dict[str, Any]:
    """What is null until the record is made again is nothing yet."""
    return {name: "" if value is None else value for name, value in row.items()}


def _conditions(wanted: Wanted) -> Iterator[Any]:
    if wanted.after:
        yield CONTRACT.c.key > wanted.after
    for name in ("state", "supplier", "requester", "repository", "verdict", "licence", "profile"):
        if value := getattr(wanted, name):
            yield CONTRACT.c[name] == value
    if wanted.awarded_from:
        yield CONTRACT.c.awarded >= wanted.awarded_from
    if wanted.awarded_until:
        yield CONTRACT.c.awarded <= f"{wanted.awarded_until}T23:59:59Z"
    if wanted.due_before:
        yield (CONTRACT.c.due > "") & (CONTRACT.c.due < wanted.due_before)
    if wanted.late:
        state = CONTRACT.c.state + ""  # SQLite would begin with the states, in which most is not late
        yield (CONTRACT.c.due > "") & (CONTRACT.c.due < wanted.late) & state.in_(_LATE)
    if wanted.text:
        yield CONTRACT.c.search.contains(wanted.text.casefold(), autoescape=True)


_LATE = sorted(state.value for state in OPEN - {State.DELIVERED, State.ASSESSING})
"""States in which what is due has not been delivered."""


def _filed(execute: Any, key: str) -> list[Signed]:
    query = select(STATEMENT.c.digest, STATEMENT.c.payload, STATEMENT.c.signed).where(STATEMENT.c.contract == key)
    return [_signed(*row) for row in execute(query.order_by(STATEMENT.c.digest))]


def _signed(digest: str, payload: bytes, signed: list[list[Any]]) -> Signed:
    if sha256(payload).hexdigest() != digest:
        raise ValueError(digest)
    by = tuple(SignedBy(person=person, key=key, at=at) for person, key, at in signed)
    return Signed(statement=statement.shaped(json.loads(payload)), digest=digest, by=by)


def _migrate(database: Engine, address: str) -> None:
    """To the newest form, where it is not that already: Alembic starts slowly."""
    with database.connect() as connection:
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


@contextmanager
def _believed() -> Iterator[None]:
    """Where rows become what they stand for."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, TrustError) as error:
        words = say("The index of the record holds what no signed file says; `verifier record rebuild` makes it anew.")
        raise SpoiltIndexError(words) from error
