"""The record as people work in it: what is signed is filed, moves lead on or are refused, and the index is made again."""

from __future__ import annotations

import json

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
    assert f"{event} is no move from here: the contract is awarded" in told
    assert desk.files() == before | {name: desk.files()[name] for name in desk.files() if "index" in name}


def test_an_event_needs_what_it_is_told_with(desk):
    desk.award()
    assert "disputed needs --note" in desk.event("supplier", "disputed", code=2)
    assert "extended needs --until" in desk.event("requester", "extended", code=2)
    assert "not a day" in desk.event("requester", "extended", "--until", "2026-02-30", code=2)


def test_the_index_is_made_again_and_says_the_same(desk):
    desk.award()
    desk.event("supplier", "delivered", "--reference", "1" * 40)
    before = desk.done("record", "list", "--json", "--record", "record")
    for name in desk.folder.glob("record/index.sqlite*"):
        name.unlink()
    assert desk.done("record", "list", "--json", "--record", "record") == before
    assert desk.run("record", "rebuild", "--record", "record")[0] == 0
    assert desk.done("record", "list", "--json", "--record", "record") == before


def test_a_contract_that_waits_is_indexed_again_as_well(desk):
    desk.signed_by("requester", "sign", "contract.yml")
    for name in desk.folder.glob("record/index.sqlite*"):
        name.unlink()
    listed = json.loads(desk.done("record", "list", "--json", "--record", "record"))
    assert [(one["id"], one["state"]) for one in listed] == [(ID, "posted")]
