"""Whose turn it is: suppliers take turns, however much each of them submits. Pure.

Every waiting delivery has a turn, and the lowest is next. A supplier's next delivery comes one turn after the one before it, but
never before the turn that is served now: nobody saves up turns, and nobody waits for another's thousand. (Start-time fair
queueing, https://doi.org/10.1109/90.649569, with every delivery taken to be equally long.)
"""

from __future__ import annotations

SPAN = 100_000_000
"""Turns of one priority; a number of 32 bits holds 19 priorities of as many."""


def turn(served: int | None, first: int | None, own: int | None) -> int:
    """Of a new delivery: `served` is the last turn that is being done, `first` the first that waits, `own` the last one of its
    supplier; of its priority, and None where there is none.
    """
    now = served if served is not None else first or 0
    return min(max(now, 0 if own is None else own + 1), SPAN - 1)


def place(priority: int, turn: int) -> int:
    """As the queue orders them: the highest is next."""
    return priority * SPAN - turn
