"""Which repairs a text asks for, and what several come to together."""

from __future__ import annotations

import pytest

from verifier.environment.repairs import Applied, Repair, applied, matching

pytestmark = pytest.mark.self


def repair(name, *when, **more):
    return Repair(id=name, when=when or (name,), why="w", source="s", **more)


def test_any_of_the_patterns_is_enough_anywhere_in_the_text():
    one = repair("r", "no thing", r"thing \d+ is gone")
    assert one.mends("said:\nthing 12 is gone\n", "3.11.2")
    assert one.mends("no thing", "3.11.2")
    assert not one.mends("thing is gone", "3.11.2")


@pytest.mark.parametrize(
    ("python", "fits"), [("3.8.18", True), ("3.9.0", False), ("3.9.0rc1", False), ("3.8.0b1", True)]
)
def test_a_repair_for_some_pythons_is_made_on_those_only(python, fits):
    assert repair("r", python="<3.9").mends("r", python) is fits


def test_they_come_in_the_tables_order_without_those_made_already():
    first, second, third = (repair(name, "same") for name in "abc")
    assert matching((first, second, third), "same", "3.11.2", ()) == (first, second, third)
    assert matching((first, second, third), "same", "3.11.2", [second]) == (first, third)
    assert matching((first,), "other", "3.11.2", ()) == ()


def test_one_made_already_is_known_by_its_id():
    assert matching((repair("a", "x"),), "x", "3.11.2", [repair("a", "another")]) == ()


def test_several_together_keep_each_list_apart_and_in_order():
    first = repair("a", constraints=("x<1",), packages=("p",), build_constraints=("b<1",), excludes=("e",))
    second = repair("b", constraints=("y<1",))
    assert applied(iter([first, second])) == Applied(
        constraints=("x<1", "y<1"), packages=("p",), build_constraints=("b<1",), excludes=("e",)
    )
    assert applied([]) == Applied()
