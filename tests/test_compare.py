"""Two rounds compared: what is fixed, new and still there is a partition, and the other way round it is the mirror."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.compare import Changed, rounds

pytestmark = pytest.mark.self

FINDINGS = st.lists(st.sampled_from("abcdef"), unique=True)
OUTCOMES = st.dictionaries(
    st.sampled_from(("tests", "licence", "style")), st.sampled_from(("met", "unmet", "undetermined"))
)
MEASURES = st.dictionaries(st.sampled_from(("tests.passed", "tests.failed")), st.integers(0, 3))


def report(
    findings: list[str],
    outcomes: dict[str, str],
    measures: dict[str, int],
    *,
    state: str = "done",
    line: int = 1,
    skipped: tuple[str, ...] = (),
) -> dict[str, Any]:
    return {
        "verdict": "rejected" if "unmet" in outcomes.values() else "accepted",
        "outcomes": [{"criterion": name, "outcome": outcome} for name, outcome in outcomes.items()],
        "checkers": [
            {
                "name": "bandit",
                "state": state,
                "notExamined": [{"path": path} for path in skipped],
                "measures": [{"name": name, "value": value, "unit": "count"} for name, value in measures.items()],
                "findings": [{"fingerprint": name, "path": f"{name}.py", "line": line} for name in findings],
            }
        ],
    }


REPORTS = st.builds(
    report, FINDINGS, OUTCOMES, MEASURES, state=st.sampled_from(("done", "trouble")), line=st.integers(1, 3)
)


def names(findings) -> set[str]:
    return {one["fingerprint"] for one in findings}


def turned(changes: tuple[Changed, ...]) -> tuple[Changed, ...]:
    return tuple(Changed(one.name, one.after, one.before) for one in changes)


@given(REPORTS)
def test_nothing_changes_from_a_report_to_itself(one):
    found = rounds(one, one)
    assert found.empty
    assert names(found.still) == names(one["checkers"][0]["findings"])
    assert not found.doubtful


@given(REPORTS, REPORTS)
def test_it_is_a_partition(one, other):
    found = rounds(one, other)
    assert len(found.fixed) + len(found.still) == len(one["checkers"][0]["findings"])
    assert len(found.new) + len(found.still) == len(other["checkers"][0]["findings"])
    assert names(found.fixed) | names(found.still) == names(one["checkers"][0]["findings"])
    assert names(found.new) | names(found.still) == names(other["checkers"][0]["findings"])
    assert not names(found.fixed) & names(found.new)


@given(REPORTS, REPORTS)
def test_the_other_way_round_it_is_the_mirror(one, other):
    there, back = rounds(one, other), rounds(other, one)
    assert (there.fixed, there.new) == (back.new, back.fixed)
    assert names(there.still) == names(back.still)
    assert there.outcomes == turned(back.outcomes)
    assert there.measures == turned(back.measures)
    assert there.doubtful == back.doubtful
    assert there.empty == back.empty


def test_what_merely_moved_is_still_there_at_its_new_place():
    found = rounds(report(["a"], {}, {}), report(["a"], {}, {}, line=9))
    assert found.empty
    assert [one["line"] for one in found.still] == [9]


@pytest.mark.parametrize("how", [{"state": "trouble"}, {"skipped": ("a.py",)}], ids=["checker", "file"])
def test_what_was_not_looked_at_is_not_known_to_be_fixed_or_new(how):
    with_, without = report(["a"], {}, {}), report([], {}, {}, **how)
    assert rounds(with_, without).doubtful == {"a"}
    assert rounds(without, with_).doubtful == {"a"}
    assert rounds(with_, report([], {}, {})).doubtful == frozenset()


def test_a_checker_that_was_not_run_says_nothing():
    none = {**report([], {}, {}), "checkers": []}
    assert rounds(report(["a"], {}, {}), none).doubtful == {"a"}


def test_outcomes_and_measures_that_came_or_went():
    found = rounds(report([], {"tests": "met"}, {"tests.passed": 3}), report([], {"style": "unmet"}, {}))
    assert found.outcomes == (Changed("style", None, "unmet"), Changed("tests", "met", None))
    assert found.measures == (Changed("tests.passed", (3, "count"), None),)
    assert found.verdict == Changed("verdict", "accepted", "rejected")
