"""Measures of purchases: the ledger's times, over milestones, what is not there yet left empty; and the tracker's table."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some
from support import chains
from support.recorded import ID, begun

from verifier.gate.moves import State
from verifier.procurement import tracker
from verifier.procurement.measures import DURATIONS, Measured, Median, Part, Share, measured, overall, within
from verifier.procurement.record import Event, Record
from verifier.render import measures
from verifier.trust.signed import Signed

BASELINES = {"ordinary": 31, "pilot": 7}
PAID = (
    ("started", "2026-03-02", 0),
    ("delivered", "2026-03-10", 0),
    ("assessed", "2026-03-10", 1),
    ("rejected", "2026-03-11", 1),
    ("delivered", "2026-03-18", 0),
    ("assessed", "2026-03-19", 2),
    ("accepted", "2026-03-20", 2),
    ("listed", "2026-03-21", 0),
    ("invoiced", "2026-03-21", 0),
    ("certified", "2026-03-23", 0),
    ("released", "2026-03-24", 0),
    ("paid", "2026-03-26", 0),
)


def record(
    *happened: tuple[str, str, int], milestone: str = "m1", revoked: tuple[str, ...] = (), **terms: object
) -> Record:
    """An agreed contract of one milestone, and what happened to it: (what, day, round)."""
    agreed = Signed(statement=chains.contract(**terms), digest="a" * 64, by=())
    events = [
        Event(
            position=0,
            time="2026-03-01T09:00:00Z",
            what="awarded",
            milestone="",
            round=0,
            digest="a" * 64,
            codes=(),
            signed=agreed,
        )
    ]
    events += [
        Event(
            position=number,
            time=f"{day}T23:00:00Z",
            what=what,
            milestone=milestone,
            round=round_,
            digest=str(number),
            codes=(),
            revoked="2026-12-01T00:00:00Z" if what in revoked else "",
        )
        for number, (what, day, round_) in enumerate(happened, 1)
    ]
    return Record("MA-2026-014", tuple(events))


def test_a_purchase_that_was_paid_has_all_of_its_days():
    (part,) = measured(record(*PAID)).parts
    assert part == Part(
        days={"evaluation": 2, "certification": 3, "payment": 3, "invoice": 5},
        rounds=2,
        first=False,
        listed=True,
        ended={
            "evaluation": "2026-03-20",
            "certification": "2026-03-23",
            "payment": "2026-03-26",
            "invoice": "2026-03-26",
        },
    )
    assert measured(record(*PAID)).paid == 734_500


def test_what_has_not_happened_is_none_and_never_nought():
    nothing = overall([measured(record())])
    assert nothing.days == dict.fromkeys(DURATIONS, Median(None, 0))
    assert (nothing.rounds, nothing.first, nothing.listed) == (Median(None, 0), Share(0, 0), Share(0, 0))
    assert nothing.first.points is None
    assert (nothing.value, nothing.paid) == ({"CAD": 734_500}, {"CAD": 0})
    page = measures.page([measured(record())], BASELINES, "en")
    assert page.count("not yet") == len(DURATIONS) + 3


@pytest.mark.parametrize(
    ("happened", "first"),
    [
        ((("delivered", "2026-03-02", 0),), None),
        ((("delivered", "2026-03-02", 0), ("accepted", "2026-03-03", 1)), True),
        ((("delivered", "2026-03-02", 0), ("rejected", "2026-03-03", 1)), False),
        ((("delivered", "2026-03-02", 0), ("accepted", "2026-03-09", 2)), False),
    ],
)
def test_accepted_in_the_first_round(happened, first):
    assert measured(record(*happened)).parts[0].first is first


def test_what_was_revoked_did_not_happen():
    (part,) = measured(record(*PAID, revoked=("paid",))).parts
    assert (part.days["payment"], part.days["invoice"]) == (None, None)


def test_what_came_in_another_order_has_no_days():
    (part,) = measured(record(("paid", "2026-03-02", 0), ("invoiced", "2026-03-09", 0))).parts
    assert part.days["invoice"] is None


def test_confirmed_by_the_supplier_is_paid():
    told = (*PAID[:-1], ("received", "2026-03-30", 0))
    assert measured(record(*told)).parts[0].days["invoice"] == 9


def test_bounds_are_days_of_the_award_and_a_draft_is_no_purchase():
    one = record()  # awarded on the first of November by its terms
    draft = Record("x", (), (one.versions[0],))
    assert within([one, draft], "", "") == [one]
    assert within([one], "2026-11-01", "2026-11-01") == [one]
    assert within([one], "2026-11-02", "") == within([one], "", "2026-10-31") == []


def test_the_document_has_medians_with_their_counts_beside_the_baselines():
    told = measures.document([measured(record(*PAID))], BASELINES)
    assert told["overall"]["days"]["invoice"] == {"value": 5, "count": 1}
    assert told["overall"]["firstRound"] == {"number": 0, "of": 1, "basisPoints": 0}
    assert told["baselines"] == BASELINES
    assert [one["state"] for one in told["contracts"]] == ["paid"]
    json.dumps(told)


def test_the_page_has_the_baselines_and_says_how_many_it_is_of():
    page = measures.page([measured(record(*PAID))], BASELINES, "en")
    assert "from invoice to payment: 5 days (median of 1 milestone)" in page
    assert page.index("the pilot: 7 days") < page.index("an ordinary contract: 31 days")
    assert "accepted in the first round: 0 of 1 milestones, 0 %" in page


def rows(*records: Record) -> list[dict[str, str]]:
    text = measures.table((measured(one), tracker.row(one)) for one in records)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_table_has_the_trackers_columns_and_then_ours():
    (row,) = rows(record(*PAID))
    assert list(row) == [*tracker.COLUMNS, *tracker.OURS]
    assert len(tracker.COLUMNS) == len(set(tracker.COLUMNS)) == 45
    assert row["Fixed price amount"] == "6500.00"
    assert row["Stage"] == "5 post contractual"
    assert (row["Been added to the ORE?"], row["Payment complete?"]) == ("Yes", "Yes")
    assert row["Date supplier delivered work"] == "2026-03-18"
    assert row["Date supplier sent signed T&C"] == "2026-03-01"
    assert (row["Days from invoice to payment"], row["Paid with tax"]) == ("5", "7345.00")
    (empty,) = rows(record())
    assert (empty["Stage"], empty["Days from invoice to payment"], empty["Milestones listed"]) == (
        "4 contract administration",
        "",
        "",
    )
    assert (empty["Been added to the ORE?"], empty["Paid with tax"], empty["Name"]) == ("", "", "")


def test_a_deadline_that_was_extended_stands_in_its_own_column():
    milestones = [{**chains.contract().predicate["milestones"][0], "due": "2026-04-01"}]
    (row,) = rows(record(milestones=milestones))
    assert (row["Deadline to deliver code"], row["Deadline to deliver code - extended"]) == ("2026-04-01", "")


@pytest.mark.parametrize("title", ['=HYPERLINK("https://evil.example")', "+1", "-1+1", "@SUM(A1)", "\t=1", "x;=1"])
def test_no_cell_is_a_formula(title):
    (row,) = rows(record(title={"en": title, "fr": "x"}))
    assert not row["Opportunity name"].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert ";=" not in row["Opportunity name"]


NUMBER = some.none() | some.integers(0, 60)
PART = some.builds(
    Part,
    days=some.fixed_dictionaries(dict.fromkeys(DURATIONS, NUMBER)),
    rounds=some.none() | some.integers(1, 5),
    first=some.none() | some.booleans(),
    listed=some.none() | some.booleans(),
)
CONTRACT = some.builds(
    Measured,
    id=some.text(),
    awarded=some.just("2026-03-01"),
    state=some.sampled_from(State),
    currency=some.sampled_from(["CAD", "USD"]),
    value=some.integers(0, 10**6),
    paid=some.integers(0, 10**6),
    parts=some.lists(PART, max_size=3).map(tuple),
)


@given(some.lists(CONTRACT, max_size=6), some.randoms())
def test_the_order_of_contracts_makes_no_difference(contracts, random):
    before = overall(contracts)
    random.shuffle(contracts)
    assert overall(contracts) == before


@given(some.lists(CONTRACT, max_size=5), CONTRACT)
def test_a_contract_more_adds_what_it_has_and_no_more(contracts, one):
    before, alone, after = overall(contracts), overall([one]), overall([*contracts, one])
    assert after.contracts == before.contracts + 1
    assert after.milestones == before.milestones + len(one.parts)
    for name in DURATIONS:
        assert after.days[name].count == before.days[name].count + alone.days[name].count
    assert after.first == Share(before.first.number + alone.first.number, before.first.of + alone.first.of)
    assert sum(after.value.values()) == sum(before.value.values()) + one.value


@given(some.lists(CONTRACT, max_size=6))
def test_a_median_is_a_value_that_is_there_with_as_many_at_most_below_as_above(contracts):
    found = overall(contracts)
    for name in DURATIONS:
        known = [one.days[name] for each in contracts for one in each.parts if one.days[name] is not None]
        median = found.days[name]
        assert median.count == len(known)
        assert (median.value is None) == (not known)
        if known:
            assert median.value in known
            assert sum(one < median.value for one in known) <= len(known) / 2
            assert sum(one > median.value for one in known) <= len(known) / 2


def test_a_record_is_measured_by_a_command_in_three_forms(tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    desk = begun(tmp_path)
    desk.award()
    desk.event("supplier", "delivered", "--reference", "1" * 40)
    asked = ("record", "measures", "--record", "record")
    told = json.loads(desk.done(*asked, "--json"))
    assert (told["overall"]["contracts"], told["overall"]["rounds"]) == (1, {"value": 1, "count": 1})
    assert told["overall"]["days"]["evaluation"] == {"value": None, "count": 0}
    assert desk.done(*asked).startswith("1 contract\n")
    (row,) = csv.DictReader(io.StringIO(desk.done(*asked, "--csv").removeprefix("\ufeff")))
    assert (row["No."], row["Rounds"]) == (ID, "1")
    assert json.loads(desk.done(*asked, "--json", "--from", "2026-01-02"))["overall"]["contracts"] == 0
    assert json.loads(desk.done(*asked, "--json", "--until", "2026-01-01"))["overall"]["contracts"] == 1
    assert desk.run(*asked, "--from", "2026-02-30")[0] == 2
    assert desk.run(*asked, "--from", "20260201")[0] == 2
