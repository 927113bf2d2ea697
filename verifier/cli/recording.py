"""Working in a procurement record: `--record` stands for its trust folder and its ledger, and what is signed is filed there."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.errors import UsageError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.procurement.records import Records
    from verifier.procurement.settings import Settings

FOLDER, RECORD = "trust", "VERIFIER_RECORD"
TRUST, LEDGER = "VERIFIER_TRUST", "VERIFIER_LEDGER"


def add_record(command: argparse._ActionsContainer, tr: Translate) -> None:
    told = tr(
        "the procurement record: its folder stands for --trust and --ledger (default: ${variable})", variable=RECORD
    )
    command.add_argument("--record", type=Path, metavar=tr("FOLDER"), default=os.environ.get(RECORD), help=told)


def settle(arguments: argparse.Namespace) -> None:
    """Fills in what the record stands for where nothing else was typed. Raises UsageError."""
    given = vars(arguments)
    if not {"record", "trust", "ledger"} & given.keys():
        return
    settings = settings_of(arguments)
    if "trust" in given and not arguments.trust:
        arguments.trust = str(settings.trust) if settings else os.environ.get(TRUST, FOLDER)
    if "ledger" in given and not arguments.ledger:
        if settings and settings.ledger.exists():
            arguments.ledger = settings.ledger
        elif "ledger_needed" in given and os.environ.get(LEDGER):
            arguments.ledger = Path(os.environ[LEDGER])
    if given.get("ledger_needed") and not arguments.ledger:
        raise UsageError(say("Give --ledger or --record: the answer is entered in a ledger."))
    if given.get("files") == []:
        arguments.files = [str(_chain(arguments, settings))]


def settings_of(arguments: argparse.Namespace) -> Settings | None:
    """Those of --record. Raises UsageError for a folder that is no record."""
    folder = vars(arguments).get("record")
    if not folder:
        return None
    from verifier.procurement.settings import load

    return load(Path(folder))


def _chain(arguments: argparse.Namespace, settings: Settings | None) -> Path:
    """The folder of the contract that was named."""
    from verifier.procurement.store import Store

    contract = vars(arguments).get("contract")
    if settings is None or not contract:
        raise UsageError(say("Name the files, or give --record and --contract."))
    return Store(settings.folder).place(contract)


@contextmanager
def opened(arguments: argparse.Namespace, *, writing: bool) -> Iterator[Records]:
    """The record at work, to read or to file. Its ledger is opened for as long. Raises UsageError without --record."""
    from verifier.cli import signing
    from verifier.procurement.index import Index
    from verifier.procurement.records import Records

    settings = settings_of(arguments)
    if settings is None:
        raise UsageError(say("Give --record, the folder of the procurement record."))
    policy = signing.policy(arguments, signing.now())
    index = Index.beside(settings.folder)
    try:
        with signing.ledger(arguments, policy, writing=writing) as ledger:
            yield Records(settings, policy, ledger, index, signing.now)
    finally:
        index.close()
