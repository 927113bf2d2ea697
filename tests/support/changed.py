"""Documents of JSON with one value changed, left out or added, for hypothesis."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as some

ODD = (
    "",
    "\n",
    " ",
    "\x00",
    "2026-02-31",
    "2026-02-31T00:00:00Z",
    "a" * 2001,
    "https://a:b@c.example/",
    "é" * 64,
    -1,
    0,
    0.5,
    1.0,
    2**53,
    True,
    None,
    [],
    {},
    [{}],
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, inner in parts for place in places(inner, (*path, name)))]


@some.composite
def changed(draw: Any, document: Any) -> Any:
    """A copy of the document, which must not be empty."""
    made = deepcopy(document)
    *steps, last = draw(some.sampled_from(places(made)[1:]))
    inner: Any = made
    for step in steps:
        inner = inner[step]
    what = draw(some.sampled_from(("change", "leave out", "add")))
    if what == "change":
        inner[last] = draw(some.sampled_from(ODD) | some.text(max_size=5))
    elif what == "leave out":
        del inner[last]
    elif isinstance(inner, dict):
        inner[draw(some.text(max_size=3))] = draw(some.sampled_from(ODD))
    return made
