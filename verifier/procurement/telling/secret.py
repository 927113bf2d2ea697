"""Passwords and tokens: the settings name a variable of the environment, which holds them."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.errors import UsageError
from verifier.words import say


def secret(variable: str, environment: Mapping[str, str]) -> str:
    """Raises UsageError where nothing is in it."""
    found = environment.get(variable, "")
    if not found:
        raise UsageError(say("The variable {name} of the environment is empty.", name=variable))
    return found
