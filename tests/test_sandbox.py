"""What runs inside cannot get out: each promise of the sandbox, tried."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time

import psutil
import pytest

from verifier.sandbox import Bubblewrap, Cancelled, Job, Mount, missing, probed, tool_mounts

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "sandbox there")


def inside(*argv: str, mounts: tuple[Mount, ...] = (), **more):
    return Bubblewrap().run(Job(argv=argv, cwd="/", mounts=(*tool_mounts(), *mounts), **{"seconds": 20, **more}))


def python(code: str, **more):
    return inside(sys.executable, "-I", "-c", code, **more)


def test_it_runs_a_command_and_returns_its_output_and_exit_code():
    ended = inside("sh", "-c", "echo out; echo err >&2; exit 7")
    assert (ended.exit_code, ended.stdout, ended.stderr) == (7, b"out\n", b"err\n")


def test_a_signal_is_an_exit_code_above_128():
    assert inside("sh", "-c", "kill -9 $$").exit_code == 137


def test_standard_input_is_what_was_given():
    assert inside("cat", stdin=b"given").stdout == b"given"


def test_the_user_is_unprivileged_and_has_no_capabilities():
    ended = inside("sh", "-c", "id -u; grep -E '^Cap(Eff|Prm|Bnd)|NoNewPrivs' /proc/self/status")
    uid, *status = ended.stdout.decode().split("\n")
    assert uid == "65534"
    assert [line.split()[1] for line in status if line.startswith("CapEff")] == ["0000000000000000"]
    assert "NoNewPrivs:\t1" in status


def test_a_server_on_this_machines_loopback_cannot_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ended = python(f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)")
    assert b"ConnectionRefusedError" in ended.stderr


def test_there_is_no_way_to_another_address():
    assert b"Network is unreachable" in python("import socket; socket.create_connection(('192.0.2.1', 80), 2)").stderr


def test_our_environment_and_home_are_not_there(monkeypatch):
    monkeypatch.setenv("SECRET_OF_OURS", "x")
    ended = inside("sh", "-c", "env; ls -A /home; cat /proc/1/environ | tr '\\0' '\\n'", env={"GIVEN": "1"})
    assert b"GIVEN=1" in ended.stdout
    assert b"SECRET_OF_OURS" not in ended.stdout


def test_other_processes_are_not_seen():
    pids = [entry for entry in inside("ls", "/proc").stdout.decode().split() if entry.isdigit()]
    assert len(pids) <= 4
    assert str(os.getpid()) not in pids or os.getpid() <= 4


def test_a_read_only_mount_cannot_be_written_and_a_writable_one_can(tmp_path):
    fixed, free = tmp_path / "fixed", tmp_path / "free"
    for folder in (fixed, free):
        folder.mkdir()
        folder.chmod(0o777)
    mounts = (Mount(source=fixed, target="/fixed"), Mount(source=free, target="/free", writable=True))
    ended = inside("sh", "-c", "echo a > /free/a; echo b > /fixed/b", mounts=mounts)
    assert b"Read-only file system" in ended.stderr
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a"]


def test_a_mount_below_a_closed_folder_can_be_reached(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "open").mkdir()
    assert (
        inside(
            "ls", str(closed / "open"), mounts=(Mount(source=closed / "open", target=str(closed / "open")),)
        ).exit_code
        == 0
    )


@pytest.mark.parametrize("where", ["/", "/usr", "/etc", "/proc/sys/kernel"])
def test_nothing_outside_its_own_folders_can_be_written(where):
    assert inside("touch", f"{where}/made").exit_code != 0


def test_time_ends_it_with_everything_it_started():
    started = time.monotonic()
    ended = inside("sh", "-c", "sleep 311 & setsid sleep 311 & sleep 311", seconds=1)
    assert (ended.exit_code, ended.killed) == (None, "time")
    assert time.monotonic() - started < 5
    assert not sleeping("311")


def test_a_daemon_that_outlives_its_parent_is_gone_and_holds_nothing_up():
    started = time.monotonic()
    ended = inside("sh", "-c", "setsid sleep 312 & echo done")
    assert ended.stdout == b"done\n"
    assert time.monotonic() - started < 5
    assert not sleeping("312")


def sleeping(argument: str) -> bool:
    """Whether a `sleep` with this argument is still there, a moment being given to the kernel to take it away."""
    for _ in range(20):
        if not any(p.info["cmdline"] == ["sleep", argument] for p in psutil.process_iter(["cmdline"])):
            return False
        time.sleep(0.1)
    return True


def test_an_interrupt_ends_it_at_once():
    cancel = threading.Event()
    threading.Timer(0.5, cancel.set).start()
    with pytest.raises(Cancelled):
        Bubblewrap(cancel=cancel).run(Job(argv=("sleep", "313"), cwd="/", mounts=()))
    assert not sleeping("313")


def test_it_dies_with_its_parent():
    code = (
        "from verifier.sandbox import *\n"
        "import os, threading, time\n"
        "threading.Thread(target=lambda: Bubblewrap().run(Job(argv=('sleep', '314'), cwd='/', mounts=())), daemon=True).start()\n"
        "time.sleep(1); os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert not sleeping("314")


def test_a_missing_program_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    probed.cache_clear()
    assert missing() == "The program bwrap is not installed."
    probed.cache_clear()
