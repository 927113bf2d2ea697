"""A record in process, without any command: statements by real keys, filed as bytes.

with record(folder) as records:
    records.file(agreed())
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from support.booked import roster
from support.chains import NOW, contract, signed_file
from support.logged import made, opened

from verifier import drafts
from verifier.procurement.index import Index
from verifier.procurement.records import Records
from verifier.procurement.settings import NAME, load
from verifier.statements.statement import Statement
from verifier.trust.holders import Holders
from verifier.trust.policy import trust_policy
from verifier.trust.reading import read

POLICY = trust_policy("e" * 64, roster())
SETTINGS = """ledger: payments.ledger
organisation: {name: {en: Example Agency, fr: Agence exemple}, id: XX-EXAMPLE}
"""


@contextmanager
def record(folder: Path, clock: Callable[[], str] = lambda: NOW) -> Iterator[Records]:
    """An empty one, or the one that is there, under the policy of `support.booked`."""
    if not (folder / NAME).exists():
        (folder / NAME).write_text(SETTINGS)
        made(folder / "payments.ledger")
    index = Index.beside(folder)
    try:
        with opened(folder / "payments.ledger") as ledger:
            yield Records(load(folder), POLICY, ledger, index, clock)
    finally:
        index.close()


def agreed(statement: Statement | None = None) -> list[bytes]:
    """A contract that both parties signed."""
    return [signed_file(statement or contract(), who) for who in ("requester", "supplier")]


def event(of: Statement, what: str, moment: str = NOW, milestone: str | None = None) -> Statement:
    """A move of the record of a contract."""
    signed = read(signed_file(of, "requester"), POLICY, Holders.of(POLICY))
    return drafts.event(signed, what, milestone, {}, moment)
