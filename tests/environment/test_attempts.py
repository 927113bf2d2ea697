"""The order in which a patient person tries, and where they stop."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.environment.attempts import CONTRADICTION, MOST, Attempt, Means, Pins, Tried, best, next_attempt
from verifier.environment.interpreter import Candidate, Interpreter
from verifier.environment.repairs import Repair

pytestmark = pytest.mark.self


def candidate(version, deviation=""):
    interpreter = Interpreter(path=Path(f"python{version}"), version=version)
    return Candidate(interpreter=interpreter, reason="r", deviation=deviation)


def repair(name, word, **more):
    return Repair(id=name, when=(word,), why="w", source="s", **more)


FIRST, SECOND = candidate("3.11.7"), candidate("3.9.18")
DAY = "2020-01-01T00:00:00Z"
SIX = repair("six", "no six", packages=("six",))
NUMPY = repair("numpy", "no numpy", constraints=("numpy<2",))
START = Attempt(candidate=FIRST, before=DAY)


def failed(attempt=START, **more):
    return Tried(attempt=attempt, **{"failed": ("x",), **more})


def following(*tried, candidates=(FIRST, SECOND), ways=1, before=DAY, repairs=(SIX, NUMPY), pinned=()):
    means = Means(candidates=candidates, ways=ways, before=before, repairs=repairs, pinned=pinned)
    return next_attempt(tried, means)


def asked(say, **more):
    """All attempts, where each comes to what `say` answers."""
    tried: list[Tried] = []
    while (attempt := following(*tried, **more)) is not None:
        tried.append(say(attempt))
    return [one.attempt for one in tried]


def test_the_first_attempt_is_the_project_as_it_stood_on_the_best_interpreter():
    assert following() == START
    assert START.deviation == ""


def test_nothing_is_tried_without_an_interpreter():
    assert following(candidates=()) is None


def test_where_nothing_helps_the_order_is_ways_then_today_then_the_next_interpreter_then_no_pins():
    assert asked(failed, ways=3) == [
        START,
        Attempt(candidate=FIRST, before=DAY, way=1),
        Attempt(candidate=FIRST, before=DAY, way=2),
        Attempt(candidate=FIRST),
        Attempt(candidate=SECOND, before=DAY),
        Attempt(candidate=FIRST, before=DAY, pins=Pins.DROPPED),
    ]


def test_a_repair_is_tried_before_anything_else_and_stays():
    def say(attempt):
        text = "" if attempt.repairs == (SIX, NUMPY) else "no numpy" if attempt.repairs else "no six"
        return failed(attempt, text=text)

    made = asked(say, ways=2)
    assert [one.repairs for one in made[:4]] == [(), (SIX,), (SIX, NUMPY), (SIX, NUMPY)]
    assert made[3].way == 1
    assert all(one.repairs == (SIX, NUMPY) for one in made[3:] if one.candidate == FIRST)


def test_another_interpreter_starts_without_the_repairs_of_the_first():
    made = asked(lambda attempt: failed(attempt, text="no six"))
    (other,) = [one for one in made if one.candidate == SECOND and not one.repairs]
    assert made[made.index(other) + 1] == Attempt(candidate=SECOND, before=DAY, repairs=(SIX,))


def test_a_repair_of_another_python_is_not_made():
    only = repair("old", "no six", python="<3.9", packages=("six",))
    assert following(failed(text="no six"), repairs=(only,)).repairs == ()
    assert following(failed(text="no six"), repairs=(only,)).before == ""


@pytest.mark.parametrize(
    "said", ["foo==1 and bar==2 are incompatible", "your requirements are unsatisfiable", "foo==1 cannot be used"]
)
def test_the_projects_own_pins_win_where_versions_contradict_each_other(said):
    assert CONTRADICTION.search(said)
    assert following(failed(text=said)) == Attempt(candidate=FIRST, before=DAY, pins=Pins.WIN)
    assert following(failed(text="timeout")).pins is Pins.ASKED


def test_pins_that_win_are_no_deviation_and_pins_that_are_dropped_are():
    assert Attempt(candidate=FIRST, pins=Pins.WIN).deviation == ""
    assert Attempt(candidate=FIRST, pins=Pins.DROPPED).deviation == "pinned packages without their pins"
    assert Attempt(candidate=candidate("3.8.1", "near")).deviation == "near"
    both = Attempt(candidate=candidate("3.8.1", "near"), pins=Pins.DROPPED)
    assert both.deviation == "near, pinned packages without their pins"


def test_without_a_date_versions_of_today_are_not_tried_twice():
    made = asked(failed, before="")
    assert [one.before for one in made] == [""] * len(made)
    assert [one.candidate for one in made] == [FIRST, SECOND, FIRST]


@pytest.mark.parametrize(
    ("came", "enough"),
    [
        ({}, True),
        ({"failed": ("x",)}, False),
        ({"failed": ("x",), "collected": 3}, True),
        ({"broken": 1, "collected": 3}, False),
        ({"broken": 1, "failed": ("x",)}, False),
    ],
    ids=["all installed", "nothing", "a part that only developers need", "a broken file", "both"],
)
def test_an_attempt_is_enough_when_all_is_installed_or_all_tests_can_be_collected(came, enough):
    assert (following(Tried(attempt=START, **came)) is None) is enough


UNBUILT = "× Failed to build `typed-ast==1.5.4`\n  ├─▶ The build backend returned an error"
UNKNOWN = "Because nowhere was not found in the package registry and you require nowhere"


@pytest.mark.parametrize(("said", "name"), [(UNBUILT, "typed-ast"), (UNKNOWN, "nowhere")])
def test_a_package_that_cannot_be_had_is_left_out_and_said_although_the_tests_can_be_collected(said, name):
    without = following(failed(collected=3, text=said))
    assert without == Attempt(candidate=FIRST, before=DAY, without=(name,))
    assert without.deviation == f"without {name}"
    assert following(failed(collected=3, text=said), Tried(attempt=without, collected=3)) is None


def test_where_leaving_out_makes_it_worse_the_usable_attempt_stays():
    usable = failed(collected=3, text=UNBUILT)
    worse = failed(following(usable), broken=1, text=UNKNOWN)
    assert following(usable, worse) is None
    assert best([usable, worse]) is usable


def test_a_pinned_version_that_cannot_be_had_is_loosened_before_another_day_is_tried():
    made = asked(lambda attempt: failed(attempt, text=UNBUILT), ways=2, pinned=("typed-ast",))
    assert made[:3] == [
        START,
        Attempt(candidate=FIRST, before=DAY, way=1),
        Attempt(candidate=FIRST, before=DAY, pins=Pins.DROPPED),
    ]
    assert not [one for one in made if one.without]


def test_the_project_itself_is_never_left_out():
    said = "× Failed to build `shop @ file:///copy`\n  ├─▶ The build backend returned an error"
    assert following(failed(collected=3, text=said)) is None
    assert not [one for one in asked(lambda attempt: failed(attempt, text=said)) if one.without]


def test_of_equals_the_first_is_best():
    later = Attempt(candidate=SECOND)
    assert best([failed(), failed(later)]).attempt == START


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"broken": 2, "collected": 9}, {"broken": 1, "collected": 1}),
        ({"broken": 0, "failed": ("x",)}, {"broken": 7, "failed": (), "collected": 1}),
        ({"broken": 1, "collected": 1, "failed": ()}, {"broken": 1, "collected": 2, "failed": ()}),
        ({"broken": 1, "collected": 5}, {"broken": 0, "collected": 1}),
    ],
    ids=["fewer broken", "tests at all", "more tests", "works"],
)
def test_the_attempt_that_came_furthest_is_best(worse, better):
    later = Attempt(candidate=SECOND)
    assert best([failed(**worse), failed(later, **better)]).attempt == later
    assert best([failed(later, **better), failed(**worse)]).attempt == later


def test_the_next_ways_go_on_from_the_best_attempt():
    further = Attempt(candidate=FIRST, before=DAY, way=1)
    tried = [failed(), failed(further, broken=1, collected=4), failed(Attempt(candidate=FIRST, before=DAY, way=2))]
    assert following(*tried, ways=3) == Attempt(candidate=FIRST, way=1)


ANSWERS = st.builds(
    dict,
    failed=st.sampled_from([(), ("x",)]),
    broken=st.integers(0, 2),
    collected=st.integers(0, 2),
    text=st.sampled_from(["", "no six", "no numpy", "no six no numpy", "are incompatible", UNBUILT, UNKNOWN]),
)


@settings(deadline=None, max_examples=100)
@given(
    answers=st.lists(ANSWERS, min_size=MOST + 1, max_size=MOST + 1),
    ways=st.integers(0, 4),
    many=st.integers(1, 4),
    before=st.sampled_from(["", DAY]),
)
def test_it_ends_and_never_tries_the_same_twice(answers, ways, many, before):
    candidates = [candidate(f"3.{minor}.1") for minor in range(8, 8 + many)]
    tried: list[Tried] = []
    while (attempt := following(*tried, candidates=candidates, ways=ways, before=before)) is not None:
        assert attempt not in [one.attempt for one in tried]
        assert attempt.way < max(ways, 1)
        assert attempt.candidate in candidates
        tried.append(Tried(attempt=attempt, **answers[len(tried)]))
        assert len(tried) <= MOST
    assert tried
    assert not any(one.worked for one in tried[:-1])


def test_dropping_the_pins_keeps_the_repairs_that_the_interpreter_needs():
    made = asked(lambda attempt: failed(attempt, text="" if attempt.repairs else "no six"), candidates=(FIRST,))
    assert made[-1] == Attempt(candidate=FIRST, before=DAY, repairs=(SIX,), pins=Pins.DROPPED)


def on_path(*paths, **more):
    return Attempt(candidate=FIRST, before=DAY, paths=paths, **more)


def test_what_is_delivered_in_a_folder_for_source_and_cannot_be_imported_is_put_on_the_path_first():
    means = Means(
        candidates=(FIRST, SECOND), ways=2, before=DAY, repairs=(SIX,), modules={"parcels": "src", "b": "lib"}
    )
    text = "no six\nE   ModuleNotFoundError: No module named 'parcels.rates'\nNo module named 'other'"
    first = Tried(attempt=START, broken=1, text=text)
    assert next_attempt([first], means) == on_path("src")
    second = Tried(attempt=on_path("src"), broken=1, text=text)
    assert next_attempt([first, second], means) == on_path("src", repairs=(SIX,))


def test_what_documented_commands_import_from_is_on_the_path_from_the_start():
    means = Means(candidates=(FIRST,), ways=1, before=DAY, imports=("src",), modules={"parcels": "src"})
    assert next_attempt([], means) == on_path("src")
    first = Tried(attempt=on_path("src"), broken=1, text="No module named 'parcels'")
    assert next_attempt([first], means) == Attempt(candidate=FIRST, paths=("src",))
    assert on_path("src").deviation == ""
