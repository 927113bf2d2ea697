"""`verifier diff`: reports, criteria and contracts side by side, for people in both languages and for programs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from verifier.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "reports" / "examples"
REJECTED, ACCEPTED = EXAMPLES / "rejected" / "report", EXAMPLES / "accepted" / "report"
SIGNED = EXAMPLES / "accepted" / "contract.r.client.sigstore.json"
OWN = "profile: own\nversion: 1\nextends: micro-ca\n"


@pytest.fixture(autouse=True)
def english(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_CA.UTF-8")


@pytest.fixture
def diff(capsys):
    def run(*words: object, code: int = 0) -> str:
        assert main(["diff", *map(str, words)]) == code
        out, err = capsys.readouterr()
        return out if code == 0 else err

    return run


def test_two_rounds_for_people(diff):
    told = diff(REJECTED, ACCEPTED)
    for line in (
        "Fixed: 1 finding\n  tests/test_rates.py:31  assert 725 == 720 (tests:failed)\n",
        "Still there: 1 finding\n  parcels/label.py:12  ",
        "Criteria that came out otherwise:\n  All tests pass (tests.pass): unmet → met\n",
        "Measures that moved:\n  Failed: 1 → 0\n  Passed: 30 → 31\n",
    ):
        assert line in told
    assert "New:" not in told
    assert "New: 1 finding\n" in diff(ACCEPTED, REJECTED)


def test_two_rounds_for_programs(diff):
    told = json.loads(diff(REJECTED / "report.json", ACCEPTED, "--json"))
    assert told["kind"] == "report"
    assert [one["rule"] for one in told["fixed"]] == ["tests:failed"]
    assert told["fixed"][0]["certain"] is True
    assert [one["rule"] for one in told["still"]] == ["bandit:B306"]
    assert told["outcomes"] == [{"criterion": "tests.pass", "before": "unmet", "after": "met"}]
    assert {one["name"] for one in told["measures"]} == {"tests.failed", "tests.passed"}
    assert told["after"]["round"] == 3


def test_a_report_and_itself(diff):
    assert "Nothing else changed." in diff(ACCEPTED, ACCEPTED)


def test_french(diff):
    assert "respecté" in diff(REJECTED, ACCEPTED, "--language", "fr")


def test_a_checker_that_did_not_do_its_work_is_not_taken_for_a_repair(diff, tmp_path):
    document = json.loads((REJECTED / "report.json").read_bytes())
    for one in document["checkers"]:
        if one["name"] == "tests":
            trouble = {"cause": "time", "message": "late", "whose": "operator", "mend": "", "path": None, "line": None}
            one.update(state="trouble", trouble=trouble, findings=[])
    (tmp_path / "report.json").write_text(json.dumps(document))
    told = diff(REJECTED, tmp_path)
    assert "that it changed is not shown" in told


def test_names_that_a_delivery_chose_are_harmless(diff, tmp_path):
    shutil.copytree(ACCEPTED, tmp_path / "report")
    document = json.loads((tmp_path / "report" / "report.json").read_bytes())
    document["criteria"]["criteria"]["tests.pass"]["title"] = {"en": "\x1b[31mred", "fr": "\x1b[31mrouge"}
    (tmp_path / "report" / "report.json").write_text(json.dumps(document))
    assert "\x1b" not in diff(REJECTED, tmp_path / "report")


def test_two_criteria_files(diff, tmp_path):
    one, other = tmp_path / "one.yml", tmp_path / "other.yml"
    one.write_text(f"{OWN}criteria:\n  - {{id: tests.coverage, at_least: 80 %}}\n")
    other.write_text(f"{OWN}criteria:\n  - {{id: tests.coverage, level: should, at_least: 90 %}}\nservices: [redis]\n")
    told = diff(one, other)
    assert "criteria/tests.coverage/level: must → should\n" in told
    assert "criteria/tests.coverage/required/en: at least 80 % → at least 90 %\n" in told
    assert "services/redis: nothing → redis\n" in told
    assert "required/fr" not in told
    assert "criteria/tests.coverage/required/fr" in diff(one, other, "--language", "fr")
    places = {change["place"] for change in json.loads(diff(one, other, "--json"))["changes"]}
    assert {"criteria/tests.coverage/required/en", "criteria/tests.coverage/required/fr", "digest"} <= places


def test_a_blocking_rule_that_is_taken_out_is_seen(diff, tmp_path):
    shutil.copytree(ROOT / "rules" / "blocking", tmp_path / "blocking")
    one, other = tmp_path / "one.yml", tmp_path / "other.yml"
    for file, name in ((one, "a"), (other, "b")):
        file.write_text(f"{OWN}criteria:\n  - {{id: security.blocking, blocking: {name}.yml}}\n")
    rule = "{rule: 'bandit:B602', reason: {en: Shell., fr: Coquille.}}"
    (tmp_path / "a.yml").write_text(f"rules:\n  - {rule}\n  - {rule.replace('602', '605')}\n")
    (tmp_path / "b.yml").write_text(f"rules:\n  - {rule}\n")
    assert "security.blocking/blocking/bandit:B605/confidence: low → nothing" in diff(one, other)


def test_criteria_and_themselves(diff):
    assert diff(EXAMPLES / "criteria.yml", EXAMPLES / "criteria.yml") == "Nothing changes.\n"


def test_a_signed_contract_and_the_file_that_amends_it(diff, tmp_path):
    words = ("--criteria", EXAMPLES / "criteria.yml")
    assert diff(SIGNED, SIGNED) == "Nothing changes.\n"
    text = (EXAMPLES / "contract.yml").read_text()
    (tmp_path / "contract.yml").write_text(text.replace("licence: MIT", "licence: Apache-2.0"))
    assert "  licence: MIT → Apache-2.0\n" in diff(EXAMPLES / "contract.yml", tmp_path / "contract.yml", *words)
    assert "  licence: MIT → Apache-2.0\n" in diff(SIGNED, tmp_path / "contract.yml", *words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (REJECTED, SIGNED),
        (EXAMPLES / "criteria.yml", EXAMPLES / "contract.yml"),
        (REJECTED, EXAMPLES / "nowhere.json"),
        (EXAMPLES / "README.md", EXAMPLES / "README.md"),
        (EXAMPLES / "nowhere.yml", EXAMPLES / "criteria.yml"),
        (EXAMPLES / "accepted" / "release.sigstore.json", SIGNED),
        (EXAMPLES, REJECTED),
    ],
    ids=lambda path: path.name,
)
def test_what_cannot_be_compared_is_one_sentence(diff, one, other):
    assert diff(one, other, code=2).count("\n") == 1
