"""The queue: what is submitted once waits once, and suppliers take turns."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.worked import submission

from verifier.errors import UsageError, WorldError
from verifier.fleet.queue import State, opened
from verifier.fleet.submission import Submission, supplier_of
from verifier.fleet.turns import SPAN, place, turn


@pytest.fixture
def queue(database):
    with opened(database) as found:
        yield found


def test_a_submission_is_the_same_after_the_queue(queue):
    made = submission(1, files={"criteria.yml": "été"}, services=("redis",), priority=2)
    queue.submit(made)
    assert [one.submission for one in queue.listed()] == [made]
    assert queue.one(1).submission.digest == made.digest


def test_the_same_delivery_under_the_same_criteria_waits_once(queue):
    first = queue.submit(submission(1))
    again = queue.submit(replace(submission(1), id="another", supplier="another", priority=3))
    assert (first.new, again.new) == (True, False)
    assert again.number == first.number
    assert queue.submit(replace(submission(1), criteria="d" * 64, id="other")).new


def test_what_came_with_the_same_id_is_known_too(queue):
    """A push that is told again, after the branch has moved on, say."""
    assert queue.submit(submission(1)).new
    assert not queue.submit(replace(submission(2), id=submission(1).id)).new


@pytest.mark.parametrize(
    "other", [{"base": "b" * 40}, {"services": ("redis",)}, {"contract": "e" * 64}, {"milestone": "m2"}, {"round": 2}]
)
def test_what_changes_the_report_changes_the_digest(other):
    assert replace(submission(1), **other).digest != submission(1).digest


def test_what_changes_only_how_it_is_told_does_not():
    same = replace(submission(1), id="x", time="", priority=9, files={"a": "b"}, options=("--profile", "x"))
    assert same.digest == submission(1).digest


def test_fields_of_a_later_version_are_left_aside():
    assert Submission.of({**submission(1).document(), "later": 1}) == submission(1)


@pytest.mark.parametrize(
    "other",
    [
        {"files": {"../escaped": "a"}},
        {"files": {"/etc/escaped": "a"}},
        {"files": {"contract/../../escaped": "a"}},
        {"files": {"a/..": "a"}},
        {"files": {"a": 1}},
        {"options": [["--a"]]},
        {"round": "1"},
        {"milestone": None},
    ],
)
def test_what_is_no_submission_is_refused(other):
    with pytest.raises((TypeError, ValueError)):
        Submission.of(submission(1).document() | other)


@pytest.mark.parametrize(
    ("where", "supplier"),
    [
        ("https://github.com/acme/rates", "github.com/acme"),
        ("https://github.com/acme/rates/", "github.com/acme"),
        ("ssh://git@host:22/acme/rates.git", "git@host:22/acme"),
        ("/srv/deliveries/acme/rates", "/srv/deliveries/acme"),
        ("git@host:acme/rates", "git@host:acme"),
    ],
)
def test_whose_turn_it_is_where_no_contract_says(where, supplier):
    assert supplier_of(where) == supplier


def test_a_number_that_is_none_is_told(queue):
    with pytest.raises(UsageError, match="no number 7"):
        queue.one(7)


def test_only_what_was_given_up_waits_again(queue):
    queue.submit(submission(1))
    with pytest.raises(UsageError, match="was not given up"):
        queue.requeue(1)
    assert queue.counted()[State.WAITING] == 1


def test_a_database_that_is_not_there_is_the_worlds_fault():
    with pytest.raises(WorldError, match="cannot be reached"), opened("postgresql://nobody@127.0.0.1:1/none"):
        pass


def test_what_is_no_address_is_the_callers(queue):
    with pytest.raises(UsageError, match="cannot be used"), opened("nonsense"):
        pass


def test_a_first_delivery_comes_right_after_the_one_that_is_done():
    assert turn(served=500, first=501, own=None) == 500
    assert turn(served=500, first=501, own=500) == 501
    assert turn(served=500, first=501, own=999) == 1000


def test_turns_begin_again_where_nothing_waits():
    assert turn(None, None, None) == 0
    assert turn(served=None, first=7, own=None) == 7


def test_a_higher_priority_comes_before_every_turn():
    assert place(1, SPAN - 1) > place(0, 0) > place(0, 1) > place(-1, 0)
    assert -(2**31) < place(-9, SPAN - 1) < place(9, 0) < 2**31
