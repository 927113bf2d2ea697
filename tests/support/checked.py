"""A checker run on a folder, in the real sandbox, as the pipeline runs it."""

from __future__ import annotations

from pathlib import Path

import yaml
from support import inventoried
from support.translated import english_alone

from verifier.checker import Checker, Settings
from verifier.model import Checkout, CheckResult
from verifier.runner import Places, run_checker
from verifier.sandbox import Bubblewrap
from verifier.scope import Scope, classify

RULES = Path(__file__).parents[2] / "rules"


def checkout(folder: Path) -> Checkout:
    """The folder as a delivery, its files classified by the project's own scope."""
    bare = inventoried.checkout(folder)
    scope = Scope.from_mapping(yaml.safe_load((RULES / "scope.yml").read_text(encoding="utf-8")))
    files = classify(bare.files, inventoried.inventory(folder), scope)
    return Checkout(delivery=bare.delivery, root=folder, files=files)


def run(checker: Checker, tree: Checkout, workspace: Path) -> CheckResult:
    workspace.mkdir(exist_ok=True)
    result = run_checker(checker, tree, Settings(), Places(workspace=workspace, rules=RULES), Bubblewrap())
    assert english_alone(result.seen) == []
    return result
