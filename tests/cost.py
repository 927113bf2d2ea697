"""What the sandbox and the inventories add to an assessment: with and without them, alternating, in one run.

    make cost                         # humanize, 5 rounds
    make cost ARGS="--rounds 3 python-dotenv"

Without: every step runs in bubblewrap alone (delivered code is never run outside; no filter, limits, control group or watch, and
the sandbox is not tried), nothing witnesses the tests, and nothing is noted of the tree before and after a run. What the starts
of bubblewrap cost is measured by themselves and added. What the first look at every file costs is printed beside it, since every
checker needs it anyway, and so is the mutation probe. The environment is built once, before.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar
from unittest.mock import patch

from support.costs import Cost, timed
from support.prepared import Prepared, prepared
from support.sdists import PROJECTS, delivered

from verifier import rulebook, runner, sandbox
from verifier.report import Report
from verifier.sandbox import bubblewrap
from verifier.sandbox.job import Ended, Job
from verifier.sandbox.watch import watched

BAR = 0.05
NOBODY = {
    "verifier_hooks.py": """

class Witness:
    def __init__(self, write, delivered):
        pass
""",
    "verifier_watch.py": """

class Watch:
    def __init__(self, write, delivered, folder, kept):
        pass
""",
}
"""Put after what is there, in the place of what looks on while the tests run."""


class Bare:
    """A `Box` with nothing of ours: bubblewrap's namespaces, for several tools know their files by the places in there."""

    started: ClassVar[int] = 0

    def __init__(self, *, cancel: threading.Event) -> None:
        self._cancel = cancel

    def run(self, job: Job) -> Ended:
        Bare.started += 1
        return watched(bare_argv(job), job, self._cancel, _Plain)


def bare_argv(job: Job) -> list[str]:
    with patch.object(bubblewrap, "_drop", _uid_alone):
        argv = bubblewrap.bwrap_argv(job, filter_fd=0, info_fd=0)
    for option in ("--seccomp", "--info-fd"):
        at = argv.index(option)
        del argv[at : at + 2]
    return argv


def start_seconds() -> float:
    """What one start of bubblewrap costs beside that of the process in it."""
    argv = bare_argv(Job(argv=("true",), cwd="/", mounts=()))
    return statistics.median(_seconds(argv) - _seconds(["true"]) for _ in range(21))


def _seconds(argv: list[str]) -> float:
    start = time.monotonic()
    subprocess.run(argv, check=True)
    return time.monotonic() - start


def _uid_alone(job: Job) -> list[str]:
    uid = ["setpriv", "--reuid", str(sandbox.UID), "--regid", str(sandbox.UID), "--clear-groups"]
    return ["nice", "-n", str(job.nice), *uid]


class _Plain:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def pids(self) -> list[int]:
        return []

    def over(self) -> str:
        return ""

    def end(self) -> str:
        self._process.kill()
        self._process.wait()
        return ""


@contextmanager
def bare(scratch: Path) -> Iterator[None]:
    """Takes all of it away."""
    inside = scratch / "package" / "inside"
    if not inside.exists():
        shutil.copytree(Path(runner.__file__).parent / "inside", inside)
        for name, instead in NOBODY.items():
            with (inside / name).open("a") as module:
                module.write(instead)
    with ExitStack() as taken:
        taken.enter_context(patch.object(sandbox, "Bubblewrap", Bare))
        taken.enter_context(patch.object(runner, "stamped", lambda *_: {}))
        taken.enter_context(patch.object(runner, "__file__", str(inside.with_name("runner.py"))))
        yield


def milliseconds(report: Report, name: str) -> int:
    return sum(result.milliseconds for result in report.results if result.name == name)


def measured(name: str, rounds: int) -> list[tuple[Cost, Cost]]:
    with tempfile.TemporaryDirectory(prefix="cost-") as temporary:
        scratch = Path(temporary)
        repository = delivered(name, scratch)
        with prepared(repository, scratch / "prepared") as one:
            one.assess()
            print(f"{name}: the first look at every file {milliseconds(one.last, 'source')} ms")
            pairs = []
            for number in range(rounds):
                sandbox.probed.cache_clear()  # it is tried once a process, and an assessment is one
                ours = timed(one.assess)
                with bare(scratch):
                    pairs.append((ours, timed(one.assess)))
                trouble = {result.name: result.seen.trouble for result in one.last.results if result.seen.trouble}
                assert not trouble, trouble
                print(f"round {number + 1}: with {ours.wall:.2f} s, without {pairs[-1][1].wall:.2f} s", flush=True)
            _beside(one)
    return pairs


def _beside(prepared: Prepared) -> None:
    """What is left out of the comparison: the tests once more with the probe, and the run that only collects."""
    without = milliseconds(prepared.last, "tests")
    criteria, prepared.criteria = prepared.criteria, rulebook.load_profile("micro-ca")
    start = time.monotonic()
    prepared.assess()
    print(
        f"with the probe {time.monotonic() - start:.1f} s, its tests checker {milliseconds(prepared.last, 'tests')} ms "
        f"instead of {without} ms"
    )
    prepared.criteria = criteria


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", nargs="?", default="humanize", choices=sorted(PROJECTS))
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    pairs = measured(arguments.project, arguments.rounds)
    starts = start_seconds() * Bare.started / arguments.rounds
    added = statistics.median(ours.wall / (without.wall - starts) for ours, without in pairs) - 1
    print(f"{Bare.started // arguments.rounds} starts of bubblewrap: {starts:.2f} s, counted as added")
    print(f"{arguments.project}: added {added:+.1%} of wall time (median of {len(pairs)} pairs; bar {BAR:.0%})")
    return 0 if added <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
