"""What a project says of itself, read without running any of it."""

from __future__ import annotations

import pytest

from verifier.inside import project

pytestmark = pytest.mark.self


def facts(tmp_path, files):
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    reader = project.Reader(str(tmp_path))
    return project.installation(reader), project.tests(reader), reader.unreadable


@pytest.mark.parametrize(
    ("addopts", "kept", "left_out"),
    [
        ("--doctest-modules -v --tb=short", ["--doctest-modules"], []),
        ("-p no:terminal --co", [], ["-p", "no:terminal", "--co"]),
        ("--cov=pkg --cov-fail-under=90 -n4", [], ["--cov=pkg", "--cov-fail-under=90", "-n4"]),
        ("-m 'not slow' -k name --ignore=x", [], ["-m", "not slow", "-k", "name", "--ignore=x"]),
        ("-mfast --import-mode importlib", ["--import-mode", "importlib"], ["-mfast"]),
        ("-W 'error\nx = y'", ["-W", "error x = y"], []),
        ("-x --maxfail=1", [], ["-x", "--maxfail=1"]),
        ("'unclosed", [], ["'unclosed"]),
    ],
)
def test_options_that_say_what_a_test_is_are_kept_and_the_rest_is_left_out(addopts, kept, left_out):
    assert project.kept_options(addopts) == (kept, left_out)


def test_pytests_own_order_of_files_decides(tmp_path):
    files = {"pytest.ini": "[pytest]\naddopts = -v\n", "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-x"\n'}
    _, tests, _ = facts(tmp_path, files)
    assert tests["where"] == "pytest.ini"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["a", "b"]\n'),
        ("pyproject.toml", '[tool.pytest]\ntestpaths = ["a", "b"]\n'),
        ("pytest.toml", '[pytest]\ntestpaths = ["a", "b"]\n'),
        ("tox.ini", "[pytest]\ntestpaths =\n  a\n  b\n"),
        ("setup.cfg", "[tool:pytest]\ntestpaths = a\n  b\n"),
    ],
)
def test_each_place_of_pytests_configuration_is_read(tmp_path, name, text):
    _, tests, _ = facts(tmp_path, {name: text})
    assert tests["where"] == name
    assert tests["keys"]["testpaths"].split() == ["a", "b"]


def test_a_key_that_is_not_harmless_is_dropped_and_named(tmp_path):
    _, tests, _ = facts(tmp_path, {"pytest.ini": "[pytest]\nrequired_plugins = evil\nmarkers = slow\n"})
    assert (tests["dropped"], list(tests["keys"])) == (["required_plugins"], ["markers"])


def test_our_configuration_is_theirs_without_the_rest(tmp_path):
    _, tests, _ = facts(tmp_path, {"pytest.ini": "[pytest]\naddopts = --doctest-modules --co\ntestpaths =\n  a\n  b\n"})
    assert project.ini_text(tests) == "[pytest]\ntestpaths = \n    a\n    b\naddopts = --doctest-modules\n"


def test_a_path_for_imports_still_leads_into_the_project(tmp_path):
    _, tests, _ = facts(tmp_path, {"pytest.ini": "[pytest]\npythonpath = src 'a b'\n"})
    assert project.ini_text(tests) == "[pytest]\npythonpath = /copy/src '/copy/a b'\n"


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["docs", "Tests", "dev"], ["Tests"]),
        (["docs", "dev"], ["dev"]),
        (["docs"], []),
        (["test", "testing"], ["test", "testing"]),
    ],
)
def test_what_is_meant_for_tests_comes_before_what_is_meant_for_development(names, chosen):
    assert project.chosen(names) == chosen


def test_setup_py_is_read_and_never_run(tmp_path):
    call = "setup(name='x', python_requires='>=3.6', extras_require={'test': ['pytest']})"
    setup = f"open('owned', 'w')\nfrom setuptools import setup\n{call}\n"
    installation, _, _ = facts(tmp_path, {"setup.py": setup})
    assert (installation["installable"], installation["requires_python"], installation["extras"]) == (
        True,
        ">=3.6",
        ["test"],
    )
    assert not (tmp_path / "owned").exists()


def test_a_keyword_of_setup_that_is_no_literal_is_passed_over(tmp_path):
    installation, _, _ = facts(tmp_path, {"setup.py": "from setuptools import setup\nsetup(extras_require={[1]: 2})\n"})
    assert installation["extras"] == []


def test_requirements_in_their_usual_places_are_found(tmp_path):
    files = dict.fromkeys(
        ["requirements.txt", "requirements-dev.txt", "requirements/tests.txt", "test_requirements.txt"], ""
    )
    installation, _, _ = facts(tmp_path, files)
    assert {kind: sorted(names) for kind, names in installation["requirements"].items()} == {
        "run": ["requirements.txt"],
        "tests": ["requirements/tests.txt", "test_requirements.txt"],
        "dev": ["requirements-dev.txt"],
    }
    assert installation["installable"] is False


@pytest.mark.parametrize("text", ["[[[", "a = " + "[" * 5000, "\0"])
def test_what_cannot_be_read_is_said_and_passed_over(tmp_path, text):
    installation, _, unreadable = facts(tmp_path, {"pyproject.toml": text})
    assert installation["installable"] is False
    assert {item["path"] for item in unreadable} == {"pyproject.toml"}


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "secret").write_text('[project]\nname = "x"\n')
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "pyproject.toml").symlink_to(tmp_path / "secret")
    installation, _, _ = facts(tmp_path / "tree", {})
    assert installation["installable"] is False
