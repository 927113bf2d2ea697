"""Runs commands in a bubblewrap sandbox: no network, an unprivileged uid, a read-only tree, an empty environment, limits.

The shape follows bubblewrap's manual (https://github.com/containers/bubblewrap). As root, bubblewrap sets the mounts up and
`setpriv` then drops to an unprivileged uid, so that per-user limits bind and files of root stay out of reach; as an
ordinary user a user namespace does both.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import BinaryIO

import psutil

UID = 65534
"""The uid of everything that runs inside: nobody."""
MAX_OUTPUT = 64 * 1024 * 1024
"""Bytes that a command may print on one stream before it is killed."""
POLL_SECONDS = 0.05
SYSTEM_FOLDERS = ("/usr", "/bin", "/lib", "/lib64", "/lib32", "/sbin")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/mime.types")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A file or folder of this machine, seen inside at `target`."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One command to run inside. `seconds` is wall time; `memory_mb` bounds the whole process tree."""

    argv: tuple[str, ...]
    cwd: str
    mounts: tuple[Mount, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    seconds: int = 600
    memory_mb: int = 4096
    file_mb: int = 1024
    processes: int = 512
    nice: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a job ended. `exit_code` is None when the sandbox killed it; `killed` names the limit."""

    exit_code: int | None
    stdout: bytes
    stderr: bytes
    milliseconds: int
    killed: str = ""


class Cancelled(Exception):  # noqa: N818 - not an error: somebody pressed Ctrl-C
    """The run was interrupted from outside."""


class Bubblewrap:
    """The sandbox. `tier` and `promises` go into the report."""

    tier = "namespaces"
    promises = (
        "no network but the loopback of its own namespace",
        "own process, mount, IPC and host-name namespaces",
        "unprivileged uid without capabilities, no new privileges",
        "delivered tree read-only; environment empty but for a fixed list",
        "wall time, memory, processes, file size and output bounded",
    )

    def __init__(self, *, cancel: threading.Event | None = None) -> None:
        self._cancel = cancel or threading.Event()

    def run(self, job: Job) -> Ended:
        """Runs one job to its end. Raises Cancelled when the run was interrupted; every process of the job is gone then."""
        if self._cancel.is_set():
            raise Cancelled
        start = time.monotonic()
        with _spool() as out, _spool() as err, _stdin(job.stdin) as given:
            process = subprocess.Popen(
                bwrap_argv(job), stdin=given, stdout=out, stderr=err, env={}, start_new_session=True, close_fds=True
            )
            killed = self._watch(process, job, start, (out, err))
            elapsed = round((time.monotonic() - start) * 1000)
            code = None if killed else _exit_code(process.returncode)
            return Ended(exit_code=code, stdout=_read(out), stderr=_read(err), milliseconds=elapsed, killed=killed)

    def _watch(
        self, process: subprocess.Popen[bytes], job: Job, start: float, streams: tuple[BinaryIO, BinaryIO]
    ) -> str:
        """Waits for the end and enforces what the kernel does not; returns the limit that was hit, or an empty word."""
        checks = 0
        try:
            while True:
                try:
                    process.wait(timeout=POLL_SECONDS)
                except subprocess.TimeoutExpired:
                    pass
                else:
                    return ""
                checks += 1
                if reason := _over(process.pid, job, start, streams, memory=checks % 5 == 0):
                    return reason
                if self._cancel.is_set():
                    raise Cancelled
        finally:
            _kill(process)


def _over(pid: int, job: Job, start: float, streams: tuple[BinaryIO, BinaryIO], *, memory: bool) -> str:
    if time.monotonic() - start > job.seconds:
        return "time"
    if any(os.fstat(stream.fileno()).st_size > MAX_OUTPUT for stream in streams):
        return "output"
    if memory and _tree_memory(pid) > job.memory_mb * 1024 * 1024:
        return "memory"
    return ""


def _tree_memory(pid: int) -> int:
    """Bytes of memory that the process tree holds by itself (shared pages of forked workers are not counted twice)."""
    total = 0
    try:
        processes = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return 0
    for process in processes:
        try:
            info = process.memory_info()
        except psutil.Error:
            continue
        total += max(info.rss - info.shared, 0)
    return total


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends bubblewrap; its `--die-with-parent` takes pid 1 of the namespace along, and the kernel everything in it."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()


def _exit_code(code: int) -> int:
    return 128 - code if code < 0 else code


@contextmanager
def _spool() -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as handle:
        yield handle


@contextmanager
def _stdin(content: bytes) -> Iterator[BinaryIO]:
    with _spool() as handle:
        handle.write(content)
        handle.seek(0)
        yield handle


def _read(handle: BinaryIO) -> bytes:
    handle.seek(0)
    return handle.read(MAX_OUTPUT)


def bwrap_argv(job: Job) -> list[str]:
    """The whole command line: bubblewrap, the limits, the privilege drop, the command."""
    argv = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    argv += ["--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"]
    if os.geteuid() == 0:
        argv += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
    else:
        argv += ["--unshare-user", "--uid", str(UID), "--gid", str(UID), "--cap-drop", "ALL"]
    argv += _system_mounts()
    argv += ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/dev/shm", "/home"):  # noqa: S108 - folders of the sandbox, not of this machine
        argv += ["--perms", "1777", "--size", str(1024**3), "--tmpfs", folder]
    argv += _mounts(job.mounts)
    for name, value in sorted(job.env.items()):
        argv += ["--setenv", name, value]
    return [*argv, "--chdir", job.cwd, "--", *_drop(job), *job.argv]


def _drop(job: Job) -> list[str]:
    """Limits first, then the uid: a limit on processes binds only the unprivileged uid."""
    limits = [
        "prlimit",
        f"--nproc={job.processes}",
        "--core=0",
        f"--fsize={job.file_mb * 1024 * 1024}",
        "--nofile=4096",
    ]
    priority = ["nice", "-n", str(job.nice)] if job.nice else []
    if os.geteuid() != 0:
        return [*limits, *priority]
    uid = ["--reuid", str(UID), "--regid", str(UID), "--clear-groups", "--no-new-privs"]
    return [*limits, *priority, "setpriv", *uid, "--inh-caps=-all", "--bounding-set=-all"]


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
    folder = Path(__file__).parent / "inside" / "etc"
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
    return tuple(Mount(source=place, target=str(place)) for place in sorted(places) if not _is_system(place))


def interpreter_mounts(prefix: Path) -> tuple[Mount, ...]:
    """The delivery's interpreter, at its own place."""
    return () if _is_system(prefix) else (Mount(source=prefix, target=str(prefix)),)


def _is_system(place: Path) -> bool:
    return any(place == Path(folder) or Path(folder) in place.parents for folder in SYSTEM_FOLDERS)


@cache
def missing() -> str:
    """Why the sandbox cannot run here, in one sentence; empty when it can. Probed by starting it once."""
    if sys.platform != "linux":
        return f"The sandbox needs Linux; this is {sys.platform}."
    for program in ("bwrap", "prlimit", *(("setpriv",) if os.geteuid() == 0 else ())):
        if shutil.which(program) is None:
            return f"The program {program} is not installed."
    probe = Job(argv=("true",), cwd="/", mounts=(), seconds=20)
    ended = Bubblewrap().run(probe)
    if ended.exit_code == 0:
        return ""
    return f"bubblewrap does not start here: {ended.stderr.decode(errors='replace').strip() or 'no reason given'}"
