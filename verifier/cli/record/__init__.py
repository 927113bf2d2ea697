"""`verifier record ACTION`: the procurement record of contracts, from award to payment. One file an action."""

from __future__ import annotations

import argparse

from verifier.cli.record import (
    amend,
    begin,
    event,
    export,
    file,
    importing,
    keep,
    leads,
    listing,
    measures,
    new,
    openness,
    pack,
    post,
    rebuild,
    request,
    show,
    tell,
)
from verifier.words import Translate

ACTIONS = (
    *(begin, new, listing, show, event, file, amend),
    *(leads, openness, measures, request, post, tell),
    *(export, importing, pack, keep, rebuild),
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    record = commands.add_parser(
        "record",
        help=tr("keep the record of contracts, from award to payment"),
        description=tr(
            "Keeps the procurement record: a folder of signed statements, a ledger that says in which order they were made, and "
            "an index that is made from both."
        ),
    )
    actions = record.add_subparsers(dest="action", required=True, metavar=tr("ACTION"))
    for action in ACTIONS:
        action.add(actions, tr)
