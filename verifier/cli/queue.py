"""verifier queue: what waits for workers, what they could not do, and once more."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from verifier.cli import fleet
from verifier.cli.language import add_language, language
from verifier.words import Text, Translate, later, say, translator

if TYPE_CHECKING:
    from verifier.fleet.queue import Queue, Queued

STATES = {
    "todo": later("waiting"),
    "doing": later("being assessed"),
    "succeeded": later("assessed"),
    "failed": later("given up"),
    "cancelled": later("cancelled"),
    "aborted": later("stopped"),
}
SHAPES = {"todo": "…", "doing": "▶", "succeeded": "✓", "failed": "✗", "cancelled": "–", "aborted": "–"}
CHOICES = {"waiting": "todo", "running": "doing", "assessed": "succeeded", "given-up": "failed"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    queue = commands.add_parser(
        "queue",
        help=tr("see what waits for workers, and what they gave up"),
        description=tr(
            "Shows the queue. What was given up, after its tries or because no try would help, can wait once more."
        ),
    )
    actions = queue.add_subparsers(dest="action", required=True, metavar=tr("ACTION"))
    listing = actions.add_parser("list", help=tr("list submissions by their state"))
    told = tr("only those in this state: {choices}", choices=", ".join(CHOICES))
    listing.add_argument("--state", choices=CHOICES, metavar=tr("STATE"), help=told)
    show = actions.add_parser("show", help=tr("show one submission, and why it was given up"))
    again = actions.add_parser("requeue", help=tr("let what was given up wait once more"))
    for action in (show, again):
        action.add_argument("number", type=int, metavar=tr("NUMBER"), help=tr("as `list` has it"))
    for action in (listing, show, again):
        fleet.add_queue(action, tr)
        fleet.add_store(action, tr)
        add_language(action, tr)
    for action in (listing, show):
        action.add_argument("--json", action="store_true", help=tr("print JSON"))
    queue.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verifier.fleet.queue import opened

    with opened(fleet.queue(arguments)) as queue:
        {"list": _list, "show": _show, "requeue": _requeue}[arguments.action](queue, arguments)
    return 0


def _list(queue: Queue, arguments: argparse.Namespace) -> None:
    from verifier.fleet.queue import State

    found = queue.listed(State(CHOICES[arguments.state]) if arguments.state else None)
    if arguments.json:
        _print(json.dumps([_document(one, None) for one in found], indent=2, ensure_ascii=False))
        return
    tr = translator(language(arguments))
    for one in found:
        state = tr(STATES[one.state])
        _print(f"{one.number:>6}  {SHAPES[one.state]} {state:<15} {one.submission.time}  {one.submission.delivery}")


def _show(queue: Queue, arguments: argparse.Namespace) -> None:
    found = queue.one(arguments.number)
    why = fleet.store(arguments).why(found.submission.digest) if arguments.store else None
    if arguments.json:
        _print(json.dumps(_document(found, why), indent=2, ensure_ascii=False))
        return
    for line in _lines(found, why, arguments):
        _print(line.in_language(language(arguments)))


def _lines(one: Queued, why: Text | None, arguments: argparse.Namespace) -> Iterator[Text]:
    from verifier.render.inert import inert

    submission = one.submission
    yield say("Number {n}: {shape} {state}", n=one.number, shape=SHAPES[one.state], state=say(STATES[one.state]))
    yield say("Delivery: {delivery}", delivery=inert(submission.delivery))
    yield say("Supplier: {supplier}", supplier=inert(submission.supplier))
    yield say("Criteria: {digest}", digest=submission.criteria)
    yield say("Submitted: {time}, with the id {id}", time=submission.time, id=submission.id)
    yield say("Digest: {digest}", digest=submission.digest)
    yield say("Tries that ended: {n}", n=one.tries)
    if why is not None:
        yield say("Why it is not assessed: {why}", why=Text(inert(why.en), inert(why.fr)))
    if arguments.store and fleet.store(arguments).has(submission.digest):
        yield say("Report: {files}", files=fleet.store(arguments).place(submission.digest))


def _requeue(queue: Queue, arguments: argparse.Namespace) -> None:
    found = queue.requeue(arguments.number)
    told = say("It waits once more: number {n}.", n=found.number)
    sys.stderr.write(told.in_language(language(arguments)) + "\n")


def _document(one: Queued, why: Text | None) -> dict[str, Any]:
    submission = one.submission
    return {
        "number": one.number,
        "state": next((name for name, state in CHOICES.items() if state == one.state), one.state.value),
        "delivery": submission.delivery,
        "supplier": submission.supplier,
        "criteria": submission.criteria,
        "priority": submission.priority,
        "submitted": submission.time,
        "id": submission.id,
        "digest": submission.digest,
        "tries": one.tries,
        **({"why": {"en": why.en, "fr": why.fr}} if why is not None else {}),
    }


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
