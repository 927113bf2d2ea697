"""A dashboard's sources for tests: a record with a contract in each of several states, made in process with real keys.

with sources(folder) as found:
    build(found, folder / "site")
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.chains import ASSESSED, DECIDED, NOW, contract, signed_file
from support.filed import agreed, event, record

from verifier.dashboard.sources import Sources

MOVES = (("started", ASSESSED), ("delivered", DECIDED))


@contextmanager
def sources(folder: Path, contracts: int = 3) -> Iterator[Sources]:
    """Contract number n has made the first n of the moves."""
    with record(folder) as records:
        for number in range(contracts):
            one = contract(id=f"MA-2026-{number:03}")
            moves = MOVES[:number]
            records.file([*agreed(one), *(signed_file(event(one, what, at), "supplier") for what, at in moves)])
        yield Sources(now=NOW, records=records)
