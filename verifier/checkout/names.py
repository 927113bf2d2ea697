"""Path names as bytes: which are safe to write, which are fit for checkers, and how they are shown."""

from __future__ import annotations

import unicodedata

from verifier.words import say

MAX_NAME = 255
"""Bytes of one name on Linux file systems (NAME_MAX, https://man7.org/linux/man-pages/man7/path_resolution.7.html)."""
MAX_PATH = 2048
"""Bytes of a whole path: leaves room below PATH_MAX (4096) for the folder that it is written to, wherever that is."""
MAX_DEPTH = 128
"""Folders inside each other: far more than honest trees have, far fewer than break tools that walk by recursion."""
REPORT_FOLDER = b"verifier-report"


def flaw(path: bytes) -> str | None:
    """Why this path cannot be written without harm, or None."""
    parts = path.split(b"/")
    if b"" in parts or b"." in parts or b".." in parts:
        return say("its path is absolute or holds an empty, . or .. part")
    if any(part.lower().rstrip(b" .") in {b".git", b"git~1"} for part in parts):  # CVE-2014-9390
        return say("its path holds git's own folder name")
    if len(path) > MAX_PATH or max(map(len, parts)) > MAX_NAME:
        return say(
            "its path is longer than {most} bytes, or a part of it longer than {most_name}",
            most=MAX_PATH,
            most_name=MAX_NAME,
        )
    if len(parts) > MAX_DEPTH:
        return say("it lies deeper than {most} folders", most=MAX_DEPTH)
    if b"\0" in path:
        return say("its path holds a NUL byte")
    return None


def oddity(path: bytes) -> str | None:
    """Why checkers cannot be given this path although it does no harm on disk, or None."""
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        return say("its name is not UTF-8, so no checker was given it")
    if any(unicodedata.category(c) == "Cc" for c in text):
        return say("its name holds a control character, so no checker was given it")
    return None


def display(path: bytes) -> str:
    """The path as text that can always be encoded and printed: odd bytes and control characters as escapes."""
    text = path.decode("utf-8", "backslashreplace")
    return "".join(c.encode("unicode_escape").decode("ascii") if unicodedata.category(c) == "Cc" else c for c in text)


def in_report_folder(path: bytes) -> bool:
    """Whether it lies in the folder at the root where `verifier` leaves its reports: never part of a delivery."""
    return path.split(b"/", 1)[0] == REPORT_FOLDER


def quoted(path: bytes) -> bytes:
    """In C style, as git reads it: `fast-import` paths and alternates (https://git-scm.com/docs/git-fast-import)."""
    safe = (b"\\%03o" % byte if byte < 0x20 or byte >= 0x7F or byte in b'"\\' else bytes((byte,)) for byte in path)
    return b'"' + b"".join(safe) + b'"'
