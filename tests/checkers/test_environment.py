"""How the delivery's environment is planned and what its trouble says."""

from __future__ import annotations

import json

import pytest

from verifier.checker import ToolOutput
from verifier.checkers.environment import Environment, key_line, pretend_version
from verifier.model import Cause, Checkout, Delivery

pytestmark = pytest.mark.self


@pytest.mark.parametrize(
    ("described", "version"),
    [
        ("v1.2", "1.2"),
        ("1.2.3-14-gabc1234", "1.2.3.post14"),
        ("release-2.0rc1", "2.0rc1"),
        ("nightly", None),
        (None, None),
    ],
)
def test_a_version_from_tags_becomes_one_that_packaging_reads(described, version):
    assert pretend_version(described) == version


def output(tmp_path, **report):
    (command,) = Environment().steps(*steps_for(tmp_path, None))
    content = {"steps": [], "failed": [], "requires_python": "", "version": "3.11.7", "installed": []} | report
    return ToolOutput(
        command=command, exit_code=0, stdout=b"", stderr=b"", files={"environment.json": json.dumps(content).encode()}
    )


def steps_for(tmp_path, version):
    from verifier.checker import Settings

    delivery = Delivery(url=".", commit="a" * 40, tree="b" * 40, manifest="c" * 64)
    return Checkout(delivery=delivery, root=tmp_path, version=version), Settings(install_seconds=77)


def test_the_version_is_told_to_build_back_ends_and_the_criterias_time_holds(tmp_path):
    (command,) = Environment().steps(*steps_for(tmp_path, "v3.1"))
    assert command.env["SETUPTOOLS_SCM_PRETEND_VERSION"] == "3.1"
    assert command.seconds == 77


def test_every_step_is_told(tmp_path):
    step = {"what": "x", "argv": ["uv", "venv"], "ok": True, "says": ""}
    seen = Environment().parse(None, [output(tmp_path, steps=[step], installed=[["six", "1.17.0"]])])
    assert seen.notes == ("ok: uv venv", "installed: six==1.17.0")
    assert seen.trouble is None


def test_an_interpreter_that_is_not_there_is_the_machines_trouble(tmp_path):
    seen = Environment().parse(None, [output(tmp_path, failed=["interpreter"], requires_python="<3")])
    assert seen.trouble.cause is Cause.INTERPRETER
    assert "<3" in seen.trouble.message


def test_what_could_not_be_installed_is_named_in_uvs_words(tmp_path):
    says = "  × No solution found when resolving dependencies:\n  ╰─▶ Because foo was not found in the package registry"
    step = {"what": "the project", "argv": ["uv"], "ok": False, "says": says}
    seen = Environment().parse(None, [output(tmp_path, steps=[step], failed=["the project"])])
    assert seen.trouble.cause is Cause.ENVIRONMENT
    assert "Because foo was not found" in seen.trouble.message


def test_the_key_line_of_an_answer_without_any_is_its_first():
    assert key_line("hello\nworld") == "hello world"
