"""A repository on this machine, looked at through a window: a git directory of our own with copies of its references.

The source's objects are reached as alternates. Its configuration is never read by git, so neither hooks, filters,
`core.fsmonitor` nor a promisor remote of a delivered `.git/config` can run (CVE-2022-24765, CVE-2024-32004).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from verifier.checkout.git import Access, Git
from verifier.checkout.guard import Guard
from verifier.checkout.names import display, in_report_folder, quoted
from verifier.checkout.trouble import GitError, explain
from verifier.errors import UsageError
from verifier.words import say

MAX_LINK = 4096
"""Bytes of a `.git` file or a `commondir` file that are read."""


def window(path: Path, directory: Path, guard: Guard, *, work_tree: bool) -> Git:
    """Makes the window in `directory`. Raises `UsageError` where the repository is none."""
    own = _git_directory(path) if work_tree else path
    common = _linked(own / "commondir", own) if (own / "commondir").is_file() else own
    if not (own / "HEAD").is_file() or not (common / "objects").is_dir():
        raise UsageError(
            say("{path} is not a git repository that can be read: its HEAD or its objects are missing.", path=path)
        )
    if (common / "reftable").exists():
        raise UsageError(
            say(
                "{path} keeps its references as a reftable, which is not supported: judge a plain clone of it.",
                path=path,
            )
        )
    (directory / "info").mkdir(parents=True)
    (directory / "objects" / "info").mkdir(parents=True)
    (directory / "refs").mkdir()
    objects = quoted(os.fsencode((common / "objects").absolute())) + b"\n"
    (directory / "objects" / "info" / "alternates").write_bytes(objects)
    for source in (own / "HEAD", own / "index", *own.glob("sharedindex.*"), common / "packed-refs", common / "shallow"):
        _copy(source, directory / source.name)
    _copy(common / "info" / "exclude", directory / "info" / "exclude")
    _copy_references(common / "refs", directory / "refs", guard)
    git = Git(
        directory, guard, Access(config={"protocol.file.allow": "always"}), path.absolute() if work_tree else None
    )
    _configure(git, common / "config")
    return git


def _git_directory(path: Path) -> Path:
    """`.git` itself, or what a `.git` file (linked work trees, submodules) points to."""
    entry = path / ".git"
    return entry if entry.is_dir() else _linked(entry, path, "gitdir:")


def _linked(file: Path, beside: Path, prefix: str = "") -> Path:
    with file.open("rb") as opened:
        text = os.fsdecode(opened.read(MAX_LINK)).strip()
    if not text.startswith(prefix) or "\0" in text:
        raise UsageError(say("{file} does not name a git directory.", file=file))
    return beside / text.removeprefix(prefix).strip()


def _copy(source: Path, target: Path) -> None:
    if source.is_file() and not source.is_symlink():
        shutil.copyfile(source, target, follow_symlinks=False)


def _copy_references(source: Path, target: Path, guard: Guard) -> None:
    for place, folders, names in os.walk(source):
        folders[:] = [name for name in folders if name != "replace"]
        guard.check_time()
        here = target / Path(place).relative_to(source)
        here.mkdir(exist_ok=True)
        for name in names:
            _copy(Path(place) / name, here / name)


def _configure(git: Git, config: Path) -> None:
    """Takes over the one setting that says how ids are made; reading a file by name applies nothing of it."""
    found = "sha1"
    if config.is_file():
        try:
            found = git.line(
                "config", "--file", str(config.absolute()), "--default", "sha1", "--get", "extensions.objectFormat"
            )
        except GitError as error:
            raise explain(error, str(config)) from None
    lines = "[core]\n\trepositoryformatversion = 1\n[uploadpack]\n\tallowAnySHA1InWant = true\n"
    if found == "sha256":
        lines += "[extensions]\n\tobjectFormat = sha256\n"
    (git.directory / "config").write_text(lines)


def not_included(git: Git) -> tuple[str, ...]:
    """Changed and untracked files of the work tree, which the commit at HEAD does not hold; folders end with `/`."""
    options = ("--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=all", "--no-renames")
    entries = git.run("status", *options).split(b"\0")
    paths = sorted(entry[3:] for entry in entries if entry)
    return tuple(display(path) for path in paths if not in_report_folder(path))


def work_tree_paths(git: Git) -> tuple[list[bytes], dict[bytes, str]]:
    """Tracked and untracked-not-ignored paths, and the submodules with the commit that the index names for each."""
    tracked = git.run("ls-files", "-z", "--stage").split(b"\0")
    untracked = git.run("ls-files", "-z", "--others", "--exclude-standard").split(b"\0")
    paths = {path for path in untracked if path}
    submodules = {}
    for entry in tracked:
        about, _, path = entry.partition(b"\t")
        if about.startswith(b"160000 "):
            submodules[path] = about.split()[1].decode("ascii")
        elif path:
            paths.add(path)
    return sorted(path for path in paths if not in_report_folder(path)), submodules
