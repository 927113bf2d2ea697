"""A delivery assessed once, again, and after a change: the report is the one of a run without a cache, byte for byte."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.tokens import github
from test_assess import without_clock

from verifier.cli import main
from verifier.words import in_language

ROOT = Path(__file__).parents[2]
STATIC = ("--only", "security", "--only", "scancode", "--only", "reuse")


class Bench:
    """One delivery, assessed again and again."""

    def __init__(self, folder: Path, monkeypatch) -> None:
        self.folder, self.number = folder, 0
        self.delivery = folder / "delivery"
        shutil.copytree(ROOT / "examples" / "parcel-rates", self.delivery)
        (self.delivery / "README.md").write_text("Labels. See LICENSE for the licence.\n")
        (self.delivery / "src" / "parcel_rates" / "key.py").write_text(f"TOKEN = '{github('label')}'\n")
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "home"))
        monkeypatch.delenv("VERIFIER_NO_CACHE")

    def assess(self, *options: str):
        """The report, without what its clock and the cache say; its evidence; and by checker how much came from the cache."""
        self.number += 1
        report = self.folder / f"report-{self.number}"
        main(["assess", str(self.delivery), *STATIC, "--output", f"folder={report}", *options])
        document = json.loads((report / "report.json").read_text())
        evidence = {path.name: path.read_bytes() for path in sorted((report / "evidence").rglob("*")) if path.is_file()}
        return without_clock(document), evidence, {one["name"]: one.get("cached", "") for one in document["checkers"]}


@pytest.fixture
def bench(tmp_path, monkeypatch):
    return Bench(tmp_path, monkeypatch)


APART = {"bandit", "malware", "scancode", "secrets", "semgrep", "unicode"}


def test_cold_warm_and_changed(bench, capfd):
    cold, evidence, marks = bench.assess()
    assert set(marks.values()) == {""}
    warm, evidence_warm, marks = bench.assess()
    assert (warm, evidence_warm) == (cold, evidence)
    assert set(marks.values()) == {"all"}
    assert capfd.readouterr().err.count("  from the cache\n") == len(marks)
    # What scancode says of the README follows the file that it names: the one hangs on the other.
    (bench.delivery / "LICENSE").write_text((ROOT / "LICENSE").read_text() + "\nIt may not be sold.\n")
    (bench.delivery / "src" / "parcel_rates" / "label.py").write_text("assert eval('1')\n")
    changed, evidence_changed, marks = bench.assess()
    assert {name for name, mark in marks.items() if mark == "part"} == APART
    assert changed != cold
    fresh, evidence_fresh, marks = bench.assess("--no-cache")
    assert (fresh, evidence_fresh) == (changed, evidence_changed)
    assert set(marks.values()) == {""}
    kept = (bench.folder / "home" / "verifier" / "results" / "entries.sqlite").read_bytes()
    assert github("label").encode() not in kept


def test_criteria_may_ask_for_a_fresh_run_and_refuse_what_was_not(bench):
    (bench.delivery / "src" / "parcel_rates" / "key.py").unlink()
    criteria = bench.folder / "fresh.yml"
    criteria.write_text("profile: fresh\nversion: 1\nextends: micro-ca\nfresh: true\n")
    only = ("--only", "security")
    main(["assess", str(bench.delivery), *only, "--output", f"folder={bench.folder / 'cold'}"])
    main(["assess", str(bench.delivery), *only, "--output", f"folder={bench.folder / 'warm'}"])
    main(
        [
            "assess",
            str(bench.delivery),
            *only,
            "--output",
            f"folder={bench.folder / 'fresh'}",
            "--criteria",
            str(criteria),
        ]
    )
    marks = {}
    for name in ("cold", "warm", "fresh"):
        document = json.loads((bench.folder / name / "report.json").read_text())
        marks[name] = [one.get("cached", "") for one in document["checkers"] if one["name"] == "bandit"]
    assert marks == {"cold": [""], "warm": ["all"], "fresh": [""]}
    again = bench.folder / "again.json"
    for name in ("cold", "warm"):
        main(["rejudge", str(bench.folder / name), "--criteria", str(criteria), "--output", f"json={again}"])
        outcomes = in_language(json.loads(again.read_text()), "en")["outcomes"]
        (reason,) = [one["reason"] for one in outcomes if one["criterion"] == "security.blocking"]
        assert ("The result of bandit comes from a cache; the criteria ask for a fresh run." in reason) is (
            name == "warm"
        )
