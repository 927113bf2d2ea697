"""verifier record show CONTRACT: what was agreed, where each milestone stands, and all that happened."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from verifier.cli import awarding, signing
from verifier.cli.language import add_language, language
from verifier.cli.recording import opened
from verifier.words import Translate

if TYPE_CHECKING:
    from verifier.procurement.record import Event, Milestone, Record


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser("show", help=tr("show a contract and all that happened to it"))
    command.add_argument("contract", metavar=tr("CONTRACT"), help=tr("the contract's id"))
    command.add_argument("--json", action="store_true", help=tr("as JSON"))
    signing.add_trust(command, tr)
    signing.add_ledger(command, tr)
    add_language(command, tr)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verifier.gate.names import name
    from verifier.procurement.deleting import deletions
    from verifier.procurement.payment.outbox import Outbox
    from verifier.render import release_post
    from verifier.render.deleted import lines
    from verifier.render.record import page

    today = signing.now()[:10]
    with opened(arguments, writing=False) as records:
        found = records.record(arguments.contract)
        folder = records.store.place(arguments.contract)
        gone = deletions(records.store, arguments.contract)
        outbox = Outbox(records)
        posts = outbox.shown(name(arguments.contract)) if outbox.used else []
        if not arguments.json and found.contract is not None:
            awarding.hint(records, found, arguments)
    if arguments.json:
        more = {"posts": [release_post.entry(one) for one in posts], "deleted": [asdict(one) for one in gone]}
        told = {**_record(found, today), "folder": str(folder), **more}
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return 0
    spoken = language(arguments)
    sys.stdout.write(page(found, today, spoken))
    for one in posts:
        sys.stdout.write(release_post.told(found.id, one, outbox.rules.tries).in_language(spoken) + "\n")
    sys.stdout.write(lines(gone, spoken))
    return 0


def _record(record: Record, today: str) -> dict[str, Any]:
    return {
        "id": record.id,
        "state": record.state.value,
        "terms": record.terms,
        "milestones": [_milestone(one, today) for one in record.milestones],
        "events": [_event(one) for one in record.events],
        "waiting": [one.digest for one in record.waiting],
    }


def _milestone(one: Milestone, today: str) -> dict[str, Any]:
    now = one.progress
    return {
        "id": one.id,
        "state": now.state.value,
        "round": now.round,
        "due": one.due or None,
        "late": one.late(today),
        "total": one.total,
        **{flag: flag in now.flags for flag in ("merged", "listed", "invoiced", "received")},
    }


def _event(one: Event) -> dict[str, Any]:
    return {
        "entry": one.position,
        "time": one.time,
        "what": one.what,
        "milestone": one.milestone or None,
        "round": one.round or None,
        "statement": one.digest or None,
        "codes": list(one.codes),
        "revoked": one.revoked or None,
        "by": sorted({by.person for by in one.signed.by}) if one.signed else None,
    }
