"""The checkers installed here, by entry point. A third party's distribution registers under the same group."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points

from verifier.checker import Checker
from verifier.errors import UsageError

GROUP = "verifier.checkers"


@cache
def installed() -> tuple[Checker, ...]:
    """One instance of every checker, by name."""
    found: dict[str, Checker] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        checker: Checker = entry.load()()
        if checker.name in found:
            raise UsageError(f"Two installed checkers are both named {checker.name}; uninstall one of them.")
        found[checker.name] = checker
    return tuple(found.values())


def selected(only: Iterable[str], named: Iterable[str]) -> tuple[Checker, ...]:
    """The checkers to run: all but the optional ones, or those whose name or topic is in `only`.

    `named` are the checkers that the criteria name; they run although they are optional.
    """
    wanted, needed = frozenset(only), frozenset(named)
    known = {word for checker in installed() for word in (checker.name, checker.topic)}
    if unknown := sorted(wanted - known):
        raise UsageError(f"No checker or topic is named {unknown[0]}; there are: {', '.join(sorted(known))}.")
    if wanted:
        return tuple(c for c in installed() if {c.name, c.topic} & wanted)
    return tuple(c for c in installed() if not c.optional or c.name in needed)
