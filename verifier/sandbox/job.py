"""What is run and how it ended."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A file or folder of this machine, seen inside at `target`."""

    source: Path
    target: str
    writable: bool = False
    lasting: bool = False  # the same for every job


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One command to run, and the most that it may use. All limits but those of one process bind the whole process tree."""

    argv: tuple[str, ...]
    cwd: str
    mounts: tuple[Mount, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    seconds: int = 600  # wall time
    processors: float = 1  # busy for all of it: CPU time
    memory_mb: int = 4096
    disk_mb: int = 10_000  # in the folders that it may write to
    entries: int = 1_000_000  # files and folders made there
    file_mb: int = 1024  # one file
    processes: int = 512  # and threads
    descriptors: int = 4096  # of one process
    nice: int = 0
    delivered_code: bool = False  # runs code of the delivery, so it must be isolated
    warm: bool = False  # `python -I SCRIPT ...`, which a host may do that has the script loaded (sandbox/host.py)

    @property
    def cpu_seconds(self) -> int:
        return math.ceil(self.seconds * self.processors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a job ended. `exit_code` is None when it was ended from outside; `killed` names the limit.

    time, cpu, memory, processes, disk, output; or shortage: the machine was running out of memory or disk, whoever took it.
    """

    exit_code: int | None
    stdout: bytes
    stderr: bytes
    milliseconds: int
    killed: str = ""


class Cancelled(Exception):  # noqa: N818 - not an error: somebody pressed Ctrl-C
    """The run was interrupted from outside."""


class Box(Protocol):
    """Where jobs run."""

    def run(self, job: Job) -> Ended:
        """Runs one job to its end. Raises Cancelled when the run was interrupted; every process of the job is gone then."""
        ...
