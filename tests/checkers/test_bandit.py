"""bandit in the sandbox: the files we name, nothing of the tree obeyed, no source in its answer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support import checked

from verifier.checker import Settings, ToolOutput
from verifier.checkers.bandit import Bandit
from verifier.model import Checkout, CheckResult, Finding, Skip

FIXTURE = Path(__file__).parents[1] / "fixtures" / "checkers" / "bandit"
SEEDED = b"opensesame"


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    """The sample, with names added that a repository of our own had better not hold."""
    folder = tmp_path_factory.mktemp("bandit")
    delivery = folder / "delivery"
    shutil.copytree(FIXTURE / "delivery", delivery)
    for name in ("-", "-r.py", "two\nlines.py", "é.py"):
        (delivery / name).write_text("#!/usr/bin/env python3\nassert input()\n", encoding="utf-8")
    (delivery / "link.py").symlink_to("app.py")
    return checked.run(Bandit(), checked.checkout(delivery), folder / "workspace")


def _brief(finding: Finding) -> list[object]:
    cwe = list(finding.cwe)
    return [finding.rule, finding.path, finding.line, finding.severity, finding.confidence, cwe, finding.message]


def test_the_sample_gives_the_expected_answer(looked: CheckResult) -> None:
    expected = json.loads((FIXTURE / "expected.json").read_text(encoding="utf-8"))
    sample = {str(path.relative_to(FIXTURE / "delivery")) for path in (FIXTURE / "delivery").rglob("*")}
    assert [_brief(finding) for finding in looked.seen.findings if finding.path in sample] == expected["findings"]


def test_what_was_examined_is_exactly_the_python_that_parses(looked: CheckResult) -> None:
    named = {"-", "-r.py", "two\nlines.py", "é.py"}
    assert looked.seen.trouble is None
    assert looked.seen.examined == {"app.py", "tool", "window.pyw", "CVS/old.py"} | named
    assert [(one.path, one.skip) for one in looked.seen.not_examined] == [("broken.py", Skip.UNPARSABLE)]
    assert {finding.path for finding in looked.seen.findings if finding.rule == "bandit:B101"} == named


def test_configuration_and_nosec_in_the_tree_hide_nothing(looked: CheckResult) -> None:
    hidden = {(finding.path, finding.rule) for finding in looked.seen.findings}
    assert {("app.py", "bandit:B602"), ("CVS/old.py", "bandit:B307")} <= hidden


def test_a_password_in_the_source_is_not_in_the_answer(looked: CheckResult) -> None:
    found = {finding.rule for finding in looked.seen.findings if finding.path == "app.py"}
    assert {"bandit:B105", "bandit:B106", "bandit:B107"} <= found
    assert all(SEEDED not in item.content for item in looked.evidence)
    assert not any(SEEDED.decode() in repr(finding) for finding in looked.seen.findings)


def test_the_findings_are_those_of_bandits_own_command(looked: CheckResult) -> None:
    """bandit's command over the same files, as one would run it by hand without their configuration."""
    paths = [path for path in sorted(looked.seen.examined) if (FIXTURE / "delivery" / path).exists()]
    command = [
        sys.executable,
        "-m",
        "bandit",
        "-q",
        "-f",
        "json",
        "--ignore-nosec",
        "-x",
        "/none",
        "--ini",
        "/dev/null",
    ]
    done = subprocess.run([*command, *paths], cwd=FIXTURE / "delivery", capture_output=True, check=False)
    by_hand = sorted(
        (one["filename"].removeprefix("./"), one["line_number"], f"bandit:{one['test_id']}", one["more_info"])
        for one in json.loads(done.stdout)["results"]
    )
    assert by_hand == sorted(
        (finding.path or "", finding.line or 0, finding.rule, finding.help)
        for finding in looked.seen.findings
        if finding.path in paths
    )


def test_two_runs_give_the_same_bytes(looked: CheckResult, tmp_path: Path) -> None:
    delivery = tmp_path / "elsewhere"
    shutil.copytree(FIXTURE / "delivery", delivery)
    first, second = (
        checked.run(Bandit(), checked.checkout(delivery), tmp_path / name).evidence for name in ("one", "two")
    )
    assert [item.sha256 for item in first] == [item.sha256 for item in second]


def test_a_file_that_only_bandit_cannot_read_is_not_examined(tmp_path: Path) -> None:
    """Nested so deep that bandit's walk gives up where the parser did not."""
    delivery = tmp_path / "delivery"
    delivery.mkdir()
    (delivery / "deep.py").write_text("x = " + "+".join(["1"] * 2000) + "\n", encoding="utf-8")
    (delivery / "plain.py").write_text("x = 1\n", encoding="utf-8")
    tree = checked.checkout(delivery)
    tree = replace(tree, files=tuple(replace(file, parsed=True) for file in tree.files))
    seen = checked.run(Bandit(), tree, tmp_path / "workspace").seen
    assert seen.examined == {"plain.py"}
    assert [(one.path, one.skip) for one in seen.not_examined] == [("deep.py", Skip.TOOL)]


@pytest.mark.self
def test_no_python_is_no_step_and_nothing_examined() -> None:
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"))
    assert Bandit().steps(tree, Settings()) == []
    assert Bandit().parse(tree, []).examined == frozenset()


@pytest.mark.self
def test_an_answer_about_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n", encoding="utf-8")
    tree = checked.checkout(tmp_path)
    (command,) = Bandit().steps(tree, Settings())
    answer = json.dumps({"scanned": [], "skipped": [], "results": []}).encode()
    output = ToolOutput(command=command, exit_code=0, stdout=answer, stderr=b"", files={})
    with pytest.raises(ValueError, match="exactly the files"):
        Bandit().parse(tree, [output])
