"""The packages that a project names anywhere as something to install: to run, to build, to test or to develop."""

import ast
import re
from typing import NamedTuple

from .metadata import Project
from .reader import table, texts
from .requirements import FILE, NAME, nox, pipfile, poetry, tox

NPM = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_LEADING = re.compile(r"\s*(%s)\s*(?:[\[;<>=!~@,#(]|$)" % NAME)


class Dependency(NamedTuple):
    """A name as it is written, in the index that it is of (pypi or npm), with its place."""

    index: str
    name: str
    path: str
    line: int | None


def dependencies(reader):
    """Each name once a file, in the order of the files. Names only: nothing is resolved."""
    found = {}
    for index, path, names in _named(reader):
        for name in names:
            found.setdefault((index, path, name), Dependency(index, name, path, _line(reader, path, name)))
    return list(found.values())


def _named(reader):
    for folder in sorted({path.rpartition("/")[0] or "." for path in reader.files}):
        project = Project(reader, folder)
        for name, lines in (
            ("pyproject.toml", _pyproject(project)),
            ("setup.cfg", _setup_cfg(project)),
            ("setup.py", _setup_py(project)),
            ("Pipfile", pipfile(project, "packages", "dev-packages")),
            ("tox.ini", tox(reader, folder)),
            ("noxfile.py", nox(reader, folder)),
        ):
            yield "pypi", project.path(name), _names(lines)
        package = reader.json(project.path("package.json"))
        yield "npm", project.path("package.json"), [name for kind in NPM for name in table(package, kind)]
    for path in reader.files:
        if FILE.fullmatch(path.rpartition("/")[2]) or re.search(r"(?:^|/)requirements/[^/]+\.(?:txt|pip|in)$", path):
            yield "pypi", path, _names((reader.text(path) or "").splitlines())


def _names(lines):
    return [found[1] for line in lines if (found := _LEADING.match(line))]


def _pyproject(project):
    declared = table(project.pyproject, "project")
    run, test = poetry(project, everything=True)
    tables = (
        table(declared, "optional-dependencies"),
        table(project.pyproject, "dependency-groups"),
        table(project.pyproject, "tool", "pdm", "dev-dependencies"),
    )
    return [
        *texts(declared.get("dependencies", [])),
        *texts(table(project.pyproject, "build-system").get("requires", [])),
        *texts(table(project.pyproject, "tool", "uv").get("dev-dependencies", [])),
        *(line for lists in tables for listed in lists.values() for line in texts(listed)),
        *run,
        *test,
    ]


def _setup_cfg(project):
    ini = project.setup_cfg
    if ini is None:
        return []
    options = [
        ini.get("options", name, fallback="") for name in ("install_requires", "setup_requires", "tests_require")
    ]
    if ini.has_section("options.extras_require"):
        options += [text for _, text in ini.items("options.extras_require")]
    return [line for text in options for line in text.splitlines()]


def _setup_py(project):
    """The literal texts of the arguments that name requirements, however the lists are put together."""
    tree = project.setup_py
    lines = []
    for node in ast.walk(tree) if tree else ():
        named = getattr(node, "arg", None) or getattr((getattr(node, "targets", None) or [None])[0], "id", "") or ""
        if isinstance(node, (ast.keyword, ast.Assign)) and re.search(r"require", named, re.IGNORECASE):
            keys = {id(key) for one in ast.walk(node.value) if isinstance(one, ast.Dict) for key in one.keys}
            lines += [
                one.value
                for one in ast.walk(node.value)
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in keys
            ]
    return lines


def _line(reader, path, name):
    for number, line in enumerate((reader.text(path) or "").splitlines(), 1):
        if re.search(r"(?<![\w.-])%s(?![\w-])" % re.escape(name), line):
            return number
    return None
