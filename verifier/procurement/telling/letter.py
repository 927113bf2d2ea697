"""The words of one message: what waits, since when, and what to do next, in one language or in both. Pure.

What a contract or a person wrote is one harmless line of it (`inert`), and only a title, a commit or an invoice's number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from verifier.gate.case import ROLE_WORDS
from verifier.gate.moves import STATE_WORDS
from verifier.procurement.telling import Enclosed, Message
from verifier.procurement.telling.awaited import CERTIFICATION, DECISION, Awaited
from verifier.procurement.telling.posts import Post
from verifier.render.inert import inert
from verifier.words import Text, counter, say, say_n, translator

BETWEEN = "\n" + "-" * 72 + "\n\n"
LONGEST = 200
"""Characters of a subject."""


def message(post: Post, enclosed: Sequence[Enclosed], now: str) -> Message:
    """`enclosed` are the messages to suppliers that go with it."""
    languages = post.person.languages
    subject = _subject(post.items)
    told = " / ".join(dict.fromkeys(subject.in_language(one) for one in languages))
    return Message(
        id=_id(post),
        person=post.person.id,
        address=post.person.address,
        languages=languages,
        time=now,
        subject=inert(told)[:LONGEST],
        text=BETWEEN.join("\n".join(_lines(post, bool(enclosed), one)) + "\n" for one in languages),
        items=tuple(_item(one) for one in post.items),
        enclosed=tuple(enclosed),
    )


def _id(post: Post) -> str:
    words = "\n".join((post.person.id, post.notifier, *(one.key for one in post.items)))
    return sha256(words.encode()).hexdigest()[:32]


def _subject(items: Sequence[Awaited]) -> Text:
    first = items[0]
    if len(items) == 1:
        return say(
            "{contract}, {milestone}: {what}", contract=first.contract, milestone=first.milestone, what=first.what
        )
    contracts = sorted({one.contract for one in items})
    return say_n(
        len(items),
        "{n} thing waits for you: {contracts}",
        "{n} things wait for you: {contracts}",
        contracts=", ".join(contracts),
    )


def _lines(post: Post, enclosed: bool, language: str) -> Iterator[str]:
    tr, tr_n = translator(language), counter(language)
    yield tr_n(len(post.items), "{n} thing waits for you.", "{n} things wait for you.")
    for one in post.items:
        yield ""
        yield from _waiting(one, language)
    yield ""
    if any(one.kind == CERTIFICATION for one in post.items):
        yield tr(
            "verifier supports, and does not replace, certification under section 34 of the Financial Administration Act."
        )
    if enclosed:
        yield tr("The message to the supplier is enclosed.")
    if any(one.kind == DECISION for one in post.items):
        yield tr("OUTCOME is --met or --unmet, WHY your reason for it.")
    yield tr(
        "RECORD is the folder of the procurement record, KEY the place of your own key; the ledger's is in VERIFIER_LEDGER_KEY."
    )
    yield tr("This message asks; it decides nothing, and to answer it changes nothing in the record.")


def _waiting(one: Awaited, language: str) -> Iterator[str]:
    tr = translator(language)
    place = {"contract": one.contract, "title": one.title, "milestone": one.milestone}
    where = say("{contract} · {title} · milestone {milestone}", **place)
    yield where.in_language(language)
    state = say(STATE_WORDS[one.state])
    if one.round:
        state = say("{state}, round {n}", state=state, n=one.round)
    yield "  " + tr("State: {state}", state=state.in_language(language))
    yield "  " + one.what.in_language(language)
    yield "  " + tr("Since {since}, for whoever is {role}.", since=one.since, role=tr(ROLE_WORDS[one.role]))
    if one.command:
        yield "  " + tr("Next: {command}", command=one.command)


def _item(one: Awaited) -> dict[str, Any]:
    """For programs; sentences are in both languages. Who else may do it is nobody's business."""
    names = ("kind", "contract", "milestone", "round", "role", "since", "command", "key")
    both = {name: {"en": text.en, "fr": text.fr} for name, text in (("title", one.title), ("what", one.what))}
    return {**{name: getattr(one, name) for name in names}, **both, "state": one.state.value}
