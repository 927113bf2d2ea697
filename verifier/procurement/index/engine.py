"""The database of the index as SQLAlchemy opens it. In SQLite one writes at a time, from its first look on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "busy_timeout = 30000")


def engine(address: str) -> Engine:
    """`address` as SQLAlchemy has it, such as sqlite:///record/index.sqlite."""
    made = create_engine(address)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _prepare)
    return made


@contextmanager
def writing(made: Engine) -> Iterator[Connection]:
    """All that is done within, or nothing."""
    with made.begin() as connection:
        if made.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def _prepare(connection: Any, _record: Any) -> None:
    """Transactions begin where we say so: the driver would begin one only with the first change."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
