"""Text, places and addresses as SARIF 2.1.0 writes them. Pure.

Sections of the standard: 3.4 artifactLocation, 3.11.5 placeholders, 3.11.6 embedded links, 3.30 region.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

from verifier.render.inert import inert
from verifier.render.reading import Entry

ROOT = "SRCROOT"
"""The base of every path: the root of the delivered tree, wherever that is."""
LONGEST = 1024
"""UTF-16 units of a message or a description that GitHub keeps."""
CUT = " … (cut)"
_LINK = re.compile(r"(?<!\\)(\\*)\](?=\()")
_PLACEHOLDER = re.compile(r"\{(\d+)\}")
_ADDRESS = re.compile(r"https?://[\w.~%/?#&=+,:@!-]+", re.ASCII)
_SCHEMES = frozenset({"https", "http", "ssh", "git"})


def message(text: str) -> str:
    """Plain text that is no link and holds no placeholder, cut to what GitHub keeps.

    The standard has every brace doubled, but viewers undo that only where a message has arguments, and ours have none:
    so only what would be a placeholder is written doubled.
    """
    plain = inert(text)
    if "{" in plain:
        plain = _PLACEHOLDER.sub(r"{{\1}}", plain)
    return cut(_LINK.sub(r"\1\1\\]", plain) if "](" in plain else plain)


def cut(text: str) -> str:
    """The text, or as much of it as fits with a word that says so. No lone surrogate may be in it."""
    if len(text) * 2 <= LONGEST or len(text.encode("utf-16-le")) <= LONGEST * 2:
        return text
    room = (LONGEST - len(CUT)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore").rstrip("\\") + CUT


def location(path: str | None, line: int | None = None, end: int | None = None) -> Entry:
    """A place in the tree; without a path the tree as a whole, as GitHub refuses a result without a place.

    Columns are left out: tools disagree on how to count them. A path is escaped byte by byte, so it needs no other care.
    """
    physical: Entry = {"artifactLocation": {"uri": _relative(path or "."), "uriBaseId": ROOT}}
    if line:
        physical["region"] = {"startLine": line, "endLine": max(line, end or line)}
    return {"physicalLocation": physical}


@lru_cache(maxsize=1024)
def _relative(path: str) -> str:
    return quote(path.lstrip("/").encode("utf-8", "backslashreplace")) or "."


def address(text: str) -> str:
    """The text where it is an http(s) address and nothing else, else nothing."""
    return text if _ADDRESS.fullmatch(text) else ""


def repository(url: str) -> str:
    """The delivery's address as a URI where it is one; a path of this machine is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in _SCHEMES or not parts.netloc or not url.isprintable():
        return ""
    return quote(url, safe=":/?#[]@!$&'()*+,;=%~")
