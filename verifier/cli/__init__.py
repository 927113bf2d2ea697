"""The command line: one file a command, each with `add(commands, tr)` and `run(arguments) -> exit code`. Errors end here."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence

from verifier import __version__
from verifier.cli import (
    accept,
    assess,
    certify,
    checkers,
    criteria,
    dashboard,
    decide,
    diff,
    doctor,
    explain,
    export,
    gate,
    keys,
    ledger,
    publish,
    queue,
    record,
    rejudge,
    revoke,
    show,
    sign,
    submit,
    trust,
    verify,
    waive,
    worker,
)
from verifier.cli.language import add_language, early, language
from verifier.cli.parser import PARSERS, speaking
from verifier.cli.recording import settle
from verifier.errors import VerifierError
from verifier.words import Text, later, said, say, translator

COMMANDS = (
    *(assess, show, diff, publish, explain, rejudge, criteria),
    *(sign, decide, waive, accept, certify, gate, record, export, verify, revoke),
    *(submit, queue, worker),
    *(dashboard, keys, trust, ledger, checkers, doctor),
)
EXIT_CODES = later(
    "Exit codes: 0 accepted or pending, 1 rejected, 2 usage or criteria invalid, 3 inconclusive, 4 trust failure, "
    "130 interrupted."
)
INTERRUPTED = 130
INTERNAL = 3


def parser(language: str) -> argparse.ArgumentParser:
    tr = translator(language)
    made: argparse.ArgumentParser = PARSERS[language](
        prog="verifier",
        description=tr("Checks delivered code against a buyer's acceptance criteria."),
        epilog=tr(EXIT_CODES),
    )
    version = f"verifier {__version__}"
    made.add_argument("--version", action="version", version=version, help=tr("show the version and exit"))
    add_language(made, tr)
    commands = made.add_subparsers(title=tr("commands"), metavar=tr("COMMAND"), required=True)
    for command in COMMANDS:
        command.add(commands, tr)
    return made


def read(words: Sequence[str], language: str) -> argparse.Namespace:
    """The command line, read in this language. Raises UsageError for one that cannot be right."""
    with speaking(translator(language)):
        arguments = parser(language).parse_args(words)
    settle(arguments)
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Whatever goes wrong is one sentence on stderr and the right exit code, never a traceback."""
    words = sys.argv[1:] if argv is None else argv
    spoken = language(early(words))
    code, wrong = ended(words, spoken)
    if wrong:
        sys.stderr.write(f"verifier: {wrong}\n")
    return code


def ended(words: Sequence[str], spoken: str) -> tuple[int, str]:
    """The exit code of a command, and in a sentence what went wrong, if anything did."""
    try:
        arguments = read(words, spoken)
        return int(arguments.run(arguments)), ""
    except KeyboardInterrupt:
        return INTERRUPTED, said(say("Interrupted; nothing was left behind."), spoken)
    except VerifierError as error:
        return error.exit_code, error.in_language(spoken)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERNAL, ""
    except Exception as error:  # noqa: BLE001 - the one door: an internal error is 3, never Python's own 1
        return INTERNAL, said(_internal(error), spoken)


def _internal(error: Exception) -> Text:
    if os.environ.get("VERIFIER_DEBUG"):
        raise error
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return say("The disk is full; free some space and run it again. Nothing half-written was left.")
    if isinstance(error, OSError):
        why = error.strerror or type(error).__name__
        return say("{error}: {file}.", error=why, file=error.filename or say("unknown file"))
    what = f"{type(error).__name__}: {str(error)[:200]}"
    return say("Internal error ({error}); this is not the delivery's fault. VERIFIER_DEBUG=1 shows where.", error=what)
