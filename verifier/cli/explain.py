"""verifier explain NAME: what a criterion, a rule or a word means, why, and how to mend what it says."""

from __future__ import annotations

import argparse
import sys

from verifier.cli import documents
from verifier.cli.language import language


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "explain",
        help="say what a criterion, a rule or a word of the verdict means",
        description="Says what a criterion or a rule compares, why it matters, how to mend it and how to check just that.",
        epilog="Examples: verifier explain tests.coverage · verifier explain bandit:B501 --language fr · verifier explain met",
    )
    command.add_argument("name", metavar="CRITERION|RULE|WORD", help="as the report writes it")
    group = command.add_argument_group("criteria")
    group.add_argument("--criteria", metavar="FILE", help="the buyer's criteria file")
    group.add_argument("--profile", metavar="NAME", help="a profile that ships with verifier (default: micro-ca)")
    group.add_argument("--contract", metavar="FILE", help="the contract: licence and requirements agreed")
    documents.add_language(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 2 for a name that nothing has."""
    from verifier.explain import explained

    criteria, _ = documents.criteria(arguments)
    lines = explained(arguments.name, criteria, language(arguments), options=documents.options(arguments))
    sys.stdout.write("\n".join(lines) + "\n")
    return 0
