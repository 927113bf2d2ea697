"""Programs that take more than their share are stopped, within a second of going over and with all their processes."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import greedy
import psutil
import pytest
from support.outside import ORDINARY, PYTHON, as_user

from verifier.sandbox import Bubblewrap, Ended, Job, Mount, cgroup, missing
from verifier.workspace import remove

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=missing() or "sandbox there"),
    pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"no {PYTHON}, which every uid may start"),
]
ROOT = os.geteuid() == 0
MB = 1024 * 1024
Run = Callable[..., tuple[Ended, float]]


@pytest.fixture(scope="module", params=["control groups", "root", "ordinary user"])
def who(request) -> str:
    """As whom, and whether the kernel counts or the watch does."""
    if request.param == "control groups" and not cgroup.found():
        pytest.skip("this process may not make control groups")
    if request.param == "root" and not ROOT:
        pytest.skip("needs root")
    return request.param


def start(who: str, job: Job) -> tuple[Ended, float]:
    """How it ended, and when."""
    uid = ORDINARY if ROOT and who == "ordinary user" else os.geteuid()
    return as_user(uid, lambda: (Bubblewrap(grouped=who == "control groups").run(job), time.monotonic()))


@pytest.fixture
def folder(who) -> Iterator[Path]:
    """On a disk, writable inside."""
    place = Path(tempfile.mkdtemp(prefix="greed-"))
    place.chmod(0o777)
    yield place
    remove(place)


@pytest.fixture
def run(who, folder) -> Run:
    """Runs a program to its end; how it ended, and how long after going over its limit (-1 where it did not say)."""

    def run(name: str, limit: int = 0, **limits) -> tuple[Ended, float]:
        programs = folder.with_name(folder.name + "-programs")
        programs.mkdir(exist_ok=True)
        shutil.copy(greedy.__file__, programs)
        programs.chmod(0o755)
        mark = uuid.uuid4().hex
        job = Job(
            argv=(PYTHON, "-I", "/programs/greedy.py", name, str(limit), "/disk", mark),
            cwd="/",
            mounts=(Mount(source=programs, target="/programs"), Mount(source=folder, target="/disk", writable=True)),
            **{"seconds": 8, "processes": 60, **limits},
        )
        try:
            ended, at = start(who, job)
        finally:
            shutil.rmtree(programs)
        assert not left(mark), "a process was left behind"
        said = [line.split()[1] for line in ended.stdout.decode().splitlines() if line.startswith("over")]
        return ended, at - float(said[0]) if said else -1

    return run


def within() -> float:
    """Seconds between going over a limit and the end: one, on a machine that has a processor for the watch when it wants one."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def left(mark: str) -> list[int]:
    """Processes of the job, at the moment at which its end is told."""
    return [one.pid for one in psutil.process_iter(["cmdline", "status"]) if mark in (one.info["cmdline"] or [])]


@pytest.mark.parametrize(
    "name", ["memory", "shared-memory", "memory-of-many", "files-in-memory", "files-in-memory-without-a-name"]
)
def test_memory_is_bounded_wherever_it_lies(run, name):
    ended, late = run(name, 100 * MB, memory_mb=100)
    assert ended.killed == "memory", ended
    assert late < within()


def test_so_is_memory_that_no_process_holds(who, run):
    """Data in transit is the kernel's; only a control group counts it."""
    if who != "control groups":
        pytest.skip("without control groups only the machine's own shortage shows it")
    ended, _ = run("what-is-in-transit", memory_mb=100)
    assert ended.killed == "memory", ended


def test_pages_that_are_shared_count_once(run):
    ended, _ = run("memory-that-is-shared-once", 100 * MB, memory_mb=100)
    assert ended.stdout == b"fair\n"


@pytest.mark.parametrize("name", ["disk", "disk-in-folders-that-nobody-may-enter", "disk-in-files-without-a-name"])
def test_the_disk_is_bounded(run, name):
    ended, late = run(name, 60 * MB, disk_mb=60)
    assert ended.killed == "disk", ended
    assert late < within()


def test_so_is_the_number_of_files(run):
    ended, late = run("many-small-files", 400, entries=400)
    assert ended.killed == "disk", ended
    assert late < within()


def test_what_others_write_is_not_the_jobs(who, folder):
    """The disk loses as much as the job may take, to somebody else."""
    job = Job(argv=("sleep", "1"), cwd="/", mounts=(Mount(source=folder, target="/disk", writable=True),), disk_mb=20)
    with tempfile.NamedTemporaryFile(dir=folder.parent) as beside:
        beside.write(bytes(40 * MB))
        beside.flush()
        ended, _ = start(who, job)
    assert (ended.exit_code, ended.killed) == (0, "")


def test_one_file_is_bounded_by_the_kernel(run, folder):
    ended, _ = run("one-large-file", file_mb=12)
    assert b"File too large" in ended.stderr
    assert (folder / "large").stat().st_size == 12 * MB


def test_output_is_bounded(run, monkeypatch):
    monkeypatch.setattr("verifier.sandbox.watch.MAX_OUTPUT", 20 * MB)
    ended, late = run("output", 20 * MB)
    assert ended.killed == "output"
    assert late < within()
    assert len(ended.stderr) <= 20 * MB


def test_nor_is_the_input_a_way_around(run, monkeypatch):
    """Root's cannot be opened again by the uid inside; an ordinary user's can."""
    monkeypatch.setattr("verifier.sandbox.watch.MAX_OUTPUT", 20 * MB)
    ended, late = run("output-into-the-input", 20 * MB)
    assert ended.killed == "output" or ended.stdout == b"closed\n", ended
    assert late < within()


def test_processor_time_is_bounded_over_all_processes(who, run):
    """A control group keeps it to its share from the start, so that only the wall time can end it."""
    ended, _ = run("processor", processors=0.1, **({"seconds": 2} if who == "control groups" else {}))
    assert ended.killed == ("time" if who == "control groups" else "cpu"), ended


@pytest.mark.parametrize("name", ["processes", "threads", "ended-processes"])
def test_processes_are_bounded(run, name):
    ended, late = run(name, processes=40)
    assert ended.killed == "processes", ended
    assert late < within()


def test_open_files_are_bounded_by_the_kernel(run):
    ended, _ = run("descriptors", descriptors=200)
    assert 0 < int(ended.stdout.split()[1]) < 200


def test_what_a_uid_has_few_of_is_there_again_afterwards(run):
    ended, _ = run("watches")
    assert int(ended.stdout.split()[1]) > 0
    assert run("watches")[0].stdout == ended.stdout


def test_time_is_bounded_whoever_is_still_there(run):
    ended, _ = run("time-without-end", seconds=1)
    assert (ended.killed, ended.exit_code) == ("time", None)
    assert ended.milliseconds < 2000


def test_no_daemon_outlives_its_parent(run):
    ended, _ = run("daemon")
    assert ended.stdout == b"left\n"
    assert ended.milliseconds < 2000


def test_a_machine_that_runs_short_of_memory_is_not_held_against_the_job(run, monkeypatch):
    """Whoever took it, memory of the kernel's that no process holds included: the run is ended in time, and told apart."""
    monkeypatch.setattr("verifier.sandbox.room.least", lambda free: 2 * free)
    ended, _ = run("what-is-in-transit")
    assert ended.killed == "shortage", ended
    assert ended.milliseconds < 2000
