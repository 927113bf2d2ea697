"""The report as a comment on a pull request: short Markdown, under 60 kB whatever comes in. Pure.

GitHub keeps 65,536 characters of a comment. Delivered text has no effect in it: no mention, link, image or HTML of its own.
"""

from __future__ import annotations

from typing import Any

from verifier.render import words
from verifier.render.inert import code, inert, markdown
from verifier.render.markdown import Page
from verifier.render.steps import Step, steps
from verifier.render.summary import others

Entry = dict[str, Any]
LIMIT = 60_000
"""Bytes of UTF-8."""
THINGS = 10
LONGEST = 600
"""Characters of one delivered text, once it is inert."""
ROOM = 2_000
"""Bytes kept for what follows the list."""


def to_comment(document: Entry, language: str = "en") -> str:
    """Verdict, what would flip it, what nobody looked at."""
    return short(document, language, LIMIT)


def short(document: Entry, language: str, limit: int) -> str:
    """The same in so many bytes."""
    document = _short(document)
    page = Page(document, language)
    parts = [
        f"**{page.verdict()}** · {markdown(words.heading(document, language))}",
        markdown(words.sentence(document, language)),
        markdown(words.uncommitted(document, language)),
    ]
    end = "\n".join(f"- {line}" for line in _rest(document, language))
    room = limit - _size("\n\n".join((*parts, end))) - ROOM
    listed = _listed(page, steps(document), room)
    return "\n\n".join(part for part in (*parts, listed, end) if part) + "\n"


def _listed(page: Page, found: list[Step], room: int) -> str:
    """As many entries as fit, each whole; how many did not."""
    kept: list[str] = []
    for number, step in enumerate(found, 1):
        entry = "\n".join(page.step(number, step, THINGS))
        room -= _size(entry) + 1
        if room < 0:
            kept.append(f"- {words.more(len(found) - number + 1, page.language)}")
            break
        kept.append(entry)
    return "\n".join(kept)


def _rest(document: Entry, language: str) -> list[str]:
    lines = [markdown(line) for line in others(document, language)]
    criteria = document["criteria"]
    return [*lines, f"{code(criteria['profile'])} {criteria['version']} · {code(document['delivery']['commit'])}"]


def _short(value: Any) -> Any:
    """The document with every text cut to what a comment has room for."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST // 6 else _cut(value)
    if isinstance(value, dict):
        return {name: _short(inner) for name, inner in value.items()}
    return [_short(inner) for inner in value] if isinstance(value, list) else value


def _cut(text: str) -> str:
    plain = inert(text[:LONGEST])
    return plain if len(plain) <= LONGEST and len(text) <= LONGEST else f"{plain[: LONGEST - 2]} …"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))
