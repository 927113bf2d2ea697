"""Killed at any moment of a migration, the index is the old or the new one; begun again, it is the new one with all it had."""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from support.killed import killed_at, started, steps

from verifier.fleet import queue
from verifier.fleet.queue import State
from verifier.procurement.index import Index, Wanted
from verifier.procurement.index.database import REVISION
from verifier.procurement.payment.post import Post

OLD = "0004"
"""Two that add columns and one that changes every text on PostgreSQL come after it."""
POST = Post(digest="a" * 64, contract="c" * 64, milestone="m1", tries=1, posted="2026-11-29T12:00:00Z")
STOPS = 8
"""Moments, of some hundreds at which a process enters or leaves the kernel; their number differs a little with PostgreSQL."""


def made_earlier(address):
    """With two rows that are nowhere else."""
    config = Config()
    config.set_main_option("script_location", "verifier.procurement.index:migrations")
    config.set_main_option("sqlalchemy.url", address)
    command.upgrade(config, OLD)
    index = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with index.begin() as connection:
        for one in (POST, replace(POST, digest="b" * 64)):
            words = asdict(one)
            names, places = (", ".join(form.format(name) for name in words) for form in ('"{}"', ":{}"))
            connection.execute(text(f"INSERT INTO post ({names}) VALUES ({places})"), words)  # noqa: S608
        connection.execute(text("INSERT INTO told VALUES ('k', 'p', 'email', '2026-11-29T12:00:00Z')"))
    index.dispose()
    return address


def revision(address):
    index = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with index.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    index.dispose()
    return found


class File:
    """Copies of an index in a file."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._number = folder, 0
        made_earlier(f"sqlite:///{folder / 'old.sqlite'}")

    def copy(self):
        self._number += 1
        return f"sqlite:///{shutil.copy(self._folder / 'old.sqlite', self._folder / f'{self._number}.sqlite')}"


class Server:
    """Copies of an index on PostgreSQL."""

    def __init__(self, postgres) -> None:
        self._old, self._number = made_earlier(postgres.database()), 0
        self._name = psycopg.conninfo.conninfo_to_dict(self._old)["dbname"]

    def copy(self):
        self._number += 1
        copied = f"{self._name}_{self._number}"
        with psycopg.connect(self._named("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {copied} TEMPLATE {self._name}")
        return self._named(copied)

    def _named(self, name):
        return self._old.replace(f"/{self._name}?", f"/{name}?")


@pytest.fixture(params=["file", "server"])
def copies(request, tmp_path):
    return File(tmp_path) if request.param == "file" else Server(request.getfixturevalue("postgres"))


def opened(address):
    def work(begin):
        begin()
        Index(address).close()

    return work


def test_killed_in_a_migration_nothing_is_lost(copies):
    """Before and after calls of the kernel, all along the way: opening, locking, changing tables, writing, closing."""
    number, found = steps(started(opened(copies.copy()))), set()
    assert number > STOPS
    for stop in range(1, number, max(1, number // STOPS)):
        address = copies.copy()
        if killed_at(started(opened(address)), stop):
            found.add(revision(address))
        index = Index(address)
        assert sorted(index.posts()) == ["a" * 64, "b" * 64], f"killed at stop {stop}"
        assert index.posts()[POST.digest] == POST
        assert list(index.told()) == [("k", "p", "email")]
        assert index.listed(Wanted()) == []
        index.close()
        assert revision(address) == REVISION
    assert OLD in found <= {OLD, REVISION}


def test_killed_while_the_queue_makes_its_tables_it_makes_them_the_next_time(postgres):
    def work(address):
        return lambda begin: (begin(), queue.ready(address))

    number = steps(started(work(postgres.database())))
    for stop in range(1, number, max(1, number // STOPS)):
        address = postgres.database()
        killed_at(started(work(address)), stop)
        with queue.opened(address) as found:
            assert found.counted()[State.WAITING] == 0
