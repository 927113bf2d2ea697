"""Pages as they are served, made by several processes: Python makes one at a time in each, and a report takes it 15 milliseconds.

    with several(opening, clock) as make:
        make(Wanted(address="contracts", language="fr", scene=scene))    # (200, "<!DOCTYPE html>…"), or None

Such a process opens the record for itself and touches nothing that the server has open. Where one is gone, the server makes its
pages itself from then on: slower, and the same.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from threading import BrokenBarrierError

from verifier.dashboard import site
from verifier.dashboard.layout import Scene, html
from verifier.dashboard.page import Query
from verifier.dashboard.serve.kept import Kept
from verifier.dashboard.serve.log import report
from verifier.dashboard.sources import Opening
from verifier.render.templates import load

PATIENCE = 60
"""Seconds for which they wait for each other in the beginning."""
GARBAGE = 50_000
"""Things after which such a process looks for what can go: with the usual 700 looking takes a tenth of its time."""
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A page by its address, with what stands around it."""

    address: str
    language: str
    scene: Scene
    query: Mapping[str, str] = field(default_factory=dict)


Made = tuple[int, str] | None
"""The status and the page; None where there is none of this address."""
Make = Callable[[Wanted], Made]


def here(opening: Opening) -> Make:
    """In this process."""

    def make(wanted: Wanted) -> Made:
        with opening() as sources:
            page = site.found(sources, wanted.address, Query(wanted.query))
            return None if page is None else (page.status, html(page, wanted.language, wanted.scene))

    return make


@contextmanager
def several(opening: Opening, clock: Callable[[], str], otherwise: Make) -> Iterator[Make]:
    """As many as there are processors. To be entered while there are no other threads: a fork takes their locks along."""
    processes, context = len(os.sched_getaffinity(0)), get_context("fork")
    ready = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, _begin, (opening, clock, ready)) as pool:
        with suppress(BrokenProcessPool):  # it is noticed, and said, with the first page
            wait([pool.submit(_meet) for _ in range(processes)])
        yield _Several(pool, otherwise)


class _Several:
    """Asks a process, and makes the page itself once one is gone."""

    def __init__(self, pool: ProcessPoolExecutor, otherwise: Make) -> None:
        self._pool, self._otherwise, self._broken = pool, otherwise, False

    def __call__(self, wanted: Wanted) -> Made:
        if not self._broken:
            try:
                return self._pool.submit(_make, wanted).result()
            except BrokenProcessPool:
                self._broken = True
                report("makers-gone")
        return self._otherwise(wanted)


_own: list[Make] = []
_ready: list[Barrier] = []


def _begin(opening: Opening, clock: Callable[[], str], ready: Barrier) -> None:
    """Ends with the server, however that ends; Ctrl-C is the server's to take."""
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _own.append(here(Kept(opening, clock, readers=1)))
    _ready.append(ready)
    load()
    gc.freeze()
    gc.set_threshold(GARBAGE)


def _meet() -> None:
    """Each of them once: who waits takes no second turn."""
    with suppress(BrokenBarrierError):
        _ready[0].wait(PATIENCE)


def _make(wanted: Wanted) -> Made:
    return _own[0](wanted)
