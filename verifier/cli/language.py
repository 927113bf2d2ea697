"""Which official language the command line speaks."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from verifier.words import LANGUAGES, Translate

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""By POSIX the first of these that is set, and not empty, decides."""


def add_language(command: argparse.ArgumentParser, tr: Translate) -> None:
    """Before the command or after it; what is said after it holds."""
    command.add_argument(
        "--language",
        choices=LANGUAGES,
        default=argparse.SUPPRESS,
        help=tr("language of what is written (default: that of your environment, else en)"),
    )


def early(words: Sequence[str]) -> argparse.Namespace:
    """What `--language` says, before the command line is read: so that its help and its errors are in that language."""
    reader = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    reader.add_argument("--language", choices=LANGUAGES)
    try:
        return reader.parse_known_args(words)[0]
    except argparse.ArgumentError:
        return argparse.Namespace()


def language(arguments: argparse.Namespace | None = None) -> str:
    """`en` or `fr`: what `--language` says, then the environment, then English."""
    asked: str | None = getattr(arguments, "language", None)
    if asked:
        return asked
    told = next(filter(None, map(os.environ.get, VARIABLES)), "")
    return "fr" if told.lower().startswith("fr") else "en"
