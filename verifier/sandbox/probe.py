"""Tries the sandbox on this machine before anything is trusted to it: what it promises is what it kept."""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from verifier.sandbox import cgroup, seccomp
from verifier.sandbox.bubblewrap import Bubblewrap, kernel_limits, tool_mounts
from verifier.sandbox.job import Ended, Job, Mount
from verifier.sandbox.promises import GROUPS, Standing, standing
from verifier.words import Text, say

INSIDE = Path(__file__).parents[1] / "inside"
GIVEN = "/given"
"""A folder that the probe may read and must not be able to write."""
OURS = "VERIFIER_PROBE"
"""A variable of our own environment, while it is tried whether it can be seen."""
SPACES = ("ipc", "mnt", "net", "pid", "uts")


@cache
def probed() -> Standing:
    """What can be had here. Tried once a process; a fifth of a second at most on an idle machine."""
    if reason := _lacking():
        return Standing(reason=reason)
    with _outside() as (told, contacted, folder):
        ended = Bubblewrap().run(_job(told, folder))
        answer = _read(ended)
        if answer is None:
            return Standing(reason=_not_started(ended))
        answer["network"] += contacted()
        answer["files"] += [path.name for path in folder.iterdir()]
    return standing({**answer, GROUPS: [] if cgroup.found() else [_no_groups()]})


def missing() -> Text:
    """Why delivered code cannot be run here, in one sentence; empty when it can."""
    return probed().reason


def _lacking() -> Text:
    """What is not there at all."""
    if sys.platform != "linux":
        return say("The sandbox needs Linux; this is {system}.", system=sys.platform)
    for program in ("bwrap", "prlimit", *(("setpriv",) if os.geteuid() == 0 else ())):
        if shutil.which(program) is None:
            return say("The program {program} is not installed.", program=program)
    if platform.machine() not in seccomp.MACHINES:
        return say("No filter of system calls is known for this machine ({machine}).", machine=platform.machine())
    return Text("", "")


def _not_started(ended: Ended) -> Text:
    said = ended.stderr.decode(errors="replace").strip().splitlines()
    return say("bubblewrap does not start here: {reason}", reason=said[-1] if said else say("no reason given"))


def _no_groups() -> str:
    """Where none can be made."""
    return "/sys/fs/cgroup" if Path("/sys/fs/cgroup").is_dir() else "cgroup"


@contextmanager
def _outside() -> Iterator[tuple[dict[str, Any], Any, Path]]:
    """What there is to be had outside: what the probe is told, who was contacted, and the folder that it is given."""
    secret = secrets.token_hex(16)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="verifier-probe-")))
        given = folder / "given"
        given.mkdir()
        given.chmod(0o777)  # only the sandbox stands before it
        (folder / "file").write_text(secret)
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        named = stack.enter_context(socket.socket(socket.AF_UNIX))
        named.bind(f"\0{secret}")
        named.listen()
        os.environ[OURS] = secret
        stack.callback(os.environ.pop, OURS)
        told = {
            "port": server.getsockname()[1],
            "abstract": secret,
            "file": str(folder / "file"),
            "folder": GIVEN,
            "secret": secret,
            "environment": [],
            "namespaces": {name: str(Path("/proc/self/ns", name).readlink()) for name in SPACES},
        }

        def contacted() -> list[str]:
            for one in (server, named):
                one.setblocking(False)
            return [name for name, one in (("tcp", server), ("unix", named)) if _accepts(one)]

        yield told, contacted, given


def _accepts(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except OSError:
        return False
    return True


def _job(told: dict[str, Any], folder: Path) -> Job:
    mounts = (*tool_mounts(), Mount(source=INSIDE, target="/inside"), Mount(source=folder, target=GIVEN))
    job = Job(
        argv=(sys.executable, "-I", "-S", "/inside/try_sandbox.py"), cwd="/", mounts=mounts, seconds=20, file_mb=1
    )
    limits = {f"RLIMIT_{name.upper()}": value for name, value in kernel_limits(job).items()}
    return replace(job, stdin=json.dumps({**told, "limits": limits}).encode())


def _read(ended: Ended) -> dict[str, list[str]] | None:
    """What was tried with what came of it; None where the probe did not get to its end."""
    if ended.exit_code != 0:
        return None
    answer: dict[str, list[str]] = json.loads(ended.stdout)
    return answer
