"""Where the lines and marks of a trend chart are. Pure geometry: the template draws it, the stylesheet colours it.

A value is a non-negative number or None, where the line has a gap. Coordinates are whole units of a box that is WIDTH by HEIGHT.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

WIDTH, HEIGHT = 800, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 176, 16, 32
"""What is kept free around the lines, for the labels."""
LABELS = 8
"""Months that are named at most."""


@dataclass(frozen=True, slots=True)
class Mark:
    x: int
    y: int
    value: int
    name: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """`lines` are the points of each run of values without a gap; `levels` the lines of comparison, `grid` those of the scale."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    marks: Sequence[Mark]
    lines: Sequence[str]
    grid: Sequence[Mark]
    levels: Sequence[Mark]
    names: Sequence[Mark]


def drawn(months: Sequence[Mapping[str, Any]], levels: Mapping[str, int], most: int | None = None) -> Drawing:
    """`months` have a `month` and a `value`, `levels` are to be compared with; `most` is where the scale ends, if known."""
    values = [(str(one["month"]), one["value"]) for one in months]
    top = most or nice(max([1, *levels.values(), *(value for _, value in values if value is not None)]))
    marks = [
        None if value is None else Mark(_x(at, len(values)), _y(value, top), value, name)
        for at, (name, value) in enumerate(values)
    ]
    every = -(-len(values) // LABELS) or 1
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        bottom=HEIGHT - BOTTOM,
        marks=[one for one in marks if one],
        lines=[" ".join(f"{one.x},{one.y}" for one in run) for run in _runs(marks) if len(run) > 1],
        grid=[Mark(LEFT, _y(value, top), value, "") for value in (0, top // 2, top)],
        levels=[
            Mark(LEFT, _y(value, top), value, name) for name, value in sorted(levels.items(), key=lambda one: one[1])
        ],
        names=[
            Mark(_x(at, len(values)), HEIGHT - BOTTOM, at, name)
            for at, (name, _) in enumerate(values)
            if at % every == 0
        ],
    )


def nice(number: int) -> int:
    """The least even number of one digit and noughts, or 10 and noughts, that is not below it."""
    power: int = 10 ** (len(str(number)) - 1)
    return min(step * power for step in (2, 4, 6, 8, 10) if step * power >= number)


def _runs(marks: Sequence[Mark | None]) -> Iterator[list[Mark]]:
    for there, run in groupby(marks, key=lambda one: one is not None):
        if there:
            yield [one for one in run if one is not None]


def _x(at: int, of: int) -> int:
    return LEFT + 12 + (WIDTH - LEFT - RIGHT - 24) * at // max(of - 1, 1)


def _y(value: int, top: int) -> int:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value // top
