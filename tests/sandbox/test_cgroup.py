"""Control groups: as this kernel has them and, of version 2 by the kernel's documentation, on folders that stand in for them."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import greedy
import pytest

from verifier.sandbox import Job, cgroup
from verifier.sandbox.cgroup import Group, Groups

MB = 1024 * 1024
JOB = Job(argv=("true",), cwd="/", mounts=(), seconds=10, processors=1.5, memory_mb=100, processes=40)
HYBRID = """\
30 25 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
31 30 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
32 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
33 30 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
"""
IN_A_CONTAINER = "40 25 0:26 /docker/abc /sys/fs/cgroup ro shared:1 - cgroup2 cgroup rw,nsdelegate\n"
real = pytest.mark.skipif(cgroup.found() is None, reason="this process may not make control groups")


def test_the_limits_are_what_the_kernel_takes():
    assert cgroup.limits_2(JOB) == {
        "memory.max": "104857600",
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "42",
        "cpu.weight": "50",
        "cpu.max": "150000 100000",
    }
    assert cgroup.limits_1(JOB)["memory"] == {
        "memory.limit_in_bytes": "104857600",
        "memory.memsw.limit_in_bytes": "104857600",
    }
    assert cgroup.limits_1(JOB)["cpu"]["cpu.shares"] == "512"


def test_our_own_folders_are_found_on_every_hierarchy():
    own = {"memory": "/a/b", "cpu": "/", "cpuacct": "/", "": "/user.slice", "devices": "/"}
    unified = Path("/sys/fs/cgroup/unified")
    assert dict(cgroup._mounted(HYBRID, own)) == {
        "memory": (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup/memory/a/b")),
        "cpu": (Path("/sys/fs/cgroup/cpu,cpuacct"),) * 2,
        "cpuacct": (Path("/sys/fs/cgroup/cpu,cpuacct"),) * 2,
        "": (unified, unified / "user.slice"),
    }


def test_a_mount_that_shows_a_part_is_read_from_there():
    top = Path("/sys/fs/cgroup")
    assert dict(cgroup._mounted(IN_A_CONTAINER, {"": "/docker/abc/job"})) == {"": (top, top / "job")}
    assert dict(cgroup._mounted(IN_A_CONTAINER, {"": "/elsewhere"})) == {}


@pytest.fixture
def second(tmp_path) -> Path:
    """A folder that stands in for a group of version 2."""
    (tmp_path / "cgroup.controllers").write_text("cpuset cpu io memory hugetlb pids\n")
    (tmp_path / "cgroup.subtree_control").touch()
    return tmp_path


def of_version_2(top: Path, own: Path) -> Groups | None:
    return cgroup._second({"": (top, own)})


def test_version_2_needs_its_controllers(second):
    (second / "cgroup.controllers").write_text("hugetlb\n")
    assert of_version_2(second, second) is None
    assert cgroup._second({}) is None


def test_root_takes_the_top_group_or_one_that_was_delegated(second, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert of_version_2(second, second) == Groups(folders=dict.fromkeys(cgroup.WANTED, second), version=2)
    assert (second / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"
    assert of_version_2(second.parent, second) is None, "systemd's own"
    monkeypatch.setattr(os, "getxattr", lambda *_: b"1", raising=False)
    assert of_version_2(second.parent, second) is not None


def test_a_group_with_processes_is_left_for_one_beside_the_jobs(second, monkeypatch):
    answers = [OSError(errno.EBUSY, "busy"), None]

    def enable(own):
        if error := answers.pop(0):
            raise error

    monkeypatch.setattr(cgroup, "_enable", enable)
    assert of_version_2(second, second) is not None
    (leaf,) = second.glob("verifier-*")
    assert (leaf / "cgroup.procs").read_text() == "0"
    assert answers == []


def test_a_group_that_others_are_in_is_left_as_it_was(second, monkeypatch):
    def enable(own):
        raise OSError(errno.EBUSY, "busy")

    monkeypatch.setattr(cgroup, "_enable", enable)
    monkeypatch.setattr(cgroup, "_removed", lambda folder: shutil.rmtree(folder) is None)
    with pytest.raises(OSError, match="busy"):
        of_version_2(second, second)
    assert not list(second.glob("verifier-*"))
    assert (second / "cgroup.procs").read_text() == "0"


def test_a_group_of_version_2_is_made_with_its_limits_and_taken_away(second, monkeypatch):
    monkeypatch.setattr(cgroup, "_removed", lambda folder: shutil.rmtree(folder) is None)
    with Groups(folders=dict.fromkeys(cgroup.WANTED, second), version=2).made(JOB) as group:
        (folder,) = second.glob("verifier-*")
        assert (folder / "memory.max").read_text() == "104857600"
        assert (folder / "cpu.max").read_text() == "150000 100000"
        assert group.joining(["bwrap"])[4:] == [str(folder / "cgroup.procs"), "--", "bwrap"]
    assert (list(second.glob("verifier-*"))) == []


@pytest.mark.parametrize(
    ("oom", "most", "microseconds", "reason"),
    [(0, 0, 9_000_000, ""), (1, 0, 0, "memory"), (0, 3, 0, "processes"), (0, 0, 15_000_001, "cpu")],
)
def test_what_the_kernel_did_is_read_from_its_counters(tmp_path, oom, most, microseconds, reason):
    (tmp_path / "memory.events").write_text(f"low 0\noom 4\noom_kill {oom}\noom_group_kill 0\n")
    (tmp_path / "pids.events").write_text(f"max {most}\n")
    (tmp_path / "cpu.stat").write_text(f"usage_usec {microseconds}\nuser_usec 1\n")
    folders = dict.fromkeys(cgroup.WANTED, tmp_path)
    assert Group(folders=folders, version=2, cpu_seconds=15).over() == reason


@real
def test_the_kernel_keeps_to_the_limit_of_memory(tmp_path):
    groups = cgroup.found()
    with groups.made(JOB) as group:
        argv = [sys.executable, greedy.__file__, "memory", "0", str(tmp_path)]
        done = subprocess.run(group.joining(argv), env={}, capture_output=True, timeout=30, check=False)
        assert done.returncode == -9
        assert group.over() == "memory"
        peak = "memory.peak" if groups.version == 2 else "memory.max_usage_in_bytes"
        assert int((group.folders["memory"] / peak).read_text()) <= 100 * MB


@real
def test_nothing_is_left_of_a_group_not_even_of_a_run_that_was_killed():
    groups = cgroup.found()
    mine = f"verifier-{os.getpid()}-"
    with groups.made(JOB) as group:
        assert any(one.name.startswith(mine) for one in groups.folders["memory"].iterdir())
        assert group.pids() == []
    assert not any(one.name.startswith(mine) for one in groups.folders["memory"].iterdir() if one.name[-4:] != "-own")
    code = "from verifier.sandbox import cgroup, Job\nimport os\n"
    code += "made = cgroup.found().made(Job(argv=(), cwd='/', mounts=()))\nmade.__enter__()\n"
    code += "print(os.getpid(), flush=True)\nos.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    left = groups.folders["memory"] / f"verifier-{int(done.stdout)}-1"
    assert left.is_dir()
    groups.sweep()
    assert not left.exists()


@real
def test_other_work_on_the_machine_keeps_its_processor():
    """One process outside and eight inside want the same processor: the one gets more than the eight together."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    spin = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    try:
        with cgroup.found().made(JOB) as group:
            inside = subprocess.Popen(group.joining([sys.executable, "-c", spin]), env={}, start_new_session=True)
            outside = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            time.sleep(0.5)
            start = own_time(outside.pid), group.processor_time()
            time.sleep(2)
            got, taken = own_time(outside.pid) - start[0], group.processor_time() - start[1]
            os.killpg(inside.pid, signal.SIGKILL)
            outside.kill()
            inside.wait()
            outside.wait()
    finally:
        os.sched_setaffinity(0, before)
    assert taken > 0
    assert got > 1.2 * taken


def own_time(pid: int) -> float:
    """Seconds of processor time."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
