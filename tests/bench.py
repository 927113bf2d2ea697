"""Times `verifier assess` against the same tools by hand, one after the other, alternating, on three real projects.

    make bench                       # all three, 3 rounds
    make bench ARGS="--rounds 1 itsdangerous"

Both sides see the same files, rules and options (scancode by hand with its own default of processes); installing the
delivery's environment is left out on both sides: it is built once, before anything is timed. Needs root, for a control
group that counts CPU time. Prints one table: wall and CPU seconds, their ratio (median of the rounds), peak memory
(proportional set size of the whole process tree, sampled in a run of its own), and the time of `verifier --help`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import psutil
from support.sdists import PROJECTS, delivered

from verifier import pipeline, registry, rulebook
from verifier.checker import Command, Settings
from verifier.checkout import Limits, Request, checkout
from verifier.model import Checkout, CheckResult
from verifier.runner import Places, perform
from verifier.sandbox import Bubblewrap
from verifier.scope import Scope

THREE = ("itsdangerous", "humanize", "python-dotenv")
"""structlog is not among them: a test of its own fails while coverage is measured, so its suite runs twice (docs/adr/0001)."""
BARS = {"wall": 0.75, "cpu": 1.10, "memory": 2048, "help": 0.3}


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds of wall and CPU."""

    wall: float
    cpu: float


class Peak(threading.Thread):
    """Samples the memory of this process's children until stopped."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self.done = threading.Event()

    def run(self) -> None:
        me = psutil.Process()
        while not self.done.wait(0.25):
            self.most = max(self.most, sum(_pss(child) for child in me.children(recursive=True)))


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def timed(work: Callable[[], object]) -> Cost:
    with Group() as group:
        start = time.monotonic()
        work()
        return Cost(wall=time.monotonic() - start, cpu=group.seconds())


def peak_memory(work: Callable[[], object]) -> float:
    """Megabytes; in a run of its own, because looking costs CPU time."""
    peak = Peak()
    peak.start()
    work()
    peak.done.set()
    peak.join()
    return peak.most / 1024 / 1024


class Group:
    """A control group of our own, which counts the CPU time of all that runs in it.

    getrusage() does not: bubblewrap ends without waiting for the namespace's first process, and its time is lost.
    """

    ROOTS = (Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup"))

    def __enter__(self) -> Self:
        self._root = next(root for root in self.ROOTS if (root / "cgroup.procs").exists())
        self._folder = self._root / f"verifier-bench-{os.getpid()}"
        self._folder.mkdir(exist_ok=True)
        (self._folder / "cgroup.procs").write_text(str(os.getpid()))
        self._start = self._used()
        return self

    def __exit__(self, *_: object) -> None:
        (self._root / "cgroup.procs").write_text(str(os.getpid()))

    def seconds(self) -> float:
        return self._used() - self._start

    def _used(self) -> float:
        old = self._folder / "cpuacct.usage"
        if old.exists():
            return int(old.read_text()) / 1e9
        first = (self._folder / "cpu.stat").read_text().split()[1]
        return int(first) / 1e6


class Prepared:
    """One delivery with its environment built; what both sides start from."""

    def __init__(self, repository: Path, folder: Path, tree: Checkout) -> None:
        self.repository = repository
        whole = rulebook.load_profile("micro-ca")
        # Nobody tries small changes by hand.
        asked = tuple(one for one in whole.criteria if not one.check.startswith(pipeline.PROBED))
        self.criteria = replace(whole, criteria=asked)
        self.settings = pipeline._settings(self.criteria, ())
        run = pipeline._Run(tree, self.settings, Places(workspace=folder, rules=rulebook.rules_dir()), lambda *_: None)
        run.first_look(Scope.from_mapping(self.criteria.scope))
        self.built = run._environment()
        if self.built.seen.trouble:
            raise SystemExit(f"{repository.name}: {self.built.seen.trouble.message}")
        self.tree, self.folder = run.tree, folder

    def assess(self) -> None:
        """The product, but for the installation."""
        with _environment_from(self):
            request = Request(where=str(self.repository), limits=Limits())
            self.last = pipeline.assess(request, self.criteria).report

    def by_hand(self) -> None:
        """Every tool's command, in turn; the tests once, with coverage."""
        for checker in registry.selected((), ()):
            if checker.name not in ("source", "environment"):
                folder = Path(tempfile.mkdtemp(dir=self.folder))
                places = _Shared(workspace=folder, rules=rulebook.rules_dir(), shared=self.folder)
                perform(_OnlyTheTool(checker), self.tree, self.settings, places, Bubblewrap())
                shutil.rmtree(folder)


@dataclass(frozen=True, kw_only=True)
class _Shared(Places):
    """A workspace of its own, with the environment that was built before."""

    shared: Path

    def work(self, *, base: bool = False) -> Path:
        return self.shared / ("base-work" if base else "work")

    def env(self, *, base: bool = False) -> Path:
        return self.shared / ("base-env" if base else "env")


class _OnlyTheTool:
    """A checker whose steps are those that a person would type: for tests the one run, without collecting first."""

    def __init__(self, checker: object) -> None:
        self._checker = checker
        self.name = checker.name  # type: ignore[attr-defined]

    def steps(self, tree: Checkout, settings: Settings) -> Sequence[Command]:
        return [_as_typed(step) for step in self._checker.steps(tree, settings) if step.name != "collect"]  # type: ignore[attr-defined]


def _as_typed(step: Command) -> Command:
    """Without our own choice of how many processes: scancode's default is one less than there are cores."""
    words = list(step.argv)
    if "--processes" in words:
        words[words.index("--processes") + 1] = str(max(1, (os.cpu_count() or 2) - 1))
    return replace(step, argv=tuple(words))


@contextmanager
def _environment_from(prepared: Prepared) -> Iterator[None]:
    """Lets assess() find the environment already built."""

    def found(run: pipeline._Run) -> CheckResult:
        run._places = _Shared(workspace=run._places.workspace, rules=run._places.rules, shared=prepared.folder)
        return prepared.built

    original = pipeline._Run._environment
    pipeline._Run._environment = found  # type: ignore[method-assign]
    try:
        yield
    finally:
        pipeline._Run._environment = original  # type: ignore[method-assign]


def help_seconds() -> float:
    runs = []
    for _ in range(5):
        start = time.monotonic()
        subprocess.run([str(Path(sys.executable).parent / "verifier"), "--help"], check=True, stdout=subprocess.DEVNULL)
        runs.append(time.monotonic() - start)
    return statistics.median(runs)


def bench(name: str, rounds: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        repository = delivered(name, Path(scratch))
        folder = Path(scratch) / "prepared"
        folder.mkdir()
        with checkout(Request(where=str(repository), limits=Limits()), workspace=folder) as tree:
            prepared = Prepared(repository, folder, tree)
            memory = peak_memory(prepared.assess)  # a warm-up too
            pairs = [(timed(prepared.assess), timed(prepared.by_hand)) for _ in range(rounds)]
    return {
        "wall": statistics.median(ours.wall for ours, _ in pairs),
        "wall by hand": statistics.median(hand.wall for _, hand in pairs),
        "wall ratio": statistics.median(ours.wall / hand.wall for ours, hand in pairs),
        "cpu": statistics.median(ours.cpu for ours, _ in pairs),
        "cpu by hand": statistics.median(hand.cpu for _, hand in pairs),
        "cpu ratio": statistics.median(ours.cpu / hand.cpu for ours, hand in pairs),
        "memory": memory,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("projects", nargs="*", default=list(THREE), metavar="PROJECT", help=", ".join(PROJECTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    rows = {name: bench(name, arguments.rounds) for name in arguments.projects}
    started = help_seconds()
    columns = list(next(iter(rows.values())))
    print(f"{'project':<16}" + "".join(f"{column:>14}" for column in columns))
    for name, row in rows.items():
        print(f"{name:<16}" + "".join(f"{row[column]:>14.2f}" for column in columns))
    print(f"verifier --help: {started:.3f} s (median of 5); {os.cpu_count()} cores; bars: {BARS}")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps({"rows": rows, "help": started}, indent=1))
    kept = all(
        row["wall ratio"] <= BARS["wall"] and row["cpu ratio"] <= BARS["cpu"] and row["memory"] <= BARS["memory"]
        for row in rows.values()
    )
    return 0 if kept and started <= BARS["help"] else 1


if __name__ == "__main__":
    sys.exit(main())
