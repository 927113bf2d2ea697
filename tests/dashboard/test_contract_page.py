"""The page of one contract: what is next, what may be paid, what happened; and one that cannot be trusted."""

import json
import re
from dataclasses import replace

import pytest
from support.booked import Desk, digest
from support.chains import contract, signed_file
from support.filed import agreed, event
from support.shown import CERTIFIED, DISPUTED, ROUNDS, altered, more, sources

from verifier.dashboard import paying, site
from verifier.dashboard.build import build
from verifier.dashboard.layout import Scene, html, table, twin
from verifier.dashboard.page import Query
from verifier.dashboard.pages.contract import Contract, address_of
from verifier.procurement.record import Record
from verifier.procurement.store import alike


def page(found, name):
    return site.found(found, address_of(alike(name)), Query())


def written(found, name, language="en"):
    return html(page(found, name), language, Scene(site.NAVIGATION))


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with sources(tmp_path_factory.mktemp("record"), 3) as made:
        more(made.records)
        yield made


def test_what_is_next_says_who_may_do_it_and_how(found):
    (step,) = page(found, "MA-2026-002").document["next"]
    assert (step["role"], step["milestone"]) == ("assessor", "m1")
    assert "assessor" in step["people"]
    assert step["command"].startswith("verifier assess ")
    assert "The delivery waits to be assessed" in written(found, "MA-2026-002")


def test_nothing_may_be_paid_that_the_gate_was_not_asked_about(found):
    (one,) = page(found, CERTIFIED).document["milestones"]
    assert one["payable"]["answer"] == "not yet"
    assert "Payable: not yet" in written(found, CERTIFIED)
    assert "Payable: yes" not in written(found, CERTIFIED)


def test_the_gates_answer_is_said_in_words_with_its_code(tmp_path):
    with sources(tmp_path, 1) as made:
        desk = Desk(tmp_path / "payments.ledger")
        more(made.records)
        desk.gate(edits={"contract": {"id": CERTIFIED}}, left_out=frozenset({"certification"}))
        (one,) = page(made, CERTIFIED).document["milestones"]
        assert (one["payable"]["answer"], [why["code"] for why in one["payable"]["reasons"]]) == (
            "not yet",
            ["certification-missing"],
        )
        assert "There is no certification yet." in written(made, CERTIFIED)
        assert "the gate said not yet" in written(made, CERTIFIED)


def test_what_was_released_may_be_paid_and_is_not_while_there_is_a_dispute(tmp_path):
    with sources(tmp_path, 0) as made:
        more(made.records)
        Desk(tmp_path / "payments.ledger").gate(edits={"contract": {"id": CERTIFIED}})
        record = made.records.record(CERTIFIED)
        assert paying.payable(record.milestones[0])["answer"] == "yes"
        disputed = Record(record.id, (*record.events, _like(record.events[-1], what="disputed")))
        assert paying.payable(disputed.milestones[0])["answer"] == "not yet"
        paid = Record(record.id, (*record.events, _like(record.events[-1], what="paid")))
        assert paying.payable(paid.milestones[0])["answer"] == "paid"


def _like(one, **other):
    return replace(one, position=one.position + 1, **other)


def test_every_event_stands_in_the_timeline_newest_last_with_its_digest(found):
    told = page(found, CERTIFIED)
    events = told.document["events"]
    assert [one["what"] for one in events] == ["awarded", "assessed", "decision", "accepted", "certified"]
    text = written(found, CERTIFIED)
    for one in events:
        assert f'id="entry-{one["entry"]}"' in text
        assert one["statement"] in text
    assert "Seen working." in text
    assert len(table(told).splitlines()) == len(events) + 1
    assert json.loads(twin(told))["events"] == events


def test_a_hostile_note_is_inert(found):
    text = written(found, DISPUTED)
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert "&lt;b&gt;note" in text


def test_the_two_newest_rounds_are_compared(found):
    (told,) = page(found, ROUNDS).document["rounds"]
    assert [len(told["compared"][part]) for part in ("fixed", "new", "still")] == [1, 1, 1]
    text = written(found, ROUNDS)
    assert "Fixed: 1 finding" in text
    assert "New: 1 finding" in text
    assert all(f"{side['report']}.html" in text for side in told["rounds"])


def test_a_report_that_was_changed_is_said_to_be_and_leads_nowhere(tmp_path):
    with sources(tmp_path, 0) as made:
        more(made.records)
        for path in made.records.store.kept(ROUNDS):
            path.write_bytes(path.read_bytes() + b" ")
        text = written(made, ROUNDS)
    assert "is not the one that was signed" in text
    assert "/reports/" not in text


def test_no_report_is_linked_that_is_not_kept(found):
    assert "/reports/" not in written(found, CERTIFIED)


def test_a_contract_with_a_file_that_does_not_hold_is_said_to_be_untrusted_and_stops_no_other(tmp_path):
    (tmp_path / "record").mkdir()
    with sources(tmp_path / "record", 2) as made:
        (path,) = made.records.store.files("MA-2026-001")[-1:]
        altered(path)
        build(made, tmp_path / "site")
    text = (tmp_path / "site" / "en" / "contracts" / "ma-2026-001.html").read_text()
    main, _, signatures = text[text.index("<main") :].partition('<section aria-labelledby="signatures">')
    assert path.name in signatures
    assert re.search(r"<h1>This contract cannot be trusted</h1>", main)
    assert path.name in main
    assert str(tmp_path) not in text
    assert not re.search(r"accepted|certified|payable: yes|✓|good", main, re.IGNORECASE)
    assert "This contract cannot be trusted" not in (tmp_path / "site/en/contracts/ma-2026-000.html").read_text()


def test_one_that_the_index_never_saw_has_its_page_and_is_named_first_in_the_list(tmp_path):
    (tmp_path / "record").mkdir()
    with sources(tmp_path / "record", 2) as made:
        altered(made.records.store.files("MA-2026-001")[0])
    for name in (tmp_path / "record").glob("index.sqlite*"):
        name.unlink()
    with sources(tmp_path / "record", 0) as made:
        build(made, tmp_path / "site")
    assert (tmp_path / "site/fr/contracts/ma-2026-001.html").is_file()
    listed = (tmp_path / "site/en/contracts.html").read_text()
    assert listed.index("1 contract cannot be trusted") < listed.index("MA-2026-000")
    assert 'href="../en/contracts/ma-2026-001.html"' in listed


def test_a_page_is_made_again_once_anything_of_it_is_another(tmp_path):
    (tmp_path / "record").mkdir()
    with sources(tmp_path / "record", 2) as made:
        section = Contract()

        def stamps():
            vars(made).pop("contracts", None)
            return {one.address: one.stamp for one in section.places(made)}

        before = stamps()
        assert stamps() == before
        made.records.store.keep_evidence("MA-2026-000", b"more")
        after = stamps()
        assert [name for name in before if before[name] != after[name]] == ["contracts/ma-2026-000"]
        altered(made.records.store.files("MA-2026-001")[0])
        assert stamps()["contracts/ma-2026-001"] != before["contracts/ma-2026-001"]


def test_how_a_lead_was_explained_is_for_the_team_alone(tmp_path):

    with sources(tmp_path, 1) as made:
        told = event(contract(id="MA-2026-000"), "explained")
        told = replace(told, predicate={**told.predicate, "reference": "same-supplier", "note": "Two works."})
        made.records.file([signed_file(told, "requester")])
        assert "Two works." not in written(made, "MA-2026-000")
        assert "Two works." in written(replace(made, team=True), "MA-2026-000")


def test_an_amendment_is_shown_place_by_place(tmp_path):
    with sources(tmp_path, 1) as made:
        first = contract(id="MA-2026-000")
        made.records.file(agreed(contract(id="MA-2026-000", licence="Apache-2.0", amends=digest(first))))
        told = page(made, "MA-2026-000").document
        assert told["amended"] == 1
        assert {"place": "licence", "before": "MIT", "after": "Apache-2.0"} in told["amendment"]
        assert "Amended 1 time" in written(made, "MA-2026-000")


def test_a_contract_has_one_address_however_its_id_is_written(found):
    """Its browser would find that another page says it is this one."""
    assert site.found(found, "contracts/ma-2026-000", Query()) is not None
    assert site.found(found, "contracts/MA-2026-000", Query()) is None
