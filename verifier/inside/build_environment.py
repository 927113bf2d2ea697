"""Makes one attempt at the delivery's own environment in /env/venv with uv, and says what it did. Runs in the sandbox.

    build_environment.py UV ANSWER < ORDER

ORDER is JSON: {python: path, version: of it, before: RFC 3339 time or "", parts: [{what, words}], locks: [path], and lists of
requirements: constraints, build_constraints, overrides, excludes, extra (to be installed as well), and paths: the folders of
the tree that are on Python's path, behind all else}.
Every build back end of the delivery runs here and nowhere else; the only way out is the package index (relay.py).
Writes ANSWER: {steps: [{what, argv, ok, says}], installed: [[name, version]], editable: [name], failed: [what],
version}.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from glob import glob
from urllib.parse import unquote

VENV = "/env/venv"
WORK = "/copy"
LISTS = "/tmp"  # noqa: S108 - the sandbox's own
PYTHON = VENV + "/bin/python"
# Measures every Python process of the tests, not only the first (coverage's documentation, "Measuring subprocesses").
MEASURE = "import os; os.environ.get('COVERAGE_PROCESS_START') and __import__('coverage').process_startup()\n"
# What Python imports at every start, from the first place on the path that has it.
STARTERS = ("sitecustomize.py", "usercustomize.py")
SAYS = 6000
# "in 12ms", "in 1m 02s"; the temporary names of uv, Python and gcc; and addresses in memory.
CHANCE = re.compile(
    r" in (?:\d+m )?\d+(?:\.\d+)?m?s\b|(?<=\.tmp)\w{6}\b|(?<=/tmp/tmp)\w{8}\b|(?<=/tmp/cc)\w{6}\b|(?<= at 0x)[0-9a-fA-F]{6,}"
)
# Folders that hold other things as well: there, only what is the interpreter's own.
SHARED = ("", "/usr", "/usr/local")
PYTHONS = r"(?=/(?:bin|include|lib(?:32|64)?)/python[\d.]*(?![\w-]))"
INSTRUMENTS = {"pytest", "coverage", "pluggy", "iniconfig", "packaging"}
# Ours, whatever the project pins: an old one cannot measure as we do (coverage's change log: 5.0 changed the data file).
COVERAGE = "coverage>=5.5"
# The first that can install a project in place (https://setuptools.pypa.io/en/stable/history.html#v64-0-0).
BUILDERS_SINCE = "2022-09-15T00:00:00Z"
BUILDERS = ("setuptools", "wheel")
FILES = (
    ("constraints", "--constraints"),
    ("build_constraints", "--build-constraints"),
    ("overrides", "--overrides"),
    ("excludes", "--excludes"),
)


class Builder:
    """Runs uv and remembers each step."""

    def __init__(self, uv, order):
        self.uv = uv
        self.steps = []
        self.options = options(order)
        self.shown = {order["python"]: order["version"]}  # where it lies on this machine is nobody's business
        self.displaced = False

    def step(self, what, *words):
        """One uv call; True when it did its work."""
        done = subprocess.run(
            [self.uv, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        says = self.plain(done.stdout.decode("utf-8", "replace"))[-SAYS:] if done.returncode else ""
        shown = ["uv", *(self.shown.get(word, word) for word in words)]
        self.steps.append({"what": what, "argv": shown, "ok": done.returncode == 0, "says": says})
        return done.returncode == 0

    def plain(self, says):
        """Without what differs between two runs and two machines: times, names by chance, where interpreters lie."""
        for path, version in self.shown.items():
            says = place(path).sub("/python-%s" % version, says)
        return CHANCE.sub("", says)

    def install(self, what, *words):
        """Wheels alone if that is possible: building runs the code of strangers."""
        words = ("pip", "install", "--python", PYTHON, *self.options, *words)
        if self.step(what, *words, "--no-build"):
            return True
        self.steps[-1]["says"] = ""  # that nothing may be built: what counts is why the building failed, if it does
        if self.step(what, *words):
            return True
        refused = self.steps[-1]
        if "build_editable" not in refused["says"]:
            return False
        # A back end from before PEP 660 cannot install a project in place: it is installed, then put back in its place.
        self.displaced = True
        if not self.step(what, *[word for word in words if word != "--editable"]):
            return False
        refused["says"] = ""
        return True

    def answer(self, *words):
        return subprocess.run([self.uv, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False).stdout


def place(path):
    """Where an interpreter lies on this machine, as an expression."""
    home = os.path.dirname(os.path.dirname(path))
    places = sorted({one.rstrip("/") for one in (home, os.path.realpath(home))}, key=lambda one: (-len(one), one))
    words = [re.escape(one) + (PYTHONS if one in SHARED else r"(?![\w-]|\.\w)") for one in places]
    return re.compile(r"(?:(?<![\w.-])|(?<=-[IL]))(?:%s)" % "|".join(words))  # a compiler's options go before a folder


def options(order):
    """The order's date and lists as uv's options; the lists lie where nothing is kept of them but what is said."""
    words = []
    if order["before"]:
        words += ["--exclude-newer", order["before"]]
        excepted = {"coverage": "false", **dict.fromkeys(BUILDERS, max(order["before"], BUILDERS_SINCE))}
        excepted.update((requirement_name(line), "false") for line in order["extra"])
        words += [
            word for name in sorted(excepted) for word in ("--exclude-newer-package", "%s=%s" % (name, excepted[name]))
        ]
    lists = dict(order, overrides=[COVERAGE, *order["overrides"]])
    for name, option in FILES:
        if lists[name]:
            path = "%s/%s.txt" % (LISTS, name)
            with open(path, "w", encoding="utf-8") as handle:
                handle.write("\n".join(lists[name]) + "\n")
            words += [option, path]
    return words + [word for path in order["locks"] for word in ("--constraints", path)]


def requirement_name(line):
    return re.match(r"[A-Za-z0-9._-]+", line).group().lower()


def install(builder, order):
    """All parts together; where they do not resolve together, one by one. Returns the parts that failed."""
    wanted = [(part["what"], part["words"]) for part in order["parts"]]
    wanted += [(requirement, [requirement]) for requirement in order["extra"]]
    if not wanted:
        return []
    together = [word for _, words in wanted for word in words]
    if builder.install(", ".join(what for what, _ in wanted), *together):
        return []
    if len(wanted) == 1:
        return [wanted[0][0]]
    return [what for what, words in wanted if not builder.install(what, *words)]


def instruments(builder):
    """pytest and coverage where the project brings none: those of the day, or else whichever works."""
    what = "pytest and coverage, where the project brings none"
    words = ("pytest", "coverage", "importlib-metadata; python_version < '3.8'")  # the last reads what is installed
    if builder.install(what, *words):
        return []
    builder.options = []
    return [] if builder.install(what, *words) else ["pytest and coverage"]


def main(uv, answer):
    order = json.load(sys.stdin)
    builder = Builder(uv, order)
    shutil.rmtree(VENV, ignore_errors=True)
    failed = ["interpreter"]
    if builder.step("interpreter", "venv", "--python", order["python"], VENV):
        failed = install(builder, order) + instruments(builder)
        failed += ["%s from the package index" % name for name in replaced()]
        if builder.displaced:
            put_back()
        put_on_path(order.get("paths", []))
    report = {"steps": builder.steps, "failed": failed, **environment(builder)}
    with open(answer, "w", encoding="utf-8") as handle:
        json.dump(report, handle, sort_keys=True, indent=1)


def put_on_path(paths):
    """For every process of the tests, those that a test starts among them."""
    for home in glob(VENV + "/lib/python*/site-packages") if paths else []:
        with open(os.path.join(home, "verifier_paths.pth"), "w", encoding="utf-8") as handle:
            handle.writelines(os.path.join(WORK, path) + "\n" for path in paths)


def put_back():
    """Lets the tree's own modules be imported instead of their installed copies; compiled ones go to their place in the tree."""
    for record in glob(VENV + "/lib/python*/site-packages/*.dist-info/direct_url.json"):
        with open(record, encoding="utf-8") as handle:
            address = json.load(handle).get("url", "")
        root = unquote(address[len("file://") :])
        if not address.startswith("file://" + WORK):
            continue
        home, info = os.path.dirname(os.path.dirname(record)), os.path.dirname(record)
        roots = {where for name in recorded(info) if (where := moved(home, name, root))}
        with open(os.path.join(home, "verifier_project.pth"), "a", encoding="utf-8") as handle:
            handle.writelines(where + "\n" for where in sorted(roots))


def recorded(info):
    with open(os.path.join(info, "RECORD"), encoding="utf-8", newline="") as handle:
        return [row[0] for row in csv.reader(handle) if row]


def moved(home, name, root):
    """The folder of the tree that an installed file is imported from instead, or None where it has no place there."""
    copy = os.path.join(home, name)
    for where in (os.path.join(root, "src"), root):
        own = os.path.join(where, name)
        if os.path.isfile(own) and name.endswith(".py"):
            if os.path.isfile(copy):  # two projects of the tree may both have installed it
                os.remove(copy)
            return where
        if name.endswith(".so") and "/" in name and os.path.isdir(os.path.dirname(own)):
            shutil.move(copy, own)
            return where
    return None


def replaced():
    """Our instruments, where the delivery put its own in their place: installed from a path or an address."""
    found = glob(VENV + "/lib/python*/site-packages/*.dist-info/direct_url.json")
    names = {os.path.basename(os.path.dirname(path)).split("-")[0].lower() for path in found}
    return sorted(names & INSTRUMENTS)


def environment(builder):
    """What is installed now, and on which interpreter. A first start leaves the compiled modules behind."""
    if not os.path.exists(PYTHON):
        return {"version": "", "installed": [], "editable": []}
    probe = [PYTHON, "-c", "import platform; print(platform.python_version()); import pytest, coverage"]
    for folder in glob(VENV + "/lib/python*/site-packages"):
        with open(os.path.join(folder, "verifier_measure.pth"), "w", encoding="utf-8") as handle:
            handle.write(MEASURE)
        for (
            name
        ) in STARTERS:  # one of the tree, on the path once the project is installed in place, would be imported instead
            with open(os.path.join(folder, name), "a", encoding="utf-8"):
                pass
    version = subprocess.run(
        probe, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    listed = json.loads(builder.answer("pip", "list", "--python", PYTHON, "--format", "json") or b"[]")
    return {
        "version": version.stdout.decode("utf-8", "replace").strip(),
        "installed": sorted([item["name"], item["version"]] for item in listed),
        "editable": sorted(item["name"] for item in listed if "editable_project_location" in item),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
