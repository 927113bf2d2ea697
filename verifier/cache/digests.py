"""Digests of what lies on this machine and an answer may hang on: folders, files, and the versions of the tools."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
from collections.abc import Iterator
from functools import cache
from operator import attrgetter
from pathlib import Path

SAYS_WHEN = re.compile(
    r"(?:.*/)?(?:__pycache__(?:/[^/]+\.[^/]+\.pyc(?:\.\d+)?)?|[^/]+\.dist-info/uv_cache\.json)", re.DOTALL
)
"""What comes with time alone: Python's own copies of modules, whose names have a dot more than any that can be imported, the
folders that it makes for them, and what uv notes for itself."""
RECORD = re.compile(r"(?:.*/)?[^/]+\.dist-info/RECORD", re.DOTALL)
AT_ONCE = 1024 * 1024
"""Bytes of a file that is read as a whole: for thousands of small ones a buffer each takes longer than reading them."""


def of_folder(folder: Path) -> str:
    """Over the kind, path and content of everything below it, but for what says only when it was made."""
    digest = hashlib.sha256()
    for path, kind, content in _below(str(folder), ""):
        digest.update(json.dumps([path, kind, content]).encode("ascii") + b"\n")
    return digest.hexdigest()


def _below(folder: str, inner: str) -> Iterator[tuple[str, str, str]]:
    for entry in sorted(os.scandir(folder), key=attrgetter("name")):
        path = inner + entry.name
        if entry.is_symlink():
            yield path, "link", str(Path(entry.path).readlink())
        elif entry.is_dir():
            if not SAYS_WHEN.fullmatch(path):
                yield path, "folder", ""
            yield from _below(entry.path, f"{path}/")
        elif entry.is_file() and not SAYS_WHEN.fullmatch(path):
            yield path, "file", _of_record(entry.path) if RECORD.fullmatch(path) else of_file(entry.path)


def _of_record(path: str) -> str:
    """The digest of an installation's list of files, without the line of uv's note, which has that note's own digest."""
    lines = Path(path).read_bytes().splitlines(keepends=True)
    return hashlib.sha256(b"".join(line for line in lines if b".dist-info/uv_cache.json," not in line)).hexdigest()


def of_file(path: str | Path) -> str:
    with open(path, "rb", buffering=0) as handle:  # noqa: PTH123 - mostly it is no Path
        if os.fstat(handle.fileno()).st_size <= AT_ONCE:
            return hashlib.sha256(handle.read()).hexdigest()
        return hashlib.file_digest(handle, "sha256").hexdigest()


@cache
def of_tools() -> str:
    """Over the distributions beside verifier, its interpreter and the system that both run on, as they name themselves.

    Installed while this process runs, a distribution is not seen.
    """
    folders = [Path(folder) for folder in sys.path if Path(folder).is_dir()]
    installed = {found.name for folder in folders for found in folder.glob("*.dist-info")}
    system = [sys.version, platform.machine(), *platform.libc_ver(), _release()]
    return hashlib.sha256(json.dumps([sorted(installed), system]).encode("ascii")).hexdigest()


def _release() -> str:
    try:
        return Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return platform.version()
