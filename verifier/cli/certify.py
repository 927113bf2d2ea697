"""verifier certify FILE…: section 34, signed: the work was performed, the price is the contract's."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import signing
from verifier.cli.language import language
from verifier.errors import UsageError, WorldError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.gate.case import Case


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
    from verifier import drafts
    from verifier.gate.asked import current
    from verifier.render.certification import page
    from verifier.statements import uris
    from verifier.units import cents

    now = signing.now()
    case = signing.case(arguments, now, without=(uris.CERTIFICATION,), narrow=current)
    amount = cents(arguments.amount)
    _refuse(case, amount, arguments.payee)
    contract, accepted = case.contract, case.chain.acceptance
    if contract is None or accepted is None or case.milestone is None or case.chain.assessment is None:
        raise WorldError(say("The contract, the assessment or the acceptance report is not among the files."))
    terms = {
        "amount": amount,
        "currency": contract["currency"],
        "invoice": arguments.invoice,
        "payee": arguments.payee or contract["payee"],
    }
    unseen = case.chain.assessment.statement.predicate["notExamined"]
    sys.stderr.write(page(case, terms, language(arguments)))
    statement = drafts.certification(accepted, case.milestone, terms, not_examined=len(unseen), made=now)
    signing.sign(statement, arguments, Path(arguments.output or f"certification{signing.SUFFIX}"))
    return 0


def _refuse(case: Case, amount: int, payee: str | None) -> None:
    """Nobody is let sign what the gate would deny in any case."""
    from verifier.gate.accepting import refuse
    from verifier.gate.codes import NO
    from verifier.gate.judged import result

    if case.chain.acceptance is None:
        raise WorldError(say("There is no acceptance report among the files; `verifier accept` makes it."))
    if case.chain.acceptance.statement.predicate["verificationResult"] != "PASSED":
        raise WorldError(say(NO["rejected"]))
    refuse(case, result)
    if case.price is not None and amount != case.price:
        from verifier.units import money

        currency = case.contract["currency"] if case.contract else ""
        words = say(
            "{amount} is not the milestone's price and tax, {price}.",
            amount=money(amount, currency),
            price=money(case.price, currency),
        )
        raise UsageError(words)
    if payee and case.contract and payee != case.contract["payee"]:
        words = say("{payee} is not the contract's payee, {agreed}.", payee=payee, agreed=case.contract["payee"])
        raise UsageError(words)
