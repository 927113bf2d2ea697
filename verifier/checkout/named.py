"""Which commit a branch or a tag stands for now: its source is looked at, and nothing of it fetched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from verifier.checkout import local, remote
from verifier.checkout.git import Git
from verifier.checkout.guard import Guard
from verifier.checkout.intake import ACCESS_TO_WINDOW
from verifier.checkout.request import Kind, Request, kind_of
from verifier.checkout.trouble import GitError, explain
from verifier.errors import UsageError
from verifier.words import say
from verifier.workspace import workspace


def named(request: Request) -> str:
    """The full id of the commit. Raises UsageError for a folder or an archive, which have none, and as `checkout`."""
    kind = kind_of(request.where)
    if kind in {Kind.FOLDER, Kind.ARCHIVE}:
        raise UsageError(say("A folder or an archive has no commit; give a git repository."))
    if request.ref and remote.FULL_ID.fullmatch(request.ref.lower()):
        return request.ref.lower()
    with workspace() as folder:
        try:
            source = _source(request, kind, folder)
        except GitError as error:
            raise explain(error, request.where) from None
    found = remote.wanted(source, request.ref)
    full = next((name for name, object_id in source.refs.items() if object_id == found), "")
    return source.refs.get(f"{full}^{{}}", found)  # what an annotated tag is of


def _source(request: Request, kind: Kind, folder: Path) -> remote.Source:
    git = Git(folder / "git", Guard(request.limits, folder / "git"))
    if kind is Kind.REMOTE:
        git = replace(git, access=remote.access_to(request))
        return remote.look(git, request.where, request.where)
    window = local.window(Path(request.where), folder / "window", git.guard, work_tree=kind is Kind.WORK_TREE)
    git = replace(git, access=ACCESS_TO_WINDOW)
    return remote.look(git, str(window.directory), request.where)
