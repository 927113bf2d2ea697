"""What a project would steer its tests or its installation by is named at its place, and not applied."""

from __future__ import annotations

import pytest
from support.delivered import installed, parts, reader

from verifier.inside.project import of_tests, projects

pytestmark = pytest.mark.self


def of_commands(folder, files):
    tree = reader(folder, {"requirements.txt": "", **files})
    return [(one["path"], one["line"], one["what"]) for one in of_tests(tree, projects(tree))]


def refused(folder, files):
    found, _ = installed(folder, files)
    return [(one["path"], one["line"], one["what"].partition(":")[0]) for one in found["refused"]]


def test_variables_and_options_of_a_documented_command(tmp_path):
    line = "test:\n\tPYTEST_ADDOPTS=--co DEBUG=1 pytest -v --co -k one --deselect x tests\n"
    assert of_commands(tmp_path, {"Makefile": line}) == [
        ("Makefile", 2, "variable PYTEST_ADDOPTS of a test command"),
        ("Makefile", 2, "option --co of a test command"),
        ("Makefile", 2, "option -k of a test command"),
        ("Makefile", 2, "option --deselect of a test command"),
    ]


def test_variables_of_a_command_that_is_not_pytests(tmp_path):
    told = of_commands(tmp_path, {"Makefile": "test:\n\tPYTHONPATH=fake python -m unittest\n"})
    assert told == [("Makefile", 2, "variable PYTHONPATH of a test command")]


def test_variables_of_an_example(tmp_path):
    example = "# PYTEST_ADDOPTS=x\nDEBUG=1\nexport PYTEST_PLUGINS=quiet\n"
    assert of_commands(tmp_path, {".env.example": example}) == [
        (".env.example", 3, "variable PYTEST_PLUGINS of an example")
    ]


INDEX = "names a package index of its own, which is not asked"
AWAY = "leads out of the delivery, and is not followed"
ELSEWHERE = "is no package of the index, and nothing else can be reached"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("-i https://example.org/simple", INDEX),
        ("--extra-index-url=https://example.org/simple", INDEX),
        ("--find-links ./wheels", INDEX),
        ("--trusted-host example.org", INDEX),
        ("--no-index", INDEX),
        ("-r /etc/passwd", AWAY),
        ("-r../../etc/hostname", AWAY),
        ("--constraint=/etc/limits.txt", AWAY),
        ("-e /srv/other", AWAY),
        ("-e sub/../../other", AWAY),
        ("idna @ file:///etc/passwd", AWAY),
        ("file:idna.whl", AWAY),
        ("~/idna.whl", AWAY),
        ("/srv/idna.whl", AWAY),
    ],
)
def test_what_an_installation_may_not_follow_is_named_and_left_out(tmp_path, line, why):
    files = {"requirements.txt": f"flask\n{line}\n"}
    assert refused(tmp_path, files) == [("requirements.txt", 2, why)]
    assert parts(tmp_path, files) == [("requirements.txt (what is refused left out)", ["flask"])]


@pytest.mark.parametrize(
    "line",
    [
        *(
            "-r more.txt",
            "-c limits.txt",
            "-e .",
            "-e .[tests]",
            "-e ./lib",
            "./lib",
            "flask~=3.0",
            "flask[async]==3.0",
        ),
        *("flask==3.0 --hash=sha256:00", "# -r /etc/passwd", "a; python_version < '3'", "--pre", "--require-hashes"),
    ],
)
def test_what_stays_in_the_delivery_is_taken_as_it_is(tmp_path, line):
    files = {"requirements.txt": line + "\n", "more.txt": "flask\n", "limits.txt": ""}
    assert refused(tmp_path, files) == []
    assert parts(tmp_path, files) == [("requirements.txt", ["--requirement", "requirements.txt"])]


def test_an_included_list_hides_nothing(tmp_path):
    files = {"requirements.txt": "-r lists/more.txt\n-c limits.txt\n", "limits.txt": ""}
    files |= {"lists/more.txt": "flask\n-r ../requirements.txt\n-r /etc/passwd\n-c ../limits.txt\n"}
    assert refused(tmp_path, files) == [("lists/more.txt", 3, AWAY)]
    assert parts(tmp_path, files) == [
        (
            "requirements.txt (what is refused left out)",
            ["flask", "-c /copy/lists/../limits.txt", "-c /copy/limits.txt"],
        )
    ]


def test_an_address_is_named_without_its_credentials(tmp_path):
    found, _ = installed(tmp_path, {"requirements.txt": "git+https://me:secret@example.org/x.git\n"})
    assert [one["what"] for one in found["refused"]] == [ELSEWHERE + ": git+https://example.org/x.git"]


def test_metadata_is_looked_at_as_well(tmp_path):
    metadata = '[project]\nname = "a"\ndependencies = [\n  "idna @ https://example.org/idna.whl",\n]\n'
    metadata += '[project.optional-dependencies]\ntests = ["x @ file:///etc/passwd"]\n'
    found = refused(tmp_path, {"pyproject.toml": metadata})
    assert found == [("pyproject.toml", 4, ELSEWHERE), ("pyproject.toml", 7, AWAY)]
