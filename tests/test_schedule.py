"""What starts when: never over the budget, never idle, each once, and the longest way first."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.schedule import Budget, Piece, Plan, in_order

NAMES = tuple("abcdefgh")
BUDGETS = st.builds(Budget, cores=st.integers(1, 4), memory_mb=st.integers(1, 40))


@st.composite
def works(draw) -> tuple[Piece, ...]:
    """Pieces that wait only for some before them, in any order."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    pieces = [
        Piece(
            name=name,
            seconds=draw(st.integers(0, 20)),
            memory_mb=draw(st.integers(0, 30)),
            after=frozenset(draw(st.sets(st.sampled_from(names[:number])))) if number else frozenset(),
        )
        for number, name in enumerate(names)
    ]
    return tuple(draw(st.permutations(pieces)))


PLANS = st.builds(
    lambda pieces, decisive, budget: Plan(pieces=in_order(pieces, decisive), budget=budget),
    works(),
    st.sets(st.sampled_from(NAMES)),
    BUDGETS,
)


def fits(plan, names):
    memory = sum(piece.memory_mb for piece in plan.pieces if piece.name in names)
    return len(names) == 1 or (len(names) <= plan.budget.cores and memory <= plan.budget.memory_mb)


@settings(max_examples=40, deadline=None)
@given(PLANS, st.data())
def test_whatever_ends_first_the_budget_is_kept_nothing_idles_and_each_runs_once(plan, data):
    running, ended, begun = set(), set(), []
    while True:
        started = plan.starts(running, ended)
        begun += started
        running |= set(started)
        if not running:
            break
        assert fits(plan, running)
        ready = {p.name for p in plan.pieces if p.after <= ended} - running - ended
        assert not any(fits(plan, running | {name}) for name in ready)
        first = data.draw(st.sampled_from(sorted(running)))
        running.remove(first)
        ended.add(first)
    assert sorted(begun) == sorted(piece.name for piece in plan.pieces)


@settings(max_examples=40, deadline=None)
@given(works(), st.sets(st.sampled_from(NAMES)), BUDGETS)
def test_the_end_is_between_what_no_order_beats_and_one_after_the_other(pieces, decisive, budget):
    left = Plan(pieces=in_order(pieces, decisive), budget=budget).left({}, ())
    total = sum(piece.seconds for piece in pieces)
    assert max(total / budget.cores, *(piece.seconds for piece in pieces)) <= left <= total


@settings(max_examples=40, deadline=None)
@given(PLANS, st.integers(0, 30))
def test_time_that_passes_is_no_longer_left(plan, seconds):
    running = plan.starts((), ())
    before, after = (plan.left(dict.fromkeys(running, passed), ()) for passed in (0, seconds))
    assert after >= 0
    if all(seconds <= piece.seconds for piece in plan.pieces if piece.name in running):
        assert before - after == seconds
    assert plan.left({}, [piece.name for piece in plan.pieces]) == 0


def names(pieces):
    return [piece.name for piece in pieces]


ENVIRONMENT = (
    Piece(name="environment", seconds=5),
    Piece(name="tests", seconds=10, after=frozenset({"environment"})),
    Piece(name="pylint", seconds=8, after=frozenset({"environment"})),
    Piece(name="scancode", seconds=12, memory_mb=1400),
    Piece(name="unicode", seconds=0.2),
    Piece(name="bandit", seconds=0.5),
    Piece(name="reuse", seconds=0.6),
)


def test_what_much_waits_for_goes_before_what_is_longer_by_itself():
    order = ["environment", "scancode", "tests", "pylint", "reuse", "bandit", "unicode"]
    assert names(in_order(ENVIRONMENT, ())) == order


def test_what_is_quick_and_required_goes_first_as_long_as_it_delays_little():
    assert names(in_order(ENVIRONMENT, NAMES))[0] == "environment"
    required = {"unicode", "bandit", "reuse", "scancode"}
    assert names(in_order(ENVIRONMENT, required))[:3] == ["unicode", "bandit", "environment"]
    assert names(in_order(ENVIRONMENT, required, cheap=0.5))[:4] == ["unicode", "bandit", "reuse", "environment"]


def test_what_takes_more_memory_than_there_is_runs_alone():
    plan = Plan(pieces=in_order(ENVIRONMENT, ()), budget=Budget(cores=2, memory_mb=1000))
    assert plan.starts((), ()) == ("environment", "reuse")
    assert plan.starts((), {"environment", "tests", "pylint", "unicode", "bandit", "reuse"}) == ("scancode",)
    assert plan.starts({"scancode"}, ()) == ()
