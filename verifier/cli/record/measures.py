"""verifier record measures: how long purchases took, in how many rounds, and what they brought."""

from __future__ import annotations

import argparse
import json
import sys

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.errors import UsageError
from verifier.words import Translate, say


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "measures",
        help=tr("measure how long purchases took, in how many rounds, and what they brought"),
        description=tr(
            "Measures purchases by the times of the ledger: medians over milestones, with their count. What has not happened yet "
            "is empty."
        ),
    )
    command.add_argument(
        "--from", dest="first", default="", metavar=tr("DATE"), help=tr("awarded on this day or later")
    )
    command.add_argument("--until", default="", metavar=tr("DATE"), help=tr("awarded on this day or earlier"))
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=tr("as JSON"))
    form.add_argument(
        "--csv", action="store_true", help=tr("one row a contract, with the columns of the pilot's tracker")
    )
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    from verifier.procurement import tracker
    from verifier.procurement.measures import measured, within
    from verifier.render import measures

    first, last = signing.day(arguments.first), signing.day(arguments.until)
    if last and last < first:
        raise UsageError(say("{last} is before {first}.", last=last, first=first))
    with opened(arguments, writing=False) as records:
        found = within(records.every(), first, last)
        baselines = records.settings.section("baselines")
    contracts = [measured(one) for one in found]
    if arguments.json:
        told = json.dumps(measures.document(contracts, baselines), indent=2, ensure_ascii=False) + "\n"
    elif arguments.csv:
        told = measures.table(zip(contracts, map(tracker.row, found), strict=True))
    else:
        told = measures.page(contracts, baselines, language(arguments))
    sys.stdout.write(told)
    return 0
