"""Where no sandbox can be had: static checkers say the same, delivered code is not run, and the report says where it can be."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

import psutil
import pytest

from verifier import sandbox
from verifier.cli import main
from verifier.sandbox import Job, Mount, Standing, Unconfined
from verifier.words import Text, in_language

EXAMPLE = Path(__file__).parent.parent / "examples" / "parcel-rates"


def run(*argv: str, mounts: tuple[Mount, ...] = (), **more):
    return Unconfined().run(Job(argv=argv, mounts=mounts, **{"cwd": "/", "seconds": 20, **more}))


def test_delivered_code_is_refused():
    with pytest.raises(ValueError, match="not run without a sandbox"):
        run("true", delivered_code=True)


def test_the_sandboxs_paths_lead_to_the_folders_and_back(tmp_path):
    mounts = (Mount(source=tmp_path, target="/in"), Mount(source=tmp_path / "x", target="/inside"))
    (tmp_path / "a").write_text("text")
    ended = run("sh", "-c", "cat /in/a; echo --file=/in/a /inside/b /other/in/a", mounts=mounts)
    assert ended.stdout == b"text--file=/in/a /inside/b /other/in/a\n"


def test_our_environment_and_home_are_not_handed_on(monkeypatch):
    monkeypatch.setenv("TOKEN", "secret")
    ended = run("/usr/bin/env", env={"HOME": "/home"})
    assert b"TOKEN" not in ended.stdout
    assert os.fsencode(Path.home()) + b"\n" not in ended.stdout


def test_the_limits_on_time_and_memory_hold_and_nothing_is_left_behind():
    code = "import subprocess, time; subprocess.Popen(['sleep', '977']); time.sleep(60)"
    start = time.monotonic()
    ended = run(sys.executable, "-c", code, seconds=1, env={"PATH": "/usr/bin:/bin"})
    assert (ended.killed, ended.exit_code) == ("time", None)
    assert time.monotonic() - start < 10
    assert not [process for process in psutil.process_iter(["cmdline"]) if "977" in (process.info["cmdline"] or [])]
    greedy = "x = bytearray(400_000_000); import time; time.sleep(30)"
    assert run(sys.executable, "-c", greedy, memory_mb=100).killed == "memory"


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    target = tmp_path / "delivery"
    shutil.copytree(EXAMPLE, target)
    text = "import subprocess\n\n\ndef label(name):\n    subprocess.run(f'lp {name}', shell=True)\n    return nane\n"
    (target / "src" / "parcel_rates" / "label.py").write_text(text)
    return target


def without(reason: str) -> Standing:
    """What is said of a machine without a sandbox."""
    return Standing(reason=Text(reason, reason))


def assess(delivery: Path) -> tuple[int, dict]:
    target = delivery.parent / "report.json"
    code = main(["assess", str(delivery), "--output", f"json={target}"])
    return code, in_language(json.loads(target.read_text()), "en")


def looked(report: dict) -> dict:
    """What the static checkers said. What pylint knows of installed packages is another matter."""
    static = [c for c in report["checkers"] if c["topic"] not in ("environment", "tests", "lint")]
    return {c["name"]: (c["state"], c["findings"], c["measures"], c["examined"], c["notExamined"]) for c in static}


def test_static_checkers_say_the_same_and_the_tests_say_where_to_go(delivery, monkeypatch):
    _, inside = assess(delivery)
    monkeypatch.setattr(sandbox, "probed", lambda: without("The sandbox needs Linux; this is darwin."))
    code, report = assess(delivery)
    assert looked(report) == looked(inside)
    lint = next(c for c in report["checkers"] if c["name"] == "pylint")
    assert "pylint:undefined-variable" in {finding["rule"] for finding in lint["findings"]}
    tests = next(o for o in report["outcomes"] if o["criterion"] == "tests.pass")
    assert tests["outcome"] == "undetermined"
    assert "this is darwin" in tests["reason"]
    assert "Linux" in tests["reason"].partition("darwin")[2]
    assert (code, report["verdict"], report["sandbox"]["tier"]) == (1, "rejected", "none")


def test_without_a_fault_the_verdict_is_inconclusive_and_never_pending(monkeypatch, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "delivery")
    monkeypatch.setattr(sandbox, "probed", lambda: without("The program bwrap is not installed."))
    code, report = assess(tmp_path / "delivery")
    assert (code, report["verdict"]) == (3, "inconclusive")
