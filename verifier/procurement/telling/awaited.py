"""What waits for a person, by where each milestone stands. Pure.

awaited(record, policy, When(now="2026-11-29T12:00:00Z", today="2026-11-29", warning=2), kept)
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from verifier.evidence import REPORT
from verifier.gate.again import concluded
from verifier.gate.case import VERDICT_WORDS
from verifier.gate.moves import State
from verifier.model import Level, Outcome, OutcomeOf, Verdict
from verifier.procurement import business, judged
from verifier.procurement.record import Event, Milestone, Record
from verifier.procurement.store import SUFFIX, Store
from verifier.procurement.telling.who import able
from verifier.render.inert import inert
from verifier.trust.policy import TrustPolicy
from verifier.trust.signed import Signed
from verifier.units import money
from verifier.words import Text, say

MESSAGE, MEND = "message", "mend"
"""Kinds that come with the message to the supplier: to the assessor, who sends it, and to the supplier, who is told outright."""
CERTIFICATION, DECISION = "certification", "decision"
RECORD = "RECORD"
"""Stands in commands for the record's folder."""
HAND_OVER = f" --record {RECORD} --key KEY"


@dataclass(frozen=True, slots=True)
class When:
    """`now` in UTC is the time by which a person has a role, `today` the day of the record's zone by which something is late.

    `warning` are business days before the time to mend ends.
    """

    now: str
    today: str
    warning: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """One thing that waits for whoever has `role`; `people` have it and may do it.

    `since` is a time or a day, `command` what to do next.
    """

    kind: str
    contract: str
    title: Text
    milestone: str
    state: State
    round: int
    role: str
    people: tuple[str, ...]
    what: Text
    since: str
    command: str
    of: str
    """The statement or the day that it is about: with another one it is another thing."""
    report: str = ""
    """Digest of the report.json from which the message to the supplier is made."""

    @property
    def key(self) -> str:
        """Names it for as long as nothing changes. None of its words has a space in it."""
        return " ".join((self.kind, self.contract, self.milestone, str(self.round), self.role, self.of))


@dataclass(frozen=True)
class _Standing:
    milestone: Milestone
    policy: TrustPolicy
    when: When
    kept: frozenset[str]

    @property
    def contract(self) -> str:
        return self.milestone.record.id

    def awaits(
        self, kind: str, role: str, what: Text, command: str, *, since: str, of: str, report: str = ""
    ) -> Awaited:
        title = (self.milestone.record.terms or {})["title"]
        now = self.milestone.progress
        return Awaited(
            kind=kind,
            contract=self.contract,
            title=Text(inert(title["en"]), inert(title["fr"])),
            milestone=self.milestone.id,
            state=now.state,
            round=now.round,
            role=role,
            people=able(self.milestone, role, self.policy, self.when.now),
            what=what,
            since=since,
            command=command,
            of=of,
            report=report,
        )

    def event(self, what: str, said: str) -> str:
        """The command by which a move is told."""
        of = f"{shlex.quote(self.contract)} {what} --milestone {shlex.quote(self.milestone.id)}"
        return f"verifier record event {of} {said}{HAND_OVER}"

    def chain(self, command: str, said: str = "") -> str:
        """One that reads the record's own statements."""
        of = f"--contract {shlex.quote(self.contract)} --milestone {shlex.quote(self.milestone.id)}"
        return f"verifier {command} {of}{said}{HAND_OVER}"


def awaited(record: Record, policy: TrustPolicy, when: When, kept: frozenset[str]) -> tuple[Awaited, ...]:
    """In the order of the milestones. Nothing where the contract itself is not there. `kept` are digests of its evidence."""
    standing = (_Standing(one, policy, when, kept) for one in record.milestones)
    return tuple(found for one in standing for found in _of(one))


def _of(one: _Standing) -> Iterator[Awaited]:
    rule = RULES.get(one.milestone.progress.state)
    if rule:
        yield from rule(one)
    if one.milestone.late(one.when.today):
        yield from _late(one)


def _delivered(one: _Standing) -> Iterator[Awaited]:
    told = one.milestone.last("delivered")
    if told is None:
        return
    commit = inert(str(told.said("reference") or ""))
    what = say("The delivery waits to be assessed: {commit}", commit=commit)
    repository = (one.milestone.record.terms or {})["repository"]
    command = (
        f"verifier assess {shlex.quote(inert(repository) + '@' + commit)} --contract {_folder(one)} --record {RECORD}"
    )
    yield one.awaits("assessment", "assessor", what, command, since=told.time, of=told.digest)


def _assessing(one: _Standing) -> Iterator[Awaited]:
    assessed = one.milestone.last("assessed")
    if assessed is None or assessed.signed is None:
        return
    outcomes = judged.outcomes(one.milestone.events, assessed.signed)
    verdict, _ = concluded(outcomes)
    if verdict is Verdict.PENDING:
        yield from (_decision(one, assessed, name) for name in _open(outcomes))
    elif verdict is Verdict.INCONCLUSIVE:
        what = say(
            "The assessment is inconclusive: something could not be checked, and its report says who provides what."
        )
        command = _show(one, _report(one, assessed.signed))
        yield one.awaits(verdict.value, "assessor", what, command, since=assessed.time, of=assessed.digest)
    else:
        what = say(
            "The assessment comes to {verdict}: its report waits to be signed.", verdict=say(VERDICT_WORDS[verdict])
        )
        command = one.chain("accept")
        yield one.awaits(
            "acceptance", "assessor", what, command, since=assessed.time, of=f"{assessed.digest}-{verdict.value}"
        )


def _decision(one: _Standing, assessed: Event, criterion: str) -> Awaited:
    what = say("Criterion {criterion} waits for a decision.", criterion=inert(criterion))
    file = _folder(one) / f"assessment-{assessed.digest[:16]}-*{SUFFIX}"
    command = f'verifier decide {file} {shlex.quote(criterion)} OUTCOME --rationale "WHY"{HAND_OVER}'
    return one.awaits(DECISION, "assessor", what, command, since=assessed.time, of=f"{assessed.digest}-{criterion}")


def _open(outcomes: tuple[OutcomeOf, ...]) -> tuple[str, ...]:
    """Shoulds never decide: nobody has to answer for them."""
    return tuple(one.criterion for one in outcomes if (one.level, one.outcome) == (Level.MUST, Outcome.AWAITING))


def _show(one: _Standing, report: str) -> str:
    place = _folder(one) / "evidence" / report if report else "REPORT"
    return f"verifier show {place} --format message"


def _folder(one: _Standing) -> Path:
    return Store(Path(RECORD)).place(one.contract)


def _report(one: _Standing, assessed: Signed | None) -> str:
    """The digest of the report.json that an assessment names, where that is kept; else ""."""
    named = assessed.statement.predicate["evidence"] if assessed else ()
    found = (str(each["sha256"]) for each in named if each["name"] == REPORT)
    return next((digest for digest in found if digest in one.kept), "")


def _rejected(one: _Standing) -> Iterator[Awaited]:
    told, assessed = one.milestone.last("rejected"), one.milestone.last("assessed")
    if told is None:
        return
    report = _report(one, assessed.signed if assessed else None)
    yield one.awaits(
        MESSAGE, "assessor", _message(report), _show(one, report), since=told.time, of=told.digest, report=report
    )
    what = say("The delivery was rejected, and is to be mended.")
    if one.milestone.due:
        what = say("The delivery was rejected, and is to be mended by {day}.", day=one.milestone.due)
    command = one.event("delivered", "--reference COMMIT")
    yield one.awaits(MEND, "supplier", what, command, since=told.time, of=told.digest, report=report)
    yield from _ending(one, told)


def _message(report: str) -> Text:
    if report:
        return say("The delivery was rejected: the message to the supplier is ready to send.")
    return say(
        "The delivery was rejected; the message to the supplier is made from its report, which the record lacks."
    )


def _ending(one: _Standing, told: Event) -> Iterator[Awaited]:
    """The time to mend, in its last days: by the contract's own calendar."""
    agreed, day, due = (one.milestone.record.terms or {}).get("cure"), one.when.today, one.milestone.due
    if not agreed or due < day:
        return
    left = business.between(date.fromisoformat(day), date.fromisoformat(due), agreed["holidays"])
    if left <= one.when.warning:
        what = say("The time to mend what was rejected ends on {day}.", day=due)
        for role, command in _deadline(one):
            yield one.awaits("cure", role, what, command, since=told.time, of=due)


def _late(one: _Standing) -> Iterator[Awaited]:
    due = one.milestone.due
    for role, command in _deadline(one):
        yield one.awaits("late", role, say("The delivery was due on {day}.", day=due), command, since=due, of=due)


def _deadline(one: _Standing) -> tuple[tuple[str, str], ...]:
    return (
        ("supplier", one.event("delivered", "--reference COMMIT")),
        ("requester", one.event("extended", "--until DATE")),
    )


def _accepted(one: _Standing) -> Iterator[Awaited]:
    told = one.milestone.last("accepted")
    if told is None:
        return
    what = say(
        "The delivery was accepted: {amount} wait for certification under section 34.", amount=_amount(one.milestone)
    )
    invoiced = one.milestone.last("invoiced")
    number = shlex.quote(inert(str(invoiced.said("reference")))) if invoiced and invoiced.signed else "NUMBER"
    cents = one.milestone.total
    said = f" --amount {cents // 100}.{cents % 100:02} --invoice {number}"
    yield one.awaits(CERTIFICATION, "certifier", what, one.chain("certify", said), since=told.time, of=told.digest)


def _certified(one: _Standing) -> Iterator[Awaited]:
    told = one.milestone.last("certified")
    if told is not None:
        what = say("The certification is signed: the gate can be asked whether to pay.")
        yield one.awaits("gate", "gate", what, one.chain("gate"), since=told.time, of=told.digest)


def _payable(one: _Standing) -> Iterator[Awaited]:
    told = one.milestone.last("released")
    if told is not None:
        what = say("The gate released the payment: {amount} are to be paid.", amount=_amount(one.milestone))
        command = one.event("paid", "--reference PAYMENT")
        yield one.awaits("payment", "payer", what, command, since=told.time, of=told.digest)


def _disputed(one: _Standing) -> Iterator[Awaited]:
    told = one.milestone.last("disputed")
    if told is not None:
        what, command = say("There is a dispute, which waits to be resolved."), one.event("resolved", '--note "HOW"')
        yield one.awaits("dispute", "requester", what, command, since=told.time, of=told.digest)


def _amount(milestone: Milestone) -> Text:
    return money(milestone.total, (milestone.record.terms or {})["currency"])


RULES: dict[State, Callable[[_Standing], Iterator[Awaited]]] = {
    State.DELIVERED: _delivered,
    State.ASSESSING: _assessing,
    State.CHANGES_REQUESTED: _rejected,
    State.ACCEPTED: _accepted,
    State.CERTIFIED: _certified,
    State.PAYABLE: _payable,
    State.DISPUTED: _disputed,
}
"""Where nobody is awaited there is no rule: an awarded milestone waits for its supplier until it is late."""
