"""How long the rest will take: it goes down, stands still where something takes longer, and is not told where nobody knows."""

from __future__ import annotations

import pytest

from verifier.course import Course
from verifier.schedule import Budget, Piece, Plan

PLAN = Plan(
    pieces=(Piece(name="long", seconds=10), Piece(name="next", seconds=4, after=frozenset({"long"}))),
    budget=Budget(cores=2, memory_mb=1000),
)


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_it_goes_down_stands_still_and_jumps_to_what_is_left(clock):
    course = Course(PLAN, known=True, clock=clock)
    assert course.left() == 14
    with course.during("long"):
        clock.now += 3
        assert course.left() == 11
        clock.now += 20
        assert course.left() == 4
    assert course.took == {"long": 23}
    with course.during("next"):
        clock.now += 1
        assert course.left() == 3
        clock.now += 9
        assert course.left() is None  # any moment now
    assert course.left() is None


def test_it_never_goes_up_again(clock):
    course = Course(PLAN, known=True, clock=clock)
    with course.during("long"):
        clock.now += 9
        assert course.left() == 5
    with course.during("long"):  # once more, from its beginning
        assert course.left() == 5


def test_it_is_not_told_where_times_were_never_measured(clock):
    assert Course(PLAN, known=False, clock=clock).left() is None


def test_what_is_broken_off_took_no_time_that_counts(clock):
    course = Course(PLAN, known=True, clock=clock)
    with pytest.raises(KeyboardInterrupt), course.during("long"):
        raise KeyboardInterrupt
    assert course.took == {}
