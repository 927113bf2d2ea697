"""Makes text that came from a delivery harmless, and visible, in the format it is shown in."""

from __future__ import annotations

import re
import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Controls, surrogates, and the invisible formatting characters of "Trojan Source" (CVE-2021-42574)."""
_CACHED = 4096
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~&@-])")
_ORDER = re.compile(r"##(?=[A-Za-z]*\[)")
_FIRST = re.compile(r"(\s*):(?=:)")
"""What a build service takes for an order in a line of its log: `##[error]`, `##vso[...]` and `##teamcity[...]` anywhere, and
`::error::` where it begins, after blanks (actions/runner, ActionCommand.cs)."""


class _Visible(dict[int, str]):
    """How each character is shown, as `str.translate` asks; the first few thousand that are met are kept."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        shown = f"\\u{code:04x}" if unicodedata.category(character) in HIDDEN or _nonsense(code) else character
        if len(self) < _CACHED:
            self[code] = shown
        return shown


def _nonsense(code: int) -> bool:
    """Noncharacters, never meant for interchange; XML forbids U+FFFE and U+FFFF."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


_VISIBLE = _Visible()


def inert(text: str) -> str:
    """One line of plain text: controls, line breaks and invisible characters become visible escapes.

    What a build service would take for an order loses its first sign to an escape. Every character may stand in XML 1.0.
    """
    plain = text if text.isprintable() else text.translate(_VISIBLE)
    return _no_order(plain) if "##" in plain or "::" in plain else plain


def _no_order(line: str) -> str:
    line = _ORDER.sub(r"#\\u0023", line)
    return _FIRST.sub(r"\1\\u003a", line, count=1) if _FIRST.match(line) else line


def markdown(text: str) -> str:
    """Plain text inside Markdown: no markup, link, mention or HTML of its own takes effect."""
    return _MARKDOWN.sub(r"\\\1", inert(text)).replace("://", ":\u200b//")


def code(text: str) -> str:
    """A Markdown code span, with a fence that is longer than any in the text; safe in a table cell."""
    plain = inert(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {plain} {fence}" if longest else f"`{plain}`" if plain else ""
