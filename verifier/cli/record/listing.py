"""verifier record list: the contracts of the record, a hundred at a time."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.gate.moves import STATE_WORDS, State
from verifier.render.inert import inert
from verifier.words import Text, Translate, say

if TYPE_CHECKING:
    from verifier.procurement.index import Listed

PAGE = 100


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser("list", help=tr("list contracts"))
    command.add_argument(
        "text", nargs="?", default="", metavar=tr("TEXT"), help=tr("part of an id, a title or a payee")
    )
    command.add_argument("--state", choices=[one.value for one in State], metavar=tr("STATE"), help=tr("in this state"))
    command.add_argument("--supplier", default="", metavar=tr("NAME"), help=tr("of this supplier"))
    command.add_argument("--requester", default="", metavar=tr("NAME"), help=tr("of this requester"))
    command.add_argument("--repository", default="", metavar=tr("URL"), help=tr("of this repository"))
    command.add_argument("--due-before", default="", metavar=tr("DATE"), help=tr("something is due before this day"))
    command.add_argument("--after", default="", metavar=tr("ID"), help=tr("go on after this contract"))
    command.add_argument("--json", action="store_true", help=tr("as JSON"))
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    from verifier.gate.names import name
    from verifier.procurement.index import Wanted
    from verifier.procurement.payment.outbox import Outbox
    from verifier.procurement.store import alike

    wanted = Wanted(
        text=arguments.text,
        state=arguments.state or "",
        supplier=arguments.supplier,
        requester=arguments.requester,
        repository=arguments.repository,
        due_before=signing.day(arguments.due_before),
        after=alike(arguments.after),
        limit=PAGE + 1,
    )
    with opened(arguments, writing=False) as records:
        found = records.listed(wanted)
        given_up = {one.contract for one in Outbox(records).given_up()}
    shown, more = found[:PAGE], len(found) > PAGE
    if arguments.json:
        listed = [{**asdict(one), "given_up": name(one.id) in given_up} for one in shown]
        sys.stdout.write(json.dumps(listed, indent=2, ensure_ascii=False) + "\n")
        return 0
    spoken = language(arguments)
    for one in shown:
        sys.stdout.write(_line(one, name(one.id) in given_up, spoken) + "\n")
    if more:
        told = say("There are more: go on with --after {id}", id=shown[-1].id)
        sys.stderr.write(told.in_language(spoken) + "\n")
    return 0


def _line(one: Listed, given_up: bool, spoken: str) -> str:
    from verifier.units import money

    title = Text(one.title_en, one.title_fr).in_language(spoken)
    state = say(STATE_WORDS[State(one.state)]).in_language(spoken)
    total = money(one.total, one.currency).in_language(spoken)
    due = say(", due {day}", day=one.due).in_language(spoken) if one.due else ""
    untold = say(", the post to the payer is given up").in_language(spoken) if given_up else ""
    return f"{inert(one.id)}  {inert(title)}  {total}  {state}{due}{untold}"
