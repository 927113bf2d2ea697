"""What a tree of processes uses, where no control group counts it: read from /proc, four times a second or more often.

Adding up what each process holds counts shared pages more than once; the exact share is slow to ask for. So the sum is asked
first, and the share only where the sum is over the limit.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import psutil

from verifier.sandbox.job import Job
from verifier.sandbox.room import unlinked

LOOK_SECONDS = 0.25
"""Between two looks; less the nearer it comes to a limit."""
OURS = 2
"""Processes of bubblewrap itself in the tree."""
IN_MEMORY = ("/tmp", "/dev/shm", "/home")  # noqa: S108 - folders of the sandbox, not of this machine
"""Folders of the sandbox that lie in memory."""


class Tree:
    """A process and all that it started. `inner` is a process that sees the sandbox's own folders, where there is one."""

    def __init__(self, job: Job, top: int, inner: int | None = None) -> None:
        self._top, self._inner = top, inner
        self._memory, self._cpu, self._tasks = job.memory_mb * 1024 * 1024, job.cpu_seconds, job.processes + OURS
        self._shared = shared_on_machine()
        self._next_look = 0.0
        self._spent = sum(map(_cpu, self._processes()))

    def pids(self) -> list[int]:
        return [process.pid for process in self._processes()]

    def over(self) -> str:
        """`cpu`, `processes`, `memory` or an empty word."""
        if time.monotonic() < self._next_look:
            return ""
        processes = self._processes()
        cpu = sum(map(_cpu, processes)) - self._spent
        if cpu > self._cpu:
            return "cpu"
        held, tasks = map(sum, zip(*map(_held, processes), strict=True)) if processes else (0, 0)
        if tasks > self._tasks:
            return "processes"
        folders = sum(map(self._folder, IN_MEMORY)) if self._inner else 0
        unnamed = max(0, shared_on_machine() - self._shared - folders)
        if held + folders + unnamed > self._memory and _exact(processes, folders) > self._memory:
            return "memory"
        near = max(cpu / self._cpu, tasks / self._tasks, (held + folders) / self._memory)
        self._next_look = time.monotonic() + LOOK_SECONDS * (1 - min(near, 1))
        return ""

    def _processes(self) -> list[psutil.Process]:
        try:
            top = psutil.Process(self._top)
            return [top, *top.children(recursive=True)]
        except psutil.Error:
            return []

    def _folder(self, folder: str) -> int:
        """Bytes that lie in a folder of the sandbox; until that is set up, its process still sees the machine's."""
        root = f"/proc/{self._inner}/root"
        try:
            status = os.statvfs(root + folder)
            if Path(root).samefile("/"):
                return 0
        except OSError:
            return 0
        return (status.f_blocks - status.f_bfree) * status.f_frsize


def _cpu(process: psutil.Process) -> float:
    """Seconds, with those of its children that have ended."""
    try:
        return sum(process.cpu_times()[:4])
    except psutil.Error:
        return 0.0


def _held(process: psutil.Process) -> tuple[int, int]:
    """Bytes that the process holds (its own, shared and swapped out, but no pages of files), and its threads."""
    found = _numbers(f"/proc/{process.pid}/status", ("RssAnon:", "RssShmem:", "VmSwap:", "Threads:"))
    if found:
        return sum(found[:3]) * 1024, found[3]
    try:
        return int(process.memory_info().rss), 1
    except psutil.Error:
        return 0, 1  # one that has ended still has its number


def _exact(processes: Iterable[psutil.Process], folders: int) -> int:
    """Bytes of all processes together, each page once; files in memory as well, whether they have a name or not."""
    own = shared = 0
    pids = [process.pid for process in processes]
    for process in processes:
        found = _numbers(f"/proc/{process.pid}/smaps_rollup", ("Pss_Anon:", "SwapPss:", "Pss_Shmem:"))  # kB
        if found:
            own += (found[0] + found[1]) * 1024
            shared += found[2] * 1024
        else:
            own += _held(process)[0]
    return own + max(shared, folders + unlinked(pids, _unnamed_device()))


def _numbers(path: str, names: tuple[str, ...]) -> list[int]:
    """What stands after some names in a file of /proc, in the order of the names; nothing where one is not there."""
    try:
        lines = Path(path).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    values = {line.split()[0]: int(line.split()[1]) for line in lines if line.startswith(names)}
    return [values[name] for name in names] if len(values) == len(names) else []


def shared_on_machine() -> int:
    """Bytes of all shared memory and files in memory; 0 where the machine does not tell."""
    return sum(_numbers("/proc/meminfo", ("Shmem:",))) * 1024


@cache
def _unnamed_device() -> int:
    """Where files of memfd_create lie."""
    if not hasattr(os, "memfd_create"):
        return -1
    descriptor = os.memfd_create("device")
    try:
        return os.fstat(descriptor).st_dev
    finally:
        os.close(descriptor)
