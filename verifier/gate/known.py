"""What the gate knows beside the statements it is given: the ledger, the repository, the clock. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.gate.moves import Move
from verifier.words import Text, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the ledger holds about one contract. Negative statements are read from here, not from what the caller hands over.

    What was revoked is left out, except for what was released: that is not undone by words.
    """

    contracts: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """The parties (`names.parties`) -> digest of the newest version between them: who else uses the id has another contract."""
    versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # digest of each version -> its parties
    rounds: Mapping[str, int] = field(default_factory=dict)  # milestone -> latest round assessed
    assessed: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """(milestone, round) -> digest of the assessment that was entered first: that one counts."""
    decisions: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """(assessment's digest, SHA-256 of the criterion's name) -> (digest, outcome): the first that is unmet, else the newest."""
    unmet: tuple[tuple[str, int, str, str], ...] = ()
    """(milestone, round, assessment's digest, SHA-256 of the criterion's name) of each decision that is unmet."""
    failed: frozenset[tuple[str, int]] = frozenset()  # (milestone, round) that a report rejects
    revoked: Mapping[str, str] = field(default_factory=dict)  # digest or key id -> from when on
    moves: tuple[Move, ...] = ()  # all that happened to the contract of these parties, oldest first
    milestones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Digest of each version -> the ids of its milestones."""
    accepted: frozenset[tuple[str, int]] = frozenset()  # (milestone, round) that a report accepts
    released: Mapping[str, int] = field(default_factory=dict)  # milestone -> cents
    nonces: frozenset[str] = frozenset()  # of those asked about, what was released for any contract
    invoices: frozenset[str] = frozenset()  # likewise, as `names.invoice` has them
    latest: str = ""  # the largest time of an entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the gate saw of the repository itself. None: it was not asked, or could not be, and `why` says it."""

    reachable: bool | None = None
    merged: bool | None = None
    head: str = ""
    why: Text = field(default_factory=lambda: say("it was not asked."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked: may this be paid? What is None was not said, and is taken from the chain."""

    now: str
    contract: str | None = None
    milestone: str | None = None
    amount: int | None = None  # cents
    payee: str | None = None
    invoice: str | None = None
