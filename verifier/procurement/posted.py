"""A contract that nobody has signed yet, as the draft in its folder says. It is *posted*, and that is all that is proven of it.

Posted.of(store.draft("MA-2026-014")).missing
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

from verifier import rulebook
from verifier.errors import CriteriaError
from verifier.gate.moves import State
from verifier.policy import Contract
from verifier.procurement import draft
from verifier.procurement.index import Listed, Wanted
from verifier.words import say


@dataclass(frozen=True)
class Posted:
    contract: Contract
    state: ClassVar[State] = State.POSTED

    @classmethod
    def of(cls, path: Path) -> Posted:
        """Raises CriteriaError for a draft that is not valid."""
        return cls(rulebook.load_contract(path))

    @cached_property
    def terms(self) -> Mapping[str, Any]:
        """As the statement will have them, as far as they are known: cents, and times in UTC."""
        known = {"id": self.contract.id, "repository": self.contract.repository, "licence": self.contract.licence}
        items = [{"id": one.id, "text": {"en": one.text.en, "fr": one.text.fr}} for one in self.contract.requirements]
        found = {**known, **self.contract.terms, "requirements": items}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def milestones(self) -> list[Mapping[str, Any]]:
        return list(self.terms.get("milestones", ()))

    @property
    def total(self) -> int:
        """Price and tax, in cents."""
        return sum(one["price"] + one["tax"] for one in self.milestones)

    @property
    def missing(self) -> tuple[str, ...]:
        """What both parties cannot sign without."""
        return draft.missing(self.terms)


SAME = ("supplier", "requester", "repository", "verdict", "licence", "profile")
"""What is wanted is the same as in the draft."""


def can_be(wanted: Wanted) -> bool:
    """Whether a draft can be among what is wanted."""
    return wanted.state in ("", Posted.state.value)


def listed(drafts: Iterable[Path], wanted: Wanted) -> list[Listed]:
    """Those that are wanted, as lists have them. `drafts` are in the order of their keys: no more are read than are listed."""
    rows = (_row(path) for path in drafts if _key(path) > wanted.after)
    return list(islice((row for row in rows if _is_wanted(row, wanted)), wanted.limit))


def _key(path: Path) -> str:
    return unquote(path.parent.name)


def _row(path: Path) -> Listed:
    """One that is not valid is listed all the same: whoever looks for it finds the file."""
    key = _key(path)
    try:
        found = Posted.of(path)
    except CriteriaError:
        told = say("a draft that cannot be read")
        return _listed(key, {"id": key, "title": {"en": told.en, "fr": told.fr}}, 0)
    return _listed(key, found.terms, found.total)


def _listed(key: str, terms: Mapping[str, Any], total: int) -> Listed:
    names = ("supplier", "requester", "payee", "currency", "repository", "licence", "awarded")
    title = terms.get("title", {})
    return Listed(
        key=key,
        id=terms["id"],
        title_en=title.get("en", ""),
        title_fr=title.get("fr", ""),
        **{name: terms.get(name, "") for name in names},
        total=total,
        profile="",
        state=Posted.state.value,
        due=min((one["due"] for one in terms.get("milestones", ()) if "due" in one), default=""),
        listed=False,
        changed="",
        verdict="",
        since="",
    )


def _is_wanted(row: Listed, wanted: Wanted) -> bool:
    text = wanted.text.casefold()
    return (
        all(getattr(wanted, name) in ("", getattr(row, name)) for name in SAME)
        and wanted.awarded_from <= row.awarded
        and (not wanted.awarded_until or row.awarded <= f"{wanted.awarded_until}T23:59:59Z")
        and (not wanted.due_before or "" < row.due < wanted.due_before)
        and any(text in one.casefold() for one in (row.id, row.title_en, row.title_fr, row.payee))
    )
