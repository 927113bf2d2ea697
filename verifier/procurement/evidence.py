"""What an assessment names by its digest, taken from the folder of its report into the record."""

from __future__ import annotations

from pathlib import Path

from verifier import evidence
from verifier.procurement.records import Records
from verifier.statements import uris
from verifier.statements.statement import Statement


def keep(records: Records, statement: Statement, folder: Path) -> int:
    """How many files were kept: none of a statement that is no official assessment. Raises TrustError where one is another."""
    if statement.predicate_type != uris.ASSESSMENT or not statement.predicate["contract"]:
        return 0
    named = statement.predicate["evidence"]
    evidence.check(named, folder)
    for one in named:
        content = evidence.place(one["name"], folder).read_bytes()
        records.store.keep_evidence(statement.predicate["contract"]["contract"], content)
    return len(named)
