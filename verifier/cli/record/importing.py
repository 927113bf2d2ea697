"""verifier record import FILE: a contract file drafted from a package of the Open Contracting Data Standard. It never signs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli.language import add_language, language
from verifier.cli.recording import add_record, settings_of
from verifier.errors import UsageError
from verifier.words import Text, Translate, say

if TYPE_CHECKING:
    from verifier.procurement.ocds.draft import Transaction
    from verifier.procurement.ocds.read import Process

MOST = 64 * 1024 * 1024
"""Bytes of a package."""


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "import",
        help=tr("draft a contract from a package of the Open Contracting Data Standard"),
        description=tr(
            "Reads a release package or a record package of the Open Contracting Data Standard 1.1 and writes contract.yml into "
            "the contract's folder, with what is missing as commented lines. Nothing is signed. What a payer says that was "
            "paid is shown and not kept."
        ),
    )
    command.add_argument("file", type=Path, metavar=tr("FILE"), help=tr("the package (JSON)"))
    command.add_argument(
        "--ocid", metavar=tr("OCID"), help=tr("the contracting process; needed where there are several")
    )
    command.add_argument("--contract", metavar=tr("ID"), help=tr("the contract; needed where the process has several"))
    command.add_argument(
        "--id", metavar=tr("ID"), help=tr("the contract's id in the record (default: as in the package)")
    )
    add_record(command, tr)
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 2 for a package that cannot be taken over: then nothing was written."""
    from verifier.files import read
    from verifier.procurement.ocds.draft import contract_id, transactions
    from verifier.procurement.ocds.read import parse, process
    from verifier.procurement.store import DRAFT, Store

    settings = settings_of(arguments)
    if settings is None:
        raise UsageError(say("Give --record, the folder of the procurement record."))
    name = str(arguments.file)
    source = process(parse(read(arguments.file, most=MOST), name), name, arguments.ocid)
    contract = contract_id(source, contract=arguments.contract, known_as=arguments.id)
    paid = transactions(source, contract=arguments.contract)
    store = Store(settings.folder)
    target = store.place(contract) / DRAFT
    told = [say("{contract} is in the record already; nothing was written.", contract=contract)]
    if not (store.files(contract) or target.exists()):
        told = list(_written(source, target, arguments))
    elif not paid:
        raise UsageError(*told)
    _tell(paid, told, language(arguments))
    return 0


def _tell(paid: Iterable[Transaction], told: Iterable[Text], spoken: str) -> None:
    for one in paid:
        sys.stdout.write(_paid(one).in_language(spoken) + "\n")
    for line in told:
        sys.stderr.write(line.in_language(spoken) + "\n")


def _written(source: Process, target: Path, arguments: argparse.Namespace) -> Iterator[Text]:
    from verifier.files import write
    from verifier.procurement.ocds.draft import draft
    from verifier.procurement.ocds.written import contract_file, missing

    made = draft(source, contract=arguments.contract, known_as=arguments.id)
    target.parent.mkdir(parents=True, exist_ok=True)
    write(target, contract_file(made, language(arguments)).encode())
    yield say("Written: {path}", path=target)
    if made.left:
        yield say("Not taken over: {names}", names=", ".join(made.left))
    yield say("To be filled in: {names}", names=", ".join(missing(made)))
    yield say(
        "Then requester and supplier sign it: verifier sign {path} --record {record}",
        path=target,
        record=arguments.record,
    )


def _paid(one: Transaction) -> Text:
    from verifier.statements.strict import shown
    from verifier.units import money

    amount = Text("-", "-") if one.amount is None else money(one.amount, one.currency or "-")
    return say("Paid, by the source: {day} {amount} ({id})", day=one.date or "-", amount=amount, id=shown(one.id))
