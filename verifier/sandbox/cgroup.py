"""Control groups: one for each job, so that the kernel itself keeps its memory, processes and share of the processors.

    groups = found()            # None where this process may not make any
    with groups.made(job) as group:
        subprocess.Popen(group.joining(argv), ...)

A group is always made below our own, so that whatever limits us limits the job too. Version 2 takes a group that systemd gave us
(`Delegate=yes`) or, for root, the top one: https://docs.kernel.org/admin-guide/cgroup-v2.html. Where the controllers are still on
hierarchies of version 1, those are used: https://docs.kernel.org/admin-guide/cgroup-v1/. What runs joins before it is bubblewrap.
"""

from __future__ import annotations

import errno
import itertools
import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from verifier.sandbox.job import Job

WANTED = ("memory", "pids", "cpu")
PREFIX = "verifier-"
OURS = 2
"""Processes of bubblewrap itself in the group."""
PERIOD = 100_000
"""Microseconds over which a share of the processors is kept."""
SHARE = 50
"""In a hundred of what any other group gets where both want all: other work on the machine goes first."""
GONE_SECONDS = 2
JOIN = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; unset PWD OLDPWD; exec "$@"'
"""Moves the shell into the groups named before `--`, then becomes what comes after it."""

Files = Mapping[str, str]
"""What is written into a group's files, in order."""


def limits_2(job: Job) -> Files:
    """The limits as version 2 takes them."""
    return {
        "memory.max": str(job.memory_mb * 1024 * 1024),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": str(job.processes + OURS),
        "cpu.weight": str(SHARE),
        "cpu.max": f"{round(job.processors * PERIOD)} {PERIOD}",
    }


def limits_1(job: Job) -> Mapping[str, Files]:
    """The same for each hierarchy of version 1. Where swap is not counted there is no file for it."""
    memory = str(job.memory_mb * 1024 * 1024)
    return {
        "memory": {"memory.limit_in_bytes": memory, "memory.memsw.limit_in_bytes": memory},
        "pids": {"pids.max": str(job.processes + OURS)},
        "cpu": {
            "cpu.shares": str(1024 * SHARE // 100),
            "cpu.cfs_period_us": str(PERIOD),
            "cpu.cfs_quota_us": str(round(job.processors * PERIOD)),
        },
        "cpuacct": {},
    }


OPTIONAL = frozenset({"memory.swap.max", "memory.oom.group", "memory.memsw.limit_in_bytes"})
"""Files that a kernel may not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The folders of one job's group: one of version 2, or one for each controller of version 1."""

    folders: Mapping[str, Path]
    version: int
    cpu_seconds: float

    def anew(self, job: Job) -> Group:
        """The same for a job that begins now."""
        return replace(self, cpu_seconds=self.processor_time() + job.cpu_seconds)

    def joining(self, argv: Sequence[str]) -> list[str]:
        """The command that starts `argv` in the group."""
        return ["/bin/sh", "-c", JOIN, "join", *(str(one / "cgroup.procs") for one in self._each()), "--", *argv]

    def over(self) -> str:
        """The limit that was met: `memory`, `processes`, `cpu` or an empty word."""
        events = "memory.events" if self.version == 2 else "memory.oom_control"
        if _value(self.folders["memory"] / events, "oom_kill"):
            return "memory"
        if _value(self.folders["pids"] / "pids.events", "max"):
            return "processes"
        return "cpu" if self.processor_time() > self.cpu_seconds else ""

    def processor_time(self) -> float:
        """Seconds that the group has used."""
        if self.version == 2:
            return _value(self.folders["cpu"] / "cpu.stat", "usage_usec") / 1e6
        return int((self.folders["cpuacct"] / "cpuacct.usage").read_text()) / 1e9

    def pids(self) -> list[int]:
        return [int(pid) for pid in (self.folders["memory"] / "cgroup.procs").read_text().split()]

    def remove(self) -> None:
        """Ends whatever may be left in it, and takes it away."""
        with suppress(OSError):
            (self.folders["memory"] / "cgroup.kill").write_text("1")  # version 2, since Linux 5.14
        end = time.monotonic() + GONE_SECONDS
        for folder in self._each():
            while not _removed(folder) and time.monotonic() < end:
                time.sleep(0.005)

    def _each(self) -> Iterable[Path]:
        return dict.fromkeys(self.folders.values())


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError as error:
        return error.errno not in (errno.EBUSY, errno.ENOTEMPTY)
    return True


def _value(file: Path, name: str) -> int:
    """The number beside a name in a file of them; 0 where the kernel does not write it."""
    return next((int(line.split()[1]) for line in file.read_text().splitlines() if line.startswith(name + " ")), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Where groups are made: the folder of each controller that is ours."""

    folders: Mapping[str, Path]
    version: int

    @contextmanager
    def made(self, job: Job) -> Iterator[Group]:
        """A group with the job's limits, gone at the end. Raises OSError."""
        name = f"{PREFIX}{os.getpid()}-{next(_NUMBERS)}"
        folders = {controller: folder / name for controller, folder in self.folders.items()}
        group = Group(folders=folders, version=self.version, cpu_seconds=job.cpu_seconds)
        try:
            for folder in dict.fromkeys(folders.values()):
                folder.mkdir()
            for controller, files in self._limits(job).items():
                _write(folders[controller], files)
            yield group
        finally:
            group.remove()

    def _limits(self, job: Job) -> Mapping[str, Files]:
        return {"memory": limits_2(job)} if self.version == 2 else limits_1(job)

    def sweep(self) -> None:
        """Takes away what a run that was killed left behind."""
        for folder in dict.fromkeys(self.folders.values()):
            for left in folder.glob(f"{PREFIX}*-*"):
                pid = left.name.removeprefix(PREFIX).partition("-")[0]
                if pid.isdigit() and not Path("/proc", pid).exists():
                    _removed(left)


_NUMBERS = itertools.count()


def _write(folder: Path, files: Files) -> None:
    for name, value in files.items():
        if (folder / name).exists() or name not in OPTIONAL:
            (folder / name).write_text(value)


@cache
def found() -> Groups | None:
    """Where this process may make groups; None where it may not. Tried, not concluded from rights."""
    try:
        groups = _second(hierarchies()) or _first(hierarchies())
        if groups is None:
            return None
        groups.sweep()
        with groups.made(Job(argv=(), cwd="/", mounts=())) as group:
            subprocess.run(group.joining(["/bin/sh", "-c", ":"]), env={}, check=True, capture_output=True)
            return groups if group.processor_time() > 0 else None
    except (OSError, subprocess.SubprocessError):
        return None


def hierarchies() -> Mapping[str, tuple[Path, Path]]:
    """Controller -> (its mount, our own folder there); version 2 is the controller with the empty name."""
    own = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own.update(dict.fromkeys(controllers.split(","), path))
    return dict(_mounted(Path("/proc/self/mountinfo").read_text(), own))


def _mounted(mounts: str, own: Mapping[str, str]) -> Iterator[tuple[str, tuple[Path, Path]]]:
    """`own` are the paths of our groups within their hierarchies, of which a mount may show a part only."""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        root, place = before.split()[3:5]
        kind, _, options = after.split()[:3]
        names = {"cgroup2": {""}, "cgroup": set(options.split(","))}.get(kind, set())
        for name in names & own.keys():
            inside = os.path.relpath(own[name], root)
            if not inside.startswith(".."):
                yield name, (Path(place), Path(place, inside))


def _second(hierarchies: Mapping[str, tuple[Path, Path]]) -> Groups | None:
    """Version 2, where it has the controllers and our group was handed to us."""
    if "" not in hierarchies:
        return None
    top, own = hierarchies[""]
    if not set(WANTED) <= set((own / "cgroup.controllers").read_text().split()):
        return None
    if os.geteuid() == 0 and own != top and not _delegated(own):
        return None
    try:
        _enable(own)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        # A group with processes of its own has none below it: we move into one beside the jobs.
        leaf = own / f"{PREFIX}{os.getpid()}-own"
        leaf.mkdir(exist_ok=True)
        (leaf / "cgroup.procs").write_text("0")
        try:
            _enable(own)
        except OSError:  # others are in there, too
            (own / "cgroup.procs").write_text("0")
            _removed(leaf)
            raise
    return Groups(folders=dict.fromkeys(WANTED, own), version=2)


def _enable(own: Path) -> None:
    """Hands the controllers on to the groups below."""
    (own / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in WANTED))


def _delegated(own: Path) -> bool:
    """Whether systemd handed this group over; below any other it is the only one that makes groups."""
    for name in ("trusted.delegate", "user.delegate"):
        with suppress(OSError):
            if os.getxattr(own, name) == b"1":
                return True
    return False


def _first(hierarchies: Mapping[str, tuple[Path, Path]]) -> Groups | None:
    """Version 1, where every controller has a hierarchy."""
    names = (*WANTED, "cpuacct")
    if not all(name in hierarchies for name in names):
        return None
    return Groups(folders={name: hierarchies[name][1] for name in names}, version=1)
