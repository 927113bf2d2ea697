"""A dashboard's sources made of real assessments: a contract for each recorded report, led as far as its verdict allows.

with showcase(folder) as found:
    build(found, folder / "site")

What happened is told in the order of its times, all contracts together, as it would be in a ledger: each contract is a generator
that says when its next step is, and the ledger's clock stands at that moment when the step is done.
"""

from __future__ import annotations

import heapq
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from support.assessed import PROJECTS, RECORDED, Project
from support.booked import released, roster, signed_by
from support.chains import contract, signed_file
from support.filed import POLICY, record

from verifier import drafts
from verifier.dashboard.sources import Sources
from verifier.gate.answer import cases
from verifier.gate.case import Case
from verifier.gate.chain import Chain
from verifier.gate.codes import Answer
from verifier.gate.known import Known, Request, Seen
from verifier.gate.paying import pay
from verifier.procurement.records import Records
from verifier.report import from_dict, to_dict
from verifier.statements import uris
from verifier.statements.statement import Statement
from verifier.trust.signed import Signed

PRICE, TAX = 650_000, 84_500
MILESTONE = "m1"
STEPS = ("assessed", "decided", "accepted", "certified", "released", "paid", "listed")
LED = {
    "inflection": "released",
    "shortuuid": "certified",
    "humanize": "paid",
    "blinker": "accepted",
    "pyperclip": "disputed",
}
"""Up to where a contract is led; all others as far as their verdicts allow."""
WAIVED = {"shortuuid": "tests.coverage"}
"""What a report is rejected for and the assessor lets pass."""
LATE = "ratelimit"
"""It was rejected, and the day on which it is due has passed."""
SELF_CHECKS = tuple(
    RECORDED.parents[1] / "fixtures" / "reports" / name for name in ("dvpwa", "label", "micropurchasedata")
)
"""Reports of real self-checks, recorded for the renderers."""
AFTER = timedelta(days=21)
"""From the last assessment to the day of the pages."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One report as it was written, and as renderers take it."""

    content: bytes
    document: dict[str, Any]

    @classmethod
    def at(cls, path: Path) -> Recorded:
        content = path.read_bytes()
        return cls(content, to_dict(from_dict(json.loads(content))))

    @property
    def finished(self) -> str:
        return str(self.document["finished"])


@contextmanager
def showcase(folder: Path) -> Iterator[Sources]:
    """Below `folder`: the record, and the reports of self-checks."""
    reports = {project.name: tuple(map(Recorded.at, project.reports())) for project in PROJECTS}
    clock = Clock()
    for one in SELF_CHECKS:
        (folder / "reports" / one.name).mkdir(parents=True)
        shutil.copy(one / "report.json", folder / "reports" / one.name)
    (folder / "record").mkdir()
    with record(folder / "record", clock) as records:
        together(clock, [Purchase(project, reports[project.name], records, clock).told() for project in PROJECTS])
        last = max(one.finished for rounds in reports.values() for one in rounds)
        yield Sources(now=shifted(last, AFTER), records=records, folders=[folder / "reports"])


def judged_by(report: dict[str, Any]) -> dict[str, Any]:
    """The criteria of a report as its contract has them."""
    listed = [
        {"id": one["criterion"], "level": one["level"], "manual": one["outcome"] == "awaiting a decision"}
        for one in report["outcomes"]
    ]
    named = {word: report["criteria"][word] for word in ("profile", "version")}
    return {**named, "sandbox": report["sandbox"]["tier"], "criteria": listed}


@dataclass
class Clock:
    now: str = ""

    def __call__(self) -> str:
        return self.now


def together(clock: Clock, stories: Iterable[Iterator[str]]) -> None:
    """Tells them all, each step at its time."""
    waiting = [(next(one), number, one) for number, one in enumerate(stories)]
    heapq.heapify(waiting)
    while waiting:
        clock.now, number, story = heapq.heappop(waiting)
        if (then := next(story, None)) is not None:
            heapq.heappush(waiting, (max(then, clock.now), number, story))


def shifted(moment: str, by: timedelta) -> str:
    return (datetime.fromisoformat(moment).astimezone(UTC) + by).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Purchase:
    """One contract. `rounds` are its reports, oldest first."""

    project: Project
    rounds: tuple[Recorded, ...]
    records: Records
    clock: Clock
    signed: list[Signed] = field(default_factory=list)
    policy: dict[str, Any] = field(default_factory=roster)

    def told(self) -> Iterator[str]:
        """Does one step after the other, and says before each when it is."""
        yield self.day(-27)
        self.file(self.terms(), "requester", "supplier")
        yield self.day(-24)
        self.event("started", "supplier")
        for number, report in enumerate(self.rounds, 1):
            yield str(report.document["started"])
            self.event("delivered", "supplier", reference=report.document["delivery"]["commit"])
            yield report.finished
            self.assess(report, number)
            if report.document["verdict"] == "rejected" and self.project.name not in WAIVED:
                yield report.finished
                self.conclude()
        yield from self.concluded()

    def concluded(self) -> Iterator[str]:
        """What the last round leads to, by its verdict."""
        name, verdict = self.project.name, self.rounds[-1].document["verdict"]
        last = LED.get(name, STEPS[-1])
        if last == "disputed":
            yield self.day(3)
            self.event("disputed", "supplier", note="We see one of the findings otherwise.")
        elif verdict == "pending" or name in WAIVED:
            for number, step in enumerate(STEPS[1 : STEPS.index(last) + 1], 1):
                yield self.day(number)
                getattr(self, f"be_{step}")()

    def be_decided(self) -> None:
        """On all that a person decides, and on what is let pass."""
        assessed, waived = self.of(uris.ASSESSMENT)[-1], WAIVED.get(self.project.name)
        if waived:
            reason = "What is not covered was read by a person."
            made = drafts.waiver(assessed, {"criterion": waived}, reason, self.day(80)[:10], self.clock.now)
            self.file(made, "assessor")
        for one in assessed.statement.predicate["outcomes"]:
            if one["outcome"] == "awaiting a decision":
                self.file(drafts.decision(assessed, one["criterion"], "met", "Tried.", self.clock.now), "assessor")

    def be_accepted(self) -> None:
        self.conclude()

    def conclude(self) -> None:
        """Accepted or rejected, as it comes to when it is judged again."""
        (agreed,), assessed = self.of(uris.CONTRACT), self.of(uris.ASSESSMENT)[-1]
        chain, decided, waived = Chain.of([agreed, assessed]), self.of(uris.DECISION), self.of(uris.WAIVER)
        made = drafts.acceptance(chain, decided, waived, by=uris.OURS, made=self.clock.now).statement
        assert made is not None, self.project
        self.file(made, "assessor")

    def be_certified(self) -> None:
        self.event("invoiced", "supplier", reference=self.invoice)
        agreed, accepted = self.of(uris.CONTRACT)[0].statement.predicate, self.of(uris.ACCEPTANCE)[-1]
        milestone = agreed["milestones"][0]
        terms = {
            "amount": PRICE + TAX,
            "currency": agreed["currency"],
            "invoice": self.invoice,
            "payee": agreed["payee"],
        }
        missed = len(self.of(uris.ASSESSMENT)[-1].statement.predicate["notExamined"])
        made = drafts.certification(accepted, milestone, terms, not_examined=missed, made=self.clock.now)
        self.file(made, "certifier")

    def be_released(self) -> None:
        head = self.rounds[-1].document["delivery"]["commit"]
        case = Case(
            chain=Chain.of(self.signed),
            policy=POLICY,
            known=Known(),
            seen=Seen(reachable=True, merged=True, head=head),
            request=Request(now=self.clock.now),
        )
        outcome = pay(cases(case), self.records.ledger, released, self.clock)
        assert outcome.answer is Answer.PAY, outcome.answered and outcome.answered.reasons
        self.records.file([outcome.release])

    def be_paid(self) -> None:
        self.event("paid", "payer", reference=self.invoice)

    def be_listed(self) -> None:
        self.event("listed", "requester")

    @property
    def invoice(self) -> str:
        return f"{self.project.contract}-1"

    @property
    def due(self) -> str:
        return self.day(7 if self.project.name == LATE else 60)[:10]

    def day(self, number: int) -> str:
        """So many days after the last report, or before the first."""
        report = self.rounds[-1 if number > 0 else 0]
        return shifted(report.finished, timedelta(days=number))

    def of(self, uri: str) -> list[Signed]:
        return [one for one in self.signed if one.type == uri]

    def terms(self) -> Statement:
        """The contract under which the reports were made."""
        first = self.rounds[0].document
        title = self.project.title
        made = contract(
            id=self.project.contract,
            title=title,
            payee=f"The authors of {self.project.name}",
            milestones=[{"id": MILESTONE, "title": title, "price": PRICE, "tax": TAX, "due": self.due}],
            repository=self.project.repository,
            licence=self.project.licence,
            criteria=judged_by(first),
            awarded=self.day(-27),
            ends=self.day(90),
        )
        return replace(made, digests={"sha256": first["criteria"]["digest"]})

    def assess(self, report: Recorded, number: int) -> None:
        """The statement of a report, which is kept with it. What tools wrote is not: it was not recorded."""
        made = drafts.assessment(
            report.document,
            sha256=sha256(report.content).hexdigest(),
            part=drafts.about(self.of(uris.CONTRACT)[0], MILESTONE, number),
            nonce=sha256(report.content).hexdigest()[:32],
            expires=self.day(90),
        )
        self.file(made, "assessor")
        self.records.store.keep_evidence(self.project.contract, report.content)

    def event(self, what: str, by: str, **said: str) -> None:
        self.file(drafts.event(self.of(uris.CONTRACT)[0], what, MILESTONE, said, self.clock.now), by)

    def file(self, statement: Statement, *who: str) -> None:
        self.records.file([signed_file(statement, one) for one in who])
        self.signed.append(signed_by(statement, *who, policy=self.policy))
