"""Who is told what now: what waits, without what was told already, one post a person and way of telling. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from verifier.procurement.telling.awaited import MEND, MESSAGE, Awaited
from verifier.procurement.telling.rhythm import Rhythm
from verifier.words import LANGUAGES

Told = Mapping[tuple[str, str, str], str]
"""(key of what was told, person, notifier) -> time."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom `notices.people` lists; without a language they are told in both."""

    id: str
    address: str
    languages: tuple[str, ...] = LANGUAGES


@dataclass(frozen=True, slots=True)
class Post:
    """What one person is told by one notifier."""

    person: Person
    notifier: str
    items: tuple[Awaited, ...]


def people(notices: Mapping[str, Iterable[Mapping[str, str]]]) -> dict[str, Person]:
    """Those of the section `notices`."""
    listed = (Person(one["id"], one["address"], _languages(one.get("language"))) for one in notices.get("people", ()))
    return {one.id: one for one in listed}


def _languages(named: str | None) -> tuple[str, ...]:
    return (named,) if named else LANGUAGES


def posts(
    found: Collection[Awaited],
    known: Mapping[str, Person],
    ways: Mapping[str, bool],
    told: Told,
    *,
    rhythm: Rhythm,
    now: str,
) -> tuple[Post, ...]:
    """By person, then notifier. Whoever was told something today is told the rest tomorrow, where the record says `daily`.

    `ways` are the notifiers, each with whether it reaches one person alone.
    """
    wanted = _for_people(found, known, outright=any(ways.values()))
    made = (
        Post(known[name], way, _new(items, name, way, told))
        for name, items in sorted(wanted.items())
        for way in sorted(ways)
        if not (rhythm.daily and _told_today(name, way, told, rhythm, now))
    )
    return tuple(one for one in made if one.items)


def _for_people(found: Collection[Awaited], known: Mapping[str, Person], *, outright: bool) -> dict[str, list[Awaited]]:
    """What waits for each of those who are listed. A supplier who is listed gets the message, so that no assessor sends it.

    That is so where there is a way to hand it over (`outright`), and a report to make it from.
    """
    mend = [one for one in found if one.kind == MEND and one.report and outright]
    handed = {(one.contract, one.milestone) for one in mend if known.keys() >= set(one.people)}
    wanted: dict[str, list[Awaited]] = {}
    for one in found:
        if one.kind != MESSAGE or (one.contract, one.milestone) not in handed:
            for name in one.people:
                if name in known:
                    wanted.setdefault(name, []).append(one)
    return wanted


def unlisted(found: Iterable[Awaited], known: Mapping[str, Person]) -> tuple[str, ...]:
    """For whom something waits and who is not listed. A supplier need not be: the assessor sends the message."""
    return tuple(sorted({name for one in found if one.role != "supplier" for name in one.people if name not in known}))


def vacant(found: Iterable[Awaited]) -> tuple[Awaited, ...]:
    """What waits for a role that nobody has who may have it here."""
    return tuple(one for one in found if not one.people)


def _new(items: Iterable[Awaited], person: str, notifier: str, told: Told) -> tuple[Awaited, ...]:
    return tuple(one for one in items if (one.key, person, notifier) not in told)


def _told_today(person: str, notifier: str, told: Told, rhythm: Rhythm, now: str) -> bool:
    times = (time for (_, who, way), time in told.items() if (who, way) == (person, notifier))
    return any(rhythm.day(time) == rhythm.day(now) for time in times)
