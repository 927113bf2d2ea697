"""verifier checkers: what is installed here."""

from __future__ import annotations

import argparse
import sys

from verifier.cli.language import add_language, language
from verifier.words import Translate, say


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = commands.add_parser(
        "checkers", help=tr("list the installed checkers"), description=tr("Lists the installed checkers.")
    )
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verifier import registry
    from verifier.runner import tool_version

    spoken = language(arguments)
    for checker in sorted(registry.installed(), key=lambda c: (c.topic, c.name)):
        languages = ", ".join(sorted(checker.languages)) or say("any file").in_language(spoken)
        when = "  " + say("optional").in_language(spoken) if checker.optional else ""
        version = tool_version(checker.tool) or say("(not installed)").in_language(spoken)
        tool = f"{checker.tool} {version}"
        sys.stdout.write(f"{checker.topic:<12} {checker.name:<12} {tool:<32} {languages}{when}\n")
    return 0
