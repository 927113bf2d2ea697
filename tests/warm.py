"""What a worker spends on small deliveries whose tools it keeps loaded, against `verifier assess` of each: CPU seconds.

    make warm                        # 50 deliveries
    make warm ARGS="10 --built"

Small projects from PyPI, each delivered again and again with a change of its own, and assessed by the worker and by the command
in turn; both without a cache. Tests and mutation probe are left out on both sides, and so is installing, but with `--built`.
The worker's start, its hub and the start of its hosts are counted. Both reports of a delivery are compared. Needs root,
for control groups that count.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from support.git_repository import new_repository
from support.postgres import serving
from support.sdists import archive
from support.working import Process, eventually

from verifier.cli import read
from verifier.cli.submit import submission as submitted
from verifier.fleet import queue as queues
from verifier.fleet.store import Store

SMALL = {
    "colorama": "0.4.6",
    "docopt": "0.6.2",
    "first": "2.0.2",
    "inflection": "0.5.1",
    "iniconfig": "2.1.0",
    "itsdangerous": "2.2.0",
    "mccabe": "0.7.0",
    "munch": "4.0.0",
    "pyperclip": "1.8.2",
    "ratelimit": "2.2.1",
    "retrying": "1.3.4",
    "schedule": "1.2.2",
    "shortuuid": "1.0.13",
}
TOPICS = ("licence", "security", "lint", "source")
BAR = 0.5
OF_A_RUN = ("started", "finished")
VERIFIER = [sys.executable, "-m", "verifier"]
UNBUILT = [sys.executable, "-c", "from support.unbuilt import main; main()"]


class Counted:
    """A control group that counts the CPU seconds of what is started between `__enter__` and `__exit__`, as long as that runs.

    Two of them run beside each other here; what `support.costs` asks would be of both together.
    """

    ROOTS = (Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup"))

    def __init__(self, name: str) -> None:
        self._root = next(root for root in self.ROOTS if (root / "cgroup.procs").exists())
        self._folder = self._root / f"verifier-warm-{os.getpid()}-{name}"
        self._folder.mkdir()

    def __enter__(self) -> Self:
        (self._folder / "cgroup.procs").write_text(str(os.getpid()))
        return self

    def __exit__(self, *_: object) -> None:
        (self._root / "cgroup.procs").write_text(str(os.getpid()))

    def seconds(self) -> float:
        old = self._folder / "cpuacct.usage"
        if old.exists():
            return int(old.read_text()) / 1e9
        return int((self._folder / "cpu.stat").read_text().split()[1]) / 1e6


def deliveries(number: int, folder: Path) -> Iterator[Path]:
    """Small trees, no two of them alike."""
    projects = sorted(SMALL.items())
    for n in range(number):
        name, version = projects[n % len(projects)]
        repository = new_repository(folder / f"{name}-{n}")
        with tempfile.TemporaryDirectory() as unpacked:
            shutil.unpack_archive(archive(name, version), unpacked)
            shutil.copytree(next(Path(unpacked).iterdir()), repository.path, dirs_exist_ok=True)
        repository.commit({"NOTES.md": f"Delivery {n}.\n"})
        yield repository.path


def alike(report: Path) -> Any:
    """The report without what differs from run to run."""
    return _without(json.loads(report.read_text()))


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(one) for name, one in value.items() if name not in (*OF_A_RUN, "milliseconds")}
    return [_without(one) for one in value] if isinstance(value, list) else value


def assessed(verifier: Sequence[str], delivery: Path, words: Sequence[str], folder: Path) -> Path:
    folder.mkdir(parents=True)
    subprocess.run(
        [*verifier, "assess", str(delivery), *words, "--no-cache", "--output", f"folder={folder}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,  # 1: not accepted
    )
    return folder / "report.json"


def compare(verifier: Sequence[str], number: int, folder: Path) -> tuple[float, float, list[str]]:
    """CPU seconds of the worker and of the commands; deliveries whose reports differ."""
    store, words = Store.at(folder / "store"), [word for topic in TOPICS for word in ("--only", topic)]
    by_worker, by_command, different = Counted("worker"), Counted("command"), []
    with serving() as postgres, queues.opened(address := postgres.database()) as queue:
        with by_worker:
            worker = Process([*verifier, "worker", "--queue", address, "--store", str(store.folder), "--no-cache"])
        try:
            for delivery in deliveries(number, folder):
                made = submitted(read(["submit", str(delivery)], "en"))
                made = replace(made, options=(*made.options, *words))
                before = by_worker.seconds(), by_command.seconds()
                queue.submit(made)
                eventually(lambda made=made: store.has(made.digest), 300, lambda: worker.lines[-3:])
                with by_command:
                    report = assessed(verifier, delivery, words, folder / "reports" / delivery.name)
                spent = by_worker.seconds() - before[0], by_command.seconds() - before[1]
                same = alike(report) == alike(store.place(made.digest) / "report.json")
                different += [] if same else [delivery.name]
                print(f"{delivery.name:<20}{spent[0]:>8.2f}{spent[1]:>8.2f}{spent[0] / spent[1]:>7.2f}", flush=True)
        finally:
            worker.end()
        return by_worker.seconds(), by_command.seconds(), different


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("deliveries", nargs="?", type=int, default=50)
    parser.add_argument("--built", action="store_true", help="build environments, too, on both sides")
    arguments = parser.parse_args()
    print(f"{'delivery':<20}{'worker':>8}{'assess':>8}{'ratio':>7}   CPU seconds")
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        ours, theirs, different = compare(VERIFIER if arguments.built else UNBUILT, arguments.deliveries, Path(folder))
    print(
        f"{'all':<20}{ours:>8.2f}{theirs:>8.2f}{ours / theirs:>7.2f}   bar {BAR}; in {time.monotonic() - start:.0f} s"
    )
    print("reports: all alike" if not different else f"reports that differ: {', '.join(different)}")
    return 0 if ours / theirs <= BAR and not different else 1


if __name__ == "__main__":
    sys.exit(main())
