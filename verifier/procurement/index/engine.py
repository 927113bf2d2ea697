"""The database of the index as SQLAlchemy opens it. One writes at a time, from its first look on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "busy_timeout = 30000")

ONE_AT_A_TIME = 0x7649
"""Of the advisory lock (`vI`) that a writer holds."""


def engine(address: str) -> Engine:
    """`address` as SQLAlchemy has it, such as sqlite:///record/index.sqlite, or as PostgreSQL has it: postgresql://host/name."""
    made = create_engine(address.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _prepare)
    return made


@contextmanager
def writing(made: Engine) -> Iterator[Connection]:
    """All that is done within, or nothing."""
    with made.begin() as connection:
        if made.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif made.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
        yield connection


def _prepare(connection: Any, _record: Any) -> None:
    """Transactions begin where we say so: the driver would begin one only with the first change."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
