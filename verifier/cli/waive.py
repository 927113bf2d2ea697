"""verifier waive ASSESSMENT FINDING|CRITERION: leave to pass it, until a date, for a reason."""

from __future__ import annotations

import argparse
from pathlib import Path

from verifier.cli import signing
from verifier.words import Translate


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
    from verifier.gate import prepared
    from verifier.statements import uris

    now = signing.now()
    assessed = signing.one(arguments.assessment, uris.ASSESSMENT, signing.policy(arguments, now))
    statement = prepared.waiver(assessed, arguments.target, arguments.reason, arguments.until, now)
    signing.sign(statement, arguments, Path(arguments.output or f"waiver-{arguments.target}{signing.SUFFIX}"))
    return 0
