"""How a commit stands in its repository now: still in a branch or tag, and merged where it was to be."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from verifier.checkout import remote
from verifier.checkout.git import Git
from verifier.checkout.guard import Guard
from verifier.checkout.request import Request
from verifier.checkout.trouble import GitError, explain
from verifier.words import say

HEADS = "+refs/heads/*:refs/heads/*"
TAGS = "+refs/tags/*:refs/tags/*"
SHA256 = 64
"""Digits of a commit's id in a repository of that object format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`head` is the commit at the tip of the branch asked about; empty where there is no such branch."""

    reachable: bool
    merged: bool
    head: str


def standing(request: Request, commit: str, branch: str | None) -> Standing:
    """Asks the repository itself. A server may give a commit that only a fork has, so branches and tags are what counts.

    Raises WorldError where it cannot be reached, LimitError over the request's limits.
    """
    with brought(request) as (git, source):
        head = source.refs.get(f"refs/heads/{branch}", "") if branch else ""
        return Standing(reachable=contains(git, commit), merged=bool(head) and _ancestor(git, commit, head), head=head)


@contextmanager
def brought(request: Request) -> Iterator[tuple[Git, remote.Source]]:
    """All branches and tags of a remote repository, for as long as they are asked about. Raises as `standing`."""
    with tempfile.TemporaryDirectory(prefix="standing-") as folder:
        directory = Path(folder) / "git"
        git = Git(directory, Guard(request.limits, directory), access=remote.access_to(request))
        try:
            source = remote.look(git, request.where, request.where)
            object_format = "sha256" if any(len(one) == SHA256 for one in source.refs.values()) else "sha1"
            git.run("init", "--quiet", "--bare", "--template=", f"--object-format={object_format}")
            remote.fetch(git, source, HEADS, TAGS)
            yield git, source
        except GitError as error:
            raise explain(error, say("The repository")) from None


def contains(git: Git, commit: str) -> bool:
    """Whether a branch or tag has it."""
    try:
        return bool(git.run("for-each-ref", "--count=1", f"--contains={commit}").strip())
    except GitError:  # no such commit here
        return False


def _ancestor(git: Git, commit: str, head: str) -> bool:
    try:
        git.run("merge-base", "--is-ancestor", commit, head)
    except GitError:
        return False
    return True
