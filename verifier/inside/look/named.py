"""What a file names that would be run or imported: product code may lie anywhere, and be reached without an import.

`run("tests.served:app")`, `Popen([executable, "tests/started.py"])`, an entry point, the command of a container, a script of a
page. Only the tree tells what a name leads to, and only the rules what that file is for: both are asked outside. What runs tests
names them by right, so commands, calls and settings of test runners are passed over.
"""

from __future__ import annotations

import ast
import configparser
import json
import posixpath
import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

MOST = 500  # names of one file
LONGEST = 200  # characters of a name
LONGEST_LINE = 2000
LARGEST = 2_000_000  # bytes of a file that is no Python
RUNNERS = frozenset(
    [
        "pytest",
        "py.test",
        "unittest",
        "nose",
        "nosetests",
        "nose2",
        "tox",
        "nox",
        "doctest",
        "coverage",
        "jest",
        "mocha",
        "vitest",
        "ava",
        "tap",
        "karma",
        "cypress",
        "playwright",
        "jasmine",
        "bats",
        "phpunit",
        "rspec",
        "--test",
        "test",
    ]
)
PROGRAMS = {
    "javascript": "node nodejs deno bun npx ts-node tsx pm2",
    "bash": "sh bash dash ksh zsh . source",
    "script": "python python3 python2 pypy3 perl ruby php",
    "": "uvicorn gunicorn hypercorn daphne waitress-serve flask celery uwsgi granian streamlit",
}
"""What starts what it is given -> the language of that, where it has none by its name; Python's is known by its syntax."""
_STARTS = {word: language for language, words in PROGRAMS.items() for word in words.split()}
_BEFORE = frozenset(
    [
        "sudo",
        "exec",
        "env",
        "nohup",
        "time",
        "poetry",
        "pipenv",
        "uv",
        "run",
        "pdm",
        "hatch",
        "npx",
        "yarn",
        "npm",
        "then",
        "do",
        "if",
    ]
)
# Targets, scripts and files that are about testing or documenting, not about the product.
_ASIDE = re.compile(
    r"test|lint|cover|spec|e2e|check|bench|fmt|format|typing|docs?\b|example|fixture|clean|\bci\b", re.IGNORECASE
)
# Targets of a Makefile that start the product: most of the others are for those who work on it.
_PRODUCT = re.compile(
    r"(?:[\w./]+-)?(?:run|start|serve|server|up|deploy|install|all|web|worker|app|prod|production)(?:-\w+)?"
)
_RUNNERS_OWN = re.compile(
    r"(?:.*[./])?(?:jest|karma|vitest|playwright|cypress|wdio|protractor|\.mocharc|ava)\b[\w.-]*", re.IGNORECASE
)
_RUNNERS_LINE = re.compile(rb"setupFiles|globalSetup|testMatch|testRegex|testFiles|specs?\s*:", re.IGNORECASE)
_NAME = re.compile(r"[\w@./-]+")
_QUOTED = re.compile(rb"[\"'`]([\w@./:-][\w@./: =-]{1,198})[\"'`]")
_SOURCE_OF = re.compile(r"<script\b[^>]{0,500}\bsrc\s*=\s*[\"']?([^\s\"'>]{1,200})", re.IGNORECASE)
_PLAIN = ("bash", "makefile", "dockerfile")
_OF_COMMANDS = re.compile(
    r"Procfile|uwsgi\.ini|supervisord\.conf|app\.yaml|[^/]*\.service|(?:docker-)?compose[\w.-]*\.ya?ml"
)
_REQUIREMENTS = re.compile(r"(?:^|/)[\w.-]*require[\w.-]*\.(?:txt|pip|in)$|(?:^|/)requirements/[^/]+\.(?:txt|pip|in)$")
_RULE = re.compile(r"^([\w./-]+)[ \t]*:(?!=)")
_TEST_KEYWORDS = frozenset(
    {"test_suite", "tests_require", "packages", "py_modules", "package_data", "classifiers", "test_loader"}
)
_TABLES = (
    "scripts",
    "gui-scripts",
    "entry-points",
    "package-dir",
    "plugins",
    "scripts-files",
    "tasks",
    "packages",
    "force-include",
)
_QUOTING = frozenset(
    [
        "javascript",
        "typescript",
        "vue",
        "svelte",
        "php",
        "ruby",
        "perl",
        "go",
        "java",
        "csharp",
        "kotlin",
        "groovy",
        "lua",
        "coffeescript",
        "jsp",
        "razor",
    ]
)


def named(path: str, language: str | None, data: bytes, tree: ast.Module | None) -> list[str]:
    """Paths and dotted names, sorted; at most MOST."""
    return sorted(set(_bounded(_named(path, language, data, tree))))


def starts(path: str, language: str | None, data: bytes) -> dict[str, str]:
    """{path: language} of what the commands of a file start with an interpreter."""
    found = {}
    for words in _commands(path, language, data):
        for place, word in enumerate(words[:-1]):
            known = _STARTS.get(posixpath.basename(word))
            target = next((one for one in words[place + 1 :] if not one.startswith("-")), "")
            if known and _NAME.fullmatch(target):
                found[posixpath.normpath(target)] = known
                break
    return dict(sorted(found.items())[:MOST])


def _bounded(names: Iterator[str]) -> Iterator[str]:
    for name, _ in zip(names, range(10 * MOST), strict=False):
        yield name


def _named(path: str, language: str | None, data: bytes, tree: ast.Module | None) -> Iterator[str]:
    if tree is not None:
        if _QUOTED.search(data):
            yield from _of_python(tree, setup=posixpath.basename(path) == "setup.py")
    elif len(data) <= LARGEST:
        yield from _of_text(path, language, data)
        for words in _commands(path, language, data):
            yield from _words(_assigned(word) for word in words)


def _of_text(path: str, language: str | None, data: bytes) -> Iterator[str]:
    name = posixpath.basename(path)
    if name in _MANIFESTS:
        yield from _MANIFESTS[name](data.decode("utf-8", "replace"))
    elif _REQUIREMENTS.search(path):
        listed = "" if _ASIDE.search(path) or "dev" in path else data.decode("utf-8", "replace")
        yield from _of_requirements(listed)
    elif language == "html":
        yield from (found for found in _SOURCE_OF.findall(data.decode("utf-8", "replace")) if "://" not in found)
    elif language in _QUOTING and not _RUNNERS_OWN.fullmatch(name):
        for line in data.splitlines():
            if len(line) <= LONGEST_LINE and not _RUNNERS_LINE.search(line):
                yield from _words(found.decode("utf-8", "replace") for found in _QUOTED.findall(line))


def _assigned(word: str) -> str:
    return word.partition("=")[2] if re.match(r"(?:FLASK_APP|DJANGO_SETTINGS_MODULE|--[\w-]+)=", word) else word


def _words(values: Iterable[str]) -> Iterator[str]:
    """What in each text may be a path or a dotted name: alone, in `name = module:attribute`, or in a command."""
    for value in values:
        text = value.strip()
        if len(text) > LONGEST:
            continue
        parts = text.split()
        if len(parts) == 3 and parts[1] == "=":
            parts = parts[2:]
        if len(parts) > 1:
            parts = next(iter(_started(text)), [])
        for part in (one for one in parts if not one.startswith("-")):
            name = part.partition(":")[0].rstrip(".") if re.fullmatch(r"[\w./-]+:[\w.:()]*", part) else part.rstrip(".")
            if (
                _NAME.fullmatch(name)
                and ("." in name.strip(".") or "/" in name.strip("/"))
                and ".." not in name.lstrip("./")
            ):
                yield name


# --- Python -----------------------------------------------------------------------------------------------------------


def _of_python(tree: ast.Module, *, setup: bool) -> Iterator[str]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if _is_of_tests(node) or (setup and isinstance(node, ast.keyword) and node.arg in _TEST_KEYWORDS):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # documentation
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _words([node.value])
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield from _words(["/".join(_parts(node))])
        elif isinstance(node, ast.Call) and _called(node) in {"join", "joinpath"}:
            yield from _words(["/".join(_texts(node.args))])
        waiting.extend(ast.iter_child_nodes(node))


def _is_of_tests(node: ast.AST) -> bool:
    """A call of a test runner, or what is assigned to a setting of one."""
    if isinstance(node, ast.Assign):
        return any(getattr(target, "id", "").startswith("TEST") for target in node.targets)
    if not isinstance(node, ast.Call):
        return False
    named = ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""
    if re.search(r"pytest|unittest|nose|doctest|loadTests|discover|run_tests|addTest", named):
        return True
    given = [one for arg in node.args for one in (arg.elts if isinstance(arg, ast.List | ast.Tuple) else [arg])]
    return bool((RUNNERS - {"test"}) & {word for text in _texts(given) for word in text.split()})


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def _texts(nodes: Iterable[ast.AST]) -> list[str]:
    return [one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _parts(node: ast.AST) -> list[str]:
    """The texts of `HERE / "tests" / "read.py"`."""
    found: list[str] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        found = _texts([node.right]) + found
        node = node.left
    return _texts([node]) + found


# --- Manifests --------------------------------------------------------------------------------------------------------


def _of_pyproject(text: str) -> Iterator[str]:
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return
    tools = content.get("tool")
    tools = tools if isinstance(tools, dict) else {}
    for table in [
        content.get("project"),
        *(tools.get(name) for name in ("setuptools", "poetry", "pdm", "hatch", "poe", "taskipy")),
    ]:
        yield from _below(table, "")


def _below(value: Any, key: str) -> Iterator[str]:
    """The texts below one of the tables that say what is started, or where a package lies."""
    if isinstance(value, dict):
        if key == "packages" and isinstance(value.get("include"), str) and isinstance(value.get("from"), str):
            yield f"{value['from']}/{value['include']}"  # of Poetry
        for name, inner in value.items():
            if key == "force-include" or key in _TABLES:
                yield from _words([name]) if key == "force-include" else ()
                yield from _below(inner, key) if not (key == "tasks" and _ASIDE.search(name)) else ()
            else:
                yield from _below(inner, name)
    elif isinstance(value, list):
        for inner in value if key == "packages" else ():
            yield from _below(inner, key) if isinstance(inner, dict) else ()
    elif isinstance(value, str) and key in _TABLES and key != "packages":
        yield from _words([value])


def _of_setup_cfg(text: str) -> Iterator[str]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return
    for section in parser.sections():
        for key, value in parser.items(section):
            if section == "options.entry_points" or (section, key) in {
                ("options", "package_dir"),
                ("options", "scripts"),
            }:
                yield from _words(
                    line if section == "options.entry_points" else line.rpartition("=")[2]
                    for line in value.splitlines()
                )


def _of_package(text: str) -> Iterator[str]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return
    for key in ("main", "module", "browser", "bin", "exports") if isinstance(content, dict) else ():
        waiting = [content.get(key)]
        while waiting:
            value = waiting.pop()
            waiting.extend(value.values() if isinstance(value, dict) else value if isinstance(value, list) else [])
            yield from _words([value]) if isinstance(value, str) else ()


def _of_requirements(text: str) -> Iterator[str]:
    """What is installed from the tree itself: a folder, or a file with an archive's name."""
    for line in text.splitlines():
        bare = re.sub(
            r"^\s*(?:-e|--editable)[\s=]*|^[\w.-]+(?:\[[^\]]*\])?\s*@\s*(?:file:)?|\s+[#;].*$|\s--\w.*$",
            "",
            line[:LONGEST],
        ).strip()
        bare = re.sub(r"\[[^\]]*\]$", "", bare)
        if re.match(r"\.{0,2}/|.*\.(?:tar(?:\.\w+)?|tgz|zip|whl)$", bare) and _NAME.fullmatch(bare):
            yield bare


# --- Commands ---------------------------------------------------------------------------------------------------------


def _commands(path: str, language: str | None, data: bytes) -> Iterator[list[str]]:
    """The words of each command that would start a part of the product."""
    name = posixpath.basename(path)
    if len(data) > LARGEST or _ASIDE.search(path):
        return
    if name == "package.json":
        yield from _scripts(data)
    elif language in _PLAIN or _OF_COMMANDS.fullmatch(name):
        lines = data.decode("utf-8", "replace").replace("\\\n", " ").splitlines()
        lines = [line for line in lines if len(line) <= LONGEST_LINE]
        for line in _of_rules(lines) if language == "makefile" else lines:
            yield from _started(_plain(line, language))


def _of_rules(lines: Iterable[str]) -> Iterator[str]:
    """The lines of those targets of a Makefile that start the product."""
    rule = ""
    for line in lines:
        found = _RULE.match(line)
        rule = found[1] if found else rule
        if not found and _PRODUCT.fullmatch(rule):
            yield line


def _plain(line: str, language: str | None) -> str:
    """A command without what stands around it in a file for containers or services."""
    if language in {"bash", "makefile"}:
        return line
    if language == "dockerfile":
        found = re.match(r"\s*(?:CMD|ENTRYPOINT|RUN|HEALTHCHECK|ENV)\s+(.*)", line)
        return re.sub(r"[\[\],]", " ", found[1]) if found else ""
    return re.sub(r"[\[\],]", " ", re.sub(r"^\s*[\w-]+\s*[:=]", "", line))


def _started(line: str) -> Iterator[list[str]]:
    for part in re.split(r"&&|\|\||;|\|", line):
        try:
            words = shlex.split(part.strip().lstrip("@-"), comments=True)
        except ValueError:
            continue
        while words and (words[0] in _BEFORE or re.match(r"[A-Z_]\w*=", words[0])):
            if re.match(r"(?:FLASK_APP|DJANGO_SETTINGS_MODULE)=", words[0]):
                yield [words[0]]
            words = words[1:]
        first = posixpath.basename(words[0]) if words else ""
        known = re.sub(r"[\d.]+$", "", first) in _STARTS or first in _STARTS
        if words and (known or "/" in words[0]) and not RUNNERS & {posixpath.basename(word) for word in words}:
            yield words


def _scripts(data: bytes) -> Iterator[list[str]]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return
    scripts = content.get("scripts") if isinstance(content, dict) else None
    for name, line in scripts.items() if isinstance(scripts, dict) else ():
        if isinstance(line, str) and not _ASIDE.search(name):
            yield from _started(line[:LONGEST_LINE])


_MANIFESTS = {"pyproject.toml": _of_pyproject, "setup.cfg": _of_setup_cfg, "package.json": _of_package}
