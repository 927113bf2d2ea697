"""How fast this machine is just now: a bar in seconds holds where it was measured, and a slower or busier one has more."""

from __future__ import annotations

import json
from time import process_time

MEASURED = 0.0105
"""Seconds of processor time that `work` took where the bars were measured, with nothing beside it."""
TEXT = json.dumps([{"name": f"number {number}", "lines": list(range(number % 7))} for number in range(12_000)])


def slowness() -> float:
    """How many times as long as there the same work takes here: never under one."""
    return max(min(_timed() for _ in range(5)) / MEASURED, 1.0)


def _timed() -> float:
    began = process_time()
    work()
    return process_time() - began


def work() -> int:
    """What most of our own work is like: small objects, text, and calls."""
    found = json.loads(TEXT)
    return sum(len(one["name"].split()) + sum(line * 2 for line in one["lines"]) for one in found)
