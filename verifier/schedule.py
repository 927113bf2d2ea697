"""Which checkers run when: as many beside each other as processors and memory allow, the longest way to the end first. Pure.

    plan = Plan(pieces=in_order(pieces, decisive={"unicode"}), budget=Budget(cores=2, memory_mb=4000))
    plan.starts(running={"scancode"}, ended={"source"})     # ("environment",): what begins now

List scheduling (Graham, https://doi.org/10.1137/0117039). Every checker keeps one processor busy, measured: 0.9 to 1.1 of one,
scancode up to 1.4.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

CHEAP = 0.05
"""The share of the longest way for which quick checkers go first: so much later may the end be."""
CHEAP_ALONE = 0.5
"""Likewise where the first thing that is wrong ends all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Work to be done: the seconds and the memory that it is expected to take, and what must have ended before it begins."""

    name: str
    seconds: float
    memory_mb: int = 0
    after: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What all pieces together may use of the machine."""

    cores: int
    memory_mb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Pieces in the order in which they are preferred, none of which waits for one that is not among them."""

    pieces: tuple[Piece, ...]
    budget: Budget

    def starts(self, running: Collection[str], ended: Collection[str]) -> tuple[str, ...]:
        """What begins now: all that fits beside what runs. What takes more memory than there is runs alone."""
        begun = {piece.name for piece in self.pieces if piece.name in running}
        for piece in self.pieces:
            if piece.name not in begun and piece.name not in ended and piece.after <= set(ended):
                begun |= {piece.name} if self._fits(piece, begun) else set()
        return tuple(piece.name for piece in self.pieces if piece.name in begun and piece.name not in running)

    def _fits(self, piece: Piece, beside: Collection[str]) -> bool:
        memory = sum(other.memory_mb for other in self.pieces if other.name in beside) + piece.memory_mb
        return not beside or (len(beside) < self.budget.cores and memory <= self.budget.memory_mb)

    def left(self, running: Mapping[str, float], ended: Collection[str]) -> float:
        """Seconds to the end where all goes as expected. `running` says for how many seconds each of them has run."""
        ends = {p.name: max(0.0, p.seconds - running[p.name]) for p in self.pieces if p.name in running}
        expected = {piece.name: piece.seconds for piece in self.pieces}
        past, now = set(ended), 0.0
        while True:
            ends |= {name: now + expected[name] for name in self.starts(ends, past)}
            if not ends:
                return now
            first = min(ends, key=lambda name: ends[name])
            now = ends.pop(first)
            past.add(first)


def in_order(pieces: Iterable[Piece], decisive: Collection[str], *, cheap: float = CHEAP) -> tuple[Piece, ...]:
    """Those with the longest way to the end first, for nothing is over before it; before them the quickest of those that a
    required criterion hangs on, so that what is wrong is told early, while they delay the rest by a `cheap` share of that way.
    """
    pieces = tuple(pieces)
    ways = _ways(pieces)
    room = cheap * max(ways.values(), default=0.0)
    early: set[str] = set()
    for piece in sorted(pieces, key=lambda one: (one.seconds, one.name)):
        if piece.name in decisive and piece.seconds <= room:
            early.add(piece.name)
            room -= piece.seconds
    return tuple(sorted(pieces, key=lambda one: (one.name not in early, _first(one, ways, early), one.name)))


def _first(piece: Piece, ways: Mapping[str, float], early: Collection[str]) -> float:
    return piece.seconds if piece.name in early else -ways[piece.name]


def _ways(pieces: Collection[Piece]) -> dict[str, float]:
    """Name -> the seconds from its beginning to the end of the longest of what waits for it."""
    ways: dict[str, float] = {}

    def way(piece: Piece) -> float:
        if piece.name not in ways:
            ways[piece.name] = piece.seconds + max((way(one) for one in pieces if piece.name in one.after), default=0.0)
        return ways[piece.name]

    for piece in pieces:
        way(piece)
    return ways
