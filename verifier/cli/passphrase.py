"""Where a passphrase or PIN comes from: a file or descriptor, the environment, or a person at a terminal; never an argument."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from verifier.cli.language import language
from verifier.errors import UsageError
from verifier.words import Text, Translate, say

VARIABLE = "VERIFIER_PASSPHRASE"
OPTION = "--passphrase-file"
_LONGEST = 4096


def add_passphrase(command: argparse.ArgumentParser, tr: Translate) -> None:
    command.add_argument(
        OPTION,
        type=Path,
        metavar=tr("FILE"),
        help=tr(
            "read the key's passphrase or PIN there, as from /dev/fd/3 (default: {variable}, else it is asked for)",
            variable=VARIABLE,
        ),
    )


def passphrase(arguments: argparse.Namespace, what: str, *, twice: bool = False) -> Callable[[], bytes]:
    """What `verifier.keys.signer` asks for the passphrase of `what`; a new one is typed `twice`."""
    return lambda: given(arguments.passphrase_file, language(arguments), what, variable=VARIABLE, twice=twice)


def given(file: Path | None, spoken: str, what: str, *, variable: str = "", twice: bool = False) -> bytes:
    """The passphrase. Raises UsageError for none, or for two that differ."""
    if file:
        return _filled(_line(file), what)
    if variable and os.environ.get(variable):
        return os.environb[os.fsencode(variable)]
    if not sys.stdin.isatty():
        words = say(
            "{what} needs a passphrase: give {option} or set {variable}.", what=what, option=OPTION, variable=VARIABLE
        )
        raise UsageError(words)
    typed = _typed(say("Passphrase of {what}: ", what=what), spoken)
    if twice and _typed(say("The same again: "), spoken) != typed:
        raise UsageError(say("The two passphrases differ; nothing was written."))
    return _filled(typed.encode("utf-8"), what)


def _typed(prompt: Text, spoken: str) -> str:
    return getpass.getpass(prompt.in_language(spoken))


def _line(file: Path) -> bytes:
    from verifier.files import read

    return read(file, most=_LONGEST).removesuffix(b"\n").removesuffix(b"\r")


def _filled(secret: bytes, what: str) -> bytes:
    if not secret:
        raise UsageError(say("The passphrase of {what} is empty.", what=what))
    return secret
