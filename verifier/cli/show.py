"""verifier show REPORT: a report in another form."""

from __future__ import annotations

import argparse

from verifier.cli import documents
from verifier.cli.language import add_language, language
from verifier.words import Translate


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "show", help=tr("show a report"), description=tr("Shows a report.json in another form.")
    )
    command.add_argument("report", metavar=tr("REPORT"), help=tr("report.json, or the folder that holds it"))
    command.add_argument(
        "--format", choices=tuple(documents.FORMATS), default="text", help=tr("the form to show (default: text)")
    )
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verifier.report import to_dict

    documents.show(to_dict(documents.read_report(arguments.report)), arguments.format, language(arguments))
    return 0
