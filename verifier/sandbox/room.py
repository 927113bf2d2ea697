"""What is left on the machine while a job runs, and whether it is the job that takes it.

Nothing but the amount that is free can be asked twenty times a second. Only where as much of it went as the job may take is it
looked who took it, so that a job pays for what it wrote and not for what happened beside it.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import psutil

from verifier.sandbox.job import Job

LEAST = 512 * 1024 * 1024
"""Bytes of memory, and of each disk, that stay free for everything else."""
LOOK_SECONDS = 0.5
"""Between two looks at who took the room."""
PATIENCE = 2
"""Seconds that counting may take. What cannot be counted by then is too much."""

Pids = Callable[[], Iterable[int]]


class Room:
    """The machine's memory and the disks that a job writes to."""

    def __init__(self, job: Job) -> None:
        self._memory = least(psutil.virtual_memory().available)
        folders = (
            sorted((mount.source for mount in job.mounts if mount.writable), key=_device) if os.name == "posix" else []
        )
        self._disks = [_Disk(job, list(group)) for _, group in groupby(folders, key=_device)]

    def over(self, pids: Pids) -> str:
        """`disk` where the job wrote too much, `shortage` where hardly anything is left, else an empty word."""
        if psutil.virtual_memory().available < self._memory:
            return "shortage"
        return next((reason for disk in self._disks if (reason := disk.over(pids))), "")


def least(free: int) -> int:
    """Bytes that are left to everything else; where little was free to begin with, half of that."""
    return min(LEAST, free // 2)


class _Disk:
    """One file system, and the folders on it that a job may write to."""

    def __init__(self, job: Job, folders: list[Path]) -> None:
        self._folders = folders
        self._limits = (job.disk_mb * 1024 * 1024, job.entries)
        self._free = self._left()
        self._taken = (0, 0)
        self._least = least(self._free[0])
        self._next_look = 0.0

    def _left(self) -> tuple[int, int]:
        """Bytes, and files that can still be made."""
        status = os.statvfs(self._folders[0])
        return status.f_bavail * status.f_frsize, status.f_favail

    def over(self, pids: Pids) -> str:
        before, self._free = self._free, self._left()
        # What others give back in the meantime does not make up for what is taken.
        taken, made = (sum(one) for one in zip(self._taken, map(_fell, before, self._free), strict=True))
        self._taken = (taken, made)
        low = self._free[0] < self._least
        if not (low or taken > self._limits[0] or made > self._limits[1]) or time.monotonic() < self._next_look:
            return ""
        used = _counted(self._folders, "--block-size=1") + unlinked(pids(), _device(self._folders[0]))
        made = _counted(self._folders, "--inodes") if made > self._limits[1] else made
        if used > self._limits[0] or made > self._limits[1]:
            return "disk"
        if low and used > self._least:
            return "shortage"
        self._taken = (used, made)
        self._next_look = time.monotonic() + LOOK_SECONDS
        return ""


def _fell(before: int, after: int) -> int:
    return max(0, before - after)


def _device(folder: Path) -> int:
    return folder.stat().st_dev


def _counted(folders: Iterable[Path], unit: str) -> int:
    """Bytes or entries of the folders. `du` goes deeper than Python can follow; what it may not enter is too much to count."""
    argv = ["du", "-sx", unit, "--", *map(str, folders)]
    try:
        done = subprocess.run(argv, capture_output=True, timeout=PATIENCE, check=False, env={"LC_ALL": "C"})
    except subprocess.TimeoutExpired:
        return 1 << 62
    if b"Permission denied" in done.stderr:
        return 1 << 62
    return sum(int(line.split()[0]) for line in done.stdout.splitlines())


def unlinked(pids: Iterable[int], device: int) -> int:
    """Bytes of files on a device that have no name any more and are only held open; each once."""
    found = {
        status.st_ino: status.st_blocks * 512
        for status in _open_files(pids)
        if status.st_dev == device and not status.st_nlink
    }
    return sum(found.values())


def _open_files(pids: Iterable[int]) -> Iterator[os.stat_result]:
    for pid in pids:
        with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                with suppress(OSError):
                    yield entry.stat()
