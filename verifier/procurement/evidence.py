"""What an assessment names by its digest, taken from the folder of its report into the record."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from verifier import evidence
from verifier.errors import TrustError
from verifier.procurement.records import Records
from verifier.statements import uris
from verifier.statements.statement import Statement
from verifier.words import say


def belonging(folder: Path, statements: Iterable[Statement]) -> Statement:
    """The assessment whose evidence lies in a folder. Raises TrustError where it is that of none of them."""
    trouble = TrustError(
        say("{path} is the evidence of none of the assessments.", path=folder), code="evidence-missing"
    )
    for one in statements:
        if one.predicate_type == uris.ASSESSMENT and one.predicate["contract"]:
            try:
                evidence.check(one.predicate["evidence"], folder)
            except TrustError as error:
                trouble = error
            else:
                return one
    raise trouble


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
