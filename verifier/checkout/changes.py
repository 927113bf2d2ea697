"""Which lines a delivery changed against a base."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import IO

from verifier.checkout.git import Git
from verifier.checkout.names import display
from verifier.checkout.trouble import GitError
from verifier.errors import WorldError
from verifier.words import say

HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
PAIR = re.compile(rb"index ([0-9a-f]+)\.\.([0-9a-f]+)")
OPTIONS = ("-r", "--no-ext-diff", "--no-textconv", "--no-color", "--find-renames=50%", "-l1000", "--full-index")


def compared_with(git: Git, base: str, head: str) -> str:
    """The base itself where it is an ancestor of head or shares no history with it, else their merge base."""
    try:
        return git.line("merge-base", base, head)
    except GitError:
        return base


def changed_lines(git: Git, base: str, head: str) -> Mapping[str, frozenset[int]]:
    """Path at head -> numbers of its added and modified lines, from 1; deleted files are left out, renames followed.

    `.gitattributes` cannot hide a file (`--text`). Names are taken from the raw form, lines from the patch form; both
    name the two blobs, whose difference is the same wherever they lie.
    """
    lines = _lines_by_pair(git, base, head)
    fields = git.run("diff-tree", *OPTIONS, "--raw", "-z", base, head).split(b"\0")
    changed = {}
    position = 0
    while position + 1 < len(fields):
        _, mode, old, new, status = fields[position].split(b" ")
        position += 3 if status[:1] in b"RC" else 2
        if mode in {b"100644", b"100755", b"120000"}:
            pair = (b"0" * len(new), new) if status == b"T" else (old, new)
            changed[display(fields[position - 1])] = lines.get(pair, frozenset())
    return changed


def _lines_by_pair(git: Git, base: str, head: str) -> dict[tuple[bytes, bytes], frozenset[int]]:
    found: dict[tuple[bytes, bytes], frozenset[int]] = {}
    pair = (b"", b"")
    with git.start("diff-tree", *OPTIONS, "-p", "--unified=0", "--text", base, head) as process:
        if process.stdout is None:
            raise WorldError(say("git diff-tree gives no output."))
        for line in process.stdout:
            if index := PAIR.match(line):
                pair = (index[1], index[2])
            elif hunk := HUNK.match(line):
                removed, added = int(hunk[1] or 1), int(hunk[3] or 1)
                first = int(hunk[2])
                found[pair] = found.get(pair, frozenset()) | frozenset(range(first, first + added))
                _skip_body(process.stdout, removed + added)
    return found


def _skip_body(stream: IO[bytes], count: int) -> None:
    """Passes over a hunk's lines, so that delivered text is never taken for a header."""
    for line in _signed(stream):
        count -= not line.startswith(b"\\")
        if not count:
            return


def _signed(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(stream.readline, b"")
