"""A folder for one run, gone with it whatever happens."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def workspace() -> Iterator[Path]:
    """A private folder below the machine's temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="verifier-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, onerror=_make_writable)


def _make_writable(function: object, path: str, _: object) -> None:
    """Delivered code may leave folders that nobody may enter; opened up, they go as well."""
    del function
    target = Path(path)
    target.parent.chmod(0o700)
    if target.is_dir() and not target.is_symlink():
        target.chmod(0o700)
        shutil.rmtree(target, ignore_errors=True)
    else:
        target.unlink(missing_ok=True)
