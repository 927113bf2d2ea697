"""Keeps hosts for assessments that come and go: a process of its own, asked over a socket in a folder that only we may enter.

    with kept() as hub:                     # ends with whoever made it, and all hosts with it
        Hosted(Bubblewrap(), hub).run(job)

Who asks sends a job and gets how it ended, or None: then the job has to run in a sandbox of its own. Where who asks goes away,
the job is ended. A host does one job at a time, others like it wait; one that has had nothing to do for a while is ended.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from verifier.sandbox.bubblewrap import Bubblewrap
from verifier.sandbox.host import WORDS, Host, Trouble, likeness
from verifier.sandbox.job import Box, Cancelled, Ended, Job
from verifier.sandbox.room import LEAST
from verifier.sandbox.watch import POLL_SECONDS

SOCKET = "hub"
IDLE_SECONDS = 300
LOOK_SECONDS = 1
MOST_TROUBLES = 3
"""In a row, with hosts for jobs of one kind; after that they have none."""


class Hosted:
    """A `Box` that asks a hub, and has a sandbox for everything else. A host may make a job faster; nothing hangs on it."""

    def __init__(self, box: Box, hub: Path, cancel: threading.Event) -> None:
        self._box, self._hub, self._cancel = box, hub, cancel

    def run(self, job: Job) -> Ended:
        """As `Box.run`."""
        return (self._asked(job) if job.warm and not job.delivered_code else None) or self._box.run(job)

    def _asked(self, job: Job) -> Ended | None:
        try:
            with _connected(self._hub) as connection:
                connection.send(job)
                while not connection.poll(POLL_SECONDS):
                    if self._cancel.is_set():
                        raise Cancelled
                found: Ended | None = connection.recv()
                return found
        except (OSError, EOFError):
            return None


def _connected(hub: Path) -> Connection:
    ours = socket.socket(socket.AF_UNIX)
    try:
        ours.connect(str(hub / SOCKET))
    except OSError:
        ours.close()
        raise
    return Connection(ours.detach())


class Seat:
    """Where one host works at a time, always in the same thread: bubblewrap ends with the thread that started it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._lock = threading.Lock()
        self._host: Host | None = None
        self._troubles = 0
        self._waiting, self._used = 0, time.monotonic()

    def run(self, job: Job, cancelled: Callable[[], bool]) -> Ended | None:
        with self._lock:
            self._waiting += 1
        try:
            return self._thread.submit(self._run, job, cancelled).result()
        finally:
            with self._lock:
                self._waiting -= 1
                self._used = time.monotonic()

    def _run(self, job: Job, cancelled: Callable[[], bool]) -> Ended | None:
        if self._troubles >= MOST_TROUBLES or cancelled():
            return None
        try:
            self._host = self._host or Host(job, Path(tempfile.mkdtemp(dir=self._folder)), Bubblewrap())
            ended = self._host.work(job, cancelled)
        except Cancelled:
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, the job has a sandbox of its own
            self._troubles += 1
            _tell(job, error)
            return None
        else:
            self._troubles = 0
            return ended
        finally:
            if self._host and self._host.ended:
                self._end()

    def rest(self, seconds: float) -> None:
        """Ends the host where it has had nothing to do for so long."""
        if self._host and not self._waiting and time.monotonic() - self._used >= seconds:
            self._thread.submit(self._end)

    def end(self) -> None:
        self._thread.submit(self._end)
        self._thread.shutdown(wait=True)

    def _end(self) -> None:
        host, self._host = self._host, None
        if host:
            host.remove()


def _tell(job: Job, error: Exception) -> None:
    """In a line of the worker's log (verifier.fleet.log), whose standard error this is as well."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {"time": now, "event": "no-host", "script": job.argv[WORDS - 1], "why": repr(error)[:200]}
    sys.stderr.write(json.dumps(told) + "\n")
    sys.stderr.flush()


class Hub(socketserver.ThreadingUnixStreamServer):
    """`idle`: seconds."""

    daemon_threads = True

    def __init__(self, folder: Path, *, idle: float = IDLE_SECONDS) -> None:
        self._folder, self._idle = folder, idle
        self._seats: dict[Hashable, Seat] = {}
        self._lock = threading.Lock()
        super().__init__(str(folder / SOCKET), _Asked)

    def run(self, job: Job, cancelled: Callable[[], bool]) -> Ended | None:
        try:
            kind = likeness(job)
        except Trouble:
            return None
        with self._lock:
            seat = self._seats.get(kind) or Seat(self._folder)
            self._seats[kind] = seat
        return seat.run(job, cancelled)

    def service_actions(self) -> None:
        scarce = psutil.virtual_memory().available < 2 * LEAST
        with self._lock:
            for seat in self._seats.values():
                seat.rest(0 if scarce else self._idle)

    def server_close(self) -> None:
        super().server_close()
        for seat in self._seats.values():
            seat.end()


class _Asked(socketserver.BaseRequestHandler):
    server: Hub

    def handle(self) -> None:
        with Connection(self.request.detach()) as connection, suppress(OSError, EOFError):
            job: Job = connection.recv()
            connection.send(self.server.run(job, lambda: connection.poll(0)))


@contextmanager
def kept(*, idle: float = IDLE_SECONDS) -> Iterator[Path]:
    """A hub for as long as it lasts; gives what `Hosted` needs to find it."""
    folder = Path(tempfile.mkdtemp(prefix="verifier-hosts-"))
    argv = [sys.executable, "-m", "verifier.sandbox", str(folder), str(idle)]
    (reading, alive), (listens, writing) = os.pipe(), os.pipe()
    process = subprocess.Popen(argv, stdin=reading, stdout=writing, start_new_session=True)
    try:
        os.close(reading)
        os.close(writing)
        os.read(listens, 1)
        yield folder
    finally:
        os.close(alive)
        os.close(listens)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main(folder: str, idle: str) -> None:
    """Until standard input ends: whoever made it has closed it, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Hub(Path(folder), idle=float(idle)) as hub:
        threading.Thread(target=_until_closed, args=(hub,), daemon=True).start()
        os.write(1, b".")
        hub.serve_forever(LOOK_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)


def _until_closed(hub: Hub) -> None:
    select.select([sys.stdin], [], [])
    os.read(0, 1)
    hub.shutdown()
