"""How long evidence is kept, and what is past its time. Pure; `deleting.py` deletes.

    past(record, Keep.of(settings.section("keep")), "2034-01-01")

Evidence is what assessments name by its digest. What none of them names is never past its time: nobody knows what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import Any

from verifier.evidence import REPORT
from verifier.gate.moves import ENDED
from verifier.procurement.record import Record
from verifier.procurement.store import alike
from verifier.statements import uris
from verifier.trust.signed import Signed

REPORTS, TOOL_OUTPUT, SOURCE_EXCERPTS = "reports", "tool-output", "source-excerpts"
NEVER = "never"
ENDINGS = ("paid", "received", "not-delivered", "terminated")
"""The events after which a milestone has ended."""


@dataclass(frozen=True, slots=True)
class Keep:
    """`years` of each kind, None for ever; `excerpts` are patterns of names and media types. `held`: all, or these."""

    years: Mapping[str, int | None]
    excerpts: tuple[str, ...] = ()
    held: bool | frozenset[str] = False

    @classmethod
    def of(cls, section: Mapping[str, Any]) -> Keep:
        """What the section does not say is kept for ever."""
        hold = section.get("hold", False)
        return cls(
            years={kind: _years(section.get(kind, NEVER)) for kind in (REPORTS, TOOL_OUTPUT, SOURCE_EXCERPTS)},
            excerpts=tuple(section.get("excerpts-in", ())),
            held=hold if isinstance(hold, bool) else frozenset(alike(one) for one in hold),
        )

    def holds(self, contract: str) -> bool:
        """Whether everything of a contract is kept, by the record's word."""
        return self.held if isinstance(self.held, bool) else alike(contract) in self.held

    def kind(self, named: Mapping[str, Any]) -> str:
        """Of an entry of an assessment's `evidence`."""
        if named["name"] == REPORT:
            return REPORTS
        quoting = any(fnmatchcase(named[what], one) for one in self.excerpts for what in ("name", "mediaType"))
        return SOURCE_EXCERPTS if quoting else TOOL_OUTPUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Evidence that is past its time: the names that assessments give it, the rule by which it is, and when all had ended."""

    digest: str
    names: tuple[str, ...]
    rule: str
    """Such as `tool-output: 6`."""
    ended: str


def past(record: Record, keep: Keep, today: str) -> tuple[Past, ...]:
    """By their digests. Nothing of a contract that is on hold, in dispute, or of which a milestone has not ended."""
    over = ended(record)
    if not over or keep.holds(record.id):
        return ()
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in _named(record):
        found.setdefault(one["sha256"], []).append(one)
    judged = (_past(digest, entries, keep, over) for digest, entries in sorted(found.items()))
    return tuple(one for until, one in judged if until is not None and until < today)


def ended(record: Record) -> str:
    """The day on which the last milestone was paid or ended otherwise; "" while one has not."""
    if not record.milestones or any(one.progress.state not in ENDED for one in record.milestones):
        return ""
    return max((one.time[:10] for one in record.events if one.what in ENDINGS and not one.revoked), default="")


def after(day: str, years: int) -> str:
    """The same day some years later; of the 29th of February the 1st of March, where there is none."""
    first = date.fromisoformat(day)
    if (first.month, first.day) == (2, 29):
        return (date(first.year + years, 2, 28) + timedelta(days=1)).isoformat()
    return first.replace(year=first.year + years).isoformat()


def _past(digest: str, entries: list[Mapping[str, Any]], keep: Keep, over: str) -> tuple[str | None, Past]:
    """With the last day on which it is kept: of what has several names the one that is kept longest decides. None is for ever."""
    kinds = {keep.kind(one) for one in entries}
    longest = max(kinds, key=lambda kind: (keep.years[kind] is None, keep.years[kind] or 0, kind))
    years = keep.years[longest]
    names = tuple(sorted({str(one["name"]) for one in entries}))
    made = Past(digest=digest, names=names, rule=f"{longest}: {NEVER if years is None else years}", ended=over)
    return None if years is None else after(over, years), made


def _named(record: Record) -> Iterator[Mapping[str, Any]]:
    """Of every assessment that is there, also of one that was revoked or that nobody entered."""
    for one in (*(event.signed for event in record.events), *record.waiting):
        if isinstance(one, Signed) and one.type == uris.ASSESSMENT:
            yield from one.statement.predicate["evidence"]


def _years(said: int | str) -> int | None:
    return None if isinstance(said, str) else said
