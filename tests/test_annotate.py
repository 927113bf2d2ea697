"""What is added to a checker's observations: roles, source lines, what was there before, what was passed over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support import made

from verifier.annotate import annotate, secret_lines
from verifier.model import Checkout, Delivery, File, Finding, NotExamined, Role, Skip

pytestmark = pytest.mark.self
SOURCE = {"a.py": ["import os", "os.system(x)", "", "os.system(x)"], "tests/t.py": ["assert 1"]}


def checkout(**more) -> Checkout:
    files = (
        File(path="a.py", mode="100644", size=1, sha256="", language="python", source=True),
        File(path="run.ps1", mode="100644", size=1, sha256="", language="powershell", source=True),
        File(path="readme.txt", mode="100644", size=1, sha256=""),
        File(path="tests/t.py", mode="100644", size=1, sha256="", language="python", source=True, role=Role.TESTS),
    )
    delivery = Delivery(url=".", commit="a" * 40, tree="b" * 40, manifest="c" * 64)
    return Checkout(delivery=delivery, root=Path("/none"), files=files, **more)


def annotated(*findings: Finding, examined=("a.py", "tests/t.py"), changed=None, **seen):
    result = made.result(findings=findings, examined=frozenset(examined), looked_at=0, **seen)
    return annotate(result, checkout(changed=changed), frozenset({"python"}), lambda path: SOURCE.get(path, []))


def found(line: int, path: str = "a.py", **more) -> Finding:
    return Finding(rule="bandit:B605", message="m", path=path, line=line, **more)


def test_a_finding_gets_its_source_line_and_its_files_role():
    (first, second) = annotated(found(2), found(1, "tests/t.py")).seen.findings
    assert (first.excerpt, first.role) == ("os.system(x)", Role.SOURCE)
    assert (second.excerpt, second.role) == ("assert 1", Role.TESTS)


def test_two_alike_in_one_file_are_told_apart():
    first, second = annotated(found(4), found(2)).seen.findings
    assert (first.line, second.line) == (2, 4)
    assert first.fingerprint != second.fingerprint


def test_fingerprints_stay_when_unrelated_lines_are_added_above(monkeypatch):
    before = [one.fingerprint for one in annotated(found(2), found(4)).seen.findings]
    monkeypatch.setitem(SOURCE, "a.py", ["# words", "", "", *SOURCE["a.py"]])
    after = annotated(found(5), found(7)).seen.findings
    assert [one.fingerprint for one in after] == before
    assert [one.line for one in after] == [5, 7]


@pytest.mark.parametrize(
    ("changed", "inherited"), [({"a.py": {2}}, False), ({"a.py": {3}}, True), ({"other.py": {2}}, True), (None, False)]
)
def test_a_finding_on_lines_that_did_not_change_is_inherited(changed, inherited):
    lines = {path: frozenset(numbers) for path, numbers in changed.items()} if changed is not None else None
    (finding,) = annotated(found(2), changed=lines).seen.findings
    assert finding.inherited is inherited


def test_a_failing_test_in_a_file_that_did_not_change_is_the_deliverys_unless_its_run_at_the_base_says_otherwise():
    """The delivery broke what the test tries, elsewhere."""
    fails = replace(found(2), rule="tests:failed")
    (new,) = annotated(fails, changed={"other.py": frozenset({2})}).seen.findings
    (old,) = annotated(replace(fails, inherited=True), changed={"a.py": frozenset({2})}).seen.findings
    assert (new.inherited, old.inherited) == (False, True)


def test_source_in_another_language_is_listed_and_text_is_not():
    assert annotated().seen.not_examined == (
        NotExamined(
            path="run.ps1", skip=Skip.LANGUAGE, reason="bandit does not read powershell", language="powershell"
        ),
    )


def test_source_that_was_silently_passed_over_is_listed():
    skipped = {skip.path: skip.skip for skip in annotated(examined=("tests/t.py",)).seen.not_examined}
    assert skipped["a.py"] is Skip.TOOL


def test_examined_source_is_counted_by_role():
    result = annotated(examined=("a.py", "tests/t.py", "readme.txt"))
    assert (result.examined, result.looked_at) == (3, {Role.SOURCE: 1, Role.TESTS: 1})


def test_lines_with_a_secret_are_known_whoever_found_them():
    secret = Finding(rule="secrets:github-token", message="m", path="a.py", line=2, end_line=3)
    assert secret_lines([made.result(findings=(secret, found(4)))]) == {("a.py", 2), ("a.py", 3)}
