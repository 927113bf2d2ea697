"""One file's record: everything that is known of it without running a tool."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import zipfile
from itertools import islice
from typing import Any

from . import code, named, senses, steering, suppressions, testing
from .languages import SOURCE, language_of
from .skips import NEEDLES, Skip, skips

LARGEST = 64 * 1024**2  # bytes that are read; a larger file is not looked into
HEAD = 512
_TOO_DEEP = "too deeply nested or too large for Python's parser"
OTHERWISE = SOURCE | {"starlark"}
"""Languages that a name settles: those of a tool, and one whose files would pass for Python."""
MODULES = (".py", ".pyc", ".so", ".pyd", ".class")
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

Record = dict[str, Any]


def record(path: str, kind: str, size: int) -> Record:
    """`kind` is file, link or other (only files are opened). `failed` says why a file was not looked into."""
    known: Record = {"path": path, "kind": kind, "size": size}
    if kind == "link":
        return known | {"target": _target(path)}
    if kind != "file":
        return known
    try:
        data = _read(path, LARGEST if size <= LARGEST else HEAD)
    except (OSError, MemoryError) as error:
        return unread(path, kind, size, f"cannot be read: {error.__class__.__name__}")
    if size > LARGEST:
        language = language_of(path, data, binary=b"\0" in data)
        return known | {"language": language, "source": language in SOURCE, "failed": f"over {LARGEST} bytes"}
    return known | _of(path, data)


def _target(path: str) -> str:
    """The path in the tree at which a link ends in the end; empty where that is none."""
    with contextlib.suppress(OSError, ValueError):
        inner = os.path.relpath(os.path.realpath(path), os.path.realpath("."))
        return "" if inner.partition("/")[0] == ".." else inner
    return ""


def unread(path: str, kind: str, size: int, why: str) -> Record:
    """The record of a file whose content nobody saw: source, unless its name says otherwise."""
    language = language_of(path, b"")
    source = language is None or language in SOURCE
    return {"path": path, "kind": kind, "size": size, "language": language, "source": source, "failed": why}


def _read(path: str, limit: int) -> bytes:
    """The first bytes. Neither a link nor a pipe is opened."""
    raw = path.encode("utf-8", "surrogateescape")
    with open(os.open(raw, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        return file.read(limit)


def _of(path: str, data: bytes) -> Record:
    encoding = _BOMS.get(data[:2])
    binary = b"\0" in data and encoding is None
    language = language_of(path, data[:HEAD], binary=binary)
    if _holds_code(data):
        language = "compiled"
    elif not binary and language not in OTHERWISE and code.reads_as_python(data):
        language = "python"
    known: Record = {"language": language, "source": language in SOURCE, "binary": binary}
    if encoding and language != "python":
        data = data.decode(encoding, "replace").encode()
    known["lines"] = 0 if binary else data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    if not binary:
        known["minified"] = _is_minified(path, language, known["lines"], len(data))
    if language == "python":
        known |= _python(path, data)
    elif not binary and (found := named.named(path, language, data, None)):
        known["names"] = found
    if not binary and (started := named.starts(path, language, data)):
        known["starts"] = started
    if language != "python" and not binary and suppressions.may_hold(data):
        lines = re.split(r"\r\n|\r|\n", data.decode("utf-8", "replace"))
        known |= _listed(suppressions.in_lines(language, lines))
    steers = steering.in_file(path, data if steering.wants_content(path) else b"")
    if steers:
        known["steering"] = [steer.to_dict() for steer in steers]
    return known


def _holds_code(data: bytes) -> bool:
    """Whether it is a zip with modules in it, whatever its name and its first bytes: Python imports from one as from a folder."""
    with contextlib.suppress(zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return b"\0" in data and any(
            name.lower().endswith(MODULES) for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
        )
    return False


def _is_minified(path: str, language: str | None, lines: int, size: int) -> bool:
    """By name, or more than 110 characters a line on average: linguist's rule, lib/linguist/generated.rb."""
    if language not in {"javascript", "typescript", "css"}:
        return False
    return bool(re.search(r"[.-]min\.\w+$", path)) or size > 110 * max(lines, 1)


def _python(path: str, data: bytes) -> Record:
    lines = re.split(r"\r\n|\r|\n", data.decode("utf-8", "replace"))
    tree: ast.Module | None = None
    error: Record = {}
    try:
        tree = code.parse(data)
    except (RecursionError, MemoryError):
        error = {"line": None, "message": _TOO_DEEP}
    except SyntaxError as wrong:
        error = {"line": wrong.lineno, "message": wrong.msg}
    except ValueError:  # NUL bytes
        error = {"line": None, "message": "holds NUL bytes"}
    known: Record = {"parsed": tree is not None}
    marks = list(suppressions.in_python(data, lines)) if suppressions.may_hold(data) else []
    if tree is None:
        known["error"] = error
    else:
        found, nodes = code.walk(tree)
        known |= _measured(found, lines)
        known["documented"] = ast.get_docstring(tree, clean=False) is not None
        known["imports"] = code.imports(nodes)
        if names := named.named(path, "python", data, tree):
            known["names"] = names
        if sensed := senses.senses(data, tree):
            known["senses"] = [steer.to_dict() for steer in sensed]
        known["tests"] = testing.defined(path, tree)
        known["offers"] = testing.offers(tree)
        marks += _skips(nodes, data, lines)
    return known | _listed(iter(sorted(marks, key=lambda mark: mark.line)))


def _measured(found: list[code.Measured], lines: list[str]) -> Record:
    return {
        "functions": len(found),
        "longest": max((one.lines for one in found), default=0),
        "complexity": max((one.complexity for one in found), default=0),
        "nesting": max((one.nesting for one in found), default=0),
        "triggers": [trigger for one in found for trigger in _triggers(one, lines)],
    }


def _triggers(one: code.Measured, lines: list[str]) -> list[Record]:
    node = one.node
    if node is None:
        return []
    place = {
        "function": node.name,
        "line": node.lineno,
        "end_line": node.end_lineno,
        "excerpt": lines[node.lineno - 1].strip()[:200] if node.lineno <= len(lines) else "",
    }
    values = {kind: getattr(one, kind) for kind in code.LIMITS}
    return [
        {"kind": kind, "value": values[kind], "limit": limit, **place}
        for kind, limit in code.LIMITS.items()
        if values[kind] > limit
    ]


def _skips(nodes: list[ast.AST], data: bytes, lines: list[str]) -> list[suppressions.Mark]:
    lowered = data.lower()
    if not any(needle in lowered for needle in NEEDLES):
        return []
    return [_skip(skip, lines) for skip in skips(nodes)]


def _skip(skip: Skip, lines: list[str]) -> suppressions.Mark:
    whole = lines[skip.line - 1 : min(skip.end, skip.line + 9)]
    beside = suppressions.beside(whole[0] if whole else "")
    written = suppressions.justification(skip.reason) or beside or suppressions.above(skip.line, lines)
    return suppressions.mark(skip.kind, skip.line, " ".join(whole), written)


def _listed(marks: Any) -> Record:
    """The first marks in full; the number of the others, and how many of those have no justification."""
    kept = [mark.to_dict() for mark in islice(marks, suppressions.MOST)]
    more = list(marks)
    unjustified = sum(not mark.justification for mark in more)
    known: Record = {"suppressions": kept} if kept else {}
    return known | ({"more": len(more), "more_unjustified": unjustified} if more else {})
