"""Files written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from verifier.errors import UsageError
from verifier.render.inert import inert
from verifier.words import say


def write(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Replaces the file at once. A device such as /dev/stdout is written to as it is.

    It is on the disk when this returns; where not `lasting`, when the caller has seen to it for many files together.
    """
    write_parts(path, (content,), lasting=lasting)


def write_parts(path: Path, parts: Iterable[bytes], *, lasting: bool = True) -> None:
    """The same of a content that is too large to be held whole."""
    if not path.is_file() and path.exists():
        with path.open("wb") as device:
            device.writelines(parts)
        return
    descriptor, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.writelines(parts)
            handle.flush()
            os.fchmod(descriptor, 0o644)
            if lasting:
                os.fsync(descriptor)
        os.replace(temporary, path)  # noqa: PTH105 - the site's build writes some ten thousand files
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read(path: Path, *, most: int) -> bytes:
    """The bytes of a file. Raises UsageError for one that cannot be read or has over `most`, which are not read then."""
    try:
        with path.open("rb") as handle:
            content = handle.read(most + 1)
    except OSError as error:
        raise UsageError(say("{path} cannot be read: {error}.", path=path, error=error.strerror)) from error
    if len(content) > most:
        raise UsageError(say("{path} has over {most} bytes; it is not read.", path=path, most=most))
    return content


def read_plain(path: Path, *, most: int) -> bytes:
    """The bytes of a plain file, at most one more than `most`. Raises UsageError for anything else: a pipe would make us wait."""
    with opened_plain(path) as handle:
        return handle.read(most + 1)


@contextmanager
def opened_plain(path: Path) -> Iterator[BinaryIO]:
    """A plain file, to be read. Raises UsageError for anything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise UsageError(say("{path} cannot be read: {error}.", path=_named(path), error=error.strerror)) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UsageError(say("{name} is no plain file; it is not read.", name=_named(path)))
        with os.fdopen(descriptor, "rb", closefd=False) as handle:
            yield handle
    finally:
        os.close(descriptor)


def _named(path: Path) -> str:
    """Whoever may write in a folder names its files."""
    return inert(str(path))


def write_private(path: Path, content: bytes) -> None:
    """Makes a file at once that only its owner ever reads. Raises UsageError for one that exists, which stays as it is."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}-")
    except OSError as error:
        raise UsageError(say("{file} cannot be written ({error})", file=path, error=error.strerror)) from error
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        os.link(temporary, path)
    except FileExistsError as error:
        words = say("{file} exists already and is left as it is; name another file", file=path)
        raise UsageError(words) from error
    finally:
        Path(temporary).unlink()


def check_folder(path: Path) -> None:
    """Refuses to replace a folder that is not an earlier report, or one with the evidence of an official assessment."""
    if path.is_dir() and any(path.iterdir()) and not (path / "report.json").is_file():
        raise UsageError(
            say(
                "{path} exists and is not a report of verifier; name another folder with --output folder=PATH.",
                path=path,
            )
        )
    if path.exists() and not path.is_dir():
        raise UsageError(say("{path} exists and is not a folder.", path=path))
    if _is_official(path / "report.json"):
        words = say(
            "{path} holds the report and evidence of an official assessment, which stay; name another folder with "
            "--output folder=PATH.",
            path=path,
        )
        raise UsageError(words)


def _is_official(report: Path) -> bool:
    try:
        return bool(json.loads(report.read_bytes())["kind"] == "official")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Makes the folder beside its place, then moves it there; an earlier report is replaced as a whole."""
    check_folder(path)
    temporary = Path(tempfile.mkdtemp(dir=path.absolute().parent, prefix=f".{path.name}-"))
    try:
        for name, content in files.items():
            target = temporary / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        temporary.chmod(0o755)
        if path.is_dir():
            old = temporary.with_name(temporary.name + "-old")
            path.rename(old)
            temporary.rename(path)
            shutil.rmtree(old)
        else:
            temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
