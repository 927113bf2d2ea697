"""The list of a commit's tree, read within the limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from verifier.checkout.git import Git
from verifier.checkout.names import display
from verifier.checkout.request import MEGABYTE
from verifier.errors import LimitError
from verifier.words import say


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of `git ls-tree -r -l -z`; `size` is 0 for a submodule."""

    mode: str
    kind: str
    object_id: str
    size: int
    path: bytes


def entries(git: Git, commit: str) -> list[Entry]:
    """The tree in the order of the paths' bytes. Raises `LimitError` while it is read."""
    found: list[Entry] = []
    total = 0
    with git.start("ls-tree", "-r", "-l", "-z", "--full-tree", commit) as process:
        for line in _records(process.stdout):
            about, _, path = line.partition(b"\t")
            mode, kind, object_id, size = about.decode("ascii").split()
            entry = Entry(mode, kind, object_id, 0 if size == "-" else int(size), path)
            found.append(entry)
            total += entry.size
            git.guard.check_files(len(found))
            git.guard.check_file(display(path), entry.size)
            git.guard.check_bytes(total)
    return sorted(found, key=lambda entry: entry.path)


def _records(stream: IO[bytes] | None) -> Iterator[bytes]:
    rest = b""
    while stream and (chunk := stream.read(65536)):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
        if len(rest) > MEGABYTE:
            raise LimitError(say("A path of the delivery has over {size} bytes; {size} are allowed.", size=MEGABYTE))
