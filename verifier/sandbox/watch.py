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
    start = time.monotonic()
    with _spool() as out, _spool() as err, _stdin(job.stdin) as given:
        room = Room(job)
        process = subprocess.Popen(
            argv, stdin=given, stdout=out, stderr=err, cwd=cwd, env=env or {}, start_new_session=True, pass_fds=pass_fds
        )
        try:
            hold = take(process)
        except BaseException:
            process.kill()
            process.wait()
            raise
        limits = (_time(start + job.seconds), _output(out, err, given), hold.over, lambda: room.over(hold.pids))
        try:
            killed = _watch(process, limits, cancel)
        finally:
            late = hold.end()
        killed = killed or late
        elapsed = round((time.monotonic() - start) * 1000)
        code = None if killed else _exit_code(process.returncode)
        return Ended(exit_code=code, stdout=_read(out), stderr=_read(err), milliseconds=elapsed, killed=killed)


def _watch(process: subprocess.Popen[bytes], limits: Sequence[Callable[[], str]], cancel: threading.Event) -> str:
    """Waits for the end; returns the first limit that was met, or an empty word."""
    while True:
        try:
            process.wait(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        else:
            return ""
        for limit in limits:
            if reason := limit():
                return reason
        if cancel.is_set():
            raise Cancelled


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


@contextmanager
def _stdin(content: bytes) -> Iterator[BinaryIO]:
    with _spool() as handle:
        handle.write(content)
        handle.seek(0)
        yield handle


def _read(handle: BinaryIO) -> bytes:
    handle.seek(0)
    return handle.read(MAX_OUTPUT)
