"""verifier record keep: deletes evidence that is past its time, and leaves its digests and a log of what was deleted."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.errors import VerifierError
from verifier.words import Text, Translate, say, say_n

if TYPE_CHECKING:
    from verifier.procurement.keeping import Keep, Past
    from verifier.procurement.record import Record
    from verifier.procurement.records import Records


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = actions.add_parser(
        "keep",
        help=tr("delete evidence that is past its time"),
        description=tr(
            "Deletes reports, tool output and source excerpts that were kept for as long as the section keep of record.yml "
            "says, and writes what was deleted, when and by which rule, into deleted.jsonl of the contract's folder. Signed "
            "statements, and everything of a contract in dispute or on hold, stay."
        ),
    )
    command.add_argument(
        "contract", nargs="?", metavar=tr("CONTRACT"), help=tr("the contract's id (default: all of them)")
    )
    command.add_argument("--dry-run", action="store_true", help=tr("print what would be deleted, and delete nothing"))
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 4 where something is not what was signed: there nothing more is deleted, elsewhere it is."""
    from verifier.procurement.keeping import Keep

    spoken, number, troubles = language(arguments), 0, []
    with opened(arguments, writing=False) as records:
        keep = Keep.of(records.settings.section("keep"))
        if arguments.contract:
            records.record(arguments.contract)
        for contract in _contracts(records, arguments.contract):
            try:
                record = records.record(contract)
                for one in _deleted(records, record, keep, dry=arguments.dry_run):
                    number += 1
                    sys.stdout.write(_line(record, one).in_language(spoken) + "\n")
            except VerifierError as error:
                troubles.append(error)
    sys.stderr.write(_said(number, dry=arguments.dry_run).in_language(spoken) + "\n")
    for trouble in troubles:
        sys.stderr.write(trouble.in_language(spoken) + "\n")
    return max((one.exit_code for one in troubles), default=0)


def _contracts(records: Records, named: str | None) -> Iterator[str]:
    """A folder without statements is a draft's."""
    if named:
        yield named
    else:
        yield from (one for one in records.store.contracts() if records.store.files(one))


def _deleted(records: Records, record: Record, keep: Keep, *, dry: bool) -> Iterator[Past]:
    from verifier.procurement.deleting import delete, present
    from verifier.procurement.keeping import past

    now = records.clock()
    due = past(record, keep, now[:10])
    return present(records.store, record.id, due) if dry else delete(records.store, record.id, due, now)


def _line(record: Record, one: Past) -> Text:
    contract = (record.terms or {}).get("id", record.id)
    named = {
        "contract": contract,
        "names": ", ".join(one.names),
        "rule": one.rule,
        "day": one.ended,
        "digest": one.digest,
    }
    return say("{contract}: {names}, by rule {rule} after {day}, digest {digest}", **named)


def _said(number: int, *, dry: bool) -> Text:
    if dry:
        return say_n(number, "{n} file is past its time.", "{n} files are past their time.")
    return say_n(number, "{n} file deleted.", "{n} files deleted.")
