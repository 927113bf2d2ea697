"""The copies of a delivery that its own code may write to: one for the installation, a fresh one for every run after it."""

from __future__ import annotations

import contextlib
import filecmp
import fnmatch
import os
import shutil
import stat
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from verifier.sandbox import UID
from verifier.workspace import remove

COMPILED = ("__pycache__", "*.pyc")
HOOKS = ("conftest.py", "test_*.py", "*_test.py", "sitecustomize.py", "usercustomize.py")
"""What Python and pytest take up by its name alone, beside the tests that were delivered."""


def own_folder(folder: Path) -> None:
    """A folder that the sandbox's uid may write to."""
    folder.mkdir()
    folder.chmod(0o700)
    own(folder)


def own(path: Path) -> None:
    """Makes it the sandbox's uid's, where that is another than ours."""
    if _root():
        os.chown(path, UID, UID)


def private_copy(root: Path, work: Path) -> None:
    """The delivered tree once more, the sandbox's uid its owner; without compiled modules, which nobody has read."""
    shutil.copytree(root, work, symlinks=True, ignore=shutil.ignore_patterns(*COMPILED))
    if _root():
        for folder, folders, files in os.walk(work):
            for name in (".", *folders, *files):
                os.chown(Path(folder, name), UID, UID, follow_symlinks=False)


def fresh_copy(work: Path, target: Path) -> None:
    """As it is, special files and owners included: what one run leaves behind must not meet the next.

    Raises CalledProcessError where a file of it cannot be copied.
    """
    subprocess.run(["cp", "-a", "--", work, target], check=True, stderr=subprocess.DEVNULL)


Stamps = Mapping[str, tuple[int, int]]
"""Path -> number and time of change of what lies there, which nobody can set back."""


def stamped(folder: Path, paths: Iterable[str]) -> Stamps:
    """What lies at these paths now; nothing of those at which nothing lies."""
    found = {}
    for path in paths:
        with contextlib.suppress(OSError):
            status = (folder / path).lstat()
            found[path] = (status.st_ino, status.st_ctime_ns)
    return found


def settle(root: Path, work: Path, tests: Collection[str]) -> tuple[str, ...]:
    """Makes `work` what was delivered, with what the installation added beside it and what it changed, but for these tests.

    Returns the delivered files that the installation had changed or taken away, and the hooks and tests that it had written
    beside them and that are gone again, sorted: it runs code of the delivery, which may write a version or generate code, and
    must not write other tests than those that were delivered.
    """
    settled = work.with_name(f"{work.name}-settled")
    private_copy(root, settled)
    changed = tuple(sorted(_taken_over(root, work, settled, "")))
    for path in changed:
        if (
            path not in tests
            and os.path.lexists(root / path)
            and (work / path).is_file()
            and not _through_link(work, path)
        ):
            (work / path).replace(settled / path)
    remove(work)
    settled.rename(work)
    return changed


def edit(root: Path, work: Path, path: str, changes: Sequence[tuple[int, int, str]]) -> None:
    """Writes a delivered file, with these stretches of its bytes replaced, over what a copy has in its place.

    The file is a new one: another name of the old one, and where a link leads, stay as they are. Where a part of the way is
    something else by now, nothing is written.
    """
    folder = path.rpartition("/")[0]
    if folder and (_through_link(work, folder) or not (work / folder).is_dir()):
        return
    content = (root / path).read_bytes()
    for start, end, text in sorted(changes, reverse=True):
        content = content[:start] + text.encode() + content[end:]
    target, mode = work / path, stat.S_IMODE((root / path).stat().st_mode)
    remove(target)
    target.write_bytes(content)
    target.chmod(mode)
    if _root():
        os.chown(target, UID, UID)


def _taken_over(root: Path, work: Path, settled: Path, inner: str) -> Iterator[str]:
    """Moves what was added in one folder over to `settled`; the delivered files that differ. A link is never followed."""
    delivered = {entry.name: entry for entry in os.scandir(root / inner)}
    _open(work / inner)
    built = {entry.name: entry for entry in os.scandir(work / inner)}
    for name in built.keys() - delivered.keys():
        if _like(name, COMPILED):
            continue
        if _like(name, HOOKS):
            yield f"{inner}/{name}" if inner else name
            continue
        if built[name].is_dir(follow_symlinks=False):
            _open(work / inner / name)
        (work / inner / name).rename(settled / inner / name)
    for name, entry in delivered.items():
        path = f"{inner}/{name}" if inner else name
        if entry.is_dir(follow_symlinks=False) and name in built and built[name].is_dir(follow_symlinks=False):
            yield from _taken_over(root, work, settled, path)
        elif not _like(name, COMPILED) and (name not in built or not _same(entry, built[name])):
            yield path


def _like(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _through_link(work: Path, path: str) -> bool:
    """Whether a part of the way, or the file itself, is a link now."""
    parts = path.split("/")
    return any((work / "/".join(parts[:end])).is_symlink() for end in range(1, len(parts) + 1))


def _open(folder: Path) -> None:
    """Its owner may enter and move it, whatever the installation made of its mode."""
    folder.chmod(folder.stat().st_mode | 0o700)


def _same(one: os.DirEntry[str], other: os.DirEntry[str]) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and Path(one).readlink() == Path(other).readlink()
    regular = one.is_file(follow_symlinks=False) and other.is_file(follow_symlinks=False)
    return regular and filecmp.cmp(one.path, other.path, shallow=False)


def _root() -> bool:
    return os.name == "posix" and os.geteuid() == 0
