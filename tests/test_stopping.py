"""Stopping at the first required criterion that is unmet for certain: when, and what the report then says."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import jsonschema
import psutil
import pytest

from verifier import registry
from verifier.checkout import Request
from verifier.cli import main
from verifier.criteria import judge
from verifier.errors import UsageError
from verifier.model import CheckResult, Finding, Kind, Measure, Observations
from verifier.pipeline import assess
from verifier.report import from_dict
from verifier.rulebook import load_profile
from verifier.stopping import unmet, with_missing
from verifier.words import in_language

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "parcel-rates"
CRITERIA = load_profile("micro-ca")
CHECKERS = {checker.name: checker for checker in registry.selected((), ())}
SHELL = Finding(rule="semgrep:shell-built-from-argument", message="a shell", path="rates.py", line=1, severity="error")


def result(name, **seen):
    checker = CHECKERS[name]
    return CheckResult(name=name, topic=checker.topic, tool=checker.tool, seen=Observations(**seen))


def stopped(*results):
    """The criterion at which it stops after these results."""
    missing = [checker for name, checker in CHECKERS.items() if name not in {one.name for one in results}]
    return unmet(CRITERIA, judge(CRITERIA, with_missing(results, missing)), missing)


def test_what_has_not_run_is_no_reason_to_stop():
    assert stopped() == ""
    assert stopped(result("bandit"), result("reuse")) == ""


def test_a_finding_that_blocks_stays_one_whatever_the_others_say():
    assert stopped(result("semgrep", findings=(SHELL,))) == "security.blocking"


def test_a_measure_counts_when_its_topic_has_ended():
    failed = result("tests", measures=(Measure(name="tests.failed", value=2),))
    assert stopped(failed) == "tests.pass"
    wrong = result("scancode", measures=(Measure(name="licence.project", value="LicenseRef-own", unit="expression"),))
    assert stopped(wrong) == ""
    assert stopped(wrong, result("reuse"), result("dependencies")) == "licence.file"


def test_what_hangs_on_the_environment_waits_for_it():
    blocking = next(one.blocking for one in CRITERIA.criteria if one.id == "lint.errors")
    hanging = next(name for name, rule in blocking.rules.items() if rule.environment)
    lacking = result("pylint", findings=(Finding(rule=hanging, message="m", path="a.py", line=1, severity="error"),))
    assert stopped(lacking) == ""
    assert stopped(lacking, result("environment")) == "lint.errors"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A delivery with a shell in it, assessed as `run(*words)`: the exit code and the folder of its report."""
    folder = tmp_path_factory.mktemp("stopped")
    shutil.copytree(EXAMPLE, folder / "delivery")
    shell = "import subprocess\n\n\ndef label(name):\n    subprocess.run(f'lp {name}', shell=True)\n"
    (folder / "delivery" / "src" / "parcel_rates" / "label.py").write_text(shell)
    code = main(["assess", str(folder / "delivery"), "--fail-fast", "--output", f"folder={folder / 'report'}"])
    return code, folder / "report"


def test_it_ends_what_runs_and_says_what_was_not_run(run):
    code, folder = run
    document = json.loads((folder / "report.json").read_bytes())
    jsonschema.validate(document, json.loads((ROOT / "reports" / "report.schema.json").read_bytes()))
    said = in_language(document, "en")
    outcomes = {one["criterion"]: one for one in said["outcomes"]}
    assert (code, said["verdict"], said["kind"], said["stopped"]) == (1, "rejected", "self-check", "security.blocking")
    assert outcomes["security.blocking"]["outcome"] == "unmet"
    assert outcomes["tests.pass"]["outcome"] == "undetermined"
    assert outcomes["tests.pass"]["reason"].startswith("Not run: the assessment stopped")
    tests = next(one for one in said["checkers"] if one["name"] == "tests")
    assert (tests["state"], tests["milliseconds"]) == ("trouble", 0)
    assert not [child for child in psutil.Process().children(recursive=True) if child.name() == "bwrap"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "The assessment stopped early"), ("fr", "L'évaluation s'est arrêtée tôt")],
)
@pytest.mark.parametrize("form", ["text", "md", "comment", "message", "html", "junit"])
def test_every_form_says_that_it_stopped_and_gives_no_score(run, capsys, form, language, words):
    assert main(["show", str(run[1]), "--format", form, "--language", language]) == 0
    shown = capsys.readouterr().out.replace("&#39;", "'").replace("\n", " ")
    assert words in shown
    assert "must 3" not in shown


def test_it_is_read_again_as_it_was(run):
    document = json.loads((run[1] / "report.json").read_bytes())
    assert from_dict(document).stopped == "security.blocking"
    assert from_dict({name: value for name, value in document.items() if name != "stopped"}).stopped == ""


def test_judged_again_it_still_says_so(run, tmp_path, capsys):
    code = main(["rejudge", str(run[1]), "--profile", "micro-ca-strict", "--output", "text=-"])
    assert code == 1
    assert "stopped early" in capsys.readouterr().out


def test_an_official_assessment_is_made_whole():
    with pytest.raises(UsageError, match="for self-checks"):
        assess(Request(where=str(EXAMPLE)), CRITERIA, kind=Kind.OFFICIAL, fail_fast=True)


def test_where_nothing_is_wrong_it_comes_to_its_end(tmp_path):
    found = partial(assess, Request(where=str(EXAMPLE)), CRITERIA, only=["unicode", "bandit"])
    fast, whole = found(fail_fast=True).report, found().report
    assert (fast.stopped, fast.judgement) == ("", whole.judgement)
