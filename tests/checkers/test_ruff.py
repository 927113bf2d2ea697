"""ruff, an optional checker: its sample and the expected answer."""

from __future__ import annotations

import json
from pathlib import Path

from support import checked

from verifier import registry
from verifier.checkers.ruff import Ruff

FIXTURE = Path(__file__).parents[1] / "fixtures" / "checkers" / "ruff"


def test_the_sample_has_the_expected_answer_whatever_the_tree_configures(tmp_path):
    tree = checked.checkout(FIXTURE / "delivery")
    result = checked.run(Ruff(), tree, tmp_path / "run")
    assert result.seen.trouble is None
    assert [
        {"rule": f.rule, "path": f.path, "line": f.line}
        for f in sorted(result.seen.findings, key=lambda f: f.line or 0)
    ] == json.loads((FIXTURE / "expected.json").read_text())
    assert result.seen.examined == {"sample.py"}


def test_it_runs_only_when_named():
    assert "ruff" not in {checker.name for checker in registry.selected((), ())}
    assert "ruff" in {checker.name for checker in registry.selected((), ("ruff",))}
    assert {checker.name for checker in registry.selected(("ruff",), ())} == {"ruff"}
