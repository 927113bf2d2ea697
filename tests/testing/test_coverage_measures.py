"""Coverage of the delivered source: whole or of what changed, and nothing where it cannot be counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.model import Checkout, Delivery, File, NotExamined, Role, Skip, Whose
from verifier.testing import coverage

pytestmark = pytest.mark.self

DELIVERY = Delivery(url=".", commit="a" * 40, tree="b" * 40, manifest="c" * 64)


def file(path, role=Role.SOURCE, *, parsed=True, language="python", mode="100644"):
    return File(path=path, mode=mode, size=1, sha256="d" * 64, language=language, source=True, role=role, parsed=parsed)


def checkout(*files, **more):
    return Checkout(delivery=DELIVERY, root=Path("tree"), files=files or (file("a.py"),), **more)


def entry(statements, missing=(), branches=0, missing_branches=0):
    return {
        "statements": list(statements),
        "missing": list(missing),
        "branches": branches,
        "missing_branches": missing_branches,
    }


def measured(tree, files, *, partial=False):
    return {
        m.name.removeprefix("tests.coverage."): m for m in coverage.measures(tree, {"files": files}, partial=partial)
    }


def test_only_python_source_that_can_be_parsed_is_counted():
    tree = checkout(
        file("a.py"),
        file("tests/test_a.py", Role.TESTS),
        file("setup.py", Role.SETUP),
        file("types.pyi"),
        file("broken.py", parsed=False),
        file("link.py", mode="120000"),
        file("a.js", language="javascript"),
    )
    assert [one.path for one in coverage.counted(tree)] == ["a.py", "types.pyi"]


def test_statements_and_branches_are_shares_of_all_source():
    found = measured(checkout(), {"a.py": entry(range(1, 9), [1, 2], 4, 1), "b.py": entry([1, 2], [], 0, 0)})
    assert (found["statements"].value, found["statements"].detail) == (8000, "8 of 10 statements")
    assert (found["branches"].value, found["branches"].detail) == (7500, "3 of 4 branches")
    assert {m.unit for m in found.values()} == {"basis points"}
    assert not any(m.partial for m in found.values())


def test_a_share_is_never_rounded_up():
    assert measured(checkout(), {"a.py": entry(range(3), [0])})["statements"].value == 6666
    assert measured(checkout(), {"a.py": entry(range(100_000), [0])})["statements"].value == 9999


def test_without_statements_or_branches_no_share_of_them_is_told():
    assert measured(checkout(), {}) == {}
    assert set(measured(checkout(), {"a.py": entry([1])})) == {"statements"}
    assert set(measured(checkout(), {"a.py": entry([], [], 2, 0)})) == {"branches"}


def test_where_tests_could_not_be_run_it_may_be_more():
    found = measured(checkout(), {"a.py": entry([1, 2], [1], 2, 1)}, partial=True)
    assert all(m.partial for m in found.values())
    assert found["statements"].detail == "1 of 2 statements, without the tests that could not be run here"


LINES = range(1, 41)


def test_of_a_delivery_into_a_project_only_the_changed_lines_count():
    tree = checkout(changed={"a.py": frozenset(range(1, 31)) | {99}})
    found = measured(tree, {"a.py": entry(LINES, range(30, 41), 4, 1), "b.py": entry(LINES, LINES)})
    assert (found["statements"].value, found["statements"].detail) == (
        9666,
        "29 of 30 statements that the delivery changed",
    )
    assert found["branches"].detail == "3 of 4 branches"


@pytest.mark.parametrize(("lines", "whole"), [(20, False), (19, True), (0, True)])
def test_so_few_changed_lines_that_they_say_nothing_are_judged_with_the_whole_tree(lines, whole):
    tree = checkout(changed={"a.py": frozenset(range(1, lines + 1))})
    found = measured(tree, {"a.py": entry(LINES, range(31, 41))})["statements"]
    assert found.value == (7500 if whole else 10_000)
    assert (f"({lines} changed, too few to judge alone)" in found.detail) is whole


def test_lines_that_are_no_statements_do_not_make_a_change_large():
    tree = checkout(changed={"a.py": frozenset(range(100, 200))})
    assert "0 changed, too few" in measured(tree, {"a.py": entry(LINES)})["statements"].detail


MISSING = NotExamined(path="sub/c.py", skip=Skip.NOT_DELIVERED, reason="submodule", language="python")


@pytest.mark.parametrize(
    ("tree", "files", "path"),
    [
        (checkout(), {"a.py": {"unreadable": "no source"}}, "a.py"),
        (checkout(file("a.py"), file("b.py", parsed=False)), {"a.py": entry([1])}, "b.py"),
        (checkout(not_delivered=(MISSING,)), {"a.py": entry([1])}, "sub/c.py"),
    ],
    ids=["unreadable", "not valid Python", "not delivered"],
)
def test_a_source_file_that_nobody_can_count_leaves_coverage_unsaid(tree, files, path):
    """Or a file that no tool parses would be missing from the denominator."""
    assert measured(tree, files) == {}
    trouble = coverage.uncounted(tree, {"files": files})
    assert (trouble.path, trouble.whose) == (path, Whose.SUPPLIER)
    assert path in trouble.message


@pytest.mark.parametrize(
    "tree",
    [
        checkout(),
        checkout(file("a.py"), file("tests/b.py", Role.TESTS, parsed=False)),
        checkout(not_delivered=(NotExamined(path="x.js", skip=Skip.NOT_DELIVERED, reason="r", language="javascript"),)),
        checkout(
            not_delivered=(NotExamined(path="t.py", skip=Skip.SIZE, reason="r", language="python", role=Role.TESTS),)
        ),
    ],
    ids=["all counted", "a broken test", "another language", "a test that was not delivered"],
)
def test_what_is_no_python_source_is_no_reason_to_leave_it_unsaid(tree):
    assert coverage.uncounted(tree, {"files": {"a.py": entry([1])}}) is None
    assert measured(tree, {"a.py": entry([1])})["statements"].value == 10_000


@settings(deadline=None, max_examples=100)
@given(
    files=st.dictionaries(
        st.sampled_from(["a.py", "b.py"]), st.tuples(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)))
    ),
    changed=st.none() | st.sets(st.integers(1, 60)),
)
def test_a_share_lies_between_nothing_and_all_and_all_means_that_nothing_is_missing(files, changed):
    tree = checkout(changed=None if changed is None else {"a.py": frozenset(changed)})
    report = {path: entry(sorted(statements), sorted(statements & gaps)) for path, (statements, gaps) in files.items()}
    for measure in measured(tree, report).values():
        assert 0 <= measure.value <= 10_000
        part, whole = (int(word) for word in measure.detail.split(" statements")[0].split(" of "))
        assert (measure.value == 10_000) is (part == whole)
        if changed is None:
            assert whole - part == sum(len(one["missing"]) for one in report.values())


def test_each_file_is_told_with_the_stretches_that_no_test_runs():
    entry = {"statements": [1, 2, 4, 5, 9, 12], "missing": [2, 4, 9, 12], "branches": 4, "missing_branches": 1}
    report = {"files": {"b.py": entry, "a.py": {"unreadable": "why"}}}
    (one,) = coverage.by_file(report)
    assert (one.path, one.statements, one.covered, one.branches, one.covered_branches) == ("b.py", 6, 2, 4, 3)
    assert one.missing == ((2, 4), (9, 12))
