"""How long a list, a move and an answer of the gate take in a record of many contracts, in process; `make scale`.

    make scale                                  # 10,000 contracts with 30,000 events
    make scale ARGS="--contracts 500"

The contracts are made up for this measurement alone, and signed for real. Medians, with a single insert
and fsync of SQLite on the same disk beside them.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from support.booked import released, roster
from support.chains import ASSESSED, DECIDED, Purchase, contract, signed_file
from support.filed import event, record
from support.ocds import schema_errors

from verifier.gate.answer import cases
from verifier.gate.codes import Answer
from verifier.gate.paying import pay
from verifier.procurement.index import Wanted
from verifier.procurement.ocds.export import export
from verifier.procurement.ocds.publisher import publisher
from verifier.procurement.record import Record
from verifier.procurement.records import Records
from verifier.statements.statement import Statement

BAR = 50.0
"""Milliseconds."""
TRIES = 25
BATCH = 250
"""Contracts that are filed in one transaction."""


def bundles(number: int) -> Iterator[bytes]:
    """A contract that both parties signed, and two events about it."""
    agreed = _contract(number)
    for who in ("requester", "supplier"):
        yield signed_file(agreed, who)
    for what, moment in (("started", ASSESSED), ("delivered", DECIDED)):
        yield signed_file(event(agreed, what, moment), "supplier")


def _contract(number: int) -> Statement:
    return contract(id=name(number), repository=f"https://git.example/{number % 4000}")


def name(number: int) -> str:
    return f"MA-2026-{number:05}"


def filled(records: Records, contracts: int) -> None:
    for first in range(0, contracts, BATCH):
        records.file(one for number in range(first, min(first + BATCH, contracts)) for one in bundles(number))


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def measured(records: Records, contracts: int) -> dict[str, list[float]]:
    step = max(1, contracts // TRIES)
    moves = [signed_file(event(_contract(number), "disputed"), "supplier") for number in range(0, contracts, step)]
    chains = [_chain(f"MA-2027-{number}") for number in range(TRIES)]
    for files in chains:
        records.file(files)
    found = {
        "list": [milliseconds(lambda: records.listed(Wanted())) for _ in range(TRIES)],
        "list by state": [milliseconds(lambda: records.listed(Wanted(state="delivered"))) for _ in range(TRIES)],
        "list by text": [milliseconds(lambda: records.listed(Wanted(text=name(7)))) for _ in range(TRIES)],
        "move": [milliseconds(lambda one=one: records.file([one])) for one in moves[:TRIES]],
        "gate": [milliseconds(lambda number=number: _gate(records, number)) for number in range(TRIES)],
        "show": [milliseconds(lambda: _shown(records.record(name(7)))) for _ in range(TRIES)],
    }
    return found | {"one insert and fsync": _inserts(records.settings.folder)}


def _chain(contract_: str) -> list[bytes]:
    """Everything that the gate asks for, of one contract."""
    number = contract_.rpartition("-")[2]
    edits = {
        "contract": {"id": contract_},
        "assessment": {"nonce": f"{int(number):032x}"},
        "certification": {"invoice": f"{contract_}-17"},
    }
    return list(Purchase(policy=roster(), edits=edits).files().values())


def _gate(records: Records, number: int) -> None:
    """What `verifier gate` does after the command line was read, but for asking the repository."""
    contract_ = f"MA-2027-{number}"
    statements = records.store.statements(contract_, records.policy)
    asked = Purchase(policy=roster()).asked(statements)
    outcome = pay(cases(asked), records.ledger, released)
    assert outcome.answer is Answer.PAY, outcome.answered
    records.file([outcome.release])


def _shown(found: Record) -> None:
    assert found.state.value in {"delivered", "disputed"}


def _inserts(folder: Path) -> list[float]:
    connection = sqlite3.connect(folder / "calibration.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE one (word TEXT)")
    found = [milliseconds(lambda: connection.execute("INSERT INTO one VALUES ('x')")) for _ in range(TRIES)]
    connection.close()
    return found


def published(records: Records, names: list[str]) -> str:
    """Exports all of them as OCDS, and checks every release package by the standard's own schema."""
    folder = records.settings.folder / "ocds"
    start = time.perf_counter()
    contracts, releases = export(records, names, publisher(records.settings), folder)
    written = time.perf_counter() - start
    found = [
        one for path in (folder / "releases").glob("*.json") for one in schema_errors(json.loads(path.read_text()))
    ]
    checked = time.perf_counter() - start - written
    return (
        f"published as OCDS: {contracts} contracts, {releases} releases in {written:.0f} s; checked in {checked:.0f} s, "
        f"{len(found)} errors"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contracts", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scale-") as temporary, record(Path(temporary)) as records:
        start = time.perf_counter()
        filled(records, arguments.contracts)
        print(
            f"{arguments.contracts} contracts, {3 * arguments.contracts} entries: filed in {time.perf_counter() - start:.0f} s"
        )
        found = measured(records, arguments.contracts)
        for what, taken in found.items():
            print(f"{what}: median {statistics.median(taken):.1f} ms, largest {max(taken):.1f} ms")
        print(published(records, [name(number) for number in range(arguments.contracts)]))
        print(f"the index made again: {milliseconds(records.rebuild) / 1000:.0f} s")
    slow = [
        what
        for what in ("list", "list by state", "list by text", "move", "gate")
        if statistics.median(found[what]) > BAR
    ]
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
