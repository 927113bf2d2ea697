"""The limits of one intake, held while it runs."""

from __future__ import annotations

import os
import time
from pathlib import Path

from verifier.checkout.request import MEGABYTE, Limits
from verifier.errors import LimitError


class Guard:
    """Counts time from its making, and bytes below `watched`; every method raises `LimitError`."""

    def __init__(self, limits: Limits, watched: Path) -> None:
        self.limits = limits
        self._watched = watched
        self._started = time.monotonic()

    def check_time(self) -> None:
        elapsed = int(time.monotonic() - self._started)
        if elapsed >= self.limits.seconds:
            raise LimitError(
                f"Taking the delivery in has run for {elapsed} seconds; {self.limits.seconds} are allowed."
            )

    def check_disk(self) -> None:
        self.check_bytes(_size(self._watched))

    def check_bytes(self, count: int) -> None:
        if count > self.limits.repository_bytes:
            allowed = _amount(self.limits.repository_bytes)
            raise LimitError(f"The repository has {_amount(count)} or more; {allowed} are allowed.")

    def check_files(self, count: int) -> None:
        if count > self.limits.files:
            raise LimitError(f"The delivery has {count} files or more; {self.limits.files} are allowed.")

    def check_file(self, name: str, size: int) -> None:
        if size > self.limits.file_bytes:
            allowed = _amount(self.limits.file_bytes)
            raise LimitError(f"The file {name[:200]} has {_amount(size)}; {allowed} are allowed.")


def _amount(count: int) -> str:
    return f"{count / MEGABYTE:.1f} MB" if count >= MEGABYTE else f"{count} bytes"


def _size(folder: Path) -> int:
    """Bytes of all files below a folder that git is writing to: names may vanish between listing and looking."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118  # hot: polled many times a second
            except FileNotFoundError:
                continue
    return total
