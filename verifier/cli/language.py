"""Which official language the command line speaks."""

from __future__ import annotations

import argparse
import os

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""By POSIX the first of these that is set, and not empty, decides."""


def language(arguments: argparse.Namespace | None = None) -> str:
    """`en` or `fr`: what `--language` says, where a command has it, then the environment, then English."""
    asked: str | None = getattr(arguments, "language", None)
    if asked:
        return asked
    told = next(filter(None, map(os.environ.get, VARIABLES)), "")
    return "fr" if told.lower().startswith("fr") else "en"
