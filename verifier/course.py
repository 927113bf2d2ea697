"""How far a plan has come: what runs, for how long, what has ended, and so how long the rest will take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from verifier.schedule import Plan

Left = Callable[[], float | None]
"""Seconds that are left, or None where nobody knows."""


class Course:
    """Of one assessment. `known`: that the expected times were measured, so that the time left can be told."""

    def __init__(self, plan: Plan, *, known: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self.plan = plan
        self.took: dict[str, float] = {}
        self._known, self._clock = known, clock
        self._began: dict[str, float] = {}
        self._least = float("inf")
        self._lock = threading.Lock()

    @contextmanager
    def during(self, name: str) -> Iterator[None]:
        """While a piece runs. What is broken off took no time that is worth knowing."""
        with self._lock:
            self._began[name] = self._clock()
        yield
        with self._lock:
            self.took[name] = self._clock() - self._began.pop(name)

    def left(self) -> float | None:
        """Never more than it was; where what runs takes longer than expected, it stands still, and at the end nobody knows."""
        if not self._known:
            return None
        with self._lock:
            now = self._clock()
            running = {name: now - since for name, since in self._began.items()}
            self._least = min(self._least, self.plan.left(running, self.took))
        return self._least or None
