"""What each checker is expected to take: as long as it took the last time, else a guess by the size of the tree. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from verifier.checker import Checker
from verifier.checkers.environment import Environment
from verifier.checkers.secrets import Secrets
from verifier.checkers.source import Source
from verifier.flip import topic
from verifier.model import File, Level
from verifier.policy import Criteria
from verifier.schedule import Piece

Slowness = Callable[[str], float | None]
"""How many times as long as the guess a checker took before; None where nobody measured it."""
UNIT = 10_000
"""Bytes that take about as long as a file by itself."""
LARGEST = 100
"""Units that one file counts for at most: what is huge is no text, or is not read to its end."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Seconds that a checker takes to start, and for each unit of a tree; memory in MB. Measured on humanize and itsdangerous."""

    start: float
    each: float = 0.0
    memory_mb: int = 100

    def seconds(self, units: float) -> float:
        return self.start + self.each * units


GUESSES = {
    "bandit": Guess(0.4, 0.004, 50),
    "dependencies": Guess(0.3, 0.0, 50),
    "environment": Guess(6.0, 0.01, 300),
    "malware": Guess(0.2, 0.002, 50),
    "pylint": Guess(5.0, 0.05, 200),
    "reuse": Guess(0.4, 0.001, 50),
    "ruff": Guess(0.1, 0.0, 50),
    "scancode": Guess(4.0, 0.04, 1400),
    "secrets": Guess(0.2, 0.002, 50),
    "semgrep": Guess(0.7, 0.002, 200),
    "source": Guess(0.2, 0.001, 50),
    "tests": Guess(15.0, 0.06, 500),
    "unicode": Guess(0.1, 0.001, 50),
}
OTHER = Guess(5.0, 0.02, 200)
"""Of a checker that is not ours."""


def guessed(name: str, files: Iterable[File]) -> float:
    """Seconds, by what the tree holds alone."""
    units = sum(1 + min(LARGEST, file.size / UNIT) for file in files)
    return GUESSES.get(name, OTHER).seconds(units)


def pieces(checkers: Iterable[Checker], files: Iterable[File], slowness: Slowness) -> tuple[Piece, ...]:
    """The work of an assessment: what was asked for, our own two looks at the tree, and the environment where one is wanted."""
    named, files = {checker.name: checker for checker in checkers}, tuple(files)
    waits = {name: checker.environment for name, checker in named.items()}
    waits |= {Source.name: False, Secrets.name: False}
    if any(waits.values()):
        waits[Environment.name] = False
    else:
        waits.pop(Environment.name, None)
    return tuple(
        Piece(
            name=name,
            seconds=guessed(name, files) * (slowness(name) or 1.0),
            memory_mb=GUESSES.get(name, OTHER).memory_mb,
            after=_after(name, environment=waiting),
        )
        for name, waiting in waits.items()
    )


def _after(name: str, *, environment: bool) -> frozenset[str]:
    """Delivered code, with which the environment is built, could keep the look for secrets from ending: it runs when that has."""
    if name == Source.name:
        return frozenset()
    if name == Environment.name:
        return frozenset((Source.name, Secrets.name))
    return frozenset((Source.name, *((Environment.name,) if environment else ())))


def decisive(checkers: Iterable[Checker], criteria: Criteria) -> frozenset[str]:
    """The checkers that a required criterion hangs on."""
    musts = [one for one in criteria.criteria if one.level is Level.MUST]
    by = {name for one in musts for name in one.by}
    topics = {topic(one) for one in musts if not one.by}
    return frozenset(one.name for one in checkers if one.name in by or one.topic in topics)
