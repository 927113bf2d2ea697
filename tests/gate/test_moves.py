"""Where a milestone stands: the fold over its moves, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import TrustError
from verifier.gate.moves import (
    ENDED,
    EVENTS,
    STATEMENTS,
    WHOSE,
    Move,
    Progress,
    State,
    after,
    allowed,
    progress,
    refuse,
)

pytestmark = pytest.mark.self
WORDS = st.sampled_from([*EVENTS, *STATEMENTS, "decision", "denial"])
MOVES = st.lists(st.builds(Move, WORDS, st.sampled_from(["", "m1", "m2"]), st.integers(0, 3)), max_size=12)


def told(*words: str) -> Progress:
    return progress([Move(one) for one in words], "m1")


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ((), State.POSTED),
        (("awarded",), State.AWARDED),
        (("awarded", "started"), State.IN_PROGRESS),
        (("awarded", "delivered"), State.DELIVERED),
        (("awarded", "delivered", "assessed"), State.ASSESSING),
        (("awarded", "assessed", "rejected"), State.CHANGES_REQUESTED),
        (("awarded", "assessed", "rejected", "delivered"), State.DELIVERED),
        (("awarded", "assessed", "accepted"), State.ACCEPTED),
        (("awarded", "assessed", "accepted", "listed"), State.ACCEPTED),
        (("awarded", "assessed", "accepted", "certified"), State.CERTIFIED),
        (("awarded", "assessed", "accepted", "certified", "released"), State.PAYABLE),
        (("awarded", "assessed", "accepted", "certified", "released", "paid"), State.PAID),
        (("awarded", "delivered", "disputed"), State.DISPUTED),
        (("awarded", "delivered", "disputed", "resolved"), State.DELIVERED),
        (("awarded", "delivered", "disputed", "assessed", "resolved"), State.ASSESSING),
        (("awarded", "disputed", "terminated"), State.TERMINATED),
        (("awarded", "not-delivered"), State.NOT_DELIVERED),
        (("awarded", "not-delivered", "delivered"), State.NOT_DELIVERED),
        (("awarded", "paid"), State.PAID),
        (("awarded", "received"), State.PAID),
        (("awarded", "awarded"), State.AWARDED),
        (("awarded", "delivered", "awarded"), State.DELIVERED),
    ],
)
def test_where_it_stands(words, state):
    assert told(*words).state is state


@pytest.mark.parametrize(
    ("before", "move"),
    [
        ((), "delivered"),
        (("awarded",), "listed"),
        (("awarded",), "invoiced"),
        (("awarded",), "resolved"),
        (("awarded",), "merged"),
        (("awarded", "started"), "started"),
        (("awarded", "delivered"), "not-delivered"),
        (("awarded", "accepted"), "delivered"),
        (("awarded", "accepted"), "extended"),
        (("awarded", "released"), "terminated"),
        (("awarded", "released", "disputed"), "terminated"),
        (("awarded", "released"), "certified"),
        (("awarded", "disputed"), "disputed"),
        (("awarded", "disputed"), "delivered"),
        (("awarded", "paid"), "disputed"),
        (("awarded", "terminated"), "paid"),
        (("awarded", "terminated"), "assessed"),
        (("awarded", "not-delivered"), "accepted"),
    ],
)
def test_what_leads_nowhere_is_refused_by_the_name_of_the_state(before, move):
    with pytest.raises(TrustError) as error:
        refuse([Move(one, "m1" if one != "awarded" else "") for one in before], Move(move, "m1"))
    assert error.value.code == "illegal-move"
    assert move in error.value.in_language("en")
    assert told(*before).state.value in error.value.in_language("en")


def test_a_move_of_the_whole_contract_leads_on_where_it_can():
    moves = [
        Move("awarded"),
        Move("accepted", "m1"),
        Move("released", "m1"),
        Move("paid", "m1"),
        Move("delivered", "m2"),
    ]
    refuse(moves, Move("terminated"), ("m1", "m2"))
    ended = [*moves, Move("terminated")]
    assert [progress(ended, name).state for name in ("m1", "m2")] == [State.PAID, State.TERMINATED]
    with pytest.raises(TrustError):
        refuse(ended, Move("terminated"), ("m1", "m2"))


def test_a_milestone_of_which_nothing_was_told_yet_is_judged_as_well():
    refuse([Move("awarded"), Move("terminated", "m2")], Move("started"), ("m1", "m2"))
    with pytest.raises(TrustError) as error:
        refuse([Move("awarded")], Move("started", "m9"), ("m1", "m2"))
    assert error.value.code == "unknown-milestone"


def test_rounds_are_counted_by_deliveries_and_assessments():
    moves = [Move("awarded"), Move("delivered", "m1"), Move("delivered", "m1"), Move("assessed", "m1", 1)]
    assert progress(moves, "m1").round == 1
    again = [*moves, Move("rejected", "m1", 1), Move("delivered", "m1")]
    assert progress(again, "m1").round == 2
    assert progress([*again, Move("assessed", "m1", 2)], "m1").round == 2


def test_every_event_is_somebodys_move():
    assert EVENTS.keys() == WHOSE.keys()


@given(MOVES, st.builds(Move, WORDS, st.just("m1")))
def test_what_is_refused_would_change_nothing(moves, move):
    now = progress(moves, "m1")
    try:
        refuse(moves, move)
    except TrustError:
        assert after(now, move) == now


@given(MOVES, MOVES)
def test_what_has_ended_stays_ended(first, second):
    now = progress(first, "m1")
    if now.state in ENDED:
        assert progress([*first, *second], "m1").state is now.state


@given(MOVES)
def test_another_milestone_moves_nothing(moves):
    own = [one for one in moves if one.milestone != "m2"]
    assert progress(moves, "m1") == progress(own, "m1")


@given(MOVES)
def test_a_dispute_ends_where_it_began(moves):
    now = progress(moves, "m1")
    if allowed(now, "disputed"):
        assert progress([*moves, Move("disputed", "m1"), Move("resolved", "m1")], "m1") == now
