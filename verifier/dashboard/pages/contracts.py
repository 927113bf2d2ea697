"""All contracts, a hundred a page: those that the address asks for, or, as pages of their own, those of each state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from hashlib import sha256
from typing import Any

from verifier.dashboard.page import (
    ROWS,
    Filter,
    OfRecord,
    Page,
    Place,
    Query,
    Table,
    cut,
    number_of,
    numbered,
    pages_of,
)
from verifier.dashboard.sources import Sources
from verifier.gate.case import VERDICT_WORDS
from verifier.gate.moves import STATE_WORDS, State
from verifier.model import Verdict
from verifier.procurement.index import Index, Listed, Mark, Wanted
from verifier.words import Text, both, later, say

COLUMNS = tuple(one.name for one in fields(Listed))
CHOICES: Mapping[str, Mapping[str, str]] = {
    "state": {one.value: STATE_WORDS[one] for one in State},
    "verdict": {one.value: VERDICT_WORDS[one] for one in Verdict},
}
"""Filters that have one of these values, with their words."""
WORDS = ("text", "supplier", "licence", "profile")
DAYS = ("awarded-from", "awarded-until")
FILTERS = (*WORDS, *CHOICES, *DAYS)
FILTER_WORDS = {"state": later("state"), "verdict": later("verdict")}


class Contracts(OfRecord):
    address = "contracts"
    title = say("Contracts")
    filters = (
        Filter("text", "Part of the id, of a title or of the payee's name."),
        Filter("supplier", "The supplier, by their name in the trust policy."),
        Filter("licence", "The contracted licence."),
        Filter("profile", "The profile of the criteria."),
        Filter("state", "Where the contract stands.", tuple(CHOICES["state"])),
        Filter("verdict", "What the newest assessment comes to.", tuple(CHOICES["verdict"])),
        Filter("awarded-from", "The first day of the award.", day=True),
        Filter("awarded-until", "The last day of the award.", day=True),
    )

    def places(self, sources: Sources) -> Iterator[Place]:
        if sources.records is None:
            return
        marks = sources.contracts
        yield from _places(self.address, marks, sources)
        for state in State:
            if own := [one for one in marks if one.state == state.value]:
                yield from _places(of_state(state), own, sources)

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        """None where there is no such page; what was asked for wrongly is said on the page, and nothing is listed."""
        if sources.records is None:
            return None
        found = next(((state, number) for state in (None, *State) if (number := _number(address, state))), None)
        if found is None:
            return None
        state, number = found
        asked = {name: query[name].strip() for name in FILTERS if state is None and query[name].strip()}
        if trouble := _trouble(asked):
            return self._page(address, asked, status=400, trouble=trouble)
        if empty := _empty(asked):
            return self._page(address, asked, trouble=empty)
        wanted = _wanted(asked, state, number)
        rows, total = _listed(sources.records.index, wanted)
        if not rows and number > 1:
            return None
        counts = {} if asked else sources.records.index.states()
        return self._page(
            address, asked, state=state, number=number, rows=rows, total=total, counts=counts, lost=sources.untrusted
        )

    def _page(
        self,
        address: str,
        asked: Mapping[str, str],
        *,
        state: State | None = None,
        number: int = 1,
        rows: Sequence[Listed] = (),
        total: int = 0,
        counts: Mapping[str, int] | None = None,
        lost: Sequence[str] = (),
        trouble: Text | None = None,
        status: int = 200,
    ) -> Page:
        document = {
            "asked": dict(asked),
            "trouble": trouble and both(trouble),
            "section": of_state(state) if state else self.address,
            "total": total,
            "page": number,
            "pages": pages_of(total),
            "states": [
                {"state": one.value, "address": of_state(one), "total": counts[one.value]}
                for one in State
                if counts and one.value in counts
            ],
            "untrusted": list(lost),
            "choices": {
                name: [{"value": value, "words": both(say(words))} for value, words in choices.items()]
                for name, choices in CHOICES.items()
            },
            "contracts": [one.as_dict() for one in rows],
        }
        return Page(
            address=address,
            template="contracts.html",
            title=say("Contracts: {state}", state=say(STATE_WORDS[state])) if state else self.title,
            document=document,
            table=Table(head=COLUMNS, rows=[list(one.as_dict().values()) for one in rows]),
            status=status,
        )


def of_state(state: State) -> str:
    """The address of the list of one state."""
    return f"contracts-{state.value.replace(' ', '-')}"


def _places(section: str, marks: Sequence[Mark], sources: Sources) -> Iterator[Place]:
    """A list is another where one of its rows, or how many rows there are, is."""
    whole = (len(marks), sources.untrusted, sorted(one.state for one in sources.contracts))
    for number in range(1, pages_of(len(marks)) + 1):
        rows = [one.mark for one in cut(marks, number)]
        stamp = sha256(repr((rows, whole if number == 1 else len(marks))).encode()).hexdigest() if all(rows) else ""
        yield Place(numbered(section, number), stamp)


def _number(address: str, state: State | None) -> int:
    return number_of(address, of_state(state) if state else Contracts.address)


def _trouble(asked: Mapping[str, str]) -> Text | None:
    """The first thing that cannot be asked for."""
    for name, value in asked.items():
        if name in CHOICES and value not in CHOICES[name]:
            return say('There is no {what} "{value}".', what=say(FILTER_WORDS[name]), value=value)
        if name in DAYS and not _is_day(value):
            return say('"{value}" is not a day such as 2026-11-29.', value=value)
    return None


def _empty(asked: Mapping[str, str]) -> Text | None:
    """Why nothing can fit what is asked for, where that is so."""
    first, last = (asked.get(name, "") for name in DAYS)
    if first and last and first > last:
        return say("The first day, {first}, is after the last one, {last}.", first=first, last=last)
    return None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _wanted(asked: Mapping[str, str], state: State | None, number: int) -> Wanted:
    named: dict[str, Any] = {name.replace("-", "_"): value for name, value in asked.items()}
    if state:
        named["state"] = state.value
    return Wanted(**named, skip=(number - 1) * ROWS, limit=ROWS)


def _listed(index: Index, wanted: Wanted) -> tuple[list[Listed], int]:
    """The rows of one page, and how many there are on all of them: counted only where that is not seen already."""
    rows = index.listed(wanted)
    whole = wanted.skip == 0 and len(rows) < ROWS
    return rows, len(rows) if whole else index.counted(wanted)
