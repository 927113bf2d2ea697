"""A worker: takes one delivery at a time from the queue, and has it assessed by a child. It holds no key and signs nothing.

Between two looks at the queue anything may happen: the database may be gone, and this process frozen for longer than the others
waited for it. So nothing is ended but under the lease: while the job is still this worker's by the database's own word.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from psycopg_pool import PoolTimeout

from verifier.errors import WorldError
from verifier.fleet import queue
from verifier.fleet.child import Children, Done, Work, withheld
from verifier.fleet.log import note
from verifier.fleet.store import Store
from verifier.fleet.submission import Submission
from verifier.fleet.watched import Meters
from verifier.words import later, say

Answer = TypeVar("Answer")
TROUBLE = (ConnectorException, psycopg.Error, PoolTimeout, OSError)
"""What the database's absence looks like."""
LONGEST_WAIT = 900
"""Seconds between two tries."""
GONE = later("The worker that assessed it no longer answered; it was tried {n} times.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Seconds. `stalled` is how long a worker may be silent, `limit` how long an assessment takes at most, `grace` how long one
    is waited for when the worker is to stop. `tries` are all of a job's, the first one too; `wait` is before its second.
    """

    beat: float = 10
    stalled: float = 30
    idle: float = 1
    limit: float = 7200
    grace: float = 600
    tries: int = 3
    wait: float = 30
    until_empty: bool = False


async def ended(task: asyncio.Task[None]) -> None:
    """Waited for as well: cut off once more while it cancels a query, a connection complains instead of ending quietly."""
    task.cancel()
    with suppress(asyncio.CancelledError, *TROUBLE):
        await task


class Worker:
    def __init__(
        self, address: str, store: Store, work: Work, rules: Rules, *, children: Children | None = None
    ) -> None:
        self._address, self._store, self._work, self._rules = address, store, work, rules
        self._children = children or Children()
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._id: int | None = None
        self._beaten = 0.0
        self._stopping, self._at_once = asyncio.Event(), asyncio.Event()
        self.meters = Meters()

    @property
    def healthy(self) -> bool:
        """Whether the database heard of it lately."""
        return time.monotonic() - self._beaten < self._rules.stalled

    def stop(self) -> None:
        """Takes nothing more; what runs may end. Asked again, it is stopped and given back."""
        if self._stopping.is_set():
            self._at_once.set()
        self._stopping.set()

    async def run(self) -> None:
        """Until it is told to stop. Raises WorldError where the database cannot be reached at the beginning."""
        queue.ready(self._address)
        self._store.sweep()
        patience = max(1, self._rules.beat)
        app = App(connector=PsycopgConnector(conninfo=self._address, min_size=0, max_size=4, timeout=patience))
        loop = asyncio.get_running_loop()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, self.stop)
        async with app.open_async():
            self._jobs = app.job_manager
            beating = asyncio.create_task(self._beating())
            note("started", worker=self._name)
            try:
                await self._working()
            finally:
                await ended(beating)
                with suppress(*TROUBLE):
                    if self._id is not None:
                        await self._jobs.unregister_worker(self._id)
                note("stopped", worker=self._name)

    async def _working(self) -> None:
        while not self._stopping.is_set():
            job = await self._next()
            if job is not None:
                await self._until_told(asyncio.create_task(self._assess(job)))
            elif self._rules.until_empty and self._id is not None:
                return
            else:
                await self._pause(self._rules.idle)

    async def _next(self) -> Job | None:
        """None where nothing waits, or the database is not there: then the worker is registered anew when it is."""
        try:
            if self._id is None:
                self._id = await self._jobs.register_worker()
                self._beaten = time.monotonic()
            await self._beat()
            return await self._jobs.fetch_job(queues=[queue.NAME], worker_id=self._id)
        except TROUBLE as error:
            self._id = None
            self._told(error)
            await self._pause(self._rules.idle)
            return None

    async def _until_told(self, task: asyncio.Task[None]) -> None:
        """Waits for an assessment; after a stop for a while only."""
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            at_once = asyncio.create_task(self._at_once.wait())
            await asyncio.wait({task, at_once}, timeout=self._rules.grace, return_when=asyncio.FIRST_COMPLETED)
            at_once.cancel()
        stopping.cancel()
        if not task.done():
            task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _assess(self, job: Job) -> None:
        submission, began, lease = queue.of(job), time.monotonic(), self._id
        told = {"id": submission.id, "job": job.id, "digest": submission.digest, "worker": self._name}
        note("taken", **told, delivery=submission.delivery, supplier=submission.supplier, tries=job.attempts)
        try:
            done = await self._done(job, submission, lease)
        except asyncio.CancelledError:
            done = Done(why=say("The worker was stopped; the assessment begins again on another."), again=True)
        event = await self._settle(job, submission, done, lease) if done else "lost"
        spent = time.monotonic() - began
        self.meters.ended(event, spent)
        why = str(done.why) if done and done.why else ""
        note(event, **told, **((done.told or {}) if done else {}), why=why, milliseconds=round(spent * 1000))

    async def _done(self, job: Job, submission: Submission, lease: int | None) -> Done | None:
        """None where the job is another's by now: what was made is thrown away."""
        if self._store.has(submission.digest):
            return Done(told={"known": True})
        try:
            with self._store.making() as folder:
                done = await self._children.run(self._work, submission, folder, seconds=self._rules.limit)
                if done.told is None:
                    return done
                if not await self._ours(job, lease):
                    return None
                self._store.keep(folder, submission)
                return done
        except WorldError as error:
            return Done(why=error.text, again=True)
        except OSError as error:
            return Done(why=withheld(error), again=True)

    async def _ours(self, job: Job, lease: int | None) -> bool:
        """Whether the job is still this worker's."""
        if lease is None:
            return False
        doing = Status.DOING.value
        return bool(await self._patiently(lambda: self._jobs.list_jobs_async(job.id, status=doing, worker_id=lease)))

    async def _settle(self, job: Job, submission: Submission, done: Done, lease: int | None) -> str:
        """What became of the job, in a word for the log."""
        if not await self._ours(job, lease):
            return "lost"
        if done.told is not None:
            return await self._end(job, Status.SUCCEEDED, "assessed")
        if done.why is not None:
            why = {"en": done.why.en, "fr": done.why.fr, "worker": self._name, "id": submission.id}
            self._store.trouble(submission.digest, why)
        if done.again and job.attempts + 1 < self._rules.tries:
            wait = 0 if self._stopping.is_set() else min(self._rules.wait * 4**job.attempts, LONGEST_WAIT)
            at = await self._patiently(self._now) + timedelta(seconds=wait)
            await self._patiently(lambda: self._jobs.retry_job(job, retry_at=at))
            return "again"
        return await self._end(job, Status.FAILED, "given-up")

    async def _end(self, job: Job, status: Status, event: str) -> str:
        await self._patiently(lambda: self._jobs.finish_job(job, status, delete_job=False))
        return event

    async def _now(self) -> datetime:
        """By the database's clock: that of a machine may be a day ahead."""
        found = await self._jobs.connector.execute_query_one_async(query="SELECT now() AS now")
        now: datetime = found["now"]
        return now

    async def _patiently(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Until the database answers. Who stops the worker meanwhile leaves the job to be found by the others."""
        while True:
            try:
                return await call()
            except TROUBLE as error:
                if self._at_once.is_set():
                    raise
                self._told(error)
                await asyncio.sleep(self._rules.idle)

    async def _beating(self) -> None:
        while True:
            try:
                await self._beat()
                await self._take_up()
                await self._count()
            except TROUBLE as error:
                self._told(error)
            await asyncio.sleep(self._rules.beat)

    async def _beat(self) -> None:
        if self._id is not None and time.monotonic() - self._beaten >= self._rules.beat / 2:
            await self._jobs.update_heartbeat(self._id)
            self._beaten = time.monotonic()

    async def _take_up(self) -> None:
        """Jobs of workers that are silent wait again. One worker at a time does that: after it nobody has such a job in hand."""
        if not list(await self._stalled()):
            return
        async with await psycopg.AsyncConnection.connect(self._address, connect_timeout=queue.PATIENCE) as connection:
            locked = await connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (queue.ONE_AT_A_TIME,))
            if await locked.fetchone() == (True,):
                for job in await self._stalled():
                    await self._give_back(job)
        await self._jobs.prune_stalled_workers(self._rules.stalled)

    async def _stalled(self) -> list[Job]:
        found = await self._jobs.get_stalled_jobs(queue=queue.NAME, seconds_since_heartbeat=self._rules.stalled)
        return list(found)

    async def _give_back(self, job: Job) -> None:
        submission = queue.of(job)
        told = {"id": submission.id, "job": job.id, "digest": submission.digest, "worker": self._name}
        if job.attempts + 1 < self._rules.tries:
            await self._jobs.retry_job(job)
            note("taken-up", **told)
            return
        why = say(GONE, n=job.attempts + 1)
        self._store.trouble(submission.digest, {"en": why.en, "fr": why.fr, "id": submission.id})
        await self._jobs.finish_job(job, Status.FAILED, delete_job=False)
        note("given-up", **told, why=str(why))

    async def _count(self) -> None:
        found: list[dict[str, Any]] = list(await self._jobs.list_queues_async(queue=queue.NAME))
        self.meters.waiting({state.name.lower(): int(found[0][state.value]) if found else 0 for state in queue.State})

    def _told(self, error: BaseException) -> None:
        why = str(error.__cause__ or error).strip().partition("\n")[0][:200]
        note("no-database", worker=self._name, why=why)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
