"""Prints what the delivery declares that it needs to run, and what installed metadata says of the licences, as JSON.

    dependencies.py < PATHS

PATHS is a JSON list of the delivery's Python source files. Runs in the sandbox on verifier's interpreter: nothing of the
delivery or of its environment is executed or imported. The document:

    {"dependencies": [{name, version, by, path, line, imported, metadata, claims: [{kind, words}]}],
     "elsewhere": [path of a manifest of another language], "unreadable": [{path, reason}]}

`by` names what brings it along, and is empty where the delivery itself declares it; `version` and `metadata` are empty where
it is not installed; `path` and `line` are where the delivery asks for it, or for what brings it along. `imported`: source
names it or what brings it along, or nobody can know, since it is not installed.
"""

import ast
import csv
import json
import os
import re
import sys
from glob import glob
from importlib.metadata import distributions

from packaging.markers import UndefinedComparison
from packaging.requirements import InvalidRequirement, Requirement

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from look.code import imports
from project import Reader, projects
from project.reader import table, texts
from project.requirements import INCLUDED, files, pipfile, poetry

ENV = "/env/venv"
MOST = 2000  # distributions that are told of
MAX_TEXT = 1000
NOT_INSTALLED = {"version": "", "metadata": "", "claims": []}
NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")
OTHER_LANGUAGES = (
    "package.json",
    "go.mod",
    "Cargo.toml",
    "Gemfile",
    "composer.json",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
)


def main(sources):
    reader = Reader(".")
    found = projects(reader)
    installed = Installed(ENV)
    written = [one for project in found for one in declared(reader, project) if one["key"] not in installed.own]
    asked = [*written, *built(reader, found, installed, written)]
    answer = {
        "dependencies": list(reached(asked, installed, named(reader, sources)))[:MOST],
        "elsewhere": sorted({path for project in found for path in elsewhere(reader, project)}),
        "unreadable": [one for one in reader.unreadable if one["path"] not in sources],
    }
    print(json.dumps(answer, indent=1))


def declared(reader, project):
    """What each manifest of a project names for running; what is for tests or development is left out."""
    option = project.setup_cfg is not None and project.setup_cfg.has_option("options", "install_requires")
    listed = [
        ("pyproject.toml", texts(table(project.pyproject, "project").get("dependencies", []))),
        ("pyproject.toml", poetry(project)[0]),
        ("setup.cfg", project.setup_cfg.get("options", "install_requires").splitlines() if option else []),
        ("setup.py", [line for text in texts(project.keyword("install_requires") or []) for line in text.splitlines()]),
        ("Pipfile", pipfile(project, "packages")),
    ]
    for name, lines in listed:
        for line in lines:
            yield from asking(reader, line, project.path(name))
    for path in files(reader, project.folder)["run"]:
        yield from of_file(reader, path, set())


def built(reader, found, installed, written):
    """What the built metadata of the delivery's own projects names beyond its manifests."""
    paths = [project.path(name) for project in found for name in ("pyproject.toml", "setup.py", "setup.cfg")]
    manifest = next(filter(reader.exists, paths), "")
    known = {one["key"] for one in written} | installed.own
    for key in sorted(installed.own):
        for wanted in installed.requires(key, frozenset()):
            if plain(wanted.name) not in known:
                yield {"key": plain(wanted.name), "wanted": wanted, "path": manifest, "line": None}


def of_file(reader, path, seen):
    """The lines of a requirements file and of those that it includes."""
    seen.add(path)
    for number, line in enumerate((reader.text(path) or "").splitlines(), 1):
        included = INCLUDED.match(line)
        if included and not included[1].startswith(("-c", "--constraint")):
            inner = os.path.normpath(os.path.join(os.path.dirname(path), included[2]))
            if inner not in seen:
                yield from of_file(reader, inner, seen)
        else:
            yield from asking(reader, re.split(r"\s#|\s--hash|\\$", line)[0], path, number)


def asking(reader, line, path, number=None):
    """One requirement with its place; what is no name of an index (an option, a path, a bare address) is none."""
    if wanted := requirement(line):
        at = number or place(reader, path, wanted.name)
        yield {"key": plain(wanted.name), "wanted": wanted, "path": path, "line": at}


def requirement(line):
    try:
        return Requirement(line.strip()) if len(line) < MAX_TEXT else None
    except InvalidRequirement:
        return None


def place(reader, path, name):
    word = re.compile(r"(?<![\w.-])%s(?![\w-])" % re.escape(name), re.IGNORECASE)
    return next((n for n, line in enumerate((reader.text(path) or "").splitlines(), 1) if word.search(line)), None)


def plain(name):
    """A distribution's name as the index compares it (https://packaging.python.org/en/latest/specifications/name-normalization/)."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Installed:
    """What lies in the delivery's environment, by plain name. `own` are the delivery's own projects."""

    def __init__(self, root):
        self.found = {}
        self.marked = marked(root)
        for one in distributions(path=sorted(glob(root + "/lib/python*/site-packages"))):
            try:
                key, known = plain(one.metadata["Name"]), read(one)
            except (ValueError, TypeError, KeyError, OSError, csv.Error):
                continue  # without a name, or with metadata that cannot be read, it is no distribution
            self.found.setdefault(key, known)
        self.own = {key for key, known in self.found.items() if '"file:///copy' in known["origin"]}

    def requires(self, key, extras):
        """The requirements of a distribution that hold here, with these of its extras."""
        listed = self.found[key]["requires"] if key in self.found else []
        return [wanted for line in listed if (wanted := requirement(line)) and self.holds(wanted, extras)]

    def holds(self, wanted, extras):
        """A marker that cannot be evaluated may hold."""
        given = [dict(self.marked, extra=extra) for extra in ("", *sorted(extras))]
        try:
            return wanted.marker is None or any(wanted.marker.evaluate(each) for each in given)
        except UndefinedComparison:
            return True


def read(one):
    """What is needed of a distribution: its requirements, the names by which it can be imported, and what is told of it."""
    files, said = list(one.files or ()), one.metadata
    parts = {str(path).partition("/")[0] for path in files} - {"__pycache__"}
    tops = [re.sub(r"\.(?:py|so|pyd|.*\.so)$", "", part) for part in parts]
    tops += (one.read_text("top_level.txt") or "").split()
    words = [("expression", line) for line in said.get_all("License-Expression") or ()]
    words += [("text", line) for line in said.get_all("License") or ()]
    words += [("classifier", line) for line in said.get_all("Classifier") or () if line.startswith("License ::")]
    own = (str(path) for path in files if len(path.parts) == 2 and path.name in ("METADATA", "PKG-INFO"))
    told = {
        "version": one.version[:MAX_TEXT],
        "metadata": next(own, "")[:MAX_TEXT],
        "claims": [{"kind": kind, "words": str(line)[:MAX_TEXT]} for kind, line in words],
    }
    return {
        "requires": one.requires or [],
        "modules": {top for top in tops if NAME.fullmatch(top)},
        "origin": one.read_text("direct_url.json") or "",
        "told": told,
    }


def marked(root):
    """What markers ask about, of the environment's own interpreter where it is another than this."""
    text = ""
    if os.path.exists(root + "/pyvenv.cfg"):
        with open(root + "/pyvenv.cfg", encoding="utf-8") as handle:
            text = handle.read()
    version = re.search(r"(?m)^version(?:_info)?\s*=\s*(\d+\.\d+)(\S*)", text)
    return {"python_version": version[1], "python_full_version": version[1] + version[2]} if version else {}


def named(reader, sources):
    """The first parts of all names that source imports or, as Django's settings do, names in a string."""
    found = set()
    for path in sources:
        tree = reader.python(path)
        nodes = list(ast.walk(tree)) if tree else []
        strings = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        found |= {name.partition(".")[0] for name in (*imports(nodes), *filter(NAME.fullmatch, strings))}
    return found


def reached(asked, installed, names):
    """Each distribution once: what source names and what comes with it first, so that it is not taken for something unused."""
    used = {key for key, known in installed.found.items() if known["modules"] & names}
    waiting = [entry(one, installed, used) for one in asked if installed.holds(one["wanted"], ())]
    waiting.sort(key=lambda one: not one["imported"])
    done = set()
    while waiting:
        one = waiting.pop(0)
        key, extras = one["key"], frozenset(one["wanted"].extras)
        if not any(key == other for other, _ in done):
            known = installed.found[key]["told"] if key in installed.found else NOT_INSTALLED
            yield {word: one[word] for word in ("name", "by", "path", "line", "imported")} | known
        if (key, extras) not in done:
            done.add((key, extras))
            brought = [entry(one, installed, used, wanted) for wanted in installed.requires(key, extras)]
            brought = [new for new in brought if new["key"] not in installed.own]
            waiting = [*brought, *waiting] if one["imported"] else [*waiting, *brought]


def entry(one, installed, used, wanted=None):
    """What is asked for, or, with `wanted`, what it brings along, with its own name and whether source names it."""
    new = (
        dict(one, wanted=wanted, key=plain(wanted.name), by=one["name"]) if wanted else dict(one, by="", imported=False)
    )
    imported = new["imported"] or new["key"] in used or new["key"] not in installed.found
    return dict(new, name=new["wanted"].name, imported=imported)


def elsewhere(reader, project):
    """Manifests of other languages that name something for running."""
    for name in OTHER_LANGUAGES:
        path = project.path(name)
        if reader.exists(path) and (name != "package.json" or table(reader.json(path), "dependencies")):
            yield path


if __name__ == "__main__":
    main(json.load(sys.stdin))
