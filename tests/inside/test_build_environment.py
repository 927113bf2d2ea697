"""The attempt at an environment: in which order uv is asked, and what is written of it."""

from __future__ import annotations

import pytest
from support.attempted import Attempt, part

from verifier.inside import build_environment as build

INSTRUMENTS = "pytest and coverage, where the project brings none"


@pytest.fixture
def attempt(tmp_path, monkeypatch):
    return Attempt(tmp_path, monkeypatch)


def told(report: dict) -> list[tuple[str, bool, str]]:
    return [(step["what"], step["ok"], step["says"]) for step in report["steps"]]


def test_all_parts_and_packages_come_together_as_wheels_where_they_can(attempt):
    report = attempt.run(parts=[part("--editable", "/copy"), part("-r", "list.txt")], extra=["six"])
    assert attempt.installs() == ["--editable /copy -r list.txt six --no-build", "pytest coverage --no-build"]
    assert told(report) == [
        ("interpreter", True, ""),
        ("/copy, list.txt, six", True, ""),
        (INSTRUMENTS, True, ""),
    ]
    assert report["failed"] == []


def test_what_has_no_wheel_is_built_and_that_it_had_to_be_is_no_complaint(attempt):
    report = attempt.run((["a", "--no-build"], "your requirements are unsatisfiable"), parts=[part("a")])
    assert attempt.installs() == ["a --no-build", "a", "pytest coverage --no-build"]
    assert told(report)[1:3] == [("a", False, ""), ("a", True, "")]
    assert report["failed"] == []


def test_where_the_building_fails_its_reason_is_told_and_nothing_is_tried_twice(attempt):
    report = attempt.run((["a", "--no-build"], "no wheel"), (["a"], "no compiler"), parts=[part("a")])
    assert attempt.installs() == ["a --no-build", "a", "pytest coverage --no-build"]
    assert told(report)[1:3] == [("a", False, ""), ("a", False, "no compiler\n")]
    assert report["failed"] == ["a"]


def test_what_does_not_come_together_comes_one_by_one(attempt):
    report = attempt.run((["a", "b"], "no"), (["b"], "not there"), parts=[part("-r", "a"), part("b")], extra=["c"])
    one_by_one = ["-r a --no-build", "b --no-build", "b", "c --no-build"]
    assert attempt.installs() == ["-r a b c --no-build", "-r a b c", *one_by_one, "pytest coverage --no-build"]
    assert [step["what"] for step in report["steps"][3:7]] == ["a", "b", "b", "c"]
    assert report["failed"] == ["b"]


def test_where_nothing_is_asked_for_there_are_the_instruments(attempt):
    attempt.run()
    assert attempt.installs() == ["pytest coverage --no-build"]


def test_a_back_end_that_cannot_install_in_place_installs_a_copy_that_is_put_back(attempt):
    attempt.tree("shop.py")
    fails = (["--editable"], "error: no hook `build_editable`")
    report = attempt.run(fails, files=attempt.project(["shop.py"]), parts=[part("--editable", "/copy"), part("b")])
    assert attempt.installs()[:3] == ["--editable /copy b --no-build", "--editable /copy b", "/copy b"]
    assert [step["says"] for step in report["steps"] if not step["ok"]] == ["", ""]
    assert report["failed"] == []
    assert attempt.imported("shop") == str(attempt.copy / "shop.py")


def test_the_instruments_of_the_day_or_else_of_any(attempt):
    report = attempt.run((["--overrides", "pytest"], "too old"))
    first, second, third = [call[4:] for call in attempt.calls() if call[1] == "install"]
    assert first == [*second, "--no-build"]
    assert third == [*second[2:], "--no-build"]
    assert report["failed"] == []
    assert attempt.run((["pytest"], "no"))["failed"] == ["pytest and coverage"]
    assert len([call for call in attempt.calls() if call[1] == "install"]) == 4


def test_without_an_interpreter_nothing_else_is_tried_and_an_older_environment_is_gone(attempt):
    attempt.run()
    report = attempt.run((["venv"], "error: /opt/py/bin/python3.11 does not start"), parts=[part("a")])
    assert attempt.calls() == [["venv", "--python", "/opt/py/bin/python3.11", str(attempt.venv)]]
    says = "error: /python-3.11.4/bin/python3.11 does not start\n"
    argv = ["uv", "venv", "--python", "3.11.4", str(attempt.venv)]
    steps = [{"what": "interpreter", "argv": argv, "ok": False, "says": says}]
    assert report == {"steps": steps, "failed": ["interpreter"], "version": "", "installed": [], "editable": []}


def test_what_is_there_now_is_told_in_order(attempt):
    installed = [
        {"name": "shop", "version": "1", "editable_project_location": "/copy"},
        {"name": "a", "version": "2"},
    ]
    report = attempt.run(installed=installed)
    assert report["installed"] == [["a", "2"], ["shop", "1"]]
    assert (report["editable"], report["version"]) == (["shop"], "3.11.4")
    assert list(report) == sorted(report)


def test_of_a_long_answer_the_end_is_kept(attempt):
    report = attempt.run((["a"], "x" * 9000 + "\nend"), parts=[part("a")])
    assert len(report["steps"][2]["says"]) == build.SAYS
    assert report["steps"][2]["says"].endswith("x\nend\n")


def test_every_process_of_the_environment_is_measured_when_asked_and_else_imports_nothing(attempt):
    attempt.run()
    (attempt.site / "coverage.py").write_text("def process_startup():\n    print('measured')\n")
    for env, output in (({"COVERAGE_PROCESS_START": "rc"}, "measured"), ({}, "")):
        assert attempt.start("", env) == output


def test_why_a_copy_cannot_be_installed_either_is_told_with_what_came_before(attempt):
    fails = [(["--editable"], "no hook `build_editable`"), (["/copy"], "no compiler")]
    report = attempt.run(*fails, parts=[part("--editable", "/copy")])
    assert [step["says"] for step in report["steps"][1:4]] == ["", "no hook `build_editable`\n", "no compiler\n"]
    assert report["failed"] == ["/copy"]


def test_folders_of_the_tree_are_on_the_path_of_every_process_behind_what_is_installed(attempt):
    attempt.tree("src/parcels/__init__.py", "src/shop.py")
    attempt.run(paths=["src"], files={"shop.py": ""})
    assert attempt.imported("parcels") == str(attempt.copy / "src/parcels/__init__.py")
    assert (attempt.site / "verifier_paths.pth").read_text() == f"{attempt.copy}/src\n"
