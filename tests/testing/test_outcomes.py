"""Which failures count: each is left out only by evidence, and no evidence of the delivery's own making leads to a pass."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import made
from support.ran import run

from verifier.cli.assess import SERVICES
from verifier.criteria import judge
from verifier.model import Cause, Outcome, Whose
from verifier.testing import outcomes
from verifier.testing.difference import Difference, compare
from verifier.testing.events import merged
from verifier.testing.outcomes import (
    REASONS,
    RUN_HERE,
    Failures,
    Ran,
    Repeated,
    StartedService,
    Surroundings,
    sorted_out,
)

pytestmark = pytest.mark.self

OWN = frozenset({"shop"})
WRONG = ("failed", "assert 1 == 2")
NO_NETWORK = ("failed", "OSError: [Errno 101] Network is unreachable")
NO_SERVICE = ("failed", 'psycopg.OperationalError: connection to server at "db" failed')
NO_ZONE = ("failed", "zoneinfo.ZoneInfoNotFoundError: 'No time zone found with key X'")
NO_LOCALE = ("failed", "locale.Error: unsupported locale setting")
NO_PACKAGE = ("failed", "ModuleNotFoundError: No module named 'yaml'")
NOT_OURS = ("failed", "ModuleNotFoundError: No module named 'shop.orders'")


def once(tests=None, **more):
    """One run, nothing repeated."""
    one = run(tests, **more)
    return Ran(collected=one, measured=one, result=one)


def twice(before, after, alone=None, *, measured=True):
    """One test `t`: while measured, without, and alone."""
    repeated = {"t": Repeated(outcome=alone, measured=measured)} if alone else {}
    return Ran(collected=run({"t": before}), measured=run({"t": before}), result=run({"t": after}), alone=repeated)


def judged(ran, *, deviation="", missing=(), most=0):
    """What the criterion "no test fails", or at most so many, comes to."""
    failures = sorted_out(ran, OWN, deviation)
    trouble = outcomes.trouble(
        failures, Surroundings(deviation=deviation, missing=missing), {}
    ) or outcomes.unlike_base(ran.difference)
    facts = made.result("tests", topic="tests", measures=tuple(outcomes.measures(ran, failures)), trouble=trouble)
    return _held(facts, most)


def _held(facts, most):
    (outcome,) = judge(made.criteria(made.at_most("c", "tests.failed", most)), [facts]).outcomes
    return outcome.outcome


def values(ran, **more):
    return {m.name.removeprefix("tests."): m.value for m in outcomes.measures(ran, sorted_out(ran, OWN, ""), **more)}


def test_a_failing_test_counts_and_a_passing_one_does_not():
    ran = once({"a": WRONG, "b": "passed", "c": ("error", "E")}, broken={"x.py": "SyntaxError"})
    assert sorted_out(ran, OWN, "").counted == ("x.py", "a", "c")
    assert judged(ran) is Outcome.UNMET
    assert judged(once({"b": "passed"})) is Outcome.MET


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (NO_NETWORK, "network"),
        (NO_SERVICE, "service"),
        (NO_ZONE, "time zone"),
        (NO_LOCALE, "locale"),
        (NO_PACKAGE, "package"),
    ],
)
def test_what_shows_that_the_world_was_not_there_is_withheld_and_never_a_pass(said, what):
    failures = sorted_out(once({"t": said}), OWN, "")
    assert (failures.withheld, failures.counted) == ({"t": what}, ())
    assert judged(once({"t": said, "u": "passed"})) is Outcome.UNDETERMINED


@pytest.mark.parametrize("words", [NO_NETWORK[1], NO_SERVICE[1], NO_ZONE[1], NO_LOCALE[1], NO_PACKAGE[1]])
def test_printed_words_that_fake_a_cause_lead_at_best_to_undetermined(words):
    faked = ("failed", f"AssertionError: {words}\nassert 1 == 2")
    assert judged(once({"t": faked, "u": "passed"})) is Outcome.UNDETERMINED
    assert judged(once({"t": faked, "u": WRONG})) is Outcome.UNMET, "one that counts is enough"
    ran = once({"t": faked})
    assert "failed" not in values(ran)
    assert "passed" not in values(ran), "that no test passed is not the supplier's where all are withheld"


def test_a_module_of_the_deliverys_own_is_its_own_to_bring():
    assert sorted_out(once({"t": NOT_OURS}), OWN, "").counted == ("t",)
    assert judged(once({"t": NOT_OURS})) is Outcome.UNMET


def test_an_environment_that_is_not_theirs_withholds_all_but_what_they_lack_themselves():
    ran = once({"t": WRONG, "u": NOT_OURS, "v": NO_NETWORK})
    failures = sorted_out(ran, OWN, "old pins")
    assert failures.withheld == {"t": "deviation", "v": "network"}
    assert failures.counted == ("u",)
    assert judged(once({"t": WRONG}), deviation="old pins") is Outcome.UNDETERMINED
    assert judged(once({"t": "passed"}), deviation="old pins") is Outcome.MET


def test_where_the_project_itself_could_not_be_installed_its_own_modules_are_not_its_fault():
    """An extension in C that cannot be built here, say: the module that is missing is in the delivery."""
    ran = once({"t": WRONG, "u": NOT_OURS})
    failures = sorted_out(ran, OWN, "without the project", installed=False)
    assert (failures.withheld, failures.counted) == ({"t": "deviation", "u": "deviation"}, ())
    assert sorted_out(ran, OWN, "without the project[test]", installed=False).kinds["u"] == "deviation"


def test_in_an_environment_that_is_as_asked_for_it_does_not_matter_whether_there_was_a_project_to_install():
    failures = sorted_out(once({"u": NOT_OURS}), OWN, "", installed=False)
    assert (failures.withheld, failures.counted) == ({}, ("u",))


def test_what_failed_before_is_inherited_and_counts_for_nothing():
    ran = Ran(**_same(once({"t": WRONG, "u": "passed"})), difference=Difference(inherited=("t",)))
    failures = sorted_out(ran, OWN, "")
    assert (failures.inherited, failures.counted, failures.withheld) == (("t",), (), {})
    assert judged(ran) is Outcome.MET
    assert values(ran)["inherited"] == 1


def _same(ran):
    return {"collected": ran.collected, "measured": ran.measured, "result": ran.result, "alone": ran.alone}


def test_a_difference_says_nothing_of_a_test_that_passes():
    ran = Ran(**_same(once({"t": "passed"})), difference=Difference(inherited=("t",)))
    assert sorted_out(ran, OWN, "").inherited == ()


@pytest.mark.parametrize(
    "base",
    [
        run({"t": WRONG, "u": "passed"}, finished=False),
        run({"t": NO_PACKAGE, "u": "passed"}),
        run({"t": NO_NETWORK, "u": "passed"}),
    ],
    ids=["did not end", "lacked a package", "lacked the network"],
)
def test_a_base_that_could_not_be_run_as_it_should_neither_excuses_nor_blames(base):
    head = run({"t": WRONG, "u": "passed"})
    ran = Ran(collected=head, measured=head, result=head, difference=compare(base, head))
    assert sorted_out(ran, OWN, "").withheld == {"t": "base"}
    assert judged(ran) is Outcome.UNDETERMINED
    assert outcomes.trouble(sorted_out(ran, OWN, ""), Surroundings(), {}).whose is Whose.BUYER


def test_a_base_that_could_not_be_run_blames_no_delivery_whose_tests_pass():
    head = run({"t": "passed"})
    ran = Ran(collected=head, measured=head, result=head, difference=compare(run(finished=False), head))
    assert judged(ran) is Outcome.MET
    assert "removed" not in values(ran)
    trouble = outcomes.unlike_base(ran.difference)
    assert (trouble.cause, trouble.whose) == (Cause.ENVIRONMENT, Whose.OPERATOR)


@pytest.mark.parametrize("difference", [None, Difference()])
def test_without_a_base_or_with_one_that_ran_there_is_no_such_trouble(difference):
    assert outcomes.unlike_base(difference) is None


@pytest.mark.parametrize(
    ("before", "after", "alone", "measured"),
    [
        (WRONG, "passed", "passed", True),
        ("passed", WRONG, "passed", False),
        (("error", "E"), "passed", "passed", True),
        (WRONG, "skipped", "passed", True),
        ("skipped", WRONG, "passed", False),
        (WRONG, "xpassed", "skipped", True),
    ],
)
def test_a_test_that_changed_its_mind_under_equal_conditions_is_flaky_with_all_its_outcomes(
    before, after, alone, measured
):
    ran = twice(before, after, alone, measured=measured)
    words = tuple(one if isinstance(one, str) else one[0] for one in (before, after, alone))
    assert ran.flaky() == {"t": words}
    failures = sorted_out(ran, OWN, "")
    assert (failures.flaky, failures.counted) == (("t",), ())
    assert judged(ran) is Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("before", "after", "alone", "measured"),
    [
        (WRONG, "passed", "failed", True),
        (WRONG, "passed", "error", True),
        ("passed", WRONG, "failed", False),
        (WRONG, WRONG, "failed", False),
        (WRONG, WRONG, "passed", False),
        (WRONG, ("error", "E"), "failed", False),
        (("error", "E"), WRONG, "error", False),
        (WRONG, ("error", "E"), "passed", False),
    ],
    ids=[
        "only measured",
        "only measured, otherwise",
        "only without",
        "always",
        "passes alone",
        "fails in another way",
        "errs in another way",
        "passes alone, fails in two ways",
    ],
)
def test_a_test_that_gives_the_same_answer_under_the_same_conditions_is_not_flaky(before, after, alone, measured):
    """Nor does a test that now fails, now breaks get out of the count: it never passed."""
    ran = twice(before, after, alone, measured=measured)
    assert ran.flaky() == {}
    assert judged(ran) is (Outcome.MET if after == "passed" else Outcome.UNMET)


def test_a_test_that_was_not_repeated_is_not_flaky():
    assert twice(WRONG, "passed").flaky() == {}


def test_a_test_that_fails_in_order_and_passes_alone_is_told_and_counts():
    ran = twice(WRONG, WRONG, "passed", measured=False)
    assert ran.alone_only() == ["t"]
    assert sorted_out(ran, OWN, "").counted == ("t",)
    assert twice(WRONG, "passed", "passed").alone_only() == []
    assert twice(WRONG, WRONG, "failed", measured=False).alone_only() == []


def test_what_failed_at_least_once_is_repeated_as_it_failed_and_what_is_explained_is_not():
    names = {"a": WRONG, "b": WRONG, "c": "passed", "d": "passed", "e": NO_NETWORK, "f": WRONG}
    measured = run(names)
    result = run({"a": WRONG, "b": "passed", "c": WRONG, "d": "passed", "e": NO_NETWORK})
    ran = Ran(collected=measured, measured=measured, result=result)
    assert ran.to_repeat() == [("b", True), ("c", False), ("a", False)], "those in doubt first"


def test_the_measures_of_an_honest_run():
    ran = once({"a": "passed", "b": "skipped", "c": "xfailed", "d": "xpassed"})
    assert values(ran) == {
        "collected": 4,
        "skipped": 1,
        "xfailed": 1,
        "flaky": 0,
        "inherited": 0,
        "passed": 2,
        "failed": 0,
        "removed": 0,
    }


def test_no_tests_at_all_are_none_that_passed():
    assert (values(once())["passed"], values(once())["failed"]) == (0, 0)


def test_the_detail_says_what_is_not_counted_and_why():
    head = run({"a": WRONG, "b": WRONG, "c": "passed", "d": NO_NETWORK, "e": "passed"})
    first = run({"a": WRONG, "b": WRONG, "c": WRONG, "d": NO_NETWORK, "e": "passed"})
    alone = {"c": Repeated(outcome="passed", measured=True)}
    ran = Ran(collected=head, measured=first, result=head, alone=alone, difference=Difference(inherited=("a",)))
    (failed,) = [m for m in outcomes.measures(ran, sorted_out(ran, OWN, "")) if m.name == "tests.failed"]
    assert failed.value == 1
    assert failed.detail == (
        "2 passed, 3 failed; 1 test failed before the delivery as well, not counted; 1 flaky, not counted;"
        " 1 that cannot be judged here, not counted"
    )


@pytest.mark.parametrize("doubtful", [NO_NETWORK, NO_PACKAGE])
def test_where_failures_are_in_doubt_those_that_count_are_no_more_than_a_lower_bound(doubtful):
    ran = once({"a": WRONG, "b": doubtful, "c": "passed"})
    assert judged(ran, most=0) is Outcome.UNMET
    assert judged(ran, most=1) is Outcome.UNDETERMINED
    assert judged(once({"a": WRONG, "c": "passed"}), most=1) is Outcome.MET


def test_a_flaky_test_keeps_to_no_upper_limit_either():
    head, first = run({"a": WRONG, "t": "passed"}), run({"a": WRONG, "t": WRONG})
    ran = Ran(collected=head, measured=first, result=head, alone={"t": Repeated(outcome="passed", measured=True)})
    assert (judged(ran, most=0), judged(ran, most=1)) == (Outcome.UNMET, Outcome.UNDETERMINED)


def stopped(before, after=None, alone=None, **more):
    """Tests of which not all ran, neither while measured nor, where that run was made at all, without."""
    measured = run(before, **more)
    result = measured if after is None else run(after, **more)
    repeated = {name: Repeated(outcome=outcome, measured=False) for name, outcome in (alone or {}).items()}
    collected = run({**before, "never": "passed"}, collect=True, broken=more.get("broken"))
    return Ran(collected=merged([collected]), measured=merged([measured]), result=merged([result]), alone=repeated)


def bound_of(ran, **more):
    return [(m.name, m.value) for m in outcomes.lower_bound(ran, sorted_out(ran, OWN, "", **more))]


@pytest.mark.parametrize("word", ["failed", "error"])
def test_what_failed_in_a_run_that_stopped_at_its_first_failure_is_a_lower_bound(word):
    tests = {"a": "passed", "b": (word, "assert 1 == 2")}
    ran = stopped(tests, tests, missing=["never"])
    assert bound_of(ran) == [("tests.failed", 1)]
    (measure,) = outcomes.lower_bound(ran, sorted_out(ran, OWN, ""))
    assert measure.detail == "at least, since not all tests were run to their end: 1 passed, 1 " + word
    facts = made.result("tests", topic="tests", measures=(measure,))
    assert (_held(facts, 0), _held(facts, 1)) == (Outcome.UNMET, Outcome.UNDETERMINED)


@pytest.mark.parametrize(
    ("before", "after", "alone"),
    [
        ({"a": "passed"}, {"a": "passed"}, None),
        ({"a": NO_NETWORK}, {"a": NO_NETWORK}, None),
        ({"a": WRONG}, {"a": "passed"}, None),
        ({"a": "passed"}, {"a": WRONG}, {"a": "passed"}),
        ({"a": "passed"}, {"a": WRONG}, None),
        ({}, {"a": WRONG}, None),
        ({"a": WRONG}, None, None),
    ],
    ids=[
        "none",
        "withheld",
        "only while measured",
        "flaky",
        "changed its mind, not repeated",
        "seen once",
        "measured alone",
    ],
)
def test_a_failure_that_is_not_certain_is_no_lower_bound(before, after, alone):
    """A run that was killed has not been made again without measuring, nor were its tests repeated (ADR 0001)."""
    assert bound_of(stopped(before, after, alone, missing=["never"], finished=False)) == []


def test_one_that_failed_the_second_time_and_alone_is_certain():
    assert bound_of(stopped({"a": "passed"}, {"a": WRONG}, {"a": "failed"}, missing=["never"])) == [("tests.failed", 1)]


def test_what_was_there_before_is_no_lower_bound():
    ran = stopped({"a": WRONG, "b": WRONG}, {"a": WRONG, "b": WRONG}, missing=["never"])
    ran = Ran(**_same(ran), difference=Difference(inherited=("a",)))
    assert bound_of(ran) == [("tests.failed", 1)]


def test_a_file_that_could_not_be_collected_needs_no_measuring_for_that():
    ran = stopped({"a": WRONG}, None, broken={"x.py": "SyntaxError"}, missing=["never"], finished=False)
    assert bound_of(ran) == [("tests.failed", 1)], "the file alone: collected twice, once without measuring"


def test_of_two_suites_one_that_was_not_run_again_is_no_lower_bound():
    again, killed = {"a": WRONG}, run({"b": WRONG}, missing=["never"], finished=False)
    both = {"measured": merged([run(again), killed]), "result": merged([run(again), killed])}
    assert bound_of(Ran(collected=run(), **both)) == [("tests.failed", 1)]


def test_what_was_taken_away_or_skipped_is_counted_together_and_named():
    (measure,) = outcomes.removed(Difference(removed=("a", "b", "c"), newly_skipped=("d", "e", "f")))
    assert (measure.value, measure.detail) == (6, "a, b, c, d, e")
    (measure,) = outcomes.removed(None)
    assert (measure.value, measure.detail) == (0, "no base was given: nothing to compare with")


@pytest.mark.parametrize("difference", [Difference(base_ran=False), Difference(head_listed=False)])
def test_where_one_sides_tests_are_not_known_nothing_is_said_of_what_was_taken_away(difference):
    assert outcomes.removed(difference) == []


@pytest.mark.parametrize(
    ("what", "cause", "whose", "words"),
    [
        ("package", Cause.ENVIRONMENT, Whose.SUPPLIER, "do not fit: yaml;"),
        ("service", Cause.SERVICE, Whose.BUYER, "not running here (redis in compose.yml, by the project's own files);"),
        ("network", Cause.NETWORK, Whose.BUYER, "the network"),
        ("time zone", Cause.ENVIRONMENT, Whose.OPERATOR, "time zone data"),
        ("locale", Cause.ENVIRONMENT, Whose.BUYER, "a locale"),
        ("deviation", Cause.ENVIRONMENT, Whose.SUPPLIER, "(old pins);"),
        ("base", Cause.ENVIRONMENT, Whose.BUYER, "cannot be told"),
    ],
)
def test_each_reason_says_whose_it_is_how_many_and_which_is_the_first(what, cause, whose, words):
    failures = _failures(withheld={"t": what, "u": what}, strangers=("yaml",))
    trouble = outcomes.trouble(
        failures, Surroundings(deviation="old pins", missing=(REDIS,)), {"t": ("tests/test_a.py", 4)}
    )
    assert (trouble.cause, trouble.whose) == (cause, whose)
    assert words in trouble.message
    assert trouble.message.startswith("2 tests ")
    assert trouble.message.endswith("; the first is t.")
    assert trouble.mend
    assert (trouble.path, trouble.line) == (("compose.yml", 7) if what == "service" else ("tests/test_a.py", 4))


REDIS = StartedService(name="redis", path="compose.yml", line=7)


def _failures(**more):
    return Failures(**{"counted": (), "inherited": (), "flaky": (), "withheld": {}, "strangers": (), **more})


def test_the_most_telling_reason_is_the_one_that_is_said():
    every = {f"t{number}": what for number, what in enumerate(reversed(REASONS))}
    for what in list(REASONS):
        assert outcomes.trouble(_failures(withheld=every), Surroundings(deviation="d"), {}).cause is REASONS[what].cause
        assert (
            f"the first is {next(name for name, one in every.items() if one == what)}."
            in outcomes.trouble(_failures(withheld=every, flaky=("f",)), Surroundings(deviation="d"), {}).message
        )
        every = {name: one for name, one in every.items() if one != what}


def test_a_variable_that_is_not_set_is_named():
    said = "os.py:669: in __getitem__\n    raise KeyError(key) from None\nE   KeyError: 'SERVER_NAME'"
    failures = sorted_out(once({"t": ("failed", said)}), OWN, "")
    trouble = outcomes.trouble(failures, Surroundings(), {})
    assert ": SERVER_NAME; the first is t." in trouble.message
    assert trouble.whose is Whose.SUPPLIER


def test_a_service_that_no_file_starts_is_named_no_file():
    assert "()" not in outcomes.trouble(_failures(withheld={"t": "service"}), Surroundings(), {}).message


def test_a_service_that_runs_here_is_not_asked_for_once_more():
    trouble = outcomes.trouble(_failures(withheld={"t": "service"}), Surroundings(running=("postgresql",)), {})
    assert "although postgresql runs here" in trouble.message
    assert (trouble.cause, trouble.whose) == (Cause.SERVICE, Whose.SUPPLIER)
    assert "--service" not in trouble.mend


def test_an_interpreter_that_is_not_here_is_the_operators_to_mend():
    around = Surroundings(deviation="asks for Python 3.2", fitting=False)
    trouble = outcomes.trouble(_failures(withheld={"t": "deviation"}), around, {})
    assert (trouble.cause, trouble.whose) == (Cause.INTERPRETER, Whose.OPERATOR)
    assert "(asks for Python 3.2)" in trouble.message


def test_flaky_tests_are_a_trouble_of_their_own_and_no_failure_is_none():
    trouble = outcomes.trouble(_failures(flaky=("t",)), Surroundings(), {})
    assert (trouble.cause, trouble.whose) == (Cause.DELIVERY, Whose.SUPPLIER)
    assert trouble.message == "1 test changed from failing to passing when run again; the first is t."
    assert outcomes.trouble(_failures(counted=("t",), inherited=("u",)), Surroundings(), {}) is None


def test_a_finding_is_named_after_its_group():
    failures = _failures(counted=("a",), inherited=("b",), flaky=("c",), withheld={"d": "time zone"})
    assert failures.kinds == {"b": "inherited", "c": "flaky", "d": "time zone"}


OUTCOMES = st.sampled_from(
    ["passed", "skipped", "xfailed", "xpassed", WRONG, ("error", "E"), NO_NETWORK, NO_PACKAGE, NOT_OURS]
)
NAMES = ["a", "b", "c", "d"]
TESTS = st.fixed_dictionaries(dict.fromkeys(NAMES, OUTCOMES))
RUNS = st.builds(lambda tests, broken: run(tests, broken=dict.fromkeys(broken, "E")), TESTS, st.sets(st.just("x.py")))
ALONE = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from(["passed", "failed", "error", "skipped", "xpassed", "xfailed", "not run"])
)


def _ran(measured, result, alone, base):
    """`alone` as the checker makes it: under the conditions in which the test failed."""
    ran = Ran(collected=result, measured=measured, result=result)
    repeated = {n: Repeated(outcome=alone[n], measured=m) for n, m in ran.to_repeat() if n in alone}
    difference = compare(base, result) if base else None
    return Ran(collected=result, measured=measured, result=result, alone=repeated, difference=difference)


MADE = st.builds(_ran, RUNS, RUNS, ALONE, st.none() | RUNS)
QUICK = settings(deadline=None, max_examples=100)


@QUICK
@given(MADE, st.sampled_from(["", "old pins"]), st.booleans())
def test_each_failure_is_in_exactly_one_group_and_none_is_lost(ran, deviation, installed):
    failures = sorted_out(ran, OWN, deviation, installed=installed)
    groups = [failures.counted, failures.inherited, failures.flaky, tuple(failures.withheld)]
    every = [name for group in groups for name in group]
    assert len(every) == len(set(every))
    assert set(ran.result.failing()) <= set(every)
    assert set(every) - set(ran.result.failing()) <= set(failures.flaky)
    assert set(failures.kinds) == set(every) - set(failures.counted)
    assert set(failures.withheld.values()) <= REASONS.keys()
    assert (outcomes.trouble(failures, Surroundings(deviation=deviation), {}) is None) is not bool(
        failures.withheld or failures.flaky
    )


@QUICK
@given(MADE)
def test_a_test_that_only_fails_while_it_is_measured_is_never_flaky(ran):
    for name, seen in ran.flaky().items():
        assert {"failed", "error"} & set(seen)
        assert not {"failed", "error"} >= set(seen)
        if seen[0] in ("failed", "error") and seen[1] not in ("failed", "error"):
            assert seen[2] not in ("failed", "error"), f"{name} is disturbed by the measuring"


@QUICK
@given(MADE, st.sampled_from(["", "old pins"]))
def test_no_failure_is_called_a_pass_but_one_that_was_there_before(ran, deviation):
    if judged(ran, deviation=deviation) is Outcome.MET:
        assert set(ran.result.failing()) <= set(ran.difference.inherited if ran.difference else ())


@QUICK
@given(MADE, st.sampled_from(["", "old pins"]))
def test_nobody_is_blamed_but_for_a_failure_that_counts(ran, deviation):
    if judged(ran, deviation=deviation) is Outcome.UNMET:
        assert sorted_out(ran, OWN, deviation).counted


def lacking(*names):
    """What is said of a test that could not reach a service, where the project's files start these."""
    failures = Failures(counted=(), inherited=(), flaky=(), withheld={"a.py::t": "service"}, strangers=())
    around = Surroundings(missing=[StartedService(name=name, path="compose.yml", line=3) for name in names])
    return outcomes.trouble(failures, around, {})


def test_the_command_that_tries_a_service_names_it():
    said = lacking("redis", "postgresql", "mysql")
    assert "`verifier assess . --only tests --service postgresql --service redis`" in said.mend
    assert "services: [postgresql, redis]" in said.mend.fr
    assert "NAME" not in said.mend
    assert (said.path, said.line) == ("compose.yml", 3)


def test_no_command_is_named_for_a_service_that_cannot_be_run_here():
    said = lacking("mysql")
    assert "--service" not in said.mend
    assert "mysql in compose.yml" in said.message
    assert (said.path, said.line) == ("compose.yml", 3)


def test_the_services_are_those_that_can_be_asked_for():
    assert set(SERVICES) == RUN_HERE
