"""What would flip the verdict: the smallest list, in the order that blocks payment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import made

from verifier.advice import advice
from verifier.criteria import judge
from verifier.flip import LINES, MOST, Run, flip
from verifier.model import Cause, Measure, Outcome, Suppression, Trouble, Whose
from verifier.policy import Comparison, LicencePolicy
from verifier.testing import probed
from verifier.words import NARROW

pytestmark = pytest.mark.self
TWO = made.search("security.blocking", "semgrep:tls", "bandit:B501", by=("bandit", "semgrep"), fix=made.WORDS)


def steps(wanted, *results, **run):
    criteria = made.criteria(*wanted)
    return flip(criteria, judge(criteria, results), results, run=Run(**run))


def bandit(*found):
    return made.result(findings=found)


def semgrep(*found):
    return made.result("semgrep", findings=found)


def test_the_same_finding_by_two_tools_at_one_line_is_one_thing():
    both = made.finding("bandit:B501", cwe=(295,)), made.finding("semgrep:tls", cwe=(295, 300))
    ((step),) = steps([TWO], bandit(both[0]), semgrep(both[1]))
    (thing,) = step["things"]
    assert (thing["rule"], thing["path"], thing["line"], thing["count"]) == ("semgrep:tls", "a.py", 1, 1)
    assert thing["fingerprints"] == sorted(one.fingerprint for one in both)
    assert (thing["why"], thing["fix"]) == (made.WORDS, made.WORDS)


def test_two_weaknesses_at_one_line_are_two_things():
    """Otherwise the supplier would mend one and be rejected for the other."""
    (step,) = steps(
        [TWO], bandit(made.finding("bandit:B501", cwe=(295,))), semgrep(made.finding("semgrep:tls", cwe=(78,)))
    )
    assert [thing["rule"] for thing in step["things"]] == ["semgrep:tls", "bandit:B501"]


def test_many_findings_of_one_rule_in_one_file_are_one_thing_with_its_lines():
    (step,) = steps([made.search()], bandit(*(made.finding(line=n) for n in range(40, 0, -1))))
    (thing,) = step["things"]
    assert (thing["line"], thing["count"], thing["lines"]) == (1, 40, list(range(1, LINES + 1)))
    assert len(thing["fingerprints"]) == 40


def test_many_things_are_counted_and_cut():
    found = (made.finding(path=f"{n:03}.py") for n in range(MOST + 7))
    (step,) = steps([made.search()], bandit(*found))
    assert (len(step["things"]), step["more"]) == (MOST, 7)
    assert step["do"] == f"Mend {MOST + 7} things."


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.sampled_from([(1,), (2,), (1, 2), ()])), max_size=12
    )
)
def test_every_finding_is_behind_exactly_one_thing(places):
    found = [
        made.finding("bandit:B501" if n % 2 else "semgrep:tls", path=path, line=line, cwe=cwe, ordinal=n)
        for n, (path, line, cwe) in enumerate(places)
    ]
    results = bandit(*found[1::2]), semgrep(*found[::2])
    listed = [one for step in steps([TWO], *results) for thing in step["things"] for one in thing["fingerprints"]]
    assert sorted(listed) == sorted(one.fingerprint for one in found)


def test_it_is_ordered_as_it_blocks_payment():
    wanted = [
        made.manual(),
        made.at_least("coverage", "tests.coverage.statements", 8000, unit="basis points"),
        made.at_most("pass", "tests.failed", 0),
        made.at_least("exist", "tests.passed", 1),
        made.search(),
        made.at_least("reuse", "licence.reuse.compliant", 1),
        made.at_least("removed", "tests.removed", 0),
        made.at_least("readme", "project.readme", 1),
    ]
    tests = made.result(
        "tests",
        topic="tests",
        measures=(
            Measure(name="tests.failed", value=2),
            Measure(name="tests.coverage.statements", value=7697, unit="basis points", detail="565 of 734 statements"),
        ),
        trouble=Trouble(cause=Cause.SERVICE, message="No database.", whose=Whose.BUYER, mend="Declare it."),
    )
    others = made.measures("licence", **{"reuse.compliant": 0}), made.measures("project", readme=0)
    found = steps(wanted, bandit(made.finding()), tests, *others)
    assert [step["criterion"] for step in found] == [
        "reuse", "security.blocking", "pass", "coverage", "readme", "exist", "removed", "requirements",
    ]  # fmt: skip
    assert [step["whose"] for step in found] == ["supplier"] * 5 + ["buyer"] * 2 + ["assessor"]
    assert found[3]["do"].startswith(
        "Write tests that run 23 more statements: 565 of 734 are run (76.97 %; at least 80 % needed)."
    )
    assert found[4]["do"] == "Add README.md."
    assert (found[5]["cause"], found[5]["do"]) == ("service", "Declare it.")
    assert (found[5]["things"][0]["what"], found[5]["things"][0]["fix"]) == ("No database.", "Declare it.")
    assert found[7]["things"][0]["what"] == made.WORDS


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(1, 10_000))
def test_so_many_more_statements_are_enough_and_one_less_is_not(part, whole, wanted):
    part = min(part, whole)
    if part * 10_000 // whole >= wanted:
        return
    criterion = made.at_least("c", "tests.coverage.statements", wanted, unit="basis points")
    measure = Measure(name=criterion.check, value=part * 10_000 // whole, detail=f"{part} of {whole} statements")
    outcome = judge(made.criteria(criterion), ()).outcomes[0]
    more = int(str(advice(criterion, replace(outcome, outcome=Outcome.UNMET), measure, 0)).split()[4])
    assert (part + more) * 10_000 // whole >= wanted > (part + more - 1) * 10_000 // whole


@pytest.mark.parametrize("kind", ["statements", "branches"])
def test_of_coverage_any_that_is_not_run_will_do_and_where_every_file_stands_is_said(kind):
    measure = Measure(name=f"tests.coverage.{kind}", value=5000, unit="basis points", detail=f"5 of 10 {kind}")
    tests = made.result("tests", topic="tests", measures=(measure,))
    (step,) = steps([made.at_least("c", measure.name, 8000, unit="basis points")], tests)
    assert f"Any of these 10 {kind} that no test" in step["do"]
    assert "yet will do" in step["do"]
    assert "report.json" in step["do"]


def test_each_failing_test_that_counts_is_a_thing_in_its_own_words():
    failed = made.finding("tests:failed", "tests/test_a.py", 3, severity="error")
    excused = made.finding("tests:flaky", "tests/test_b.py", severity="note")
    tests = made.result(
        "tests", topic="tests", findings=(failed, excused), measures=(Measure(name="tests.failed", value=1),)
    )
    (step,) = steps([made.at_most("tests.pass", "tests.failed", 0)], tests)
    assert [(t["path"], t["line"], t["what"]) for t in step["things"]] == [("tests/test_a.py", 3, "m")]
    assert step["do"] == "Make 1 test pass that fails."


def failing(*found):
    """What is listed of these failures, each (message, path, line)."""
    findings = tuple(
        replace(made.finding("tests:failed", path, line, severity="error"), message=message, line=line)
        for message, path, line in found
    )
    counted = (Measure(name="tests.failed", value=len(findings)),)
    tests = made.result("tests", topic="tests", findings=findings, measures=counted)
    (step,) = steps([made.at_most("tests.pass", "tests.failed", 0)], tests)
    listed = [one for thing in step["things"] for one in thing["fingerprints"]]
    assert sorted(listed) == sorted(one.fingerprint for one in findings)
    assert step["do"].startswith(f"Make {len(findings)} test")
    return [thing["what"] for thing in step["things"]]


def test_one_cause_of_many_failures_is_one_thing():
    """A package that raises in every fixture: the place is outside the delivery, the words are the same."""
    error = "ValueError: password cannot be longer than 72 bytes"
    told = failing(*((f"tests/test_{n % 3}.py::test_{n}: {error}", f"tests/test_{n % 3}.py", None) for n in range(16)))
    assert told == [f"16 tests: {error} (the first: tests/test_0.py::test_0)"]
    assert told[0].fr == f"16 tests\u202f: {error} (le premier\u202f: tests/test_0.py::test_0)"


def test_the_same_error_at_one_line_of_the_delivery_is_one_thing_and_at_two_lines_is_two():
    assert failing(("a::x: KeyError: 'k'", "a.py", 3), ("a::y: KeyError: 'k'", "a.py", 3)) == [
        "2 tests: KeyError: 'k' (the first: a::x)"
    ]
    assert len(failing(("a::x: KeyError: 'k'", "a.py", 3), ("a::y: KeyError: 'k'", "a.py", 4))) == 2
    assert len(failing(("a::x: KeyError: 'k'", "a.py", 3), ("a::y: KeyError: 'j'", "a.py", 3))) == 2


@pytest.mark.parametrize("error", ["AssertionError: expected call not found.", "Failed: DID NOT RAISE", "error", "E"])
def test_words_that_a_test_may_have_chosen_tell_no_cause_without_a_place(error):
    assert failing((f"a::x: {error}", "a.py", None), (f"b::y: {error}", "b.py", None)) == [
        f"a::x: {error}", f"b::y: {error}",
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["killed", "asserted"])
def test_each_change_that_no_test_noticed_is_a_thing_with_what_to_write(word):
    survived = [made.finding("tests:survived", "a.py", line, severity="note") for line in (3, 9)]
    failed = made.finding("tests:failed", "tests/test_a.py", 3, severity="error")
    share = Measure(name=f"tests.mutants.{word}", value=500, unit="basis points")
    tests = made.result("tests", topic="tests", findings=(*survived, failed), measures=(share,))
    (step,) = steps([made.at_least("tests.test", share.name, 1000, unit="basis points")], tests)
    assert [(t["path"], t["line"], t["fix"]) for t in step["things"]] == [("a.py", n, probed.MEND) for n in (3, 9)]
    assert step["do"].startswith("Write tests that compare what the code gives with what it should give (5")
    assert step["check"] == "verifier assess . --only tests"


def test_suppressions_without_a_reason_are_named():
    bare = Suppression(kind="nosec", path="a.py", line=3, text="# nosec")
    source = made.result("source", topic="source", suppressions=(bare, replace(bare, line=4, justification="known")))
    counted = made.measures("source", **{"suppressions.unjustified": 1})
    (step,) = steps([made.at_most("s", "source.suppressions.unjustified", 0)], source, counted)
    assert [(t["path"], t["line"], t["what"]) for t in step["things"]] == [("a.py", 3, "# nosec")]


@pytest.mark.parametrize(
    ("value", "starts"),
    [("NONE", "Add a file named LICENSE"), ("NOASSERTION", "Replace the text"), ("GPL-3.0-only", "License")],
)
def test_what_to_do_about_the_licence(value, starts):
    criterion = made.at_least("licence.file", "licence.project", 0, unit="expression")
    outcome = replace(judge(made.criteria(criterion), ()).outcomes[0], measured=value)
    assert str(advice(criterion, outcome, None, 0)).startswith(starts)


def licence(wanted, *, op="one_of"):
    return made.criterion(
        "licence.file", check="licence.project", comparison=Comparison(op=op, value=wanted, unit="expression")
    )


def licence_step(criterion, value, *more, recommended=("MIT", "Apache-2.0")):
    measure = Measure(name="licence.project", value=value, unit="expression")
    criteria = made.criteria(criterion)
    policy = LicencePolicy(recommended=frozenset(recommended), accepted=frozenset(recommended))
    results = (made.result("scancode", topic="licence", measures=(measure, *more)),)
    (step,) = flip(replace(criteria, licences=policy), judge(criteria, results), results)
    return step


MANY = frozenset({"MIT", "Apache-2.0", *(f"OSL-{n}.0" for n in range(1, 9))})


@pytest.mark.parametrize("value", ["NONE", "NOASSERTION", "GPL-2.0-only"])
def test_of_many_licences_that_will_do_the_recommended_are_named_and_where_a_text_is(value):
    do = licence_step(licence(MANY), value)["do"]
    assert "one of 10 accepted; recommended: Apache-2.0, MIT" in do
    assert do.endswith("that of MIT at https://spdx.org/licenses/MIT.html.")
    assert f"recommandées{NARROW}: Apache-2.0, MIT" in do.fr


def test_the_text_of_a_contracted_licence_is_pointed_at():
    do = licence_step(licence("EUPL-1.2", op="equals"), "NONE")["do"]
    assert do.endswith("(EUPL-1.2). The text of EUPL-1.2 is at https://spdx.org/licenses/EUPL-1.2.html.")
    assert "spdx.org" not in licence_step(licence("LicenseRef-ours", op="equals"), "NONE")["do"]


def test_a_licence_file_without_a_text_is_there_already():
    naming = Measure(name="licence.named", value="Apache-2.0", unit="expression", detail="LICENCE.md")
    do = licence_step(licence(MANY), "NONE", naming)["do"]
    assert do.startswith(
        "The file LICENCE.md names a licence (Apache-2.0) and does not hold its text: put the full text"
    )
    assert do.endswith("The text of Apache-2.0 is at https://spdx.org/licenses/Apache-2.0.html.")
    assert "Add a file" not in do


def test_the_text_of_a_named_licence_that_will_not_do_is_not_offered():
    naming = Measure(name="licence.named", value="GPL-2.0-only", unit="expression", detail="LICENSE")
    assert "GPL-2.0-only.html" not in licence_step(licence(MANY), "NONE", naming)["do"]


def test_the_command_repeats_just_that_with_the_options_that_were_given():
    (step,) = steps([made.search()], bandit(made.finding()), options=("--criteria", "our rules.yml"))
    assert step["check"] == "verifier assess . --only security --criteria 'our rules.yml'"


def test_what_was_not_asked_for_is_no_trouble_of_anybody():
    (step,) = steps([made.at_least("exist", "tests.passed", 1)], selected=("security",))
    assert (step["do"], step["things"]) == ("This part was not asked for in this run.", [])
    assert step["check"] == "verifier assess ."


def test_an_accepted_delivery_needs_nothing():
    assert steps([made.search()], bandit()) == ()


def test_a_dependency_in_conflict_is_pointed_at_where_the_buyer_asks_for_none():
    wanted = made.at_most("licence.dependencies", "licence.dependencies.conflicting", 0)
    found = (
        made.finding("dependencies:conflict", "pyproject.toml", 7, severity="warning", help="Use another."),
        made.finding("dependencies:conflict", "pyproject.toml", 9, severity="note"),  # no source imports it
        made.finding("dependencies:unclear", "pyproject.toml", 8, severity="note"),
    )
    count = made.Measure(name=wanted.check, value=1)
    result = made.result("dependencies", topic="licence", findings=found, measures=(count,))
    (step,) = steps([wanted], result)
    assert [(one["rule"], one["line"], one["fix"]) for one in step["things"]] == [
        ("dependencies:conflict", 7, "Use another.")
    ]
