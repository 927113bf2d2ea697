"""Which folders of a tree are projects of their own."""

from __future__ import annotations

import pytest
from support.delivered import NAMED, reader

from verifier.inside.project import projects

pytestmark = pytest.mark.self

ANY = {"pyproject.toml": NAMED}


def folders(tmp_path, files):
    return [project.folder for project in projects(reader(tmp_path, files))]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", NAMED),
        ("pyproject.toml", '[tool.poetry]\nname = "a"\npackage-mode = false\n'),
        ("setup.py", ""),
        ("setup.cfg", "[metadata]\nname = a\n"),
        ("Pipfile", '[packages]\nflask = "*"\n'),
        ("requirements.txt", ""),
        ("requirements/base.txt", ""),
    ],
)
def test_a_root_that_is_a_project_stands_for_the_whole_tree(tmp_path, name, text):
    assert folders(tmp_path, {name: text, "api/setup.py": "", "api/a.py": ""}) == ["."]


def test_several_projects_in_one_repository_are_found(tmp_path):
    files = {
        "pyproject.toml": "[tool.black]\n",
        "api/pyproject.toml": NAMED,
        "api/a.py": "",
        "packages/x/setup.py": "",
        "packages/y/requirements.txt": "",
        "packages/y/y.py": "",
    }
    assert folders(tmp_path, files) == ["api", "packages/x", "packages/y"]


def test_a_project_inside_another_belongs_to_it(tmp_path):
    files = {"api/setup.py": "", "api/plugins/setup.py": "", "apis/setup.py": ""}
    assert folders(tmp_path, files) == ["api", "apis"]


@pytest.mark.parametrize("folder", ["docs", "Examples", "a/docker", "scripts", "load-tests", "a/b/c/d", ".github"])
def test_what_lies_aside_is_no_project_of_its_own(tmp_path, folder):
    assert folders(tmp_path, {f"{folder}/setup.py": "", f"{folder}/a.py": ""}) == ["."]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"test_a.py": ""},
        {"web/requirements.txt": "", "web/index.js": ""},
        {"api/pyproject.toml": "[tool.black]\n", "api/a.py": ""},
        {"api/requirements-dev.txt": "", "api/a.py": ""},
    ],
)
def test_a_tree_without_a_project_is_looked_at_from_its_root(tmp_path, files):
    assert folders(tmp_path, files) == ["."]


def test_nothing_outside_the_tree_is_asked(tmp_path):
    tree = reader(tmp_path, {"pyproject.toml": "[tool.black]\n"})
    asked = []
    exists = tree.exists
    tree.exists = lambda name: asked.append(name) or exists(name)
    projects(tree)
    assert not [name for name in asked if name.startswith("/")]
