"""Files of the index on this machine, named by their SHA-256: whole or not at all, hashed again at each use.

Deliveries never see this folder; what they can make us fetch is kept under a digest that its bytes were seen to have.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO

from verifier.index.refusal import unusable
from verifier.words import say

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PART = ".part"
_ABANDONED = 24 * 3600  # seconds after which a part is the leftover of a killed run

Fetch = Callable[[], Iterable[bytes]]


class Store:
    """A folder of at most `limit` bytes; what was used longest ago goes first. Several processes may share it."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._slack = limit // 20  # trimmed by this much more than needed, so that not every file makes us look at all
        self._added = 0
        self._trimming = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._trim()

    def open(self, digests: Mapping[str, str], fetch: Fetch) -> IO[bytes]:
        """The file with these digests, at its first byte; fetched unless it is here. Without a SHA-256 it is not kept.

        Raises Refusal when the bytes do not have the digests; OSError when there is no space.
        """
        wanted = {name: digest.lower() for name, digest in digests.items() if _is_known(name)}
        key = wanted.get("sha256")
        if key is None:
            return _checked(tempfile.TemporaryFile(dir=self._folder), fetch(), wanted)
        if not _SHA256.fullmatch(key):
            raise unusable(say("The package index advertises a SHA-256 that is not one."))
        with self._locks.setdefault(key, threading.Lock()):
            return self._hit(key) or self._keep(key, fetch(), wanted)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key

    def _hit(self, key: str) -> IO[bytes] | None:
        path = self._path(key)
        try:
            content = path.open("rb")
        except FileNotFoundError:
            return None
        if hashlib.file_digest(content, "sha256").hexdigest() != key:
            content.close()
            path.unlink(missing_ok=True)
            return None
        _touch(content)
        content.seek(0)
        return content

    def _keep(self, key: str, chunks: Iterable[bytes], wanted: Mapping[str, str]) -> IO[bytes]:
        path = self._path(key)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor, part = tempfile.mkstemp(dir=path.parent, suffix=_PART)
        content = os.fdopen(descriptor, "w+b")
        try:
            _checked(content, chunks, wanted)
            _touch(content)
            Path(part).replace(path)
        except BaseException:
            content.close()
            Path(part).unlink(missing_ok=True)
            raise
        self._count(os.fstat(content.fileno()).st_size)
        return content

    def _count(self, size: int) -> None:
        with self._trimming:
            self._added += size
            if self._added > self._slack:
                self._trim()
                self._added = 0

    def _trim(self) -> None:
        kept: list[tuple[int, int, Path]] = []
        for path in self._folder.glob("??/*"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue  # another process was faster
            if path.suffix != _PART:
                kept.append((status.st_mtime_ns, status.st_size, path))
            elif status.st_mtime < time.time() - _ABANDONED:
                path.unlink(missing_ok=True)
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if total <= self._limit - self._slack:
                break
            path.unlink(missing_ok=True)
            total -= size


def _touch(content: IO[bytes]) -> None:
    """Marks it as used now; the kernel's own marks are too coarse to tell two uses apart."""
    now = time.time_ns()
    os.utime(content.fileno(), ns=(now, now))


def _is_known(algorithm: str) -> bool:
    return algorithm in hashlib.algorithms_guaranteed and not algorithm.startswith("shake")


def _checked(target: IO[bytes], chunks: Iterable[bytes], wanted: Mapping[str, str]) -> IO[bytes]:
    """Writes the chunks and comes back at the first byte; closes `target` when anything is wrong."""
    try:
        _write(target, chunks, wanted)
        target.seek(0)
    except BaseException:
        target.close()
        raise
    return target


def _write(target: IO[bytes], chunks: Iterable[bytes], wanted: Mapping[str, str]) -> None:
    hashes = {name: hashlib.new(name, usedforsecurity=False) for name in wanted}
    for chunk in chunks:
        target.write(chunk)
        for each in hashes.values():
            each.update(chunk)
    if any(each.hexdigest() != wanted[name] for name, each in hashes.items()):
        raise unusable(say("The package index sent a file whose bytes do not have the digest that it advertises."))
    target.flush()
