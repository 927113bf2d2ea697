"""An audit pack: what is in it, that it is the same each time, and that it is verified with nothing else at hand."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from support import packed
from support.desks import COMMIT
from support.recorded import ID, begun

from verifier.cli import signing
from verifier.rulebook.folder import criteria_digest, sha256

ROOT = Path(__file__).parents[3]


def fingerprint(desk) -> str:
    return sha256((desk.folder / "trust" / "pins.json").read_bytes())


def verified(desk, *words: str) -> dict:
    return json.loads(desk.done("verify", "pack.zip", "--json", *words))


# What is in it -----------------------------------------------------------------------------------------------------------


def test_it_holds_all_that_the_record_has(bought):
    files = packed.members(bought.folder / "pack.zip")
    for path in bought.place().glob("*.sigstore.json"):
        assert files[f"statements/{path.name}"] == path.read_bytes()
    for path in (bought.place() / "evidence").iterdir():
        assert files[f"evidence/{path.name}"] == path.read_bytes()
    assert files["trust/pins.json"] == (bought.folder / "trust" / "pins.json").read_bytes()
    entries = [name for name in files if name.startswith("ledger/entries/")]
    assert len(entries) == len(bought.show()["events"])
    assert json.loads(files["manifest.json"])["missing"] == []
    (report,) = [name for name in files if name.endswith("/report.fr.md")]
    assert "EN ATTENTE" in files[report].decode()
    assert {"README.md", "LISEZMOI.md", "history/history.html", "history/history.fr.md"} < files.keys()
    history = json.loads(files["history/record.json"])
    assert [one["what"] for one in history["events"]] == [one["what"] for one in bought.show()["events"]]


def test_the_criteria_come_to_the_digest_of_the_contract(bought):
    files = packed.members(bought.folder / "pack.zip")
    (digest,) = {name.split("/")[1] for name in files if name.startswith("criteria/")}
    begin = f"criteria/{digest}/"
    own = {name.removeprefix(begin): sha256(raw) for name, raw in files.items() if name.startswith(begin)}
    assert criteria_digest(own) == digest
    shipped = ROOT / "rules" / "profiles" / "micro-ca.yml"
    assert files[f"{begin}criteria.yml"] == shipped.read_bytes()


def test_the_buyers_own_criteria_are_those_of_the_folder(desk):
    own = desk.folder / "own.yml"
    own.write_text("profile: own\nversion: 1\nextends: micro-ca\ncriteria:\n  - {id: tests.coverage, at_least: 90 %}\n")
    contract = (desk.folder / "contract.yml").read_text().replace("MA-2026-014", "MA-2026-015")
    (desk.folder / "other.yml").write_text(contract)
    desk.signed_by("requester", "sign", "other.yml", "--criteria", "own.yml")
    (draft,) = desk.place("MA-2026-015").glob("contract-*")
    desk.signed_by("supplier", "sign", str(draft))
    words = ("record", "pack", "MA-2026-015", "--record", "record", "--output", "pack.zip")
    code, _, said = desk.run(*words)
    assert (code, "the ledger speak of: 1;" in said) == (0, True)
    assert [one["what"] for one in verified(desk)["pack"]["missing"]] == ["criteria"]
    shutil.copy(own, desk.place("MA-2026-015") / "criteria.yml")
    desk.done(*words)
    assert verified(desk)["pack"]["missing"] == []
    files = packed.members(desk.folder / "pack.zip")
    assert [raw for name, raw in files.items() if name.endswith("/criteria.yml")] == [own.read_bytes()]


def test_nothing_private_and_nothing_of_the_machine_is_in_it(desk):
    shutil.copy(desk.folder / "root.key", desk.folder / "trust" / "root.key")
    shutil.copy(desk.folder / "root.key", desk.place() / "root.key")
    raw = packed.pack(desk).read_bytes()
    assert b"PRIVATE KEY" not in raw
    assert str(desk.folder).encode() not in raw
    names = set(zipfile.ZipFile(desk.folder / "pack.zip").namelist())
    assert {name for name in names if name.startswith("trust/")} == {
        f"trust/{path.name}" for path in (desk.folder / "trust").iterdir() if path.name.startswith(("pins", "policy-"))
    }


def test_the_same_record_makes_the_same_bytes_on_another_day(desk, monkeypatch):
    first = packed.pack(desk, "first.zip").read_bytes()
    monkeypatch.setattr(signing, "now", lambda: "2031-05-05T05:05:05Z")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("LANG", "fr_CA.UTF-8")
    assert packed.pack(desk, "second.zip").read_bytes() == first


def test_a_contract_that_is_not_there(desk):
    assert desk.run("record", "pack", "MA-1", "--record", "record", "--output", "other.zip")[0] == 2
    assert not (desk.folder / "other.zip").exists()


def test_evidence_that_was_changed_makes_no_pack(desk):
    (one, *_) = sorted((desk.place() / "evidence").iterdir())
    one.write_bytes(b"{}")
    before = desk.files()
    code, _, said = desk.run("record", "pack", ID, "--record", "record", "--output", "pack.zip")
    assert (code, "not what its name says" in said) == (4, True)
    assert desk.files()["pack.zip"] == before["pack.zip"]
    assert not list(desk.folder.glob(".pack*"))


@pytest.mark.parametrize(("log", "why"), [(False, "was not kept"), (True, "deleted when its time was over")])
def test_what_is_not_there_is_said_aloud(desk, log, why):
    gone = sha256(packed.OUTPUT)
    (desk.place() / "evidence" / gone).unlink()
    if log:
        (desk.place() / "deleted.jsonl").write_text(json.dumps({"digest": gone, "rule": "tool-output"}) + "\n")
    files = packed.members(packed.pack(desk))
    assert re.search(rf"tests/results.json.*{gone}.*{why}", files["README.md"].decode())
    (one,) = json.loads(files["manifest.json"])["missing"]
    assert one == {"what": "evidence", "name": "tests/results.json", "digest": gone, "deleted": log}
    assert f"Not in it: tests/results.json {gone[:16]}, {why}" in desk.done("verify", "pack.zip")
    assert verified(desk)["pack"]["missing"] == [one]


def test_a_statement_that_only_the_ledger_knows_is_said_aloud(desk):
    (decision,) = desk.place().glob("decision-*")
    decision.unlink()
    packed.pack(desk)
    (one,) = verified(desk)["pack"]["missing"]
    assert (one["what"], one["name"]) == ("statement", "decision")


def test_a_release_that_lies_in_the_ledger_alone_is_taken_from_there(desk):
    (release,) = desk.place().glob("release-*.sigstore.json")
    kept = release.read_bytes()
    release.unlink()
    files = packed.members(packed.pack(desk))
    assert [raw for name, raw in files.items() if name.startswith("statements/release-")] == [kept]


# Verified ----------------------------------------------------------------------------------------------------------------


def test_it_is_verified_by_pins_of_ones_own(bought):
    told = verified(bought, "--trust", "trust")
    assert told["pack"]["held"]
    assert told["pack"]["pins"] == {"fingerprint": fingerprint(bought), "own": True}
    steps = {one["kind"]: [step["step"] for step in one["steps"]] for one in told["files"]}
    assert steps["assessment"][-1] == "evidence"
    assert steps["release"][-1] == "recorded"
    assert "THE ROOT KEYS CAME" not in bought.done("verify", "pack.zip", "--trust", "trust")


def test_without_pins_it_says_so_loudly(alone, bought):
    told = alone.done("verify", "pack.zip")
    assert told.startswith("THE ROOT KEYS CAME WITH THE PACK")
    assert fingerprint(bought) in told
    assert verified(alone)["pack"]["pins"]["own"] is False


def test_a_fingerprint_is_enough(alone, bought):
    assert verified(alone, "--pins", fingerprint(bought).upper())["pack"]["pins"]["own"]
    code, out, said = alone.run("verify", "pack.zip", "--pins", "0" * 64)
    assert (code, out) == (4, "")
    assert f"The root keys have the fingerprint {fingerprint(bought)}, not the one that you gave" in said


def test_a_folder_without_pins_that_was_named_is_no_reason_to_trust_the_pack(alone):
    assert alone.run("verify", "pack.zip", "--trust", "nowhere")[0] == 4
    (alone.folder / "trust").mkdir()
    assert alone.run("verify", "pack.zip")[0] == 4


def test_pins_of_somebody_else_refuse_it(alone, bought, tmp_path):
    (tmp_path / "other").mkdir()
    other = bought.copy(tmp_path / "other")
    shutil.rmtree(other.folder / "trust")
    other.done("trust", "init", "roster.yml", "--key", "file:root-2.key", "--yes")
    code, out, said = alone.run("verify", "pack.zip", "--trust", str(other.folder / "trust"), "--json")
    assert (code, json.loads(out)["code"]) == (4, "pack-roots")
    assert f"no trust policy signed by the root keys that you trust (fingerprint {fingerprint(other)})" in said


def test_a_newer_policy_of_ones_own_counts(desk, alone):
    """A key that was revoked after the pack was made signed nothing that still counts: nobody stamped when."""
    (key,) = [line.split()[0] for line in desk.done("keys", "show", "assessor.pub").splitlines() if line][:1]
    key = re.search(r"[0-9a-f]{64}", desk.done("keys", "show", "assessor.pub"))[0]
    words = ("trust", "revoke", "--key-id", key, "--reason", "Stolen.", "--key", "file:root.key", "--yes")
    desk.done(*words)
    assert alone.run("verify", "pack.zip")[0] == 0
    code, out, _ = alone.run("verify", "pack.zip", "--trust", str(desk.folder / "trust"))
    assert (code, "(key-revoked)" in out) == (4, True)


def test_years_later_it_is_judged_as_of_when_it_was_entered(alone, monkeypatch):
    monkeypatch.setattr(signing, "now", lambda: "3001-01-01T00:00:00Z")
    assert "The trust policy expired since" in alone.done("verify", "pack.zip")


def test_what_was_revoked_is_told_and_breaks_nothing(desk):
    (decision,) = desk.place().glob("decision-*")
    desk.signed_by("assessor", "revoke", str(decision), "--reason", "Tried the wrong one.")
    packed.pack(desk)
    told = verified(desk)
    assert list(told["pack"]["revoked"]) == [one["digest"] for one in told["files"] if one["kind"] == "decision"]
    kinds = {one["kind"]: one["code"] for one in told["files"]}
    assert kinds["revocation"] is None
    assert "Revoked from" in desk.done("verify", "pack.zip")


def test_a_machine_that_never_saw_the_rest(alone, bought, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    words = [sys.executable, "-m", "verifier", "verify", "pack.zip", "--pins", fingerprint(bought)]
    done = subprocess.run(words, cwd=alone.folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Audit pack of contract MA-2026-014: it holds." in done.stdout
    assert [one.name for one in alone.folder.iterdir()] == ["pack.zip"]
    assert not list(home.iterdir())


def test_it_is_told_in_french_where_that_is_asked(alone):
    assert alone.done("verify", "pack.zip", "--language", "fr")


@pytest.mark.parametrize(
    "words",
    [
        ("--evidence", "."),
        ("--ledger", "pack.zip"),
        ("--proof", "pack.zip", "--entry", "pack.zip"),
        ("pack.zip",),
    ],
    ids=lambda words: words[0],
)
def test_what_goes_with_no_pack(alone, words):
    assert alone.run("verify", "pack.zip", *words)[0] == 2


def test_pins_go_with_a_pack_alone(bought):
    assert bought.run("verify", "record/contracts/ma-2026-014", "--pins", "0" * 64)[0] == 2


# By hand -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def unpacked(alone):
    subprocess.run(["unzip", "-q", "pack.zip"], cwd=alone.folder, check=True)
    return alone.folder


def test_the_digests_hold_by_hand(unpacked):
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=unpacked, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("page", ["README.md", "LISEZMOI.md"])
def test_each_command_of_the_page_says_yes(unpacked, page):
    commands = re.findall(r"^    (openssl .*)$", (unpacked / page).read_text(), re.MULTILINE)
    policies = list((unpacked / "trust").glob("policy-*"))
    assert len(commands) == len(list((unpacked / "statements").iterdir())) + len(policies)
    for command in commands:
        done = subprocess.run(command.split(), cwd=unpacked, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "Verified OK\n"), command


# Large evidence ----------------------------------------------------------------------------------------------------------


def test_large_evidence_is_never_held_whole(typed, tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "OUTPUT", bytes(64_000_000))
    desk = begun(tmp_path)
    desk.award()
    packed.assess(desk, COMMIT)
    tracemalloc.start()
    try:
        assert packed.pack(desk).stat().st_size > len(packed.OUTPUT)
        told = verified(desk)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert told["pack"]["held"]
    assert peak < 48_000_000
