"""verifier explain NAME: what a criterion, a rule, a licence or a word means, why, and how to mend what it says."""

from __future__ import annotations

import argparse
import sys

from verifier.cli import documents
from verifier.cli.language import add_language, language
from verifier.words import Translate


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "explain",
        help=tr("say what a criterion, a rule, a licence or a word of the verdict means"),
        description=tr(
            "Says what a criterion or a rule compares, why it matters, how to mend it and how to check just that."
        ),
        epilog=tr(
            "Examples: verifier explain tests.coverage · verifier explain bandit:B501 --language fr · "
            "verifier explain Apache-2.0 · verifier explain met"
        ),
    )
    command.add_argument("name", metavar=tr("CRITERION|RULE|LICENCE|WORD"), help=tr("as the report writes it"))
    documents.add_criteria(command, tr, waivers=False)
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 2 for a name that nothing has."""
    from verifier.explain import explained

    criteria, _ = documents.criteria(arguments)
    lines = explained(arguments.name, criteria, language(arguments), options=documents.options(arguments))
    sys.stdout.write("\n".join(lines) + "\n")
    return 0
