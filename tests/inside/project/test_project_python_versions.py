"""The Python versions that a project names."""

from __future__ import annotations

import pytest
from support.delivered import NAMED, reader

from verifier.inside.project import projects
from verifier.inside.project.python_versions import wanted

pytestmark = pytest.mark.self


def named(tmp_path, files):
    tree = reader(tmp_path, files)
    return wanted(tree, projects(tree))


def versions(tmp_path, files):
    return [one["text"] for one in named(tmp_path, files)]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (".python-version", "# ours\n3.10.4\n", 2),
        (".python-version", "pypy3.10-7.3.12\n", 1),
        ("runtime.txt", "python-3.10.4\n", 1),
        ("Pipfile", '[requires]\npython_version = "3.10"\n', 2),
        (".github/workflows/ci.yml", "steps:\n- with:\n    python-version: 3.10\n", 3),
        (".github/workflows/ci.yml", "steps:\n- with: {python-version: '3.10'}\n", 2),
        (".travis.yml", "python: 3.10\n", 1),
        (".circleci/config.yml", "docker:\n- image: cimg/python:3.10\n", 2),
        (".gitlab-ci.yml", "image: python:3.10-slim\n", 1),
        ("azure-pipelines.yml", "variables:\n  python.version: '3.10'\n  pythonVersion: 3.10\n", 3),
        ("tox.ini", "[tox]\nenvlist = py310\n", 2),
        ("Dockerfile", "# x\nFROM python:3.10-slim AS base\n", 2),
        ("api/Dockerfile.dev", "FROM docker.io/library/python:3.10\n", 1),
    ],
)
def test_a_version_is_told_with_its_place(tmp_path, name, text, line):
    (found,) = named(tmp_path, {name: text})
    assert (found["text"], found["path"], found["line"]) == ("3.10", name, line)


@pytest.mark.parametrize(
    "text",
    [
        "python-version: ['3.8', '3.9', \"3.10\"]",
        "python-version: [3.8, 3.9,\n  3.10]",
        "python-version:\n  - 3.8\n  - '3.9'\n  - 3.10 # the newest\nos: 3.7",
        "python:\n- 3.8\n- 3.9-dev\n- 3.10.1\n",
        "python_versions: 3.8 3.9 3.10",
        "image: [python:3.8, 'python:3.9-slim', python:3.10]",
    ],
)
def test_all_versions_of_a_list_are_told(tmp_path, text):
    assert set(versions(tmp_path, {".travis.yml": text})) == {"3.8", "3.9", "3.10"}


def test_python_2_is_told_although_it_is_not_run(tmp_path):
    files = {".travis.yml": "python: 2.7\n", "tox.ini": "[tox]\nenvlist = py27,py{26,36}\n"}
    assert set(versions(tmp_path, files)) == {"2.7", "2.6", "3.6"}


@pytest.mark.parametrize(
    "text",
    [
        "node-version: 3.10",
        "version: 3.10",
        "# python",
        "python-version: ${{ matrix.python }}",
        "python: 2.5",
        "python: 13.10",
    ],
)
def test_other_numbers_are_no_version_of_python(tmp_path, text):
    assert versions(tmp_path, {".travis.yml": text}) == []


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ("py38, py310, lint", ["3.8", "3.10"]),
        ("py{38,310}-django{32,42}", ["3.8", "3.10"]),
        ("py3{8,10}", ["3.8", "3.10"]),
        ("python3.8, python3.10", ["3.8", "3.10"]),
        ("py{3.8,3.10}", ["3.8", "3.10"]),
        ("lint, docs", []),
    ],
)
@pytest.mark.parametrize("key", ["envlist", "env_list"])
def test_toxs_environments_name_versions(tmp_path, key, listed, found):
    text = f"[tox]\n{key} = {listed}\n"
    assert sorted(versions(tmp_path, {"tox.ini": text}), key=len) == found


def test_the_most_deliberate_source_comes_first(tmp_path):
    files = {
        "pyproject.toml": NAMED + 'classifiers = ["Programming Language :: Python :: 3.12"]\n',
        "Dockerfile": "FROM python:3.11\n",
        "tox.ini": "[tox]\nenvlist = py310\n",
        ".travis.yml": "python: 3.9\n",
        ".python-version": "3.8\n",
    }
    assert [(one["text"], one["source"]) for one in named(tmp_path, files)] == [
        ("3.8", "pin"),
        ("3.9", "ci"),
        ("3.10", "tox"),
        ("3.11", "container"),
        ("3.12", "classifier"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "setup.py",
            "setup(\n classifiers=['Programming Language :: Python :: 3.9', 'Programming Language :: Python :: 3'])",
        ),
        ("setup.cfg", "[metadata]\nclassifiers =\n  Programming Language :: Python :: 3.9\n  Topic :: Internet\n"),
    ],
)
def test_a_classifier_is_put_where_it_stands(tmp_path, name, text):
    (found,) = named(tmp_path, {"pyproject.toml": "[build-system]\nrequires = []\n", name: text})
    assert (found["text"], found["path"], found["source"]) == ("3.9", name, "classifier")
    assert "3.9" in text.splitlines()[found["line"] - 1]


def test_each_project_below_the_root_has_its_pins(tmp_path):
    files = {"api/setup.py": "", "api/runtime.txt": "python-3.9.1", ".python-version": "3.8\n3.8.1\n"}
    assert [(one["text"], one["path"]) for one in named(tmp_path, files)] == [
        ("3.8", ".python-version"),
        ("3.9", "api/runtime.txt"),
    ]


def test_a_full_version_of_a_pipfile_counts(tmp_path):
    assert versions(tmp_path, {"Pipfile": '[requires]\npython_full_version = "3.9.7"\n'}) == ["3.9.7"]
    assert versions(tmp_path / "b", {"Pipfile": "[requires]\npython_version = 3\n"}) == []
