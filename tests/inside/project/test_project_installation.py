"""The ways in which a delivery may be installed, from what it declares."""

from __future__ import annotations

import json

import pytest
from support.delivered import NAMED, installed, parts

pytestmark = pytest.mark.self


def ways(tmp_path, files):
    return [way["name"] for way in installed(tmp_path, files)[0]["ways"]]


EVERY = "as declared, and every other manifest"
REACHABLE = "as declared, without what lies outside the package index"
EDITABLE = ("the project", ["--editable", "."])


@pytest.mark.parametrize(
    ("tables", "found"),
    [
        ("", [EDITABLE]),
        (
            "[project.optional-dependencies]\ntests = []\ndev = []\n",
            [("the project[tests]", ["--editable", ".[tests]"])],
        ),
        ("[project.optional-dependencies]\ndev = []\ndocs = []\n", [("the project[dev]", ["--editable", ".[dev]"])]),
        (
            "[project.optional-dependencies]\ntest = []\nTesting = []\n",
            [("the project[test,Testing]", ["--editable", ".[test,Testing]"])],
        ),
        ("[project.optional-dependencies]\ndocs = []\n", [EDITABLE]),
        ("[dependency-groups]\ntest = []\ndev = []\n", [EDITABLE, ("dependency group test", ["--group", "test"])]),
        ("[dependency-groups]\ndev = []\n", [EDITABLE, ("dependency group dev", ["--group", "dev"])]),
        (
            '[tool.pdm.dev-dependencies]\ntest = ["pytest", "mock>=4"]\nlint = ["x"]\n',
            [EDITABLE, ("PDM's dependencies for tests", ["pytest", "mock>=4"])],
        ),
        (
            '[tool.uv]\ndev-dependencies = ["pytest"]\n',
            [EDITABLE, ("uv's dependencies for development", ["pytest"])],
        ),
        (
            "[tool.hatch.envs]\ndefault.dependencies = ['a']\nhatch-test.extra-dependencies = ['b']\ndocs.dependencies = ['c']",
            [EDITABLE, ("hatch's dependencies for tests", ["b", "a"])],
        ),
        (
            '[tool.poetry.group.test.dependencies]\npytest = "^7.1"\n[tool.poetry.dependencies]\nflask = "*"\n',
            [EDITABLE, ("Poetry's dependencies for tests", ["pytest>=7.1,<8"])],
        ),
    ],
)
def test_what_a_pyproject_declares_for_its_tests_is_installed(tmp_path, tables, found):
    assert parts(tmp_path, {"pyproject.toml": NAMED + tables}) == found


def test_setup_py_and_setup_cfg_are_installed_in_place(tmp_path):
    setup = "setup(tests_require=('pytest', 'mock'), extras_require={'test': []})"
    assert parts(tmp_path / "a", {"setup.py": setup}) == [
        ("the project[test]", ["--editable", ".[test]"]),
        ("tests_require", ["pytest", "mock"]),
    ]
    assert parts(tmp_path / "b", {"setup.cfg": "[metadata]\nname = a\n"}) == [EDITABLE]


def test_a_poetry_project_that_is_no_package_is_its_dependencies(tmp_path):
    text = """\
[tool.poetry]
package-mode = false
[tool.poetry.dependencies]
python = "^3.9"
flask = "~2.0"
[tool.poetry.group.dev.dependencies]
pytest = "*"
"""
    assert parts(tmp_path, {"pyproject.toml": text}) == [
        ("Poetry's dependencies", ["flask>=2.0,<2.1"]),
        ("Poetry's dependencies for tests", ["pytest"]),
    ]


def test_a_project_that_poetry_does_not_package_is_its_dependencies(tmp_path):
    text = (
        NAMED
        + 'dependencies = ["flask"]\n[project.optional-dependencies]\ntest = ["pytest"]\ndocs = ["x"]\n'
        + "[tool.poetry]\npackage-mode = false\n"
    )
    assert parts(tmp_path, {"pyproject.toml": text})[0] == ("the project's dependencies", ["flask", "pytest"])


def test_a_pipfile_is_its_packages(tmp_path):
    text = '[packages]\nflask = "==2.0"\n[dev-packages]\npytest = "*"\n'
    assert parts(tmp_path, {"Pipfile": text}) == [("Pipfile", ["flask==2.0", "pytest"])]


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["requirements.txt", "requirements-dev.txt"], ["requirements.txt", "requirements-dev.txt"]),
        (
            ["requirements.txt", "requirements-test.txt", "requirements-dev.txt"],
            ["requirements.txt", "requirements-test.txt"],
        ),
        (["requirements.txt", "requirements-ci.txt"], ["requirements.txt"]),
    ],
)
def test_requirements_for_development_are_taken_where_none_are_for_tests(tmp_path, names, taken):
    assert [what for what, _ in parts(tmp_path, dict.fromkeys(names, "a\n"))] == taken


def test_requirements_for_development_are_left_where_an_extra_is_for_tests(tmp_path):
    files = {"pyproject.toml": NAMED + "[project.optional-dependencies]\ntest = []\n", "requirements-dev.txt": ""}
    assert parts(tmp_path, files) == [("the project[test]", ["--editable", ".[test]"])]


def test_a_file_in_another_encoding_is_written_anew_and_still_finds_what_it_includes(tmp_path):
    files = {"requirements.txt": "flask\r\n-r requirements/more.txt\r\n".encode("utf-16"), "requirements/more.txt": ""}
    (found,) = parts(tmp_path, files)
    assert found == (
        "requirements.txt (its line ends or encoding made plain)",
        ["flask", "-r /copy/requirements/more.txt"],
    )


def test_projects_below_the_root_are_installed_from_their_folders(tmp_path):
    files = {
        "api/pyproject.toml": NAMED + "[dependency-groups]\ntest = []\n",
        "api/a.py": "",
        "packages/x/requirements.txt": "",
        "packages/x/x.py": "",
    }
    assert parts(tmp_path, files) == [
        ("the project", ["--editable", "./api"]),
        ("dependency group test", ["--group", "api/pyproject.toml:test"]),
        ("packages/x/requirements.txt", ["--requirement", "packages/x/requirements.txt"]),
    ]


LOCK = '[[package]]\nname = "flask"\nversion = "2.0"\n[[package]]\nname = "coverage"\nversion = "4.0"\n'


def test_a_lock_comes_first_and_never_locks_what_measures(tmp_path):
    found, lists = installed(tmp_path, {"pyproject.toml": NAMED, "poetry.lock": LOCK})
    first, second = found["ways"]
    assert (first["name"], second["name"]) == ("as declared, with the versions of poetry.lock", "as declared")
    assert first["parts"] == second["parts"]
    assert (first["constraints"], second["constraints"]) == (["/in/lock-0.txt"], [])
    assert lists == {"lock-0.txt": "flask==2.0\n"}


def test_locks_of_several_projects_hold_together(tmp_path):
    pipenv = json.dumps({"default": {"django": {"version": "==4.2"}}})
    files = {"a/setup.py": "", "a/a.py": "", "a/uv.lock": LOCK, "b/Pipfile": '[packages]\nx = "*"\n', "b/b.py": ""}
    found, lists = installed(tmp_path, files | {"b/Pipfile.lock": pipenv})
    assert found["ways"][0]["name"] == "as declared, with the versions of a/uv.lock, b/Pipfile.lock"
    assert [lists[path.removeprefix("/in/")] for path in found["ways"][0]["constraints"]] == [
        "flask==2.0\n",
        "django==4.2\n",
    ]


def test_a_lock_beside_nothing_is_nothing_to_install(tmp_path):
    assert ways(tmp_path, {"poetry.lock": LOCK}) == ["no manifest"]


def test_a_tree_without_a_manifest_has_one_empty_way(tmp_path):
    found, lists = installed(tmp_path, {"test_a.py": ""})
    assert found["ways"] == [{"name": "no manifest", "parts": [], "constraints": []}]
    assert lists == {}


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ({"noxfile.py": "session.install('mock')"}, ("noxfile.py", ["mock"])),
        ({"Makefile": "test:\n\tpip install mock\n"}, ("what its CI installs", ["mock"])),
        ({"requirements-ci.txt": ""}, ("requirements-ci.txt", ["--requirement", "requirements-ci.txt"])),
        (
            {"pyproject.toml": NAMED + "[project.optional-dependencies]\nall = []\ndocs = []\n"},
            ("the project[all]", ["--editable", ".[all]"]),
        ),
        (
            {"pyproject.toml": NAMED + "[dependency-groups]\nqa = []\ndocs = []\n"},
            ("dependency group qa", ["--group", "qa"]),
        ),
        (
            {"pyproject.toml": NAMED + '[tool.poetry.group.docs.dependencies]\nsphinx = "*"\n'},
            ("Poetry's groups", ["sphinx"]),
        ),
    ],
)
def test_every_other_manifest_is_tried_after_what_is_declared(tmp_path, more, part):
    assert parts(tmp_path, {"pyproject.toml": NAMED} | more, EVERY) == [EDITABLE, part]


def test_where_nothing_else_names_what_the_tests_need_toxs_environment_is_declared(tmp_path):
    deps = "deps =\n  pytest\n  dj1: Django<2\n  dj2: Django<3\n  py27: mock<4\n  py{27,36}-x: six\n"
    found = parts(tmp_path, {"pyproject.toml": NAMED, "tox.ini": "[testenv]\n" + deps})
    assert found == [EDITABLE, ("tox.ini", ["pytest", "Django<3", "six"])]
    named = {"pyproject.toml": NAMED, "requirements-test.txt": "", "tox.ini": "[testenv]\n" + deps}
    assert "tox.ini" not in [what for what, _ in parts(tmp_path, named)]
    assert "tox.ini" in [what for what, _ in parts(tmp_path, named, EVERY)]


@pytest.mark.parametrize("name", ["requirements-docs.txt", "lint-requirements.txt", "requirements-release.txt"])
def test_requirements_for_something_else_are_never_tried(tmp_path, name):
    assert ways(tmp_path, {"pyproject.toml": NAMED, name: "x\n"}) == ["as declared"]


@pytest.mark.parametrize(
    "line",
    ["git+https://example.org/x.git", "x @ https://example.org/x.whl", "-e git+ssh://git@example.org/x", "  hg+x"],
)
def test_what_lies_outside_the_index_is_left_out_at_last(tmp_path, line):
    text = f"flask\n{line}\n-r requirements/more.txt\n-i https://example.org/simple\n# https://example.org\n"
    assert ways(tmp_path, {"requirements.txt": text}) == ["as declared", REACHABLE]
    assert parts(tmp_path, {}, REACHABLE) == [
        (
            "requirements.txt without addresses",
            ["flask", "-r /copy/requirements/more.txt", "# https://example.org"],
        )
    ]


def test_a_file_without_addresses_is_not_tried_twice(tmp_path):
    assert ways(tmp_path, {"requirements.txt": "flask # see https://example.org\n"}) == ["as declared"]


def test_what_was_read_is_handed_on_with_its_place(tmp_path):
    files = {
        "pyproject.toml": NAMED + 'requires-python = ">=3.9"\n',
        "requirements.txt": "flask==2.0\n",
        "tox.ini": "[testenv]\ndeps = mock==5.0\n[tox]\nenvlist = py39\n",
    }
    found, _ = installed(tmp_path, files)
    assert found["requires_python"] == [{"text": ">=3.9", "path": "pyproject.toml", "line": 3}]
    assert [one["text"] for one in found["wanted_python"]] == ["3.9"]
    assert found["pinned"] == {"flask": "2.0", "mock": "5.0"}
    assert found["manifests"] == files


def test_no_extra_that_is_no_name_is_installed(tmp_path):
    assert parts(tmp_path, {"setup.py": "setup(extras_require={1: ['a'], None: []}, tests_require=3)"}) == [EDITABLE]
