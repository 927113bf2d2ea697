"""Working in a procurement record: `--record` stands for its ledger, and what is signed is filed there."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli.language import language
from verifier.errors import UsageError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.ledger import Place
    from verifier.procurement.index import Index
    from verifier.procurement.records import Records
    from verifier.procurement.settings import Settings

FOLDER, RECORD, INDEX = "trust", "VERIFIER_RECORD", "VERIFIER_INDEX"
TRUST, LEDGER = "VERIFIER_TRUST", "VERIFIER_LEDGER"


def add_record(command: argparse._ActionsContainer, tr: Translate) -> None:
    told = tr(
        "the procurement record: its ledger is used, what is signed is filed (default: ${variable})", variable=RECORD
    )
    command.add_argument("--record", type=Path, metavar=tr("FOLDER"), default=os.environ.get(RECORD), help=told)


def settle(arguments: argparse.Namespace) -> None:
    """Fills in what the record stands for where nothing else was typed. Raises UsageError."""
    given = vars(arguments)
    if not {"record", "trust", "ledger"} & given.keys():
        return
    settings = settings_of(arguments)
    if "trust" in given and not arguments.trust:
        arguments.trust = os.environ.get(TRUST, FOLDER)
    if "ledger" in given and not arguments.ledger:
        if settings and settings.has_ledger:
            arguments.ledger = settings.ledger
        elif "ledger_needed" in given and os.environ.get(LEDGER):
            arguments.ledger = ledger_place(os.environ[LEDGER])
    if given.get("ledger_needed") and not arguments.ledger:
        raise UsageError(say("Give --ledger or --record: the answer is entered in a ledger."))
    arguments.of_record = given.get("files") == []
    if arguments.of_record:
        arguments.files = _chain(arguments, settings)


def ledger_place(typed: str) -> Place:
    """Where a ledger is: a file, or a database."""
    from verifier.ledger import place

    return place(typed)


def settings_of(arguments: argparse.Namespace) -> Settings | None:
    """Those of --record. Raises UsageError for a folder that is no record."""
    folder = vars(arguments).get("record")
    if not folder:
        return None
    from verifier.procurement.settings import load

    return load(Path(folder))


def _chain(arguments: argparse.Namespace, settings: Settings | None) -> list[str]:
    """The statements of the contract that was named, but for its moves; its id is taken as the contract has it."""
    from verifier.procurement.records import unknown
    from verifier.procurement.store import EVENT, Store, alike

    contract = vars(arguments).get("contract")
    if settings is None or not contract:
        raise UsageError(say("Name the files, or give --record and --contract."))
    store = Store(settings.folder)
    found = [path for path in store.files(contract) if not path.name.startswith(EVENT)]
    if not found:
        raise unknown(contract, store.draft(contract))
    written = store.written(contract)
    arguments.contract = written if alike(written) == alike(contract) else contract
    return [str(path) for path in found]


def index_of(settings: Settings) -> Index:
    """In the database that $VERIFIER_INDEX names, else in the record's folder."""
    from verifier.procurement.index import Index

    shared = os.environ.get(INDEX)
    return Index(shared) if shared else Index.beside(settings.folder)


@contextmanager
def opened(arguments: argparse.Namespace, *, writing: bool, anew: bool = False) -> Iterator[Records]:
    """The record at work, to read or to file. Its ledger is opened for as long. Raises UsageError without --record.

    `anew` is for who makes its index again.
    """
    from verifier.cli import signing
    from verifier.procurement.records import Records

    settings = settings_of(arguments)
    if settings is None:
        raise UsageError(say("Give --record, the folder of the procurement record."))
    policy = signing.policy(arguments, signing.now())
    index = index_of(settings)
    try:
        with signing.ledger(arguments, policy, writing=writing) as ledger:
            records = Records(settings, policy, ledger, index, signing.now, anew=anew)
            yield records
            for trouble in records.troubles.values():
                sys.stderr.write(trouble.in_language(language(arguments)) + "\n")
    finally:
        index.close()
