"""Who is awaited, where a milestone stands so: by statements alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chains import AWARDED, COMMIT, Purchase, policy_predicate
from support.standing import record

from verifier.procurement.telling.awaited import Awaited, When, awaited
from verifier.procurement.telling.posts import Person, posts
from verifier.procurement.telling.rhythm import Rhythm, rhythm

KEPT = frozenset({"4" * 64})
WHEN = When(now="2026-11-20T12:00:00Z", today="2026-11-20", warning=2)
CURE = {"cure": {"days": 5, "holidays": "CA"}}


def kinds(found: tuple[Awaited, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.kind, one.role, one.people) for one in found]


def test_nobody_is_awaited_while_the_supplier_works():
    assert awaited(record(Purchase()), Purchase().trust(), WHEN, KEPT) == ()


@pytest.mark.parametrize(
    ("entered", "wanted"),
    [
        (("assessment",), [("decision", "assessor", ("assessor",))]),
        (("assessment", "decision"), [("acceptance", "assessor", ("assessor",))]),
        (("assessment", "decision", "acceptance"), [("certification", "certifier", ("certifier",))]),
        (("assessment", "decision", "acceptance", "certification"), [("gate", "gate", ("gate",))]),
    ],
)
def test_each_step_awaits_its_role(entered, wanted):
    assert kinds(awaited(record(Purchase(), *entered), Purchase().trust(), WHEN, KEPT)) == wanted


def test_what_was_undetermined_is_told_as_inconclusive():
    open_ = Purchase(
        edits={"assessment": {"outcomes": outcomes("undetermined"), "verdict": "inconclusive"}}, told=outcomes("met")
    )
    (one,) = awaited(record(open_, "assessment"), open_.trust(), WHEN, KEPT)
    assert (one.kind, one.command) == (
        "inconclusive",
        f"verifier show RECORD/contracts/ma-2026-014/evidence/{'4' * 64} --format message",
    )


def outcomes(tests: str) -> list[dict[str, object]]:
    from support.chains import outcomes as of

    return of(("tests.pass", tests), ("requirements", "met"))


def test_who_wrote_the_delivery_is_not_asked_to_judge_it():
    policy = policy_predicate()
    policy["people"][2]["addresses"] = ["supplier@example.org"]
    purchase = Purchase(policy=policy)
    (one,) = awaited(record(purchase, "assessment"), purchase.trust(), WHEN, KEPT)
    assert one.people == ()


def test_who_may_pay_for_it_or_assessed_it_is_not_asked_to_certify():
    policy = policy_predicate()
    more = [{**policy["grants"][0], "person": who, "role": "certifier"} for who in ("payer", "assessor", "gate")]
    policy["grants"] += more
    purchase = Purchase(policy=policy)
    (one,) = awaited(record(purchase, "assessment", "decision", "acceptance"), purchase.trust(), WHEN, KEPT)
    assert one.people == ("certifier", "gate")


def test_a_role_that_ended_asks_nobody():
    late = replace(WHEN, now="2028-01-01T00:00:00Z")
    (one,) = awaited(record(Purchase(), "assessment"), Purchase().trust(), late, KEPT)
    assert one.people == ()


def refused(**more) -> Purchase:
    """One whose report rejects: the tests fail."""
    of = outcomes("unmet")
    return Purchase(edits={"contract": more, "assessment": {"outcomes": of, "verdict": "rejected"}}, told=of)


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        ("2026-11-12", []),
        ("2026-11-13", ["cure", "cure"]),
        ("2026-11-17", ["cure", "cure"]),
        ("2026-11-18", ["late", "late"]),
    ],
)
def test_the_time_to_mend_is_told_in_its_last_business_days_by_the_calendar(today, wanted):
    """Rejected on Tuesday the 10th; the 11th is a holiday in Canada's federal calendar and the 14th a Saturday."""
    purchase = refused(**CURE)
    found = awaited(record(purchase, "assessment", "acceptance"), purchase.trust(), replace(WHEN, today=today), KEPT)
    assert [one.kind for one in found] == ["message", "mend", *wanted]
    assert {one.role for one in found if one.kind in wanted} == ({"supplier", "requester"} if wanted else set())


PARTY = {"supplier": Person("supplier", "s@example.org"), "assessor": Person("assessor", "a@example.org")}


@pytest.mark.parametrize(
    ("known", "kept", "private", "told"),
    [
        (("assessor",), KEPT, True, {"assessor": "message"}),
        (("assessor", "supplier"), KEPT, True, {"supplier": "mend"}),
        (("assessor", "supplier"), frozenset(), True, {"supplier": "mend", "assessor": "message"}),
        (("assessor", "supplier"), KEPT, False, {"supplier": "mend", "assessor": "message"}),
    ],
    ids=["assessor alone", "supplier listed", "report not kept", "no way to one alone"],
)
def test_a_rejection_is_handed_over_by_one_of_the_two(known, kept, private, told):
    purchase = refused()
    found = awaited(record(purchase, "assessment", "acceptance"), purchase.trust(), WHEN, kept)
    beat = Rhythm(ZoneInfo("UTC"), None, frozenset(), daily=False)
    made = posts(found, {name: PARTY[name] for name in known}, {"way": private}, {}, rhythm=beat, now=WHEN.now)
    assert {one.person.id: item.kind for one in made for item in one.items} == told


def test_without_a_report_nothing_is_said_to_be_ready():
    purchase = refused()
    found = awaited(record(purchase, "assessment", "acceptance"), purchase.trust(), WHEN, frozenset())
    assert "which the record lacks" in found[0].what
    assert found[0].command == "verifier show REPORT --format message"


def test_an_extension_is_another_day_to_tell():
    purchase = refused(**CURE)
    extended = (("extended", "2026-11-17T12:00:00Z", {"until": "2026-12-01"}),)
    when = replace(WHEN, today="2026-11-30")
    before = awaited(
        record(purchase, "assessment", "acceptance"), purchase.trust(), replace(WHEN, today="2026-11-17"), KEPT
    )
    after = awaited(record(purchase, "assessment", "acceptance", events=extended), purchase.trust(), when, KEPT)
    keys = [{one.key for one in found if one.kind == "cure"} for found in (before, after)]
    assert len(keys[0]) == len(keys[1]) == 2
    assert not keys[0] & keys[1]


def test_in_a_dispute_only_the_dispute_is_told():
    disputed = (("disputed", "2026-11-15T12:00:00Z", {"note": "No."}),)
    found = awaited(record(Purchase(), "assessment", events=disputed), Purchase().trust(), WHEN, KEPT)
    assert kinds(found) == [("dispute", "requester", ("requester",))]


def test_a_delivery_is_named_by_its_commit():
    delivered = (("delivered", AWARDED, {"reference": COMMIT}),)
    (one,) = awaited(record(Purchase(), events=delivered), Purchase().trust(), WHEN, KEPT)
    assert (
        one.command
        == f"verifier assess https://git.example/parcels@{COMMIT} --contract RECORD/contracts/ma-2026-014 --record RECORD"
    )


def test_a_reference_is_no_part_of_a_command():
    delivered = (("delivered", AWARDED, {"reference": "x; rm -r ~ #$(id)"}),)
    (one,) = awaited(record(Purchase(), events=delivered), Purchase().trust(), WHEN, KEPT)
    assert one.command.startswith("verifier assess 'https://git.example/parcels@x; rm -r ~ #$(id)' --contract")


def test_nobody_is_awaited_of_what_has_ended():
    ended = (("terminated", "2026-11-15T12:00:00Z", {"note": "No."}),)
    assert awaited(record(Purchase(), "assessment", events=ended), Purchase().trust(), WHEN, KEPT) == ()


TORONTO = {"zone": "America/Toronto", "quiet": {"from": "18:00", "to": "08:00", "days": ["saturday", "sunday"]}}


@pytest.mark.parametrize(
    ("now", "silent"),
    [
        ("2026-11-27T22:59:59Z", False),
        ("2026-11-27T23:00:00Z", True),
        ("2026-11-28T17:00:00Z", True),
        ("2026-11-30T04:59:00Z", True),
        ("2026-11-30T12:59:59Z", True),
        ("2026-11-30T13:00:00Z", False),
        ("2026-07-06T11:59:59Z", True),
        ("2026-07-06T12:00:00Z", False),
    ],
)
def test_quiet_hours_are_those_of_the_zone_in_summer_and_winter(now, silent):
    assert rhythm(TORONTO).silent(now) is silent


@settings(deadline=None)
@given(st.times(), st.times(), st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1)))  # noqa: DTZ001
def test_turning_the_two_times_round_turns_the_quiet_round(first, last, moment):
    first, last = (one.replace(tzinfo=None, microsecond=0) for one in (first, last))
    zone = ZoneInfo("UTC")
    now = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    one, other = (Rhythm(zone, pair, frozenset(), daily=False) for pair in ((first, last), (last, first)))
    assert one.silent(now) != other.silent(now) or first == last


def test_without_both_times_no_hour_is_quiet():
    assert rhythm({"quiet": {"from": "18:00"}}).quiet is None
    assert rhythm({"quiet": {"from": "18:00", "to": "18:00"}}).quiet is None
    assert rhythm({"quiet": {"from": "18:00", "to": "08:00"}}).quiet == (time(18), time(8))


NAMES = ("a", "b", "c")
KNOWN = {name: Person(name, f"{name}@example.org") for name in NAMES}


def some(number: int, people: tuple[str, ...]) -> Awaited:
    (one,) = awaited(record(Purchase(), "assessment"), Purchase().trust(), WHEN, KEPT)
    return replace(one, of=str(number), people=people)


BASE = some(0, ())
THINGS = st.lists(st.tuples(st.integers(0, 5), st.sets(st.sampled_from(NAMES)).map(sorted).map(tuple)), max_size=8)


@settings(deadline=None)
@given(st.lists(st.tuples(THINGS, st.integers(0, 4)), max_size=6), st.booleans())
def test_nothing_is_told_twice_and_all_is_told_in_the_end(runs, daily):
    """Whatever waits when, each day or hour: no key goes to one person twice, and daily makes one post a day at most."""
    beat = Rhythm(ZoneInfo("UTC"), None, frozenset(), daily=daily)
    told: dict[tuple[str, str, str], str] = {}
    day, posted, sent = 1, {}, []
    for things, later in runs:
        day += later
        now = f"2026-01-{day:02}T12:00:00Z"
        found = [replace(BASE, of=str(number), people=people) for number, people in things]
        for post in posts(found, KNOWN, {"email": True}, told, rhythm=beat, now=now):
            keys = {(one.key, post.person.id, "email") for one in post.items}
            assert not keys & told.keys()
            told |= dict.fromkeys(keys, now)
            sent.append((post.person.id, day))
            posted[post.person.id] = day
        wanted = {(one.key, name, "email") for one in found for name in one.people}
        missing = {who for _, who, _ in wanted - told.keys()}
        assert not missing if not daily else all(posted.get(who) == day for who in missing)
    assert not daily or len(sent) == len(set(sent))
