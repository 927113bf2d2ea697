"""What is run, how it ended, and the watch over it: the limits that the kernel does not enforce by itself."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, ClassVar, Protocol

import psutil

MAX_OUTPUT = 64 * 1024 * 1024
"""Bytes that a command may print on one stream before it is killed."""
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A file or folder of this machine, seen inside at `target`."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One command to run. `seconds` is wall time; `memory_mb` bounds the whole process tree."""

    argv: tuple[str, ...]
    cwd: str
    mounts: tuple[Mount, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    seconds: int = 600
    memory_mb: int = 4096
    file_mb: int = 1024
    processes: int = 512
    nice: int = 0
    delivered_code: bool = False  # runs code of the delivery, so it must be isolated


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a job ended. `exit_code` is None when the sandbox killed it; `killed` names the limit."""

    exit_code: int | None
    stdout: bytes
    stderr: bytes
    milliseconds: int
    killed: str = ""


class Cancelled(Exception):  # noqa: N818 - not an error: somebody pressed Ctrl-C
    """The run was interrupted from outside."""


class Box(Protocol):
    """Where jobs run. `tier` and `promises` go into the report."""

    tier: ClassVar[str]
    promises: ClassVar[tuple[str, ...]]
    isolates: ClassVar[bool]  # keeps what runs inside from the machine: only then delivered code may run

    def run(self, job: Job) -> Ended:
        """Runs one job to its end. Raises Cancelled when the run was interrupted; every process of the job is gone then."""
        ...


def watched(
    argv: Sequence[str],
    job: Job,
    cancel: threading.Event,
    kill: Callable[[subprocess.Popen[bytes]], None],
    *,
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> Ended:
    """Runs `argv` with the job's input and limits; `kill` ends it with all that it started."""
    if cancel.is_set():
        raise Cancelled
    start = time.monotonic()
    with _spool() as out, _spool() as err, _stdin(job.stdin) as given:
        process = subprocess.Popen(
            argv,
            stdin=given,
            stdout=out,
            stderr=err,
            cwd=cwd,
            env=env or {},
            start_new_session=True,
            close_fds=True,
            pass_fds=pass_fds,
        )
        try:
            killed = _watch(process, job, start, (out, err), cancel)
        finally:
            kill(process)
        elapsed = round((time.monotonic() - start) * 1000)
        code = None if killed else _exit_code(process.returncode)
        return Ended(exit_code=code, stdout=_read(out), stderr=_read(err), milliseconds=elapsed, killed=killed)


def _watch(
    process: subprocess.Popen[bytes],
    job: Job,
    start: float,
    streams: tuple[BinaryIO, BinaryIO],
    cancel: threading.Event,
) -> str:
    """Waits for the end; returns the limit that was hit, or an empty word."""
    checks = 0
    while True:
        try:
            process.wait(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        else:
            return ""
        checks += 1
        if reason := _over(process.pid, job, start, streams, memory=checks % 5 == 0):
            return reason
        if cancel.is_set():
            raise Cancelled


def _over(pid: int, job: Job, start: float, streams: tuple[BinaryIO, BinaryIO], *, memory: bool) -> str:
    if time.monotonic() - start > job.seconds:
        return "time"
    if any(os.fstat(stream.fileno()).st_size > MAX_OUTPUT for stream in streams):
        return "output"
    if memory and _tree_memory(pid) > job.memory_mb * 1024 * 1024:
        return "memory"
    return ""


def _tree_memory(pid: int) -> int:
    """Bytes of memory that the process tree holds by itself (shared pages of forked workers are not counted twice)."""
    total = 0
    try:
        top = psutil.Process(pid)
        processes = [top, *top.children(recursive=True)]
    except psutil.Error:
        return 0
    for process in processes:
        try:
            info = process.memory_info()
        except psutil.Error:
            continue
        total += max(info.rss - info.shared, 0)
    return total


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
