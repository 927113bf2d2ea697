"""The six rules of contract splitting: what makes each fire, what does not, and what becomes of an answer."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as some
from support import chains
from support.machine import slowness

from verifier import rulebook
from verifier.procurement.guardrails import RULES, Answer, Purchase, every
from verifier.procurement.guardrails.leads import leads
from verifier.procurement.guardrails.purchase import place, words
from verifier.procurement.guardrails.rules import alikeness, enough, fired, telling
from verifier.procurement.record import Record
from verifier.render.leads import page
from verifier.rulebook.document import read
from verifier.trust.signed import Signed

SECTION = read(rulebook.rules_dir() / "record.yml").data["guardrails"]
TEXT = "The service computes parcel rates from weight, distance and customs duties for every province"
OTHER = "A dashboard shows waiting times of all passport offices on one accessible page with charts"


def purchase(name: str, agreed: int = 0, **more: object) -> Purchase:
    """One that no rule relates to another of another number."""
    plain = {
        "key": name,
        "id": name.upper(),
        "supplier": f"supplier-{name}",
        "requester": f"requester-{name}",
        "place": f"https://git.example/{name}",
        "currency": "CAD",
        "total": 600_000,
        "awarded": "2026-06-01",
        "ended": "2026-06-20",
        "agreed": agreed,
        "words": {"en": words([f"{name} alone"]), "fr": words([f"{name} seul"])},
    }
    return Purchase(**(plain | more))


def names(one: Purchase, *others: Purchase, **section: object) -> list[str]:
    return [name for name, _ in fired(one, others, {**SECTION, **section})]


def alike(text: str) -> dict[str, frozenset[str]]:
    return {"en": words([text]), "fr": frozenset()}


PAIRS = {
    "same-supplier": ({"supplier": "s", "ended": "2026-12-31"}, {"supplier": "s", "awarded": "2027-06-01"}),
    "back-to-back": ({"supplier": "s", "total": 100}, {"supplier": "s", "total": 100, "awarded": "2026-07-20"}),
    "same-requirements": ({"words": alike(TEXT)}, {"words": alike(TEXT.upper())}),
    "same-requester": ({"requester": "r"}, {"requester": "r", "awarded": "2026-08-30"}),
    "same-repository": ({"place": "p"}, {"place": "p", "awarded": "2027-06-01"}),
}


@pytest.mark.parametrize("rule", [*PAIRS])
def test_a_pair_fires_its_rule_alone_and_only_for_the_one_agreed_later(rule):
    first, second = (purchase(name, number, **PAIRS[rule][number]) for number, name in enumerate(("a", "b")))
    assert names(second, first) == [rule]
    assert names(first, second) == []
    (found,) = fired(second, [first], SECTION)
    assert found[1].related == (first,)
    assert names(second, first, **{rule: "off"}) == []


OUTSIDE = {
    "same-supplier": {"awarded": "2027-06-02"},
    "back-to-back": {"awarded": "2026-07-21"},
    "same-requirements": {"words": alike(OTHER)},
    "same-requester": {"awarded": "2026-08-31"},
    "same-repository": {"awarded": "2027-06-02"},
}


@pytest.mark.parametrize("rule", [*PAIRS])
def test_just_outside_its_limits_a_rule_says_nothing(rule):
    first = purchase("a", 0, **PAIRS[rule][0])
    second = purchase("b", 1, **{**PAIRS[rule][1], **OUTSIDE[rule]})
    assert rule not in names(second, first)


@pytest.mark.parametrize("rule", [*PAIRS])
@pytest.mark.parametrize("how", [{"total": 0}, {"currency": "USD"}, {"agreed": -1}])
def test_what_cost_nothing_is_in_another_currency_or_was_never_agreed_is_related_to_nothing(rule, how):
    first = replace(purchase("a", 0, **PAIRS[rule][0]), **how)
    assert names(purchase("b", 1, **PAIRS[rule][1]), first) == []


@pytest.mark.parametrize("who", ["supplier", "requester"])
def test_sums_have_to_be_over_the_ceiling(who):
    first = purchase("a", 0, **{who: "x", "total": 500_000, "ended": "2026-06-01"})
    exactly = purchase("b", 1, **{who: "x", "total": 500_000, "awarded": "2026-07-15"})
    assert names(exactly, first) == []
    assert names(replace(exactly, total=500_001), first) == [f"same-{who}"]
    assert names(replace(exactly, total=500_001), first, ceiling={}) == []


@pytest.mark.parametrize(("total", "fires"), [(949_999, False), (950_000, True), (1_000_000, True), (1_000_001, False)])
def test_just_under_the_ceiling(total, fires):
    assert names(purchase("a", total=total)) == (["under-ceiling"] if fires else [])


def test_a_purchase_that_still_runs_is_followed_back_to_back_and_one_before_the_other_in_the_ledger_alone_too():
    running = purchase("a", 0, supplier="s", total=1, ended="2999-01-01")
    assert names(purchase("b", 1, supplier="s", total=1, awarded="2026-06-30"), running) == ["back-to-back"]
    backdated = purchase("c", 2, supplier="s", total=1, awarded="2026-05-15", ended="2026-05-20")
    assert names(backdated, running) == ["back-to-back"]


def test_a_lead_tells_sums_and_days_in_both_languages():
    first = purchase("a", 0, supplier="s", ended="2026-06-02")
    (lead,) = every([first, purchase("b", 1, supplier="s", awarded="2026-08-01")], {}, SECTION)
    assert (lead.total, lead.days, lead.rule) == (1_200_000, ("2026-06-01", "2026-08-01"), "same-supplier")
    assert (
        lead.words == "2 purchases from s within 365 days come to 12,000.00 CAD; the ceiling of one is 10,000.00 CAD."
    )


def test_of_many_related_purchases_the_newest_are_shown_and_the_others_counted():
    others = [purchase(f"p{number:02}", number, place="p", awarded=f"2026-06-{number + 1:02}") for number in range(12)]
    (lead,) = [one for one in every([*others, purchase("z", 99, place="p")], {}, SECTION) if one.purchase.key == "z"]
    told = page([lead], "en").splitlines()
    assert told[2:4] == [
        "    and 2 earlier purchases",
        "    P02: supplier-p02 for requester-p02, awarded 2026-06-03, 6,000.00 CAD",
    ]
    assert sum(" for requester-" in line for line in told) == 11


def test_the_newest_answer_to_a_rule_is_that_of_its_lead():
    first, second = purchase("a", 0, place="p"), purchase("b", 1, place="p")
    said = [
        Answer(rule=rule, time="", by="r", note=note) for rule, note in (("same-repository", "old"), ("other", "x"))
    ]
    said.append(Answer(rule="same-repository", time="", by="r", note="new"))
    (lead,) = every([first, second], {"b": said}, SECTION)
    assert lead.answer == said[-1]
    (unanswered,) = every([first, second], {"a": said}, SECTION)
    assert unanswered.answer is None


def test_addresses_of_one_repository_are_one_place():
    assert place("https://Git.example/A.git/") == place("https://git.example/a")
    assert place("https://git.example/a") != place("https://git.example/b")


def test_short_texts_say_nothing_and_either_language_is_enough():
    seven, eight = ("one two three four five six seven", "one two three four five six seven eight")
    pair = [purchase(name, words={"en": words([seven]), "fr": words([eight])}) for name in ("a", "b")]
    assert alikeness(*pair, fewest=8) == 100
    assert alikeness(*pair, fewest=9) == 0


def test_a_contract_of_a_record_has_what_the_rules_look_at():
    statement = chains.contract(
        requirements=[{"id": "r1", "text": {"en": TEXT, "fr": "Le service calcule des tarifs"}}]
    )
    record = Record("MA-2026-014", (), (Signed(statement=statement, digest="a" * 64, by=()),))
    one = Purchase.of(record)
    assert (one.total, one.awarded, one.ended, one.agreed) == (734_500, "2026-11-01", "2026-11-30", -1)
    assert {"parcel", "rates"} <= one.words["en"]
    assert "des" in one.words["fr"]
    other = purchase("a", place=one.place)
    assert [lead.rule for lead in leads(record, [other], SECTION)] == ["same-repository"]


@given(some.sets(some.integers(0, 12).map(str)), some.sets(some.integers(0, 12).map(str)), some.integers(1, 100))
def test_texts_are_alike_by_the_share_of_words_that_both_have_whichever_is_first(one, other, least):
    pair = [
        purchase(name, number, words={"en": frozenset(each), "fr": frozenset()})
        for number, (name, each) in enumerate((("a", one), ("b", other)))
    ]
    share = len(one & other) * 100 // max(len(one | other), 1)
    assert alikeness(*pair, fewest=0) == alikeness(*pair[::-1], fewest=0) == share
    own = {"window": 0, "alike": f"{least} %", "words": 1}
    assert ("same-requirements" in names(pair[1], pair[0], **{"same-requirements": own})) == (share >= least)


SETS = some.sets(some.integers(0, 30).map(str), min_size=1).map(frozenset)


@given(SETS, SETS, some.integers(1, 100))
def test_what_is_alike_enough_shares_one_of_the_telling_words(one, other, share):
    """The index looks for these alone: it may find too much, never too little."""
    both = len(one & other)
    if both * 100 >= share * len(one | other):
        assert other & set(telling(dict.fromkeys(one, 1), share))
        assert both >= enough(len(one), share)


@some.composite
def many(draw):
    """Purchases in an order of agreement, of few parties, repositories and texts, so that rules fire."""
    rows = draw(some.lists(some.tuples(*(some.integers(0, 2),) * 4, some.integers(0, 500)), max_size=6))
    return [
        purchase(
            f"p{number}",
            number,
            supplier=f"s{supplier}",
            requester=f"r{requester}",
            place=f"p{place_}",
            words=alike((TEXT, OTHER, f"{TEXT} soon")[text]),
            awarded=f"2026-{1 + day // 28 % 12:02}-{1 + day % 28:02}",
            ended="2026-12-31",
        )
        for number, (supplier, requester, place_, text, day) in enumerate(rows)
    ]


@given(many(), some.randoms())
def test_the_order_of_what_is_handed_over_makes_no_difference(purchases, random):
    before = list(every(purchases, {}, SECTION))
    random.shuffle(purchases)
    assert list(every(purchases, {}, SECTION)) == before


@given(many())
def test_all_leads_are_those_of_each_beside_all_others(purchases):
    """What is left out beforehand could not have fired."""
    each = [(one.key, name, found) for one in reversed(purchases) for name, found in fired(one, purchases, SECTION)]
    told = [(lead.purchase.key, lead.rule, lead.related) for lead in every(purchases, {}, SECTION)]
    assert told == [(key, name, found.related) for key, name, found in each]


@given(many())
def test_a_later_purchase_changes_no_lead_that_was_there(purchases):
    later = purchase("z", 99, supplier="s0", requester="r0", place="p0", words=alike(TEXT))
    before = list(every(purchases, {}, SECTION))
    assert [lead for lead in every([*purchases, later], {}, SECTION) if lead.purchase.key != "z"] == before


def test_ten_thousand_purchases_beside_one_take_less_than_fifty_milliseconds():
    others = [
        purchase(
            f"p{number}",
            number,
            supplier=f"s{number % 50}",
            requester=f"r{number % 50}",
            words={"en": words([TEXT, f"number{number}"]), "fr": words([OTHER, f"nombre{number}"])},
        )
        for number in range(10_000)
    ]
    one = purchase("z", -1, supplier="s1", requester="r1", words={"en": words([OTHER]), "fr": words([TEXT])})
    assert names(one, *others) == ["same-supplier", "back-to-back", "same-requester"]
    took = []
    for _ in range(5):
        began = process_time()
        list(fired(one, others, SECTION))
        took.append(process_time() - began)
    assert min(took) < 0.05 * slowness(), took


def test_every_rule_has_limits_that_ship():
    assert RULES.keys() <= SECTION.keys()
