"""verifier record open CONTRACT: whether anybody can read what was accepted, and under which licence."""

from __future__ import annotations

import argparse
import json
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from verifier.cli import signing
from verifier.cli.assess import add_way
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.errors import UsageError, VerifierError
from verifier.words import Text, Translate, say

if TYPE_CHECKING:
    from verifier.checkout.published import Published
    from verifier.procurement.openness import Checked
    from verifier.procurement.record import Record

EXIT = {"met": 0, "unmet": 1, "undetermined": 3}


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "open",
        help=tr("check that what was accepted is published"),
        description=tr(
            "Asks the repository as a stranger, without any name, token, helper or key of yours, whether the accepted commit can "
            "be read and a licence file is there: met (exit code 0), unmet (1), undetermined (3)."
        ),
    )
    command.add_argument("contract", metavar=tr("CONTRACT"), help=tr("the contract's id"))
    command.add_argument("--json", action="store_true", help=tr("as JSON"))
    add_way(command.add_argument_group(tr("access")), tr)
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    from verifier.procurement.openness import outcome

    with opened(arguments, writing=False) as records:
        record = records.record(arguments.contract)
    if record.terms is None:
        raise UsageError(say("The contract itself is not in the record."))
    found = _looked(record, arguments)
    of_all = outcome(found).value
    if arguments.json:
        told = {
            "contract": record.id,
            "repository": record.terms["repository"],
            "outcome": of_all,
            "checks": [_told(one) for one in found],
        }
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return EXIT[of_all]
    for line in _lines(found, of_all):
        sys.stdout.write(line.in_language(language(arguments)) + "\n")
    return EXIT[of_all]


def _looked(record: Record, arguments: argparse.Namespace) -> list[Checked]:
    from verifier.procurement.openness import accepted, checked

    @cache
    def look(commit: str) -> Published | VerifierError:
        return _look((record.terms or {})["repository"], commit, arguments)

    return [one for milestone, commit in accepted(record) for one in checked(milestone, commit, look(commit))]


def _look(repository: str, commit: str, arguments: argparse.Namespace) -> Published | VerifierError:
    """What a stranger sees, or why nobody could say."""
    from pathlib import Path

    from verifier.checkout import Request
    from verifier.checkout.published import published

    if not commit:
        return UsageError(say("The acceptance report is not among the record's files."))
    ca = Path(arguments.ca) if arguments.ca else None
    try:
        return published(Request(where=repository, ca=ca, proxy=arguments.proxy), commit)
    except VerifierError as error:
        return error


def _told(one: Checked) -> dict[str, Any]:
    return {
        "milestone": one.milestone,
        "commit": one.commit or None,
        "check": one.check,
        "outcome": one.outcome.value,
        "reason": {"en": one.reason.en, "fr": one.reason.fr},
    }


def _lines(found: list[Checked], of_all: str) -> list[Text]:
    from verifier.gate.case import OUTCOME_WORDS
    from verifier.model import Outcome
    from verifier.procurement.openness import CHECK_WORDS
    from verifier.render.inert import inert

    lines = [
        say(
            "{milestone} {commit}  {check}: {outcome}. {reason}",
            milestone=inert(one.milestone),
            commit=one.commit[:12],
            check=say(CHECK_WORDS[one.check]),
            outcome=say(OUTCOME_WORDS[one.outcome]),
            reason=Text(inert(one.reason.en), inert(one.reason.fr)),
        )
        for one in found
    ] or [say("Nothing was accepted yet.")]
    return [*lines, say("Open publication: {outcome}", outcome=say(OUTCOME_WORDS[Outcome(of_all)]))]
