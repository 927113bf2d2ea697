"""All checkers of one delivery: run, stopped where that is asked for, and their results put together for judging."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from verifier.annotate import annotate, masked, secret_lines
from verifier.checker import Checker
from verifier.checkers.environment import Environment
from verifier.checkers.secrets import Secrets
from verifier.checkers.source import Source
from verifier.course import Course
from verifier.licence_dependencies import compared
from verifier.model import Checkout, CheckResult, Judgement
from verifier.policy import Criteria
from verifier.redaction import MASK, redacted
from verifier.scope import Scope
from verifier.stopping import unmet, with_missing

MAX_LINES_FILE = 4_000_000
Judged = Callable[[tuple[CheckResult, ...]], Judgement]
Stop = Callable[[tuple[CheckResult, ...]], bool]
"""Whether these results are enough."""


class Running(Protocol):
    """What runs them, one and many."""

    tree: Checkout

    def first_look(self, scope: Scope) -> CheckResult: ...

    def many(
        self, checkers: list[Checker], course: Course, ended: list[CheckResult], stop: Stop
    ) -> tuple[CheckResult, ...]: ...


class Checked:
    """All checkers' results: our own look first, then everything else, last what needs two checkers' answers."""

    def __init__(
        self, run: Running, criteria: Criteria, checkers: tuple[Checker, ...], course: Course, judged: Judged | None
    ) -> None:
        """`judged` makes it stop at the first required criterion that is unmet for certain."""
        self.stopped = ""
        self.ran: tuple[CheckResult, ...] = ()
        self._run, self._criteria, self._course, self._judged = run, criteria, course, judged
        self._checkers = {checker.name: checker for checker in checkers}
        self._scope = Scope.from_mapping(criteria.scope)

    def results(self) -> tuple[CheckResult, ...]:
        with self._course.during(Source.name):
            source = self._run.first_look(self._scope)
        self.ran = self._run.many(list(self._checkers.values()), self._course, [source], self._stop)
        missing = self._missing(self.ran) if self.stopped else []
        self.stopped = self.stopped if missing else ""  # what is told to stop may come to its end all the same
        return self._finished(with_missing(self.ran, missing))

    def _missing(self, results: Iterable[CheckResult]) -> list[Checker]:
        ended = {one.name for one in results}
        planned = {**self._checkers, Environment.name: Environment()}
        return [planned[one.name] for one in self._course.plan.pieces if one.name in planned.keys() - ended]

    def _stop(self, results: Sequence[CheckResult]) -> bool:
        looked = any(one.name == Secrets.name for one in results)  # a waiver names a finding as it is shown
        if self._judged and looked:
            missing = self._missing(results)
            finished = self._finished(with_missing(results, missing))
            self.stopped = unmet(self._criteria, self._judged(finished), missing) if missing else ""
        return bool(self.stopped)

    def _finished(self, results: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
        """Compared, without what is secret, and in their order; of our look for secrets, unasked for, nothing is told."""
        found = tuple(results)
        told = compared([one for one in found if one.name != Secrets.name or one.name in self._checkers])
        places = secret_lines(found)
        secrets = frozenset(secret for result in found for secret in result.seen.secrets)
        lines = _Lines(self._run.tree.root, places)
        known = {name: checker.languages for name, checker in self._checkers.items()}
        annotated = (
            annotate(masked(r, places, MASK), self._run.tree, known.get(r.name, frozenset()), lines, self._scope.role)
            for r in told
        )
        return tuple(sorted((redacted(r, secrets) for r in annotated), key=lambda result: (result.topic, result.name)))


class _Lines:
    """Delivered files as lines, read once each; never through a link; those with a secret are masked."""

    def __init__(self, root: Path, secrets: frozenset[tuple[str, int]]) -> None:
        self._root = root
        self._secrets = secrets
        self._read: dict[str, list[str]] = {}

    def __call__(self, path: str) -> list[str]:
        if path not in self._read:
            lines = self._lines(self._root / path)
            hidden = {line for where, line in self._secrets if where == path}
            self._read[path] = [MASK if n in hidden else line for n, line in enumerate(lines, 1)]
        return self._read[path]

    def _lines(self, file: Path) -> list[str]:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_LINES_FILE:
            return []
        return file.read_bytes().decode("utf-8", "replace").split("\n")
