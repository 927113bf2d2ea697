"""How long checkers took: kept beside their answers, and in the clear, for nothing hangs on it but the order of work and the time
left that is shown. A forged one makes an assessment slower, and no other.
"""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from verifier.files import write

MOST = 4000
"""Entries; what was measured least lately goes first."""
MOST_BYTES = 1_000_000
BOUNDS = 0.01, 100.0
"""Of a slowness: outside of them it was not the checker that took the time."""
NEW = 0.5
"""How much the newest measurement counts."""


class Timings:
    """Slowness by checker, its version and the project: how many times as long as guessed it took. Kept where there is a file."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known = _read(path) if path else {}

    def slowness(self, checker: str, version: str, project: str) -> float | None:
        """Of this project, else of any; None where that version was never measured."""
        own = self._known.get(_name(checker, version, project))
        return own or self._known.get(_name(checker, version, ""))

    def measured(self, checker: str, version: str, project: str, slowness: float) -> None:
        least, most = BOUNDS
        for name in (_name(checker, version, project), _name(checker, version, "")):
            before = self._known.pop(name, slowness)
            self._known[name] = min(most, max(least, before + NEW * (slowness - before)))

    def keep(self) -> None:
        """Best effort: of two that keep at the same moment the later one stays, and a disk that is full costs an order."""
        if self._path:
            newest = dict(list(self._known.items())[-MOST:])
            with suppress(OSError):
                write(self._path, json.dumps(newest).encode("ascii"), lasting=False)


def _name(checker: str, version: str, project: str) -> str:
    """Addresses are nobody's business: a project is known by its digest."""
    return sha256(json.dumps([checker, version, project]).encode("ascii")).hexdigest()[:16]


def _read(path: Path) -> dict[str, float]:
    """What lies there as far as it is of use."""
    try:
        with path.open("rb") as handle:
            said = json.loads(handle.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    least, most = BOUNDS
    entries = said.items() if isinstance(said, dict) else ()
    return {name: float(value) for name, value in entries if isinstance(value, int | float) and least <= value <= most}
