"""verifier record export FORMAT: what other systems read of the record. One file a format."""

from __future__ import annotations

import argparse

from verifier.cli.record.export import ocds
from verifier.words import Translate

FORMATS = (ocds,)


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser("export", help=tr("write what other systems read of the record"))
    formats = command.add_subparsers(dest="format", required=True, metavar=tr("FORMAT"))
    for format_ in FORMATS:
        format_.add(formats, tr)
