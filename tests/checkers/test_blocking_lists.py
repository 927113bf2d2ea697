"""The buyer's blocking lists name rules that exist, with a reason in both languages; semgrep's rules pass their own tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from bandit.core.extension_loader import MANAGER
from pylint.lint import PyLinter

from verifier.checkers.secrets import OTHERS, SHAPED
from verifier.checkers.unicode import CWE
from verifier.rulebook import load_profile, profile_names, rules_dir

RULES = Path(__file__).parents[2] / "rules"
LISTS = ("security", "lint")
LEVELS = {"ERROR", "WARNING", "INFO"}
SAMPLE_FOLDER = Path(__file__).parents[1] / "semgrep_samples"
SAMPLES = {"python": {".py"}, "javascript": {".js", ".ts"}, "bash": {".sh"}}


def _listed() -> Iterator[dict[str, Any]]:
    for name in LISTS:
        yield from yaml.safe_load((RULES / "blocking" / f"{name}.yml").read_text(encoding="utf-8"))["rules"]


def _semgrep_rules() -> list[dict[str, Any]]:
    files = sorted((RULES / "semgrep").rglob("*.yml"))
    return [rule for file in files for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]]


@pytest.fixture(scope="module")
def known() -> frozenset[str]:
    linter = PyLinter()
    linter.load_default_plugins()
    blacklisted = {test["id"] for tests in MANAGER.blacklist.values() for test in tests}
    return frozenset(
        {f"pylint:{message.symbol}" for message in linter.msgs_store.messages}
        | {f"bandit:{test}" for test in {*MANAGER.plugins_by_id, *blacklisted}}
        | {f"semgrep:{rule['id']}" for rule in _semgrep_rules()}
        | {f"secrets:{kind}" for kind in {**SHAPED, **OTHERS}}
        | {f"unicode:{kind}" for kind in CWE}
    )


def test_every_listed_rule_exists(known: frozenset[str]) -> None:
    assert [one["rule"] for one in _listed() if one["rule"] not in known] == []


def test_our_pylintrc_turns_every_listed_message_on() -> None:
    command = [sys.executable, "-I", "-m", "pylint", f"--rcfile={RULES}/tools/pylintrc", "--list-msgs-enabled"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    enabled = set(re.findall(r"^  ([\w-]+) \(", said.split("Disabled messages")[0], flags=re.MULTILINE))
    listed = {one["rule"].removeprefix("pylint:") for one in _listed() if one["rule"].startswith("pylint:")}
    assert listed <= enabled


@pytest.mark.self
def test_no_rule_is_listed_twice() -> None:
    rules = [one["rule"] for one in _listed()]
    assert len(rules) == len(set(rules))


@pytest.mark.self
@pytest.mark.parametrize("one", list(_listed()), ids=lambda one: one["rule"])
def test_the_reason_is_given_in_both_languages(one: dict[str, Any]) -> None:
    assert set(one["reason"]) == {"en", "fr"}
    assert one["reason"]["en"] != one["reason"]["fr"]
    assert all(len(text) > 30 and text.endswith(".") for text in one["reason"].values())
    assert not re.search(r"[«»]", one["reason"]["en"])
    assert not re.search("«[^\u202f]|[^\u202f]»", one["reason"]["fr"]), "narrow no-break spaces inside « »"


@pytest.mark.self
@pytest.mark.parametrize("profile", profile_names(rules_dir()))
def test_every_rule_that_blocks_says_in_both_languages_how_to_mend_it(profile: str) -> None:
    lists = [one.blocking for one in load_profile(profile).criteria if one.blocking]
    for rule in (rule for listed in lists for rule in listed.rules.values()):
        assert rule.fix.en != rule.fix.fr, rule.rule
        assert all(text.endswith(".") and len(text) > 20 for text in (rule.fix.en, rule.fix.fr)), rule.rule
        code = re.findall(r"\w+\([^)]*\)", rule.fix.fr)
        assert not any("\u202f" in one for one in code), "code that is copied holds no narrow space"


@pytest.mark.self
@pytest.mark.parametrize("rule", _semgrep_rules(), ids=lambda rule: rule["id"])
def test_each_semgrep_rule_says_what_why_and_how(rule: dict[str, Any]) -> None:
    about = rule["metadata"]
    assert all(re.fullmatch(r"CWE-\d+", one) for one in about["cwe"])
    assert about["confidence"] in {"HIGH", "MEDIUM", "LOW"}
    assert rule["severity"] in LEVELS
    assert all(text.endswith(".") for text in (rule["message"], about["why"], about["fix"]))
    assert all(text.endswith(".") for text in (about["message-fr"], about["fix-fr"])), "in both languages"


@pytest.mark.self
@pytest.mark.parametrize("rule", _semgrep_rules(), ids=lambda rule: rule["id"])
def test_no_message_quotes_what_matched(rule: dict[str, Any]) -> None:
    assert "$" not in rule["message"]


@pytest.mark.self
def test_rules_for_shell_scripts_need_no_parse() -> None:
    """run_semgrep.py lets a script that semgrep cannot parse count as looked at, since nothing but its text is searched."""
    for file in (RULES / "semgrep" / "bash").glob("*.yml"):
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]:
            keys = set(re.findall(r"\bpattern[\w-]*|\bmetavariable[\w-]*", repr(rule)))
            assert keys <= {"patterns", "pattern-either", "pattern-regex", "pattern-not-regex"}, rule["id"]


@pytest.mark.self
def test_every_rule_file_has_a_sample_with_hits_and_misses_for_each_rule() -> None:
    for file in (RULES / "semgrep").rglob("*.yml"):
        folder = file.parent.name
        samples = [one for one in (SAMPLE_FOLDER / folder).glob(f"{file.stem}.*") if one.suffix in SAMPLES[folder]]
        text = "\n".join(one.read_text(encoding="utf-8") for one in samples)
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]:
            for word in ("ruleid", "ok"):
                assert re.search(rf"\b{word}:.*\b{rule['id']}\b", text), f"{file.name}: no '{word}: {rule['id']}'"


def test_semgreps_own_test_command_passes() -> None:
    quiet = {"SEMGREP_ENABLE_VERSION_CHECK": "0", "SEMGREP_SEND_METRICS": "off"}
    semgrep = Path(sys.executable).with_name("semgrep")
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8"} | quiet
    done = subprocess.run(
        [semgrep, "--test", "--config", RULES / "semgrep", SAMPLE_FOLDER],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All tests passed" in done.stdout + done.stderr
