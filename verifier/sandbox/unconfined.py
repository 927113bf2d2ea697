"""Runs static checkers where no sandbox can be had (macOS, Windows, a locked-down container): with limits, not isolated.

Never delivered code. Commands are written for the sandbox's paths: each is replaced by the folder that it stands for, and back in
what is printed.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import psutil

from verifier.sandbox.job import Ended, Job
from verifier.sandbox.tree import Tree
from verifier.sandbox.watch import watched


class Unconfined:
    """No sandbox: a `Box` that refuses delivered code."""

    def __init__(self, *, cancel: threading.Event | None = None) -> None:
        self._cancel = cancel or threading.Event()

    def run(self, job: Job) -> Ended:
        """As `Box.run`. Raises ValueError for a job of delivered code: the callers ask `probed` before."""
        if job.delivered_code:
            raise ValueError("delivered code is not run without a sandbox")
        with tempfile.TemporaryDirectory(prefix="verifier-home-") as home:
            place = _places(job, home)
            argv = [place(word) for word in job.argv]
            env = _needed() | {name: place(value) for name, value in job.env.items()}
            ended = watched(
                argv, job, self._cancel, lambda process: _Started(job, process), cwd=place(job.cwd), env=env
            )
        return replace(ended, stdout=_back(ended.stdout, job), stderr=_back(ended.stderr, job))


def _needed() -> dict[str, str]:
    """What a program needs to start at all on Windows."""
    return {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "PATHEXT") if name in os.environ}


def _places(job: Job, home: str) -> Callable[[str], str]:
    """Replaces the sandbox's paths in a word: whole parts of a path only, so that /in is not found in /inside."""
    known = {mount.target: str(mount.source) for mount in job.mounts} | {"/home": home}
    alternatives = "|".join(re.escape(target) for target in sorted(known, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w./-])(?:{alternatives})(?![\w.-])")
    return lambda word: pattern.sub(lambda match: known[match[0]], word)


def _back(said: bytes, job: Job) -> bytes:
    """The other way round: answers name the sandbox's paths, wherever the delivery lay."""
    for mount in sorted(job.mounts, key=lambda mount: len(str(mount.source)), reverse=True):
        said = said.replace(os.fsencode(mount.source), mount.target.encode())
    return said


class _Started:
    """A `Hold` on a process and all that it started."""

    def __init__(self, job: Job, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        tree = Tree(job, process.pid)
        self.pids, self.over = tree.pids, tree.over

    def end(self) -> str:
        started = self.pids()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        for pid in started:
            with suppress(psutil.Error):
                psutil.Process(pid).kill()
        self._process.wait()
        return ""
