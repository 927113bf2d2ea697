"""Checkers are found by entry point; one may come from a distribution of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.words import in_language

EXAMPLE = Path(__file__).parent.parent / "examples" / "parcel-rates"
PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "verifier-todo"
version = "3.2.1"
[project.entry-points."verifier.checkers"]
todo = "verifier_todo:Todo"
"""
CHECKER = '''
"""Counts README files with grep: the least that a checker can be."""
from verifier.checker import Command
from verifier.model import Measure, Observations

class Todo:
    name = "todo"
    topic = "todo"
    tool = "verifier-todo"
    languages = frozenset()
    environment = False
    optional = False

    def steps(self, checkout, settings):
        return [Command(argv=("grep", "-c", "", "README.md"), media_type="text/plain")]

    def parse(self, checkout, outputs):
        lines = int(outputs[0].stdout)
        return Observations(measures=(Measure(name="todo.lines", value=lines),), examined=frozenset({"README.md"}))
'''


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A distribution with one checker, really built and installed, into a folder of its own."""
    source = tmp_path_factory.mktemp("source")
    target = tmp_path_factory.mktemp("site")
    (source / "pyproject.toml").write_text(PYPROJECT)
    (source / "verifier_todo.py").write_text(CHECKER)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        str(target),
    ]
    subprocess.run([*pip, str(source)], check=True)
    return target


def verifier(*words: str, path: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(path)}
    return subprocess.run(
        [sys.executable, "-m", "verifier", *words], env=env, capture_output=True, text=True, check=False
    )


def test_a_checker_of_another_distribution_is_listed_and_run(installed, tmp_path):
    assert "verifier-todo 3.2.1" in verifier("checkers", path=installed).stdout
    target = tmp_path / "report.json"
    done = verifier("assess", str(EXAMPLE), "--only", "todo", "--output", f"json={target}", path=installed)
    assert done.returncode == 3, done.stderr
    (checker,) = [c for c in in_language(json.loads(target.read_text()), "en")["checkers"] if c["name"] == "todo"]
    assert (checker["state"], checker["version"], checker["measures"][0]["value"]) == ("done", "3.2.1", 7)


def test_a_checker_that_cannot_be_loaded_is_trouble_and_loses_nothing_else(tmp_path):
    meta = tmp_path / "broken-1.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (meta / "entry_points.txt").write_text("[verifier.checkers]\nbroken = no_such_module:Checker\n")
    target = tmp_path / "report.json"
    done = verifier(
        "assess", str(EXAMPLE), "--only", "broken", "--only", "reuse", "--output", f"json={target}", path=tmp_path
    )
    assert done.returncode == 3, done.stderr
    checkers = {c["name"]: c for c in in_language(json.loads(target.read_text()), "en")["checkers"]}
    assert "No module named 'no_such_module'" in checkers["broken"]["trouble"]["message"]
    assert checkers["reuse"]["state"] == "done"


def test_an_unknown_topic_is_refused_with_what_there_is(tmp_path):
    done = verifier("assess", str(EXAMPLE), "--only", "spelling", "--output", "text=-", path=tmp_path)
    assert done.returncode == 2
    assert "No checker or topic is named spelling" in done.stderr
    assert "security" in done.stderr
