"""verifier record file FILE…: statements that others signed, into the record and its ledger."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import awarding, signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.words import Text, Translate, say

if TYPE_CHECKING:
    from verifier.procurement.records import Filed


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser("file", help=tr("file signed statements, and the evidence that assessments name"))
    command.add_argument("files", nargs="+", metavar=tr("FILE"), help=tr("signed statements, or folders of them"))
    told = tr("the folder of a report: what a filed assessment names by its digest is kept")
    command.add_argument("--evidence", action="append", default=[], type=Path, metavar=tr("FOLDER"), help=told)
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 4 where one of them is refused: then none was filed."""
    from verifier.procurement.evidence import belonging, keep
    from verifier.statements import uris

    contents = [signing.content(path) for path in signing.paths(arguments.files)]
    with opened(arguments, writing=True) as records:
        read = [signing.read_bytes(one, records.policy).statement for one in contents]
        folders = [(belonging(folder, read), folder) for folder in arguments.evidence]
        filed = records.file(contents)
        kept = [keep(records, one, folder) for one, folder in folders]
        for one in filed:
            sys.stderr.write(_told(one).in_language(language(arguments)) + "\n")
        for contract in {one.signed.digest: one.signed for one in filed if one.signed.type == uris.CONTRACT}.values():
            awarding.filed(records, contract, arguments)
    spoken = language(arguments)
    if arguments.evidence:
        sys.stderr.write(say("Evidence kept: {n} files.", n=sum(kept)).in_language(spoken) + "\n")
    return 0


def _told(one: Filed) -> Text:
    if one.entered:
        return say("Filed and entered: {path}", path=one.path)
    return say("Filed, and waits for the other party's signature: {path}", path=one.path)
