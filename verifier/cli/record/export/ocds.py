"""verifier record export ocds [CONTRACT…]: releases and records of the Open Contracting Data Standard 1.1."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli import signing
from verifier.cli.language import language
from verifier.cli.recording import opened
from verifier.words import Translate, say

if TYPE_CHECKING:
    from verifier.procurement.records import Records

PAGE = 500


def add(formats: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    command = formats.add_parser(
        "ocds",
        help=tr("releases and records of the Open Contracting Data Standard 1.1"),
        description=tr(
            "Writes a release package and a record package of each awarded contract, and all releases and compiled releases as "
            "JSON Lines. The buyer's organisation and the payee are named in them, and nobody else."
        ),
    )
    told = tr("the contracts' ids (default: all contracts)")
    command.add_argument("contracts", nargs="*", metavar=tr("CONTRACT"), help=told)
    told = tr("where to; files of an earlier export are replaced")
    command.add_argument("--output", type=Path, required=True, metavar=tr("FOLDER"), help=told)
    signing.add_opening(command, tr, run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0; 2 for a contract that the record does not have, or a record that does not say who buys."""
    from verifier.procurement.ocds.export import export
    from verifier.procurement.ocds.publisher import publisher

    with opened(arguments, writing=False) as records:
        by = publisher(records.settings)
        number, releases = export(records, _named(records, arguments.contracts) or _all(records), by, arguments.output)
    told = say(
        "Written: {path}, contracts: {n}, releases: {releases}", path=arguments.output, n=number, releases=releases
    )
    sys.stderr.write(told.in_language(language(arguments)) + "\n")
    return 0


def _named(records: Records, contracts: list[str]) -> list[str]:
    """Each once, before anything is written. Raises UsageError for one that the record does not have."""
    from verifier.procurement.store import alike

    return [records.record(one).id for one in {alike(one): one for one in contracts}.values()]


def _all(records: Records) -> Iterator[str]:
    """Every contract's id, some at a time."""
    from verifier.procurement.index import Wanted

    after = ""
    while page := records.listed(Wanted(after=after, limit=PAGE)):
        yield from (one.id for one in page)
        after = page[-1].key
