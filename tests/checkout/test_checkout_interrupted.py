"""What the machine and its user can do in the middle of an intake."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.git_repository import Repository
from support.git_server import GitServer, processes_below

SCRIPT = """
import sys
from pathlib import Path
from verifier.checkout import Request, checkout
from verifier.errors import VerifierError
where, workspace, ca = sys.argv[1:]
try:
    with checkout(Request(where=where, ca=Path(ca)), workspace=Path(workspace)) as delivered:
        print(len(delivered.files))
except VerifierError as error:
    print(type(error).__name__, error)
except KeyboardInterrupt:
    print("interrupted")
"""
MEGABYTES = 4
REQUESTS = 5
"""With the fifth, after two each for looking at the references twice, git asks for the objects."""


def test_interrupt_leaves_no_file_and_no_process(server: GitServer, repository: Repository, workspace: Path) -> None:
    repository.commit({"noise": os.urandom(2_000_000)})
    repository.bare(server.root / "p.git")
    server.pause = 0.2
    command = [sys.executable, "-c", SCRIPT, server.url("p.git"), str(workspace), str(server.ca)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 20
    while len(server.requests) < REQUESTS and time.monotonic() < end:
        time.sleep(0.05)
    assert any(workspace.iterdir())
    assert processes_below(workspace, seconds=0)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10) == ("interrupted\n", "")
    assert not list(workspace.iterdir())
    assert not processes_below(workspace)


def test_missing_git_is_one_sentence(repository: Repository, workspace: Path) -> None:
    repository.commit({"a": ""})
    command = [sys.executable, "-c", SCRIPT, str(repository.path), str(workspace), "/none"]
    env = {"PATH": "/nowhere", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=env)
    assert (done.stdout, done.stderr) == ("WorldError git is missing: install it (Debian: apt install git).\n", "")


@pytest.mark.skipif(not shutil.which("bwrap"), reason="a small disk is made with bubblewrap")
@pytest.mark.parametrize("kind", ["repository", "folder"])
def test_full_disk_is_one_sentence(repository: Repository, tmp_path: Path, kind: str) -> None:
    repository.commit({f"{number}": os.urandom(1_000_000) for number in range(MEGABYTES)})
    if kind == "folder":
        shutil.rmtree(repository.path / ".git")
    for size in (1, MEGABYTES + 2):  # full while git writes objects; full while we write files
        small = tmp_path / f"small{size}"
        small.mkdir()
        disk = ("bwrap", "--dev-bind", "/", "/", "--size", str(size * 1_000_000), "--tmpfs", str(small))
        command = [*disk, sys.executable, "-c", SCRIPT, str(repository.path), str(small), "/none"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.stdout.startswith("WorldError "), done
        assert "disk is full" in done.stdout
        assert not done.stderr
