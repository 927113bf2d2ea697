"""What of this machine is ours to use: its processors and its memory, or less where a control group or a mask says so."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from verifier.sandbox.cgroup import hierarchies

MEGABYTE = 1024 * 1024


def cores() -> int:
    """Processors that this process may keep busy, one at least."""
    may = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([may, *(math.ceil(quota) for quota in _quotas(_hierarchies()))]))


def free_memory_mb() -> int:
    """Memory that can be had now without taking it from others."""
    return min([psutil.virtual_memory().available, *_rooms(_hierarchies())]) // MEGABYTE


def _hierarchies() -> Mapping[str, tuple[Path, Path]]:
    """None of them where there are no control groups."""
    try:
        return hierarchies()
    except OSError:
        return {}


def _quotas(found: Mapping[str, tuple[Path, Path]]) -> Iterator[float]:
    """Processors, of each group that we are in and that has a limit."""
    for folder in _upwards(found, ""):
        quota, _, period = _text(folder / "cpu.max").partition(" ")
        if quota.isdigit():
            yield int(quota) / int(period)
    for folder in _upwards(found, "cpu"):
        if (most := _number(folder / "cpu.cfs_quota_us")) > 0:
            yield most / max(1, _number(folder / "cpu.cfs_period_us"))


def _rooms(found: Mapping[str, tuple[Path, Path]]) -> Iterator[int]:
    """Bytes that are left in each such group. Files that were read lately are counted in it and make way."""
    for controller, limit, used, idle in (
        ("", "memory.max", "memory.current", "inactive_file"),
        ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        for folder in _upwards(found, controller):
            if most := _number(folder / limit):
                words = dict(line.split() for line in _text(folder / "memory.stat").splitlines())
                yield max(0, most - _number(folder / used) + int(words.get(idle, 0)))


def _upwards(found: Mapping[str, tuple[Path, Path]], controller: str) -> Iterator[Path]:
    """Our own group and those above it, as far as they are seen from here."""
    if controller in found:
        top, own = found[controller]
        yield from (folder for folder in (own, *own.parents) if folder == top or top in folder.parents)


def _number(file: Path) -> int:
    """0 where there is none, and where the file says that there is no limit."""
    text = _text(file)
    return int(text) if text.lstrip("-").isdigit() else 0


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
