"""Which tests run which lines, as both recorders tell it. Run here on files of our own, without the sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.channel import channel

MOST = 10**7
SCRIPTS = Path(__file__).parents[2] / "verifier" / "inside"
SHOP = """\
def a():
    return 1


def b():
    return a()
"""
UNITTEST = """\
import subprocess
import sys
import unittest

import shop


class T(unittest.TestCase):
    def test_a(self): shop.a()
    def test_b(self): shop.b()
    def test_c(self): subprocess.run([sys.executable, "-c", ""])
"""
PYTEST = """\
import os

import pytest
import shop


@pytest.fixture(scope="module")
def shared():
    return shop.b()


@pytest.fixture
def own():
    return shop.a()


def test_a(own): pass
def test_b(shared): pass
def test_c(shared): os.system("true")
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COVERAGE_CORE", "ctrace")  # the one that can tell tests apart
    made = tmp_path / "tree"
    made.mkdir()
    (made / "shop.py").write_text(SHOP)
    return made


def scouted(folder, script, prefix, *words, lines=(1, 2, 6)):
    """What a run tells of the lines of shop.py and of the whole file, with each test by its last letter."""
    for path in (SCRIPTS / script, *SCRIPTS.glob("verifier_*.py")):
        code = path.read_text().replace('WORK = "/copy"', f"WORK = {str(folder)!r}")
        (folder.parent / path.name).write_text(code)
    tests = [f"{prefix}test_{letter}" for letter in "abc"]
    asked = json.dumps({"tests": tests, "lines": {"shop.py": lines}}).encode()
    events = folder.parent / "events.jsonl"
    argv = [sys.executable, folder.parent / script, "scout", events, folder, *words]
    with channel(events, MOST) as heard:
        subprocess.run(argv, input=asked, capture_output=True, check=False)
        told = json.loads(heard().splitlines()[-2])
    events.unlink()
    assert (told["event"], sorted(told["seconds"])) == ("scouted", tests)
    lines = {line: [name[-1:] for name in found] for line, found in told["lines"]["shop.py"].items()}
    return lines, [name[-1:] for name in told["files"]["shop.py"]], [name[-1:] for name in told["starting"]]


def test_a_suite_of_unittest(folder):
    (folder / "test_shop.py").write_text(UNITTEST)
    found = scouted(folder, "run_script.py", "test_shop.T.", "--", "-m", "unittest", "discover", lines=(1, 6))
    assert found == ({"1": [""], "6": ["b"]}, ["", "a", "b"], ["c"])


def test_what_tests_share_is_run_for_none_of_them_alone(folder):
    (folder / "test_shop.py").write_text(PYTEST)
    (folder.parent / "pytest.ini").write_text("[pytest]\n")
    found = scouted(folder, "run_tests.py", "test_shop.py::", folder.parent / "pytest.ini")
    assert found == ({"1": [""], "2": ["", "a"], "6": [""]}, ["", "a"], ["c"])
