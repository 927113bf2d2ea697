"""Each bad input: one clear sentence on stderr, the right exit code, no traceback, nothing left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from support.git_repository import Repository

EXAMPLE = Path(__file__).parents[2] / "examples" / "parcel-rates"


def verifier(*words: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "verifier", *words]
    return subprocess.run(command, cwd=cwd, env=os.environ | env, capture_output=True, text=True, check=False)


def refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """One sentence that begins with the program's name and holds these words."""
    said = [line for line in done.stderr.splitlines() if line.startswith("verifier: ")]
    assert (done.returncode, len(said)) == (code, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    for word in words:
        assert word in said[0]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    folder = tmp_path / "delivery"
    folder.mkdir()
    made = Repository(folder)
    made.git("init", "--quiet", "-b", "main")
    made.commit({"a.py": "x = 1\n", "LICENSE": "x\n"})
    return made


def unreachable() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_an_unreachable_host(tmp_path):
    refused(verifier("assess", f"https://127.0.0.1:{unreachable()}/a/b", cwd=tmp_path), 3, "127.0.0.1")


@pytest.mark.parametrize("ref", ["nothing-of-that-name", "0" * 40])
def test_an_unknown_commit(repository, tmp_path, ref):
    refused(verifier("assess", f"{repository.path}@{ref}", cwd=tmp_path), 2, ref)


def test_an_abbreviated_commit(repository, tmp_path):
    short = repository.git("rev-parse", "HEAD")[:10]
    refused(verifier("assess", f"{repository.path}@{short}", cwd=tmp_path), 2, short)


def test_an_ambiguous_name(repository, tmp_path):
    repository.git("tag", "v1")
    repository.git("branch", "v1")
    refused(verifier("assess", f"{repository.path}@v1", cwd=tmp_path), 2, "refs/heads/v1", "refs/tags/v1")


def test_a_branch_named_like_a_commit(repository, tmp_path):
    head = repository.git("rev-parse", "HEAD")
    repository.commit({"b.py": "y = 2\n"})
    repository.git("update-ref", f"refs/heads/{head}", "HEAD")
    refused(verifier("assess", f"{repository.path}@{head}", cwd=tmp_path), 2, head)


@pytest.mark.parametrize(
    "where", ["", " ", "no/such/folder", "ext::sh -c 'touch owned'", "http://example.org/a", "--upload-pack=x"]
)
def test_a_place_that_is_none(tmp_path, where):
    done = verifier("assess", "--", where, cwd=tmp_path)
    refused(done, 2)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_repository_is_a_delivery_without_licence_and_tests(tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    Repository(folder).git("init", "--quiet", "-b", "main")
    done = verifier("assess", str(folder), "--output", "text=-", cwd=tmp_path)
    assert done.returncode == 1
    assert "Would be REJECTED" in done.stdout


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "the delivery is empty"),
        ({"README.md": "# Rates\n"}, "the delivery holds no code"),
    ],
)
def test_a_folder_that_holds_nothing_to_run_is_told_so(tmp_path, files, words):
    folder = tmp_path / "empty"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    done = verifier("assess", str(folder), "--only", "tests", "--output", "text=-", cwd=tmp_path)
    assert done.returncode == 1
    assert f"Deliver the code with its tests: {words}. (supplier)" in done.stdout
    assert done.stdout.startswith("local folder @ ")
    assert "No checker said" not in done.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profile: p\nversion: 1\nextends: micro-ca\ncriterai: []\n", [":4:1:", "criterai", 'did you mean "criteria"']),
        ("profile: p\nversion: 1\ncriteria:\n  - {id: a, levle: must}\n", [":4:", "levle"]),
        ("profile: [p\n", [":", "criteria.yml"]),
        ("", ["criteria.yml"]),
    ],
    ids=["key", "key in criterion", "not YAML", "empty"],
)
def test_criteria_with_a_typo(tmp_path, text, words):
    (tmp_path / "criteria.yml").write_text(text)
    refused(verifier("assess", str(EXAMPLE), "--criteria", "criteria.yml", cwd=tmp_path), 2, *words)


def test_criteria_that_are_not_there(tmp_path):
    refused(verifier("assess", str(EXAMPLE), "--criteria", "none.yml", cwd=tmp_path), 2, "none.yml")


def test_a_profile_that_is_not_there(tmp_path):
    refused(verifier("assess", str(EXAMPLE), "--profile", "micro-cs", cwd=tmp_path), 2, "micro-cs", "micro-ca")


@pytest.mark.parametrize("output", ["json", "yaml=x", "json=", "folder=-", "json=no/such/folder/x.json"])
def test_an_output_that_cannot_be(tmp_path, output):
    refused(verifier("assess", str(EXAMPLE), "--output", output, cwd=tmp_path), 2)


def test_a_full_disk(tmp_path):
    done = verifier("assess", str(EXAMPLE), "--only", "reuse", "--output", "json=/dev/full", cwd=tmp_path)
    refused(done, 3, "disk is full")


def test_a_missing_sandbox(tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("git", "sh", "rm", "env"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    done = verifier("assess", str(EXAMPLE), cwd=tmp_path, PATH=str(tools))
    assert done.returncode == 3
    assert "Delivered code is run only in the sandbox. The program bwrap is not installed." in done.stdout
    assert "Traceback" not in done.stderr


def test_an_internal_error_is_3_and_never_1(tmp_path):
    broken = tmp_path / "sitecustomize.py"
    broken.write_text("import verifier.pipeline\nverifier.pipeline.judge = None\n")
    done = verifier("assess", str(EXAMPLE), "--only", "reuse", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    refused(done, 3, "Internal error", "not the delivery's fault")


@pytest.mark.parametrize("content", ["", "{}", "not json", '{"schema": "https://w3id.org/verifier/report/v1"}'])
def test_a_report_that_is_none(tmp_path, content):
    (tmp_path / "report.json").write_text(content)
    refused(verifier("show", "report.json", cwd=tmp_path), 2)


def test_an_interrupt_in_the_middle_leaves_nothing(tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    command = [sys.executable, "-m", "verifier", "assess", str(EXAMPLE)]
    env = os.environ | {"TMPDIR": str(work)}
    process = subprocess.Popen(
        command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    children = _wait_for_sandbox(process.pid)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "verifier: Interrupted" in said
    assert "Traceback" not in said
    assert list(work.iterdir()) == []
    assert not (tmp_path / "verifier-report").exists()
    assert not [child for child in children if _alive(child)]


def _wait_for_sandbox(pid: int) -> list[psutil.Process]:
    for _ in range(300):
        # A process of the list may have ended before it is asked for its name.
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(pid).children(recursive=True)
            if sum(child.name() == "bwrap" for child in children) >= 2:
                return children
        time.sleep(0.05)
    pytest.fail("no sandbox was started")


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
