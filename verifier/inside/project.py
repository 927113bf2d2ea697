"""Reads what a project says of itself: how to install it and how to run its tests. Runs in the sandbox, on our interpreter.

Hostile input: nothing is executed or imported, sizes are bounded, what cannot be read is said and passed over.
"""

import ast
import configparser
import json
import os
import re
import shlex
import sys
import tomllib

MAX_BYTES = 2_000_000
WORK = "/copy"
TEST_NAMES = ("test", "tests", "testing")
DEV_NAMES = ("dev", "develop", "development")
REQUIREMENTS = (
    "requirements{sep}{name}.txt",
    "requirements/{name}.txt",
    "requirements/requirements{sep}{name}.txt",
    "{name}{sep}requirements.txt",
    "tests/requirements.txt",
    "test/requirements.txt",
)
# Options of `addopts` that choose what is a test or how it is imported, and those that only change the display.
# Source: pytest's reference, "Command-line flags". Name -> number of values that follow.
KEPT_OPTIONS = {
    "--doctest-modules": 0,
    "--doctest-glob": 1,
    "--doctest-continue-on-failure": 0,
    "--doctest-ignore-import-errors": 0,
    "--import-mode": 1,
    "--strict-markers": 0,
    "--strict-config": 0,
    "--strict": 0,
    "-W": 1,
    "--pyargs": 0,
    "--ds": 1,
    "--asyncio-mode": 1,
    "--dc": 1,
}
# Left out with the values that follow them: each of these can leave out tests, or run something else.
LEFT_OUT_VALUES = {
    "--ignore": 1,
    "--ignore-glob": 1,
    "--deselect": 1,
    "-m": 1,
    "-k": 1,
    "-p": 1,
    "-n": 1,
    "-c": 1,
    "-o": 1,
}
DISPLAY_OPTIONS = {
    "-v": 0,
    "-vv": 0,
    "-vvv": 0,
    "-q": 0,
    "-qq": 0,
    "--verbose": 0,
    "--quiet": 0,
    "-l": 0,
    "--showlocals": 0,
    "--tb": 1,
    "--color": 1,
    "--durations": 1,
    "-s": 0,
    "--capture": 1,
    "--no-header": 0,
    "--no-summary": 0,
    "--show-capture": 1,
    "--full-trace": 0,
    "--disable-warnings": 0,
}
# Keys of the ini section that say what a test is. What is not here is steering.
KEPT_KEYS = (
    "testpaths",
    "python_files",
    "python_classes",
    "python_functions",
    "norecursedirs",
    "markers",
    "filterwarnings",
    "xfail_strict",
    "pythonpath",
    "asyncio_mode",
    "asyncio_default_fixture_loop_scope",
    "asyncio_default_test_loop_scope",
    "doctest_optionflags",
    "doctest_encoding",
    "DJANGO_SETTINGS_MODULE",
    "django_find_project",
    "junit_family",
    "minversion",
    "consider_namespace_packages",
    "usefixtures",
    "anyio_mode",
    "trio_mode",
    "env",
    "python_django_find_project",
    "empty_parameter_set_mark",
)


class Reader:
    """The delivered tree, read with a bound; remembers what could not be read."""

    def __init__(self, root):
        self.root = root
        self.unreadable = []

    def text(self, name):
        path = os.path.join(self.root, name)
        try:
            if os.path.islink(path) or not os.path.isfile(path):
                return None
            with open(path, encoding="utf-8-sig") as handle:
                text = handle.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            self.unreadable.append({"path": name, "reason": str(error)[:200]})
            return None
        if len(text) > MAX_BYTES:
            self.unreadable.append({"path": name, "reason": "longer than %d characters" % MAX_BYTES})
            return None
        return text

    def parsed(self, name, parse):
        text = self.text(name)
        if text is None:
            return None
        try:
            return parse(text)
        except (ValueError, RecursionError, MemoryError, configparser.Error, SyntaxError) as error:
            self.unreadable.append({"path": name, "reason": ("%s: %s" % (type(error).__name__, error))[:200]})
            return None

    def toml(self, name):
        return self.parsed(name, tomllib.loads) or {}

    def ini(self, name):
        return self.parsed(name, _ini)


def _ini(text):
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(text)
    return parser


def table(value, *keys):
    """A nested mapping, or an empty one when any part is something else."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def installation(reader):
    """How the project can be installed: its own metadata, extras and groups for tests, requirements files."""
    pyproject = reader.toml("pyproject.toml")
    project = table(pyproject, "project")
    setup = reader.ini("setup.cfg")
    extras = list(table(project, "optional-dependencies"))
    if setup is not None and setup.has_section("options.extras_require"):
        extras += setup.options("options.extras_require")
    extras += setup_py_extras(reader)
    groups = list(table(pyproject, "dependency-groups"))
    return {
        "installable": installable(reader, pyproject, setup),
        "requires_python": requires_python(reader, project, setup),
        "extras": chosen(extras),
        "groups": chosen(groups),
        "requirements": requirements(reader),
    }


def installable(reader, pyproject, setup):
    if table(pyproject, "project") or table(pyproject, "build-system") or table(pyproject, "tool", "poetry"):
        return True
    if reader.text("setup.py") is not None:
        return True
    return setup is not None and setup.has_section("metadata")


def requires_python(reader, project, setup):
    declared = project.get("requires-python")
    if isinstance(declared, str):
        return declared
    if setup is not None and setup.has_option("options", "python_requires"):
        return setup.get("options", "python_requires")
    value = setup_py_keyword(reader, "python_requires")
    return value if isinstance(value, str) else ""


def setup_py_keyword(reader, name):
    """A literal keyword of the setup() call, read from the syntax tree; the file is never run."""
    tree = reader.parsed("setup.py", ast.parse)
    if tree is None:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "setup":
            for keyword in node.keywords:
                if keyword.arg == name:
                    try:
                        return ast.literal_eval(keyword.value)
                    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                        return None
    return None


def setup_py_extras(reader):
    value = setup_py_keyword(reader, "extras_require")
    return list(value) if isinstance(value, dict) else []


def chosen(names):
    """The names meant for tests; those for development only where none is."""
    lowered = {name.lower(): name for name in names if isinstance(name, str)}
    for wanted in (TEST_NAMES, DEV_NAMES):
        found = [lowered[name] for name in wanted if name in lowered]
        if found:
            return found
    return []


def requirements(reader):
    """Requirements files in their usual places: {"run": [...], "tests": [...], "dev": [...]}."""
    found = {"run": [], "tests": [], "dev": []}
    for name in ("requirements.txt", "requirements/base.txt", "requirements/main.txt", "requirements/prod.txt"):
        if reader.text(name) is not None:
            found["run"].append(name)
    for kind, names in (("tests", TEST_NAMES), ("dev", DEV_NAMES)):
        for pattern in REQUIREMENTS:
            for name in names:
                for sep in ("-", "_"):
                    path = pattern.format(sep=sep, name=name)
                    if path not in found[kind] and reader.text(path) is not None:
                        found[kind].append(path)
    return found


def pytest_configuration(reader):
    """The project's pytest configuration in pytest's own order of files: (where, {key: text})."""
    for name in ("pytest.ini", ".pytest.ini"):
        ini = reader.ini(name)
        if ini is not None and ini.has_section("pytest"):
            return name, dict(ini.items("pytest"))
    for name in ("pytest.toml", ".pytest.toml"):  # pytest 9
        section = table(reader.toml(name), "pytest")
        if section:
            return name, {key: as_ini(key, value) for key, value in section.items()}
    tool = table(reader.toml("pyproject.toml"), "tool", "pytest")
    if tool:
        section = table(tool, "ini_options") or {k: v for k, v in tool.items() if k != "ini_options"}
        return "pyproject.toml", {key: as_ini(key, value) for key, value in section.items()}
    for name, section in (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        ini = reader.ini(name)
        if ini is not None and ini.has_section(section):
            return name, dict(ini.items(section))
    return "", {}


def as_ini(key, value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return shlex.join(map(str, value)) if key == "addopts" else "\n" + "\n".join(map(str, value))
    return str(value)


def split(text):
    """Words as a shell splits them; a text that no shell would read is one word."""
    try:
        return shlex.split(text)
    except ValueError:
        return [text]


def kept_options(addopts):
    """Splits `addopts` into what is kept and what is left out: (kept, left_out)."""
    words, kept, left_out, index = split(addopts), [], [], 0
    while index < len(words):
        word = words[index]
        name, joined, _ = word.partition("=")
        if not joined and re.fullmatch(r"-[mkW].+", word):
            name, joined = word[:2], True
        known = KEPT_OPTIONS | DISPLAY_OPTIONS | LEFT_OUT_VALUES
        values = 0 if joined else known.get(name, 0)
        taken = words[index : index + 1 + values]
        if name in KEPT_OPTIONS:
            kept += [" ".join(word.split()) for word in taken]  # a line break would end our line as well
        elif name not in DISPLAY_OPTIONS and not re.fullmatch(r"-r[a-zA-Z]*", word):
            left_out += taken
        index += len(taken)
    return kept, left_out


def tests(reader):
    where, section = pytest_configuration(reader)
    kept, left_out = kept_options(section.get("addopts", ""))
    keys = {key: value for key, value in section.items() if key in KEPT_KEYS}
    dropped = sorted(set(section) - set(keys) - {"addopts"})
    return {
        "where": where,
        "keys": keys,
        "addopts": kept,
        "left_out": left_out,
        "dropped": dropped,
    }


def ini_text(plan):
    """Our configuration: their harmless keys, their harmless options."""
    lines = ["[pytest]"]
    for key, value in plan["keys"].items():
        text = str(value)
        if key == "pythonpath":  # pytest reads it relative to the file it stands in, and ours stands elsewhere
            text = shlex.join(os.path.join(WORK, word) for word in split(text))
        first, *rest = text.splitlines() or [""]
        lines += ["%s = %s" % (key, first), *("    " + line.strip() for line in rest if line.strip())]
    if plan["addopts"]:
        lines.append("addopts = " + shlex.join(plan["addopts"]))
    return "\n".join(lines) + "\n"


def main(root, out):
    reader = Reader(root)
    facts = {"installation": installation(reader), "tests": tests(reader)}
    facts["unreadable"] = sorted(
        {item["path"]: item for item in reader.unreadable}.values(), key=lambda item: item["path"]
    )
    with open(os.path.join(out, "pytest.ini"), "w", encoding="utf-8", newline="\n") as handle:
        handle.write(ini_text(facts["tests"]))
    text = json.dumps(facts, sort_keys=True, indent=1)
    with open(os.path.join(out, "project.json"), "w", encoding="utf-8") as handle:
        handle.write(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main(".", "/out")
