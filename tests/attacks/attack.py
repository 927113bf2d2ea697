"""The table of attacks: each row is a function that says what its three deliveries are.

    @attack("A3a", "security", listed=("steering", ".bandit", "not applied"))
    def bandits_own_configuration():
        \"\"\"`.bandit` with skips and exclude.\"\"\"
        return Trees(flaw=INSECURE, trick={".bandit": "..."}, harmless={".bandit": "..."})

All three lie on one flawless base (base.py). The honest twin is the base with the flaw; the trick is the honest twin with what
should hide the flaw: so both have the same real quality. The flawless twin is the base with `harmless`: what the trick uses, put
to the use for which it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from support.git_repository import Repository

Files = Mapping[str, str | bytes | None]
"""Path -> content; None takes a file away."""
Prepare = Callable[[Repository], None]
"""What files alone cannot say: links, submodules, configuration of the repository. Runs after the first commit."""


def nothing(_: Repository) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Trees:
    flaw: Files
    trick: Files = field(default_factory=dict)
    harmless: Files = field(default_factory=dict)
    by_git: Prepare = nothing  # for the trick
    harmless_by_git: Prepare = nothing


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Where the report says it: a list of the report, the path (empty: any) and words of the entry."""

    where: str  # steering | tampering | suppressions | notExamined | notes | findings | reasons
    path: str
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Attack:
    id: str
    only: tuple[str, ...]  # the topics or checkers that are run
    topic: str  # whose criteria decide
    trees: Callable[[], Trees]
    listed: tuple[Listed, ...]
    same: tuple[str, ...] = ()  # measures in which the trick and its honest twin agree
    probe: bool = False  # asks for the mutation probe, which takes longest

    @property
    def number(self) -> str:
        """A4 of A4b."""
        return self.id.rstrip("abcdefghijklmnopqrstuvwxyz")


TABLE: dict[str, Attack] = {}


def attack(
    row: str,
    topic: str,
    *listed: tuple[str, str, str],
    only: tuple[str, ...] = (),
    same: tuple[str, ...] = (),
    probe: bool = False,
) -> Callable[[Callable[[], Trees]], Callable[[], Trees]]:
    """Enters a row; `listed` are (where, path, words)."""

    def enter(trees: Callable[[], Trees]) -> Callable[[], Trees]:
        assert row not in TABLE
        places = tuple(Listed(where=where, path=path, words=words) for where, path, words in listed)
        TABLE[row] = Attack(
            id=row, only=only or (topic,), topic=topic, trees=trees, listed=places, same=same, probe=probe
        )
        return trees

    return enter
