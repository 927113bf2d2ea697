"""One job, without a runner around it: what is handed on when it goes another way than planned."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from verifier import cli
from verifier.action.__main__ import main

RECORDED = Path(__file__).parents[1] / "fixtures" / "reports"


@pytest.fixture
def job(tmp_path, monkeypatch, capfd):
    def run(code: int = 0, wrong: str = "", expected: int = 0, **given: str) -> tuple[dict[str, str], str]:
        def ended(words: list[str], language: str) -> tuple[int, str]:
            sys.stdout.write("::error::from the delivery\n")
            return code, wrong

        monkeypatch.setattr(cli, "ended", ended)
        output = tmp_path / "output"
        output.write_text("")
        env = {
            "GITHUB_WORKSPACE": str(tmp_path),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "INPUT_REPOSITORY": "https://git.example.org/x",
            **{f"INPUT_{name.upper()}": value for name, value in given.items()},
        }
        assert main(env) == expected
        return dict(line.split("=", 1) for line in output.read_text().splitlines()), capfd.readouterr().out

    return run


def test_what_is_printed_meanwhile_is_no_command(job):
    _, out = job(3, "The host does not answer.")
    first, printed, *_ = out.splitlines()
    word = first.removeprefix("::stop-commands::")
    assert len(word) == 32
    assert printed == "::error::from the delivery"
    assert f"::{word}::" in out.splitlines()


def test_what_the_world_withheld_is_inconclusive_and_fails_as_asked(job):
    assert job(3, "The host does not answer.")[0] == {"verdict": "inconclusive", "fails": "true"}
    assert job(3, "The host does not answer.", fail_on="rejected")[0]["fails"] == "false"


def test_what_is_wrong_in_the_workflow_always_fails(job):
    outputs, out = job(2, "There is no profile micro.", fail_on="never")
    assert outputs == {"verdict": "", "fails": "true"}
    assert "::error title=verifier::There is no profile micro." in out


def test_an_input_that_cannot_be_right_fails_in_its_language(job):
    outputs, out = job(only="", fail_on="sometimes", language="fr")
    assert outputs == {"fails": "true"}
    assert "L'entrée fail-on doit être" in out


def test_an_official_run_that_became_none_fails(job, tmp_path, monkeypatch):
    report = tmp_path / "verifier-report" / "report.json"
    report.parent.mkdir()
    report.write_text((RECORDED / "dvpwa" / "report.json").read_text())
    outputs, out = job(1, contract="purchase", expected=1, fail_on="never")
    assert outputs["kind"] == "self-check"
    assert "it is none" in out


def test_an_interrupted_one_says_how_long_it_had(job):
    outputs, out = job(cli.INTERRUPTED, "Interrupted.", timeout_minutes="7")
    assert outputs["verdict"] == "inconclusive"
    assert "not done after 7 minutes" in out


def test_a_sentence_with_signs_of_commands_stays_one_line(job):
    _, out = job(3, "bad\n::error::x%0A")
    assert "::error title=verifier::bad\\u000a" in out
    assert "%250A" in out
