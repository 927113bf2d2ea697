"""Files of a folder on this machine, read without ever following a link."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from verifier.checkout.added import FILE, LINK, PROGRAM, Collection
from verifier.checkout.names import in_report_folder
from verifier.errors import WorldError
from verifier.words import say


def paths_below(root: Path, collection: Collection, *, without: Path) -> Iterator[bytes]:
    """Every file and link below a folder, in byte order; git's own folders and `without` are left out."""
    top = os.fsencode(root)
    own = os.fsencode(without.resolve())
    for place, folders, names in os.walk(top, onerror=_unreadable):
        collection.git.guard.check_time()
        base = os.path.relpath(place, top)
        below = b"" if base == b"." else base + b"/"
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]  # noqa: PTH114, PTH118  # bytes
        if b".git" in (*folders, *names) and below:
            collection.skip(below + b".git", say("data of another git repository, which is no part of a delivery"))
        real = os.path.realpath(place)
        folders[:] = sorted(
            name
            for name in folders
            if name != b".git" and not in_report_folder(below + name) and os.path.join(real, name) != own  # noqa: PTH118
        )
        for name in sorted(names + links):
            if name != b".git" and not in_report_folder(below + name):
                yield below + name


def add_paths(root: Path, paths: Iterable[bytes], collection: Collection) -> None:
    """Adds what is on disk under these paths; those that have gone are left out, special files are named."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for path in paths:
            if path.endswith(b"/"):
                collection.skip(path, say("another git repository, whose content is no part of a delivery"))
                continue
            with suppress(FileNotFoundError, NotADirectoryError):
                _add(folder, path, collection)
    finally:
        os.close(folder)


def _add(root: int, path: bytes, collection: Collection) -> None:
    *parents, name = path.split(b"/")
    folder = os.dup(root)
    try:
        for parent in parents:
            below = _open_folder(parent, folder)
            os.close(folder)
            folder = below
        _add_entry(folder, name, path, collection)
    finally:
        os.close(folder)


def _open_folder(name: bytes, inside: int) -> int:
    """Opens a folder, never through a link: `..` is refused, a link counts as gone."""
    if name in {b"", b".", b".."}:
        raise NotADirectoryError
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=inside)


def _add_entry(folder: int, name: bytes, path: bytes, collection: Collection) -> None:
    about = os.lstat(name, dir_fd=folder) if name not in {b"", b".", b".."} else None
    if about and stat.S_ISLNK(about.st_mode):
        target = os.readlink(name, dir_fd=folder)
        collection.add(path, LINK, len(target), io.BytesIO(target))
    elif about and stat.S_ISREG(about.st_mode):
        number = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        with os.fdopen(number, "rb") as content:
            mode = PROGRAM if about.st_mode & stat.S_IXUSR else FILE
            collection.add(path, mode, os.fstat(number).st_size, content)
    elif about and not stat.S_ISDIR(about.st_mode):
        collection.skip(path, say("neither a file, a folder nor a link"))


def _unreadable(error: OSError) -> None:
    raise WorldError(say("A folder of the delivery cannot be read: {error}.", error=error.strerror)) from None
