"""What a patient person tries next, after what has been tried. Pure.

In a fixed order: the project as it stood on the commit's date, with the interpreter that fits best; where the tests cannot import
what is delivered in a folder for source, that folder on Python's path; what mends a known breakage;
where versions contradict each other, the project's own pins; the rest without a package that cannot be had at all; its other
manifests; where a pinned version cannot be had, the packages without their pins; versions of today; the next interpreter; the
packages without their pins; and the interpreters that are left.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from verifier.environment.interpreter import Candidate
from verifier.environment.repairs import Repair, matching
from verifier.words import Text, joined, say

MOST = 8
"""Attempts in all; each takes from seconds to minutes."""


CONTRADICTION = re.compile(r"are incompatible|unsatisfiable|cannot be used")
# uv's words, of version 0.13, of a package that cannot be built or is not there; the project itself is followed by its path.
NOT_TO_BE_HAD = re.compile(r"Failed to build `([\w.-]+?)(?:==[\w.]+)?`|([\w.-]+) was not found in the package registry")
# A module is delivered where its first part is.
UNIMPORTED = re.compile(r"No module named '?(\w+)")


class Pins(StrEnum):
    """What the versions count for that the project pins: they are asked for, they win, or they are dropped."""

    ASKED = "asked"
    WIN = "win"  # over what packages ask of each other, as pip had it before 20.3
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One environment to build. `way` counts in the plan's ways; `before` is the date of the versions, empty for today's."""

    candidate: Candidate
    way: int = 0
    before: str = ""
    repairs: tuple[Repair, ...] = ()
    pins: Pins = Pins.ASKED
    without: tuple[str, ...] = ()  # packages that cannot be had and are left out
    paths: tuple[str, ...] = ()  # delivered folders that are on Python's path

    @property
    def deviation(self) -> Text:
        """How the environment is not the one that the project asks for; empty where it is."""
        dropped = say("pinned packages without their pins") if self.pins is Pins.DROPPED else ""
        left_out = [say("without {what}", what=name) for name in self.without]
        return joined(", ", [word for word in (self.candidate.deviation, dropped, *left_out) if word])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of an attempt: what was not installed, what tests could not be imported, and all that was said."""

    attempt: Attempt
    failed: tuple[str, ...] = ()
    broken: int = 0  # files with tests that cannot be collected, not by the delivery's own doing
    collected: int = 0
    text: str = ""

    @property
    def worked(self) -> bool:
        """All is installed, and every test can be collected."""
        return not self.broken and not self.failed

    @property
    def usable(self) -> bool:
        """Tests can be collected, all that there are: what is missing may be what only developers need."""
        return not self.broken and self.collected > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What there is to try with: interpreters best first, how many ways, the commit's day (empty: unknown), and the rest."""

    candidates: Sequence[Candidate]
    ways: int
    before: str
    repairs: Sequence[Repair] = ()
    pinned: Collection[str] = ()
    imports: tuple[str, ...] = ()  # the folders from which the project's own commands import
    modules: Mapping[str, str] = field(default_factory=dict)  # what is delivered in a folder for source -> that folder


def next_attempt(tried: Sequence[Tried], means: Means) -> Attempt | None:
    """The next attempt, or None where one worked or nothing is left to try.

    Once the tests can be collected, only a package that cannot be had is left out, so that the others come in.
    """
    if not means.candidates or (tried and tried[-1].worked) or len(tried) >= MOST:
        return None
    if not tried:
        return Attempt(candidate=means.candidates[0], before=means.before, paths=means.imports)
    found = any(one.usable for one in tried)
    ideas = _left_out(tried[-1]) if tried[-1].usable else [] if found else _ideas(tried, means)
    made = [one.attempt for one in tried]
    return next((attempt for attempt in ideas if attempt not in made), None)


def _not_to_be_had(last: Tried) -> list[str]:
    return [(name or other).lower() for name, other in NOT_TO_BE_HAD.findall(last.text)]


def _left_out(last: Tried, pinned: Collection[str] = ()) -> list[Attempt]:
    """The same without what cannot be had, where something cannot; what is pinned may come in another version."""
    named = (name for name in _not_to_be_had(last) if name not in pinned)
    names = tuple(dict.fromkeys((*last.attempt.without, *named)))
    return [replace(last.attempt, without=names)] if names != last.attempt.without else []


def _on_path(last: Tried, modules: Mapping[str, str]) -> list[Attempt]:
    """The same with the folders on the path in which a module lies that could not be imported, where there is one."""
    found = [modules[name] for name in UNIMPORTED.findall(last.text) if name in modules]
    paths = tuple(dict.fromkeys((*last.attempt.paths, *sorted(found))))
    return [replace(last.attempt, paths=paths)] if paths != last.attempt.paths else []


def _ideas(tried: Sequence[Tried], means: Means) -> list[Attempt]:
    last = tried[-1]
    attempt = last.attempt
    paths = max((one.attempt.paths for one in tried), key=len)
    first, *others = [Attempt(candidate=one, before=means.before, paths=paths) for one in means.candidates]
    ideas = _on_path(last, means.modules)
    found = matching(means.repairs, last.text, attempt.candidate.interpreter.version, attempt.repairs)
    if found:
        ideas.append(replace(attempt, repairs=attempt.repairs + found))
    if CONTRADICTION.search(last.text):
        ideas.append(replace(attempt, pins=Pins.WIN))
    ideas += _left_out(last, means.pinned)
    start = _start(tried)
    ideas += [replace(start, way=way) for way in range(start.way + 1, means.ways)]
    unpinned = replace(first, repairs=start.repairs, pins=Pins.DROPPED)
    if any(name in means.pinned for name in _not_to_be_had(last)):
        ideas.append(unpinned)  # another day or interpreter brings the same version
    return [*ideas, replace(start, before=""), *others[:1], unpinned, *others[1:]]


def _start(tried: Sequence[Tried]) -> Attempt:
    """The best attempt so far, with all the repairs that its interpreter came to need."""
    attempt = best(tried).attempt
    same = [one.attempt.repairs for one in tried if one.attempt.candidate == attempt.candidate]
    return replace(attempt, repairs=max(same, key=len))


def best(tried: Sequence[Tried]) -> Tried:
    """The attempt that came furthest; of equals the first, which is nearest to what the project asks for."""
    return max(
        tried, key=lambda one: (one.usable or one.worked, one.collected > 0, not one.failed, -one.broken, one.collected)
    )
