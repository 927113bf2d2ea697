"""verifier certify FILE…: section 34, signed: the work was performed, the price is the contract's."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from verifier.cli import signing
from verifier.cli.language import language
from verifier.words import Translate


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "certify",
        help=tr("certify under section 34 that an accepted delivery may be paid"),
        description=tr(
            "Shows on one page what was contracted, checked, decided and not examined, and signs the certification under "
            "section 34 of the Financial Administration Act. The report supports it, and does not replace it."
        ),
    )
    signing.add_chain(command, tr)
    command.add_argument(
        "--amount", required=True, metavar=tr("AMOUNT"), help=tr("price and tax together, such as 6500.00")
    )
    command.add_argument("--invoice", required=True, metavar=tr("NUMBER"), help=tr("the invoice that is certified"))
    command.add_argument("--payee", metavar=tr("NAME"), help=tr("who is paid (default: the contract's payee)"))
    signing.add_all(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 4 where the chain does not hold; 3 where nothing was accepted."""
    from verifier.gate import prepared
    from verifier.gate.asked import current
    from verifier.render.certification import page
    from verifier.statements import uris
    from verifier.units import cents

    now = signing.now()
    case = signing.case(arguments, now, without=(uris.CERTIFICATION,), narrow=current)
    amount, payee = cents(arguments.amount), arguments.payee or ""
    statement = prepared.certification(case, amount=amount, invoice=arguments.invoice, payee=payee, made=now)
    sys.stderr.write(page(case, statement.predicate, language(arguments)))
    signing.sign(statement, arguments, Path(arguments.output or f"certification{signing.SUFFIX}"))
    return 0
