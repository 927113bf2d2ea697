"""verifier waive ASSESSMENT FINDING|CRITERION: leave to pass it, until a date, for a reason."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from verifier.cli import signing
from verifier.words import Translate, say


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "waive",
        help=tr("waive one finding or one criterion"),
        description=tr("Signs leave to pass one finding, by its fingerprint, or one criterion, by its name."),
    )
    command.add_argument("assessment", metavar=tr("ASSESSMENT"), help=tr("the signed assessment"))
    command.add_argument("target", metavar=tr("FINDING|CRITERION"), help=tr("a fingerprint, or a criterion's name"))
    command.add_argument("--until", required=True, metavar=tr("DATE"), help=tr("the last day on which it counts"))
    command.add_argument("--reason", required=True, metavar=tr("TEXT"), help=tr("why, for whoever reads it later"))
    signing.add_all(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verifier import drafts
    from verifier.statements import uris

    now = signing.now()
    assessed = signing.one(arguments.assessment, uris.ASSESSMENT, signing.policy(arguments, now))
    what = _what(assessed.statement.predicate["outcomes"], arguments.target)
    statement = drafts.waiver(assessed, what, arguments.reason, arguments.until, now)
    signing.sign(statement, arguments, Path(arguments.output or f"waiver-{arguments.target}{signing.SUFFIX}"))
    return 0


def _what(outcomes: list[dict[str, Any]], target: str) -> dict[str, str]:
    """Raises UsageError for what the assessment does not have, or what cannot be waived: a person's own decision."""
    from verifier.errors import UsageError
    from verifier.gate.again import waivable

    found = {str(one["criterion"]): str(one["outcome"]) for one in outcomes}
    if target in waivable(outcomes):
        return {"criterion" if target in found else "finding": target}
    if target in found:
        raise UsageError(
            say("{criterion} is {outcome}; there is nothing to waive.", criterion=target, outcome=found[target])
        )
    raise UsageError(
        say("The assessment has neither a criterion nor a finding behind one that is called {name}.", name=target)
    )
