"""verifier record tell: tells people what waits for them, each thing once. For a timer (cron)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.errors import UsageError
from verifier.words import Text, Translate, say, say_n

if TYPE_CHECKING:
    from verifier.procurement.telling import Message
    from verifier.procurement.telling.tell import Telling


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "tell",
        help=tr("tell people what waits for them"),
        description=tr(
            "Sends each person what waits for them, by mail or to a webhook, as the section notices of record.yml says. "
            "Nothing is told twice, and nothing in quiet hours; what could not be sent is tried again the next time."
        ),
    )
    command.add_argument("--dry-run", action="store_true", help=tr("print what would be sent, and send nothing"))
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 3 where something could not be sent; 4 where a statement does not hold. The others are told all the same."""
    from verifier.procurement.telling.installed import wanted
    from verifier.procurement.telling.tell import tell

    with opened(arguments, writing=False) as records:
        if not wanted(records.settings.section("notices")):
            raise UsageError(say("record.yml says no way to tell anybody: give notices an email or a webhook."))
        told = tell(records, os.environ, dry=arguments.dry_run)
    if arguments.dry_run:
        sys.stdout.write("\n".join(_shown(*one) for one in told.messages))
    spoken = language(arguments)
    for line in _said(told, dry=arguments.dry_run):
        sys.stderr.write(line.in_language(spoken) + "\n")
    return max((one.exit_code for one in told.troubles), default=0)


def _said(told: Telling, *, dry: bool) -> Iterator[Text]:
    if told.silent:
        yield say_n(
            told.waiting, "These are quiet hours; {n} message waits.", "These are quiet hours; {n} messages wait."
        )
    elif not dry:
        yield say_n(len(told.messages), "{n} message sent.", "{n} messages sent.")
    if told.unknown:
        names = ", ".join(told.unknown)
        yield say("Something waits for people whom notices.people of record.yml does not list: {people}", people=names)
    for one in told.vacant:
        yield say(
            "{contract}, {milestone}: {what} Nobody may do it.",
            contract=one.contract,
            milestone=one.milestone,
            what=one.what,
        )
    for trouble in told.troubles:
        yield trouble.text


def _shown(notifier: str, message: Message) -> str:
    names = "".join(f"[{one.name}]\n\n{one.text}\n" for one in message.enclosed)
    return f"{notifier}: {message.person} <{message.address}>: {message.subject}\n\n{message.text}\n{names}"
