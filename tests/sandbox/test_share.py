"""What of the machine is ours: less than it has where a control group says so, whichever of the two versions."""

from __future__ import annotations

import os

import pytest

from verifier.sandbox import cores, free_memory_mb, share

GIGABYTE = 1024**3


@pytest.fixture
def group(tmp_path):
    """The top and a group in it, whose files are given by their path; the controllers that they are of."""

    def made(controllers, files):
        for path, content in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(f"{content}\n")
        return dict.fromkeys(controllers, (tmp_path, tmp_path / "job"))

    return made


def test_a_share_of_the_processors_is_kept_in_version_2(group):
    found = group([""], {"cpu.max": "150000 100000", "job/cpu.max": "max 100000"})
    assert list(share._quotas(found)) == [1.5]


def test_a_share_of_the_processors_is_kept_in_version_1(group):
    found = group(["cpu"], {"cpu.cfs_quota_us": -1, "job/cpu.cfs_quota_us": 50_000, "job/cpu.cfs_period_us": 100_000})
    assert list(share._quotas(found)) == [0.5]


def test_the_memory_of_a_group_is_what_is_left_with_what_makes_way(group):
    files = {"memory.max": "max", "job/memory.max": 2 * GIGABYTE, "job/memory.current": GIGABYTE}
    found = group([""], files | {"job/memory.stat": f"anon 1\ninactive_file {GIGABYTE // 2}"})
    assert list(share._rooms(found)) == [GIGABYTE * 3 // 2]


def test_the_memory_of_a_group_of_version_1(group):
    files = {"job/memory.limit_in_bytes": 2 * GIGABYTE, "job/memory.usage_in_bytes": 3 * GIGABYTE}
    assert list(share._rooms(group(["memory"], files))) == [0]


def test_the_least_counts(group, monkeypatch):
    found = group([""], {"cpu.max": "10000 100000", "memory.max": 64 * 1024 * 1024, "memory.current": 0})
    monkeypatch.setattr(share, "hierarchies", lambda: found)
    assert (cores(), free_memory_mb()) == (1, 64)


def test_a_machine_without_control_groups_is_ours(monkeypatch):
    def none():
        raise FileNotFoundError("/proc/self/cgroup")

    monkeypatch.setattr(share, "hierarchies", none)
    assert cores() == len(os.sched_getaffinity(0))
    assert free_memory_mb() > 0
