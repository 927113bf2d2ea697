"""The bench: it counts all processor time, and its short form fails where a cold run has become dearer."""

from __future__ import annotations

import json
from contextlib import contextmanager

import bench
import pytest
from support.costs import Cost, timed

from verifier.sandbox import Bubblewrap, Job

BUSY = "import time\nwhile time.process_time() < 0.4: pass"


def test_what_runs_in_the_sandbox_is_counted():
    """Bubblewrap does not wait for the first process in it, whose time getrusage() alone does not have."""
    job = Job(argv=("python3", "-c", BUSY), cwd="/", mounts=(), seconds=20)
    assert timed(lambda: Bubblewrap().run(job)).cpu >= 0.4


@pytest.mark.parametrize(
    ("rounds", "code"),
    [((0.71,), 0), ((0.9, 0.83), 0), ((0.85, 0.9, 0.86), 1)],
    ids=["at once", "after noise", "dearer"],
)
def test_more_than_a_fifth_over_the_recorded_ratio_fails(tmp_path, monkeypatch, capsys, rounds, code):
    recorded = tmp_path / "bench.json"
    recorded.write_text(json.dumps({"cpu": 0.7}))
    left = [(Cost(wall=1, cpu=one * 10), Cost(wall=1, cpu=10)) for one in rounds]

    @contextmanager
    def benched(project, *, build):
        yield type("Rounds", (), {"round": staticmethod(lambda: left.pop(0))})

    monkeypatch.setattr(bench, "RECORDED", recorded)
    monkeypatch.setattr(bench, "benched", benched)
    assert bench.short(record=False) == code
    assert left == []
    told = capsys.readouterr().out
    assert (told.count("round"), "✗ over" in told) == (len(rounds), code == 1)


def test_the_recorded_ratio_says_where_it_is_from():
    recorded = json.loads(bench.RECORDED.read_text())
    assert 0.1 < recorded["cpu"] < 1
    assert "cores" in recorded["measured"]
    assert "--record" in recorded["renew"]
