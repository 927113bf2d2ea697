"""Lines that no test could run on the interpreter of the tests are told apart from lines that no test runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from verifier import interpreters

pytestmark = pytest.mark.self

INSIDE = Path(__file__).parents[2] / "verifier" / "inside"
SOURCE = """\
def plain(f):
    return f


@plain
def total():
    while True:
        return 1


@plain
class Kept:
    x: int = 1


if __debug__:
    y = 1


def never():
    return 2
"""


def traceable(python: Path, tree: Path, *paths: str) -> dict[str, list[int] | None]:
    script = (INSIDE / "traceable_lines.py").read_text().replace('"/delivery"', repr(str(tree)))
    command = [python, "-I", "-S", "-c", script]
    done = subprocess.run(command, input=json.dumps(paths), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("one", interpreters.listed(), ids=lambda one: one.version)
def test_what_an_interpreter_leaves_no_trace_of_is_known_by_its_version(one, tmp_path):
    (tmp_path / "a.py").write_text(SOURCE)
    (tmp_path / "b.py").write_text("def broken(:\n")
    found = traceable(one.path, tmp_path, "a.py", "b.py", "gone.py")
    lost = {line for line in (6, 7, 12, 16) if line not in found["a.py"]}
    expected = {6, 12, 16} if one.minor < (3, 8) else {7, 16} if one.minor < (3, 10) else set()
    assert lost == expected
    assert {1, 2, 5, 8, 11, 13, 17, 20, 21} <= set(found["a.py"])
    assert (found["b.py"], found["gone.py"]) == (None, None)


def test_the_report_leaves_out_what_cannot_be_traced_and_nothing_else(tmp_path):
    (tmp_path / "a.py").write_text(SOURCE)
    old = {"a.py": [1, 2, 5, 8, 11, 13, 17, 20, 21]}
    all_, less, unknown = (_reported(tmp_path, told) for told in ({}, old, {"a.py": None}))
    assert set(all_["statements"]) - set(less["statements"]) == {6, 7, 12, 16}
    assert set(all_["missing"]) - set(less["missing"]) == {6, 7, 12, 16}
    assert unknown == all_


def _reported(tree: Path, told: dict[str, list[int] | None]) -> dict[str, list[int]]:
    script = (INSIDE / "coverage_report.py").read_text().replace('"/delivery"', repr(str(tree)))
    rcfile = INSIDE.parents[1] / "rules" / "tools" / "coveragerc"
    asked = json.dumps({"paths": ["a.py"], "traceable": told})
    command = [sys.executable, "-c", script, str(rcfile)]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, cwd=tree)
    return json.loads(done.stdout)["files"]["a.py"]
