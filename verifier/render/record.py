"""A procurement record as a page of the terminal: what was agreed, where it stands, and what happened, oldest first. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from verifier.gate.moves import OPEN, STATE_WORDS, State
from verifier.render.inert import inert
from verifier.units import money
from verifier.words import Text, later, say, say_n

if TYPE_CHECKING:
    from verifier.procurement.record import Event, Milestone, Record

WHAT_WORDS = {
    "awarded": later("awarded"),
    "amended": later("amended"),
    "assessed": later("assessed"),
    "rejected": later("rejected"),
    "accepted": later("accepted"),
    "certified": later("certified"),
    "released": later("payment released"),
    "started": later("started"),
    "delivered": later("delivered"),
    "extended": later("extended"),
    "disputed": later("disputed"),
    "resolved": later("dispute resolved"),
    "debriefed": later("debriefed"),
    "not-delivered": later("not delivered"),
    "terminated": later("terminated"),
    "merged": later("merged"),
    "listed": later("listed"),
    "invoiced": later("invoiced"),
    "paid": later("paid"),
    "received": later("payment received"),
    "explained": later("lead explained"),
    "decision": later("decided"),
    "waiver": later("waived"),
    "denial": later("the gate said no"),
    "not-yet": later("the gate said not yet"),
    "revocation": later("revoked"),
}


def page(record: Record, today: str, language: str) -> str:
    """`today` is a day, such as 2026-11-29."""
    return "".join(f"{line.in_language(language)}\n" for line in _lines(record, today))


def _lines(record: Record, today: str) -> Iterator[Text]:
    yield from _agreed(record)
    for milestone in record.milestones:
        yield from _milestone(milestone, today)
    if record.events:
        yield Text("", "")
    for event in record.events:
        yield from _event(event)
    for waiting in record.waiting:
        by = ", ".join(sorted({one.person for one in waiting.by}))
        yield say("waits: {digest}, signed by {people}", digest=waiting.digest[:16], people=by or "-")


def _agreed(record: Record) -> Iterator[Text]:
    terms = record.terms
    if terms is None:
        yield say("{id} · the contract itself is not here", id=record.id)
        return
    state = say(STATE_WORDS[record.state])
    yield say("{id} · {title} · {state}", id=terms["id"], title=_text(terms["title"]), state=state)
    yield say(
        "  {supplier} for {requester} · {total} · {licence}",
        supplier=terms["supplier"],
        requester=terms["requester"],
        total=money(record.total, terms["currency"]),
        licence=terms["licence"],
    )
    yield say("  {repository}", repository=inert(terms["repository"]))
    if len(record.versions) > 1:
        yield say_n(
            len(record.versions) - 1,
            "  amended {n} time; the newest version counts",
            "  amended {n} times; the newest version counts",
        )


def _milestone(one: Milestone, today: str) -> Iterator[Text]:
    now = one.progress
    yield say(
        "  {id}: {state}{round}{due}{flags}",
        id=one.id,
        state=say(STATE_WORDS[now.state]),
        round=say(", round {n}", n=now.round) if now.round else Text("", ""),
        due=_due(one, today),
        flags=_flags(now.flags),
    )
    if now.state is State.PAID and one.last("released") is None:
        yield say("    paid, without a release of the gate")


def _due(one: Milestone, today: str) -> Text:
    if not one.due or one.progress.state not in OPEN:
        return Text("", "")
    return say(", late since {day}", day=one.due) if one.late(today) else say(", due {day}", day=one.due)


def _flags(flags: frozenset[str]) -> Text:
    told = [say(WHAT_WORDS[name]) for name in sorted(flags)]
    english, french = (", ".join(one.in_language(spoken) for one in told) for spoken in ("en", "fr"))
    return Text(f" ({english})", f" ({french})") if told else Text("", "")


def _event(one: Event) -> Iterator[Text]:
    name = "amended" if one.said("amends") else one.what
    what = say(WHAT_WORDS[name]) if name in WHAT_WORDS else Text(name, name)
    by = ", ".join(sorted({by.person for by in one.signed.by})) if one.signed else ""
    place = " ".join(filter(None, (one.milestone, f"#{one.round}" if one.round else "", by and f"({by})")))
    yield say("{time}  {what} {place}", time=one.time, what=what, place=place)
    if one.revoked:
        yield say("    revoked from {moment} on", moment=one.revoked)
    if one.what in ("denial", "not-yet"):
        yield say("    {codes}", codes=", ".join(one.codes))
    for name in ("until", "reference", "note", "rationale", "reason"):
        if isinstance(words := one.said(name), str):
            yield say("    {words}", words=inert(words))


def _text(both: dict[str, str]) -> Text:
    return Text(inert(both["en"]), inert(both["fr"]))


def as_document(record: Record, today: str) -> dict[str, Any]:
    """The same for programs."""
    return {
        "id": record.id,
        "state": record.state.value,
        "terms": record.terms,
        "milestones": [_milestone_document(one, today) for one in record.milestones],
        "events": [_event_document(one) for one in record.events],
        "waiting": [one.digest for one in record.waiting],
    }


def _milestone_document(one: Milestone, today: str) -> dict[str, Any]:
    now = one.progress
    return {
        "id": one.id,
        "state": now.state.value,
        "round": now.round,
        "due": one.due or None,
        "late": one.late(today),
        "total": one.total,
        **{flag: flag in now.flags for flag in ("merged", "listed", "invoiced", "received")},
    }


def _event_document(one: Event) -> dict[str, Any]:
    return {
        "entry": one.position,
        "time": one.time,
        "what": one.what,
        "milestone": one.milestone or None,
        "round": one.round or None,
        "statement": one.digest or None,
        "codes": list(one.codes),
        "revoked": one.revoked or None,
        "by": sorted({by.person for by in one.signed.by}) if one.signed else None,
    }
