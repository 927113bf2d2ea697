"""The tree of a commit, written to disk by us from git's objects.

There is no `git checkout`, hence no filters, hooks or attributes (`export-ignore`, `eol`) of the delivery.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from verifier.checkout.added import not_delivered
from verifier.checkout.git import Git
from verifier.checkout.links import destination
from verifier.checkout.listing import Entry, entries
from verifier.checkout.names import display, flaw, oddity
from verifier.checkout.request import MEGABYTE
from verifier.errors import WorldError
from verifier.model import File, NotExamined
from verifier.words import say

LFS_POINTER = re.compile(rb"version https?://[^\n]*(?:git-lfs|hawser)[^\n]*\n(?:[^\n]*\n)*?oid sha256:[0-9a-f]{64}\n")
"""https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md#the-pointer"""
MAX_POINTER = 1024
"""Bytes of the longest LFS pointer, by the same page."""
MAX_TARGET = 4095
"""Bytes of the longest link target (PATH_MAX less the NUL)."""


@dataclass(slots=True)
class Written:
    """What came of writing.

    `manifest` is SHA-256, in hexadecimal, over `mode SP type SP digest SP path NUL` of every entry of `git ls-tree -r`,
    in the order of the paths' bytes. `digest` is the SHA-256 of the blob's content, or the commit id of a submodule;
    all is ASCII but the path, which is git's bytes.
    """

    files: list[File] = field(default_factory=list)
    skipped: list[NotExamined] = field(default_factory=list)
    manifest: str = ""


def write(git: Git, commit: str, root: Path) -> Written:
    """Writes the tree of `commit` below `root`, which is made. Raises `LimitError`, `WorldError`, `OSError`."""
    listed = entries(git, commit)
    writer = _Writer(root)
    manifest = hashlib.sha256()
    with git.start("cat-file", "--batch", feed=True) as process:
        for entry in listed:
            digest = entry.object_id if entry.kind == "commit" else writer.take(entry, _content(process, entry))
            if entry.kind == "commit":
                writer.skip(entry, say("a submodule: its content is in another repository"))
            manifest.update(f"{entry.mode} {entry.kind} {digest} ".encode("ascii") + entry.path + b"\0")
    writer.make_links()
    writer.written.files.sort(key=lambda file: file.path.encode())
    writer.written.skipped.sort(key=lambda skipped: skipped.path.encode())
    writer.written.manifest = manifest.hexdigest()
    return writer.written


def _content(process: Popen[bytes], entry: Entry) -> Iterator[bytes]:
    """One object's bytes in pieces (https://git-scm.com/docs/git-cat-file#_batch_output)."""
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(entry.object_id.encode("ascii") + b"\n")
    process.stdin.flush()
    header = process.stdout.readline()
    if header.split()[1:] != [b"blob", str(entry.size).encode("ascii")]:
        if not header:
            raise EOFError
        raise WorldError(
            say(
                "The repository lacks the content of {path} (a partial clone?): fetch it all.", path=display(entry.path)
            )
        )
    left = entry.size
    while left:
        chunk = process.stdout.read(min(left, MEGABYTE))
        if not chunk:
            raise EOFError
        left -= len(chunk)
        yield chunk
    process.stdout.read(1)


class _Writer:
    """Folders and files first, links last: no path that is written can pass through a link."""

    def __init__(self, root: Path) -> None:
        self.written = Written()
        self._root = os.fsencode(root)
        self._folders = {b""}
        self._files: set[bytes] = set()
        self._links: dict[bytes, tuple[bytes, File]] = {}
        root.mkdir()
        root.chmod(0o755)

    def skip(self, entry: Entry, reason: str) -> None:
        self.written.skipped.append(not_delivered(entry.path, reason))

    def take(self, entry: Entry, content: Iterator[bytes]) -> str:
        """Writes one blob, or says why not; the SHA-256 of its content either way."""
        digest = hashlib.sha256()
        first = next(content, b"")
        digest.update(first)
        number = None
        if entry.mode == "120000":
            target = first if entry.size <= MAX_TARGET else b""
        elif entry.size <= MAX_POINTER and LFS_POINTER.match(first):
            self.skip(entry, say("a Git LFS pointer: its content is not in the repository"))
        else:
            number = self._create(entry)
        try:
            self._fill(number, first)
            for chunk in content:
                digest.update(chunk)
                self._fill(number, chunk)
        finally:
            if number is not None:
                os.close(number)
        file = File(path=display(entry.path), mode=entry.mode, size=entry.size, sha256=digest.hexdigest())
        if entry.mode == "120000":
            self._note_link(entry, target, file)
        elif number is not None:
            self._files.add(entry.path)
            self._list(entry.path, file)
        return file.sha256

    @staticmethod
    def _fill(number: int | None, chunk: bytes) -> None:
        view = memoryview(chunk)
        while number is not None and view:
            view = view[os.write(number, view) :]

    def _list(self, path: bytes, file: File) -> None:
        odd = oddity(path)
        if odd:
            self.written.skipped.append(not_delivered(path, odd))
        else:
            self.written.files.append(file)

    def _create(self, entry: Entry) -> int | None:
        """Opens a new file, never an existing one and never through a link."""
        reason = flaw(entry.path) or self._make_folders(entry.path)
        if not reason:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with suppress(FileExistsError):
                number = os.open(self._place(entry.path), flags, 0o600)
                os.fchmod(number, 0o755 if entry.mode == "100755" else 0o644)
                return number
        self.skip(
            entry, reason or say("another path of the same name was delivered (on this disk, case may not tell apart)")
        )
        return None

    def _make_folders(self, path: bytes) -> str | None:
        parts = path.split(b"/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = b"/".join(parts[:depth])
            if folder in self._folders:
                continue
            try:
                os.mkdir(self._place(folder))  # noqa: PTH102  # bytes
            except FileExistsError:
                return say("a file of the same name as its folder was delivered")
            os.chmod(self._place(folder), 0o755)  # noqa: PTH101, S103  # bytes; whatever the umask
            self._folders.add(folder)
        return None

    def _note_link(self, entry: Entry, target: bytes, file: File) -> None:
        reason = flaw(entry.path)
        if not reason and (not target or b"\0" in target):
            reason = say("a link whose target is no path")
        if reason:
            self.skip(entry, reason)
        else:
            self._links[entry.path] = (target, file)

    def make_links(self) -> None:
        """Makes the links that stay inside; a link to nothing is made too, but no checker is given it."""
        targets = {path: target for path, (target, _) in self._links.items()}
        for path, (target, file) in sorted(self._links.items(), key=lambda item: item[0]):
            end = destination(path, targets)
            if end is None:
                self.written.skipped.append(not_delivered(path, say("a link that leaves the delivery, or never ends")))
            elif reason := self._make_folders(path) or self._link(path, target):
                self.written.skipped.append(not_delivered(path, reason))
            elif end in self._files:
                self._list(path, file)
            elif end not in self._folders:
                self.written.skipped.append(not_delivered(path, say("a link to nothing that was delivered")))

    def _link(self, path: bytes, target: bytes) -> str | None:
        try:
            os.symlink(target, self._place(path))  # noqa: PTH211  # bytes
        except FileExistsError:
            return say("another path of the same name was delivered (on this disk, case may not tell apart)")
        return None

    def _place(self, path: bytes) -> bytes:
        return self._root + b"/" + path
