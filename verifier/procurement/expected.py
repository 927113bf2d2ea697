"""Which contract waits for a delivery from a repository, and which part of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from verifier.gate.moves import OPEN, State
from verifier.procurement.index import Wanted
from verifier.procurement.records import Records


@dataclass(frozen=True, slots=True)
class Expected:
    """`repository` is as the contract has it."""

    contract: str
    repository: str
    milestone: str
    round: int


def expected(records: Records, addresses: Iterable[str]) -> Expected | None:
    """Of several contracts the one that was awarded last; its first milestone that is not accepted yet. None where none waits."""
    listed = [row for one in addresses for row in records.listed(Wanted(repository=one))]
    for row in sorted(listed, key=lambda row: (row.awarded, row.key), reverse=True):
        for milestone in records.record(row.id).milestones:
            now = milestone.progress
            if now.state in OPEN:
                again = 0 if now.state is State.DELIVERED else 1
                return Expected(row.id, row.repository, milestone.id, now.round + again)
    return None
