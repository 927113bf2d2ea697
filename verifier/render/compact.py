"""JSON with one item a line: small, and a change of one item is a change of one line. In pieces, to be joined once.

All of it is ASCII, so it passes any terminal, pipe and code page as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any


def line(value: Any) -> str:
    """On one line, so that `json`'s fast encoder does it."""
    return json.dumps(value)


def array(items: Iterable[Iterable[str]]) -> Iterator[str]:
    """An array of items that are JSON already, each in pieces."""
    before = "[\n"
    for item in items:
        yield before
        yield from item
        before = ",\n"
    yield "\n]" if before == ",\n" else "[]"


def with_array(head: dict[str, Any], name: str, items: Iterable[Iterable[str]]) -> Iterator[str]:
    """An object that ends in an array; `head` is what comes before it, and not empty."""
    yield f"{line(head)[:-1]}, {line(name)}: "
    yield from array(items)
    yield "}"
