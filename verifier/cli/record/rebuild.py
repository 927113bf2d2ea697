"""verifier record rebuild: the index, made again from the signed statements and the ledger."""

from __future__ import annotations

import argparse
import sys

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.words import Translate, say_n


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser("rebuild", help=tr("make the index again from statements and ledger"))
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments, writing=False) as records:
        number = records.rebuild()
    words = say_n(number, "{n} contract indexed.", "{n} contracts indexed.")
    sys.stderr.write(words.in_language(language(arguments)) + "\n")
    return 0
