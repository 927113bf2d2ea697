"""One attempt at an environment, made by the script with a uv that does as it is told, in folders of the test's own."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

from verifier.inside import build_environment as build

ORDER = {"python": "/opt/py/bin/python3.11", "version": "3.11.4", "before": "", "parts": [], "locks": []}
LISTS: dict = {name: [] for name in ("constraints", "build_constraints", "overrides", "excludes", "extra")}
UV = f"""#!{sys.executable} -IS
import json, os, sys
words, here = sys.argv[1:], os.path.dirname(sys.argv[0])
with open(here + "/calls", "a") as calls:
    calls.write(json.dumps(words) + "\\n")
with open(here + "/plan") as plan:
    plan = json.load(plan)
for those, says in plan["fails"]:
    if set(those) <= set(words):
        print(says)
        sys.exit(1)
if words[0] == "venv":
    os.makedirs(words[-1] + "/bin")
    os.makedirs(words[-1] + "/lib/python3.11/site-packages")
    os.symlink(here + "/python", words[-1] + "/bin/python")
if words[:2] == ["pip", "list"]:
    print(json.dumps(plan["installed"]))
if words[:2] == ["pip", "install"]:
    print("Installed 1 package in 2ms")
    for name, text in plan["files"].items():
        path = os.path.dirname(os.path.dirname(words[3])) + "/lib/python3.11/site-packages/" + name
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
"""


class Attempt:
    """One run of the script with a uv that fails where it is told to."""

    def __init__(self, folder: Path, monkeypatch) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.venv, self.copy = folder / "venv", folder / "copy"
        for name, value in (("VENV", self.venv), ("PYTHON", self.venv / "bin/python"), ("WORK", self.copy)):
            monkeypatch.setattr(build, name, str(value))
        monkeypatch.setattr(build, "LISTS", str(folder))
        self.program("uv", UV)
        self.program("python", "#!/bin/sh\necho 3.11.4\n")

    @property
    def site(self) -> Path:
        return self.venv / "lib/python3.11/site-packages"

    def program(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def run(self, *fails: tuple[list[str], str], installed=(), files=None, **order) -> dict:
        """What is written when each call fails that has these words; `files` come with what is installed."""
        plan = {"fails": fails, "installed": installed, "files": files or {}}
        (self.folder / "plan").write_text(json.dumps(plan))
        (self.folder / "calls").unlink(missing_ok=True)
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({**ORDER, **LISTS, **order})))
        build.main(str(self.folder / "uv"), str(self.folder / "answer"))
        report: dict = json.loads((self.folder / "answer").read_text())
        return report

    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.folder / "calls").read_text().splitlines()]

    def installs(self) -> list[str]:
        """The words of each installation but those of all of them."""
        overrides = ["--overrides", str(self.folder / "overrides.txt")]
        start = ["pip", "install", "--python", build.PYTHON, *overrides]
        found = [call for call in self.calls() if call[1] == "install"]
        assert all(call[: len(start)] == start for call in found)
        return [
            " ".join(call[len(start) :]).replace(" importlib-metadata; python_version < '3.8'", "") for call in found
        ]

    def project(self, names: list[str], name: str = "shop", root: Path | None = None, url: str = "") -> dict[str, str]:
        """The installed files of a project that lies in the tree, as uv records them."""
        recorded = io.StringIO()
        csv.writer(recorded, lineterminator="\n").writerows(
            [one, "", ""] for one in [*names, f"{name}-1.dist-info/RECORD"]
        )
        address = {"url": url or (root or self.copy).as_uri(), "dir_info": {}}
        info = {"RECORD": recorded.getvalue(), "direct_url.json": json.dumps(address)}
        return {**dict.fromkeys(names, ""), **{f"{name}-1.dist-info/{key}": text for key, text in info.items()}}

    def tree(self, *paths: str) -> None:
        for path in paths:
            (self.copy / path).parent.mkdir(parents=True, exist_ok=True)
            (self.copy / path).touch()

    def start(self, code: str, env: dict[str, str] | None = None) -> str:
        """What an interpreter says that finds what this environment holds."""
        script = f"import site; site.addsitedir({str(self.site)!r}); {code}"
        argv = [sys.executable, "-S", "-c", script]
        done = subprocess.run(argv, env=env or {}, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.stdout.strip()

    def imported(self, module: str) -> str:
        return self.start(f"import {module}; print({module}.__file__)")


def part(*words: str) -> dict:
    return {"what": words[-1], "words": list(words)}
