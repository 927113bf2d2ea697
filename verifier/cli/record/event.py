"""verifier record event CONTRACT EVENT: a move in the record, signed by whose move it is and entered in the ledger."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from verifier.cli import signing
from verifier.cli.recording import opened
from verifier.errors import UsageError
from verifier.gate.moves import WHOSE
from verifier.words import Translate, say

DATED = ("extended",)
TOLD = ("disputed", "resolved", "debriefed", "terminated", "not-delivered", "explained")
"""What is not told without words."""
REFERRED = ("delivered", "invoiced", "listed", "explained")
"""What is told with a reference: a full commit id, an invoice's number, an address, the rule of a lead."""
EACH = ("delivered", "invoiced", "paid", "received")
"""What is true of one milestone at a time."""
FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "event",
        help=tr("sign a move of the record: delivered, extended, disputed, paid, ..."),
        description=tr(
            "Signs that something happened, and enters it. A move that leads nowhere from where the milestone stands is refused."
        ),
    )
    command.add_argument("contract", metavar=tr("CONTRACT"), help=tr("the contract's id"))
    told = tr("one of {events}", events=", ".join(WHOSE))
    command.add_argument("event", choices=WHOSE, metavar=tr("EVENT"), help=told)
    command.add_argument("--milestone", metavar=tr("ID"), help=tr("the milestone (default: all that it concerns)"))
    command.add_argument("--until", metavar=tr("DATE"), help=tr("of an extension: the new day"))
    told = tr("the delivered commit, the invoice, the address of the listing, the payment, the rule of a lead")
    command.add_argument("--reference", metavar=tr("TEXT"), help=told)
    command.add_argument("--note", metavar=tr("TEXT"), help=tr("why, for whoever reads it later"))
    signing.add_all(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 4 for a move that is not the signer's, or leads nowhere."""
    from verifier import drafts

    _refuse_incomplete(arguments)
    with opened(arguments, writing=False) as records:
        contract = records.record(arguments.contract).contract
    if contract is None:
        raise UsageError(say("The contract itself is not in the record."))
    _refuse_milestone(arguments, [one["id"] for one in contract.statement.predicate["milestones"]])
    said = {name: value for name in ("until", "reference", "note") if (value := getattr(arguments, name))}
    statement = drafts.event(contract, arguments.event, arguments.milestone, said, signing.now())
    name = f"{arguments.event}{signing.SUFFIX}"
    signing.sign(statement, arguments, Path(arguments.output or name))
    return 0


def _refuse_incomplete(arguments: argparse.Namespace) -> None:
    for needed, option in ((DATED, "until"), (TOLD, "note"), (REFERRED, "reference")):
        if arguments.event in needed and not getattr(arguments, option):
            raise UsageError(say("{event} needs --{option}.", event=arguments.event, option=option))
    if arguments.event == "explained":
        _refuse_other_rule(arguments.reference)
    if arguments.event == "delivered" and not FULL_ID.fullmatch(arguments.reference):
        words = say("{text} is no full commit id: 40 or 64 digits and letters from a to f.", text=arguments.reference)
        raise UsageError(words)
    if signing.day(arguments.until or "") and arguments.until < signing.now()[:10]:
        raise UsageError(say("{day} is past.", day=arguments.until))


def _refuse_milestone(arguments: argparse.Namespace, known: list[str]) -> None:
    """One that the contract does not have; or none, of what is true of one at a time."""
    if arguments.milestone and arguments.milestone not in known:
        named = ", ".join(known)
        raise UsageError(say("The contract has no milestone {name}: {named}.", name=arguments.milestone, named=named))
    if arguments.event in EACH and len(known) > 1 and not arguments.milestone:
        raise UsageError(say("Give --milestone; the contract has {names}.", names=", ".join(known)))


def _refuse_other_rule(typed: str) -> None:
    from verifier.procurement.guardrails import RULES

    if typed not in RULES:
        words = say("{rule} is no rule of contract splitting; these are: {rules}.", rule=typed, rules=", ".join(RULES))
        raise UsageError(words)
