"""The queue on PostgreSQL, for who submits and who looks after it. Procrastinate keeps it, in tables made at first use.

with opened("postgresql://verifier@db.example.org/verifier") as queue:
    queue.submit(submission)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psycopg
from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import PoolTimeout

from verifier.errors import UsageError, WorldError
from verifier.fleet.submission import Submission
from verifier.fleet.turns import place, turn
from verifier.words import say

NAME = TASK = "assess"
"""Of the one queue and its one kind of job."""
PATIENCE = 10
"""Seconds in which the database answers, or is told to be unreachable."""
ONE_AT_A_TIME = 0x7646
"""Of the advisory lock (`vF`) under which turns are given, tables made and stalled jobs taken up."""
_KNOWN = """
SELECT id, status, args, attempts FROM procrastinate_jobs
 WHERE queueing_lock = %(digest)s OR args->'submission'->>'id' = %(id)s ORDER BY id LIMIT 1
"""
_LIVE = """
SELECT max((args->>'turn')::int) FILTER (WHERE status = 'doing') AS served,
       min((args->>'turn')::int) FILTER (WHERE status = 'todo') AS first,
       max((args->>'turn')::int) FILTER (WHERE args->'submission'->>'supplier' = %(supplier)s) AS own
  FROM procrastinate_jobs
 WHERE status IN ('todo', 'doing') AND (args->'submission'->>'priority')::int = %(priority)s
"""
_INDEXES = """
CREATE INDEX verifier_jobs_by_digest ON procrastinate_jobs (queueing_lock);
CREATE INDEX verifier_jobs_by_id ON procrastinate_jobs ((args->'submission'->>'id'));
"""
"""What is looked for at every submission, among all that ever were."""


class State(StrEnum):
    """As Procrastinate calls them."""

    WAITING = "todo"
    RUNNING = "doing"
    DONE = "succeeded"
    GIVEN_UP = "failed"
    CANCELLED = "cancelled"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class Queued:
    """One submission in the queue. `tries` are those that ended; `new` is False where it was there already."""

    number: int
    state: State
    submission: Submission
    tries: int
    new: bool = False


class Queue:
    def __init__(self, app: App, connector: SyncPsycopgConnector) -> None:
        self._app, self._connector = app, connector

    def submit(self, submission: Submission) -> Queued:
        """A submission that is there already, by its digest or by its id, is left as it is."""
        with _errors(), self._alone() as connection:
            return self._put(connection, submission)

    def listed(self, state: State | None = None) -> list[Queued]:
        """In the order in which they were submitted."""
        with _errors():
            return [_queued(one) for one in self._app.job_manager.list_jobs(queue=NAME, status=state and state.value)]

    def counted(self) -> dict[State, int]:
        with _errors():
            found = next(iter(self._app.job_manager.list_queues(queue=NAME)), {})
        return {state: int(found.get(state.value, 0)) for state in State}

    def one(self, number: int) -> Queued:
        """Raises UsageError for a number that is none of the queue's."""
        with _errors():
            found = self._app.job_manager.list_jobs(id=number, queue=NAME)
        if not found:
            raise UsageError(say("The queue has no number {n}.", n=number))
        return _queued(found[0])

    def requeue(self, number: int) -> Queued:
        """What was given up waits once more, from the beginning of its tries. Raises UsageError for what was not."""
        given_up = self.one(number)
        if given_up.state is not State.GIVEN_UP:
            raise UsageError(say("Number {n} was not given up.", n=number))
        with _errors(), self._alone() as connection:
            connection.execute("DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'failed'", (number,))
            return self._put(connection, given_up.submission)

    @contextmanager
    def _alone(self) -> Iterator[Connection[Any]]:
        """All that is done within, or nothing; nobody else gives turns meanwhile."""
        with self._connector.pool.connection() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
            yield connection

    def _put(self, connection: Connection[Any], submission: Submission) -> Queued:
        rows = connection.cursor(row_factory=dict_row)
        known = rows.execute(_KNOWN, {"digest": submission.digest, "id": submission.id}).fetchone()
        if known:
            found = Submission.of(known["args"]["submission"])
            return Queued(known["id"], State(known["status"]), found, known["attempts"])
        live = rows.execute(_LIVE, {"supplier": submission.supplier, "priority": submission.priority}).fetchone()
        made = _job(submission, turn(**(live or {})))
        job = self._app.job_manager.defer_job(made, connection=connection)
        return Queued(job.id or 0, State.WAITING, submission, 0, new=True)


@contextmanager
def opened(address: str) -> Iterator[Queue]:
    """Raises WorldError where the database cannot be reached, UsageError for what is no address of one."""
    ready(address)
    connector = SyncPsycopgConnector(conninfo=address, min_size=0, max_size=4, timeout=PATIENCE)
    app = App(connector=connector)
    with app.open():
        yield Queue(app, connector)


def ready(address: str) -> None:
    """Sees to it that the tables are there."""
    with _errors(), psycopg.connect(address, connect_timeout=PATIENCE) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
        if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() == (None,):
            connection.execute(App(connector=SyncPsycopgConnector()).schema_manager.get_schema())
            connection.execute(_INDEXES)


def _job(submission: Submission, number: int) -> Job:
    return Job(
        queue=NAME,
        task_name=TASK,
        lock=None,
        queueing_lock=submission.digest,
        priority=place(submission.priority, number),
        task_kwargs={"submission": submission.document(), "turn": number},
    )


def _queued(job: Job) -> Queued:
    return Queued(job.id or 0, State(job.status or ""), of(job), job.attempts)


def of(job: Job) -> Submission:
    """The submission that a job of ours is about."""
    document: Any = job.task_kwargs["submission"]
    return Submission.of(document)


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except psycopg.ProgrammingError as error:
        raise UsageError(say("The queue cannot be used: {why}.", why=_first(error))) from error
    except (psycopg.Error, ConnectorException, PoolTimeout) as error:
        cause = error.__cause__ or error
        why = _first(cause)
        if isinstance(cause, psycopg.errors.DiskFull):
            raise WorldError(say("The disk of the queue's database is full ({why}).", why=why)) from error
        raise WorldError(say("The queue's database cannot be reached now ({why}).", why=why)) from error


def _first(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
