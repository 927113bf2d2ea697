"""Makes text that came from a delivery harmless, and visible, in the format it is shown in."""

from __future__ import annotations

import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~&@-])")


def inert(text: str) -> str:
    """One line of plain text: controls, line breaks and invisible characters become visible escapes."""
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    """Controls, and the invisible formatting characters of "Trojan Source" (CVE-2021-42574), as their code point."""
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
        return f"\\u{ord(character):04x}"
    return character


def markdown(text: str) -> str:
    """Plain text inside Markdown: no markup, link, mention or HTML of its own takes effect."""
    return _MARKDOWN.sub(r"\\\1", inert(text)).replace("://", ":\u200b//")


def code(text: str) -> str:
    """A Markdown code span, with a fence that is longer than any in the text; safe in a table cell."""
    plain = inert(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {plain} {fence}" if longest else f"`{plain}`" if plain else ""
