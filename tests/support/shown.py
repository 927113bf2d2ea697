"""A dashboard's sources for tests: a record with a contract in each of several states, made in process with real keys.

with sources(folder) as found:
    build(found, folder / "site")
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from support import reported
from support.chains import ASSESSED, DECIDED, NOW, Purchase, assessment, contract, signed_file
from support.filed import POLICY, agreed, event, record
from support.made import finding, result

from verifier.dashboard.sources import Sources
from verifier.procurement.records import Records
from verifier.report import as_json
from verifier.trust.holders import Holders
from verifier.trust.reading import read

MOVES = (("started", ASSESSED), ("delivered", DECIDED))
CERTIFIED, DISPUTED, ROUNDS = "MA-2026-100", "MA-2026-101", "MA-2026-102"
HOSTILE = "<script>alert(1)</script>\u202e <b>note</b>"


@contextmanager
def sources(folder: Path, contracts: int = 3, *, team: bool = False) -> Iterator[Sources]:
    """Contract number n has made the first n of the moves."""
    with record(folder) as records:
        for number in range(contracts):
            one = contract(id=f"MA-2026-{number:03}")
            moves = MOVES[:number]
            records.file([*agreed(one), *(signed_file(event(one, what, at), "supplier") for what, at in moves)])
        yield Sources(now=NOW, records=records, team=team)


def more(records: Records) -> None:
    """A certified purchase, a dispute with a hostile note, and two rounds whose reports are kept."""
    records.file(Purchase(edits={"contract": {"id": CERTIFIED}}).files().values())
    one = contract(id=DISPUTED)
    told = event(one, "disputed", DECIDED)
    told = replace(told, predicate={**told.predicate, "note": HOSTILE})
    records.file([*agreed(one), signed_file(told, "requester")])
    rounds(records)


def rounds(records: Records) -> None:
    """In each there are two findings; one of them is in both."""
    one = contract(id=ROUNDS, repository="https://git.example/rounds")
    records.file(agreed(one))
    signed = read(signed_file(one, "requester"), POLICY, Holders.of(POLICY))
    for number in (1, 2):
        results = (result(findings=(finding(excerpt=f"run({number})"), finding(excerpt="always"))),)
        content = as_json(reported.whole(results=results, round=number)).encode()
        made = assessment(signed)
        predicate: dict[str, Any] = {
            **made.predicate,
            "contract": {**made.predicate["contract"], "round": number},
            "nonce": f"{number:032x}",
            "repository": one.predicate["repository"],
            "evidence": [
                {"name": "report.json", "mediaType": "application/json", "sha256": sha256(content).hexdigest()}
            ],
        }
        made = replace(made, subject=one.predicate["repository"], predicate=predicate)
        records.file([signed_file(made, "assessor")])
        records.store.keep_evidence(ROUNDS, content)


def altered(path: Path) -> None:
    """A signed file of which one sign is another."""
    document = json.loads(path.read_bytes())
    payload = document["dsseEnvelope"]["payload"]
    document["dsseEnvelope"]["payload"] = ("B" if payload[0] == "A" else "A") + payload[1:]
    path.write_text(json.dumps(document))
