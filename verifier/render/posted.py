"""A contract that nobody has signed yet, as a page of the terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.gate.moves import STATE_WORDS
from verifier.render.inert import inert
from verifier.units import money
from verifier.words import Text, say

if TYPE_CHECKING:
    from verifier.procurement.posted import Posted


def page(posted: Posted, language: str) -> str:
    return "".join(f"{line.in_language(language)}\n" for line in _lines(posted))


def _lines(posted: Posted) -> Iterator[Text]:
    terms = posted.terms
    title = terms.get("title", {"en": "-", "fr": "-"})
    yield say(
        "{id} · {title} · {state}",
        id=terms["id"],
        title=Text(inert(title["en"]), inert(title["fr"])),
        state=say(STATE_WORDS[posted.state]),
    )
    yield say("  a draft, which nobody has signed")
    if posted.milestones and "currency" in terms:
        yield say("  {total} with tax", total=money(posted.total, terms["currency"]))
    for one in posted.milestones:
        if "due" in one:
            yield say("  {id}: due {day}", id=one["id"], day=one["due"])
    if posted.missing:
        yield say("  still to fill in: {names}", names=", ".join(posted.missing))
