"""The limits of one intake, held while it runs."""

from __future__ import annotations

import os
import time
from pathlib import Path

from verifier.checkout.request import MEGABYTE, Limits
from verifier.errors import LimitError
from verifier.words import Text, say


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
                say(
                    "Taking the delivery in has run for {elapsed} seconds; {allowed} are allowed.",
                    elapsed=elapsed,
                    allowed=self.limits.seconds,
                )
            )

    def check_disk(self) -> None:
        self.check_bytes(_size(self._watched))

    def check_bytes(self, count: int) -> None:
        if count > self.limits.repository_bytes:
            allowed = _amount(self.limits.repository_bytes)
            raise LimitError(
                say(
                    "The repository has {amount} or more; {allowed} are allowed.",
                    amount=_amount(count),
                    allowed=allowed,
                )
            )

    def check_files(self, count: int) -> None:
        if count > self.limits.files:
            raise LimitError(
                say(
                    "The delivery has {count} files or more; {allowed} are allowed.",
                    count=count,
                    allowed=self.limits.files,
                )
            )

    def check_file(self, name: str, size: int) -> None:
        if size > self.limits.file_bytes:
            allowed = _amount(self.limits.file_bytes)
            raise LimitError(
                say(
                    "The file {file} has {amount}; {allowed} are allowed.",
                    file=name[:200],
                    amount=_amount(size),
                    allowed=allowed,
                )
            )


def _amount(count: int) -> Text:
    if count < MEGABYTE:
        return say("{n} bytes", n=count)
    number = f"{count / MEGABYTE:.1f}"
    return say("{n} MB", n=Text(number, number.replace(".", ",")))


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
