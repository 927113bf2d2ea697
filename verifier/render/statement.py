"""A statement as its signer and its readers see it, made from the very bytes that are signed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifier.render.inert import inert
from verifier.statements.statement import Statement
from verifier.units import amount
from verifier.words import Text, joined, say

MONEY = frozenset({"price", "tax", "ceiling", "amount"})
"""What statements have in cents."""


def shown(statement: Statement, kind: str) -> str:
    """Lines of plain text: its kind and subject, then everything that it says, indented by depth.

    Nothing is cut, and both languages are there: who signs one signs the other.
    """
    lines = [inert(f"{kind} · {statement.subject}")]
    lines += [inert(f"  {name}: {value}") for name, value in sorted(statement.digests.items())]
    lines += _lines(statement.predicate, 1)
    return "\n".join(lines) + "\n"


def _lines(value: Any, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value, 1):
        if isinstance(inner, dict | list) and inner:
            yield f"{indent}{inert(str(name))}:"
            yield from _lines(inner, depth + 1)
        else:
            yield f"{indent}{inert(str(name))}: {inert(_plain(name, inner))}"


def _plain(name: Any, value: Any) -> str:
    """As the statement has it; beside cents what they are."""
    if name in MONEY and isinstance(value, int):
        return f"{value} ({amount(value)})"
    return "-" if value in (None, [], {}) else str(value)


def signers(people: list[tuple[str, str, str | None]]) -> Text:
    """(person, key, trusted time) of each signature, in one line."""
    said = [
        say("{person} (key {key}) at {moment}", person=person, key=key[:16], moment=at)
        if at
        else say("{person} (key {key}), without a time stamp", person=person, key=key[:16])
        for person, key, at in people
    ]
    return joined("; ", said)
