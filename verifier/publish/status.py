"""What a commit status says, on whichever service."""

from __future__ import annotations

from verifier.publish import Entry
from verifier.render import words
from verifier.render.inert import inert

CONTEXT = "verifier"
LONGEST = 140
"""Characters of a description, the least that a service keeps (GitHub)."""


def context(document: Entry) -> str:
    """The name that it stands under. A self-check never takes the place of the buyer's assessment."""
    return CONTEXT if document["kind"] == "official" else f"{CONTEXT} (self-check)"


def description(document: Entry, language: str) -> str:
    """The verdict and its sentence."""
    text = inert(f"{words.verdict_word(document, language)}. {words.sentence(document, language)}")
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"
