"""verifier record show CONTRACT: what was agreed, where each milestone stands, and all that happened."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli import signing
from verifier.cli.language import add_language, language
from verifier.cli.recording import opened
from verifier.words import Translate

if TYPE_CHECKING:
    from verifier.procurement.posted import Posted
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
    from verifier.render.record import page

    today = signing.now()[:10]
    with opened(arguments, writing=False) as records:
        folder = records.store.place(arguments.contract)
        if draft := records.store.draft(arguments.contract):
            return _show_draft(draft, arguments)
        found = records.record(arguments.contract)
    if arguments.json:
        told = {**_record(found, today), "folder": str(folder)}
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(page(found, today, language(arguments)))
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
