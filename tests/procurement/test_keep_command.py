"""`verifier record keep`: what it deletes and leaves, and that the record says what is not there any more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from support.desks import PASSPHRASE
from support.recorded import ID, Recorded, begun


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """Assessed, its report kept, and terminated."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VERIFIER_PASSPHRASE", PASSPHRASE)
        for name in ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD"):
            patch.delenv(name, raising=False)
        made = begun(tmp_path_factory.mktemp("ended"))
        made.award()
        made.event("supplier", "delivered", "--reference", "1" * 40)
        first = made.assess(1, tests_pass="unmet")
        made.done("record", "file", str(first), "--evidence", ".", *WHERE, "--ledger-key", "file:ledger.key")
        made.event("requester", "terminated", "--note", "Not delivered in time.")
        yield made


WHERE = ("--record", "record")


@pytest.fixture
def desk(ended, tmp_path):
    return Recorded(ended.copy(tmp_path).folder)


def kept(desk: Recorded, **said: object) -> None:
    path = desk.folder / "record" / "record.yml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "keep": said}))


def in_the_year(monkeypatch, year: int) -> None:
    monkeypatch.setattr("verifier.cli.signing.now", lambda: f"{year}-12-31T12:00:00Z")


def report_of(desk: Recorded) -> Path:
    (found,) = desk.place().glob("evidence/*")
    return found


def test_by_default_reports_and_statements_stay_for_ever(desk, monkeypatch):
    before = {path: path.read_bytes() for path in desk.place().rglob("*") if path.is_file()}
    in_the_year(monkeypatch, 2990)
    assert desk.run("record", "keep", *WHERE) == (0, "", "0 files deleted.\n")
    assert {path: path.read_bytes() for path in desk.place().rglob("*") if path.is_file()} == before


def test_what_is_past_its_time_is_shown_then_deleted_and_the_record_says_so(desk, monkeypatch):
    kept(desk, reports=3)
    path = report_of(desk)
    in_the_year(monkeypatch, 2040)
    code, out, told = desk.run("record", "keep", "--dry-run", *WHERE)
    assert (code, told) == (0, "1 file is past its time.\n")
    assert f"{ID}: report.json, by rule reports: 3 after" in out
    assert path.exists()
    code, shown, told = desk.run("record", "keep", *WHERE)
    assert (code, shown, told) == (0, out, "1 file deleted.\n")
    assert not path.exists()
    (gone,) = desk.show()["deleted"]
    assert (gone["digest"], gone["rule"], gone["time"]) == (path.name, "reports: 3", "2040-12-31T12:00:00Z")
    page = desk.done("record", "show", ID, *WHERE)
    assert f"report.json: deleted on 2040-12-31 by rule reports: 3, digest {path.name}" in page
    french = desk.done("record", "show", ID, *WHERE, "--language", "fr")
    assert path.name in french
    assert desk.run("record", "keep", ID, *WHERE)[2] == "0 files deleted.\n"


def test_statements_still_verify_after_it(desk, monkeypatch):
    kept(desk, reports=0)
    in_the_year(monkeypatch, 2040)
    desk.done("record", "keep", *WHERE)
    monkeypatch.undo()
    assert desk.run("verify", str(desk.place()), *WHERE)[0] == 0


@pytest.mark.parametrize("hold", [True, [ID]], ids=["all", "this"])
def test_a_hold_of_the_record_keeps_it(desk, monkeypatch, hold):
    kept(desk, reports=0, hold=hold)
    in_the_year(monkeypatch, 2040)
    assert desk.run("record", "keep", *WHERE) == (0, "", "0 files deleted.\n")


def test_a_statement_that_does_not_hold_deletes_nothing_there(desk, monkeypatch):
    kept(desk, reports=0)
    path = next(desk.place().glob("record-event-*"))
    path.write_bytes(path.read_bytes().replace(b'"payload":"e', b'"payload":"f'))
    in_the_year(monkeypatch, 2040)
    code, _, told = desk.run("record", "keep", *WHERE)
    assert code == 4
    assert path.name in told
    assert report_of(desk).exists()


def test_statements_cannot_be_given_a_time(desk):
    kept(desk, statements=10)
    code, _, told = desk.run("record", "keep", *WHERE)
    assert code == 2
    assert "must be never: what is signed is the record" in told


def test_a_contract_that_is_not_there_is_one_sentence(desk):
    code, _, told = desk.run("record", "keep", "MA-1", *WHERE)
    assert code == 2
    assert "The record has no contract MA-1." in told


def test_the_log_is_lines_of_json_that_only_grow(desk, monkeypatch):
    kept(desk, reports=0)
    in_the_year(monkeypatch, 2040)
    desk.done("record", "keep", *WHERE)
    path = desk.place() / "deleted.jsonl"
    before = path.read_bytes()
    assert [json.loads(line)["step"] for line in before.splitlines()] == ["begun", "deleted"]
    desk.done("record", "keep", *WHERE)
    assert path.read_bytes() == before
