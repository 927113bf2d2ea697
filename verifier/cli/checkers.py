"""verifier checkers: what is installed here."""

from __future__ import annotations

import argparse
import sys


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "checkers", help="list the installed checkers", description="Lists the installed checkers."
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verifier import registry
    from verifier.runner import tool_version

    del arguments
    for checker in sorted(registry.installed(), key=lambda c: (c.topic, c.name)):
        languages = ", ".join(sorted(checker.languages)) or "any file"
        when = "  optional" if checker.optional else ""
        tool = f"{checker.tool} {tool_version(checker.tool) or '(not installed)'}"
        sys.stdout.write(f"{checker.topic:<12} {checker.name:<12} {tool:<32} {languages}{when}\n")
    return 0
