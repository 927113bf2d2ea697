"""verifier decide ASSESSMENT CRITERION: a person's decision on a criterion that no tool can judge, with its rationale."""

from __future__ import annotations

import argparse
from pathlib import Path

from verifier.cli import signing
from verifier.words import Translate


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "decide",
        help=tr("decide a criterion that no tool can judge"),
        description=tr("Signs a person's decision on one criterion of an assessment, with the rationale."),
    )
    command.add_argument("assessment", metavar=tr("ASSESSMENT"), help=tr("the signed assessment"))
    command.add_argument("criterion", metavar=tr("CRITERION"), help=tr("the criterion's name"))
    how = command.add_mutually_exclusive_group(required=True)
    how.add_argument("--met", dest="outcome", action="store_const", const="met", help=tr("it is met"))
    how.add_argument("--unmet", dest="outcome", action="store_const", const="unmet", help=tr("it is not met"))
    command.add_argument("--rationale", required=True, metavar=tr("TEXT"), help=tr("why, for whoever reads it later"))
    signing.add_all(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verifier.gate import prepared
    from verifier.statements import uris

    now = signing.now()
    assessed = signing.one(arguments.assessment, uris.ASSESSMENT, signing.policy(arguments, now))
    statement = prepared.decision(assessed, arguments.criterion, arguments.outcome, arguments.rationale, now)
    name = f"decision-{arguments.criterion}{signing.SUFFIX}"
    signing.sign(statement, arguments, Path(arguments.output or name))
    return 0
