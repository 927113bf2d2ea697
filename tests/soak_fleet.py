"""Workers under stress: one is killed, one frozen, PostgreSQL stopped in the middle of it. Says what it looked at, fails by it.

`make soak` takes 200 deliveries, whose assessment is half a second of sleep and a recorded report; `--real 20` are trees of the
example delivery, each with a change of its own, assessed in full. All that is signed is signed by a process that is no worker,
and posted to a stand-in of GitHub's that counts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from support import working
from support.desks import PASSPHRASE
from support.git_repository import new_repository
from support.hub import described
from support.postgres import Postgres, serving
from support.worked import submission
from support.working import Process, eventually

from verifier.fleet import queue as queues
from verifier.fleet.queue import Queue, State
from verifier.fleet.store import Store
from verifier.fleet.submission import Submission

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "parcel-rates"
WORKERS = 3


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Seconds, but for how many deliveries there are and how many of them are real."""

    deliveries: int = 200
    real: int = 0
    work: float = 0.5
    freeze: float = 30
    outage: float = 5
    silent: float = 10
    patience: float = 3600


@dataclass
class Soak:
    """What was seen; `wrong` is what should not have been."""

    plan: Plan
    folder: Path
    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def check(self, what: str, found: Any, wanted: Any) -> None:
        self.lines.append(f"{'ok ' if found == wanted else 'NOT'}  {what}: {found}")
        if found != wanted:
            self.wrong.append(f"{what}: {found}, not {wanted}")

    def tell(self, line: str) -> None:
        self.lines.append(f"     {line}")


def soak(plan: Plan, postgres: Postgres, folder: Path) -> Soak:
    seen, address, store = Soak(plan, folder), postgres.database(), Store.at(folder / "store")
    given = list(_real(plan, folder)) if plan.real else [_slept(number, plan) for number in range(plan.deliveries)]
    with queues.opened(address) as queue, ExitStack() as stack:
        for one in given:
            queue.submit(one)
        began = time.monotonic()
        workers = [_worker(plan, address, store) for _ in range(WORKERS)]
        for one in workers:
            stack.callback(one.end)
        families = _trouble(plan, postgres, workers)
        signing = stack.enter_context(_signer(folder, store))
        eventually(lambda: _ended(queue) >= len(given), plan.patience, lambda: [one.lines[-3:] for one in workers])
        seen.tell(f"{len(given)} deliveries in {time.monotonic() - began:.0f} s by {WORKERS} workers")
        eventually(lambda: not store.unsigned(), plan.patience)
        families += [process for one in workers[1:] for process in _family(one)]
        for one in workers[1:]:
            one.send(signal.SIGTERM)
        codes = [one.wait() for one in workers[1:]]
        seen.check("workers that ended well after SIGTERM", codes, [0, 0])
        seen.check("deliveries that ended", queue.counted()[State.DONE], len(given))
        _reports(seen, store, given, workers)
    eventually(lambda: all(not one.is_running() or one.status() == psutil.STATUS_ZOMBIE for one in families), 60)
    seen.check("processes left", sum(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in families), 0)
    _signatures(seen, store, given, signing)
    return seen


def _slept(number: int, plan: Plan) -> Submission:
    return submission(number, supplier="abc"[number % 3], does=f"report:{plan.work}")


def _real(plan: Plan, folder: Path) -> Iterator[Submission]:
    """Small trees, no two of them alike; submitted as the command does."""
    from verifier.cli import read
    from verifier.cli.submit import submission as submitted

    for number in range(plan.real):
        repository = new_repository(folder / "deliveries" / f"rates-{number}")
        shutil.copytree(EXAMPLE, repository.path, dirs_exist_ok=True)
        repository.commit({"NOTES.md": f"Delivery {number}.\n"})
        yield submitted(read(["submit", str(repository.path)], "en"))


def _worker(plan: Plan, address: str, store: Store) -> Process:
    """Three heartbeats are in the time of silence, as the command has it."""
    if plan.real:
        command = [sys.executable, "-m", "verifier", "worker", "--queue", address, "--store", str(store.folder)]
        return Process([*command, "--silent", str(max(1, int(plan.silent)))])
    return working.started(address, store.folder, stalled=plan.silent, beat=plan.silent / 3, tries=5)


def _trouble(plan: Plan, postgres: Postgres, workers: list[Process]) -> list[psutil.Process]:
    """Kills the first, freezes the second, stops the database; each in the middle of an assessment. Whom the first one left."""
    for one in workers:
        one.until("taken", seconds=120)
    left = _family(workers[0])
    workers[0].send(signal.SIGKILL)
    workers[0].wait()
    workers[1].until("taken", len(workers[1].events("taken")) + 1, seconds=600)
    workers[1].send(signal.SIGSTOP)
    threading.Timer(plan.freeze, workers[1].send, [signal.SIGCONT]).start()
    time.sleep(plan.work)
    postgres.stop()
    time.sleep(plan.outage)
    postgres.start()
    return left


def _family(worker: Process) -> list[psutil.Process]:
    return [psutil.Process(worker.pid), *worker.family()]


def _ended(queue: Queue) -> int:
    counted = queue.counted()
    return counted[State.DONE] + counted[State.GIVEN_UP]


@contextmanager
def _signer(folder: Path, store: Store) -> Iterator[list[str]]:
    """The signing process; what it said, when it is over."""
    environment = os.environ | {"VERIFIER_PASSPHRASE": PASSPHRASE, "PYTHONPATH": str(ROOT)}
    verifier, key, said = [sys.executable, "-m", "verifier"], folder / "assessor.key", folder / "signing.log"
    subprocess.run([*verifier, "keys", "new", str(key)], env=environment, stdout=subprocess.DEVNULL, check=True)
    command = [*verifier, "sign", str(store.folder), "--key", f"file:{key}", "--yes", "--every", "1"]
    lines: list[str] = []
    with said.open("wb") as log, subprocess.Popen(command, env=environment, stderr=log, stdout=log) as process:
        try:
            yield lines
        finally:
            process.terminate()
            process.wait(60)
            lines += said.read_text().splitlines()


def _reports(seen: Soak, store: Store, given: list[Submission], workers: list[Process]) -> None:
    seen.check("reports in the store", store.digests() == sorted(one.digest for one in given), True)
    events = [line for worker in workers for line in worker.lines]
    counted = Counter(line["event"] for line in events)
    wrote = Counter(line["digest"] for line in events if line["event"] == "assessed" and "known" not in line)
    seen.check("reports written twice", sum(number > 1 for number in wrote.values()), 0)
    seen.check("unfinished folders", len(list(store.folder.glob(".making-*"))) <= 1, True)  # of the one that was killed
    seen.check("deliveries given up", counted["given-up"], 0)
    seen.tell(f"taken {counted['taken']}, taken up from others {counted['taken-up']}, lost {counted['lost']}")
    spent = sorted(line["milliseconds"] for line in events if line["event"] == "assessed")
    asleep = "" if seen.plan.real else f", of which its work {seen.plan.work * 1000:.0f} ms"
    seen.tell(f"median of a delivery {spent[len(spent) // 2]} ms{asleep}")


def _signatures(seen: Soak, store: Store, given: list[Submission], said: list[str]) -> None:
    signed = Counter(line for line in said if line.startswith("Signed: "))
    seen.check("signatures made", (len(signed), sum(signed.values())), (len(given), len(given)))
    with described() as hub:
        command = [sys.executable, "-m", "verifier", "publish", "github", str(store.folder), "--post", "attestation"]
        command += ["--repository", hub.repository, "--api", hub.base]
        environment = os.environ | {"GITHUB_TOKEN": "all", "PYTHONPATH": str(ROOT)}
        for _ in range(2):  # the second time there is nothing to post
            subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=True)
        seen.check("statements posted", len(hub.attestations), len(given))


def scale(postgres: Postgres, folder: Path, *, deliveries: int = 40, work: float = 0.5) -> Iterator[str]:
    """How much faster more workers are, on work that only sleeps."""
    alone = 0.0
    for number in (1, 2, 4):
        address, store = postgres.database(), Store.at(folder / f"scale-{number}")
        with queues.opened(address) as queue:
            for one in range(deliveries):
                queue.submit(submission(one, does=f"report:{work}"))
        workers = [working.started(address, store.folder, until_empty=True) for _ in range(number)]
        for one in workers:
            one.wait(600)
        times = [line["milliseconds"] for one in workers for line in one.events("assessed")]
        spent = (sum(times) / number) / 1000
        alone = alone or spent
        yield f"{number} workers: {spent:.1f} s of work each, scaling {alone / (number * spent):.2f}"


def main(told: Callable[[str], None] = print) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("deliveries", 200), ("real", 0), ("freeze", 30), ("outage", 5)):
        parser.add_argument(f"--{name}", type=int, default=value)
    arguments = vars(parser.parse_args())
    with serving() as postgres, tempfile.TemporaryDirectory(prefix="soak-") as folder:
        seen = soak(Plan(**arguments), postgres, Path(folder))
        for line in (*seen.lines, *scale(postgres, Path(folder))):
            told(line)
    return 1 if seen.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
