"""Where reports lie that workers made: a folder for each submission, named by its digest, written once and whole.

    STORE/store.json
    STORE/3f/3f2c9e…/report.json, report.html, report.md, evidence/, submission.json
    STORE/signed/3f2c9e….sigstore.json      what the signing process made of it
    STORE/posted/github-attestation/3f2c9e…  that it was posted
    STORE/troubles/3f2c9e….json             why it is not there yet

Of two workers that assessed the same submission, one has its folder moved into the place, and the other one finds it taken.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.errors import UsageError, WorldError
from verifier.files import write
from verifier.fleet.submission import Submission
from verifier.words import Text, say

MARK, SUBMISSION = "store.json", "submission.json"
SIGNED, POSTED, TROUBLES, SUFFIX = "signed", "posted", "troubles", ".sigstore.json"
SHELF, DIGEST = re.compile("[0-9a-f]{2}"), re.compile("[0-9a-f]{64}")
MAKING = ".making-"
LEFT = 2 * 24 * 3600
"""Seconds after which a folder that nobody finished is taken away."""


@dataclass(frozen=True, slots=True)
class Store:
    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Store:
        """Begun where there is none. Raises UsageError for a folder that holds something else."""
        folder = folder.absolute()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not is_store(folder):
                if any(one.name != MARK for one in folder.iterdir() if not one.name.startswith(".")):
                    raise UsageError(say("{folder} holds something else than reports of workers.", folder=folder))
                write(folder / MARK, b'{"version": 1}\n')
            for name in (SIGNED, TROUBLES):
                (folder / name).mkdir(exist_ok=True)
        except OSError as error:
            raise WorldError(say("{path} cannot be written: {error}.", path=folder, error=error.strerror)) from error
        return cls(folder)

    def place(self, digest: str) -> Path:
        """Where the report of a submission lies, or is going to."""
        return self.folder / digest[:2] / digest

    def signed(self, digest: str) -> Path:
        return self.folder / SIGNED / f"{digest}{SUFFIX}"

    def has(self, digest: str) -> bool:
        return self.place(digest).is_dir()

    @contextmanager
    def making(self) -> Iterator[Path]:
        """A folder in which a report is made; what was not kept of it is gone afterwards."""
        folder = Path(tempfile.mkdtemp(prefix=MAKING, dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, made: Path, submission: Submission) -> bool:
        """Moves a report into its place, all of it on the disk; False where one lies there already, which stays."""
        target = self.place(submission.digest)
        try:
            target.parent.mkdir(exist_ok=True)
            write(made / SUBMISSION, json.dumps(submission.document(), indent=1).encode())
            made.chmod(0o755)
            _sync(made)
            made.rename(target)
            _sync_folder(target.parent)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST) and target.is_dir():
                return False
            raise WorldError(say("{path} cannot be written: {error}.", path=target, error=error.strerror)) from error
        self.trouble(submission.digest, None)
        return True

    def submission(self, digest: str) -> Submission:
        """What the report is of. Raises UsageError where what lies there is not the submission of this digest, WorldError where
        it may not be read.
        """
        path = self.place(digest) / SUBMISSION
        try:
            found = Submission.of(json.loads(path.read_bytes()))
            if found.digest == digest:
                return found
        except PermissionError as error:
            raise _unread(path, error) from error
        except (OSError, ValueError, TypeError, AttributeError):
            pass
        raise UsageError(say("What lies in the place of {digest} is no report of that submission.", digest=digest))

    def digests(self) -> list[str]:
        """Of every report, sorted. Raises WorldError for a folder that may not be read."""
        shelves = [self.folder / name for name in _names(self.folder) if SHELF.fullmatch(name)]
        return sorted(name for shelf in shelves for name in _names(shelf) if DIGEST.fullmatch(name))

    def unsigned(self) -> list[str]:
        """Those that nobody signed. Raises WorldError for a folder that may not be read."""
        done = {name.removesuffix(SUFFIX) for name in _names(self.folder / SIGNED)}
        return [one for one in self.digests() if one not in done]

    def unposted(self, where: str) -> list[str]:
        """Those that are signed and not known to be posted there. Raises WorldError for a folder that may not be read."""
        waiting = {*self.unsigned(), *_names(self.folder / POSTED / where)}
        return [one for one in self.digests() if one not in waiting]

    def posted(self, where: str, digest: str) -> None:
        """Remembers it; without that it is posted again, to who knows it by its digest."""
        (self.folder / POSTED / where).mkdir(parents=True, exist_ok=True)
        (self.folder / POSTED / where / digest).touch()

    @contextmanager
    def signing(self) -> Iterator[None]:
        """Alone: of two that signed the same at once, one would be lost. Raises UsageError where another is at it."""
        with (self.folder / SIGNED / ".lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UsageError(say("Another process signs what is in {folder}.", folder=self.folder)) from error
            yield

    def trouble(self, digest: str, why: Mapping[str, Any] | None) -> None:
        """Writes down why there is no report yet; None: there is one. What cannot be written is in the log all the same."""
        path = self.folder / TROUBLES / f"{digest}.json"
        with suppress(OSError):
            if why is None:
                path.unlink(missing_ok=True)
            else:
                write(path, json.dumps(why).encode())

    def why(self, digest: str) -> Text | None:
        """Why there is no report yet, as far as anybody could write it down."""
        try:
            told = json.loads((self.folder / TROUBLES / f"{digest}.json").read_bytes())
            return Text(told["en"], told["fr"])
        except (OSError, ValueError, KeyError):
            return None

    def sweep(self) -> None:
        """Takes away what workers left that were killed long ago, by the disk's own clock: ours may be days ahead of it."""
        with suppress(OSError):
            with tempfile.TemporaryFile(dir=self.folder) as now:
                before = os.fstat(now.fileno()).st_mtime - LEFT
            for path in self.folder.glob(f"{MAKING}*"):
                with suppress(OSError):
                    if path.stat().st_mtime < before:
                        shutil.rmtree(path, ignore_errors=True)


def is_store(folder: Path) -> bool:
    return (folder / MARK).is_file()


def _names(folder: Path) -> list[str]:
    """Of what lies in a folder, if it is one. Raises WorldError where that may not be read, which nobody would notice else."""
    try:
        return [one.name for one in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise _unread(folder, error) from error


def _unread(path: Path, error: OSError) -> WorldError:
    return WorldError(say("{path} cannot be read: {error}.", path=path, error=error.strerror))


def _sync(folder: Path) -> None:
    for place, _, names in os.walk(folder):
        for name in names:
            _sync_file(Path(place) / name)
        _sync_folder(Path(place))


def _sync_file(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
