"""The notifiers installed here, by entry point."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

from verifier.errors import UsageError
from verifier.procurement.telling import GROUP, Notifier
from verifier.words import say

OWN = ("email", "webhook")
"""Ours; what another is told stands in `others`."""


def wanted(notices: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Name -> settings, of every notifier that the section `notices` says something of."""
    return {**{name: notices[name] for name in OWN if name in notices}, **notices.get("others", {})}


def notifier(name: str) -> Notifier:
    """Raises UsageError for one that is not there or cannot be loaded."""
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in found:
        known = ", ".join(sorted(found))
        raise UsageError(say("No notifier is named {name}; there are: {known}.", name=name, known=known))
    try:
        made: Notifier = found[name].load()()
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise UsageError(say("The notifier {name} cannot be loaded: {reason}", name=name, reason=why)) from error
    return made
