"""Purchases in a record in process, from award to payment, with every statement that leads there.

with record(folder) as records:
    buy(records, "MA-2026-001")
"""

from __future__ import annotations

from typing import Any

from support.chains import NOW, SIGNERS, Purchase, signed_file
from support.filed import POLICY

from verifier import drafts
from verifier.procurement.records import Records
from verifier.statements.statement import Statement
from verifier.trust.holders import Holders
from verifier.trust.reading import read

CHAIN = ("contract", "assessment", "decision", "acceptance", "certification")


def buy(records: Records, name: str, until: str = "certification", **edits: dict[str, Any]) -> dict[str, Statement]:
    """Files the chain as far as the statement of this name. `edits` are of statements, by name."""
    edits["contract"] = {"id": name, **edits.get("contract", {})}
    made = Purchase(edits=edits).statements()
    names = CHAIN[: CHAIN.index(until) + 1]
    records.file([signed_file(made[one], who) for one in names for who in SIGNERS[one]])
    return made


def tell(records: Records, contract: Statement, by: str, what: str, **said: str) -> None:
    """A move of the record, signed by one with the role."""
    agreed = read(signed_file(contract, "requester"), POLICY, Holders.of(POLICY))
    records.file([signed_file(drafts.event(agreed, what, None, said, NOW), by)])
