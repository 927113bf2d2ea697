"""The inputs of the action: what they become, and a sentence for each that cannot be right."""

from __future__ import annotations

import pytest

from verifier.action.inputs import read
from verifier.errors import UsageError

PROFILES = frozenset({"micro-ca"})
DEFAULTS = {
    "INPUT_REPOSITORY": "https://github.com/o/r",
    "GITHUB_SERVER_URL": "https://github.com",
    "VERIFIER_TOKEN": "t",
}


def inputs(**given: str):
    named = {f"INPUT_{name.upper()}": value for name, value in given.items()}
    return read({**DEFAULTS, **named}, profiles=PROFILES, workspace="/work")


def test_a_name_of_a_profile_is_one_and_anything_else_a_file():
    assert "--profile=micro-ca" in inputs().options
    assert "--criteria=buyer/acceptance.yml" in inputs(criteria="buyer/acceptance.yml").options


def test_the_token_goes_to_the_server_that_it_is_for_and_to_no_other():
    assert "--token-env=VERIFIER_TOKEN" in inputs().options
    for elsewhere in (
        "https://github.com.evil.example/o/r",
        "https://evil.example/https://github.com/",
        "../r",
        "http://github.com/o",
    ):
        assert not [word for word in inputs(repository=elsewhere).options if "token" in word]


def test_an_official_run_has_the_contracts_criteria_unless_others_are_named_and_its_token_wherever_the_delivery_is():
    bought = inputs(contract="purchase/c", repository="https://gitlab.example/x")
    assert bought.official
    assert bought.options[:2] == ("--contract=purchase/c", "--token-env=VERIFIER_TOKEN")
    assert "--criteria=own.yml" in inputs(contract="purchase/c", criteria="own.yml").options
    assert not inputs().official


def test_topics_may_have_commas_or_spaces_between():
    assert [word for word in inputs(only="security, lint").options if "only" in word] == [
        "--only=security",
        "--only=lint",
    ]


def test_what_is_posted_is_what_was_asked_for():
    assert inputs().posts == ()
    assert inputs(comment="true", sarif="true").posts == ("comment", "sarif")


def test_the_verdicts_that_fail_the_job():
    assert inputs().fails == {"rejected", "inconclusive"}
    assert inputs(fail_on="rejected").fails == {"rejected"}
    assert inputs(fail_on="never").fails == frozenset()


def test_a_reference_belongs_to_the_repository():
    assert inputs(ref="v1").delivery == "https://github.com/o/r@v1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fail_on", "sometimes"),
        ("annotations", "yes"),
        ("comment", "1"),
        ("timeout_minutes", "0"),
        ("timeout_minutes", "ten"),
        ("timeout_minutes", "361"),
        ("output_dir", "../out"),
        ("output_dir", "/etc"),
        ("output_dir", "--output"),
        ("output_dir", "./"),
        ("output_dir", "a\nverdict=accepted"),
        ("language", "de"),
        ("repository", " "),
    ],
    ids=range(13),
)
def test_an_input_that_cannot_be_right_is_named(name, value):
    with pytest.raises(UsageError, match=name.replace("_", "-")):
        inputs(**{name: value})
