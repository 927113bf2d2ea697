"""Every criterion, rule and word can be explained in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import made

import verifier
from verifier.errors import UsageError
from verifier.explain import explained, meanings
from verifier.licence_rules import RULES as LICENCE_RULES
from verifier.policy import MEASURES, Comparison, Contract
from verifier.remedies import remedy
from verifier.render.words import word
from verifier.rulebook import load_profile, profile_names, rules_dir
from verifier.testing.events import BOUND
from verifier.testing.outcomes import REASONS
from verifier.testing.rules import RULES
from verifier.words import french_spacing, say

pytestmark = pytest.mark.self


@pytest.fixture(scope="module", params=profile_names(rules_dir()))
def criteria(request):
    return load_profile(request.param)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_criterion_can_be_explained(criteria, language):
    for one in criteria.criteria:
        said = "\n".join(explained(one.id, criteria, language))
        assert one.title.in_language(language) in said
        assert one.why.in_language(language) in said
        assert ("verifier assess . --only " in said) is (one.manual is None)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_rule_that_blocks_can_be_explained(criteria, language):
    for rule in (rule for one in criteria.criteria if one.blocking for rule in one.blocking.rules.values()):
        said = "\n".join(explained(rule.rule, criteria, language))
        assert rule.reason.in_language(language) in said
        assert rule.fix.in_language(language) in said


@pytest.mark.parametrize("value", meanings())
def test_every_word_can_be_explained_as_it_is_written_in_either_language(criteria, value):
    assert explained(word(value, "fr"), criteria, "en") == explained(value, criteria, "en")
    assert explained(value, criteria, "fr")[0] == word(value, "fr")


def test_a_rule_on_no_list_never_blocks():
    said = explained("bandit:B101", load_profile("micro-ca"), "en")
    assert said[0] == "bandit:B101 is on no list of micro-ca: a finding of it never blocks by its rule."


def test_where_severity_decides_it_is_said():
    assert "static" in "\n".join(explained("bandit:B101", load_profile("qasp-18f"), "en"))


def test_a_name_that_nothing_has_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match=r"Did you mean security\.blocking"):
        explained("security.blocknig", load_profile("micro-ca"), "en")
    with pytest.raises(UsageError, match=r"is named xyzzy\.$"):
        explained("xyzzy", load_profile("micro-ca"), "en")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_rule_of_the_tests_says_which_criterion_it_touches_and_what_to_do(language):
    criteria = load_profile("micro-ca")
    for name, rule in RULES.items():
        said = explained(name, criteria, language)
        assert said[0] == f"{name} · {say(rule.means).in_language(language)}"
        touched = [one.id for one in criteria.criteria if one.check.startswith(rule.touches)]
        assert touched == (["tests.test", "tests.notice"] if name == "tests:survived" else ["tests.pass"])
        assert all(f"{one} (" in line for one, line in zip(touched, said[1:], strict=False))
        assert all(any(say(mend).in_language(language) in line for line in said) for _, mend in rule.mend)
        ends = said[-len(touched) :]
        assert all(line.endswith(f"verifier explain {one}") for one, line in zip(touched, ends, strict=True))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_rule_about_licences_is_explained(language):
    told = set(re.findall(r'"((?:scancode|dependencies):[\w-]+)"', _licence_sources()))
    listed = {
        "scancode:inbound-conflict",
        "scancode:no-open-licence",
        "scancode:licence-conflict",
    }  # by rules/blocking/licence.yml
    assert told == LICENCE_RULES.keys() | listed
    for name, (means, mend) in LICENCE_RULES.items():
        said = explained(name, load_profile("micro-ca"), language)
        assert said[0] == f"{name} · {say(means).in_language(language)}"
        assert "micro-ca" in said[1]
        assert said[2].endswith(say(mend).in_language(language))
    for name in listed:
        assert explained(name, load_profile("micro-ca"), language)[0].startswith(f"{name} · ")


def _licence_sources() -> str:
    folder = Path(verifier.__file__).parent
    return "".join(
        (folder / name).read_text() for name in ("licence_findings.py", "licence_others.py", "licence_dependencies.py")
    )


def test_a_failing_test_rejects_and_its_explanation_says_so():
    said = explained("tests:failed", load_profile("micro-ca"), "en")
    assert said[1] == "  It counts as a failure under tests.pass (must): No test fails; required: at most 0."


def test_every_reason_why_a_test_is_not_judged_has_a_rule():
    closer = {
        "started",
        "elsewhere",
        "declared",
        "interpreter",
    }  # what is said of a service or an environment, never a rule
    assert {f"tests:{word.replace(' ', '-')}" for word in (*BOUND, *REASONS) if word not in closer} <= RULES.keys()


def test_where_no_criterion_hangs_on_a_rule_of_the_tests_it_is_said():
    said = explained("tests:failed", made.criteria(made.search()), "en")
    assert said[1] == "  No criterion of made counts tests that fail."
    said = explained("tests:survived", made.criteria(made.search()), "en")
    assert said[1] == "  No criterion of made asks whether the tests notice changes."


@pytest.mark.parametrize(("language", "mend"), [("en", "How to mend: "), ("fr", "Comment corriger : ")])
def test_every_criterion_that_a_checker_judges_says_how_to_mend_it(criteria, language, mend):
    for one in criteria.criteria:
        said = french_spacing(mend) if language == "fr" else mend
        assert (said in "\n".join(explained(one.id, criteria, language))) is (one.manual is None), one.id


def test_every_measure_of_verifiers_own_checkers_has_a_remedy():
    for name in MEASURES:
        one = made.criterion("c", check=name, comparison=Comparison(op="equals", value="MIT", unit="expression"))
        assert remedy(one, made.criteria(one)), name


def test_coverage_says_which_files_count_and_that_any_statement_will_do():
    said = "\n".join(explained("tests.coverage", load_profile("micro-ca"), "en"))
    assert "What counts: All statements of the delivered Python files" in said
    assert "Any statement that no test runs yet will do" in said


@pytest.mark.parametrize("name", ["licence.file", "licences.accepted"])
def test_every_licence_that_will_do_is_named(name):
    criteria = load_profile("micro-ca")
    said = explained(name, criteria, "en")
    listed = {one.strip() for line in said if line.startswith("    ") for one in line.split(",")} - {""}
    assert listed == criteria.licences.accepted
    assert "https://spdx.org/licenses/MIT.html" in "\n".join(said)


def test_the_recommended_licences_are_a_list_of_their_own():
    criteria = load_profile("micro-ca")
    listed = explained("licences.recommended", criteria, "en")[1]
    assert set(listed.strip().split(", ")) == criteria.licences.recommended


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Apache-2.0", "Accepted by licence.file"),
        ("apache-2.0", "Accepted by licence.file"),
        ("MIT OR GPL-1.0-only", "Accepted by licence.file"),
        ("GPL-1.0-only", "Not accepted by licence.file"),
        ("MIT AND GPL-1.0-only", "Not accepted by licence.file"),
    ],
)
def test_of_a_licence_it_is_said_whether_it_is_accepted(name, says):
    assert explained(name, load_profile("micro-ca"), "en")[1].strip().startswith(says)


def test_of_a_licence_the_contract_decides_where_there_is_one():
    criteria = load_profile("micro-ca", contract=Contract(id="1", licence="MIT"))
    assert explained("Apache-2.0", criteria, "en")[1] == "  Not accepted by licence.file (required: MIT)."
    assert "133" not in "\n".join(explained("licence.file", criteria, "en"))


def test_where_no_criterion_is_about_the_licence_it_is_said():
    said = explained("MIT", load_profile("qasp-18f"), "en")
    assert said[-1] == "  No criterion of qasp-18f is about the project's licence."


def test_a_rule_says_where_it_does_not_count():
    lines = explained("secrets:github-token", load_profile("micro-ca"), "en")
    assert "  Does not count in docs, examples." in lines
