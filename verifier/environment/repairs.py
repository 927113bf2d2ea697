"""Known breakages of packages and what mends them: `rules/repairs.yml` as types, and which of them a text asks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from packaging.specifiers import SpecifierSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One named repair. `when` are regular expressions on what was said while installing or collecting tests."""

    id: str
    when: tuple[str, ...]
    why: str
    source: str
    python: str = ""  # only on interpreters of these versions
    constraints: tuple[str, ...] = ()  # for packages that are installed anyway: "setuptools<80"
    packages: tuple[str, ...] = ()  # installed in addition
    build_constraints: tuple[str, ...] = ()  # for what is needed to build packages
    excludes: tuple[str, ...] = ()  # not installed, whoever asks for it: something in `packages` takes its place

    def mends(self, text: str, python: str) -> bool:
        fits = not self.python or SpecifierSet(self.python).contains(python, prereleases=True)
        return fits and any(re.search(pattern, text) for pattern in self.when)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """Several repairs together."""

    constraints: tuple[str, ...] = field(default=())
    packages: tuple[str, ...] = field(default=())
    build_constraints: tuple[str, ...] = field(default=())
    excludes: tuple[str, ...] = field(default=())


def matching(repairs: Sequence[Repair], text: str, python: str, already: Iterable[Repair]) -> tuple[Repair, ...]:
    """The repairs that what was said asks for, in the table's order, without those that were made already."""
    made = {repair.id for repair in already}
    return tuple(repair for repair in repairs if repair.id not in made and repair.mends(text, python))


def applied(repairs: Iterable[Repair]) -> Applied:
    repairs = tuple(repairs)
    return Applied(
        constraints=tuple(line for repair in repairs for line in repair.constraints),
        packages=tuple(line for repair in repairs for line in repair.packages),
        build_constraints=tuple(line for repair in repairs for line in repair.build_constraints),
        excludes=tuple(line for repair in repairs for line in repair.excludes),
    )
