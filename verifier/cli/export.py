"""verifier export FORM CONTRACT: drafts the entry of accepted code for a catalogue of public code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.procurement.listing import Facts

FORMS = ("ore", "publiccode", "codejson")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "export",
        help=tr("draft the listing of accepted code in a catalogue"),
        description=tr(
            "Drafts the entry of accepted code for a catalogue of public code, from the record, the delivered repository and "
            "listing.yml in the contract's folder. It names the contracting party and the buyer's mailbox, and no one else."
        ),
    )
    told = tr("ore for the Open Resource Exchange, publiccode for publiccode.yml 0.7, codejson for code.json 2.0.0")
    command.add_argument("form", choices=FORMS, metavar=tr("FORM"), help=told)
    command.add_argument("contract", metavar=tr("CONTRACT"), help=tr("the contract's id"))
    told = tr("a clone of the delivered repository: its languages and licence files are looked at, nothing is run")
    command.add_argument("--repository", type=Path, metavar=tr("PATH"), help=told)
    command.add_argument("--output", type=Path, metavar=tr("FILE"), help=tr("write it here (default: standard output)"))
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 2 where something is not said, 3 where nothing was accepted."""
    from verifier.files import write
    from verifier.procurement.listing.forms import FORMS as FUNCTIONS

    if arguments.output:
        signing.refuse_nowhere(arguments.output)
    made = FUNCTIONS[arguments.form](_facts(arguments))
    if not arguments.output:
        sys.stdout.write(made)
        return 0
    write(arguments.output, made.encode())
    spoken = language(arguments)
    then = say(
        "Once it is listed: verifier record event {contract} listed --reference URL --record {record}",
        contract=arguments.contract,
        record=arguments.record,
    )
    for told in (say("Written: {path}", path=arguments.output), then):
        sys.stderr.write(told.in_language(spoken) + "\n")
    return 0


def _facts(arguments: argparse.Namespace) -> Facts:
    from verifier.procurement.listing import Said, facts
    from verifier.procurement.listing.delivered import Delivered, look
    from verifier.procurement.listing.facts import acceptance, commit
    from verifier.procurement.store import LISTING

    with opened(arguments, writing=False) as records:
        record = records.record(arguments.contract)
        accepted = acceptance(record)
        delivered = look(arguments.repository, commit(accepted)) if arguments.repository else Delivered()
        said = Said.of(records.store.place(arguments.contract) / LISTING)
        return facts(record, records.settings, said, delivered, records.clock())
