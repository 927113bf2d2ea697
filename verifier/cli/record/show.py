"""verifier record show CONTRACT: what was agreed, where each milestone stands, and all that happened."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli import awarding, signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.words import Translate

if TYPE_CHECKING:
    from verifier.procurement.posted import Posted


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser("show", help=tr("show a contract and all that happened to it"))
    command.add_argument("contract", metavar=tr("CONTRACT"), help=tr("the contract's id"))
    command.add_argument("--json", action="store_true", help=tr("as JSON"))
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    from verifier.gate.names import name
    from verifier.procurement.deleting import deletions
    from verifier.procurement.payment.outbox import Outbox
    from verifier.render import release_post
    from verifier.render.deleted import lines
    from verifier.render.record import as_document, page

    today = signing.now()[:10]
    with opened(arguments, writing=False) as records:
        folder = records.store.place(arguments.contract)
        if draft := records.store.draft(arguments.contract):
            return _show_draft(draft, arguments)
        found = records.record(arguments.contract)
        gone = deletions(records.store, arguments.contract)
        outbox = Outbox(records)
        posts = outbox.shown(name(arguments.contract)) if outbox.used else []
        if not arguments.json and found.contract is not None:
            awarding.hint(records, found, arguments)
    if arguments.json:
        more = {"posts": [release_post.entry(one) for one in posts], "deleted": [asdict(one) for one in gone]}
        told = {**as_document(found, today), "folder": str(folder), **more}
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return 0
    spoken = language(arguments)
    sys.stdout.write(page(found, today, spoken))
    for one in posts:
        sys.stdout.write(release_post.told(found.id, one, outbox.rules.tries).in_language(spoken) + "\n")
    sys.stdout.write(lines(gone, spoken))
    return 0


def _show_draft(path: Path, arguments: argparse.Namespace) -> int:
    from verifier.procurement.posted import Posted
    from verifier.render.posted import page

    found = Posted.of(path)
    if arguments.json:
        told = {**_posted(found), "folder": str(path.parent)}
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(page(found, language(arguments)))
    return 0


def _posted(posted: Posted) -> dict[str, Any]:
    """The same names as of a contract that was signed, and what is missing."""
    return {
        "id": posted.contract.id,
        "state": posted.state.value,
        "terms": posted.terms,
        "milestones": [],
        "events": [],
        "waiting": [],
        "missing": list(posted.missing),
    }
