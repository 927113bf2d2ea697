"""A process that leaves its memory as it is ends as any other does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import atexit, sys, threading, time
sys.path.insert(0, "verifier/inside")
from ending import end

class Loud:
    def __del__(self):
        print("taken apart")

held = Loud()
held.itself = held
atexit.register(print, "told at the end")
def late():
    time.sleep(0.2)
    print("a thread")
threading.Thread(target=late).start()
sys.stdout.write("printed\\n")
end({code})
"""


@pytest.mark.parametrize("code", [0, 3])
def test_it_waits_for_threads_and_says_what_it_printed_and_takes_nothing_apart(code):
    done = run(SCRIPT.replace("{code}", str(code)), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.splitlines() == ["printed", "a thread", "told at the end"]


def test_what_cannot_be_printed_is_told_by_the_code():
    script = SCRIPT.replace("{code}", "0").replace('"printed', '"x" * 100 + "printed')
    with Path("/dev/full").open("w") as full:
        assert run(script, stdout=full, stderr=subprocess.DEVNULL).returncode == 120


def run(script, **streams):
    return subprocess.run([sys.executable, "-I", "-c", script], check=False, text=True, **streams)
