"""Each checker that runs no delivered code by itself: with an empty cache, once more, and after a change to the tree, by a
command and by a worker that has its tools loaded.
"""

from __future__ import annotations

import random
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil
from support import checked
from support.costs import Cost, timed
from support.prepared import Prepared

from verifier import registry
from verifier.cache import Cache, Recalls, opened
from verifier.checker import Checker
from verifier.runner import perform
from verifier.sandbox import Box, Bubblewrap, Hosted, kept

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

    def four(self) -> dict[str, tuple[Cost, Cost, Cost, Cost]]:
        """By checker what it cost the first time, unchanged, changed, and changed at a worker that has been at work before."""
        first, again = self._costs(self._cache), self._costs(self._cache)
        shutil.copytree(self._folder / "cache", self._folder / "cache-before")
        change(self.tree)
        changed, loaded = self._costs(self._cache), self._loaded(opened(self._folder / "cache-before", print))
        return {name: (first[name], again[name], changed[name], loaded[name]) for name in first}

    def _loaded(self, cache: Cache) -> Mapping[str, Cost]:
        with kept() as folder:
            hub = next(one for one in psutil.Process().children() if str(folder) in one.cmdline())
            box = Hosted(Bubblewrap(), folder, threading.Event())
            self._costs(None, box)
            return self._costs(cache, box, beside=lambda: spent(hub))

    def _costs(
        self, cache: Cache | None, box: Box | None = None, *, beside: Callable[[], float] = lambda: 0
    ) -> Mapping[str, Cost]:
        """`beside`: CPU seconds of what works for us and is none of our children."""
        recalls, tree = Recalls(cache, checked.RULES) if cache else None, checked.checkout(self.tree)
        costs = {}
        for checker in static():
            self._number += 1
            workspace = self._folder / f"run-{self._number}"
            workspace.mkdir()
            places, before = self._prepared.places(workspace, recalls), beside()
            cost = timed(lambda checker=checker, places=places: self._done(checker, tree, places, box or Bubblewrap()))
            costs[checker.name] = Cost(wall=cost.wall, cpu=cost.cpu + beside() - before)
        return costs

    def _done(self, checker, tree, places, box) -> None:
        _, trouble = perform(checker, tree, self._prepared.settings, places, box)
        assert trouble is None, trouble


def spent(process: psutil.Process) -> float:
    """CPU seconds of it and of all below it, those that have ended and were waited for among them."""
    return sum(sum(one.cpu_times()[:4]) for one in (process, *process.children(recursive=True)))
