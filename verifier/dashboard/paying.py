"""Whether a milestone may be paid, by the gate's own answers in the ledger. Pure.

Nothing here decides: without an answer of the gate nothing may be paid, and after a release a dispute still holds it up.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import Formatter
from typing import Any

from verifier.gate.codes import NO, NOT_YET
from verifier.gate.moves import State
from verifier.procurement.record import Event, Milestone
from verifier.words import Text, both, say

PAID, YES, NOT, NO_ = "paid", "yes", "not yet", "no"
UNKNOWN = "…"
"""Stands where the ledger holds a reason's code and not what filled its sentence."""


def payable(milestone: Milestone) -> dict[str, Any]:
    """`answer` is yes, not yet, no or paid; `entry` the ledger's entry that says so, `reasons` why not."""
    state, release, last = milestone.progress.state, milestone.last("released"), milestone.last("denial", "not-yet")
    if state is State.PAID:
        paid = milestone.last("paid", "received")
        without = None if release else say("It was paid without a release of the gate.")
        return _told(PAID, release or paid, words=without)
    if release and state is State.DISPUTED:
        return _told(NOT, release, words=say("The gate released the payment, and there is a dispute now."))
    if release:
        return _told(YES, release)
    if state in (State.NOT_DELIVERED, State.TERMINATED):
        return _told(NO_, milestone.last("not-delivered", "terminated"), words=say("It ended without payment."))
    if last:
        reasons = [reason(code, milestone) for code in last.codes]
        return _told(NO_ if last.what == "denial" else NOT, last, reasons=reasons)
    return _told(NOT, None, words=say("The gate was not asked yet."))


def reason(code: str, milestone: Milestone) -> dict[str, Any]:
    """A code of the gate with its sentence, as far as the record fills it."""
    sentence = {**NO, **NOT_YET}.get(code)
    if sentence is None:
        return {"code": code, "words": None}
    names = {name for _, name, _, _ in Formatter().parse(sentence) if name}
    known = _known(milestone)
    return {"code": code, "words": both(say(sentence, **{name: known.get(name, UNKNOWN) for name in names}))}


def _known(milestone: Milestone) -> dict[str, Any]:
    terms = milestone.record.terms or {}
    return {
        "contract": milestone.record.id,
        "milestone": milestone.id,
        "round": milestone.progress.round,
        **{name: terms[name] for name in ("repository",) if name in terms},
    }


def _told(
    answer: str, event: Event | None, *, words: Text | None = None, reasons: Iterable[dict[str, Any]] = ()
) -> dict[str, Any]:
    return {
        "answer": answer,
        "entry": event.position if event else None,
        "time": event.time if event else None,
        "words": words and both(words),
        "reasons": list(reasons),
    }
