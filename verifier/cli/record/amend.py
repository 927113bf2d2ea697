"""verifier record amend CONTRACT FILE: the next version of a contract, which both parties sign; what changes is shown first."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import awarding, documents, signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.errors import UsageError
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.statements.statement import Statement
    from verifier.trust.signed import Signed


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "amend",
        help=tr("sign another version of a contract"),
        description=tr(
            "Signs a contract file as the next version of a contract. It counts once the other party signed it as well "
            "(verifier sign FILE --record FOLDER)."
        ),
    )
    command.add_argument("contract", metavar=tr("CONTRACT"), help=tr("the contract's id"))
    command.add_argument("file", type=Path, metavar=tr("FILE"), help=tr("contract.yml as it is to be"))
    documents.add_profile(command, tr)
    signing.add_all(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments, writing=False) as records:
        agreed = records.record(arguments.contract).contract
    if agreed is None:
        raise UsageError(say("The contract itself is not in the record."))
    statement = _amendment(agreed, arguments)
    _show(agreed, statement, language(arguments))
    awarding.before(statement, arguments)
    signing.sign(statement, arguments, Path(arguments.output or f"amendment{signing.SUFFIX}"))
    return 0


def _amendment(agreed: Signed, arguments: argparse.Namespace) -> Statement:
    """Raises UsageError for a file of another contract, or one in which nothing is other."""
    from verifier import drafts, rulebook

    wanted = rulebook.load_contract(arguments.file)
    if not (arguments.criteria or arguments.profile):
        arguments.profile = agreed.statement.predicate["criteria"]["profile"]
    made = drafts.contract(wanted, documents.criteria_of(arguments, wanted))
    before = agreed.statement.predicate
    if made.predicate["id"] != before["id"]:
        raise UsageError(say("{file} is a contract of another id, {id}.", file=arguments.file, id=made.predicate["id"]))
    if made.digests == agreed.statement.digests and {**made.predicate, "amends": before.get("amends")} == {
        "amends": None,
        **before,
    }:
        raise UsageError(say("{file} says what was agreed already.", file=arguments.file))
    return replace(made, predicate={**made.predicate, "amends": agreed.digest})


def _show(agreed: Signed, made: Statement, spoken: str) -> None:
    from verifier.render.compared import compared

    sys.stderr.write(compared(agreed.statement, made).in_language(spoken))
