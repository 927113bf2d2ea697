"""Writes what is published into a folder, one contract at a time, so that it does not matter how many there are.

releases/OCID.json   a contract's release package        records/OCID.json   its record package
releases.jsonl       every release, one a line           compiled.jsonl      every compiled release, one a line
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from verifier.errors import WorldError
from verifier.files import write
from verifier.procurement.ocds.packages import RECORDS, RELEASES, place, record_of, record_package, release_package
from verifier.procurement.ocds.publisher import Publisher
from verifier.procurement.ocds.releases import Release, releases
from verifier.procurement.ocds.timeline import Revocations
from verifier.procurement.record import Record
from verifier.procurement.records import Records
from verifier.words import say

ALL, COMPILED = "releases.jsonl", "compiled.jsonl"


def export(records: Records, contracts: Iterable[str], by: Publisher, folder: Path) -> tuple[int, int]:
    """How many contracts were written, and how many releases. Contracts that nobody awarded yet have none.

    Raises UsageError for an unknown contract, TrustError for one that does not hold, WorldError where nothing can be written.
    """
    contracts_written = releases_written = 0
    with _world(folder), ExitStack() as stack:
        for name in (RELEASES, RECORDS):
            (folder / name).mkdir(parents=True, exist_ok=True)
        lines = {name: stack.enter_context(_whole(folder / name)) for name in (ALL, COMPILED)}
        for contract in contracts:
            record = records.record(contract)
            made = releases(record, by, _revocations(records, record))
            if made:
                _write(made, by, folder, lines)
                contracts_written, releases_written = contracts_written + 1, releases_written + len(made)
    return contracts_written, releases_written


def _write(made: list[Release], by: Publisher, folder: Path, lines: dict[str, IO[str]]) -> None:
    ocid = made[0]["ocid"]
    record = record_of(made)
    write(folder / place(RELEASES, ocid), _page(release_package(made, by)))
    write(folder / place(RECORDS, ocid), _page(record_package(record, by)))
    lines[ALL].writelines(map(_line, made))
    lines[COMPILED].write(_line(record["compiledRelease"]))


def _revocations(records: Records, record: Record) -> Revocations:
    """When the ledger was told of each revocation of one of the record's entries."""
    if not any(one.revoked for one in record.events):
        return {}
    with records.ledger.reading() as page:
        found = {one.digest: page.find(kind="revocation", subject=one.digest) for one in record.events if one.revoked}
    return {digest: (told[0].entry.time, told[0].position) for digest, told in found.items() if told}


@contextmanager
def _whole(path: Path) -> Iterator[IO[str]]:
    """A file that takes its place when all of it is written."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}-", delete=False) as handle:
        try:
            yield handle
            handle.flush()
        except BaseException:
            Path(handle.name).unlink()
            raise
    Path(handle.name).chmod(0o644)
    Path(handle.name).replace(path)


@contextmanager
def _world(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise WorldError(say("{path} cannot be written ({why}).", path=folder, why=why)) from error


def _page(package: dict[str, Any]) -> bytes:
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def _line(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
