"""What the rules of contract splitting look at in one contract: little enough to have ten thousand of them at hand. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from verifier.gate.moves import ENDED, State
from verifier.procurement.store import alike

if TYPE_CHECKING:
    from verifier.procurement.record import Milestone, Record

LANGUAGES = ("en", "fr")
_WORD = re.compile(r"[^\W_]{3,}")
"""Shorter ones join words and say little: of, to, le, de."""
_UNPAID = frozenset({State.NOT_DELIVERED, State.TERMINATED})


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """One contract as it was last agreed. Money in cents, days such as 2026-11-29."""

    key: str
    id: str
    supplier: str
    requester: str
    place: str
    """Of the repository, in the one form in which two ways of writing an address are one."""
    currency: str
    total: int
    """Price and tax of all milestones but those that ended without payment."""
    awarded: str
    ended: str
    """The day on which its last milestone ended; where one still runs, the contract's last day."""
    agreed: int
    """Position of the newest version in the ledger; -1 where none was agreed, which is later than all others."""
    words: Mapping[str, frozenset[str]]
    """Language -> the words of its requirements."""

    @classmethod
    def of(cls, record: Record) -> Purchase:
        """Of a record whose contract is there."""
        terms = record.terms or {}
        agreed = [one.position for one in record.events if one.what == "awarded" and not one.revoked]
        texts = [one["text"] for one in terms["requirements"]]
        return cls(
            key=alike(record.id),
            id=terms["id"],
            supplier=terms["supplier"],
            requester=terms["requester"],
            place=place(terms["repository"]),
            currency=terms["currency"],
            total=sum(one.total for one in record.milestones if one.progress.state not in _UNPAID),
            awarded=terms["awarded"][:10],
            ended=_ended(record, terms),
            agreed=agreed[-1] if agreed else -1,
            words={spoken: words(text[spoken] for text in texts) for spoken in LANGUAGES},
        )

    @cached_property
    def day(self) -> int:
        """Of the award, as a number."""
        return date.fromisoformat(self.awarded).toordinal()

    @cached_property
    def last(self) -> int:
        """The day on which it ended, as a number."""
        return date.fromisoformat(self.ended).toordinal()

    @property
    def counts(self) -> bool:
        """Whether something was bought: what ended without payment split nothing."""
        return self.total > 0

    def before(self, other: Purchase) -> bool:
        """Whether it was agreed when the other one was."""
        return self.agreed >= 0 and (other.agreed < 0 or self.agreed < other.agreed) and self.key != other.key


def place(repository: str) -> str:
    """`https://Host/team/code.git/` and `https://host/team/code` are one repository."""
    return alike(repository).rstrip("/").removesuffix(".git").rstrip("/")


def words(texts: Iterable[str]) -> frozenset[str]:
    """The different words of three or more letters or digits, without capitals."""
    return frozenset(_WORD.findall(unicodedata.normalize("NFKC", " ".join(texts)).casefold()))


def _ended(record: Record, terms: Mapping[str, Any]) -> str:
    ends = [_end(one) for one in record.milestones]
    return max(ends) if ends and all(ends) else str(terms["ends"][:10])


def _end(one: Milestone) -> str:
    """The day on which a milestone ended; "" where it has not."""
    found = one.last("paid", "not-delivered", "terminated") or one.last("received")
    return found.time[:10] if found and one.progress.state in ENDED else ""
