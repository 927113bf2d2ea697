"""verifier record rebuild: the index, made again from the signed statements and the ledger."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import INDEX, opened
from verifier.errors import UsageError
from verifier.words import Translate, say, say_n


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    told = tr("make the index again from statements and ledger")
    command = actions.add_parser(
        "rebuild",
        help=told,
        description=tr(
            "Makes the index again, in the database that ${variable} names, else in the record's folder.",
            variable=INDEX,
        ),
    )
    told = tr("take over what an index of before remembers: what was posted, and what people were told")
    command.add_argument("--from", dest="before", type=Path, metavar=tr("FILE"), help=told)
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    lasting = _lasting(arguments.before) if arguments.before else None
    with opened(arguments, writing=False, anew=True) as records:
        number = records.rebuild()
        if lasting is not None:
            with records.index.changing() as changes:
                changes.take_over(lasting)
    words = say_n(number, "{n} contract indexed.", "{n} contracts indexed.")
    sys.stderr.write(words.in_language(language(arguments)) + "\n")
    return 0


def _lasting(path: Path) -> Mapping[str, list[dict[str, Any]]]:
    from verifier.procurement.index import Index

    if not path.is_file():
        raise UsageError(say("There is no file or folder {where}.", where=path))
    index = Index(f"sqlite:///{path}")
    try:
        return index.lasting()
    finally:
        index.close()
