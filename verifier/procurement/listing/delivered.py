"""What listings take from the delivered repository at the accepted commit: names of files, and nothing is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pygments.lexers import get_lexer_by_name

from verifier.checkout.git import Git
from verifier.checkout.guard import Guard
from verifier.checkout.local import window
from verifier.checkout.request import Limits
from verifier.checkout.trouble import GitError
from verifier.errors import UsageError
from verifier.inside.look.languages import SOURCE, language_of
from verifier.licence_project import is_licence_file
from verifier.words import say

NAMELESS = frozenset({"compiled", "script"})
"""What is in no language that has a name."""
NAMES = {
    "astro": "Astro",
    "lisp": "Lisp",
    "notebook": "Jupyter Notebook",
    "pascal": "Pascal",
    "r": "R",
    "razor": "Razor",
    "svelte": "Svelte",
    "vb": "Visual Basic",
}
"""Languages that Pygments does not have, or calls otherwise."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """`languages` by the number of their files, most first; `licences` are the licence files by their paths."""

    languages: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()

    @classmethod
    def of(cls, paths: Iterable[str]) -> Delivered:
        listed = sorted(paths)
        found = Counter(language for path in listed if (language := language_of(path, b"")) in SOURCE - NAMELESS)
        names = [_name(language) for language, _ in sorted(found.items(), key=lambda one: (-one[1], one[0]))]
        return cls(tuple(names), tuple(path for path in listed if is_licence_file(path)))


def look(path: Path, commit: str) -> Delivered:
    """Raises UsageError for what is no repository, or one without this commit."""
    with TemporaryDirectory() as folder:
        guard = Guard(Limits(), Path(folder))
        git = window(path, Path(folder) / "git", guard, work_tree=(path / ".git").exists())
        return Delivered.of(_paths(git, path, commit))


def _paths(git: Git, path: Path, commit: str) -> list[str]:
    try:
        found = git.run("ls-tree", "-r", "-z", "--name-only", commit)
    except GitError as error:
        told = say("{path} does not have the accepted commit, {commit}.", path=path, commit=commit)
        raise UsageError(told) from error
    return [name.decode("utf-8", "replace") for name in found.split(b"\0") if name]


def _name(language: str) -> str:
    return NAMES.get(language) or str(get_lexer_by_name(language).name)
