"""The watch over a job: it ends what goes over a limit that the kernel does not keep by itself, well within a second."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Protocol

from verifier.sandbox.job import Cancelled, Ended, Job
from verifier.sandbox.room import Room

MAX_OUTPUT = 64 * 1024 * 1024
"""Bytes that a command may print on one stream before it is ended."""
POLL_SECONDS = 0.05


class Hold(Protocol):
    """A job that has started: what its processes use, and how it is ended."""

    def over(self) -> str:
        """The limit that they went over, or an empty word. Asked every `POLL_SECONDS`."""
        ...

    def pids(self) -> Iterable[int]: ...

    def end(self) -> str:
        """Ends all of them and returns when they are gone; the limit that they turn out to have met."""
        ...


class Running(Protocol):
    """What ends by itself: a process, or the piece of work of a host."""

    def wait(self, timeout: float) -> object:
        """Raises TimeoutExpired where it has not ended in so many seconds."""
        ...


def watched(
    argv: Sequence[str],
    job: Job,
    cancel: threading.Event,
    take: Callable[[subprocess.Popen[bytes]], Hold],
    *,
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> Ended:
    """Runs `argv` with the job's input and limits; `take` gets hold of the process that it starts."""
    if cancel.is_set():
        raise Cancelled
    with watching(job, cancel.is_set) as watch:
        process = subprocess.Popen(
            argv,
            stdin=watch.given,
            stdout=watch.out,
            stderr=watch.err,
            cwd=cwd,
            env=env or {},
            start_new_session=True,
            pass_fds=pass_fds,
        )
        try:
            hold = take(process)
        except BaseException:
            process.kill()
            process.wait()
            raise
        try:
            killed = watch.over(process, hold)
        finally:
            late = hold.end()
        return watch.ended(_exit_code(process.returncode), killed or late)


class Watch:
    """Over one job: what it is given and says, and the time and room that it takes from now on."""

    def __init__(self, job: Job, cancelled: Callable[[], bool], given: BinaryIO, out: BinaryIO, err: BinaryIO) -> None:
        self.given, self.out, self.err = given, out, err
        self._cancelled, self._start, self._seconds, self._room = cancelled, time.monotonic(), job.seconds, Room(job)

    def over(self, running: Running, hold: Hold) -> str:
        """Waits for the end; returns the first limit that was met, or an empty word. Raises Cancelled."""
        until, pids = self._start + self._seconds, hold.pids
        limits = (_time(until), _output(self.out, self.err, self.given), hold.over, lambda: self._room.over(pids))
        while True:
            try:
                running.wait(timeout=POLL_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            else:
                return ""
            for limit in limits:
                if reason := limit():
                    return reason
            if self._cancelled():
                raise Cancelled

    def ended(self, code: int, killed: str) -> Ended:
        return Ended(
            exit_code=None if killed else code,
            stdout=_read(self.out),
            stderr=_read(self.err),
            milliseconds=round((time.monotonic() - self._start) * 1000),
            killed=killed,
        )


@contextmanager
def watching(job: Job, cancelled: Callable[[], bool]) -> Iterator[Watch]:
    with _spool() as given, _spool() as out, _spool() as err:
        given.write(job.stdin)
        given.seek(0)
        yield Watch(job, cancelled, given, out, err)


def _time(end: float) -> Callable[[], str]:
    return lambda: "time" if time.monotonic() > end else ""


def _output(*streams: BinaryIO) -> Callable[[], str]:
    """What was given as input is a file as well, that a program may write to."""
    most = [(one.fileno(), os.fstat(one.fileno()).st_size + MAX_OUTPUT) for one in streams]
    return lambda: "output" if any(os.fstat(number).st_size > size for number, size in most) else ""


def _exit_code(code: int) -> int:
    return 128 - code if code < 0 else code


@contextmanager
def _spool() -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as handle:
        yield handle


def _read(handle: BinaryIO) -> bytes:
    handle.seek(0)
    return handle.read(MAX_OUTPUT)
