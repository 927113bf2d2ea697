"""Whether what an assessment rests on still lies in the folder of its report, as it was."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from verifier.errors import TrustError
from verifier.statements.strict import shown
from verifier.words import say

REPORT = "report.json"
"""It lies in the folder itself, and all else in `evidence/`, as `verifier assess` writes them."""
MOST = 1024 * 1024 * 1024
"""Bytes of one file; no output that is kept has as many."""


def check(named: Iterable[Mapping[str, str]], folder: Path) -> None:
    """`named` are the entries of an assessment's `evidence`. Raises TrustError for the first that is not as it says:

    `evidence-missing`, `evidence-changed`, or `evidence-refused` (too large, no plain file, outside of the folder).
    """
    wanted = [(one["name"], one["sha256"]) for one in named]
    if REPORT not in dict(wanted):
        raise _missing(REPORT)
    for name, digest in sorted(wanted, key=lambda one: one[0] != REPORT):
        if _digest(name, folder) != digest:
            words = say("{name} is not the file that the assessment names.", name=shown(name))
            raise TrustError(words, code="evidence-changed")


def _digest(name: str, folder: Path) -> str:
    """The SHA-256 of a file, which is opened once: what is measured is what is read."""
    path = place(name, folder)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # a pipe would make us wait
    except OSError as error:
        raise _missing(name) from error
    try:
        _refuse(os.fstat(descriptor), name)
        with os.fdopen(descriptor, "rb", closefd=False) as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    finally:
        os.close(descriptor)


def place(name: str, folder: Path) -> Path:
    """Where a piece of evidence lies in the folder of its report. Raises TrustError `evidence-missing` or `evidence-refused`."""
    return _inside(folder / name if name == REPORT else folder / "evidence" / name, name, folder)


def _refuse(found: os.stat_result, name: str) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise TrustError(say("{name} is no plain file; it is not read.", name=shown(name)), code="evidence-refused")
    if found.st_size > MOST:
        words = say("{name} has over {most} bytes; it is not read.", name=shown(name), most=MOST)
        raise TrustError(words, code="evidence-refused")


def _inside(path: Path, name: str, folder: Path) -> Path:
    """Where it truly lies."""
    try:
        found = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:  # a circle of links, a name that no file can have
        raise _missing(name) from error
    if not found.is_relative_to(folder.resolve()):
        words = say("{name} lies outside of the folder; it is not read.", name=shown(name))
        raise TrustError(words, code="evidence-refused")
    return found


def _missing(name: str) -> TrustError:
    words = say("{name}, on which the assessment rests, is not in the folder.", name=shown(name))
    return TrustError(words, code="evidence-missing")
