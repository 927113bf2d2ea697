"""The sources, kept open between requests: opening them reads the trust policy and the whole ledger.

Each request looks whether anything changed. What others filed is caught up with; where a version of the trust policy came, the
policy expired, or a file of the record was put in the place of another, all is opened anew and checked as the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import LifoQueue
from typing import Self

from verifier.dashboard.serve.log import report
from verifier.dashboard.sources import Opening, Sources
from verifier.errors import VerifierError
from verifier.procurement.settings import NAME

READERS = 2
"""Requests that read at once; more of them wait, since one processor would not make them faster."""
Stamp = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Open:
    sources: Sources
    stamp: Stamp
    stack: ExitStack


class Kept:
    """An `Opening`. Raises as the one that it was made with, when it is made and later."""

    def __init__(self, opening: Opening, clock: Callable[[], str], *, readers: int = READERS) -> None:
        self._opening, self._clock = opening, clock
        self._free: LifoQueue[_Open | None] = LifoQueue()
        for _ in range(readers):
            self._free.put(self._open())

    @contextmanager
    def __call__(self) -> Iterator[Sources]:
        held, now = self._free.get(), self._clock()
        current: _Open | None = None
        try:
            current = self._current(held, now)
            yield replace(current.sources, now=now)
        finally:
            self._free.put(current)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while not self._free.empty():
            _close(self._free.get())

    def _open(self) -> _Open:
        with ExitStack() as stack:
            sources = stack.enter_context(self._opening())
            return _Open(sources, _stamp(sources), stack.pop_all())

    def _current(self, held: _Open | None, now: str) -> _Open:
        """The one that is held, where it still is what lies there."""
        if held is not None:
            try:
                if _fits(held, now):
                    _catch_up(held.sources)
                    return held
            except VerifierError:
                report("opened-again")
            _close(held)
        return self._open()


def _fits(held: _Open, now: str) -> bool:
    records = held.sources.records
    return (records is None or now < records.policy.expires) and _stamp(held.sources) == held.stamp


def _catch_up(sources: Sources) -> None:
    """Raises VerifierError where the ledger is no longer what it was."""
    if sources.records:
        sources.records.catch_up()


def _stamp(sources: Sources) -> Stamp:
    """What says that files are others: of the policy and the settings their time and size, of databases which file it is."""
    if sources.records is None or sources.trust is None:
        return ()
    settings = sources.records.settings
    plain = [settings.folder / NAME, *sources.trust.files()]
    databases = [one for one in (settings.ledger, settings.folder / "index.sqlite") if isinstance(one, Path)]
    return (*((path.name, *_looked(path)) for path in plain), *(_looked(path)[0] for path in databases))


def _looked(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_mtime_ns, found.st_size


def _close(held: _Open | None) -> None:
    if held is not None:
        held.stack.close()
