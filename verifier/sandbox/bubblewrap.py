"""Runs commands in a bubblewrap sandbox: no network, an unprivileged uid, a read-only tree, an empty environment, limits.

The shape follows bubblewrap's manual (https://github.com/containers/bubblewrap). As root, bubblewrap sets the mounts up and
`setpriv` then drops to an unprivileged uid, so that per-user limits bind and files of root stay out of reach (the filter of
system calls, in force by then, leaves that alone); as an ordinary user a user namespace does both.
"""

from __future__ import annotations

import json
import os
import platform
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from io import FileIO
from pathlib import Path

from verifier.sandbox import cgroup, seccomp
from verifier.sandbox.cgroup import Group
from verifier.sandbox.job import Ended, Job, Mount
from verifier.sandbox.tree import IN_MEMORY, Tree
from verifier.sandbox.watch import watched

UID = 65534
"""The uid of everything that runs inside: nobody."""
GONE_SECONDS = 5
"""How long the kernel may take to end what is inside."""
STEEP = 4
"""How many times the processes of a job the kernel lets its uid have: jobs side by side share that, and an honest one that cannot
fork would fail its tests. What makes too many by itself is ended by the watch."""
SYSTEM_FOLDERS = ("/usr", "/bin", "/lib", "/lib64", "/lib32", "/sbin")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/mime.types")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A command line, the descriptors that it needs, and what gets hold of the process once it runs."""

    argv: list[str]
    descriptors: tuple[int, ...]
    take: Callable[[subprocess.Popen[bytes]], Namespace]


class Bubblewrap:
    """The sandbox: a `Box`."""

    def __init__(self, *, cancel: threading.Event | None = None, grouped: bool = True) -> None:
        """`grouped`: with control groups, where this process may make them."""
        self._cancel = cancel or threading.Event()
        self._groups = cgroup.found() if grouped else None

    def run(self, job: Job) -> Ended:
        """As `Box.run`."""
        with self.prepared(job) as start:
            return watched(start.argv, job, self._cancel, start.take, pass_fds=start.descriptors)

    @contextmanager
    def prepared(self, job: Job, *, first: bool = False) -> Iterator[Start]:
        """All that the job's process is started with; as number 1 inside where it is to be `first`."""
        told, tell = os.pipe()
        with (
            os.fdopen(told, "rb", buffering=0) as information,
            os.fdopen(tell, "wb") as other_end,
            _filter() as descriptor,
            self._groups.made(job) if self._groups else nullcontext() as group,
        ):

            def take(process: subprocess.Popen[bytes]) -> Namespace:
                other_end.close()
                return Namespace(job, process, _first_inside(information), group)

            argv = bwrap_argv(job, filter_fd=descriptor, info_fd=tell, first=first)
            argv = group.joining(argv) if group else argv
            yield Start(argv=argv, descriptors=(descriptor, tell), take=take)


@contextmanager
def _filter() -> Iterator[int]:
    """A descriptor that the filter of system calls is read from. Raises KeyError on a machine that it is not known for."""
    reading, writing = os.pipe()
    try:
        with os.fdopen(writing, "wb") as handle:  # a few kB: a pipe holds more
            handle.write(seccomp.program(platform.machine()))
        yield reading
    finally:
        os.close(reading)


def _first_inside(information: FileIO) -> int | None:
    """The process that is number 1 inside, as bubblewrap tells it; None where it did not get that far."""
    said = b""
    while b"}" not in said and (more := information.read(4096)):
        said += more
    return int(json.loads(said)["child-pid"]) if b"}" in said else None


class Namespace:
    """A `Hold` on what runs inside: with its process number 1 the kernel ends all others, and only then is that one gone."""

    def __init__(self, job: Job, outer: subprocess.Popen[bytes], first: int | None, group: Group | None) -> None:
        self._outer = outer
        self._first, self._number = _pidfd(first), first
        self._group = group
        self.anew(job)

    def anew(self, job: Job) -> None:
        """From now on it is this job, of which processor time has not been used yet."""
        use = self._group.anew(job) if self._group else Tree(job, self._outer.pid, self._number)
        self.pids, self.over = use.pids, use.over

    def end(self) -> str:
        if self._first is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
            select.select([self._first], [], [], GONE_SECONDS)
            os.close(self._first)
        with suppress(subprocess.TimeoutExpired):
            self._outer.wait(timeout=GONE_SECONDS)
        self._outer.kill()
        self._outer.wait()
        return self.over() if self._group else ""


def _pidfd(pid: int | None) -> int | None:
    """A descriptor of the process; None where it has ended already."""
    try:
        return None if pid is None else os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def bwrap_argv(job: Job, *, filter_fd: int, info_fd: int, first: bool = False) -> list[str]:
    """The whole command line: bubblewrap, the limits, the privilege drop, the command; `first`: as number 1 inside."""
    argv = [shutil.which("bwrap") or "bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    argv += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"]
    argv += ["--seccomp", str(filter_fd), "--info-fd", str(info_fd)]
    argv += ["--as-pid-1"] if first else []
    if os.geteuid() == 0:
        argv += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
    else:
        argv += ["--unshare-user", "--uid", str(UID), "--gid", str(UID), "--cap-drop", "ALL"]
    argv += _system_mounts()
    argv += ["--proc", "/proc", "--dev", "/dev"]
    for folder in IN_MEMORY:
        argv += ["--perms", "1777", "--size", str(1024**3), "--tmpfs", folder]
    argv += _mounts(job.mounts)
    argv += ["--remount-ro", "/dev", "--remount-ro", "/"]  # both lie in memory, without a size
    for name, value in sorted(job.env.items()):
        argv += ["--setenv", name, value]
    return [*argv, "--chdir", job.cwd, "--", *_drop(job), *job.argv]


def _drop(job: Job) -> list[str]:
    """Limits first, then the uid: a limit on processes binds only the unprivileged uid."""
    limits = ["prlimit", *(f"--{name}={value}" for name, value in kernel_limits(job).items())]
    priority = ["nice", "-n", str(job.nice)] if job.nice else []
    if os.geteuid() != 0:
        return [*limits, *priority]
    uid = ["--reuid", str(UID), "--regid", str(UID), "--clear-groups", "--no-new-privs"]
    return [*limits, *priority, "setpriv", *uid, "--inh-caps=-all", "--bounding-set=-all"]


def kernel_limits(job: Job) -> dict[str, int]:
    """The limits of a process or uid that the kernel keeps, by prlimit's names. None is above what we are held to ourselves."""
    import resource  # noqa: PLC0415 - not on Windows, where this is not reached

    wanted = {
        "nproc": job.processes * STEEP,
        "nofile": job.descriptors,
        "fsize": job.file_mb * 1024 * 1024,
        "cpu": job.cpu_seconds,
        "core": 0,
        "memlock": 8 * 1024 * 1024,
        "msgqueue": 800 * 1024,
        "rtprio": 0,  # whatever the operator may do: nothing in here goes before other processes
        "nice": 0,
    }
    ours = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name.upper()}"))[1] for name in wanted}
    return {name: value if ours[name] < 0 else min(value, ours[name]) for name, value in wanted.items()}


def _system_mounts() -> list[str]:
    argv: list[str] = []
    for name in SYSTEM_FOLDERS:
        path = Path(name)
        if path.is_symlink():
            argv += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            argv += ["--ro-bind", name, name]
    argv += ["--perms", "0755", "--dir", "/etc"]
    for name in SYSTEM_FILES:
        if Path(name).exists():
            argv += ["--ro-bind", name, name]
    for name, fd_path in _etc().items():
        argv += ["--ro-bind", fd_path, name]
    return argv


@cache
def _etc() -> dict[str, str]:
    """Our own /etc/passwd, group and hosts: nothing of this machine's shows."""
    folder = Path(__file__).parents[1] / "inside" / "etc"
    return {f"/etc/{entry.name}": str(entry) for entry in sorted(folder.iterdir())}


def _mounts(mounts: Sequence[Mount]) -> list[str]:
    """Folders above a mount are made readable: bubblewrap would copy the mode of the original (0700 for /root)."""
    argv: list[str] = []
    made = {"/", "/etc", "/tmp", "/home", *SYSTEM_FOLDERS}  # noqa: S108
    for mount in mounts:
        for parent in reversed(Path(mount.target).parents):
            if str(parent) not in made and not str(parent).startswith("/usr"):
                made.add(str(parent))
                argv += ["--perms", "0755", "--dir", str(parent)]
        made.add(mount.target)
        argv += ["--bind" if mount.writable else "--ro-bind", str(mount.source), mount.target]
    return argv


@cache
def tool_mounts() -> tuple[Mount, ...]:
    """verifier's own interpreter and the environment it runs from, at their own places."""
    places = {Path(sys.prefix), Path(sys.base_prefix)}
    return tuple(
        Mount(source=place, target=str(place), lasting=True) for place in sorted(places) if not _is_system(place)
    )


def interpreter_mounts(prefix: Path) -> tuple[Mount, ...]:
    """The delivery's interpreter, at its own place."""
    return () if _is_system(prefix) else (Mount(source=prefix, target=str(prefix)),)


def _is_system(place: Path) -> bool:
    return any(place == Path(folder) or Path(folder) in place.parents for folder in SYSTEM_FOLDERS)
