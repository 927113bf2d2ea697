"""verifier record pack CONTRACT --output FILE.zip: all that is known of a contract in one zip, for an auditor years later."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.words import Translate, say


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "pack",
        help=tr("write all that is known of a contract into one zip, for an auditor"),
        description=tr(
            "Writes an audit pack: statements, criteria, reports, evidence, trust policy and proofs of the ledger, with a page "
            "that says what to check and how. `verifier verify FILE.zip` checks it, with nothing else at hand."
        ),
    )
    command.add_argument("contract", metavar=tr("CONTRACT"), help=tr("the contract's id"))
    told = tr("the zip to write; one that is there is replaced")
    command.add_argument("--output", type=Path, required=True, metavar=tr("FILE"), help=told)
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 4 where what the record holds of the contract does not hold. What is missing is told, and no failure."""
    from verifier.files import write_parts
    from verifier.procurement.pack.gather import gather
    from verifier.procurement.pack.making import made
    from verifier.procurement.pack.sources import missing

    signing.refuse_nowhere(arguments.output)
    with opened(arguments, writing=False) as records:
        found = gather(records, arguments.contract, Path(arguments.trust))
        folder = records.store.place(arguments.contract) / "evidence"
    write_parts(arguments.output, made(found, folder))
    spoken, gone = language(arguments), len(list(missing(found)))
    lines = [say("Written: {path}", path=arguments.output)]
    if gone:
        lines.append(say("Missing of what the statements and the ledger speak of: {n}; the README names each.", n=gone))
    sys.stderr.write("".join(line.in_language(spoken) + "\n" for line in lines))
    return 0
