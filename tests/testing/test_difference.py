"""What a delivery changed about the tests that were there: nothing that it broke is called old, nothing honest is called gone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ran import events, run

from verifier.testing.difference import _moved, compare, function
from verifier.testing.events import merged, read

pytestmark = pytest.mark.self

NO_NETWORK = ("failed", "OSError: [Errno 101] Network is unreachable")
WRONG = ("failed", "assert 1 == 2")


def no_module(name):
    return ("failed", f"ModuleNotFoundError: No module named '{name}'")


def test_a_test_that_failed_before_and_fails_now_is_inherited():
    seen = compare(run({"a::t": WRONG, "a::u": "passed"}), run({"a::t": "failed", "a::u": "passed"}))
    assert seen.inherited == ("a::t",)
    assert (seen.removed, seen.newly_skipped, seen.unclear) == ((), (), ())


@pytest.mark.parametrize("before", ["passed", "skipped", "xfailed", "xpassed"])
def test_a_test_that_did_not_fail_before_is_not_inherited(before):
    assert compare(run({"a::t": before}), run({"a::t": WRONG})).inherited == ()


def test_a_test_that_is_new_is_not_inherited():
    assert compare(run({"a::t": WRONG}), run({"a::t": WRONG, "a::u": WRONG})).inherited == ("a::t",)


def test_an_error_before_and_a_failure_now_are_both_failing():
    assert compare(run({"a::t": ("error", "E")}), run({"a::t": WRONG})).inherited == ("a::t",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a.py::test_old", "a.py::test_new"),
        ("a.py::test_x", "b.py::test_x"),
        ("a.py::A::test_x", "a.py::B::test_x"),
        ("a.py::test_x[1]", "a.py::test_x[2]"),
        ("pkg.mod.Case.test_x", "pkg.mod.Other.test_x"),
    ],
    ids=["function", "file", "class", "parameters", "unittest"],
)
def test_a_failing_test_that_is_renamed_does_not_become_inherited(old, new):
    assert compare(run({old: "passed"}), run({new: WRONG})).inherited == ()
    assert compare(run({old: WRONG}), run({new: WRONG})).inherited == ()


def test_one_case_that_failed_before_excuses_no_other_case():
    base = run({"a::t[1]": WRONG, "a::t[2]": "passed"})
    assert compare(base, run({"a::t[1]": WRONG, "a::t[2]": WRONG})).inherited == ("a::t[1]",)


def test_a_file_that_could_not_be_collected_before_excuses_the_file_and_no_test_in_it():
    base = run(broken={"a.py": "SyntaxError"})
    assert compare(base, run(broken={"a.py": "SyntaxError"})).inherited == ("a.py",)
    assert compare(base, run({"a.py::t": WRONG})).inherited == ()


def test_a_file_that_was_fine_before_and_is_broken_now_is_nobody_elses():
    seen = compare(run({"a.py::t": "passed"}), run(broken={"a.py": "SyntaxError"}))
    assert seen.inherited == ()
    assert seen.removed == (), "the broken file itself counts"


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (NO_NETWORK, WRONG),
        (no_module("requests"), WRONG),
        (no_module("requests"), no_module("shop")),
        (no_module("requests"), NO_NETWORK),
        (("error", 'connection to server at "db" failed'), WRONG),
    ],
    ids=["network", "package", "another package", "from package to network", "service"],
)
def test_a_failure_for_want_of_the_world_does_not_show_that_the_test_failed_by_itself(before, now):
    """Or a base whose environment could not be built would excuse all that the delivery breaks."""
    seen = compare(run({"a::t": before}), run({"a::t": now}))
    assert (seen.inherited, seen.unclear) == ((), ("a::t",))


@pytest.mark.parametrize("said", [NO_NETWORK, no_module("requests")], ids=["network", "package"])
def test_what_lacked_the_same_before_and_now_is_inherited(said):
    seen = compare(run({"a::t": said}), run({"a::t": said}))
    assert (seen.inherited, seen.unclear) == (("a::t",), ())


def test_what_failed_by_itself_before_and_lacks_the_world_now_is_inherited():
    assert compare(run({"a::t": WRONG}), run({"a::t": NO_NETWORK})).inherited == ("a::t",)


UNFINISHED = [
    run({"a::t": WRONG}, finished=False),
    run({"a::t": WRONG}, missing=["a::never"]),
    read(b""),
    merged([run({"a::t": WRONG}), read(b"")]),
]


@pytest.mark.parametrize("base", UNFINISHED, ids=["killed", "stopped by itself", "never started", "one of two suites"])
def test_a_base_that_did_not_come_to_its_end_explains_nothing_and_proves_nothing(base):
    seen = compare(base, run({"a::t": WRONG, "a::u": "passed"}, broken={"b.py": "E"}))
    assert not seen.base_ran
    assert seen.unclear == ("b.py", "a::t")
    assert (seen.inherited, seen.removed, seen.newly_skipped) == ((), (), ())


def test_a_base_without_any_tests_ran_to_its_end():
    seen = compare(merged([]), run({"a::t": WRONG}))
    assert seen.base_ran
    assert seen.inherited == seen.unclear == ()


def test_a_test_that_passed_and_is_nowhere_is_removed_by_its_functions_name():
    base = run({"a::t[1]": "passed", "a::t[2]": "passed", "a::u": "xpassed", "a::v": "passed"})
    assert compare(base, run({"a::v": "passed"})).removed == ("a::t", "a::u")


@pytest.mark.parametrize("before", ["failed", "error", "skipped", "xfailed"])
def test_a_test_that_did_not_pass_may_go(before):
    assert compare(run({"a::t": before}), run({"a::u": "passed"})).removed == ()


def test_parameters_that_change_from_day_to_day_are_not_removed():
    assert compare(run({"a::t[2026-11-01]": "passed"}), run({"a::t[2026-11-02]": "passed"})).removed == ()


def test_a_case_that_passed_and_is_gone_is_removed_with_how_many():
    base = run({"a::t[1]": "passed", "a::t[2]": "xpassed", "a::t[3]": "passed"})
    assert compare(base, run({"a::t[1]": "passed"})).removed == ("a::t (2 of 3 cases)",)
    assert compare(base, run({"a::t[1]": "failed", "a::t[2]": "skipped", "a::t[3]": "passed"})).removed == ()


def test_a_case_that_did_not_pass_may_go_and_makes_up_for_none_that_did():
    assert compare(run({"a::t[1]": "passed", "a::t[2]": "failed"}), run({"a::t[1]": "passed"})).removed == ()
    seen = compare(run({"a::t[1]": "passed", "a::t[2]": "skipped"}), run({"a::t[2]": "skipped"}))
    assert seen.removed == ("a::t (1 of 1 cases)",)


def test_cases_whose_parameters_change_from_day_to_day_are_counted():
    base = run({"a::t[0x1]": "passed", "a::t[0x2]": "passed", "a::t[same]": "passed"})
    assert compare(base, run({"a::t[0x3]": "passed", "a::t[0x4]": "passed", "a::t[same]": "passed"})).removed == ()
    seen = compare(base, run({"a::t[0x3]": "passed", "a::t[same]": "passed"}))
    assert seen.removed == ("a::t (1 of 3 cases)",)


@pytest.mark.parametrize("now", ["skipped", "xfailed"])
def test_a_case_of_a_new_name_that_is_skipped_makes_up_for_none_that_passed(now):
    assert compare(run({"a::t[1]": "passed"}), run({"a::t[NOTSET]": now})).removed == ("a::t (1 of 1 cases)",)
    seen = compare(run({"a::t[1]": "passed", "a::t[2]": "passed"}), run({"a::t[1]": "passed", "b::t[2]": now}))
    assert seen.removed == ("a::t (1 of 2 cases)",)


def test_moving_a_function_does_not_hide_that_a_case_is_gone():
    base = run({"a.py::test_x[1]": "passed", "a.py::test_x[2]": "passed"})
    assert compare(base, run({"b.py::test_x[2]": "passed"})).removed == ("a.py::test_x (1 of 2 cases)",)
    assert compare(base, run({"b.py::test_x[1]": "passed", "b.py::test_x[2]": "passed"})).removed == ()


def test_cases_that_were_moved_to_another_file_are_not_removed_and_are_found_again_once():
    base = run({"a.py::test_x[1]": "passed", "a.py::test_x[2]": "passed"})
    assert compare(base, run({"a.py::test_x[1]": "passed", "b.py::test_x[2]": "passed"})).removed == ()
    assert compare(base, run({"b.py::test_x[1]": "passed", "c.py::test_x[2]": "passed"})).removed == ()
    seen = compare(base, run({"a.py::test_x[1]": "passed", "b.py::test_x[other]": "passed"}))
    assert seen.removed == ("a.py::test_x (1 of 2 cases)",), "another test of that name makes up for nothing"
    twice = run({f"{file}.py::test_x[{n}]": "passed" for file in "ab" for n in (1, 2)})
    seen = compare(twice, run({"a.py::test_x[1]": "passed", "b.py::test_x[1]": "passed", "c.py::test_x[2]": "passed"}))
    assert seen.removed == ("b.py::test_x (1 of 2 cases)",)


def test_what_a_broken_class_holds_of_a_functions_cases_is_not_known():
    base = run({"a.py::C::t[1]": "passed", "a.py::C::t[2]": "passed"})
    assert compare(base, run({"a.py::C::t[1]": "passed"}, broken={"a.py::C": "E"})).removed == ()


def test_a_test_that_was_only_moved_is_not_removed():
    seen = compare(run({"old.py::A::test_x[1]": "passed"}), run({"new.py::B::test_x[1]": "passed"}))
    assert seen.removed == ()


def test_a_test_that_was_split_up_is_not_removed():
    seen = compare(run({"a.py::test_x": "passed"}), run({"b.py::test_x": "passed", "c.py::test_x": "passed"}))
    assert seen.removed == ()


def test_where_fewer_came_than_went_they_are_not_told_apart_and_count_as_removed():
    seen = compare(run({"a.py::test_x": "passed", "b.py::test_x": "passed"}), run({"c.py::test_x": "passed"}))
    assert seen.removed == ("a.py::test_x", "b.py::test_x")


@pytest.mark.parametrize("now", ["skipped", "xfailed"])
def test_a_test_that_passed_and_is_skipped_or_expected_to_fail_is_newly_skipped(now):
    assert compare(run({"a::t": "passed"}), run({"a::t": now})).newly_skipped == ("a::t",)


def test_moving_a_test_does_not_hide_that_it_is_skipped_now():
    base = run({"a.py::test_x[1]": "passed", "a.py::test_x[2]": "passed"})
    seen = compare(base, run({"b.py::test_x[1]": "skipped", "b.py::test_x[2]": "passed"}))
    assert seen.newly_skipped == ("a.py::test_x[1]",)


def test_of_several_that_moved_those_that_run_are_matched_first():
    """An honest move of two files keeps one passing and one skipped test as they were, whatever the files are called now."""
    base = run({"a.py::test_x": "skipped", "b.py::test_x": "passed"})
    assert compare(base, run({"c.py::test_x": "passed", "d.py::test_x": "skipped"})).newly_skipped == ()
    assert compare(base, run({"c.py::test_x": "skipped", "d.py::test_x": "passed"})).newly_skipped == ()
    both = run({"a.py::test_x": "passed", "b.py::test_x": "passed"})
    assert compare(both, run({"c.py::test_x": "skipped", "d.py::test_x": "passed"})).newly_skipped == ("b.py::test_x",)


def test_a_test_that_was_expected_to_fail_and_passed_by_chance_may_fail_again():
    assert compare(run({"a::t": "xpassed"}), run({"a::t": "xfailed"})).newly_skipped == ()
    assert compare(run({"a::t": "xpassed"}), run({"a::t": "skipped"})).newly_skipped == ("a::t",)


def test_a_test_that_was_skipped_before_may_stay_so():
    assert compare(run({"a::t": "skipped"}), run({"a::t": "skipped"})).newly_skipped == ()


TWO_RUNNERS = [
    ("tests.test_a.Case.test_x", "tests/test_a.py::Case::test_x"),
    ("test_a.Case.test_x", "tests/test_a.py::Case::test_x"),
    ("test_a.Outer.Inner.test_x", "tests/unit/test_a.py::Outer::Inner::test_x"),
    ("api/tests.test_a.Case.test_x", "api/tests/test_a.py::Case::test_x"),
    ("api/test_a.Case.test_x", "api/tests/test_a.py::Case::test_x"),
    ("shop.tests.test_a.Case.test_x", "src/shop/tests/test_a.py::Case::test_x"),
    ("shop.tests.Case.test_x", "shop/tests/__init__.py::Case::test_x"),
    ("shop.a.double", "shop/a.py::double"),
]


@pytest.mark.parametrize(("unittests", "pytests"), TWO_RUNNERS)
def test_a_test_that_two_runners_name_in_their_own_ways_is_one(unittests, pytests):
    for old, new in ((unittests, pytests), (pytests, unittests)):
        seen = compare(run({old: WRONG}), run({new: ("error", "E")}))
        assert (seen.inherited, seen.removed) == ((new,), ())
        assert compare(run({old: "passed"}), run({new: WRONG})).inherited == ()
        assert compare(run({old: "passed"}), run({new: "passed"})).removed == ()
        assert compare(run({old: "passed"}), run({new: "skipped"})).newly_skipped == (new,)
        assert compare(run({old: "passed"}), run({"z.py::other": "passed"})).removed == (old,)
        assert compare(run({old: NO_NETWORK}), run({new: WRONG})).unclear == (new,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"test_a.Case.test_x"}, {"a/test_a.py::Case::test_x", "b/test_a.py::Case::test_x"}),
        ({"tests.test_a.Case.test_x"}, {"other/test_a.py::Case::test_x"}),
        ({"tests.test_a.Case.test_x"}, {"test_a.py::Case::test_x"}),
        ({"api/test_a.Case.test_x"}, {"web/test_a.py::Case::test_x"}),
        ({"test_a.Case.test_x"}, {"tests/test_a.py::Other::test_x"}),
        ({"test_x"}, {"tests/test_a.py::test_x"}),
        ({"__main__.Case.test_x"}, {"tests/test_a.py::Case::test_x"}),
        ({"a/test_a.Case.test_x", "test_a.Case.test_x"}, {"a/tests/test_a.py::Case::test_x"}),
    ],
    ids=["two places", "another folder", "no folder", "another project", "another class", "a function", "main", "two"],
)
def test_where_two_runners_names_may_mean_two_tests_no_failure_is_inherited(old, new):
    assert compare(run(dict.fromkeys(old, WRONG)), run(dict.fromkeys(new, WRONG))).inherited == ()
    assert compare(run(dict.fromkeys(new, WRONG)), run(dict.fromkeys(old, WRONG))).inherited == ()


def test_a_failure_in_another_file_is_not_inherited_because_the_runner_changed():
    """Both class and method have the old names: what failed before lay in tests/test_a.py, which passes now."""
    base = run({"test_a.C.t": WRONG}, files={"test_a.C.t": "tests/test_a.py"})
    assert compare(base, run({"new/test_a.py::C::t": WRONG})).inherited == ()
    assert compare(base, run({"tests/test_a.py::C::t": WRONG})).inherited == ("tests/test_a.py::C::t",)
    back = run({"test_a.C.t": WRONG}, files={"test_a.C.t": "new/test_a.py"})
    assert compare(run({"tests/test_a.py::C::t": WRONG}), back).inherited == ()


def test_a_whole_name_goes_before_one_from_a_folder_within():
    base = run({"tests.test_a.Case.t": WRONG, "api.tests.test_a.Case.t": "passed"})
    head = run({"tests/test_a.py::Case::t": WRONG, "api/tests/test_a.py::Case::t": WRONG})
    assert compare(base, head).inherited == ("tests/test_a.py::Case::t",)


def test_parameters_stay_in_a_name_and_no_case_is_another_runners_test():
    assert compare(run({"a.py::C::t[x/y.py::z]": WRONG}), run({"a.C.t": WRONG})).inherited == ()
    assert compare(run({"a.C.t[1]": WRONG}), run({"a.py::C::t[1]": WRONG})).inherited == ("a.py::C::t[1]",)


@pytest.mark.parametrize(
    ("unittests", "pytests"),
    [("tests.test_a", "tests/test_a.py"), ("test_a", "tests/test_a.py"), ("api/tests.test_a", "api/tests/test_a.py")],
)
def test_a_file_that_two_runners_could_not_collect_is_one(unittests, pytests):
    for old, new in ((unittests, pytests), (pytests, unittests)):
        assert compare(run(broken={old: "E"}), run(broken={new: "E"})).inherited == (new,)
        assert compare(run({old: WRONG}), run(broken={new: "E"})).inherited == ()


@pytest.mark.parametrize(
    ("name", "holder", "inside"),
    [
        ("tests.test_a.C.t", "tests/test_a.py", True),
        ("test_a.C.t", "tests/test_a.py", True),
        ("tests.test_a.C.t", "tests", True),
        ("tests.test_ab.C.t", "tests/test_a.py", False),
        ("web/tests.test_a.C.t", "api/tests/test_a.py", False),
        ("tests.test_a.C.t", "api/tests.test_a", False),
        ("tests/test_a.py::C::t", "tests.test_a", True),
        ("tests/test_a.py::C::t", "test_a", True),
        ("api/tests/test_a.py::C::t", "api/test_a", True),
        ("web/tests/test_a.py::C::t", "api/test_a", False),
        ("tests/unit/test_a.py::C::t", "unit", False),
        ("tests/test_ab.py::C::t", "tests.test_a", False),
    ],
)
def test_what_lies_in_a_file_that_another_runner_could_not_collect_is_not_removed(name, holder, inside):
    assert compare(run({name: "passed"}), run(broken={holder: "E"})).removed == (() if inside else (name,))


@pytest.mark.parametrize(
    ("holder", "name", "inside"),
    [
        ("tests/test_a.py", "tests/test_a.py::test_x", True),
        ("tests/test_a.py", "tests/test_a.pyx::test_x", False),
        ("tests", "tests/test_a.py::test_x", True),
        ("tests/__init__.py", "tests/test_a.py::test_x", True),
        ("tests", "tests_more/test_a.py::test_x", False),
        ("a.py::Case", "a.py::Case::test_x", True),
        ("a.py::Case", "a.py::CaseTwo::test_x", False),
        ("pkg.test_a", "pkg.test_a.Case.test_x", True),
        ("pkg.test_a", "pkg.test_ab.Case.test_x", False),
        ("", "tests/test_a.py::test_x", True),
        ("api/", "api/tests/test_a.py::test_x", True),
        ("api/", "web/tests/test_a.py::test_x", False),
    ],
)
def test_what_lies_in_a_file_that_could_not_be_collected_is_not_removed_and_what_lies_beside_it_is(
    holder, name, inside
):
    base = run({name: "passed"}, broken={holder: "E"})
    assert compare(base, run(broken={holder: "E"})).removed == (() if inside else (function(name),))


def test_where_the_deliverys_tests_are_not_all_known_none_is_called_gone():
    """A service that did not start, say, leaves an empty run: that the tests are not in it proves nothing."""
    started = events({"a::t": "passed"}).splitlines(keepends=True)[0]
    for head in (read(b""), read(started), merged([run({"b::t": "passed"}), read(started)])):
        seen = compare(run({"a::t": "passed", "a::u": "passed"}), head)
        assert (seen.removed, seen.newly_skipped, seen.head_listed) == ((), (), False)
    hangs = compare(run({"a::t": "passed", "a::u": "passed"}), run(missing=["a::u"], finished=False))
    assert (hangs.removed, hangs.head_listed) == (("a::t",), True)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a.py::test_x[1-2]", "a.py::test_x"),
        ("a.py::test_x[a::b]", "a.py::test_x"),
        ("a.py::test_x[[1]\n]", "a.py::test_x"),
        ("a[b]/c.py::test_x[1]", "a[b]/c.py::test_x"),
        ("a[b]/c.py::test_x", "a[b]/c.py::test_x"),
        ("pkg.Case.test_x", "pkg.Case.test_x"),
        ("a.py", "a.py"),
    ],
)
def test_a_functions_name_is_that_of_its_cases(name, plain):
    assert function(name) == plain


def _of_unittest(name):
    """What unittest calls a test that pytest calls so."""
    return name.replace("/", ".").replace(".py::", ".").replace("::", ".")


PATHS = st.dictionaries(
    st.builds("{}/test_{}.py::C::{}".format, st.sampled_from("ab"), st.sampled_from("cd"), st.sampled_from("tu")),
    st.sampled_from(["passed", "failed", "error", "skipped"]),
)


@settings(deadline=None, max_examples=100)
@given(PATHS, PATHS)
def test_another_runner_at_the_base_changes_nothing(base, head):
    base = {name: base.get(name, "skipped") for name in head | base}
    head = {name: head.get(name, "skipped") for name in base}
    same = compare(run(base), run(head))
    assert compare(run({_of_unittest(name): outcome for name, outcome in base.items()}), run(head)) == same


NAMES = st.builds(
    "{}.py::{}{}".format, st.sampled_from("abc"), st.sampled_from(["t", "u"]), st.sampled_from(["", "[1]", "[2]"])
)
OUTCOMES = st.sampled_from(["passed", "failed", "error", "skipped", "xfailed", "xpassed", NO_NETWORK, no_module("m")])
RUNS = st.builds(
    lambda tests, broken: run(tests, broken=dict.fromkeys(broken, "E")),
    st.dictionaries(NAMES, OUTCOMES, max_size=6),
    st.sets(st.sampled_from(["x.py", "y.py"])),
)
QUICK = settings(deadline=None, max_examples=100)


@QUICK
@given(RUNS)
def test_a_delivery_that_changes_nothing_removes_nothing_and_inherits_all_failures(same):
    seen = compare(same, same)
    assert seen.inherited == tuple(same.failing())
    assert seen == compare(same, same)
    assert (seen.removed, seen.newly_skipped, seen.unclear) == ((), (), ())


@QUICK
@given(RUNS, RUNS)
def test_only_what_failed_at_both_ends_is_inherited_and_nothing_is_said_twice(base, head):
    seen = compare(base, head)
    assert set(seen.inherited) | set(seen.unclear) == set(base.failing()) & set(head.failing())
    assert not set(seen.inherited) & set(seen.unclear)
    passed_before = {name for name in base.outcomes if base.outcome(name) in ("passed", "xpassed")}
    assert not passed_before & set(seen.inherited)
    assert set(seen.newly_skipped) <= passed_before
    whole = {name for name in seen.removed if not name.endswith(" cases)")}
    assert {name.partition(" (")[0] for name in seen.removed} <= {function(name) for name in passed_before}
    moved = _moved(base, head)
    assert not whole & ({function(name) for name in head.collected} | moved.keys())
    assert len(moved) == len(set(moved.values()))


@QUICK
@given(RUNS, st.data())
def test_no_case_that_passed_goes_unseen(base, data):
    passed = [name for name in base.collected if base.outcome(name) in ("passed", "xpassed")]
    if not passed:
        return
    gone = data.draw(st.sampled_from(passed))
    left = read(b"".join(line + b"\n" for line in _events(base) if json.loads(line).get("id") != gone))
    assert [name.partition(" (")[0] for name in compare(base, left).removed] == [function(gone)]


@QUICK
@given(RUNS, RUNS, st.data())
def test_renaming_a_failing_test_never_makes_it_inherited(base, head, data):
    failing = [name for name in head.failing() if name in head.outcomes]
    if not failing:
        return
    old = data.draw(st.sampled_from(failing))
    new = old.replace(".py::", "_new.py::")
    lines = [json.loads(line) for line in _events(head)]
    renamed = [{**one, "id": new} if one.get("id") == old else one for one in lines]
    after = compare(base, read("".join(json.dumps(one) + "\n" for one in renamed).encode()))
    assert new not in after.inherited
    assert set(after.inherited) <= set(compare(base, head).inherited)


def _events(one):
    tests = {name: (reports[1]["outcome"], "m") for name, reports in one.outcomes.items() if len(reports) > 2}
    tests |= {name: ("error", "m") for name, reports in one.outcomes.items() if len(reports) == 2}
    return events(tests, broken={event["id"]: "E" for event in one.collection_errors}).splitlines()
