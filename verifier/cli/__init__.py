"""The command line: one file a command, each with `add(commands)` and `run(arguments) -> exit code`. Errors end here."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence

from verifier import __version__
from verifier.cli import assess, checkers, criteria, doctor, explain, rejudge, show
from verifier.errors import VerifierError

COMMANDS = (assess, show, explain, rejudge, criteria, checkers, doctor)
EXIT_CODES = (
    "Exit codes: 0 accepted or pending, 1 rejected, 2 usage or criteria invalid, 3 inconclusive, 4 trust failure, "
    "130 interrupted."
)
INTERRUPTED = 130
INTERNAL = 3


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="verifier",
        description="Checks delivered code against a buyer's acceptance criteria.",
        epilog=EXIT_CODES,
    )
    made.add_argument("--version", action="version", version=f"verifier {__version__}")
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Whatever goes wrong is one sentence on stderr and the right exit code, never a traceback."""
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except KeyboardInterrupt:
        return _say("Interrupted; nothing was left behind.", INTERRUPTED)
    except VerifierError as error:
        return _say(str(error), error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERNAL
    except Exception as error:  # noqa: BLE001 - the one door: an internal error is 3, never Python's own 1
        return _internal(error)


def _internal(error: Exception) -> int:
    if os.environ.get("VERIFIER_DEBUG"):
        raise error
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _say("The disk is full; free some space and run it again. Nothing half-written was left.", INTERNAL)
    if isinstance(error, OSError):
        return _say(f"{error.strerror or type(error).__name__}: {error.filename or 'unknown file'}.", INTERNAL)
    what = f"{type(error).__name__}: {str(error)[:200]}"
    return _say(f"Internal error ({what}); this is not the delivery's fault. VERIFIER_DEBUG=1 shows where.", INTERNAL)


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"verifier: {sentence}\n")
    return code
