"""pylint: its sample and the expected answer; nothing in the tree steers it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import checked

from verifier.checkers.pylint import Pylint
from verifier.model import Skip

FIXTURE = Path(__file__).parents[1] / "fixtures" / "checkers" / "pylint"


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    tree = checked.checkout(FIXTURE / "delivery")
    return checked.run(Pylint(), tree, tmp_path_factory.mktemp("pylint") / "run").seen


def test_the_sample_has_the_expected_errors(seen):
    assert seen.trouble is None
    errors = [{"rule": f.rule, "path": f.path, "line": f.line} for f in seen.findings if f.severity == "error"]
    assert sorted(errors, key=lambda e: (e["path"], e["line"])) == json.loads((FIXTURE / "expected.json").read_text())


def test_the_trees_own_configuration_ran_nothing_and_hid_nothing(seen):
    """The sample's .pylintrc and comments disable everything, and its init-hook would run code of its own."""
    assert "pylint:undefined-variable" in {finding.rule for finding in seen.findings}


def test_a_file_that_does_not_parse_is_not_examined(seen):
    assert seen.examined == {"good.py", "wrong.py"}
    assert [(skip.path, skip.skip) for skip in seen.not_examined] == [("broken.py", Skip.UNPARSABLE)]


def test_measures_count_by_severity(seen):
    counts = {measure.name: measure.value for measure in seen.measures}
    assert counts["lint.errors"] == 1
    assert counts["lint.warnings"] == sum(finding.severity == "warning" for finding in seen.findings)


def test_a_star_import_from_beside_is_followed_in_a_folder_that_is_no_package(tmp_path):
    """Settings of Django are often kept so: without __init__.py, one file building on another."""
    settings = tmp_path / "delivery" / "service" / "settings"
    settings.mkdir(parents=True)
    (settings / "base.py").write_text("DATABASES = {}\n")
    (settings / "local.py").write_text("from .base import *\n\nDATABASES['default'] = {}\n")
    seen = checked.run(Pylint(), checked.checkout(tmp_path / "delivery"), tmp_path / "run").seen
    assert "pylint:undefined-variable" not in {finding.rule for finding in seen.findings}


def test_what_a_star_import_brings_that_cannot_be_followed_is_not_held_against_anybody(tmp_path):
    delivery = tmp_path / "delivery"
    delivery.mkdir()
    (delivery / "fast.py").write_text(
        "from quick_distances_in_c import *\n\n\ndef near(a, b):\n    return distance(a, b)\n"
    )
    (delivery / "slow.py").write_text("from os.path import *\n\n\ndef near(a, b):\n    return distance(a, b)\n")
    seen = checked.run(Pylint(), checked.checkout(delivery), tmp_path / "run").seen
    found = {f.path: f.confidence for f in seen.findings if f.rule == "pylint:undefined-variable"}
    assert (found["fast.py"], found["slow.py"] in ("medium", "high")) == ("low", True)


def test_what_lies_beside_our_own_scripts_is_not_what_a_delivery_imports(tmp_path):
    delivery = tmp_path / "delivery"
    delivery.mkdir()
    (delivery / "shop.py").write_text("import ending\nimport host\n\nending.end(host)\n")
    seen = checked.run(Pylint(), checked.checkout(delivery), tmp_path / "run").seen
    assert [f.line for f in seen.findings if f.rule == "pylint:import-error"] == [1, 2]
