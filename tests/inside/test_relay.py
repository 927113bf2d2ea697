"""The relay as a real process, on every interpreter from 3.7 that this machine has."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

RELAY = Path(__file__).parents[2] / "verifier" / "inside" / "relay.py"


def _pythons() -> list[str]:
    named = [shutil.which(f"python3.{minor}") for minor in range(7, 15)]
    works = [p for p in named if p and subprocess.run([p, "-c", ""], capture_output=True, check=False).returncode == 0]
    return [sys.executable, *works]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _argv(path: Path, port: int, *command: str, python: str = sys.executable) -> list[str]:
    return [python, "-I", str(RELAY), "--socket", str(path), "--port", str(port), "--", *command]


def _relay(path: Path, *command: str, port: int = 0, stdin: str = "") -> subprocess.CompletedProcess[str]:
    argv = _argv(path, port or _free_port(), *command)
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False, input=stdin)


@contextmanager
def _answering(path: Path) -> Iterator[None]:
    """Reads until the other side has ended, then answers with what came, twice: it takes half-closes to end."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(200)
        threading.Thread(target=_accept, args=(listener,), daemon=True).start()
        yield
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    with connection, contextlib.suppress(BrokenPipeError):
        got = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        connection.sendall(got * 2)


CLIENT = """
import socket, sys
port, count, size = map(int, sys.argv[1:])
everyone = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(count)]
for number, one in enumerate(everyone):
    one.sendall(b"%05d" % number * (size // 5))
    one.shutdown(socket.SHUT_WR)
for number, one in enumerate(everyone):
    got = b"".join(iter(lambda: one.recv(65536), b""))
    assert got == b"%05d" % number * (size // 5) * 2, (number, len(got))
print("all", count)
"""


@pytest.mark.parametrize("python", _pythons())
def test_many_connections_carry_bytes_and_half_closes_both_ways(tmp_path: Path, python: str) -> None:
    path, port = tmp_path / "s", _free_port()
    with _answering(path):
        argv = _argv(path, port, sys.executable, "-c", CLIENT, str(port), "100", "5000", python=python)
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "all 100\n", "")


def test_large_answers_arrive_whole(tmp_path: Path) -> None:
    path, port = tmp_path / "s", _free_port()
    with _answering(path):
        done = _relay(path, sys.executable, "-c", CLIENT, str(port), "2", "8000000", port=port)
    assert (done.returncode, done.stdout) == (0, "all 2\n")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["true"], 0),
        ([sys.executable, "-c", "raise SystemExit(3)"], 3),
        (["sh", "-c", "kill -9 $$"], 128 + signal.SIGKILL),
        (["no-such-command-here"], 127),
        ([str(RELAY.parent)], 126),
    ],
)
def test_exit_code_is_the_commands(tmp_path: Path, command: list[str], code: int) -> None:
    assert _relay(tmp_path / "s", *command).returncode == code


def test_input_and_output_belong_to_the_command(tmp_path: Path) -> None:
    done = _relay(tmp_path / "s", "sh", "-c", "cat; echo seen >&2", stdin="words")
    assert (done.stdout, done.stderr) == ("words", "seen\n")


def test_options_after_the_command_are_the_commands(tmp_path: Path) -> None:
    assert _relay(tmp_path / "s", "echo", "--port", "--", "-x").stdout == "--port -- -x\n"


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = _relay(tmp_path / "s", "true", port=taken.getsockname()[1])
    assert done.returncode == 125
    assert "cannot listen" in done.stderr


def test_without_a_socket_the_client_is_closed_and_the_command_goes_on(tmp_path: Path) -> None:
    port = _free_port()
    code = f"import socket; print(socket.create_connection(('127.0.0.1', {port}), timeout=20).recv(1))"
    done = _relay(tmp_path / "absent", sys.executable, "-c", code, port=port)
    assert (done.returncode, done.stdout) == (0, "b''\n")
    assert "cannot reach" in done.stderr


def test_sigterm_goes_to_the_command(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, lambda *_: exit(9)); print('up', flush=True); time.sleep(30)"
    argv = _argv(tmp_path / "s", _free_port(), sys.executable, "-c", code)
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        process.terminate()
        assert process.wait(timeout=20) == 9


def test_it_ends_with_the_command_though_a_connection_is_open(tmp_path: Path) -> None:
    path, port = tmp_path / "s", _free_port()
    holder = f"import socket, time; s = socket.create_connection(('127.0.0.1', {port})); time.sleep(3)"
    script = f'{sys.executable} -c "{holder}" >/dev/null 2>&1 & sleep 0.5'
    start = time.monotonic()
    with _answering(path):
        done = _relay(path, "sh", "-c", script, port=port)
    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - start < 2.5
