"""The record as people work in it: what is signed is filed, moves lead on or are refused, and the index is made again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from support.recorded import ID, begun


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    for name in ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD"):
        monkeypatch.delenv(name, raising=False)
    return begun(tmp_path)


def test_a_purchase_goes_from_posted_to_payable_and_paid(desk):
    told = desk.signed_by("requester", "sign", "contract.yml")
    assert "record/contracts/ma-2026-014" in told
    assert desk.state() == "posted"
    desk.signed_by("supplier", "sign", str(desk.contract_files()[0]))
    seen = [desk.state()]
    desk.event("supplier", "started")
    seen.append(desk.state())
    desk.event("supplier", "delivered", "--reference", "1" * 40)
    seen.append(desk.state())
    first = desk.assess(1, tests_pass="unmet")
    seen.append(desk.state())
    desk.decide(first)
    desk.accept(code=1)
    seen.append(desk.state())
    desk.event("supplier", "delivered", "--reference", "2" * 40)
    second = desk.assess(2, "2" * 40)
    desk.decide(second)
    desk.accept()
    seen.append(desk.state())
    desk.certify()
    seen.append(desk.state())
    assert seen == [
        "awarded",
        "in progress",
        "delivered",
        "assessing",
        "changes requested",
        "accepted",
        "certified",
    ]
    assert desk.show()["milestones"][0]["round"] == 2
    listed = json.loads(desk.done("record", "list", "--json", "--record", "record"))
    assert [(one["id"], one["state"]) for one in listed] == [(ID, "certified")]


@pytest.mark.parametrize(
    ("by", "event", "words"),
    [
        ("requester", "resolved", ("--note", "Nobody disputed it.")),
        ("requester", "listed", ("--reference", "https://example.org/code")),
        ("supplier", "invoiced", ("--reference", "2026-17")),
    ],
)
def test_a_move_that_leads_nowhere_is_refused_by_name(desk, by, event, words):
    desk.award()
    before = desk.files()
    told = desk.event(by, event, *words, code=4)
    assert f"{event} is no move from here; the contract: awarded" in told
    assert desk.files() == before | {name: desk.files()[name] for name in desk.files() if "index" in name}


def test_an_event_needs_what_it_is_told_with(desk):
    desk.award()
    assert "disputed needs --note" in desk.event("supplier", "disputed", code=2)
    assert "extended needs --until" in desk.event("requester", "extended", code=2)
    assert "is no day such as" in desk.event("requester", "extended", "--until", "2026-02-30", code=2)


def test_the_index_is_made_again_and_says_the_same(desk):
    desk.award()
    desk.event("supplier", "delivered", "--reference", "1" * 40)
    before = desk.done("record", "list", "--json", "--record", "record")
    for name in desk.folder.glob("record/index.sqlite*"):
        name.unlink()
    assert desk.done("record", "list", "--json", "--record", "record") == before
    assert desk.run("record", "rebuild", "--record", "record")[0] == 0
    assert desk.done("record", "list", "--json", "--record", "record") == before


@pytest.mark.parametrize("change", ["UPDATE contract SET state = 'nonsense'", "UPDATE seen SET size = 'abc'"])
def test_a_spoilt_index_is_told_and_made_again(desk, change):
    desk.award()
    before = desk.done("record", "list", "--json", "--record", "record")
    with closing(sqlite3.connect(desk.folder / "record" / "index.sqlite")) as base, base:
        base.execute(change)
    code, _, told = desk.run("record", "list", "--record", "record")
    assert (code, "`verifier record rebuild` makes it anew" in told) == (2, True)
    desk.done("record", "rebuild", "--record", "record")
    assert desk.done("record", "list", "--json", "--record", "record") == before


def test_a_contract_that_waits_is_indexed_again_as_well(desk):
    desk.signed_by("requester", "sign", "contract.yml")
    for name in desk.folder.glob("record/index.sqlite*"):
        name.unlink()
    listed = json.loads(desk.done("record", "list", "--json", "--record", "record"))
    assert [(one["id"], one["state"]) for one in listed] == [(ID, "posted")]


def test_an_event_is_of_a_commit_a_day_and_a_milestone_that_can_be(desk):
    desk.award()
    assert "no full commit id" in desk.event("supplier", "delivered", "--reference", "main", code=2)
    assert "is past" in desk.event("requester", "extended", "--until", "2020-01-01", code=2)
    assert "no milestone m9: m1" in desk.event("supplier", "started", "--milestone", "m9", code=2)


def test_where_there_is_no_ledger_key_nobody_is_shown_anything(desk):
    told = desk.run("sign", "contract.yml", "--key", "file:requester.key", "--record", "record", "--yes")
    assert told[0] == 2
    assert told[2].startswith("verifier: Give --ledger-key")


def test_what_was_decided_twice_or_revoked_leaves_a_way_on(desk):
    """A decision, a report and an assessment that were revoked count no more, and can be made again."""
    desk.award()
    first = desk.assess(1)
    desk.decide(first)
    assert "counts until revoked" in desk.signed_by(
        "assessor", "decide", str(first), "requirements", "--met", "--rationale", "Again.", code=4
    )
    desk.accept()
    for name in ("acceptance-*", "decision-*", "assessment-*"):
        (made,) = desk.place().glob(name)
        desk.signed_by("assessor", "revoke", str(made), "--reason", "It was wrong.")
    desk.decide(desk.assess(1, "2" * 40))
    desk.accept()
    desk.certify()
    assert desk.state() == "certified"


def test_a_file_that_was_left_lying_says_nothing(desk):
    """Killed between the file and its entry, the same command again is the only one that counts."""
    desk.award()
    assessment = desk.assess(1)
    left = desk.signed(
        "decide", str(assessment), "requirements", "--met", "--rationale", "Left.", by="assessor", to="left"
    )
    left.rename(desk.place() / "decision-left.sigstore.json")
    desk.decide(assessment)
    desk.accept()
    desk.certify()
    assert desk.state() == "certified"
    assert [one["what"] for one in desk.show()["events"]].count("decision") == 1


def test_one_partys_draft_stops_nobody(desk):
    desk.award()
    text = (desk.folder / "contract.yml").read_text().replace("2999-01-01", "2998-01-01")
    (desk.folder / "contract.yml").write_text(text)
    desk.signed_by("requester", "record", "amend", ID, "contract.yml")
    desk.assess(1)
    assert desk.state() == "assessing"


def test_who_is_no_party_signs_no_contract_into_the_record(desk):
    told = desk.signed_by("assessor", "sign", "contract.yml", code=4)
    assert "a.tech is no party of MA-2026-014" in told
    assert not desk.place().exists()


def test_a_record_does_not_say_whom_to_trust(desk):
    settings = desk.folder / "record" / "record.yml"
    settings.write_text(settings.read_text() + "\ntrust: elsewhere\n")
    told = desk.run("record", "list", "--record", "record")
    assert (told[0], "trust" in told[2]) == (2, True)


def test_one_file_that_does_not_hold_stops_no_other_contract(desk):
    desk.award()
    (desk.folder / "record" / "contracts" / "zz").mkdir()
    (desk.folder / "record" / "contracts" / "zz" / "x.sigstore.json").write_text("{}")
    told = desk.run("record", "list", "--record", "record")
    assert (told[0], ID in told[1], "x.sigstore.json" in told[2]) == (0, True, True)


def test_a_title_is_printed_inert(desk):
    text = (
        (desk.folder / "contract.yml").read_text().replace("en: Parcel rates", 'en: "T\\e]0;x\\a\\nMA-2026-999  Fake"')
    )
    (desk.folder / "contract.yml").write_text(text)
    desk.award()
    listed = desk.done("record", "list", "--record", "record")
    assert len(listed.splitlines()) == 1
    assert "\x1b" not in listed


def test_another_spelling_of_the_id_is_the_same_contract(desk):
    desk.award()
    desk.decide(desk.assess(1))
    desk.signed_by("assessor", "accept", "--contract", ID.lower())
    assert desk.state() == "accepted"
    told = desk.run("accept", "--contract", "MA-0", "--key", "file:assessor.key", "--record", "record")
    assert (told[0], "has no contract MA-0" in told[2]) == (2, True)


def test_evidence_that_is_not_what_was_named_files_nothing(desk):
    desk.award()
    assessment = desk.assess(1)
    (desk.folder / "elsewhere").mkdir()
    (desk.folder / "elsewhere" / "report.json").write_text("{}")
    before = desk.done("ledger", "checkpoint", "payments.ledger", "--log-key", "ledger.vkey")
    words = ("record", "file", str(assessment), "--evidence", "elsewhere", "--record", "record")
    assert desk.run(*words, "--ledger-key", "file:ledger.key")[0] == 4
    assert desk.done("ledger", "checkpoint", "payments.ledger", "--log-key", "ledger.vkey") == before
