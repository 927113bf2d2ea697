"""What the delivered commits changed, as one file: a secret that a later commit took out is delivered all the same."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from verifier.checkout.git import Access, Git
from verifier.checkout.request import MEGABYTE
from verifier.checkout.trouble import GitError, explain
from verifier.errors import VerifierError
from verifier.model import History
from verifier.words import say

OPTIONS = (
    *("--format=commit %H", "--patch", "--unified=0", "--root", "--diff-merges=combined", "--no-renames"),
    *("--no-ext-diff", "--no-textconv", "--no-color", "--no-notes", "--no-show-signature", "--no-decorate"),
    *("--ignore-submodules=all", "--src-prefix=a/", "--dst-prefix=b/"),
)
"""`git log` of what each commit added; of a merge, what is in none of its parents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Most:
    """The most that is taken: commits and bytes first, so that what is left out seldom depends on the machine."""

    commits: int = 5_000
    bytes: int = 64 * MEGABYTE
    seconds: int = 60


def history(git: Git, head: str, target: Path, *, base: str | None = None, most: Most = Most()) -> History:
    """Writes the changes of every commit that head has and base has not. Never fails: what could not be had is said."""
    try:
        return _taken(git, head, target, base, most)
    except (GitError, VerifierError) as error:
        reason = explain(error, say("The history")) if isinstance(error, GitError) else error
        return History(
            since=base or "", left_out=(say("The history was not examined. {reason}", reason=reason.args[0]),)
        )


def _taken(git: Git, head: str, target: Path, base: str | None, most: Most) -> History:
    wanted = (head, f"^{base}") if base else (head,)
    there = int(git.line("rev-list", "--count", *wanted))
    cut = _written(_without_attributes(git), wanted, target, most)
    commits = min(there, most.commits)
    left_out = [cut] if cut else []
    if there > commits:
        left_out.append(
            say("Of {all} commits in the history the newest {n} were examined.", all=there, n=commits),
        )
    if git.line("rev-parse", "--is-shallow-repository") == "true":
        left_out.append(say("The delivered repository is shallow: its earlier history is not in it."))
    return History(patch=target, commits=commits, since=base or "", left_out=tuple(left_out))


def _without_attributes(git: Git) -> Git:
    """In a bare repository newer versions of git read `.gitattributes` of HEAD, which could call every file binary."""
    empty = git.line("hash-object", "-t", "tree", "/dev/null")
    return replace(
        git, access=Access(config={**git.access.config, "attr.tree": empty}, environment=git.access.environment)
    )


def _written(git: Git, wanted: tuple[str, ...], target: Path, most: Most) -> str:
    """Why not everything was written, or nothing."""
    cut = ""
    try:
        with (
            target.open("wb") as file,
            git.start("log", *OPTIONS, f"--max-count={most.commits}", *wanted, "--") as process,
        ):
            if process.stdout is None:
                raise EOFError
            cut = _copied(process.stdout, file, most)
            process.stdout.close()
    except GitError:
        if not cut:  # else it was stopped by the closed pipe
            raise
    target.chmod(0o644)
    return cut


def _copied(stream: IO[bytes], file: IO[bytes], most: Most) -> str:
    size, until = 0, time.monotonic() + most.seconds
    while chunk := stream.read(MEGABYTE):
        if size + len(chunk) > most.bytes:
            file.write(chunk[: most.bytes - size])
            return say(
                "The history has over {n} MB of changes: its older part was not examined.", n=most.bytes // MEGABYTE
            )
        if time.monotonic() > until:
            return say("Reading the history took over {n} seconds: its older part was not examined.", n=most.seconds)
        file.write(chunk)
        size += len(chunk)
    return ""
