"""Times `verifier assess` against the same tools by hand, alternating, on real projects of three sizes.

    make bench                              # small, mid and large, three rounds: an hour on two cores
    make bench ARGS="--rounds 1 small"
    make bench ARGS=--short                 # what CI runs: one ratio of a small project, held against the recorded one
    make bench ARGS="--short --record"      # records it anew, on a quiet machine, where that is right

By hand: each tool's own command with its own defaults, one after the other (tests/support/typed.py). Ours: the whole command
with an empty cache or none, and more checkers than have a command by hand. Left out on both sides: installing the delivery's
environment, which is built once before anything is timed, and the tests; what those take is shown beside it, ours with the
mutation probe. Ratios are of two runs side by side, and so the same on every machine; the middle of the rounds counts. Memory is
the proportional set size of the whole process tree, sampled in a run of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from support.alone import APART, Alone, change, static
from support.costs import Cost, peak_memory, timed
from support.prepared import Prepared, prepared
from support.sdists import PROJECTS, SIZES, delivered, git, of_size
from support.typed import BIN, Suite, typed

from verifier.runner import perform
from verifier.sandbox import Bubblewrap

CORES = os.cpu_count() or 1
STATIC = tuple(word for checker in static() for word in ("--only", checker.name))
RECORDED = Path(__file__).parent / "fixtures" / "bench.json"
WORSE = 1.2
"""Times the recorded ratio, above which the short form fails."""
SHORT, ROUNDS = "tiny", 3


@dataclass(frozen=True)
class Row:
    """A measured value with the most that it may be; 0: it is only shown."""

    name: str
    value: float
    bar: float = 0

    @property
    def kept(self) -> bool:
        return not self.bar or self.value <= self.bar

    def __str__(self) -> str:
        said = f"  {self.name:<58}{self.value:>9.2f}"
        return f"{said}   {'✓ kept' if self.kept else '✗ over'}, at most {self.bar:g}" if self.bar else said


class Bench:
    """One project: `verifier` in a process of its own, and the tools by hand."""

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        self.prepared, self._folder, self._number = prepared, folder, 0
        self._home = folder / "home"
        self._home.mkdir()

    def cold(self) -> None:
        self._assess(*STATIC, "--no-cache")

    def by_hand(self) -> None:
        for one in typed(self._folder / "scancode.json", self.prepared.site):
            one.run(self.prepared.repository, self._home)

    def round(self) -> tuple[Cost, Cost]:
        """Ours and by hand."""
        return timed(self.cold), timed(self.by_hand)

    def again(self) -> tuple[Cost, float, Cost]:
        """With a cache of its own: the first time, seconds of wall unchanged (the middle of three), and after a change."""
        first = timed(self._cached)
        unchanged = statistics.median(timed(self._cached).wall for _ in range(3))
        change(self.prepared.repository)
        git(self.prepared.repository, "commit", "-q", "-a", "-m", "change")
        return first, unchanged, timed(self._cached)

    def tests(self) -> tuple[Cost, Cost]:
        """Ours with the mutation probe, and the suite once with coverage."""
        return timed(lambda: self._assess("--only", "tests", "--no-cache")), timed(self._suite)

    def _suite(self) -> None:
        workspace = self._folder / "suite"
        workspace.mkdir()
        one = self.prepared
        outputs, _ = perform(Suite(), one.tree, one.settings, one.places(workspace), Bubblewrap())
        if outputs[-1].exit_code not in (0, 1):  # 1: a test fails
            raise SystemExit(outputs[-1].stderr.decode() or outputs[-1].stdout.decode())

    def _cached(self) -> None:
        self._assess(*STATIC, XDG_CACHE_HOME=str(self._folder / "cached"), VERIFIER_NO_CACHE="")

    def _assess(self, *words: str, **environment: str) -> None:
        self._number += 1
        report = f"folder={self._folder / f'report-{self._number}'}"
        self.prepared.verifier("assess", str(self.prepared.repository), *words, "--output", report, **environment)


@contextmanager
def benched(project: str, *, build: bool = True) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        repository = (of_size if project in SIZES else delivered)(project, Path(scratch))
        with prepared(repository, Path(scratch) / "prepared", build=build) as one:
            yield Bench(one, one.folder)


def measured(project: str, rounds: int) -> Iterator[Row]:
    with benched(project) as bench:
        memory = peak_memory(bench.cold)  # a warm-up too
        pairs = [bench.round() for _ in range(rounds)]
        tests, suite = bench.tests()
        alone = Alone(bench.prepared, bench.prepared.folder / "alone").four()
        first, unchanged, changed = bench.again()
    yield from _of_pairs(pairs)
    longest, total = max(four[0].wall for four in alone.values()), _middle(ours.cpu for ours, _ in pairs)
    bound = max(longest, total / CORES)
    yield Row(
        f"wall, of the longest checker or the CPU on {CORES} cores", _middle(o.wall for o, _ in pairs) / bound, 1.15
    )
    yield Row("seconds of wall, unchanged", unchanged, 2.0)
    apart = [sum(alone[name][number].cpu for name in APART) for number in range(4)]
    every = [sum(four[number].cpu for four in alone.values()) for number in range(4)]
    yield Row("CPU of checkers that look at single files, 5 % changed", apart[2] / apart[0], 0.15)
    yield Row("CPU in all, 5 % changed", changed.cpu / first.cpu, 0.40)
    yield Row("  the same of single files, by a worker that is at work", apart[3] / apart[0], 0.15)
    yield Row("  the same of all checkers, by a worker that is at work", every[3] / every[0], 0.40)
    yield Row("MB of memory at most", memory, 2048)
    yield Row("beside it: CPU seconds of the tests with the probe", tests.cpu)
    yield Row("beside it: CPU seconds of the tests by hand, once", suite.cpu)
    for name, four in alone.items():
        yield Row(f"  CPU seconds of {name} alone, first", four[0].cpu)
        yield Row(f"  CPU seconds of {name} alone, 5 % changed", four[2].cpu)
        yield Row(f"  CPU seconds of {name} alone, 5 % changed, loaded", four[3].cpu)


def _of_pairs(pairs: list[tuple[Cost, Cost]]) -> Iterator[Row]:
    yield Row("CPU seconds", _middle(ours.cpu for ours, _ in pairs))
    yield Row("CPU seconds by hand", _middle(hand.cpu for _, hand in pairs))
    yield Row("CPU, of that by hand", _middle(ours.cpu / hand.cpu for ours, hand in pairs), 0.60)
    yield Row("wall seconds", _middle(ours.wall for ours, _ in pairs))
    yield Row("wall seconds by hand", _middle(hand.wall for _, hand in pairs))
    yield Row("wall, of that by hand", _middle(ours.wall / hand.wall for ours, hand in pairs), 0.55)


_middle = statistics.median


def short(*, record: bool) -> int:
    """The CPU of a cold run, of that by hand, without an environment. Noise only adds: the least of some rounds counts, and the
    first that is good enough ends it.
    """
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    most, ratios = recorded["cpu"] * WORSE, []
    with benched(SHORT, build=False) as bench:
        while len(ratios) < ROUNDS and (record or min(ratios, default=most + 1) > most):
            ours, hand = bench.round()
            ratios.append(ours.cpu / hand.cpu)
            print(
                f"  round {len(ratios)}: {ours.cpu:.1f} s of CPU, {hand.cpu:.1f} by hand: {ratios[-1]:.2f}", flush=True
            )
    if record:
        where = f"{CORES} cores, Python {sys.version.split()[0]}, {datetime.now(UTC):%Y-%m-%d}; the least of {ROUNDS} rounds"
        RECORDED.write_text(json.dumps(recorded | {"cpu": round(min(ratios), 3), "measured": where}, indent=1) + "\n")
        return 0
    row = Row(f"CPU of a cold run, of that by hand ({SHORT}; recorded: {recorded['cpu']})", min(ratios), round(most, 3))
    print(row)
    return 0 if row.kept else 1


def help_seconds() -> float:
    runs = []
    for _ in range(5):
        start = time.monotonic()
        subprocess.run([BIN / "verifier", "--help"], check=True, stdout=subprocess.DEVNULL)
        runs.append(time.monotonic() - start)
    return statistics.median(runs)


def whole(projects: list[str], rounds: int) -> int:
    kept = True
    for project in projects:
        print(
            f"{project} ({', '.join(SIZES.get(project, ('',))[:2]) or PROJECTS[project]}), {rounds} rounds", flush=True
        )
        for row in measured(project, rounds):
            print(row, flush=True)
            kept &= row.kept
    row = Row("seconds of `verifier --help`", help_seconds(), 0.3)
    print(row)
    return 0 if kept and row.kept else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    known = ", ".join([*SIZES, *PROJECTS])
    parser.add_argument("projects", nargs="*", default=list(SIZES), metavar="PROJECT", help=known)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--short", action="store_true", help="one ratio, held against the recorded one")
    parser.add_argument("--record", action="store_true", help="with --short: record it")
    arguments = parser.parse_args()
    return short(record=arguments.record) if arguments.short else whole(arguments.projects, arguments.rounds)


if __name__ == "__main__":
    sys.exit(main())
