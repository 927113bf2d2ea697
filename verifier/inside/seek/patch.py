"""Reads what `git log --patch --unified=0` writes: the lines that each commit added, file by file.

A line of a file begins with a blank, + or -, so none of them is taken for a header, whatever it says. A merge has as many such
signs as parents; what it added itself has + in all of them.
"""

import re
from typing import NamedTuple

LARGEST = 2 * 1024**2  # bytes that one commit added to one file; of more, the rest is left out
_HUNK = re.compile(rb"(@@+) .*\+(\d+)(?:,\d+)? @@+")
_SIGNS = (b"+", b"-", b" ", b"\\")
_ESCAPE = re.compile(rb'\\([abtnvfr"\\]|[0-7]{3})')
_PLAIN = dict(zip(b'abtnvfr"\\', b'\a\b\t\n\v\f\r"\\', strict=True))


class Added(NamedTuple):
    """What one commit added to one file: (number in that commit, text) of its lines."""

    commit: str
    path: str
    lines: list
    binary: bool  # git showed none of it
    cut: bool  # not all of it is here


def additions(stream):
    """One `Added` a commit and file that has any, in the order of the stream."""
    commit, file = "", None
    for raw in stream:
        line = raw.rstrip(b"\n")
        if file and file.takes(line):
            continue
        if line.startswith((b"commit ", b"diff --")):
            if file and file.anything():
                yield file.added(commit)
            file = _File(line) if line.startswith(b"diff --") else None
            commit = commit if file else line[7:].decode("ascii")
    if file and file.anything():
        yield file.added(commit)


class _File:
    """One file of one commit, while its lines come."""

    def __init__(self, header):
        self.path = _of_header(header)
        self.lines, self.size, self.binary = [], 0, False
        self.parents = 0  # none before the first hunk
        self.number = 0

    def takes(self, line):
        """Whether the line belongs to this file; that of the next file or commit does not."""
        hunk = _HUNK.match(line)
        if hunk:
            self.parents, self.number = len(hunk[1]) - 1, int(hunk[2])
        elif self.parents and line[:1] in _SIGNS:
            self._add(line)
        elif line.startswith(b"+++ ") and line != b"+++ /dev/null":
            self.path = _named(line[4:])
        elif line.startswith(b"Binary files "):
            self.binary = not line.endswith(b" and /dev/null differ")
        else:
            return False
        return True

    def _add(self, line):
        signs = line[: self.parents]
        if b"\\" in signs[:1] or b"-" in signs:
            return
        if signs == b"+" * self.parents:
            self.size += len(line)
            if self.size <= LARGEST:
                self.lines.append((self.number, line[self.parents :].decode("utf-8", "replace")))
        self.number += 1

    def anything(self):
        return bool(self.lines or self.size or self.binary)

    def added(self, commit):
        return Added(commit, self.path, self.lines, self.binary, self.size > LARGEST)


def _of_header(line):
    """The path in `diff --git a/x b/x` (both alike, for renames are not followed) or `diff --cc x`."""
    kind, _, rest = line[5:].partition(b" ")
    return _named(rest[len(rest) // 2 + 1 :]) if kind == b"--git" else _text(_unquoted(rest))


def _named(name):
    return _text(_unquoted(name.removesuffix(b"\t"))[2:])


def _unquoted(name):
    if not name.startswith(b'"'):
        return name
    return _ESCAPE.sub(lambda one: bytes((_PLAIN.get(one[1][0]) or int(one[1], 8),)), name[1:-1])


def _text(name):
    return name.decode("utf-8", "surrogateescape")
