"""A job run by act (https://github.com/nektos/act): workflows and composite actions as GitHub's runner takes them, but here.

Actions of others are stand-ins (tests/action/standins), each for the very commit that is pinned; any other is an error of act's.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
STANDINS = ROOT / "tests" / "action" / "standins"
ACT = ROOT / ".venv" / "bin" / "act"
OURS = "verifier/verifier@" + "0" * 40
SECONDS = 300


@dataclass(frozen=True)
class Ran:
    """`log` is the runner's, a line each; `commands` are the lines that it took for commands; the summary is no line."""

    code: int
    log: list[str]
    commands: list[str]
    outputs: Mapping[str, str]
    summary: str


def run(
    folder: Path,
    job: Mapping[str, Any],
    *,
    ours: Path,
    env: Mapping[str, str],
    event: Any,
    server: str,
    name: str = "push",
) -> Ran:
    """A workflow of one job; `ours` is the action's folder, `server` host and port of the GitHub that it believes to be on."""
    workflow = folder / ".github" / "workflows" / "job.yml"
    workflow.parent.mkdir(parents=True, exist_ok=True)
    workflow.write_text(yaml.safe_dump({"on": name, "jobs": {"one": {"runs-on": "ubuntu-24.04", **job}}}))
    given = folder.with_name(f"{folder.name}-event.json")
    given.write_text(json.dumps(event))
    words = [str(ACT), name, "--eventpath", str(given), "--platform", "ubuntu-24.04=-self-hosted", "--no-cache-server"]
    words += ["--action-offline-mode", "--github-instance", server, "--json", "--bind"]
    words += [word for one in local(ours) for word in ("--local-repository", one)]
    words += [word for key, value in env.items() for word in ("--env", f"{key}={value}")]
    home = folder.with_name(f"{folder.name}-home")
    home.mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "ACTIONS_", "RUNNER_"))}
    done = subprocess.run(
        words, cwd=folder, env={**kept, "HOME": str(home)}, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return _read(done)


def copy(to: Path) -> Path:
    """What git has of this project: what a runner downloads for a tag."""
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if name.startswith(
            ("verifier/", "rules/", "reports/", "scripts/", "action.yml", "requirements.txt", "pyproject.toml")
        ):
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to / name)
    return to


def local(ours: Path) -> list[str]:
    """What act takes from this machine: ourselves, and a stand-in for each pinned action."""
    pinned = re.findall(r"uses: (actions/[a-z-]+)[\w/-]*@([0-9a-f]{40})", _sources())
    named = {f"{name}@{commit}={STANDINS / name.rpartition('/')[2]}" for name, commit in pinned}
    return [f"{OURS}={ours}", *sorted(named)]


def _sources() -> str:
    files = [ROOT / "action.yml", *(ROOT / ".github").rglob("*.yml")]
    return "\n".join(path.read_text() for path in files)


def _read(done: subprocess.CompletedProcess[str]) -> Ran:
    log, commands, outputs, summary = [], [], {}, ""
    for line in done.stdout.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            log.append(line)
            continue
        text = str(entry.get("msg", "")).rstrip("\n")
        log.append(text)
        command = entry.get("command")
        if command == "summary":
            summary = entry["content"]
        elif command:
            commands.append(text)
        if command == "set-output":
            outputs[entry["name"]] = entry["arg"]
    return Ran(done.returncode, [*log, *done.stderr.splitlines()], commands, outputs, summary)
