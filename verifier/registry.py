"""The checkers installed here, by entry point. A third party's distribution registers under the same group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import ClassVar

from verifier.checker import Checker, Command, Impossible, Settings, ToolOutput
from verifier.errors import UsageError
from verifier.model import Cause, Checkout, Observations, Trouble
from verifier.words import say

GROUP = "verifier.checkers"


@cache
def installed() -> tuple[Checker, ...]:
    """One instance of every checker, by name."""
    found: dict[str, Checker] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        checker = _loaded(entry)
        if checker.name in found:
            raise UsageError(
                say("Two installed checkers are both named {name}; uninstall one of them.", name=checker.name)
            )
        found[checker.name] = checker
    return tuple(found.values())


def _loaded(entry: EntryPoint) -> Checker:
    try:
        checker: Checker = entry.load()()
    except Exception as error:  # noqa: BLE001 - a broken plug-in must not lose the others' results
        named = {"name": entry.name, "reason": f"{type(error).__name__}: {error}"}
        broken: Checker = type("Unloadable", (Unloadable,), named)()
        return broken
    return checker


class Unloadable:
    """Stands for a checker that is installed and cannot be loaded, so that the report says why it did not run."""

    name: ClassVar[str] = ""
    topic: ClassVar[str] = "unknown"
    tool: ClassVar[str] = ""
    languages: ClassVar[frozenset[str]] = frozenset()
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = False
    reason: ClassVar[str] = ""

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:
        del checkout, settings
        words = say("{checker} cannot be loaded: {reason}", checker=self.name, reason=self.reason)
        raise Impossible(Trouble(cause=Cause.TOOL, message=words))

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        del checkout, outputs
        raise RuntimeError(self.reason)


def selected(only: Iterable[str], named: Iterable[str]) -> tuple[Checker, ...]:
    """The checkers to run: all but the optional ones, or those whose name or topic is in `only`.

    `named` are the checkers that the criteria name; they run although they are optional.
    """
    wanted, needed = frozenset(only), frozenset(named)
    known = {word for checker in installed() for word in (checker.name, checker.topic)}
    if unknown := sorted(wanted - known):
        raise UsageError(
            say(
                "No checker or topic is named {name}; there are: {known}.",
                name=unknown[0],
                known=", ".join(sorted(known)),
            )
        )
    if wanted:
        return tuple(c for c in installed() if {c.name, c.topic} & wanted)
    return tuple(c for c in installed() if not c.optional or c.name in needed)
