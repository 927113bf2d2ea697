"""Configuration in the tree that would have steered a tool. Honest projects have it too: it is listed, not accused."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

# File names that a tool reads by itself. Sources: pylint config/find_default_config_files.py, bandit cli/main.py and
# "Configuration", semgrep "Ignore files", detect-secrets README, coverage config.py, pytest config/findpaths.py,
# flake8 options/config.py, ruff "Config file discovery", REUSE specification 3.3, uv "Configuration files",
# pip "Configuration", git's gitmodules(5), git-lfs-config(5).
_FILES = {
    "pylint": "pylintrc .pylintrc pylintrc.toml .pylintrc.toml",
    "bandit": ".bandit bandit.yml bandit.yaml .bandit.yml .bandit.yaml bandit.toml",
    "semgrep": ".semgrepignore .semgrep.yml .semgrep.yaml semgrep.yml semgrep.yaml .semgrep",
    "detect-secrets": ".secrets.baseline",
    "coverage": ".coveragerc .coveragerc.toml",
    "pytest": "pytest.ini .pytest.ini pytest.toml .pytest.toml",
    "flake8": ".flake8",
    "ruff": "ruff.toml .ruff.toml",
    "reuse": "REUSE.toml",
    "git": ".gitmodules .lfsconfig",
    "uv": "uv.toml",
    "pip": "pip.conf pip.ini",
}
_TOOL_OF_FILE = {name: tool for tool, names in _FILES.items() for name in names.split()}
# Results as tools write them: coverage, its converters, and runners of tests.
_RESULTS = frozenset(
    {
        ".coverage",
        "coverage.xml",
        "coverage.json",
        "coverage.lcov",
        "lcov.info",
        "cobertura.xml",
        "junit.xml",
        "test-results.xml",
    }
)
_WAS_READ = {"pytest": "only its harmless keys are carried over"}
_NOT_APPLIED = "not applied"

# Keys of [tool.NAME] that name where packages come from.
_INDEXES = {
    "uv": {"index", "index-url", "extra-index-url", "find-links", "no-index"},
    "poetry": {"source"},
    "pdm": {"source"},
}
# Tables below [tool] of pyproject.toml, and sections of setup.cfg and tox.ini.
_TABLES = ("pylint", "bandit", "semgrep", "coverage", "pytest", "ruff", "flake8", "reuse")
_SECTIONS = re.compile(
    r"(?P<tool>pylint|coverage|flake8|bandit)\b.*|tool:(?P<test>pytest)|(?P<bare>pytest)", re.IGNORECASE
)
_HEADER = re.compile(r"\s*\[\s*([^\]]+?)\s*\]")
_ATTRIBUTES = re.compile(r"\b(export-ignore|export-subst|filter=\S+|working-tree-encoding=\S+|ident)\b")
_TOOLS = "pytest _pytest pluggy coverage unittest bandit pylint astroid semgrep detect_secrets reuse scancode"
_SHADOWS = frozenset({*_TOOLS.split(), "sitecustomize", "usercustomize"})
_MOST = 200  # listed for one file


class Steer(NamedTuple):
    what: str
    line: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"what": self.what[:300], "line": self.line}


def wants_content(path: str) -> bool:
    """Whether `in_file` needs to see inside."""
    return posixpath.basename(path) in {"pyproject.toml", "setup.cfg", "tox.ini", ".gitattributes", "entry_points.txt"}


def in_file(path: str, data: bytes) -> list[Steer]:
    """What one file says to tools, by its name and, where `wants_content`, by its content."""
    name = posixpath.basename(path)
    text = data.decode("utf-8", "replace")
    if name == "pyproject.toml":
        found = _pyproject(text)
    elif name in {"setup.cfg", "tox.ini"}:
        found = _ini(text)
    elif name == ".gitattributes":
        found = _attributes(text)
    elif name == "entry_points.txt":
        found = _entry_points(path, text)
    else:
        found = _by_name(path, name)
    return [steer for steer, _ in zip(found, range(_MOST), strict=False)]


def shadows(paths: set[str]) -> dict[str, Steer]:
    """Modules named like a tool that we run, where an import from their folder would find them first."""
    found = {}
    for path in sorted(paths):
        parts = path.split("/")
        module, folder = (parts[-2:-1], parts[:-2]) if parts[-1] == "__init__.py" else (parts[-1:], parts[:-1])
        name = module[0].removesuffix(".py") if module and path.endswith(".py") else ""
        if name in _SHADOWS and "/".join([*folder, "__init__.py"]) not in paths:
            found[path] = Steer(f"a module named {name}, as one that we use: ours is used")
    return found


def _by_name(path: str, name: str) -> Iterator[Steer]:
    tool = _TOOL_OF_FILE.get(name)
    if tool:
        yield Steer(f"configuration of {tool}: {_WAS_READ.get(tool, _NOT_APPLIED)}")
    elif path.endswith(".reuse/dep5"):
        yield Steer(f"configuration of reuse: {_NOT_APPLIED}")
    elif "/.semgrep/" in f"/{path}" or ("semgrep" in path and name.endswith((".yml", ".yaml"))):
        yield Steer(f"configuration of semgrep: {_NOT_APPLIED}")
    elif name in _RESULTS:
        yield Steer("results of the delivery's own: not read")
    elif name == "conftest.py":
        yield Steer("hooks and fixtures of pytest: runs with the delivered tests, in the sandbox only")
    elif name.endswith(".pth"):
        yield Steer("a .pth file: Python runs it at start-up where it lies in site-packages")


def _pyproject(text: str) -> Iterator[Steer]:
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        yield Steer(f"cannot be read as TOML, so that its settings are not known: {error}")
        return
    lines = text.splitlines()
    tools = content.get("tool")
    tools = tools if isinstance(tools, dict) else {}
    for tool in _TABLES:
        for name in sorted(tools):
            if name == tool or (tool == "pylint" and name.lower().startswith("pylint")):
                yield _table(f"tool.{name}", tool, tools[name], lines)
    for tool, keys in _INDEXES.items():
        named = sorted(keys & set(tools[tool])) if isinstance(tools.get(tool), dict) else []
        if named:
            line = _line_of(lines, f"tool.{tool}.{named[0]}") or _line_of(lines, f"tool.{tool}")
            yield Steer(f"[tool.{tool}] a package index of its own ({', '.join(named)}): not asked", line)
    if "pytest11" in _entry_point_groups(content):
        yield Steer("registers a plug-in of pytest when installed", _line_of(lines, "pytest11"))


def _entry_point_groups(content: dict[str, Any]) -> tuple[str, ...]:
    project = content.get("project")
    groups = project.get("entry-points") if isinstance(project, dict) else None
    return tuple(groups) if isinstance(groups, dict) else ()


def _table(name: str, tool: str, table: Any, lines: list[str]) -> Steer:
    keys = ", ".join(sorted(_keys(table))) or "no keys"
    return Steer(
        f"[{name}] configuration of {tool} ({keys}): {_WAS_READ.get(tool, _NOT_APPLIED)}", _line_of(lines, name)
    )


def _keys(table: Any) -> Iterator[str]:
    """The settings' names, one table deep: `[tool.coverage.run] omit` gives `run.omit`."""
    for key, value in table.items() if isinstance(table, dict) else ():
        if isinstance(value, dict):
            yield from (f"{key}.{inner}" for inner in value)
        else:
            yield key


def _line_of(lines: list[str], name: str) -> int | None:
    """The first header that begins with the name, quotes and blanks aside; None where it is written another way."""
    for number, line in enumerate(lines, 1):
        header = line.strip().lstrip("[").replace(" ", "").replace('"', "").replace("'", "")
        if line.lstrip().startswith("[") and (header + ".").startswith((name + ".", name + "]")):
            return number
        if line.lstrip().startswith("[") and name in header.rstrip("]").split("."):
            return number
    return None


def _ini(text: str) -> Iterator[Steer]:
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        match = _SECTIONS.fullmatch(header[1]) if header else None
        if header and match:
            tool = (match["tool"] or match["test"] or match["bare"]).lower()
            yield Steer(f"[{header[1]}] configuration of {tool}: {_WAS_READ.get(tool, _NOT_APPLIED)}", number)


def _attributes(text: str) -> Iterator[Steer]:
    for number, line in enumerate(text.splitlines(), 1):
        words = [] if line.lstrip().startswith("#") else _ATTRIBUTES.findall(line)
        if words:
            yield Steer(f"git attributes {', '.join(words)} for {line.split()[0]}: {_NOT_APPLIED}", number)


def _entry_points(path: str, text: str) -> Iterator[Steer]:
    folder = posixpath.basename(posixpath.dirname(path))
    if folder.endswith((".dist-info", ".egg-info")):
        groups = ", ".join(re.findall(r"^\s*\[\s*([^\]\n]+?)\s*\]", text, re.MULTILINE)[:20]) or "none"
        yield Steer(f"entry points of a distribution in the tree ({groups}): plug-ins are not loaded from it")
