"""Repositories for tests, made by real git with its configuration shut out; hostile trees are written byte by byte."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "author",
    "GIT_AUTHOR_EMAIL": "author@example.org",
    "GIT_AUTHOR_DATE": "1700000000 +0000",
    "GIT_COMMITTER_NAME": "committer",
    "GIT_COMMITTER_EMAIL": "committer@example.org",
    "GIT_COMMITTER_DATE": "1700000000 +0000",
}


@dataclass(frozen=True)
class Repository:
    """A work tree at `path`."""

    path: Path

    def git(self, *arguments: str, feed: bytes = b"") -> str:
        """Runs git here; the output without its last newline."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | ENVIRONMENT
        done = subprocess.run(["git", *arguments], cwd=self.path, env=env, input=feed, capture_output=True, check=False)
        assert not done.returncode, done.stderr.decode()
        return done.stdout.decode("utf-8", "replace").rstrip("\n")

    def write(self, files: dict[str, str | bytes]) -> None:
        for name, content in files.items():
            place = self.path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: dict[str, str | bytes] | None = None) -> str:
        """Commits everything; gives the id."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def blob(self, content: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", feed=content)

    def tree(self, *entries: tuple[str, bytes, str]) -> str:
        """A tree of (mode, name, id), with any name and in the given order."""
        raw = b"".join(f"{mode} ".encode() + name + b"\0" + bytes.fromhex(which) for mode, name, which in entries)
        return self.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", feed=raw)

    def commit_tree(self, tree: str) -> str:
        """Commits a tree without touching the work tree; `main` names it afterwards."""
        commit = self.git("commit-tree", "-m", "change", tree)
        self.git("update-ref", "refs/heads/main", commit)
        return commit

    def bare(self, to: Path) -> Path:
        self.git("clone", "--quiet", "--bare", "--no-local", str(self.path), str(to))
        return to


def new_repository(path: Path, *options: str) -> Repository:
    path.mkdir(parents=True)
    repository = Repository(path)
    repository.git("init", "--quiet", "--initial-branch=main", *options)
    return repository
