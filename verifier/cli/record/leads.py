"""verifier record leads [CONTRACT]: purchases that may be one that was split, to be asked about."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.words import Text, Translate, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.procurement.guardrails import Lead, Purchase

MOST = 100


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "leads",
        help=tr("list purchases that may be one that was split"),
        description=tr(
            "Lists leads of contract splitting, with what somebody answered. A lead is a question, never a finding: most have a "
            "good reason. Without a contract: those that nobody has answered, of the newest contract first."
        ),
    )
    command.add_argument("contract", nargs="?", metavar=tr("CONTRACT"), help=tr("the contract's id"))
    command.add_argument("--json", action="store_true", help=tr("as JSON"))
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, whatever the leads."""
    from verifier.render.leads import page

    found = _found(arguments)
    if arguments.json:
        sys.stdout.write(json.dumps([_told(one) for one in found], indent=2, ensure_ascii=False) + "\n")
        return 0
    spoken = language(arguments)
    sys.stdout.write(page(found[:MOST], spoken))
    if len(found) > MOST:
        sys.stderr.write(say("And {n} more: --json has all.", n=len(found) - MOST).in_language(spoken) + "\n")
    return 0


def _found(arguments: argparse.Namespace) -> Sequence[Lead]:
    from verifier.errors import UsageError
    from verifier.procurement.splitting import all_leads, leads_of

    with opened(arguments, writing=False) as records:
        if arguments.contract is None:
            return [one for one in all_leads(records) if one.answer is None]
        record = records.record(arguments.contract)
        if record.contract is None:
            raise UsageError(say("The contract itself is not in the record."))
        return leads_of(records, record)


def _told(one: Lead) -> dict[str, Any]:
    first, last = one.days
    return {
        "contract": one.purchase.id,
        "rule": one.rule,
        "words": _both(one.words),
        "total": one.total,
        "currency": one.purchase.currency,
        "from": first,
        "until": last,
        "purchases": [_purchase(each) for each in (*one.related, one.purchase)],
        "answer": {"time": one.answer.time, "by": one.answer.by, "note": one.answer.note} if one.answer else None,
    }


def _purchase(one: Purchase) -> dict[str, Any]:
    return {
        "contract": one.id,
        "supplier": one.supplier,
        "requester": one.requester,
        "awarded": one.awarded,
        "ends": one.ended,
        "total": one.total,
    }


def _both(words: Text) -> dict[str, str]:
    return {"en": words.en, "fr": words.fr}
