"""When a purchase goes otherwise: amended, late, disputed, ended, waived, paid milestone by milestone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from support.desks import CONTRACT, REPOSITORY
from support.recorded import FILED, ID, Recorded, begun

from verifier.procurement import business

TWO = [
    {"id": "m1", "title": {"en": "Code", "fr": "Code"}, "price": "6500.00", "tax": "845.00", "due": "2026-01-05"},
    {"id": "m2", "title": {"en": "Guide", "fr": "Guide"}, "price": "1000.00", "tax": "130.00", "due": "2998-12-31"},
]


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Recorded:
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    for name in ("VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD"):
        monkeypatch.delenv(name, raising=False)
    return begun(tmp_path)


def agreed(desk: Recorded, **more: object) -> Path:
    """The contract file, with some terms other."""
    path = desk.folder / "contract.yml"
    path.write_text(yaml.safe_dump(CONTRACT | {"repository": REPOSITORY} | more, allow_unicode=True))
    return path


def milestone(desk: Recorded, name: str) -> dict[str, object]:
    return next(one for one in desk.show()["milestones"] if one["id"] == name)


def test_one_milestone_is_accepted_with_a_waiver_and_certified_and_the_other_ends(desk):
    agreed(desk, milestones=TWO)
    desk.award()
    desk.event("supplier", "delivered", "--milestone", "m1", "--reference", "1" * 40)
    assessment = desk.assess(1, milestone="m1", tests_coverage="unmet")
    desk.decide(assessment)
    words = ("tests.coverage", "--reason", "Elsewhere.", "--until", "2998-12-31")
    desk.signed_by("assessor", "waive", str(assessment), *words)
    desk.signed_by("assessor", "accept", "--contract", ID, "--milestone", "m1")
    money = ("--amount", "7345.00", "--invoice", "2026-17")
    desk.signed_by("certifier", "certify", "--contract", ID, "--milestone", "m1", *money)
    assert (milestone(desk, "m1")["state"], milestone(desk, "m2")["state"]) == ("certified", "awarded")
    desk.event("requester", "terminated", "--milestone", "m2", "--note", "Withdrawn.")
    assert (milestone(desk, "m1")["state"], milestone(desk, "m2")["state"]) == ("certified", "terminated")
    assert desk.state() == "certified"


def test_a_dispute_holds_until_it_is_resolved_and_keeps_its_words(desk):
    desk.award()
    desk.event("supplier", "disputed", "--note", "The price was another.")
    assert desk.state() == "disputed"
    assert "no move from here" in desk.event("supplier", "delivered", "--reference", "1" * 40, code=4)
    desk.event("requester", "resolved", "--note", "It was not.")
    assert desk.state() == "awarded"
    page = desk.done("record", "show", ID, "--record", "record")
    assert page.index("The price was another.") < page.index("It was not.")


def test_what_is_late_is_said_and_another_day_makes_it_not_so(desk):
    agreed(desk, milestones=TWO)
    desk.award()
    assert (milestone(desk, "m1")["late"], milestone(desk, "m2")["late"]) == (True, False)
    desk.event("requester", "extended", "--milestone", "m1", "--until", "2998-01-01")
    assert milestone(desk, "m1") | {"late": False, "due": "2998-01-01"} == milestone(desk, "m1")
    assert "late since" not in desk.done("record", "show", ID, "--record", "record")


def test_the_time_to_mend_runs_in_business_days(desk):
    agreed(desk, cure={"days": 10, "holidays": "CA-ON"})
    desk.award()
    desk.decide(desk.assess(1, tests_pass="unmet"))
    desk.accept(code=1)
    shown = desk.show()
    rejected = next(one["time"] for one in shown["events"] if one["what"] == "rejected")[:10]
    due = str(shown["milestones"][0]["due"])
    assert due == business.after(date.fromisoformat(rejected), 10, "CA-ON").isoformat()


def test_an_unknown_calendar_is_refused_before_anything_is_signed(desk):
    agreed(desk, cure={"days": 10, "holidays": "ZZ"})
    told = desk.signed_by("requester", "sign", "contract.yml", code=2)
    assert "no calendar of holidays for ZZ" in told
    assert not desk.place().exists()


def test_an_amendment_counts_once_both_signed_it(desk):
    desk.award()
    agreed(desk, ends="2998-12-31", commitment="4500012345")
    told = desk.signed_by("requester", "record", "amend", ID, "contract.yml", "--output", "amended.sigstore.json")
    assert "ends: 2999-01-01T23:59:59Z → 2998-12-31T23:59:59Z" in told
    assert "commitment: nothing → 4500012345" in told
    assert desk.show()["terms"]["ends"] == "2999-01-01T23:59:59Z"
    desk.signed_by("supplier", "sign", "amended.sigstore.json")
    assert desk.show()["terms"]["ends"] == "2998-12-31T23:59:59Z"
    assert desk.state() == "awarded"
    desk.assess(1)
    assert desk.state() == "assessing"


def test_an_amendment_that_changes_nothing_or_another_contract_is_refused(desk):
    desk.award()
    assert "was agreed already" in desk.signed_by("requester", "record", "amend", ID, "contract.yml", code=2)
    agreed(desk, id="MA-2026-099")
    assert "another id" in desk.signed_by("requester", "record", "amend", ID, "contract.yml", code=2)


def test_the_gate_answers_for_the_contract_that_is_named(desk):
    """Nothing is delivered from this repository, so it is not yet; the answer is in the record."""
    desk.award()
    assert desk.gate(3)["answer"] == "not-yet"
    assert [one["what"] for one in desk.show()["events"]][-1] == "not-yet"
    told = desk.run("gate", "--key", "file:gate.key", *FILED[:-1])
    assert (told[0], "give --record and --contract" in told[2]) == (2, True)


def test_a_record_that_is_none_is_one_sentence(desk):
    told = desk.run("record", "list", "--record", "elsewhere")
    assert told[0] == 2
    assert "elsewhere is no procurement record" in told[2]
    assert desk.run("record", "init", "record")[0] == 2
