"""Builds the delivery's own environment at /env/venv with uv, step by step, and says what it did. Runs in the sandbox.

Every build back end of the delivery runs here and nowhere else. The only way out is the package index (relay.py).
Writes /out/environment.json: {python, version, steps: [{what, argv, ok, says}], installed: [[name, version]], failed: [what]}.
"""

import json
import os
import re
import subprocess
import sys
from glob import glob

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import project

VENV = "/env/venv"
# Measures every Python process of the tests, not only the first (coverage's documentation, "Measuring subprocesses").
MEASURE = "import os; os.environ.get('COVERAGE_PROCESS_START') and __import__('coverage').process_startup()\n"
PYTHON = VENV + "/bin/python"
SAYS = 4000
INSTRUMENTS = {"pytest", "coverage", "pluggy", "iniconfig", "packaging"}


class Builder:
    """Runs uv and remembers each step."""

    def __init__(self, uv):
        self.uv = uv
        self.steps = []

    def step(self, what, *words):
        """One uv call; True when it did its work."""
        done = subprocess.run(
            [self.uv, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        says = done.stdout.decode("utf-8", "replace")[-SAYS:] if done.returncode else ""
        self.steps.append({"what": what, "argv": ["uv", *words], "ok": done.returncode == 0, "says": says})
        return done.returncode == 0

    def install(self, what, *words):
        return self.step(what, "pip", "install", "--python", PYTHON, *words)

    def answer(self, *words):
        return subprocess.run([self.uv, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False).stdout


def create(builder, requires):
    """An interpreter that the project says it accepts; failing that, the first on the machine, and said so."""
    if not re.fullmatch(r"[0-9A-Za-z.,<>=!~* ]*", requires):  # a path would name the delivery's own program
        return False
    if requires and builder.step("interpreter %s" % requires, "venv", "--python", requires, VENV):
        return True
    return not requires and builder.step("interpreter", "venv", VENV)


def parts(plan):
    """What is to be installed, as (what, words), in the order in which a person would."""
    found = []
    if plan["installable"]:
        extras = "[%s]" % ",".join(plan["extras"]) if plan["extras"] else ""
        found.append(("the project" + extras, ["--editable", "." + extras]))
    found += [("dependency group %s" % group, ["--group", group]) for group in plan["groups"]]
    files = plan["requirements"]
    tests = files["tests"] or (files["dev"] if not plan["extras"] and not plan["groups"] else [])
    return found + [(name, ["--requirement", name]) for name in files["run"] + tests]


def install(builder, plan):
    """All parts together; where they do not resolve together, one by one. Returns the parts that failed."""
    wanted = parts(plan)
    if not wanted:
        return []
    together = [word for _, words in wanted for word in words]
    if builder.install(", ".join(what for what, _ in wanted), *together):
        return []
    if len(wanted) == 1:
        return [wanted[0][0]]
    return [what for what, words in wanted if not builder.install(what, *words)]


def main(uv, out):
    facts = project.installation(project.Reader("."))
    builder = Builder(uv)
    failed = []
    if create(builder, facts["requires_python"]):
        failed = install(builder, facts)
        if not builder.install("pytest and coverage, where the project brings none", "pytest", "coverage"):
            failed.append("pytest and coverage")
        failed += ["%s from the package index" % name for name in replaced()]
    else:
        failed.append("interpreter")
    report = {
        "steps": builder.steps,
        "failed": failed,
        "requires_python": facts["requires_python"],
        **environment(builder),
    }
    with open(os.path.join(out, "environment.json"), "w", encoding="utf-8") as handle:
        json.dump(report, handle, sort_keys=True, indent=1)


def replaced():
    """Our instruments, where the delivery put its own in their place: installed from a path or an address."""
    found = glob(VENV + "/lib/python*/site-packages/*.dist-info/direct_url.json")
    names = {os.path.basename(os.path.dirname(path)).split("-")[0].lower() for path in found}
    return sorted(names & INSTRUMENTS)


def environment(builder):
    """What is installed now, and on which interpreter. A first start leaves the compiled modules behind."""
    if not os.path.exists(PYTHON):
        return {"version": "", "installed": []}
    probe = [PYTHON, "-c", "import platform; print(platform.python_version()); import pytest, coverage"]
    for folder in glob(VENV + "/lib/python*/site-packages"):
        with open(os.path.join(folder, "verifier_measure.pth"), "w", encoding="utf-8") as handle:
            handle.write(MEASURE)
    version = subprocess.run(
        probe, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    listed = json.loads(builder.answer("pip", "list", "--python", PYTHON, "--format", "json") or b"[]")
    installed = sorted([item["name"], item["version"]] for item in listed)
    return {"version": version.stdout.decode("utf-8", "replace").strip(), "installed": installed}


if __name__ == "__main__":
    main(sys.argv[1], "/out")
