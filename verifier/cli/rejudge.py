"""verifier rejudge REPORT: the same facts under other criteria; no tool is run."""

from __future__ import annotations

import argparse
import sys

from verifier.cli import documents
from verifier.cli.language import add_language, language
from verifier.words import Translate, say


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "rejudge",
        help=tr("judge a report again under other criteria"),
        description=tr("Judges the facts of a report.json again. No tool is run and nothing is fetched."),
    )
    command.add_argument("report", metavar=tr("REPORT"), help=tr("report.json, or the folder that holds it"))
    documents.add_criteria(command, tr)
    add_language(command, tr)
    documents.add_output(command, tr, default="text=-")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, 1 or 3, by the new verdict."""
    from dataclasses import replace

    from verifier.criteria import judge
    from verifier.flip import Run, flip
    from verifier.report import contract_id, criteria_entry

    outputs = documents.outputs(arguments)
    report = documents.read_report(arguments.report)
    criteria, contract = documents.criteria(arguments)
    waivers = documents.waivers(arguments)
    tier = str(report.sandbox["tier"])
    judgement = judge(criteria, report.results, waivers=waivers, today=report.started[:10], tier=tier)
    asked = Run(selected=report.selected, options=documents.options(arguments))
    judged = replace(
        report,
        criteria=criteria_entry(criteria),
        contract=contract_id(contract),
        waivers=waivers,
        judgement=judgement,
        flip=flip(criteria, judgement, report.results, run=asked),
    )
    warning = say("The facts are taken from the report as it stands; nothing here proves that nobody changed them.")
    sys.stderr.write(warning.in_language(language(arguments)) + "\n")
    return documents.deliver(judged, (), outputs, language(arguments))
