"""What is said of a contract before it is signed, and after it was filed: the guardrails, once and in few lines."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from verifier.cli.language import language
from verifier.cli.recording import opened, settings_of
from verifier.errors import TrustError, UsageError
from verifier.words import say

if TYPE_CHECKING:
    from verifier.procurement.record import Record
    from verifier.procurement.records import Records
    from verifier.statements.statement import Statement
    from verifier.trust.signed import Signed


def before(statement: Statement, arguments: argparse.Namespace) -> None:
    """Of a contract that is to be signed. Raises UsageError for one without all that is signed, TrustError over a ceiling.

    Without a record there are no settings and no other contracts: then its own ceiling alone is asked.
    """
    from verifier.procurement.draft import missing
    from verifier.procurement.guardrails import ceiling
    from verifier.statements import uris
    from verifier.trust import shapes

    if statement.predicate_type != uris.CONTRACT:
        return
    if gaps := missing(statement.predicate):
        raise UsageError(say("The contract still lacks: {names}.", names=", ".join(gaps)))
    try:
        shapes.check(statement)
    except TrustError as error:
        raise UsageError(error.text) from error
    settings = settings_of(arguments)
    ceiling.refuse(statement.predicate, settings.section("guardrails") if settings else {})
    if settings:
        with opened(arguments, writing=False) as records:
            _tell(records, _unsigned(statement), arguments)


def filed(records: Records, contract: Signed, arguments: argparse.Namespace) -> None:
    """Of a contract that others signed, when it was filed."""
    _tell(records, contract, arguments)


def hint(records: Records, record: Record, arguments: argparse.Namespace) -> None:
    """That there are leads which nobody answered, in one line, where there are."""
    from verifier.procurement.splitting import leads_of
    from verifier.render import leads

    if words := leads.hint(leads_of(records, record), record.id):
        sys.stderr.write(words.in_language(language(arguments)) + "\n")


def _tell(records: Records, contract: Signed, arguments: argparse.Namespace) -> None:
    from verifier.procurement.guardrails import ceiling, roles
    from verifier.procurement.record import Record

    section = records.settings.section("guardrails")
    terms = contract.statement.predicate
    for words in (*ceiling.questioned(terms, section), *roles.questioned(contract, records.policy, records.clock())):
        sys.stderr.write(words.in_language(language(arguments)) + "\n")
    hint(records, Record(terms["id"], (), (contract,)), arguments)


def _unsigned(statement: Statement) -> Signed:
    from hashlib import sha256

    from verifier.statements.statement import write
    from verifier.trust.signed import Signed

    return Signed(statement=statement, digest=sha256(write(statement)).hexdigest(), by=())
