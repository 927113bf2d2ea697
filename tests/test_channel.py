"""What a run said is there whatever became of the socket's name and of the run, and nobody else can take it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from verifier.channel import MOST_CONNECTIONS, channel

MANY = 300_000
"""More than a socket holds."""
START = """
import os, socket, sys

def connected():
    made = socket.socket(socket.AF_UNIX)
    made.connect(sys.argv[1])
    return made

out = connected()
"""


def heard(path: Path, code: str, most: int = 10**9) -> bytes:
    with channel(path, most) as said:
        subprocess.run([sys.executable, "-c", START + code, path], check=False, timeout=60)
        return said()


def test_all_that_was_written_is_heard(tmp_path):
    code = f"out.sendall(b'a' * {MANY})\nout.close()\nconnected().sendall(b'b')"
    assert heard(tmp_path / "events", code) == b"a" * MANY + b"b"


def test_nothing_can_be_taken_back(tmp_path):
    """Neither by another file of that name, nor by reading, nor by listening in its place."""
    code = """
out.sendall(b'failed;')
out.setblocking(False)
try:
    out.sendall(out.recv(100))
except BlockingIOError:
    out.sendall(b'nothing to read;')
os.unlink(sys.argv[1])
with open(sys.argv[1], 'w') as file:
    file.write('passed')
out.sendall(b'failed again')
"""
    assert heard(tmp_path / "events", code) == b"failed;nothing to read;failed again"


def test_a_run_that_ends_in_the_middle_has_said_what_it_said(tmp_path):
    assert heard(tmp_path / "events", "out.sendall(b'half')\nos._exit(1)") == b"half"


def test_who_writes_too_much_is_cut_and_does_not_wait(tmp_path):
    assert heard(tmp_path / "events", f"out.sendall(b'a' * {MANY})", most=10) == b"a" * 10


def test_connections_without_end_do_no_harm(tmp_path):
    code = f"held = [connected() for _ in range({2 * MOST_CONNECTIONS})]\nout.sendall(b'said')"
    assert heard(tmp_path / "events", code) == b"said"


def test_a_deep_folder_is_no_hindrance(tmp_path):
    folder = tmp_path / ("d" * 100) / ("e" * 100)
    folder.mkdir(parents=True)
    code = "import os; os.chdir(os.path.dirname(sys.argv[1])); sys.argv[1] = 'events'\n"
    with channel(folder / "events", 100) as said:
        subprocess.run(
            [sys.executable, "-c", "import sys\n" + code + START + "out.sendall(b'said')", folder / "events"],
            check=True,
        )
        assert said() == b"said"


def test_nothing_said_is_nothing(tmp_path):
    assert heard(tmp_path / "events", "") == b""
