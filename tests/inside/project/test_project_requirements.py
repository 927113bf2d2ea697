"""Dependencies as a project writes them down beside its metadata."""

from __future__ import annotations

import json

import pytest
from support.delivered import reader

from verifier.inside.project import requirements
from verifier.inside.project.metadata import Project

pytestmark = pytest.mark.self


def project(tmp_path, files, folder="."):
    return Project(reader(tmp_path, files), folder)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["docs", "Tests", "dev"], ["Tests"]),
        (["docs", "dev"], ["dev"]),
        (["docs"], []),
        (["test", "testing"], ["test", "testing"]),
        ([1, None, "test"], ["test"]),
    ],
)
def test_what_is_meant_for_tests_comes_before_what_is_meant_for_development(names, chosen):
    assert requirements.chosen(names) == chosen


def test_requirements_in_their_usual_places_are_found(tmp_path):
    names = {
        "run": ["requirements.txt", "requirements/base.txt", "requirements/prod.txt", "requirements.pip"],
        "tests": [
            "requirements/tests.txt",
            "test_requirements.txt",
            "tests/requirements.txt",
            "requirements-testing.txt",
        ],
        "dev": ["requirements-dev.txt", "dev-requirements.txt", "requirements/development.txt", "requirements.dev.txt"],
        "other": ["requirements/ci.txt", "requirements-docs.txt", "reqs_local.txt"],
        "none": ["notes.txt", "requirements.md", "app/requirements.txt", "prerequirements.txt"],
    }
    tree = reader(tmp_path, {name: "" for listed in names.values() for name in listed})
    names.pop("none")
    assert requirements.files(tree, ".") == {kind: sorted(listed) for kind, listed in names.items()}


def test_requirements_of_a_folder_are_those_below_it(tmp_path):
    tree = reader(
        tmp_path, dict.fromkeys(["requirements.txt", "api/requirements/test.txt", "apis/requirements.txt"], "")
    )
    assert requirements.files(tree, "api") == {
        "run": [],
        "tests": ["api/requirements/test.txt"],
        "dev": [],
        "other": [],
    }


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfflask\r\npytest\r\n",
        "flask\npytest\n".encode("utf-16"),
        b"flask\rpytest\r",
    ],
    ids=["BOM", "UTF-16", "CR"],
)
def test_a_file_that_uv_cannot_read_is_made_plain(tmp_path, content):
    tree = reader(tmp_path, {"requirements.txt": content})
    assert requirements.cleaned(tree, "requirements.txt") == (
        ["flask", "pytest"],
        "its line ends or encoding made plain",
    )


@pytest.mark.parametrize("content", [b"flask\n", b"flask\r\npytest\r\n", "# é\nflask".encode()])
def test_a_file_that_uv_reads_is_taken_as_it_is(tmp_path, content):
    assert requirements.cleaned(reader(tmp_path, {"requirements.txt": content}), "requirements.txt") is None
    assert requirements.cleaned(reader(tmp_path, {}), "other.txt") is None


@pytest.mark.parametrize(
    ("line", "placed"),
    [
        ("-r base.txt", "-r /copy/requirements/base.txt"),
        ("-rbase.txt", "-r /copy/requirements/base.txt"),
        ("-c ../limits.txt", "-c /copy/requirements/../limits.txt"),
        ("--requirement=base.txt", "--requirement /copy/requirements/base.txt"),
        ("--constraint base.txt  # why", "--constraint /copy/requirements/base.txt  # why"),
        ("-r /copy/base.txt", "-r /copy/base.txt"),
        ("-r https://example.org/base.txt", "-r https://example.org/base.txt"),
        ("flask", "flask"),
        ("--require-hashes", "--require-hashes"),
    ],
)
def test_what_a_moved_file_includes_stays_where_it_is(line, placed):
    assert requirements.placed("requirements/test.txt", [line]) == [placed]


def test_a_pipfile_is_read_with_its_exact_words(tmp_path):
    text = """\
[packages]
python = "3.9"
flask = "*"
django = "==4.2"
celery = {version = ">=5", extras = ["redis", "sqs"], markers = "sys_platform == 'linux'"}
ours = {path = "."}
theirs = {git = "https://example.org/x.git"}
number = 2
[dev-packages]
pytest = ""
"""
    found = project(tmp_path, {"Pipfile": text})
    assert requirements.pipfile(found, "packages", "dev-packages") == [
        "flask",
        "django==4.2",
        "celery[redis,sqs]>=5; sys_platform == 'linux'",
        "number",
        "pytest",
    ]


POETRY = """\
[tool.poetry.dependencies]
python = "^3.8"
flask = "^2.0"
black = "^20.8b1"
many = [{version = "~1.1", python = "<3.9"}, {version = "^2", python = ">=3.9"}]
ours = {path = "../ours"}
"odd name" = "*"
[tool.poetry.dev-dependencies]
pytest = "*"
[tool.poetry.group.test.dependencies]
pytest-cov = {version = "*", extras = ["toml"]}
[tool.poetry.group.docs.dependencies]
sphinx = "*"
"""


def test_poetrys_groups_for_tests_and_for_development_both_count(tmp_path):
    found = project(tmp_path, {"pyproject.toml": POETRY})
    run, test = requirements.poetry(found)
    assert run == ["flask>=2.0,<3", "black>=20.8b1,<21", "many>=1.1,<1.2"]
    assert test == ["pytest-cov[toml]", "pytest"]
    assert requirements.poetry(found, everything=True)[1] == ["pytest-cov[toml]", "sphinx", "pytest"]


def package(name, version, more=""):
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\n{more}\n'


@pytest.mark.parametrize("name", ["poetry.lock", "uv.lock", "pdm.lock"])
def test_a_lock_gives_exact_versions_and_names_what_it_leaves_out(tmp_path, name):
    text = (
        package("flask", "2.0.1")
        + package("colorama", "0.4", "markers = \"sys_platform == 'win32'\"")
        + package("numpy", "1.24")
        + package("numpy", "2.0")
        + package("ours", "0", 'source = {editable = "."}')
        + package("theirs", "1", 'source = {type = "git", reference = "main"}')
        + package("indexed", "1", 'source = {registry = "https://example.org/simple"}')
        + package("bad name", "1")
        + '[[package]]\nname = "no-version"\n'
    )
    assert requirements.lock(project(tmp_path, {name: text})) == (
        name,
        ["flask==2.0.1", "colorama==0.4; sys_platform == 'win32'", "indexed==1"],
        ["ours", "theirs"],
    )


def test_a_lock_of_pipenv_gives_both_its_sections(tmp_path):
    data = {
        "default": {"flask": {"version": "==2.0"}, "ours": {"path": "."}, "odd": 3},
        "develop": {"flask": {"version": "==2.0"}, "pytest": {"version": "==7.0", "markers": "python_version > '3'"}},
    }
    assert requirements.lock(project(tmp_path, {"Pipfile.lock": json.dumps(data)})) == (
        "Pipfile.lock",
        ["flask==2.0", "pytest==7.0; python_version > '3'"],
        ["ours", "odd"],
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("poetry.lock", "package = [1, 'x']\n"),
        ("poetry.lock", "package = 1\n"),
        ("poetry.lock", "[[package"),
        ("Pipfile.lock", "[]"),
        ("Pipfile.lock", '{"default": []}'),
        ("requirements.txt", ""),
    ],
)
def test_a_lock_that_locks_nothing_is_none(tmp_path, name, text):
    assert requirements.lock(project(tmp_path, {name: text})) is None


def test_the_first_lock_that_locks_something_counts(tmp_path):
    files = {"poetry.lock": "", "uv.lock": package("a", "1"), "Pipfile.lock": '{"default": {"a": {"version": "==2"}}}'}
    assert requirements.lock(project(tmp_path, files))[0] == "uv.lock"


def test_toxs_dependencies_are_plain_names_and_files(tmp_path):
    text = """\
[testenv]
deps =
    pytest>=6
    django32: Django~=3.2
    django42: Django~=4.2
    -r{toxinidir}/requirements-test.txt
    -r requirements.txt
    git+https://example.org/x.git
    .[extra]
    {env:MORE:}
[testenv:py311-cov]
deps = coverage[toml]
[testenv:lint]
deps = linter
"""
    assert requirements.tox(reader(tmp_path, {"tox.ini": text}), ".") == [
        "pytest>=6",
        "Django~=4.2",
        "-r /copy/requirements-test.txt",
        "-r /copy/requirements.txt",
        "coverage[toml]",
    ]


def test_noxs_installations_are_read_as_words(tmp_path):
    text = """\
import nox
raise SystemExit
@nox.session
def tests(session):
    session.install("-r", "requirements-test.txt", "pytest", "responses>=0.20")
    session.install(*others, "-e", ".", name)
"""
    assert requirements.nox(reader(tmp_path, {"api/noxfile.py": text}), "api") == [
        "-r /copy/api/requirements-test.txt",
        "pytest",
        "responses>=0.20",
    ]


def test_packages_that_ci_and_the_makefile_install_by_name_are_told(tmp_path):
    files = {
        ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n"
        '    - run: python -m pip install --upgrade pip tox "pytest-mock" django==$VERSION && pytest\n'
        "    - run: pip install -e . 'numpy<2'\n",
        ".travis.yml": "install: pip3 install nose | tee log\n",
        "Makefile": "test:\n\tpip install freezegun; pytest\n",
        "docs/README.md": "pip install unrelated\n",
    }
    found = requirements.continuous_integration(reader(tmp_path, files), ".")
    assert found == ["pytest-mock", "django", "numpy<2", "nose", "freezegun"]


def test_a_flood_of_signs_costs_no_time(tmp_path):
    files = {"Makefile": "test:\n\tpip install a" + "=" * 500_000 + "$\n", "requirements.txt": " a[" * 200_000}
    tree = reader(tmp_path, files)
    assert requirements.continuous_integration(tree, ".") == ["a"]
    assert requirements.pinned(tree, ["requirements.txt"]) == {}


def test_pins_are_told_whatever_the_manifest(tmp_path):
    files = {
        "requirements.txt": "Flask==2.0\nceleRy[redis] == 5.1\nloose>=1\npython==3.8\n# x\n",
        "pyproject.toml": '[project]\ndependencies = ["django==4.2", "a===1.0"]\n',
        "setup.py": "setup(install_requires=['b==v2.0'])",
    }
    assert requirements.pinned(reader(tmp_path, files), [*files, "gone.txt"]) == {
        "flask": "2.0",
        "celery": "5.1",
        "django": "4.2",
        "a": "1.0",
        "b": "2.0",
    }
