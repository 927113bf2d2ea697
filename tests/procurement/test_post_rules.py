"""When a post is tried again and when it is given up: the same whatever the payer does, and never too early."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.procurement.payment.answer import LONGEST, Answer, Meaning, answered
from verifier.procurement.payment.post import LONGEST_ASKED, Post, Rules, Standing, after, next_try, seconds_until
from verifier.render.inert import HIDDEN

UNHURRIED = settings(deadline=None)
NOW = "2026-11-29T12:00:00Z"
DIGEST, OTHER = "a" * 64, "b" * 64
NEW = Post(digest=DIGEST, contract="c" * 64, milestone="m1")
ENDPOINT = "https://pay.example.org/releases"

rules = st.builds(
    Rules,
    tries=st.integers(1, 1000),
    first_wait=st.integers(1, 86_400),
    longest_wait=st.integers(1, 86_400),
    patience=st.just(30),
)
chances = st.floats(0, 1, exclude_max=True)
waits = st.integers(0, 10**11)


def wait(moment: str) -> int:
    return int((datetime.fromisoformat(moment) - datetime.fromisoformat(NOW)).total_seconds())


def answer(meaning: Meaning, asked: int = 0) -> Answer:
    return Answer(endpoint=ENDPOINT, meaning=meaning, status=500, told="No", wait=asked)


@UNHURRIED
@given(rules, st.integers(1, 10_000), chances)
def test_the_wait_is_between_half_of_it_and_all_of_it_and_never_nothing(given_, attempt, chance):
    whole = min(given_.longest_wait, given_.first_wait * 2 ** (attempt - 1))
    assert 1 <= whole / 2 <= wait(next_try(attempt, NOW, given_, chance)) <= whole or whole == 1


@UNHURRIED
@given(rules, st.integers(1, 10_000), chances)
def test_it_never_shrinks_from_try_to_try(given_, attempt, chance):
    assert next_try(attempt, NOW, given_, chance) <= next_try(attempt + 1, NOW, given_, chance)


@UNHURRIED
@given(rules, st.integers(1, 10_000))
def test_chance_spreads_it(given_, attempt):
    least, most = (wait(next_try(attempt, NOW, given_, chance)) for chance in (0, 0.9999999))
    whole = min(given_.longest_wait, given_.first_wait * 2 ** (attempt - 1))
    assert (least, most) == ((whole + 1) // 2, whole)


@UNHURRIED
@given(rules, chances, waits)
def test_what_is_asked_is_waited_for_up_to_a_day(given_, chance, asked):
    told = after(NEW, answer(Meaning.LATER, asked), NOW, replace(given_, tries=2), chance)
    assert wait(told.next) >= min(asked, LONGEST_ASKED)
    assert wait(told.next) <= LONGEST_ASKED
    assert not told.due(NOW)
    assert told.due(told.next)


@UNHURRIED
@given(rules, st.lists(chances, min_size=1, max_size=50))
def test_it_is_given_up_after_so_many_tries_and_not_before(given_, found):
    given_ = replace(given_, tries=len(found))
    post, standing = NEW, []
    for chance in found:
        post = after(post, answer(Meaning.LATER), NOW, given_, chance)
        standing.append(post.standing)
    assert standing == [Standing.WAITING] * (len(found) - 1) + [Standing.GIVEN_UP]
    assert (post.tries, post.dead, post.next) == (len(found), NOW, "")


@UNHURRIED
@given(rules, chances)
def test_what_was_taken_or_never_will_be_is_not_tried_again(given_, chance):
    for meaning, standing in ((Meaning.TAKEN, Standing.POSTED), (Meaning.NEVER, Standing.GIVEN_UP)):
        told = after(NEW, answer(meaning), NOW, given_, chance)
        assert (told.standing, told.due("9999"), told.tries, told.endpoint) == (standing, False, 1, ENDPOINT)


def meaning(status: int, body: str = "") -> Meaning:
    return answered(ENDPOINT, DIGEST, status, body).meaning


@UNHURRIED
@given(st.integers(200, 599), st.text(alphabet="xyz {}", max_size=20))
def test_every_status_has_one_meaning(status, body):
    passing = status in {408, 409, 429} or status >= 500
    wanted = Meaning.TAKEN if status < 300 else Meaning.LATER if passing else Meaning.NEVER
    assert meaning(status, body) is wanted


def test_a_conflict_means_what_it_names():
    assert meaning(409, f'{{"digest": "sha256:{DIGEST}"}}') is Meaning.TAKEN
    assert meaning(409, f"{OTHER} and {DIGEST}") is Meaning.TAKEN
    assert meaning(409, OTHER) is Meaning.NEVER
    assert meaning(409, DIGEST + "a") is Meaning.LATER, "a longer number names no digest"


@UNHURRIED
@given(st.text(max_size=2000))
def test_what_was_answered_is_one_short_line(body):
    told = answered(ENDPOINT, DIGEST, 400, body).told
    assert len(told) <= LONGEST
    assert not any(unicodedata.category(sign) in HIDDEN for sign in told)


def test_the_pause_is_never_negative():
    assert (seconds_until(NOW, "2026-11-29T11:59:00Z"), seconds_until(NOW, "2026-11-29T12:00:01Z")) == (60, 0)
    assert seconds_until("2026-11-29T12:00:00Z", NOW) == 0
