"""verifier dashboard: reports, contracts and payments as pages, in a folder or live."""

from __future__ import annotations

import argparse

from verifier.cli.dashboard import build, serve
from verifier.words import Translate

COMMANDS = (build, serve)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser("dashboard", help=tr("reports, contracts and payments as pages"))
    actions = command.add_subparsers(title=tr("commands"), metavar=tr("COMMAND"), required=True)
    for one in COMMANDS:
        one.add(actions, tr)
