"""The publishers installed here, by entry point."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from verifier.errors import UsageError
from verifier.publish import GROUP, Publisher
from verifier.words import say


@cache
def names() -> Mapping[str, str]:
    """Of each the module and class; none is imported."""
    return {entry.name: entry.value for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)}


def publisher(name: str) -> Publisher:
    """Raises UsageError for one that is not there or cannot be loaded."""
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    if not found:
        raise UsageError(say("No publisher is named {name}; there are: {known}.", name=name, known=", ".join(names())))
    try:
        made: Publisher = found[0].load()()
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise UsageError(say("The publisher {name} cannot be loaded: {reason}", name=name, reason=why)) from error
    return made
