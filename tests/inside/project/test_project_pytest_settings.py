"""The project's pytest configuration, and ours, built from its harmless parts."""

from __future__ import annotations

import pytest
from support.delivered import reader

from verifier.inside.project.pytest_settings import ini_text, kept_options, settings

pytestmark = pytest.mark.self


def configured(tmp_path, files, folder="."):
    return settings(reader(tmp_path, files), folder)


def ours(tmp_path, files, folder="."):
    found = configured(tmp_path, files, folder)
    return ini_text(found.keys, found.kept, folder)


@pytest.mark.parametrize(
    ("addopts", "kept", "left_out"),
    [
        ("--doctest-modules -v --tb=short", ["--doctest-modules"], []),
        ("-p no:terminal --co", [], ["-p", "no:terminal", "--co"]),
        ("--cov=pkg --cov-fail-under=90 -n4", [], ["--cov=pkg", "--cov-fail-under=90", "-n4"]),
        ("-m 'not slow' -k name --ignore=x", [], ["-m", "not slow", "-k", "name", "--ignore=x"]),
        ("--ignore x --deselect y --ignore-glob z", [], ["--ignore", "x", "--deselect", "y", "--ignore-glob", "z"]),
        ("-mfast --import-mode importlib", ["--import-mode", "importlib"], ["-mfast"]),
        ("-kname -c other.ini -o addopts=x", [], ["-kname", "-c", "other.ini", "-o", "addopts=x"]),
        ("-W 'error\nx = y'", ["-W", "error x = y"], []),
        ("-Werror --ds=a.b", ["-Werror", "--ds=a.b"], []),
        ("-x --maxfail=1", [], ["-x", "--maxfail=1"]),
        ("-rA --color yes --durations 5 -q", [], []),
        ("tests/unit", [], ["tests/unit"]),
        ("'unclosed", [], ["'unclosed"]),
        ("@options.txt", [], ["@options.txt"]),
        ("-W @options.txt --ds @b", [], ["-W", "@options.txt", "--ds", "@b"]),
        ("", [], []),
    ],
)
def test_options_that_say_what_a_test_is_are_kept_and_the_rest_is_left_out(addopts, kept, left_out):
    assert kept_options(addopts) == (kept, left_out)


PLACES = [
    ("pytest.ini", "[pytest]\ntestpaths = a\n  b\n"),
    (".pytest.ini", "[pytest]\ntestpaths = a b\n"),
    ("pytest.toml", '[pytest]\ntestpaths = ["a", "b"]\n'),
    (".pytest.toml", '[pytest]\ntestpaths = ["a", "b"]\n'),
    ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["a", "b"]\n'),
    ("tox.ini", "[pytest]\ntestpaths =\n  a\n  b\n"),
    ("setup.cfg", "[tool:pytest]\ntestpaths = a\n  b\n"),
]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *PLACES,
        ("pyproject.toml", '[tool.pytest]\ntestpaths = ["a", "b"]\n'),
        ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = "a b"\n'),
    ],
)
def test_each_place_of_pytests_configuration_is_read(tmp_path, name, text):
    found = configured(tmp_path, {name: text})
    assert (found.where, found.keys) == (name, {"testpaths": "/copy/a /copy/b"})


@pytest.mark.parametrize("position", range(len(PLACES)))
def test_pytests_own_order_of_files_decides(tmp_path, position):
    assert configured(tmp_path, dict(PLACES[position:])).where == PLACES[position][0]


@pytest.mark.parametrize(
    "files",
    [
        {"tox.ini": "[testenv]\n", "setup.cfg": "[metadata]\n", "pyproject.toml": "[tool.black]\n"},
        {"setup.cfg": "[pytest]\naddopts = -x\n"},
        {"pyproject.toml": "[tool]\npytest = 3\n"},
        {},
    ],
)
def test_a_tree_without_a_configuration_has_none(tmp_path, files):
    found = configured(tmp_path, files)
    assert (found.where, found.keys, found.kept, found.left_out, found.dropped) == ("", {}, [], [], [])


def test_the_nearest_folder_above_configures(tmp_path):
    files = {"setup.cfg": "[tool:pytest]\nmarkers = root\n", "a/tox.ini": "[pytest]\nmarkers = a\n", "a/b/c.py": ""}
    tree = reader(tmp_path, files)
    assert [settings(tree, folder).where for folder in (".", "a", "a/b", "other")] == [
        "setup.cfg",
        "a/tox.ini",
        "a/tox.ini",
        "setup.cfg",
    ]


def test_a_key_that_is_not_harmless_is_dropped_and_named(tmp_path):
    text = "[pytest]\nrequired_plugins = evil\nmarkers = slow\naddopts = -x\ncache_dir = /x\n"
    found = configured(tmp_path, {"pytest.ini": text})
    assert (found.dropped, found.keys) == (["cache_dir", "required_plugins"], {"markers": "slow"})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("xfail_strict = true", "xfail_strict = true"),
        ('python_files = ["check_*.py", "t.py"]', "python_files = \n    check_*.py\n    t.py"),
        ('addopts = ["--doctest-glob", "*.r st"]', "addopts = --doctest-glob '*.r st'"),
        ('addopts = "--strict-markers -q"', "addopts = --strict-markers"),
        ('markers = "a\\n[other]\\n\\nx = y"', "markers = a\n    [other]\n    x = y"),
        ("minversion = 7", "minversion = 7"),
        ('DJANGO_SETTINGS_MODULE = "a.b"', "DJANGO_SETTINGS_MODULE = a.b"),
        ('markers = ""', "markers = "),
    ],
)
def test_a_value_of_toml_is_written_as_pytests_ini(tmp_path, text, line):
    assert ours(tmp_path, {"pyproject.toml": f"[tool.pytest.ini_options]\n{text}\n"}) == f"[pytest]\n{line}\n"


def test_our_configuration_is_theirs_without_the_rest(tmp_path):
    text = "[pytest]\naddopts = --doctest-modules --co\ntestpaths =\n  a\n  b\n"
    assert ours(tmp_path, {"pytest.ini": text}) == "[pytest]\ntestpaths = \n    a\n    b\naddopts = --doctest-modules\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\npythonpath = src 'a b'\n"),
        ("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["src", "a b"]\n'),
    ],
)
def test_a_path_for_imports_still_leads_into_the_project(tmp_path, name, text):
    assert ours(tmp_path, {name: text}) == "[pytest]\npythonpath = /copy/src '/copy/a b'\n"


def test_a_path_with_a_space_stays_one_path(tmp_path):
    text = '[tool.pytest.ini_options]\ntestpaths = ["a b", "c"]\n'
    assert ours(tmp_path, {"pyproject.toml": text}) == "[pytest]\ntestpaths = \n    'a b'\n    c\n"


def test_paths_are_those_of_the_folder_that_configures(tmp_path):
    files = {"pytest.ini": "[pytest]\ntestpaths = api/tests\npythonpath = .\n", "api/a.py": ""}
    assert ours(tmp_path, files, "api") == "[pytest]\ntestpaths = \n    tests\npythonpath = /copy\n"
