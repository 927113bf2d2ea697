"""How far a plan has come: what runs, for how long, what has ended, and so how long the rest will take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from verifier import expected
from verifier.cache import Timings
from verifier.checker import Checker
from verifier.checkers.environment import Environment
from verifier.checkers.secrets import Secrets
from verifier.checkers.source import Source
from verifier.model import Checkout, CheckResult
from verifier.policy import Criteria
from verifier.runner import tool_version
from verifier.schedule import Budget, Plan, in_order

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


def planned(
    tree: Checkout, criteria: Criteria, checkers: tuple[Checker, ...], timings: Timings, budget: Budget, *, cheap: float
) -> Course:
    """The work of an assessment in its order: `cheap` as `in_order` takes it."""
    tools = {one.name: one.tool for one in (*checkers, Source(), Secrets(), Environment())}

    def slowness(name: str) -> float | None:
        return timings.slowness(name, tool_version(tools[name]), tree.delivery.url)

    work = expected.pieces(checkers, tree.files, slowness)
    pieces = in_order(work, {Secrets.name} | expected.decisive(checkers, criteria), cheap=cheap)
    return Course(Plan(pieces=pieces, budget=budget), known=all(slowness(piece.name) for piece in work))


def kept(timings: Timings, tree: Checkout, course: Course, results: Iterable[CheckResult]) -> None:
    """How long each took that did all its work."""
    for one in results:
        if one.name in course.took and one.cached != "all" and not one.seen.trouble:
            slowness = course.took[one.name] / expected.guessed(one.name, tree.files)
            timings.measured(one.name, tool_version(one.tool), tree.delivery.url, slowness)
    timings.keep()
