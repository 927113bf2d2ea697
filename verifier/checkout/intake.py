"""From a request to a checkout: objects into our own repository, then the tree of one commit onto the disk."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from verifier.checkout import local, remote
from verifier.checkout.added import REFERENCE, SUBMODULE, Collection, collecting, not_delivered
from verifier.checkout.archive import add_archive
from verifier.checkout.authors import authors
from verifier.checkout.changes import changed_lines, compared_with
from verifier.checkout.disk import add_paths, paths_below
from verifier.checkout.git import Access, Git
from verifier.checkout.guard import Guard
from verifier.checkout.history import history
from verifier.checkout.request import Kind, Request, kind_of
from verifier.checkout.tree import write
from verifier.checkout.trouble import GitError, explain
from verifier.errors import UsageError, WorldError
from verifier.model import Checkout, Delivery, History, NotExamined
from verifier.words import say

HERE = "."
"""`Delivery.url` of a local place: its path says nothing about the delivery, and would make equal reports differ."""
LAST_SECOND = 253402300799
"""The end of the year 9999, the last that Python's calendar has."""
ACCESS_TO_WINDOW = Access(config={"protocol.file.allow": "always"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What an intake left in our repository; `commit` names the delivery, the tree of `content` is judged."""

    git: Git
    url: str
    commit: str
    content: str
    source: str
    described: bool = True  # `commit` is the supplier's: its time and its version mean something
    base: str | None = None
    window: Git | None = None  # onto the work tree whose changes are not included
    skipped: tuple[NotExamined, ...] = ()


@contextmanager
def checkout(request: Request, *, workspace: Path) -> Iterator[Checkout]:
    """The delivery on disk, in a new folder of `workspace` that is gone after the block.

        with checkout(Request(where="https://host/repo", ref="v1"), workspace=tmp) as delivered:
            delivered.delivery.commit, delivered.root

    A repository without commits gives a checkout without files. Raises `UsageError` for what the caller typed wrong,
    `LimitError` over a limit, `WorldError` for what the world withheld; no message holds a secret.
    """
    with _told():
        folder = Path(tempfile.mkdtemp(prefix="checkout-", dir=workspace))
    try:
        with _told():
            delivered = _take(request, folder)
        yield delivered
    finally:
        shutil.rmtree(folder)


@contextmanager
def _told() -> Iterator[None]:
    """Turns what the disk and git refuse into one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise WorldError(
                say("The disk is full: free some space, or set TMPDIR to a larger one, and try again.")
            ) from None
        raise WorldError(say("A file could not be read or written: {error}.", error=error.strerror)) from None
    except GitError as error:
        raise explain(error, say("The delivery")) from None


def _take(request: Request, folder: Path) -> Checkout:
    kind = kind_of(request.where)
    _check(request, kind)
    git = Git(folder / "git", Guard(request.limits, folder / "git"))
    if kind is Kind.REMOTE:
        taken = _from_remote(request, git)
    elif kind in {Kind.WORK_TREE, Kind.BARE}:
        taken = _from_repository(request, git, work_tree=kind is Kind.WORK_TREE)
    else:
        taken = _from_files(request, git, kind)
    return _checked_out(taken, folder / "tree")


def _check(request: Request, kind: Kind) -> None:
    if request.dirty and (kind is not Kind.WORK_TREE or request.ref):
        raise UsageError(
            say("--dirty judges the files of a local work tree as they are: give its root, without a reference.")
        )
    if kind in {Kind.FOLDER, Kind.ARCHIVE} and (request.ref or request.base):
        raise UsageError(say("A folder or an archive has no commits: a reference or --base needs a git repository."))


def _checked_out(taken: _Taken, root: Path) -> Checkout:
    git = taken.git
    written = write(git, taken.content, root)
    skipped = {skip.path: skip for skip in (*taken.skipped, *written.skipped)}
    delivery = Delivery(
        url=taken.url,
        commit=taken.commit,
        tree=git.line("rev-parse", f"{taken.content}^{{tree}}"),
        manifest=written.manifest,
        base=taken.base,
        source=taken.source,
        not_included=local.not_included(taken.window) if taken.window else (),
        authors=authors(git, taken.commit, taken.base) if taken.described else (),
    )
    checked_out = Checkout(
        delivery=delivery,
        history=_history(git, taken, root) if taken.described else History(),
        root=root,
        files=tuple(written.files),
        not_delivered=tuple(skipped[path] for path in sorted(skipped)),
        changed=changed_lines(git, taken.base, taken.content) if taken.base else None,
        version=_version(git, taken.commit) if taken.described else None,
        commit_time=_time(git, taken.commit) if taken.described else 0,
    )
    return _with_base(checked_out, git, taken.base) if taken.base else checked_out


def _history(git: Git, taken: _Taken, root: Path) -> History:
    return history(git, taken.commit, root.with_name("history"), base=taken.base)


def _with_base(delivered: Checkout, git: Git, base: str) -> Checkout:
    """The same with the base's tree beside it, written with the same care."""
    root = delivered.root.with_name("base-tree")
    write(git, base, root)
    return replace(delivered, base_root=root, base_version=_version(git, base), base_time=_time(git, base))


def _time(git: Git, commit: str) -> int:
    """Seconds since 1970; 0 where the commit names no time that a calendar has."""
    told = git.line("show", "--no-patch", "--format=%ct", commit)
    return int(told) if told.isdecimal() and int(told) <= LAST_SECOND else 0


def _version(git: Git, commit: str) -> str | None:
    try:
        return git.line("describe", "--tags", commit)
    except GitError:  # no tag in its history
        return None


def _from_remote(request: Request, git: Git) -> _Taken:
    git = replace(git, access=remote.access_to(request))
    return _from_source(request, git, remote.look(git, request.where, request.where), request.where)


def _from_repository(request: Request, git: Git, *, work_tree: bool) -> _Taken:
    path = Path(request.where)
    window = local.window(path, git.directory.parent / "window", git.guard, work_tree=work_tree)
    git = replace(git, access=ACCESS_TO_WINDOW)
    taken = _from_source(request, git, remote.look(git, str(window.directory), request.where), HERE)
    if request.dirty:
        return _with_work_tree(taken, window)
    return replace(taken, window=window if work_tree else None)


def _from_source(request: Request, git: Git, source: remote.Source, url: str) -> _Taken:
    """Fetches the commit asked for, and the base; a repository without commits becomes an empty commit of ours."""
    if not source.refs and request.ref is None and request.base is None:
        _start(git)
        with collecting(git, source.name):
            pass
        return _synthetic(git, url=url, source="git")
    _start(git, "sha256" if any(len(object_id) == 64 for object_id in source.refs.values()) else "sha1")
    commit = remote.bring(git, source, request.ref, "head")
    base = remote.bring(git, source, request.base, "base") if request.base else None
    return _Taken(
        git=git,
        url=url,
        commit=commit,
        content=commit,
        source="git",
        base=compared_with(git, base, commit) if base else None,
    )


def _with_work_tree(taken: _Taken, window: Git) -> _Taken:
    """The same delivery with the files of the work tree in place of the commit's."""
    paths, submodules = local.work_tree_paths(window)
    root = window.work_tree or window.directory
    with collecting(taken.git, str(root)) as collection:
        add_paths(root, paths, collection)
        for path, commit in submodules.items():
            collection.place(path, SUBMODULE, commit.encode("ascii"))
    content = taken.git.line("rev-parse", REFERENCE)
    return replace(
        taken,
        commit=taken.commit if taken.described else content,
        content=content,
        source="work tree",
        skipped=_skipped(collection),
    )


def _from_files(request: Request, git: Git, kind: Kind) -> _Taken:
    _start(git)
    path = Path(request.where)
    with collecting(git, request.where) as collection:
        if kind is Kind.ARCHIVE:
            add_archive(path, collection)
        else:
            add_paths(path, paths_below(path, collection, without=git.directory.parent), collection)
    url = path.name if kind is Kind.ARCHIVE else HERE
    return _synthetic(git, url=url, source=kind.value, skipped=_skipped(collection))


def _start(git: Git, object_format: str = "sha1") -> None:
    git.run("init", "--quiet", "--bare", "--template=", f"--object-format={object_format}")


def _synthetic(git: Git, *, url: str, source: str, skipped: tuple[NotExamined, ...] = ()) -> _Taken:
    commit = git.line("rev-parse", REFERENCE)
    return _Taken(git=git, url=url, commit=commit, content=commit, source=source, described=False, skipped=skipped)


def _skipped(collection: Collection) -> tuple[NotExamined, ...]:
    return tuple(not_delivered(path, reason) for path, reason in collection.skipped.items())
