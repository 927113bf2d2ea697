"""The project's pytest configuration, and ours, built from its harmless parts."""

import os
import re
import shlex

from .commands import STEERING
from .reader import inside, table

WORK = "/copy"
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


def pytest_configuration(reader, folder):
    """The project's pytest configuration in pytest's own order of files: (where, {key: text})."""

    def at(name):
        return inside(folder, name)

    for name in ("pytest.ini", ".pytest.ini"):
        ini = reader.ini(at(name))
        if ini is not None and ini.has_section("pytest"):
            return at(name), dict(ini.items("pytest"))
    for name in ("pytest.toml", ".pytest.toml"):  # pytest 9
        section = table(reader.toml(at(name)), "pytest")
        if section:
            return at(name), {key: as_ini(key, value) for key, value in section.items()}
    tool = table(reader.toml(at("pyproject.toml")), "tool", "pytest")
    if tool:
        section = table(tool, "ini_options") or {k: v for k, v in tool.items() if k != "ini_options"}
        return at("pyproject.toml"), {key: as_ini(key, value) for key, value in section.items()}
    for name, section in (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        ini = reader.ini(at(name))
        if ini is not None and ini.has_section(section):
            return at(name), dict(ini.items(section))
    return "", {}


def as_ini(key, value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return (
            shlex.join(map(str, value))
            if key in ("addopts", "pythonpath", "testpaths")
            else "\n" + "\n".join(map(str, value))
        )
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
        if name in KEPT_OPTIONS and not any(word.startswith("@") for word in taken):  # pytest reads options from @file
            kept += [" ".join(word.split()) for word in taken]  # a line break would end our line as well
        elif name not in DISPLAY_OPTIONS and not re.fullmatch(r"-r[a-zA-Z]*", word):
            left_out += taken
        index += len(taken)
    return kept, left_out


def left_out_of(words):
    """The options among the words of a command that are not kept."""
    return [word for word in kept_options(shlex.join(words))[1] if word.startswith("-")]


class Settings:
    """What is kept of a project's configuration and what is not; `where` is the file, empty where there is none."""

    def __init__(self, where="", home=".", section=None):
        section = section or {}
        self.where = where
        self.kept, self.left_out = kept_options(section.get("addopts", ""))
        self.keys = {key: str(value) for key, value in section.items() if key in KEPT_KEYS}
        self.dropped = sorted(set(section) - set(self.keys) - {"addopts"})
        for key in [key for key in ("pythonpath", "testpaths") if key in self.keys]:
            self.keys[key], outside = _placed(self.keys[key], home)
            self.dropped += ["%s %s, outside the delivery" % (key, word) for word in outside]
        if "env" in self.keys:  # of pytest-env
            kept = [line for line in self.keys["env"].splitlines() if not STEERING.fullmatch(_variable(line))]
            self.dropped += ["env %s" % _variable(line) for line in self.keys["env"].splitlines() if line not in kept]
            self.keys["env"] = "\n".join(kept)


def settings(reader, folder):
    """The configuration for tests in this folder: the folder's own, or else that of the nearest folder above."""
    places = [folder]
    while places[-1] != ".":
        places.append(places[-1].rpartition("/")[0] or ".")
    for place in places:
        where, section = pytest_configuration(reader, place)
        if where:
            return Settings(where, place, section)
    return Settings()


def _placed(value, home):
    """Paths from the tree's root, which is where nothing else is relative to: ours stands elsewhere. (kept, those outside)."""
    words = [os.path.normpath(os.path.join(WORK, home, word)) for word in split(value)]
    outside = [word for word in words if not (word + "/").startswith(WORK + "/")]
    return shlex.join(word for word in words if word not in outside), outside


def joined(texts):
    """Lists of paths, each as a shell would read it, as one."""
    return shlex.join(word for text in texts for word in split(text))


def _variable(line):
    """The name in a line of pytest-env: `D:NAME=value`, with any of its flags before it."""
    return line.partition("=")[0].rpartition(":")[2].strip()


def ini_text(keys, kept, folder):
    """Our configuration: their harmless keys, their harmless options. pytest takes `testpaths` relative to the run's folder."""
    lines = ["[pytest]"]
    start = os.path.normpath(os.path.join(WORK, folder))
    for key, value in keys.items():
        text = str(value)
        if key == "testpaths":
            text = "\n" + "\n".join(
                shlex.quote(os.path.relpath(os.path.join(start, word), start)) for word in split(text)
            )
        first, *rest = text.splitlines() or [""]
        lines += ["%s = %s" % (key, first), *("    " + line.strip() for line in rest if line.strip())]
    if kept:
        lines.append("addopts = " + shlex.join(kept))
    return "\n".join(lines) + "\n"
