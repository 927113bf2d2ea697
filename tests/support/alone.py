"""Each checker that runs no delivered code by itself: with an empty cache, once more, and after a change to the tree."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from pathlib import Path

from support import checked
from support.costs import Cost, timed
from support.prepared import Prepared

from verifier import registry
from verifier.cache import Cache, Recalls, opened
from verifier.checker import Checker
from verifier.runner import perform
from verifier.sandbox import Bubblewrap

APART = ("bandit", "malware", "scancode", "secrets", "semgrep", "unicode")
"""Those that answer file by file."""
RUNS_CODE = ("environment", "tests")
ADDED = "\nimport subprocess\n\n\ndef added(name):\n    subprocess.run(name, shell=True)\n    password = 'correct horse 7'\n"


def static() -> tuple[Checker, ...]:
    return tuple(checker for checker in registry.selected((), ()) if checker.name not in RUNS_CODE)


def change(tree: Path) -> tuple[int, int]:
    """Adds lines to Python files, one in twenty of all files: (how many, of how many)."""
    files = [path for path in tree.rglob("*") if path.is_file() and not path.is_symlink() and ".git" not in path.parts]
    code = sorted(path for path in files if path.suffix == ".py")
    number = min(-(-len(files) // 20), len(code))
    for path in random.Random(20).sample(code, number):  # noqa: S311
        path.write_text(path.read_text(encoding="utf-8") + ADDED, encoding="utf-8")
    return number, len(files)


class Alone:
    """One delivery, again and again."""

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        self._prepared, self._folder, self._number = prepared, folder, 0
        self.tree = folder / "tree"
        shutil.copytree(prepared.repository, self.tree, ignore=shutil.ignore_patterns(".git"))
        self._cache = opened(folder / "cache", print)

    def three(self) -> dict[str, tuple[Cost, Cost, Cost]]:
        """By checker what it cost the first time, unchanged and changed."""
        first, again = self._costs(self._cache), self._costs(self._cache)
        change(self.tree)
        changed = self._costs(self._cache)
        return {name: (first[name], again[name], changed[name]) for name in first}

    def _costs(self, cache: Cache) -> Mapping[str, Cost]:
        recalls, tree = Recalls(cache, checked.RULES), checked.checkout(self.tree)
        costs = {}
        for checker in static():
            self._number += 1
            workspace = self._folder / f"run-{self._number}"
            workspace.mkdir()
            places = self._prepared.places(workspace, recalls)
            costs[checker.name] = timed(lambda checker=checker, places=places: self._done(checker, tree, places))
        return costs

    def _done(self, checker, tree, places) -> None:
        _, trouble = perform(checker, tree, self._prepared.settings, places, Bubblewrap())
        assert trouble is None, trouble
