"""What the facts mean: each outcome, the precedence of the verdict, and the algebra of both."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import made

from verifier.criteria import judge, verdict
from verifier.model import Cause, Level, Outcome, OutcomeOf, Role, Skip, Trouble, Verdict, Whose
from verifier.policy import Comparison

pytestmark = pytest.mark.self
BROKEN = Trouble(cause=Cause.TOOL, message="It broke.")


def only(criterion, *results, **more):
    """The outcome of one criterion."""
    (outcome,) = judge(made.criteria(criterion), results, **more).outcomes
    return outcome


@pytest.mark.parametrize(("value", "outcome"), [(7999, Outcome.UNMET), (8000, Outcome.MET), (8001, Outcome.MET)])
def test_a_measure_is_held_against_what_is_required(value, outcome):
    judged = only(made.at_least("c", "tests.coverage", 8000, unit="basis points"), made.measures(coverage=value))
    assert judged.outcome is outcome
    assert judged.required == "at least 80 %"


def test_at_most_counts_the_bound_as_met():
    assert only(made.at_most("c", "tests.failed", 0), made.measures(failed=0)).outcome is Outcome.MET
    assert only(made.at_most("c", "tests.failed", 0), made.measures(failed=1)).outcome is Outcome.UNMET


@pytest.mark.parametrize(
    ("op", "outcomes"),
    [
        ("at_least", {2: Outcome.UNDETERMINED, 3: Outcome.MET, 4: Outcome.MET}),
        ("at_most", {2: Outcome.UNDETERMINED, 3: Outcome.UNDETERMINED, 4: Outcome.UNMET}),
        ("equals", {2: Outcome.UNDETERMINED, 3: Outcome.UNDETERMINED, 4: Outcome.UNMET}),
    ],
)
def test_a_measure_that_may_be_more_decides_only_what_more_of_it_would_not_change(op, outcomes):
    wanted = made.criterion("c", check="tests.failed", comparison=Comparison(op=op, value=3, unit="count"))
    for value, outcome in outcomes.items():
        measure = made.Measure(name="tests.failed", value=value, partial=True)
        judged = only(wanted, made.result("tests", topic="tests", measures=(measure,), trouble=BROKEN))
        assert judged.outcome is outcome
        assert (judged.reason == "It broke.") is (outcome is Outcome.UNDETERMINED)


@pytest.mark.parametrize(("value", "outcome"), [("MIT", Outcome.UNDETERMINED), ("GPL-3.0-only", Outcome.UNMET)])
def test_a_licence_with_words_of_its_own_is_undetermined_where_it_would_do_and_the_suppliers_to_mend(value, outcome):
    wanted = made.criterion(
        "l", check="licence.project", comparison=Comparison(op="equals", value="MIT", unit="expression")
    )
    said = "LICENSE holds more than MIT: at 10-11"
    measure = made.Measure(name=wanted.check, value=value, unit="expression", detail=said, partial=True)
    judged = only(wanted, made.result("scancode", topic="licence", measures=(measure,), trouble=BROKEN))
    assert (judged.outcome, judged.whose) == (outcome, Whose.SUPPLIER)
    assert judged.reason.startswith(said)


def test_a_measure_that_may_be_more_says_what_is_open_where_nothing_broke():
    wanted = made.at_most("c", "licence.dependencies.conflicting", 0)
    measure = made.Measure(name=wanted.check, value=0, detail="to be looked at by a person: paste", partial=True)
    judged = only(wanted, made.result("dependencies", topic="licence", measures=(measure,)))
    assert (judged.outcome, judged.reason) == (Outcome.UNDETERMINED, "to be looked at by a person: paste")
    assert judged.whose is Whose.BUYER


def test_a_measure_that_nobody_took_is_undetermined_and_not_the_suppliers_fault():
    judged = only(made.at_least("c", "tests.passed", 1))
    assert judged.outcome is Outcome.UNDETERMINED
    assert judged.whose is Whose.OPERATOR


def test_two_checkers_that_disagree_about_a_measure_have_not_measured_it():
    results = (made.measures(passed=1), made.measures(passed=2))
    assert only(made.at_least("c", "tests.passed", 1), *results).outcome is Outcome.UNDETERMINED


def test_a_trouble_of_the_topic_is_the_reason_of_an_undetermined_measure():
    broken = made.result("tests", topic="tests", trouble=BROKEN)
    assert only(made.at_least("c", "tests.passed", 1), broken).reason == "It broke."


def test_the_environments_trouble_explains_a_missing_test_result():
    environment = made.result("environment", topic="environment", trouble=BROKEN)
    assert only(made.at_least("c", "tests.passed", 1), environment).reason == "It broke."


@pytest.mark.parametrize(
    ("tier", "least", "outcome"),
    [
        ("namespaces+cgroups", "namespaces+cgroups", Outcome.MET),
        ("namespaces+cgroups", "namespaces", Outcome.MET),
        ("namespaces", "namespaces", Outcome.MET),
        ("namespaces", "namespaces+cgroups", Outcome.UNDETERMINED),
        ("none", "namespaces", Outcome.UNDETERMINED),
        ("of another time", "namespaces", Outcome.UNDETERMINED),
    ],
)
def test_what_ran_in_a_weaker_sandbox_than_is_accepted_does_not_count(tier, least, outcome):
    passes, fails = made.at_least("c", "tests.passed", 1), made.at_most("d", "tests.failed", 0)
    criteria = made.criteria(passes, fails, sandbox_at_least=least)
    for failed, second in ((0, Outcome.MET), (1, Outcome.UNMET)):
        first, other = judge(criteria, (made.measures(passed=1, failed=failed),), tier=tier).outcomes
        assert (first.outcome, other.outcome) == (outcome, second if outcome is Outcome.MET else outcome)
    if outcome is Outcome.UNDETERMINED:
        assert (first.whose, first.trouble.cause) == (Whose.OPERATOR, Cause.SANDBOX)
        assert f"of tier {tier}; the criteria accept {least} at least" in first.reason


def test_static_checkers_count_whatever_the_sandbox_and_a_trouble_keeps_its_reason():
    criteria = made.criteria(made.search(), made.at_most("c", "tests.failed", 0), sandbox_at_least="namespaces+cgroups")
    partial = (made.Measure(name="tests.failed", value=3, partial=True),)
    broken = made.result("tests", topic="tests", measures=partial, trouble=BROKEN)
    found, tests = judge(criteria, (made.result(findings=(made.finding(),)), broken), tier="namespaces").outcomes
    assert found.outcome is Outcome.UNMET
    assert (tests.outcome, tests.reason) == (Outcome.UNDETERMINED, "It broke.")


@pytest.mark.parametrize(
    ("fresh", "cached", "counts"), [(True, "", True), (True, "part", False), (True, "all", False), (False, "all", True)]
)
def test_what_comes_from_a_cache_does_not_count_where_a_fresh_run_is_asked_for(fresh, cached, counts):
    criteria = made.criteria(made.search(), fresh=fresh)
    for findings, outcome in (((), Outcome.MET), ((made.finding(),), Outcome.UNMET)):
        (judged,) = judge(criteria, (replace(made.result(findings=findings), cached=cached),)).outcomes
        assert judged.outcome is (outcome if counts or findings else Outcome.UNDETERMINED)
        if not (counts or findings):
            assert judged.reason.startswith(
                "The result of bandit comes from a cache; the criteria ask for a fresh run."
            )


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ("MIT", Outcome.MET),
        ("Apache-2.0 OR MIT", Outcome.MET),
        ("GPL-3.0-only", Outcome.UNMET),
        ("NONE", Outcome.UNMET),
    ],
)
def test_a_licence_is_compared_as_an_expression(expression, outcome):
    wanted = made.criterion(
        "l", check="licence.project", comparison=Comparison(op="equals", value="MIT", unit="expression")
    )
    facts = made.result(
        "scancode",
        topic="licence",
        measures=(made.Measure(name="licence.project", value=expression, unit="expression"),),
    )
    assert only(wanted, facts).outcome is outcome


def test_a_listed_finding_is_unmet_and_named():
    judged = only(made.search(), made.result(findings=(made.finding(),)))
    assert judged.outcome is Outcome.UNMET
    assert judged.findings == (made.finding().fingerprint,)
    assert judged.reason == "a.py:1 m"


@pytest.mark.parametrize(
    "finding",
    [
        made.finding("bandit:B101"),
        made.finding(role=Role.TESTS),
        made.finding(inherited=True),
    ],
    ids=["not listed", "in tests", "there before"],
)
def test_a_finding_that_does_not_count_leaves_the_criterion_met(finding):
    assert only(made.search(), made.result(findings=(finding,))).outcome is Outcome.MET


def test_a_finding_below_the_listed_confidence_does_not_block():
    wanted = made.search(confidence="medium")
    assert only(wanted, made.result(findings=(made.finding(confidence="low"),))).outcome is Outcome.MET
    assert only(wanted, made.result(findings=(made.finding(confidence="medium"),))).outcome is Outcome.UNMET


def test_a_rule_that_needs_the_environment_does_not_blame_without_it():
    facts = (made.result(findings=(made.finding(),)), made.result("environment", topic="environment", trouble=BROKEN))
    assert only(made.search(environment=True), *facts).outcome is Outcome.UNDETERMINED
    assert only(made.search(environment=False), *facts).outcome is Outcome.UNMET


@pytest.mark.parametrize(
    "facts",
    [
        (),
        (made.result("semgrep"),),
        (made.result(trouble=BROKEN),),
        (made.result(not_examined=(made.skipped(),)),),
    ],
    ids=["nothing ran", "another ran", "it crashed", "source unexamined"],
)
def test_nothing_found_is_no_pass_unless_everything_in_scope_was_examined(facts):
    assert only(made.search(), *facts).outcome is Outcome.UNDETERMINED


@pytest.mark.parametrize("skipped", [made.skipped(role=Role.TESTS), made.skipped(source=False)], ids=["tests", "data"])
def test_an_unexamined_file_outside_the_scope_is_only_listed(skipped):
    assert only(made.search(), made.result(not_examined=(skipped,))).outcome is Outcome.MET


def test_one_that_reads_any_file_makes_up_for_no_language_and_machine_code_is_not_its_matter():
    unknown = made.skipped("main.go", Skip.LANGUAGE, language="go")
    code = made.result("semgrep", not_examined=(unknown,))
    text = replace(made.result("secrets", not_examined=(made.skipped("a.so", Skip.NOT_TEXT),)), any_language=True)
    judged = judge(made.criteria(made.search(by=("semgrep", "secrets"))), [code, text])
    assert (judged.outcomes[0].outcome, "main.go" in judged.outcomes[0].reason) == (Outcome.UNDETERMINED, True)
    judged = judge(made.criteria(made.search(by=("semgrep", "secrets"))), [made.result("semgrep"), text])
    assert judged.outcomes[0].outcome is Outcome.MET


def test_a_rule_can_leave_out_roles_of_files():
    criteria = made.criteria(made.search(outside=frozenset({Role.DOCS})))
    for role, outcome in ((Role.DOCS, Outcome.MET), (Role.SOURCE, Outcome.UNMET)):
        found = made.result(findings=(made.finding(role=role),))
        assert judge(criteria, [found]).outcomes[0].outcome is outcome


def test_a_language_that_one_checker_does_not_read_may_be_anothers():
    other = made.skipped("app.js", Skip.LANGUAGE)
    wanted = made.search(by=("bandit", "semgrep"))
    assert only(wanted, made.result(not_examined=(other,)), made.result("semgrep")).outcome is Outcome.MET
    neither = (made.result(not_examined=(other,)), made.result("semgrep", not_examined=(other,)))
    assert only(wanted, *neither).outcome is Outcome.UNDETERMINED


def test_a_helper_of_the_documentation_in_another_language_is_only_listed():
    batch = made.skipped("docs/make.bat", Skip.LANGUAGE, role=Role.DOCS)
    assert only(made.search(), made.result(not_examined=(batch,))).outcome is Outcome.MET


def test_a_criterion_about_one_language_leaves_the_others_out():
    script = made.skipped("deploy.ps1", Skip.LANGUAGE, language="powershell")
    wanted = replace(made.search(), languages=frozenset({"python"}))
    assert only(wanted, made.result(not_examined=(script,))).outcome is Outcome.MET
    assert only(made.search(), made.result(not_examined=(script,))).outcome is Outcome.UNDETERMINED
    broken = made.skipped("a.py", language="python")
    assert only(wanted, made.result(not_examined=(broken,))).outcome is Outcome.UNDETERMINED


def test_nothing_in_scope_is_not_applicable_and_alone_never_accepts():
    judged = judge(made.criteria(made.search(), made.manual()), [made.result(looked_at=0)])
    assert judged.outcomes[0].outcome is Outcome.NOT_APPLICABLE
    assert judged.verdict is Verdict.INCONCLUSIVE


def test_a_signed_waiver_of_each_finding_waives():
    facts = made.result(findings=(made.finding(),))
    assert only(made.search(), facts, waivers=[made.waiver(made.finding().fingerprint)]).outcome is Outcome.WAIVED


@pytest.mark.parametrize("waiver", [{"signed": False}, {"until": "2026-01-01"}], ids=["proposed", "expired"])
def test_a_proposal_or_an_expired_waiver_never_counts(waiver):
    facts = made.result(findings=(made.finding(),))
    given = [made.waiver(made.finding().fingerprint, **waiver)]
    assert only(made.search(), facts, waivers=given, today="2026-11-22").outcome is Outcome.UNMET


def test_waiving_the_findings_does_not_waive_what_nobody_examined():
    facts = made.result(findings=(made.finding(),), not_examined=(made.skipped(),))
    waivers = [made.waiver(made.finding().fingerprint)]
    assert only(made.search(), facts, waivers=waivers).outcome is Outcome.UNDETERMINED
    assert only(made.search("s"), facts, waivers=[*waivers, made.waiver("s")]).outcome is Outcome.WAIVED


def test_a_persons_decision_cannot_be_waived():
    assert only(made.manual("r"), waivers=[made.waiver("r")]).outcome is Outcome.AWAITING


def test_the_score_says_what_it_does_not_know():
    wanted = made.criteria(
        made.at_least("a", "tests.passed", 1),
        made.at_least("b", "tests.coverage", 1),
        made.at_least("c", "tests.x", 1, level=Level.SHOULD),
    )
    score = judge(wanted, [made.measures(passed=3, x=1)]).score
    assert (score.value, score.derivation) == (5714, "4 of 7 points (must 3, should 1); 1 undetermined, counted as 0")


# The algebra.

OUTCOMES = st.lists(st.tuples(st.sampled_from(Level), st.sampled_from(Outcome)), max_size=8)
RANK = {Verdict.REJECTED: 0, Verdict.INCONCLUSIVE: 1, Verdict.PENDING: 2, Verdict.ACCEPTED: 3}


def outcomes(pairs):
    return [
        OutcomeOf(criterion=str(n), level=level, outcome=outcome, measured="", required="", reason="")
        for n, (level, outcome) in enumerate(pairs)
    ]


@given(OUTCOMES, st.randoms(use_true_random=False))
def test_the_order_of_criteria_never_matters(pairs, chance):
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    assert verdict(outcomes(pairs)) is verdict(outcomes(shuffled))


@given(OUTCOMES)
def test_adding_an_unmet_must_always_rejects(pairs):
    assert verdict(outcomes([*pairs, (Level.MUST, Outcome.UNMET)])) is Verdict.REJECTED


@given(OUTCOMES, st.sampled_from([Outcome.UNDETERMINED, Outcome.AWAITING, Outcome.UNMET]), st.sampled_from(Level))
def test_adding_what_is_not_met_never_helps(pairs, outcome, level):
    if not any(which is Level.MUST for which, _ in pairs):
        return  # nothing required yet: the first must may turn "inconclusive" into "pending"
    before, after = verdict(outcomes(pairs)), verdict(outcomes([*pairs, (level, outcome)]))
    assert RANK[after] <= RANK[before]


@given(OUTCOMES)
def test_shoulds_and_infos_never_decide(pairs):
    musts = [pair for pair in pairs if pair[0] is Level.MUST]
    assert verdict(outcomes(pairs)) is verdict(outcomes(musts))


def test_no_outcome_at_all_is_inconclusive():
    assert verdict([]) is Verdict.INCONCLUSIVE


MACHINE = st.sampled_from(
    [
        made.at_least("passed", "tests.passed", 1),
        made.at_most("failed", "tests.failed", 0),
        made.at_least("coverage", "tests.coverage", 8000),
        made.search(),
    ]
)
EMPTY_RUNS = st.lists(
    st.one_of(
        st.builds(lambda: made.result(looked_at=0)),
        st.builds(lambda: made.result(looked_at=0, not_examined=(made.skipped(),))),
        st.builds(lambda: made.result(trouble=BROKEN)),
        st.builds(lambda: made.result("tests", topic="tests", trouble=BROKEN)),
        st.builds(lambda: made.result("environment", topic="environment", trouble=BROKEN)),
        st.builds(lambda: made.result("semgrep", findings=(made.finding(),))),
    ),
    max_size=5,
)


@given(st.lists(MACHINE, min_size=1, unique_by=lambda c: c.id), EMPTY_RUNS)
def test_no_empty_unexamined_or_crashed_run_is_ever_accepted_or_pending(wanted, results):
    judged = judge(made.criteria(*wanted, made.manual()), results)
    assert judged.verdict in (Verdict.REJECTED, Verdict.INCONCLUSIVE)


FULL_RUN = (
    made.measures(passed=3, failed=0, coverage=9000),
    made.result(findings=(made.finding("bandit:B101"), made.finding("bandit:B101", line=2))),
    made.result("semgrep"),
)


@given(st.randoms(use_true_random=False))
def test_the_order_of_results_never_matters(chance: random.Random):
    shuffled = list(FULL_RUN)
    chance.shuffle(shuffled)
    wanted = made.criteria(made.at_least("passed", "tests.passed", 1), made.search(by=("bandit", "semgrep")))
    assert judge(wanted, shuffled) == judge(wanted, FULL_RUN)


@given(st.sampled_from(FULL_RUN), st.sampled_from([None, BROKEN]))
def test_dropping_or_crashing_a_checker_never_helps(victim, trouble):
    wanted = made.criteria(
        made.at_least("passed", "tests.passed", 1),
        made.at_most("failed", "tests.failed", 0),
        made.search(by=("bandit", "semgrep")),
    )
    assert judge(wanted, FULL_RUN).verdict is Verdict.ACCEPTED
    broken = [made.result(victim.name, topic=victim.topic, trouble=trouble)] if trouble else []
    left = [result for result in FULL_RUN if result is not victim]
    assert judge(wanted, [*left, *broken]).verdict is Verdict.INCONCLUSIVE
