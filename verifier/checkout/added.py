"""Files that come without git objects, added to our own repository by `git fast-import` and written nowhere else."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from verifier.checkout.git import Git
from verifier.checkout.names import display, flaw, in_report_folder, quoted
from verifier.checkout.request import MEGABYTE
from verifier.checkout.trouble import GitError, explain
from verifier.errors import WorldError
from verifier.model import NotExamined, Skip
from verifier.words import say

REFERENCE = "refs/delivery/added"
SIGNATURE = b"verifier <verifier> 0 +0000"
"""Fixed author and date: the same files give the same commit id on every machine."""
FILE, PROGRAM, LINK, SUBMODULE = b"100644", b"100755", b"120000", b"160000"


def not_delivered(path: bytes, reason: str) -> NotExamined:
    return NotExamined(path=display(path), skip=Skip.NOT_DELIVERED, reason=reason)


@dataclass(slots=True)
class Collection:
    """The tree under construction: entries by path, as (mode, mark or commit id); later ones replace earlier ones."""

    git: Git
    into: IO[bytes]
    entries: dict[bytes, tuple[bytes, bytes]] = field(default_factory=dict)
    skipped: dict[bytes, str] = field(default_factory=dict)
    _marks: int = 0
    _bytes: int = 0

    def add(self, path: bytes, mode: bytes, size: int, content: IO[bytes]) -> None:
        """Adds one file of `size` bytes. Raises `LimitError`, and `WorldError` where the content is shorter."""
        self.git.guard.check_file(display(path), size)
        self._bytes += size
        self.git.guard.check_bytes(self._bytes)
        self._marks += 1
        self.git.guard.check_files(self._marks)
        self.into.write(b"blob\nmark :%d\ndata %d\n" % (self._marks, size))
        left = size
        while left:
            chunk = content.read(min(left, MEGABYTE))
            if not chunk:
                raise WorldError(say("{path} changed while it was read: try again.", path=display(path)))
            self.into.write(chunk)
            left -= len(chunk)
        self.into.write(b"\n")
        self.place(path, mode, b":%d" % self._marks)

    def place(self, path: bytes, mode: bytes, what: bytes) -> None:
        """Puts a mark or a commit id at a path, unless the path is not safe."""
        reason = flaw(path)
        if reason:
            self.skip(path, reason)
        else:
            self.entries[path] = (mode, what)
            self.git.guard.check_files(len(self.entries))

    def skip(self, path: bytes, reason: str) -> None:
        """Names what is not part of the tree; git's own folders are named once, not file by file."""
        parts = path.split(b"/")
        if b".git" in parts:
            path = b"/".join(parts[: parts.index(b".git") + 1])
        self.skipped[path] = reason
        self.git.guard.check_files(len(self.skipped))

    def strip_single_folder(self) -> None:
        """Takes away the one folder that all entries lie in, as source archives have it."""
        tops = {path.partition(b"/")[0] for path in self.entries}
        if len(tops) == 1 and all(b"/" in path for path in self.entries):
            top = tops.pop() + b"/"
            self.entries = {path.removeprefix(top): entry for path, entry in self.entries.items()}
            self.skipped = {path.removeprefix(top): reason for path, reason in self.skipped.items()}

    def commit(self) -> None:
        self.into.write(b"commit %s\ncommitter %s\ndata 0\n" % (REFERENCE.encode(), SIGNATURE))
        for path in sorted(self.entries):
            mode, what = self.entries[path]
            if in_report_folder(path):
                continue
            if any(parent in self.entries for parent in _parents(path)):
                self.skip(path, say("a file of the same name as its folder was delivered"))
                continue
            self.into.write(b"M %s %s %s\n" % (mode, what, quoted(path)))
        self.into.write(b"done\n")


@contextmanager
def collecting(git: Git, name: str) -> Iterator[Collection]:
    """Adds files to `git` within the block; afterwards they are a commit at `REFERENCE`."""
    try:
        with git.start("fast-import", "--quiet", "--force", "--done", "--date-format=raw", feed=True) as process:
            collection = Collection(git, _input(process))
            yield collection
            collection.commit()
    except GitError as error:
        raise explain(error, name) from None


def _input(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdin is None:
        raise WorldError(say("git fast-import takes no input."))
    return process.stdin


def _parents(path: bytes) -> Iterator[bytes]:
    while b"/" in path:
        path = path.rpartition(b"/")[0]
        yield path
