"""Source archives, streamed into our own repository: no member is ever written to a path of its own choice."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

from verifier.checkout.added import FILE, LINK, PROGRAM, Collection
from verifier.checkout.guard import Guard
from verifier.checkout.request import shown
from verifier.errors import UsageError
from verifier.words import say

DAMAGE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError)
MAX_TARGET = 4096
"""Bytes of the longest link target (PATH_MAX)."""


def add_archive(path: Path, collection: Collection) -> None:
    """Adds every member. Raises `UsageError` for a damaged or encrypted archive, `LimitError`."""
    try:
        if path.name.lower().endswith(".zip"):
            _add_zip(path, collection)
        else:
            _add_tar(path, collection)
    except DAMAGE:
        raise UsageError(say("{name} is damaged, or no archive of its kind.", name=shown(path.name))) from None
    except RuntimeError:  # what zipfile raises for encrypted members and unknown methods
        raise UsageError(
            say("{name} is encrypted, or packed in a way that cannot be read.", name=shown(path.name))
        ) from None
    except OSError as error:
        if error.errno is None:  # what bz2 and gzip raise for damaged data
            raise UsageError(say("{name} is damaged, or no archive of its kind.", name=shown(path.name))) from None
        raise
    collection.strip_single_folder()


class _Metered(io.RawIOBase):
    """A decompressed stream that stops over the limit: what a tar header makes the reader skip or hold counts too."""

    def __init__(self, stream: IO[bytes], guard: Guard) -> None:
        self._stream = stream
        self._guard = guard
        self._seen = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self._seen += len(chunk)
        self._guard.check_bytes(self._seen)
        self._guard.check_time()
        return chunk


def _opened(path: Path) -> IO[bytes]:
    """The tar stream, decompressed by the suffix."""
    openers: dict[str, Callable[[Path], object]] = {
        ".gz": gzip.open, ".tgz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open, ".tar": lambda p: p.open("rb")
    }  # fmt: skip
    return cast("IO[bytes]", openers[path.suffix.lower()](path))


def _add_tar(path: Path, collection: Collection) -> None:
    with (
        _opened(path) as stream,
        tarfile.open(
            fileobj=cast("IO[bytes]", _Metered(stream, collection.git.guard)),
            mode="r|",
            encoding="utf-8",
            errors="surrogateescape",
        ) as archive,
    ):
        for member in archive:
            vars(archive)["members"] = []  # tarfile would keep every header; its stubs leave the attribute out
            _add_member(archive, member, collection)


def _add_member(archive: tarfile.TarFile, member: tarfile.TarInfo, collection: Collection) -> None:
    path = _normal(member.name)
    if member.isdir():
        return
    if member.issym():
        target = _encoded(member.linkname)[:MAX_TARGET]
        collection.add(path, LINK, len(target), io.BytesIO(target))
    elif member.islnk():
        known = collection.entries.get(_normal(member.linkname))
        if known:
            collection.place(path, *known)
        else:
            collection.skip(path, say("a hard link to nothing that came before it in the archive"))
    elif member.isreg() and (content := archive.extractfile(member)):
        collection.add(path, PROGRAM if member.mode & stat.S_IXUSR else FILE, member.size, content)
    else:
        collection.skip(path, say("neither a file, a folder nor a link"))


def _add_zip(path: Path, collection: Collection) -> None:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        collection.git.guard.check_files(len(members))
        for member in members:
            collection.git.guard.check_time()
            mode = member.external_attr >> 16  # of Unix (APPNOTE.TXT 4.4.15 and Info-ZIP)
            with archive.open(member) as content:
                collection.add(_normal(member.filename), _kind(mode, member.file_size), member.file_size, content)


def _kind(mode: int, size: int) -> bytes:
    if stat.S_ISLNK(mode) and size <= MAX_TARGET:
        return LINK
    return PROGRAM if mode & stat.S_IXUSR else FILE


def _normal(name: str) -> bytes:
    """The path as bytes, without the `./` that many archives begin with; whether it is safe is judged later."""
    path = _encoded(name)
    while path.startswith(b"./"):
        path = path[2:]
    return path


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
