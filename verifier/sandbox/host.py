"""A host: a process in a sandbox of its own that has loaded a script, and forks for each piece of work (verifier/inside/host.py).

What it sees of a job are folders of ours that stay where they are: what the job's own folders hold is linked into them before it,
and taken out of them after it. So nothing is mounted later, and a delivery's files are there for as long as they are worked on.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Hashable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from verifier.sandbox.bubblewrap import UID, Bubblewrap
from verifier.sandbox.job import Ended, Job, Mount
from verifier.sandbox.watch import Watch, watching

WORDS = 3
"""Of a command, that are the host's own: python, -I and the script."""
LONGEST = 60_000
"""Bytes of the rest."""
START_SECONDS, CLEAN_SECONDS = 60, 10
ALWAYS = 10**8
"""Seconds: it is each piece of work that is limited."""


class Trouble(Exception):  # noqa: N818 - a word for what happened
    """The host is of no use any more, or cannot do this job; nothing is known of the job."""


def likeness(job: Job) -> Hashable:
    """Jobs that one host can do have the same. Raises Trouble for what none can."""
    if not all(mount.lasting or mount.source.is_dir() for mount in job.mounts) or len(_message(job)) > LONGEST:
        raise Trouble
    mounts = tuple((one.target, one.writable, one.source if one.lasting else None) for one in job.mounts)
    limits = (job.memory_mb, job.disk_mb, job.entries, job.file_mb, job.processes, job.descriptors, job.processors)
    return job.argv[:WORDS], job.cwd, mounts, tuple(sorted(job.env.items())), limits, job.nice


class Host:
    """For one thread, and of the thread that makes it: with that it ends."""

    def __init__(self, job: Job, folder: Path, box: Bubblewrap) -> None:
        """Starts one that can do this job, in a folder that is there for it. Raises OSError, Trouble."""
        self._folder, self._ended = folder, False
        self._places = {one.target: folder / str(n) for n, one in enumerate(job.mounts) if not one.lasting}
        for place in self._places.values():
            place.mkdir()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        with ExitStack() as stack, theirs:
            script = job.argv[WORDS - 1]
            argv = (*job.argv[: WORDS - 1], str(Path(script).with_name("host.py")), str(theirs.fileno()), script)
            seen = replace(self._seen(job), argv=argv, stdin=b"", seconds=ALWAYS)
            start = stack.enter_context(box.prepared(seen, first=True))
            process = subprocess.Popen(
                start.argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,
                pass_fds=(*start.descriptors, theirs.fileno()),
            )
            try:
                self._hold = start.take(process)
            except BaseException:
                process.kill()
                process.wait()
                raise
            self._group = stack.pop_all()  # the control group goes when the host has
        try:
            theirs.close()
            self._ready()
        except BaseException:
            self.end()
            raise

    def _ready(self) -> None:
        if self._heard(START_SECONDS) != {}:
            raise Trouble

    def work(self, job: Job, cancelled: Callable[[], bool]) -> Ended:
        """As `Box.run`; where a limit was met the host has ended. Raises Trouble, OSError, Cancelled, and has ended then."""
        try:
            self._put(job)
            seen = self._seen(job)
            with watching(seen, cancelled) as watch:
                killed, code = self._over(seen, watch)
                if killed:
                    self.end()
                self._take(job)
                return watch.ended(code, killed)
        except BaseException:
            self.end()
            raise

    def _over(self, job: Job, watch: Watch) -> tuple[str, int]:
        self._hold.anew(job)
        streams = [one.fileno() for one in (watch.given, watch.out, watch.err)]
        self._control.settimeout(0)
        if socket.send_fds(self._control, [_message(job)], streams) != len(_message(job)):
            raise Trouble
        killed = watch.over(self, self._hold)
        if killed:
            return killed, 0
        said = self._heard(0)
        if not isinstance(said, dict) or type(code := said.get("code")) is not int:
            raise Trouble
        return self._hold.over(), code

    def wait(self, timeout: float) -> None:
        """Until it has said something, or is gone. Raises TimeoutExpired."""
        self._control.settimeout(timeout)
        try:
            self._control.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            raise subprocess.TimeoutExpired("host", timeout) from None

    def _heard(self, seconds: float) -> object:
        self._control.settimeout(seconds)
        try:
            return json.loads(self._control.recv(LONGEST))
        except (TimeoutError, BlockingIOError, ValueError) as error:
            raise Trouble from error

    def end(self) -> None:
        """It and all that is in it; the folders stay, for what lies in them."""
        if not self._ended:
            self._ended = True
            self._hold.end()
            self._control.close()
            self._group.close()

    @property
    def ended(self) -> bool:
        return self._ended

    def remove(self) -> None:
        """Ends it, and takes away its folder."""
        self.end()
        _removed(self._folder)

    def _seen(self, job: Job) -> Job:
        """The job as the host sees it."""
        mounts = (replace(one, source=self._places.get(one.target, one.source)) for one in job.mounts)
        return replace(job, mounts=tuple(mounts))

    def _own(self, job: Job) -> list[tuple[Mount, Path]]:
        return [(one, self._places[one.target]) for one in job.mounts if not one.lasting]

    def _put(self, job: Job) -> None:
        for mount, place in self._own(job):
            if mount.writable:
                _owned(place)
            else:
                linked(mount.source, place)

    def _take(self, job: Job) -> None:
        """What was written goes where the job wanted it; nothing stays."""
        for mount, place in self._own(job):
            if mount.writable:
                for entry in list(place.iterdir()):
                    if entry.is_dir() and not entry.is_symlink():
                        entry.chmod(0o700)  # else its owner could not move it
                    entry.rename(mount.source / entry.name)
            else:
                emptied(place)


def _message(job: Job) -> bytes:
    return json.dumps({"arguments": job.argv[WORDS:], "cpu": job.cpu_seconds}).encode()


def _owned(place: Path) -> None:
    place.chmod(0o700)
    if os.geteuid() == 0:
        os.chown(place, UID, UID)


def linked(source: Path, target: Path) -> None:
    """The files of a folder once more below another one, each by a second name. Raises OSError, RecursionError."""
    for entry in os.scandir(source):
        other = target / entry.name
        if entry.is_dir(follow_symlinks=False):
            other.mkdir()
            linked(Path(entry.path), other)
        else:
            os.link(entry.path, other, follow_symlinks=False)
    shutil.copymode(source, target)


def emptied(folder: Path) -> None:
    """Raises OSError where something of it stays."""
    folder.chmod(0o700)
    for entry in list(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            _removed(entry)
        else:
            entry.unlink()


def _removed(folder: Path) -> None:
    """Whatever its modes, and however deep it goes."""
    with suppress(OSError, RecursionError):
        shutil.rmtree(folder)
        return
    subprocess.run(["chmod", "-R", "u+rwX", "--", folder], check=False, stderr=subprocess.DEVNULL)
    if subprocess.run(["rm", "-rf", "--", folder], check=False, stderr=subprocess.DEVNULL).returncode:
        raise OSError(f"{folder} cannot be removed")
