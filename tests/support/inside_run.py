"""Runs of tests by the scripts that are inside the sandbox, here and without it, on files of our own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from verifier.channel import channel

MOST = 10**7
SCRIPTS = Path(__file__).parents[2] / "verifier" / "inside"
Event = dict[str, Any]


def told(folder: Path, script: str, *words: str, python: Path | str = sys.executable) -> list[Event]:
    """The events of a run below this folder."""
    home = folder.parent / "scripts"
    home.mkdir()
    for path in (SCRIPTS / script, *SCRIPTS.glob("verifier_*.py")):
        (home / path.name).write_text(path.read_text().replace('WORK = "/copy"', f"WORK = {str(folder)!r}"))
    events = folder.parent / "events.jsonl"
    with channel(events, MOST) as heard:
        done = subprocess.run([python, home / script, "run", events, folder, *words], capture_output=True, check=False)
        found = [json.loads(line) for line in heard().splitlines()]
    assert found[-1]["event"] == "finished", done.stderr.decode()
    return found


def of(kind: str, found: list[Event]) -> list[Event]:
    """Those of one kind."""
    return [one for one in found if one["event"] == kind]


def tree(place: Path) -> Path:
    """An empty delivery, with the configuration of pytest beside it."""
    made = place / "tree"
    made.mkdir()
    (place / "pytest.ini").write_text("[pytest]\n")
    return made


def pytested(folder: Path, conftest: str) -> list[Event]:
    """The events of a run by pytest."""
    (folder / "conftest.py").write_text(conftest)
    return told(folder, "run_tests.py", str(folder.parent / "pytest.ini"))
