"""One assessment in a process of its own: it can be stopped, it can crash, and what it loaded is loaded once for all of them.

A server without threads, which has imported what assessing needs, forks for each (multiprocessing's forkserver). The child takes
SIGTERM as Ctrl-C is taken, and so leaves nothing behind; it gets it too when the worker is killed.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from verifier.errors import LimitError, VerifierError, WorldError
from verifier.fleet.submission import Submission
from verifier.render.inert import inert
from verifier.words import Text, say

Work = Callable[[Submission, Path], dict[str, Any]]
"""Writes the report of a submission into a folder, gives what is worth a line in the log; another process finds it by name."""
PRELOADED = [
    "verifier.pipeline",
    "verifier.cli.assess",
    "verifier.fleet.child",
    "verifier.agreed",
    "verifier.checkers.scancode",
    "verifier.checkers.tests",
    "verifier.render.html",
    "verifier.render.markdown",
    "verifier.fleet.ready",
]
PATIENCE = 20
"""Seconds in which a child that was told to stop may tidy up."""
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


@dataclass(frozen=True, slots=True)
class Done:
    """`told` is of a report that is there; else `why` is a sentence, and `again` whether another try may help."""

    told: dict[str, Any] | None = None
    why: Text | None = None
    again: bool = False


class Children:
    """`modules` are loaded before the first child is made."""

    def __init__(self, modules: list[str] | None = None) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED if modules is None else modules)

    async def run(self, work: Work, submission: Submission, folder: Path, *, seconds: float) -> Done:
        """Never raises for what the work does. Where this is cancelled, the child is stopped first."""
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_child, args=(work, submission, folder, theirs), daemon=False)
        process.start()
        theirs.close()
        try:
            async with asyncio.timeout(seconds):
                await _readable(process.sentinel)
                return _told(ours, process)
        except TimeoutError:
            return Done(why=say("The assessment took over {n} seconds and was stopped.", n=int(seconds)))
        finally:
            await _ended(process)
            ours.close()


async def _readable(descriptor: int) -> None:
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)


async def _ended(process: Any) -> None:
    """Stopped where it still runs: asked first, then made to."""
    if process.exitcode is None:
        process.terminate()
        try:
            async with asyncio.timeout(PATIENCE):
                await _readable(process.sentinel)
        except TimeoutError:
            process.kill()
    process.join()


def _told(ours: Connection, process: Any) -> Done:
    process.join()
    with suppress(EOFError):
        if ours.poll():
            found: Done = ours.recv()
            return found
    why = say("The process that assessed ended by itself (code {code}).", code=process.exitcode)
    return Done(why=why, again=True)


def _child(work: Work, submission: Submission, folder: Path, to: Connection) -> None:
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's to take
    os.setpgid(0, 0)
    done = _worked(work, submission, folder)
    with suppress(BrokenPipeError), to:  # the worker may be gone
        to.send(done)


def withheld(error: OSError) -> Text:
    """What the machine refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return say("The disk is full, of the store or of temporary files: free some space.")
    file = inert(os.fsdecode(error.filename)) if error.filename else say("unknown file")
    return say("{error}: {file}.", error=error.strerror or type(error).__name__, file=file)


def _interrupt(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _worked(work: Work, submission: Submission, folder: Path) -> Done:
    try:
        return Done(told=work(submission, folder))
    except KeyboardInterrupt:
        return Done(why=say("The assessment was interrupted."), again=True)
    except VerifierError as error:
        return Done(why=error.text, again=isinstance(error, WorldError) and not isinstance(error, LimitError))
    except OSError as error:
        return Done(why=withheld(error), again=True)
    except Exception as error:  # noqa: BLE001 - whatever it is, a person is told, and the worker goes on
        what = f"{type(error).__name__}: {str(error)[:200]}"
        return Done(why=say("Internal error: {error}.", error=what))
