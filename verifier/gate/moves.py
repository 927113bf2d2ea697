"""Where a milestone stands between award and payment, and which move leads where. Pure.

    progress(moves, "m1").state

The moves are what the ledger holds of a contract, oldest first. A person's move that leads nowhere is refused when it is to be
entered (`refuse`); what follows from statements (assessed, accepted, certified, released) is proven by the statements themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from verifier.errors import TrustError
from verifier.words import Text, joined, later, say


class State(StrEnum):
    """Of one milestone. *Listed* and *merged* are flags beside it."""

    POSTED = "posted"
    AWARDED = "awarded"
    IN_PROGRESS = "in progress"
    DELIVERED = "delivered"
    ASSESSING = "assessing"
    CHANGES_REQUESTED = "changes requested"
    ACCEPTED = "accepted"
    CERTIFIED = "certified"
    PAYABLE = "payable"
    PAID = "paid"
    NOT_DELIVERED = "not delivered"
    TERMINATED = "terminated"
    DISPUTED = "disputed"


STATE_WORDS = {
    State.POSTED: later("posted"),
    State.AWARDED: later("awarded"),
    State.IN_PROGRESS: later("in progress"),
    State.DELIVERED: later("delivered"),
    State.ASSESSING: later("assessing"),
    State.CHANGES_REQUESTED: later("changes requested"),
    State.ACCEPTED: later("accepted"),
    State.CERTIFIED: later("certified"),
    State.PAYABLE: later("payable"),
    State.PAID: later("paid"),
    State.NOT_DELIVERED: later("not delivered"),
    State.TERMINATED: later("terminated"),
    State.DISPUTED: later("disputed"),
}

OPEN = frozenset({State.AWARDED, State.IN_PROGRESS, State.DELIVERED, State.ASSESSING, State.CHANGES_REQUESTED})
"""Something is still to be delivered, or to be judged."""
ACCEPTED = frozenset({State.ACCEPTED, State.CERTIFIED, State.PAYABLE, State.PAID})
"""A delivery was accepted."""
ENDED = frozenset({State.PAID, State.NOT_DELIVERED, State.TERMINATED})
"""Nothing leads on from here."""
STANDING = frozenset(State) - ENDED - {State.POSTED, State.DISPUTED}

EVENTS: dict[str, tuple[frozenset[State], State | None]] = {
    "started": (frozenset({State.AWARDED}), State.IN_PROGRESS),
    "delivered": (OPEN, State.DELIVERED),
    "extended": (OPEN, None),
    "disputed": (STANDING, State.DISPUTED),
    "resolved": (frozenset({State.DISPUTED}), None),
    "debriefed": (frozenset(State) - {State.POSTED}, None),
    "not-delivered": (OPEN - {State.ASSESSING, State.DELIVERED}, State.NOT_DELIVERED),
    "terminated": ((STANDING | {State.DISPUTED}) - {State.PAYABLE}, State.TERMINATED),
    "merged": (frozenset(State) - {State.POSTED, State.AWARDED, State.IN_PROGRESS}, None),
    "listed": (ACCEPTED, None),
    "invoiced": (ACCEPTED, None),
    "paid": (STANDING, State.PAID),
    "received": (STANDING | {State.PAID}, State.PAID),
    "explained": (frozenset(State) - {State.POSTED}, None),
}
"""What a person tells: from where it may lead, and where to; None where the milestone stays where it is.

That something was paid without a release is believed of who says so: the gate does not pay it again, and the record shows it.
"""
WHOSE = {
    "started": ("supplier",),
    "delivered": ("supplier",),
    "extended": ("requester",),
    "disputed": ("supplier", "requester"),
    "resolved": ("requester",),
    "debriefed": ("requester", "assessor"),
    "explained": ("requester", "assessor"),
    "not-delivered": ("requester",),
    "terminated": ("requester",),
    "merged": ("requester", "assessor"),
    "listed": ("requester", "assessor"),
    "invoiced": ("supplier",),
    "paid": ("payer",),
    "received": ("supplier",),
}
"""Whose move each event of the record is."""
STATEMENTS = {
    "awarded": State.AWARDED,
    "assessed": State.ASSESSING,
    "rejected": State.CHANGES_REQUESTED,
    "accepted": State.ACCEPTED,
    "certified": State.CERTIFIED,
    "released": State.PAYABLE,
}
"""Where a statement of the chain leads, whatever was before, unless that had ended."""


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that happened: a word of EVENTS or STATEMENTS. `milestone` "" is all of them; `round` is 0 where it has none."""

    what: str
    milestone: str = ""
    round: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """`before` is where a disputed milestone stood. `round` counts deliveries from 1; 0 before the first."""

    state: State = State.POSTED
    round: int = 0
    before: State | None = None
    flags: frozenset[str] = frozenset()
    """Of merged, listed, invoiced and received those that happened."""


FLAGS = frozenset({"merged", "listed", "invoiced", "received"})


def progress(moves: Iterable[Move], milestone: str) -> Progress:
    """Where a milestone stands after all of them. "" is the contract as such: what was told of all of its milestones alone."""
    found = Progress()
    for move in moves:
        if move.milestone in ("", milestone):
            found = after(found, move)
    return found


def after(now: Progress, move: Move) -> Progress:
    """One that leads nowhere from here changes nothing: what is told of a whole contract passes over what has ended."""
    if move.what in STATEMENTS:
        return _stated(now, move)
    if not allowed(now, move.what):
        return now
    target = EVENTS[move.what][1]
    if move.what == "disputed":
        return replace(now, state=State.DISPUTED, before=now.state)
    if move.what == "resolved":
        return replace(now, state=now.before or now.state, before=None)
    if move.what == "delivered" and now.state is not State.DELIVERED:
        now = replace(now, round=now.round + 1)
    flags = now.flags | (FLAGS & {move.what})
    if target is None:
        return replace(now, flags=flags)
    return replace(now, state=target, before=None, flags=flags)


def allowed(now: Progress, event: str) -> bool:
    """Whether an event leads anywhere from here. What was released is ended by nobody, a dispute between or not."""
    if event == "terminated" and now.before is State.PAYABLE:
        return False
    return event in EVENTS and now.state in EVENTS[event][0]


def _stated(now: Progress, move: Move) -> Progress:
    if not _states(now, move.what) or (move.what == "awarded" and now.state is not State.POSTED):
        return now
    target = STATEMENTS[move.what]
    if now.state is State.DISPUTED:
        return replace(now, before=target, round=move.round or now.round)
    return replace(now, state=target, round=move.round or now.round)


def _states(now: Progress, what: str) -> bool:
    """Whether a statement leads anywhere from here: nothing leads back from a release."""
    return now.state not in ENDED and (what == "released" or State.PAYABLE not in (now.state, now.before))


def refuse(moves: Sequence[Move], move: Move, milestones: Sequence[str] = ()) -> None:
    """Raises TrustError where a move leads nowhere: `illegal-move`, with the state by name, or `unknown-milestone`.

    `milestones` are the contract's. What is told of all of them has to lead on in one at least.
    """
    if move.milestone and milestones and move.milestone not in milestones:
        named = ", ".join(milestones)
        words = say("The contract has no milestone {name}: {named}.", name=move.milestone, named=named)
        raise TrustError(words, code="unknown-milestone")
    judged = [move.milestone] if move.milestone else list(milestones) or [""]
    standing = [progress(moves, name) for name in judged]
    if any(_leads(now, move) for now in standing):
        return
    states = [say(STATE_WORDS[state]) for state in dict.fromkeys(now.state for now in standing)]
    words = say(
        "{move} is no move from here; {what}: {state}.", move=move.what, what=_which(move), state=joined(", ", states)
    )
    raise TrustError(words, code="illegal-move")


def _leads(now: Progress, move: Move) -> bool:
    return _states(now, move.what) if move.what in STATEMENTS else allowed(now, move.what)


def _which(move: Move) -> Text:
    return say("milestone {name}", name=move.milestone) if move.milestone else say("the contract")
