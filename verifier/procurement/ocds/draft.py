"""What of a contracting process a contract file can say, and what it cannot. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from verifier.errors import UsageError
from verifier.procurement.ocds.read import Number, Process
from verifier.statements.strict import shown
from verifier.words import Text, say

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
"""As statements have it (reports/statements/common.schema.json)."""
NAME = re.compile(r"(?=.{1,80}\Z)[a-z0-9]+([._-][a-z0-9]+)*")
"""As a contract file has the id of a milestone (rules/contract.schema.json)."""
RELEASE = frozenset({"ocid", "id", "date", "tag", "initiationType", "language", "parties", "awards", "contracts"})
AWARD = frozenset({"id", "title", "status", "date", "value", "suppliers"})
CONTRACT = frozenset(
    {"id", "awardID", "title", "status", "period", "value", "dateSigned", "implementation", "milestones"}
)
"""What is taken over, or says only how the source is kept; everything else is told to be left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One milestone; `title` None and `due` "" where the source has none."""

    id: str
    title: Text | None
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """What a payer says that was paid; cents, "" and None where it is not said."""

    id: str
    date: str
    amount: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Money in cents, days as 2026-11-29; None and "" where the source says nothing. `left` are OCDS's names."""

    ocid: str
    id: str
    title: Text | None
    payee: str
    currency: str
    value: int | None
    awarded: str
    ends: str
    parts: tuple[Part, ...]
    left: tuple[str, ...]


def draft(source: Process, *, contract: str | None = None, known_as: str | None = None) -> Draft:
    """Of the process's one contract, or of the one with this id. `known_as` is another id for it. Raises UsageError."""
    agreed = _contract(source, contract)
    award: Mapping[str, Any] = next(
        (one for one in source.get("awards") or () if str(one["id"]) == str(agreed["awardID"])), {}
    )
    value = agreed.get("value") or award.get("value") or {}
    awarded = _day(award.get("date") or agreed.get("dateSigned"), "awards/date")
    payees = _payees(award, source)
    return Draft(
        ocid=source["ocid"],
        id=contract_id(source, contract=contract, known_as=known_as),
        title=_title(agreed, source, "contracts/title") or _title(award, source, "awards/title"),
        payee=payees[0] if len(payees) == 1 else "",
        currency=value.get("currency") or "",
        value=_cents(value.get("amount"), "contracts/value/amount"),
        awarded=awarded,
        ends=_after(awarded, (agreed.get("period") or {}).get("endDate"), "contracts/period/endDate"),
        parts=_parts(agreed, source, awarded),
        left=tuple(sorted({*_left(source, award, agreed), *(["awards/suppliers"] if len(payees) > 1 else [])})),
    )


def contract_id(source: Process, *, contract: str | None = None, known_as: str | None = None) -> str:
    """Under which id it is kept. Raises UsageError."""
    return _id(known_as or str(_contract(source, contract)["id"]))


def transactions(source: Process, *, contract: str | None = None) -> tuple[Transaction, ...]:
    """Raises UsageError for what is no date or no amount."""
    implementation = _contract(source, contract).get("implementation") or {}
    return tuple(map(_transaction, implementation.get("transactions") or ()))


def _contract(source: Process, wanted: str | None) -> Mapping[str, Any]:
    found = {str(one["id"]): one for one in source.get("contracts") or ()}
    if not found:
        raise UsageError(say("{ocid} has no contract yet.", ocid=shown(source["ocid"])))
    if wanted is None and len(found) > 1:
        listed = ", ".join(map(shown, sorted(found)[:5]))
        words = say(
            "{ocid} has {n} contracts; name one with --contract: {listed} …",
            ocid=shown(source["ocid"]),
            n=len(found),
            listed=listed,
        )
        raise UsageError(words)
    chosen = next(iter(found)) if wanted is None else wanted
    if chosen not in found:
        raise UsageError(say("{ocid} has no contract {id}.", ocid=shown(source["ocid"]), id=shown(chosen)))
    return dict(found[chosen])


def _id(name: str) -> str:
    if ID.fullmatch(name) is None:
        words = say(
            "{id} cannot be the id of a contract here: letters, digits and . _ - / only; give another with --id.",
            id=shown(name),
        )
        raise UsageError(words)
    return name


def _payees(award: Mapping[str, Any], source: Process) -> list[str]:
    parties = {one.get("id"): one for one in source.get("parties") or ()}
    named = [one.get("name") or parties.get(one.get("id"), {}).get("name") for one in award.get("suppliers") or ()]
    return [" ".join(name.split())[:2000] for name in named if name and name.strip()]


def _title(of: Mapping[str, Any], source: Process, place: str) -> Text | None:
    """In both languages; None where it has none at all. Raises UsageError where one of them is missing."""
    english, french = (_words(of, language, source.get("language") or "en") for language in ("en", "fr"))
    if english and french:
        return Text(english, french)
    if english:
        raise UsageError(say("{place} has no French words (title_fr); a contract is in both languages.", place=place))
    if french:
        raise UsageError(say("{place} has no English words (title_en); a contract is in both languages.", place=place))
    return None


def _words(of: Mapping[str, Any], language: str, spoken: str) -> str:
    """A title in one language: without a suffix it is in that of the release."""
    names = sorted(name for name in of if name.lower().startswith(f"title_{language}"))
    if spoken.lower().startswith(language):
        names.insert(0, "title")
    return next((of[name] for name in names if isinstance(of.get(name), str) and of[name].strip()), "")


def _cents(amount: Any, place: str) -> int | None:
    """Raises UsageError for what is no amount: a third decimal, an exponent, less than nothing, more than nine digits."""
    if amount is None:
        return None
    written = amount.written if isinstance(amount, Number) else str(amount)
    whole, _, part = written.partition(".")
    if not (whole + part).isdigit() or len(part) > 2 or len(whole) > 9:
        words = say(
            "{place} is {amount}, which is no amount such as 6500 or 6500.00.", place=place, amount=shown(written)
        )
        raise UsageError(words)
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def _day(moment: Any, place: str) -> str:
    """Nothing where there is none. Raises UsageError for what no calendar has."""
    if not moment:
        return ""
    try:
        return datetime.fromisoformat(moment).date().isoformat()
    except ValueError as error:
        raise UsageError(say("{place} is {text}, which is no date.", place=place, text=shown(moment))) from error


def _after(awarded: str, moment: Any, place: str) -> str:
    day = _day(moment, place)
    if day and awarded and day < awarded:
        raise UsageError(
            say("{place} is {day}, which is before the award, {awarded}.", place=place, day=day, awarded=awarded)
        )
    return day


def _parts(agreed: Mapping[str, Any], source: Process, awarded: str) -> tuple[Part, ...]:
    """Milestones of delivery; all are numbered where one has an id that a contract file does not take."""
    found = _milestones(agreed)
    fit = all(NAME.fullmatch(name) for name in found)
    return tuple(
        Part(
            id=name if fit else f"m{number}",
            title=_title(one, source, f"milestones/{shown(name)}/title"),
            due=_after(awarded, one.get("dueDate"), f"milestones/{shown(name)}/dueDate"),
        )
        for number, (name, one) in enumerate(found.items(), 1)
    )


def _milestones(agreed: Mapping[str, Any], *, delivery: bool = True) -> dict[str, Mapping[str, Any]]:
    listed = [*(agreed.get("milestones") or ()), *((agreed.get("implementation") or {}).get("milestones") or ())]
    return {str(one["id"]): one for one in listed if ((one.get("type") or "delivery") == "delivery") is delivery}


def _left(source: Process, award: Mapping[str, Any], agreed: Mapping[str, Any]) -> Iterator[str]:
    """By their place in the release. What people paid is told by itself."""
    yield from _others(source, RELEASE, "")
    yield from _others(award, AWARD, "awards/")
    yield from _others(agreed, CONTRACT, "contracts/")
    yield from _others(
        agreed.get("implementation") or {}, frozenset({"milestones", "transactions"}), "contracts/implementation/"
    )
    if any((one.get("status") or "scheduled") != "scheduled" for one in _milestones(agreed).values()):
        yield "contracts/implementation/milestones/status"
    if _milestones(agreed, delivery=False):
        yield "contracts/milestones/type"


def _others(of: Mapping[str, Any], taken: frozenset[str], place: str) -> Iterator[str]:
    yield from (shown(f"{place}{name}") for name, value in of.items() if value and name.partition("_")[0] not in taken)


def _transaction(one: Mapping[str, Any]) -> Transaction:
    value = one.get("value") or one.get("amount") or {}
    return Transaction(
        id=str(one["id"]),
        date=_day(one.get("date"), "transactions/date"),
        amount=_cents(value.get("amount"), "transactions/value/amount"),
        currency=value.get("currency") or "",
    )
