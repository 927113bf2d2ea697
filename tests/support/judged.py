"""A record in which a delivery was judged in rounds, all in process: reports are kept, decisions and acceptance reports signed.

with judged(folder) as case:
    first = case.assess(case.report("rejected"))
    case.decide(first)
    page = case.page(first)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from support.chains import ENDS, NOW, contract, signed_file
from support.filed import POLICY, agreed, event, record

from verifier import drafts
from verifier.dashboard import site
from verifier.dashboard.assessed import address_of
from verifier.dashboard.page import Page, Query
from verifier.dashboard.sources import Sources
from verifier.gate.chain import Chain
from verifier.procurement.records import Records
from verifier.report import from_dict, to_dict
from verifier.statements import uris
from verifier.statements.statement import Statement
from verifier.trust.holders import Holders
from verifier.trust.reading import read
from verifier.trust.signed import Signed

EXAMPLES = Path(__file__).parents[2] / "reports" / "examples"


def example(name: str) -> dict[str, Any]:
    """The report of one of the shipped examples."""
    return dict(json.loads((EXAMPLES / name / "report" / "report.json").read_bytes()))


@dataclass(frozen=True)
class Case:
    records: Records
    contract: Statement

    @property
    def sources(self) -> Sources:
        return Sources(now=NOW, records=self.records)

    def file(self, statement: Statement, by: str) -> Signed:
        content = signed_file(statement, by)
        self.records.file([content])
        return read(content, POLICY, Holders.of(POLICY))

    def assess(self, report: Mapping[str, Any], round_: int = 1, *, keep: bool = True, **said: Any) -> Signed:
        """`said` is what the assessment says otherwise than its report."""
        content = json.dumps(to_dict(from_dict(report))).encode()
        contract_ = read(signed_file(self.contract, "requester"), POLICY, Holders.of(POLICY))
        made = drafts.assessment(
            report,
            sha256=sha256(content).hexdigest(),
            part=drafts.about(contract_, "m1", round_),
            nonce=f"{round_:032x}",
            expires=ENDS,
        )
        if keep:
            self.records.store.keep_evidence(self.contract.predicate["id"], content)
        told = Statement(
            subject=made.subject,
            digests=made.digests,
            predicate_type=made.predicate_type,
            predicate={**made.predicate, **said},
        )
        return self.file(told, "assessor")

    def decide(self, assessed: Signed, why: str = "Seen working.", outcome: str = "met") -> Signed:
        return self.file(drafts.decision(assessed, "requirements", outcome, why, NOW), "assessor")

    def waive(self, assessed: Signed, criterion: str) -> Signed:
        return self.file(drafts.waiver(assessed, {"criterion": criterion}, "Not used.", ENDS[:10], NOW), "assessor")

    def accept(self, assessed: Signed, *people: Signed) -> Signed:
        contract_ = read(signed_file(self.contract, "requester"), POLICY, Holders.of(POLICY))
        decided, waived = ([one for one in people if one.type == kind] for kind in (uris.DECISION, uris.WAIVER))
        accepted = drafts.acceptance(Chain.of([contract_, assessed]), decided, waived, by=uris.OURS, made=NOW)
        assert accepted.statement is not None, accepted.verdict
        return self.file(accepted.statement, "assessor")

    def page(self, assessed: Signed) -> Page | None:
        return site.found(self.sources, address_of(assessed.digest), Query())

    def evidence(self, assessed: Signed) -> Path:
        digest = assessed.statement.predicate["evidence"][0]["sha256"]
        return self.records.store.evidence_path(self.contract.predicate["id"], digest)


@contextmanager
def judged(folder: Path) -> Iterator[Case]:
    """Agreed and delivered."""
    folder.mkdir(exist_ok=True)
    with record(folder) as records:
        made = contract()
        records.file([*agreed(made), signed_file(event(made, "started"), "supplier")])
        records.file([signed_file(event(made, "delivered", milestone="m1"), "supplier")])
        yield Case(records, made)
