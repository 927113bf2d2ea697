"""Which interpreters are worth trying: what the project names, what was usual, what is near; never what it forbids."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from verifier.environment.interpreter import MOST, RELEASED, SETTLED, Asked, Interpreter, candidates

pytestmark = pytest.mark.self


def interpreters(*versions):
    return [Interpreter(path=Path(f"{version}/python"), version=version) for version in versions]


HERE = interpreters("3.11.7", "3.13.1", "3.12.3", "3.10.9", "3.9.18", "3.8.18", "3.7.17")


def requires(text, path="pyproject.toml", line=3):
    return Asked(text=text, path=path, line=line)


def wants(text, source, path="", line=1):
    return Asked(text=text, path=path or source, line=line, source=source)


def chosen(*asked, found=HERE, wanted=(), committed=None):
    return candidates(found, asked, wanted, committed)


def versions(choice):
    return [one.interpreter.version for one in choice.candidates]


def test_without_any_word_the_machines_own_order_decides():
    assert versions(chosen()) == ["3.11.7", "3.13.1", "3.12.3", "3.10.9"]
    assert all("the project names none" in one.reason for one in chosen().candidates)


def test_a_project_that_names_only_python_2_is_tried_and_the_deviation_is_said():
    old = chosen(wanted=[wants("2.7", "ci", ".travis.yml", 4)])
    assert {one.deviation for one in old.candidates} == {".travis.yml:4 names Python 2.7, which is not run"}
    both = chosen(wanted=[wants("2.7", "ci"), wants("3.6", "ci")])
    assert {one.deviation for one in both.candidates} == {""}


def test_the_date_prefers_what_was_settled_then_newer_ones_upwards_then_older_ones_downwards():
    assert versions(chosen(committed=date(2021, 12, 1))) == ["3.9.18", "3.10.9", "3.11.7", "3.12.3"]
    few = interpreters("3.7.17", "3.9.18", "3.8.18", "3.10.9")
    assert versions(chosen(found=few, committed=date(2021, 12, 1))) == ["3.9.18", "3.10.9", "3.8.18", "3.7.17"]
    assert "2021-12-01" in chosen(committed=date(2021, 12, 1)).candidates[0].reason


@pytest.mark.parametrize(("days", "first"), [(0, "3.12.3"), (-1, "3.11.7")])
def test_a_python_is_settled_so_many_days_after_its_release(days, first):
    day = date.fromordinal((RELEASED[3, 12] + SETTLED).toordinal() + days)
    assert versions(chosen(committed=day))[0] == first


def test_a_python_that_is_not_known_yet_is_never_settled():
    found = interpreters("3.99.0", "3.9.18")
    assert versions(chosen(found=found, committed=date(2030, 1, 1))) == ["3.9.18", "3.99.0"]


def test_before_any_is_settled_the_oldest_comes_first():
    assert versions(chosen(found=interpreters("3.12.3", "3.9.18"), committed=date(2014, 1, 1))) == ["3.9.18", "3.12.3"]


def test_what_the_project_names_comes_before_what_was_usual_and_says_where():
    choice = chosen(wanted=[wants("3.8", "ci", ".github/workflows/t.yml", 9)], committed=date(2024, 1, 1))
    assert versions(choice)[0] == "3.8.18"
    assert choice.candidates[0].reason == "Python 3.8.18: .github/workflows/t.yml:9 names 3.8"


def test_the_most_deliberate_source_comes_first_and_the_newest_within_it():
    said = [
        wants("3.7", "classifier"),
        wants("3.9", "tox"),
        wants("3.10", "tox"),
        wants("3.12", "ci"),
        wants("3.8", "pin"),
    ]
    assert versions(chosen(wanted=said)) == ["3.8.18", "3.12.3", "3.10.9", "3.9.18"]


def test_of_two_places_that_name_the_same_the_first_is_told():
    said = [wants("3.8.1", "pin", "first"), wants("3.8.2", "pin", "second")]
    assert chosen(wanted=said).candidates[0].reason == "Python 3.8.18: first:1 names 3.8.1"


@pytest.mark.parametrize("text", ["pypy3.9", "3", "system", ""])
def test_a_name_that_is_no_minor_version_names_none(text):
    assert versions(chosen(wanted=[wants(text, "pin")])) == versions(chosen())


def test_what_is_named_and_forbidden_at_once_is_not_tried():
    choice = chosen(requires(">=3.10"), wanted=[wants("3.8", "pin")])
    assert "3.8.18" not in versions(choice)
    assert versions(choice)[0] == "3.11.7"


def test_a_specifier_that_nobody_can_read_forbids_nothing():
    assert versions(chosen(requires("about three"))) == versions(chosen())


def test_all_specifiers_hold_together():
    assert versions(chosen(requires(">=3.9"), requires("<3.11"))) == ["3.10.9", "3.9.18"]


@pytest.mark.parametrize("text", ["==3.8.5", ">=3.8.20,<3.9", "~=3.8.19", ">3.8.18,<3.9", "<3.9,!=3.8.18,>=3.8"])
def test_another_patch_release_of_the_same_minor_is_tried_and_named_as_a_deviation(text):
    (only,) = chosen(requires(text)).candidates
    assert only.interpreter.version == "3.8.18"
    assert only.deviation == f"pyproject.toml:3 asks for Python {text}, this machine has 3.8.18"


def test_a_near_one_must_fit_all_that_is_asked_at_once():
    assert chosen(requires("==3.8.5"), requires(">=3.9")).candidates == ()
    assert chosen(requires("==3.8.5"), requires("==3.8.6")).candidates == ()


def test_what_is_allowed_comes_before_what_is_near_and_is_no_deviation():
    choice = chosen(requires(">=3.8.20,<3.10"))
    assert [(one.interpreter.version, bool(one.deviation)) for one in choice.candidates] == [
        ("3.9.18", False),
        ("3.8.18", True),
    ]


def test_one_version_in_two_places_is_tried_once():
    assert versions(chosen(found=interpreters("3.9.1", "3.9.1"))) == ["3.9.1"]


def test_where_none_fits_it_says_what_is_asked_where_and_what_there_is():
    choice = chosen(
        requires(">=3.10", "a.toml"), requires("<3", "setup.py", None), found=interpreters("3.11.7", "3.8.18")
    )
    assert choice.candidates == ()
    assert choice.refused == "setup.py asks for Python <3; this machine has 3.8.18, 3.11.7."
    assert choice.at.path == "setup.py"


def test_two_that_contradict_each_other_are_both_named():
    choice = chosen(requires(">=3.10", "a.toml"), requires("<3.10", "b.toml"))
    assert choice.refused.startswith("a.toml:3 asks for Python >=3.10 and b.toml:3 asks for Python <3.10;")
    assert choice.at.path == "a.toml"


def test_a_machine_without_python_says_so():
    assert chosen(found=[]).refused == "No Python is installed; this machine has none."
    assert chosen(found=[]).at is None


VERSIONS = st.builds("3.{}.{}".format, st.integers(6, 14), st.integers(0, 20))
SPECIFIERS = st.builds("{}{}".format, st.sampled_from([">=", "<=", "==", "<", ">", "~=", "!="]), VERSIONS)


@settings(deadline=None, max_examples=100)
@given(
    found=st.lists(VERSIONS, max_size=6),
    required=st.lists(SPECIFIERS, max_size=2),
    wanted=st.lists(st.tuples(VERSIONS, st.sampled_from(["pin", "ci", "tox"])), max_size=3),
    committed=st.none() | st.dates(date(2016, 1, 1), date(2026, 1, 1)),
)
def test_what_the_project_forbids_is_never_tried_but_as_a_named_deviation(found, required, wanted, committed):
    choice = candidates(
        interpreters(*found), [requires(text) for text in required], [wants(*one) for one in wanted], committed
    )
    assert len(choice.candidates) <= MOST
    assert len(set(versions(choice))) == len(choice.candidates)
    assert bool(choice.candidates) is not bool(choice.refused)
    for one in choice.candidates:
        version = one.interpreter.version
        assert version in found
        fits = all(SpecifierSet(text).contains(version, prereleases=True) for text in required)
        assert fits is not bool(one.deviation)
    if any(all(SpecifierSet(text).contains(version) for text in required) for version in found):
        assert not choice.candidates[0].deviation
