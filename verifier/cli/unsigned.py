"""verifier sign STORE: every report that workers left and nobody signed yet, each as `verifier sign` signs one.

What a worker says is not believed: each report is judged again, and its evidence looked at, before it is signed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import fleet
from verifier.cli.language import language
from verifier.errors import UsageError, VerifierError
from verifier.words import Text, say, say_n

if TYPE_CHECKING:
    from verifier.fleet.store import Store


def run(arguments: argparse.Namespace, sign: Callable[[argparse.Namespace], int]) -> int:
    """Exit code 0; of the first that could not be signed its own. The others are signed all the same."""
    from verifier.fleet.store import Store

    if arguments.output or arguments.contract:
        raise UsageError(
            say("Of a store, each report has its own contract and its own place; leave --output and --contract.")
        )
    store = Store(Path(arguments.file).absolute())
    refused: dict[str, int] = {}
    with store.signing():
        while True:
            waiting = [one for one in store.unsigned() if one not in refused]
            for digest in waiting:
                try:
                    _sign(digest, store, arguments, sign)
                except VerifierError as error:
                    refused[digest] = error.exit_code
                    _tell(say("{digest} is not signed: {why}", digest=digest, why=error.text), arguments)
                except Exception as error:  # noqa: BLE001 - whatever a worker wrote, it stops no other signature
                    refused[digest] = VerifierError.exit_code
                    why = say("Internal error: {error}.", error=type(error).__name__)
                    _tell(say("{digest} is not signed: {why}", digest=digest, why=why), arguments)
            signed = sum(one not in refused for one in waiting)
            if arguments.every is None:
                _tell(say_n(signed, "{n} report signed.", "{n} reports signed."), arguments)
                return next(iter(refused.values()), 0)
            time.sleep(max(1, arguments.every))


def _sign(digest: str, store: Store, arguments: argparse.Namespace, sign: Callable[[argparse.Namespace], int]) -> None:
    from verifier.workspace import workspace

    submission = store.submission(digest)
    with workspace() as place:
        options = fleet.laid_out(submission, place)
        given = dict(zip(options[::2], options[1::2], strict=False))
        contract = given.get("--contract", "")
        about = {
            "file": str(store.place(digest)),
            "contract": [contract] if contract and Path(contract).is_dir() else [],
            "milestone": submission.milestone or None,
            "round": submission.round,
            "criteria": given.get("--criteria"),
            "profile": given.get("--profile"),
            "output": str(store.signed(digest)),
            "every": None,
        }
        sign(argparse.Namespace(**vars(arguments) | about))


def _tell(words: Text, arguments: argparse.Namespace) -> None:
    sys.stderr.write(words.in_language(language(arguments)) + "\n")
