"""The one place that runs git: its environment, configuration and limits.

GitPython starts the processes. Nothing of the caller's or the delivery's configuration reaches them: all `GIT_*` of our
environment is taken out, system and user files are off, and the options below hold above every repository's own.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from verifier.checkout.guard import Guard
from verifier.checkout.trouble import GitError
from verifier.errors import LimitError, VerifierError, WorldError
from verifier.words import say

if TYPE_CHECKING:
    from git.cmd import Git as GitPython

POLL_SECONDS = 0.05
OLDEST = (2, 38)
"""The first git with `safe.bareRepository` (https://github.com/git/git/blob/master/Documentation/RelNotes/2.38.0.txt)."""
MAX_ANSWER = 64 * 1024 * 1024
"""Bytes that a command may answer in one piece, such as the list of a server's references."""
MAX_ERRORS = 64 * 1024
"""Bytes of a command's messages that are kept; a server can send them without end."""
MAX_MEMORY = 4 * 1024**3
"""Bytes of address space of one git process: a small pack can unfold into an endless object."""

HARMLESS_FLAWS = (
    # Old, honest histories hold these (https://git-scm.com/docs/git-fsck#_fsck_messages); they name people and dates.
    *("badDate", "badDateOverflow", "badEmail", "badName", "badTimezone", "missingEmail", "missingNameBeforeEmail"),
    *("missingSpaceBeforeDate", "missingSpaceBeforeEmail", "zeroPaddedDate", "missingTaggerEntry", "badTagName"),
    *("multipleAuthors", "nulInCommit", "zeroPaddedFilemode", "badFilemode"),
    # These are dangerous to `git checkout` and to submodules, which are never used: tree.py judges names and links.
    *("hasDot", "hasDotdot", "hasDotgit", "fullPathname", "emptyName", "gitmodulesBlob", "gitmodulesLarge"),
    *(
        "gitmodulesMissing",
        "gitmodulesName",
        "gitmodulesParse",
        "gitmodulesPath",
        "gitmodulesSymlink",
        "gitmodulesUpdate",
    ),
    *("gitmodulesUrl", "gitattributesBlob", "gitattributesLarge", "gitattributesLineLength", "gitattributesMissing"),
    *("gitattributesSymlink", "gitignoreSymlink", "mailmapSymlink"),
)

CONFIG = {
    "protocol.allow": "never",
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.symlinks": "false",
    "core.bigFileThreshold": "32m",
    "credential.helper": "",
    "diff.external": "",
    "fetch.recurseSubmodules": "false",
    "fetch.unpackLimit": "1",  # one pack, whose size is seen while it grows
    "submodule.recurse": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.followRedirects": "false",  # remote.py follows those to the same host itself
    "http.sslVerify": "true",
    "safe.bareRepository": "explicit",
    "transfer.fsckObjects": "true",
    **{f"fetch.fsck.{flaw}": "ignore" for flaw in HARMLESS_FLAWS},
}

ENVIRONMENT = {
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oControlMaster=no -oControlPath=none -oForwardAgent=no",
    "GIT_TERMINAL_PROMPT": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What reaching one address needs. `environment` is git's: secrets go there, and never into its arguments."""

    config: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Git:
    """git on one repository of our own, by its git directory, optionally with a work tree to look at."""

    directory: Path
    guard: Guard
    access: Access = Access()
    work_tree: Path | None = None

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> bytes:
        """Standard output of one command. Raises `GitError`, `LimitError`."""
        with self.start(*arguments, env=env) as process:
            answer = _pipe(process.stdout).read(MAX_ANSWER + 1)
            if len(answer) > MAX_ANSWER:
                raise LimitError(
                    say(
                        "git {command} answered with over {most} bytes; {most} are allowed.",
                        command=arguments[0],
                        most=MAX_ANSWER,
                    )
                )
        return answer

    def line(self, *arguments: str) -> str:
        """The first line of one command's output."""
        return self.run(*arguments).decode("utf-8", "backslashreplace").partition("\n")[0].strip()

    @contextmanager
    def start(
        self, *arguments: str, env: Mapping[str, str] | None = None, feed: bool = False
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A running command with its pipes; its whole process group ends with the block, however that ends.

        Raises `GitError` where it failed, and `LimitError` where a limit was passed while it ran.
        """
        self.guard.check_time()
        process = _spawn(arguments, {**self._environment(), **(env or {})}, feed=feed)
        watch = _Watch(process, self.guard)
        try:
            yield process
            _finish(process, watch)
        except (BrokenPipeError, EOFError):  # the process was killed by the watch, or failed by itself
            _finish(process, watch)
            raise WorldError(
                say("git {command} ended before it had answered: try again.", command=arguments[0])
            ) from None
        finally:
            watch.end()

    def _environment(self) -> dict[str, str]:
        config = {**CONFIG, **self.access.config}
        values = {"GIT_CONFIG_COUNT": str(len(config)), "GIT_DIR": str(self.directory)}
        if self.work_tree:
            values["GIT_WORK_TREE"] = str(self.work_tree)
        for number, (key, value) in enumerate(config.items()):
            values |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return {**ENVIRONMENT, **values, **self.access.environment}


def global_helper(url: str) -> str:
    """The credential helper that the user's own global configuration names for this address, or nothing."""
    process = _spawn(("config", "--global", "--includes", "--get-urlmatch", "credential.helper", url), {})
    answer, _ = process.communicate()
    return answer.decode("utf-8", "surrogateescape").strip()


@cache
def _gitpython() -> type[GitPython]:
    """GitPython's driver, once git itself is known to be there and new enough to be locked down."""
    try:
        from git.cmd import Git as Found  # noqa: PLC0415  # its import runs git, which may be missing
    except ImportError:
        raise WorldError(say("git is missing: install it (Debian: apt install git).")) from None
    if Found().version_info[:2] < OLDEST:
        raise WorldError(
            say(
                "The git found is too old to be locked down: install {major}.{minor} or newer.",
                major=OLDEST[0],
                minor=OLDEST[1],
            )
        )
    return Found


def _spawn(arguments: tuple[str, ...], env: Mapping[str, str], *, feed: bool = False) -> subprocess.Popen[bytes]:
    """Starts git in a session of its own. GitPython hands our environment on, so `env -u` takes `GIT_*` out of it."""
    inherited = (name for name in os.environ if name.startswith("GIT_") or name == "SSH_ASKPASS")
    started = _gitpython()("/").execute(
        ["env", *(f"--unset={name}" for name in inherited if name not in env), "git", *arguments],
        istream=subprocess.PIPE if feed else None,
        as_process=True,
        env=dict(env),
        start_new_session=True,
    )
    process, started.proc = started.proc, None  # ours to end from here on
    if process is None:
        raise WorldError(say("git could not be started."))
    with suppress(ProcessLookupError):
        resource.prlimit(process.pid, resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    return process


class _Watch:
    """Kills the process group when a limit is passed, and keeps the first messages of the process."""

    def __init__(self, process: subprocess.Popen[bytes], guard: Guard) -> None:
        self.passed: VerifierError | None = None
        self.errors = b""
        self._process = process
        self._guard = guard
        self._over = threading.Event()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._poll, self._listen)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Ends what is left of the group, and both threads. May be called twice."""
        self._over.set()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for thread in self._threads:
            thread.join(timeout=5)  # a credential helper's own daemon may hold the pipe
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            with suppress(OSError):
                if pipe:
                    pipe.close()

    def _poll(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            try:
                self._guard.check_time()
                self._guard.check_disk()
            except LimitError as passed:
                self.passed = passed
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                return

    def _listen(self) -> None:
        for chunk in iter(lambda: _pipe(self._process.stderr).read1(8192), b""):  # type: ignore[attr-defined]  # buffered
            self.errors += chunk[: MAX_ERRORS - len(self.errors)]


def _finish(process: subprocess.Popen[bytes], watch: _Watch) -> None:
    """Waits for the end and raises what went wrong."""
    with suppress(BrokenPipeError):
        if process.stdin and not process.stdin.closed:
            process.stdin.close()
    code = process.wait()
    watch.end()
    if watch.passed:
        raise watch.passed
    if code:
        raise GitError(watch.errors.decode("utf-8", "replace"), code)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the process has no such pipe")
    return pipe
