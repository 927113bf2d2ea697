"""Which interpreters of this machine are worth trying for a project, best first. Pure.

What the project names comes first, then what was usual when it was committed; what it forbids is not tried, but for another patch
release of the minor version that it asks for, which is named as a deviation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from verifier.words import joined, say

MOST = 4
PATCHES = 100
"""More patch releases than any minor version has had."""
SETTLED = timedelta(days=270)
"""How long a Python has been out before most packages have wheels for it (pyreadiness.org)."""
# First releases. Source: PEPs 478, 494, 537, 569, 596, 619, 664, 693, 719 and 745, and https://devguide.python.org/versions/.
RELEASED = {
    (3, 5): date(2015, 9, 13),
    (3, 6): date(2016, 12, 23),
    (3, 7): date(2018, 6, 27),
    (3, 8): date(2019, 10, 14),
    (3, 9): date(2020, 10, 5),
    (3, 10): date(2021, 10, 4),
    (3, 11): date(2022, 10, 24),
    (3, 12): date(2023, 10, 2),
    (3, 13): date(2024, 10, 7),
    (3, 14): date(2025, 10, 7),
}
STRONGEST = ("pin", "ci", "tox", "container", "classifier")
"""What a project says where, the most deliberate first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """One on this machine; `version` is whole, such as 3.8.18."""

    path: Path
    version: str

    @property
    def minor(self) -> tuple[int, int]:
        major, minor, *_ = self.version.split(".")
        return int(major), int(minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the project says of its Python: a specifier or a version, and where."""

    text: str
    path: str
    line: int | None = None
    source: str = ""

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An interpreter to try, why, and how it is not what the project asks for (empty: it is)."""

    interpreter: Interpreter
    reason: str
    deviation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Best first; where there is none, `refused` says what is asked and what the machine has, `at` where it is asked."""

    candidates: tuple[Candidate, ...]
    refused: str = ""
    at: Asked | None = None


def candidates(
    found: Sequence[Interpreter], requires: Sequence[Asked], wanted: Sequence[Asked], committed: date | None
) -> Choice:
    """`found` in the machine's own order of preference, which decides only where the project and the date say nothing."""
    allowed = [one for one in found if _allow(requires, one.version)]
    named = _named(allowed, wanted)
    usual = _usual(allowed, committed)
    near = _near(found, requires)
    every = [*named, *usual, *near]
    first: dict[str, Candidate] = {}
    for candidate in every:
        first.setdefault(candidate.interpreter.version, candidate)
    old = _only_python_2(wanted)
    chosen = tuple(replace(one, deviation=old or one.deviation) for one in first.values())[:MOST]
    return Choice(candidates=chosen) if chosen else _refused(found, requires)


def _only_python_2(wanted: Sequence[Asked]) -> str:
    """That a project names nothing newer than Python 2, which is not run; empty where it does, or names none."""
    named = [one for one in wanted if _minor(one.text)]
    if not named or any(Version(one.text).major > 2 for one in named):
        return ""
    return say("{place} names Python {version}, which is not run", place=named[0].where, version=named[0].text)


def _specifier(text: str) -> SpecifierSet | None:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


def _allows(asked: Asked, version: str) -> bool:
    """A specifier that nobody can read forbids nothing."""
    specifier = _specifier(asked.text)
    return specifier is None or specifier.contains(version, prereleases=True)


def _allow(requires: Sequence[Asked], version: str) -> bool:
    return all(_allows(asked, version) for asked in requires)


def _minor(text: str) -> tuple[int, int] | None:
    try:
        release = Version(text).release
    except InvalidVersion:
        return None
    return (release[0], release[1]) if len(release) > 1 else None


def _named(allowed: Sequence[Interpreter], wanted: Sequence[Asked]) -> list[Candidate]:
    """Those that the strongest source names, the newest first, then those of the next source."""
    found = []
    for source in STRONGEST:
        asked = {_minor(one.text): one for one in reversed(wanted) if one.source == source}
        here = sorted((one for one in allowed if one.minor in asked), key=_newest)
        found += [Candidate(interpreter=one, reason=_names(one, asked[one.minor])) for one in here]
    return found


def _names(interpreter: Interpreter, asked: Asked) -> str:
    return say(
        "Python {version}: {place} names {asked}", version=interpreter.version, place=asked.where, asked=asked.text
    )


def _newest(interpreter: Interpreter) -> tuple[int, ...]:
    return tuple(-part for part in Version(interpreter.version).release)


def _usual(allowed: Sequence[Interpreter], committed: date | None) -> list[Candidate]:
    """The newest that was settled at the commit, then newer ones upwards, then older ones downwards."""
    if committed is None:
        return [
            Candidate(interpreter=one, reason=say("Python {version}: the project names none", version=one.version))
            for one in allowed
        ]
    settled = [one for one in allowed if RELEASED.get(one.minor, date.max) + _margin(one) <= committed]
    later = [one for one in allowed if one not in settled]
    ordered = [*sorted(settled, key=_newest)[:1], *sorted(later, key=_newest, reverse=True)]
    ordered += sorted(settled, key=_newest)[1:]
    return [
        Candidate(
            interpreter=one,
            reason=say(
                "Python {version}: the project names none that is here; chosen by the commit's date, {date}",
                version=one.version,
                date=committed.isoformat(),
            ),
        )
        for one in ordered
    ]


def _margin(interpreter: Interpreter) -> timedelta:
    return SETTLED if interpreter.minor in RELEASED else timedelta()


def _near(found: Sequence[Interpreter], requires: Sequence[Asked]) -> list[Candidate]:
    """Those that only another patch release keeps from being allowed."""
    near = []
    for one in sorted(found, key=_newest):
        against = [asked for asked in requires if not _allows(asked, one.version)]
        if against and any(_allow(requires, "{}.{}.{}".format(*one.minor, patch)) for patch in range(PATCHES)):
            deviation = say(
                "{place} asks for Python {asked}, this machine has {version}",
                place=against[0].where,
                asked=against[0].text,
                version=one.version,
            )
            reason = say("Python {version}: the nearest here", version=one.version)
            near.append(Candidate(interpreter=one, reason=reason, deviation=deviation))
    return near


def _refused(found: Sequence[Interpreter], requires: Sequence[Asked]) -> Choice:
    has = ", ".join(sorted({one.version for one in found}, key=Version))
    alone = [one for one in requires if not any(_allows(one, other.version) for other in found)]
    told = alone[:1] or requires  # each could be had by itself: it is together that they ask too much
    asks = [say("{place} asks for Python {asked}", place=one.where, asked=one.text) for one in told]
    asked = joined(say(" and "), asks) if asks else say("No Python is installed")
    at = next(iter(told), None)
    refused = (
        say("{asked}; this machine has {versions}.", asked=asked, versions=has)
        if has
        else say("{asked}; this machine has none.", asked=asked)
    )
    return Choice(candidates=(), refused=refused, at=at)
