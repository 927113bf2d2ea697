"""What a project's own metadata says, read as text."""

from __future__ import annotations

import pytest
from support.delivered import NAMED, reader

from verifier.inside.project.metadata import Project, pep440

pytestmark = pytest.mark.self


def project(tmp_path, files, folder="."):
    return Project(reader(tmp_path, files), folder)


def setup(call, before=""):
    return {"setup.py": f"from setuptools import setup\n{before}\nsetup({call})\n"}


def test_setup_py_is_read_and_never_run(tmp_path):
    call = "name='x', python_requires='>=3.6', extras_require={'test': ['pytest']}"
    found = project(tmp_path, setup(call, "open('owned', 'w')\nraise SystemExit"))
    assert (found.installable, found.extras) == (True, ["test"])
    assert found.requires_python() == [{"text": ">=3.6", "path": "setup.py", "line": 4}]
    assert [path.name for path in tmp_path.iterdir()] == ["setup.py"]


@pytest.mark.parametrize(
    "keys", ["{[1]: 2}", "{1: 2, None: 3}", "{**other}", "other", "dict(a=1)", "{'a' + 'b': 1}", "'test'"]
)
def test_extras_that_are_no_literal_names_are_passed_over(tmp_path, keys):
    assert project(tmp_path, setup("extras_require=" + keys)).extras == []


def test_extras_count_by_their_names_alone(tmp_path):
    found = project(
        tmp_path, setup("extras_require=EXTRAS", "MORE = ['x']\nEXTRAS = {'test': MORE, 'docs': MORE + ['y']}")
    )
    assert found.extras == ["test", "docs"]


def test_a_keyword_may_be_a_name_that_was_assigned_last(tmp_path):
    found = project(tmp_path, setup("python_requires=WANTED", "WANTED = '>=3.6'\nWANTED = '>=3.8'"))
    assert [one["text"] for one in found.requires_python()] == [">=3.8"]


@pytest.mark.parametrize("value", ["unknown", "open('x').read()", "f'>={x}'", "3.8", "1" + "+1" * 5000])
def test_a_keyword_that_is_no_literal_text_is_not_guessed(tmp_path, value):
    assert project(tmp_path, setup("python_requires=" + value)).requires_python() == []


@pytest.mark.parametrize("text", ["", "print('no setup here')", "import setuptools as s\ns.setup(name='a')"])
def test_a_setup_py_is_installable_whatever_it_says(tmp_path, text):
    assert project(tmp_path, {"setup.py": text}).installable


@pytest.mark.parametrize(
    ("files", "installable"),
    [
        ({"pyproject.toml": NAMED}, True),
        ({"pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n'}, True),
        ({"pyproject.toml": "[tool.black]\nline-length = 100\n"}, False),
        ({"setup.cfg": "[metadata]\nname = a\n"}, True),
        ({"setup.cfg": "[flake8]\nmax-line-length = 100\n"}, False),
        ({"pyproject.toml": '[tool.poetry]\nname = "a"\n'}, True),
        ({"pyproject.toml": '[tool.poetry]\nname = "a"\npackage-mode = false\n'}, False),
        ({"pyproject.toml": NAMED + "[tool.poetry]\npackage-mode = false\n"}, False),
        ({"pyproject.toml": NAMED + '[tool.poetry]\nname = "a"\n'}, True),
        ({"pyproject.toml": '[tool.poetry]\nname = "a"\npackages = []\n'}, False),
        ({"requirements.txt": ""}, False),
        ({}, False),
    ],
)
def test_a_project_is_installable_when_it_names_itself_a_package(tmp_path, files, installable):
    assert project(tmp_path, files).installable is installable


def test_extras_of_every_place_are_told(tmp_path):
    files = {
        "pyproject.toml": NAMED + "[project.optional-dependencies]\na = []\n[tool.poetry.extras]\nb = []\n",
        "setup.cfg": "[options.extras_require]\nc = x\na = y\n",
        **setup("extras_require={'d': [], 'b': []}"),
    }
    assert project(tmp_path, files).extras == ["a", "b", "c", "d"]


def test_dependency_groups_are_told(tmp_path):
    files = {"pyproject.toml": "[dependency-groups]\ntest = []\nlint = []\n"}
    assert project(tmp_path, files).groups == ["test", "lint"]


def test_the_python_that_every_place_requires_is_told_with_its_line(tmp_path):
    files = {
        "api/pyproject.toml": '[project]\nrequires-python = ">=3.9"\n[tool.poetry.dependencies]\npython = "^3.8"\n',
        "api/setup.cfg": "[options]\npython_requires = >=3.7\n",
        "api/setup.py": "setup(python_requires='>=3.6')",
    }
    assert project(tmp_path, files, "api").requires_python() == [
        {"text": ">=3.9", "path": "api/pyproject.toml", "line": 2},
        {"text": ">=3.7", "path": "api/setup.cfg", "line": 2},
        {"text": ">=3.6", "path": "api/setup.py", "line": 1},
        {"text": ">=3.8,<4", "path": "api/pyproject.toml", "line": 2},
    ]


@pytest.mark.parametrize("value", ["3", "[]", '""', '"  "', "{a = 1}"])
def test_what_is_no_text_requires_no_python(tmp_path, value):
    assert project(tmp_path, {"pyproject.toml": f"[project]\nrequires-python = {value}\n"}).requires_python() == []


CLASSIFIER = "Programming Language :: Python :: 3.9"


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": f'[project]\nclassifiers = ["{CLASSIFIER}"]\n'},
        {"setup.py": f"setup(classifiers=['{CLASSIFIER}'])"},
        {"setup.py": f"setup(classifiers=('{CLASSIFIER}',))"},
        {"setup.cfg": f"[metadata]\nclassifiers =\n    {CLASSIFIER}\n"},
    ],
)
def test_classifiers_of_each_place_are_read(tmp_path, files):
    assert CLASSIFIER in project(tmp_path, files).classifiers()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("^3.8", ">=3.8,<4"),
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1.2", "~=1.2"),
        ("1.2", "==1.2"),
        ("=1.2", "==1.2"),
        ("1.*", "==1.*"),
        ("^1.2.*", ">=1.2,<2"),
        ("*", ""),
        ("", ""),
        (">=3.8,<3.12", ">=3.8,<3.12"),
        (">=3.8 <3.12", ">=3.8,<3.12"),
        (">= 3.8, < 3.12", ">=3.8,<3.12"),
        ("~2.7 || ^3.6", ">=3.6,<4"),
        ("~2.7|^3.6", ">=3.6,<4"),
        ("!=1.5,>=1", "!=1.5,>=1"),
        ("^20.8b1", ">=20.8b1,<21"),
        ("^1.0.0-alpha.1", ">=1.0.0-alpha.1,<2"),
        ("2.0rc1", "==2.0rc1"),
        ("latest", ""),
        ("3.8 - 3.10 ; nonsense", "==3.8,==3.10"),
        (None, None),
        (3, None),
    ],
)
def test_a_constraint_of_poetry_in_the_words_of_pep_440(said, meant):
    assert pep440(said) == meant
