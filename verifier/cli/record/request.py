"""verifier record request CONTRACT: the payment request, on one page, for finance."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.errors import UsageError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.procurement.record import Record


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "request",
        help=tr("prepare the payment request for finance"),
        description=tr(
            "Writes what finance needs to pay one milestone: contract, commitment, payee, price, tax, invoice, who certified, "
            "and the release. It moves no money. Exit code 1 where the invoice is not what was contracted and certified, or "
            "nothing is to be paid; 3 where a certification or the release is still missing."
        ),
    )
    command.add_argument("contract", metavar=tr("CONTRACT"), help=tr("the contract's id"))
    command.add_argument("--milestone", metavar=tr("ID"), help=tr("the milestone; needed where there are several"))
    command.add_argument("--invoice", required=True, metavar=tr("NUMBER"), help=tr("the invoice's number"))
    told = tr("what the invoice is over, tax included, such as 7345.00")
    command.add_argument("--invoice-total", required=True, metavar=tr("AMOUNT"), help=told)
    command.add_argument("--method", choices=("card", "paypal"), required=True, help=tr("how it is to be paid"))
    command.add_argument("--json", action="store_true", help=tr("as JSON"))
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 where all agrees, 1 where something does not, 3 where something is missing."""
    from verifier.procurement.payment.request import Invoice, request
    from verifier.render.payment import entry, page
    from verifier.units import cents

    invoice = Invoice(number=arguments.invoice, total=cents(arguments.invoice_total))
    with opened(arguments, writing=False) as records:
        found = records.record(arguments.contract)
    made = request(found, _milestone(found, arguments.milestone), invoice, arguments.method)
    if arguments.json:
        sys.stdout.write(json.dumps(entry(made), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(page(made, language(arguments)))
    return int(made.match)


def _milestone(record: Record, named: str | None) -> str:
    """The one that was named, or the only one. Raises UsageError."""
    listed = [one.id for one in record.milestones]
    if not listed:
        raise UsageError(say("The contract itself is not in the record."))
    if named is None and len(listed) > 1:
        words = say(
            "The contract has several milestones ({named}); say which with --milestone.", named=", ".join(listed)
        )
        raise UsageError(words)
    if named is not None and named not in listed:
        words = say(
            "{contract} has no milestone {name}: {listed}.", contract=record.id, name=named, listed=", ".join(listed)
        )
        raise UsageError(words)
    return named or listed[0]
