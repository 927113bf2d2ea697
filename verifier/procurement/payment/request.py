"""The payment request: what finance needs on one page, and whether the invoice is what was contracted and certified. Pure.

    made = request(record, "m1", Invoice(number="2026-17", total=734500), "card")
    made.match   # Match.MATCH

The fields are those of the micro-acquisition pilot's payments, with the price half of section 34. It is no release: that is the
gate's alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from verifier.gate import names
from verifier.gate.chain import about_of, subject
from verifier.gate.moves import STATE_WORDS, State
from verifier.procurement.record import Event, Milestone, Record
from verifier.trust.signed import Signed
from verifier.units import money
from verifier.words import Text, say

STOPPED = frozenset({State.PAID, State.DISPUTED, State.TERMINATED, State.NOT_DELIVERED})
"""Where nothing is to be paid (any more)."""


class Match(IntEnum):
    """What the request comes to, by its exit code."""

    MATCH = 0
    MISMATCH = 1
    MISSING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """`total` in cents, tax included."""

    number: str
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why it is not to be paid as it stands; `code` is for programs."""

    match: Match
    code: str
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What the statements behind a payment say, as far as they are there."""

    release: str = ""
    certification: Signed | None = None
    acceptance: str = ""

    @property
    def said(self) -> Mapping[str, Any]:
        return self.certification.statement.predicate if self.certification else {}

    @property
    def by(self) -> tuple[str, ...]:
        return tuple(sorted({one.person for one in self.certification.by})) if self.certification else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`terms` are those of the contract's version that was certified, `price` and `tax` its milestone's; cents."""

    terms: Mapping[str, Any]
    milestone: Mapping[str, Any]
    state: State
    invoice: Invoice
    method: str
    """`card` or `paypal`."""
    certified: Certified
    problems: tuple[Problem, ...]

    @property
    def total(self) -> int:
        """Price and tax, as contracted."""
        return int(self.milestone["price"]) + int(self.milestone["tax"])

    @property
    def matches(self) -> bool:
        """Whether nothing is wrong, whatever may still be missing."""
        return all(one.match is not Match.MISMATCH for one in self.problems)

    @property
    def match(self) -> Match:
        """What is wrong goes before what is missing."""
        return max((one.match for one in self.problems), default=Match.MATCH) if self.matches else Match.MISMATCH


def request(record: Record, milestone: str, invoice: Invoice, method: str) -> Request:
    """The record has a contract with this milestone; else KeyError."""
    found = record.milestone(milestone)
    certified = _certified(found)
    agreed = _agreed(record, certified)
    terms = next(one for one in agreed["milestones"] if one["id"] == milestone)
    made = Request(
        terms=agreed,
        milestone=terms,
        state=found.progress.state,
        invoice=invoice,
        method=method,
        certified=certified,
        problems=(),
    )
    return replace(made, problems=tuple(_problems(made)))


def _certified(milestone: Milestone) -> Certified:
    """From the release back, each by the digest of the one before it; without a release the newest certification that counts."""
    released, record = milestone.last("released"), milestone.record
    named = subject(released.signed) if released and released.signed else ""
    certification = _signed(record, named) or _of(milestone.last("certified"))
    accepted = milestone.last("accepted")
    return Certified(
        release=released.digest if released else "",
        certification=certification,
        acceptance=subject(certification) if certification else accepted.digest if accepted else "",
    )


def _of(event: Event | None) -> Signed | None:
    return event.signed if event else None


def _signed(record: Record, digest: str) -> Signed | None:
    return next((one.signed for one in record.events if digest and one.digest == digest), None)


def _agreed(record: Record, certified: Certified) -> Mapping[str, Any]:
    """The version of the contract that was certified, else the newest."""
    wanted = about_of(certified.certification)["contractDigest"] if certified.certification else ""
    version = next((one for one in record.versions if one.digest == wanted), None)
    return version.statement.predicate if version else record.terms or {}


def _problems(made: Request) -> Iterator[Problem]:
    if made.state in STOPPED:
        state = say(STATE_WORDS[made.state])
        yield _problem(Match.MISMATCH, "stopped", say("The milestone is {state}: it is not to be paid.", state=state))
    yield from _mismatched(made)
    if made.certified.certification is None:
        yield _problem(Match.MISSING, "not-certified", say("Nobody has certified it under section 34 yet."))
    if not made.certified.release:
        yield _problem(Match.MISSING, "not-released", say("There is no payment release yet; `verifier gate` makes it."))


def _mismatched(made: Request) -> Iterator[Problem]:
    currency, billed = made.terms["currency"], made.invoice
    if billed.total != made.total:
        words = say(
            "Mismatch: the invoice is over {billed}; price and tax of the contract are {agreed}.",
            billed=money(billed.total, currency),
            agreed=money(made.total, currency),
        )
        yield _problem(Match.MISMATCH, "amount", words)
    said, payee = made.certified.said, made.terms["payee"]
    if said and names.invoice(payee, billed.number) != names.invoice(payee, said["invoice"]):
        words = say(
            "Mismatch: the invoice is {billed}; certified was invoice {certified}.",
            billed=billed.number,
            certified=said["invoice"],
        )
        yield _problem(Match.MISMATCH, "invoice", words)


def _problem(match: Match, code: str, words: Text) -> Problem:
    return Problem(match=match, code=code, words=words)
