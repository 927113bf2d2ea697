"""What a delivery costs that comes again, unchanged and with one file in twenty changed: CPU seconds by checker.

    make redelivered                        # itsdangerous, humanize, structlog
    make redelivered ARGS="sqlite-utils"

Each checker that runs no delivered code is run four times: with an empty cache, once more, after the change, and after it
without a cache; what it left is compared byte for byte. Prints a table, and the wall time of `verifier assess` of the unchanged
delivery where no environment is built. Needs root, as bench.py does. Nothing is built: pylint sees no installed packages.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bench import Cost, timed
from support import checked
from support.sdists import PROJECTS, delivered

from verifier import registry
from verifier.cache import Cache, Recalls, opened
from verifier.checker import Settings
from verifier.runner import Places, perform
from verifier.sandbox import Bubblewrap

THREE = ("itsdangerous", "humanize", "structlog")
APART = ("bandit", "malware", "scancode", "secrets", "semgrep", "unicode")
RUNS_CODE = ("environment", "tests")
BARS = {"files": 0.15, "all": 0.40, "again": 2.0}
ADDED = "\nimport subprocess\n\n\ndef added(name):\n    subprocess.run(name, shell=True)\n    password = 'correct horse 7'\n"
STATIC = ("security", "scancode", "reuse", "source")

Left = Mapping[str, object]


class Bench:
    """One project, delivered again and again."""

    def __init__(self, name: str, folder: Path) -> None:
        self.repository, self.folder, self.number = delivered(name, folder), folder, 0
        self.tree = folder / "tree"
        shutil.copytree(self.repository, self.tree, ignore=shutil.ignore_patterns(".git"))

    def run(self, cache: Cache | None) -> tuple[dict[str, Cost], Left]:
        """By checker what it cost, and what it left."""
        tree = checked.checkout(self.tree)
        recalls = cache and Recalls(cache, checked.RULES)
        costs, left = {}, {}
        for checker in registry.selected((), ()):
            if checker.name in RUNS_CODE:
                continue
            self.number += 1
            workspace = self.folder / f"run-{self.number}"
            workspace.mkdir()
            places = Places(workspace=workspace, rules=checked.RULES, recalls=recalls)
            done: list[object] = []
            costs[checker.name] = timed(
                lambda checker=checker, places=places, done=done: done.extend(
                    perform(checker, tree, Settings(), places, Bubblewrap())
                )
            )
            outputs, trouble = done
            assert trouble is None, trouble
            left[checker.name] = [(one.exit_code, one.stdout, dict(one.files)) for one in outputs]
        return costs, left

    def change(self) -> tuple[int, int]:
        """Adds lines to Python files, one in twenty of all files: (how many, of how many)."""
        files = [path for path in self.tree.rglob("*") if path.is_file() and not path.is_symlink()]
        number = -(-len(files) // 20)
        code = sorted(path for path in files if path.suffix == ".py")
        for path in random.Random(20).sample(code, min(number, len(code))):  # noqa: S311
            path.write_text(path.read_text(encoding="utf-8") + ADDED, encoding="utf-8")
        return number, len(files)

    def again(self) -> float:
        """Seconds of wall that `verifier assess` takes of the unchanged delivery, the middle of three."""
        words = [str(Path(sys.executable).parent / "verifier"), "assess", str(self.repository)]
        words += [word for one in STATIC for word in ("--only", one)]
        env = os.environ | {"XDG_CACHE_HOME": str(self.folder / "home")}
        took = []
        for number in range(4):
            start = time.monotonic()
            report = f"folder={self.folder / f'report-{number}'}"
            subprocess.run([*words, "--output", report], env=env, capture_output=True, check=False)
            took.append(time.monotonic() - start)
        return statistics.median(took[1:])


def redelivered(name: str) -> bool:
    """Prints a table; whether the bars are kept."""
    with tempfile.TemporaryDirectory(prefix="redelivered-") as scratch:
        bench = Bench(name, Path(scratch))
        cache = opened(Path(scratch) / "cache", print)
        cold, first = bench.run(cache)
        warm, second = bench.run(cache)
        assert first == second, "the cache changed an answer"
        number, of = bench.change()
        part, third = bench.run(cache)
        fresh, fourth = bench.run(None)
        assert third == fourth, "the cache changed an answer"
        again = bench.again()
    print(f"{name}: {number} of {of} files changed; CPU seconds")
    print(f"{'':<14}{'first':>8}{'again':>8}{'changed':>9}{'fresh':>8}{'share':>8}")
    shares = {}
    for row, names in [*((one, (one,)) for one in cold), ("files", APART), ("all", tuple(cold))]:
        spent = [sum(costs[one].cpu for one in names) for costs in (cold, warm, part, fresh)]
        shares[row] = spent[2] / spent[0]
        print(f"{row:<14}{spent[0]:>8.2f}{spent[1]:>8.2f}{spent[2]:>9.2f}{spent[3]:>8.2f}{shares[row]:>8.0%}")
    print(f"unchanged, the whole command: {again:.2f} s of wall; bars: {BARS}\n", flush=True)
    return shares["files"] <= BARS["files"] and shares["all"] <= BARS["all"] and again <= BARS["again"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("projects", nargs="*", default=list(THREE), metavar="PROJECT", help=", ".join(PROJECTS))
    kept = [redelivered(name) for name in parser.parse_args().projects]  # each, also after one that is not
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
