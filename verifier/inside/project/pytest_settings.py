"""The project's pytest configuration, and ours, built from its harmless parts."""

import os
import re
import shlex

from .reader import table

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
