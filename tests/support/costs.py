"""What a piece of work costs: seconds of wall and processor, and the most memory that it held."""

from __future__ import annotations

import ctypes
import os
import resource
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds of wall and CPU."""

    wall: float
    cpu: float


def timed(work: Callable[[], object]) -> Cost:
    """With the CPU time of all that it started, on whatever machine and by whatever user.

    getrusage() alone misses most of it: bubblewrap ends without waiting for the namespace's first process. Such orphans are
    this process's while it asks for them, and are waited for, as children are.
    """
    _take_orphans(1)
    try:
        start, used = time.monotonic(), _used()
        work()
        wall = time.monotonic() - start
        _wait_for_orphans()
        return Cost(wall=wall, cpu=_used() - used)
    finally:
        _take_orphans(0)


def _take_orphans(whether: int) -> None:
    ctypes.CDLL(None).prctl(SUBREAPER, whether, 0, 0, 0)


def _used() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _wait_for_orphans() -> None:
    """Those that have ended: the sandbox does not return before they have."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


class Peak(threading.Thread):
    """Samples the memory of this process's children until stopped."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self.done = threading.Event()

    def run(self) -> None:
        me = psutil.Process()
        while not self.done.wait(0.25):
            self.most = max(self.most, sum(_pss(child) for child in me.children(recursive=True)))


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def peak_memory(work: Callable[[], object]) -> float:
    """Megabytes; in a run of its own, because looking costs CPU time."""
    peak = Peak()
    peak.start()
    work()
    peak.done.set()
    peak.join()
    return peak.most / 1024 / 1024
