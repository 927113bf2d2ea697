"""Leads of contract splitting as people meet them: told at the award, listed, answered by who may, and blocking nothing."""

from __future__ import annotations

import json

import pytest
import yaml
from sqlalchemy import create_engine, text
from support import earlier
from support.desks import CONTRACT
from support.recorded import ID, begun

from verifier.procurement.index import Index

SECOND = "MA-2026-015"
HINT = "leads of contract splitting: verifier record leads"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    for name in ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD"):
        monkeypatch.delenv(name, raising=False)
    return begun(tmp_path)


def agree(desk, **terms):
    """A second contract. What was said to the first who signs."""
    wanted = CONTRACT | {"id": SECOND, "awarded": "2026-02-01"} | terms
    (desk.folder / "second.yml").write_text(yaml.safe_dump(wanted))
    said = desk.signed_by("requester", "sign", "second.yml")
    (draft,) = desk.place(SECOND).glob("contract-*")
    desk.signed_by("supplier", "sign", str(draft))
    return said


def leads(desk, *contract):
    return json.loads(desk.done("record", "leads", *contract, "--json", "--record", "record"))


def test_the_second_contract_of_one_kind_has_leads_and_the_first_has_none(desk):
    desk.award()
    assert leads(desk) == []
    said = agree(desk)
    assert f"4 {HINT} {SECOND}\n" in said
    found = leads(desk, SECOND)
    assert [one["rule"] for one in found] == ["same-supplier", "back-to-back", "same-requester", "same-repository"]
    first = found[0]
    assert (first["total"], first["currency"], first["from"], first["until"]) == (
        1_469_000,
        "CAD",
        "2026-01-01",
        "2026-02-01",
    )
    assert [one["contract"] for one in first["purchases"]] == [ID, SECOND]
    assert first["answer"] is None
    assert leads(desk, ID) == []
    assert leads(desk) == found


def test_a_lead_is_answered_in_the_record_and_is_then_open_no_more(desk):
    desk.award()
    agree(desk)
    told = ("record", "event", SECOND, "explained", "--reference", "same-supplier")
    desk.signed_by("requester", *told, "--note", "Two different services.")
    answer = leads(desk, SECOND)[0]["answer"]
    assert (answer["by"], answer["note"]) == ("r.client", "Two different services.")
    assert "same-supplier" not in [one["rule"] for one in leads(desk)]
    page = desk.done("record", "leads", SECOND, "--record", "record")
    assert "[x] r.client" in page
    assert page.count("[ ] nobody has answered yet") == 3
    assert json.loads(desk.done("record", "show", SECOND, "--json", "--record", "record"))["state"] == "awarded"
    assert f"3 {HINT} {SECOND}" in desk.run("record", "show", SECOND, "--record", "record")[2]


@pytest.mark.parametrize("by", ["supplier", "certifier"])
def test_a_lead_is_answered_by_requester_or_assessor_alone(desk, by):
    desk.award()
    words = ("--reference", "back-to-back", "--note", "As it was planned.")
    before = desk.show()["events"]
    desk.event(by, "explained", *words, code=4)
    assert desk.show()["events"] == before
    desk.event("assessor", "explained", *words)
    assert [one["what"] for one in desk.show()["events"]] == ["awarded", "explained"]


def test_an_answer_needs_a_rule_and_words(desk):
    desk.award()
    assert "explained needs --note" in desk.event("requester", "explained", "--reference", "same-supplier", code=2)
    assert "explained needs --reference" in desk.event("requester", "explained", "--note", "Why.", code=2)
    said = desk.event("requester", "explained", "--reference", "else", "--note", "Why.", code=2)
    assert "same-supplier, back-to-back" in said


def test_rules_that_are_off_and_other_limits_are_the_records_own(desk):
    desk.award()
    agree(desk)
    settings = desk.folder / "record" / "record.yml"
    own = {"same-supplier": "off", "same-requester": {"window": 30}, "back-to-back": "off", "same-repository": "off"}
    settings.write_text(settings.read_text() + yaml.safe_dump({"guardrails": own}))
    assert leads(desk, SECOND) == []
    settings.write_text(settings.read_text().replace("window: 30", "windows: 30"))
    code, _, said = desk.run("record", "leads", "--record", "record")
    assert (code, "windows" in said) == (2, True), said


def test_an_amendment_is_asked_about_anew(desk):
    desk.award()
    agree(desk, repository="https://127.0.0.1:9/other.git")
    assert leads(desk, ID) == []
    (desk.folder / "contract.yml").write_text(yaml.safe_dump(CONTRACT | {"payee": "Another name"}))
    said = desk.signed_by("requester", "record", "amend", ID, "contract.yml")
    assert f"3 {HINT} {ID}" in said


def test_words_alike_are_found_through_the_index(desk):
    words = "The service computes parcel rates from weight, distance and customs duties for every province."
    terms = {"requirements": [{"id": "r", "text": {"en": words, "fr": "Elle calcule."}}]}
    (desk.folder / "contract.yml").write_text(yaml.safe_dump(CONTRACT | terms))
    desk.award()
    agree(desk, **terms, repository="https://127.0.0.1:9/other.git", awarded="2026-12-30")
    assert "same-requirements" in [one["rule"] for one in leads(desk, SECOND)]


def test_a_record_with_an_index_of_the_first_form_has_its_leads(desk):
    """What the index did not have yet is filled in when it is next opened."""
    desk.award()
    agree(desk)
    wanted = leads(desk)
    back(desk.folder / "record" / "index.sqlite")
    assert leads(desk) == wanted
    assert leads(desk, SECOND) == wanted


def back(path):
    """To the first form, as a record of that time has it."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM term"))
    earlier.back(path, "0001")
    with engine.connect() as connection:
        assert "words" not in connection.execute(text("SELECT * FROM contract")).keys()  # noqa: SIM118 - columns
    engine.dispose()


def test_the_index_opens_twice(tmp_path):
    for _ in range(2):
        index = Index.beside(tmp_path)
        assert index.purchases() == []
        index.close()


def test_an_index_that_was_lost_has_contracts_that_wait_for_a_signature_again(desk):
    desk.award()
    (desk.folder / "second.yml").write_text(yaml.safe_dump(CONTRACT | {"id": SECOND}))
    desk.signed_by("requester", "sign", "second.yml")
    before = desk.done("record", "list", "--json", "--record", "record")
    for name in desk.folder.glob("record/index.sqlite*"):
        name.unlink()
    assert desk.done("record", "list", "--json", "--record", "record") == before
    assert [one["state"] for one in json.loads(before)] == ["awarded", "posted"]


def test_a_contract_that_one_party_signed_is_related_to_nothing(desk):
    (desk.folder / "second.yml").write_text(yaml.safe_dump(CONTRACT | {"id": SECOND}))
    desk.signed_by("requester", "sign", "second.yml")
    desk.award()
    assert leads(desk, ID) == []
    assert len(leads(desk, SECOND)) == 4, "it would be the later one"
    assert leads(desk) == [], "and is in no list before it is agreed"
