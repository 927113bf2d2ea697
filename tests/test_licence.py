"""The algebra of licence expressions, by example and by property."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import validate

from verifier.licence import (
    MAX_LENGTH,
    acceptable,
    canonical,
    choice,
    joined,
    keys,
    known,
    permissive,
    recognised,
    satisfies,
    strong_copyleft,
    within,
)

pytestmark = pytest.mark.self
RULES = Path(__file__).parents[1] / "rules"
IDS = ("MIT", "Apache-2.0", "BSD-3-Clause", "GPL-2.0-only", "GPL-3.0-or-later", "LGPL-3.0-only", "CC0-1.0")
EXCEPTED = ("GPL-2.0-only WITH Classpath-exception-2.0", "Apache-2.0 WITH LLVM-exception")
EXPRESSIONS = st.recursive(
    st.sampled_from(IDS + EXCEPTED),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner),
    max_leaves=6,
)
ALLOWED = st.frozensets(st.sampled_from(IDS))


@pytest.mark.parametrize(
    ("declared", "wanted", "expected"),
    [
        ("MIT", "MIT", True),
        ("mit", "MIT", True),
        ("MIT OR Apache-2.0", "Apache-2.0 OR MIT", True),
        ("MIT OR Apache-2.0", "MIT", True),  # another choice takes nothing away
        ("MIT", "MIT OR Apache-2.0", False),
        ("MIT AND GPL-3.0-only", "MIT", False),
        ("MIT", "MIT AND BSD-3-Clause", False),
        ("MIT OR (MIT AND Apache-2.0)", "MIT", True),
        ("MIT OR (MIT AND Apache-2.0)", "MIT AND Apache-2.0", False),
        ("(MIT OR ISC) AND BSD-3-Clause", "MIT AND BSD-3-Clause", True),
        ("GPL-3.0", "GPL-3.0-only", True),
        ("GPL-3.0+", "GPL-3.0-or-later", True),
        ("GPL-3.0-or-later", "GPL-3.0-only", True),
        ("GPL-2.0-or-later", "GPL-3.0-or-later", True),
        ("GPL-3.0-or-later", "GPL-2.0-only", False),
        ("GPL-3.0-only", "GPL-3.0-or-later", False),
        ("LGPL-2.1-or-later", "GPL-2.1-only", False),
        ("GPL-3.0-only WITH Classpath-exception-2.0", "GPL-3.0-only", True),
        ("GPL-3.0-only", "GPL-3.0-only WITH Classpath-exception-2.0", False),
        ("GPL-3.0-only WITH LicenseRef-scancode-whatever", "GPL-3.0-only", False),
        ("EUPL-1.1+", "EUPL-1.1", True),
        ("LicenseRef-ours", "LicenseRef-ours", True),
        ("NONE", "NONE", False),
        ("NOASSERTION", "NOASSERTION", False),
        ("", "MIT", False),
        ("MIT", "", False),
        ("MIT License", "MIT", False),
    ],
)
def test_satisfies(declared: str, wanted: str, expected: bool) -> None:
    assert satisfies(declared, wanted) is expected


@pytest.mark.parametrize(
    ("expression", "allowed", "expected"),
    [
        ("MIT", {"MIT"}, True),
        ("MIT OR GPL-3.0-only", {"MIT"}, True),
        ("MIT AND GPL-3.0-only", {"MIT"}, False),
        ("MIT AND GPL-3.0-only", {"MIT", "GPL-3.0-only"}, True),
        ("Apache-2.0 WITH LLVM-exception", {"Apache-2.0"}, True),
        ("Apache-2.0 WITH LicenseRef-commons-clause", {"Apache-2.0"}, False),
        ("GPL-3.0-only", {"GPL-3.0"}, True),  # a deprecated identifier in the list is read as the current one
        ("GPL-3.0-or-later", {"GPL-3.0-only"}, False),
        ("LicenseRef-scancode-commons-clause", {"MIT"}, False),
        ("NONE", {"MIT"}, False),
        ("NOASSERTION", {"MIT"}, False),
        ("MIT", set(), False),
    ],
)
def test_acceptable(expression: str, allowed: set[str], expected: bool) -> None:
    assert acceptable(expression, frozenset(allowed)) is expected


@given(EXPRESSIONS)
def test_every_expression_satisfies_itself_and_its_canonical_form(expression: str) -> None:
    form = canonical(expression)
    assert form is not None
    assert canonical(form) == form
    assert satisfies(expression, expression)
    assert satisfies(form, expression)
    assert satisfies(expression, form)


@given(EXPRESSIONS, EXPRESSIONS)
def test_order_does_not_matter(one: str, other: str) -> None:
    for word in ("AND", "OR"):
        assert canonical(f"({one}) {word} ({other})") == canonical(f"({other}) {word} ({one})")
        assert satisfies(f"({one}) {word} ({other})", f"({other}) {word} ({one})")


@given(EXPRESSIONS, st.sampled_from(IDS), EXPRESSIONS)
def test_one_more_choice_never_harms_against_one_wanted_licence(declared: str, wanted: str, more: str) -> None:
    if satisfies(declared, wanted):
        assert satisfies(f"({declared}) OR ({more})", wanted)


@given(EXPRESSIONS, st.sampled_from(IDS), EXPRESSIONS)
def test_wanting_a_choice_more_never_helps(declared: str, wanted: str, more: str) -> None:
    if satisfies(declared, f"{wanted} OR ({more})"):
        assert satisfies(declared, wanted)


@given(EXPRESSIONS, EXPRESSIONS, ALLOWED)
def test_acceptance_follows_the_words(one: str, other: str, allowed: frozenset[str]) -> None:
    first, second = acceptable(one, allowed), acceptable(other, allowed)
    assert acceptable(f"({one}) OR ({other})", allowed) == (first or second)
    assert acceptable(f"({one}) AND ({other})", allowed) == (first and second)


@given(EXPRESSIONS, ALLOWED, ALLOWED)
def test_a_longer_list_never_refuses_more(expression: str, allowed: frozenset[str], more: frozenset[str]) -> None:
    assert acceptable(expression, allowed | more) >= acceptable(expression, allowed)


@given(EXPRESSIONS)
def test_what_is_permissive_is_not_strong_copyleft(expression: str) -> None:
    assert not (permissive(expression) and strong_copyleft(expression))


@given(EXPRESSIONS, EXPRESSIONS)
def test_what_is_within_a_licence_is_within_more_of_it(part: str, outer: str) -> None:
    assert within(part, part)
    assert within(part, f"({part}) AND ({outer})")


@given(st.text(max_size=60))
def test_any_words_are_answered(words: str) -> None:
    assert isinstance(satisfies(words, "MIT"), bool)
    assert isinstance(acceptable(words, frozenset({"MIT"})), bool)
    assert canonical(words) is None or isinstance(canonical(words), str)
    assert isinstance(known(words), bool)


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 900 + "MIT" + ")" * 900,
        "MIT" + " OR MIT" * MAX_LENGTH,
        " AND ".join(f"(MIT OR LicenseRef-{number})" for number in range(60)),
        "(" * 150 + "MIT" + " AND ISC) OR MIT)" * 75,
        "MIT WITH " * 100,
    ],
)
def test_a_hostile_expression_costs_little(expression: str) -> None:
    assert satisfies(expression, "MIT AND ISC") in (True, False)
    assert acceptable(expression, frozenset({"ISC"})) in (True, False)
    assert canonical(expression) is None or len(canonical(expression) or "") <= MAX_LENGTH


@pytest.mark.parametrize(
    ("expression", "is_permissive", "is_strong"),
    [
        ("MIT", True, False),
        ("CC0-1.0", True, False),
        ("LGPL-3.0-only", False, False),
        ("MPL-2.0", False, False),
        ("GPL-2.0-only", False, True),
        ("AGPL-3.0-or-later", False, True),
        ("MIT OR GPL-2.0-only", True, False),
        ("MIT AND GPL-2.0-only", False, True),
        ("GPL-3.0-or-later WITH Autoconf-exception-3.0", False, False),
        ("LicenseRef-ours", False, False),
        ("NONE", False, False),
        ("(", False, False),
    ],
)
def test_kinds(expression: str, is_permissive: bool, is_strong: bool) -> None:
    assert (permissive(expression), strong_copyleft(expression)) == (is_permissive, is_strong)


def test_the_small_questions() -> None:
    assert keys("MIT OR GPL-2.0-only WITH Classpath-exception-2.0") == {"MIT", "GPL-2.0-only"}
    assert keys("(") == frozenset()
    assert recognised("LicenseRef-scancode-proprietary-license")
    assert not recognised("MIT AND LicenseRef-scancode-unknown-license-reference")
    assert not recognised("NOASSERTION")
    assert choice("MIT OR ISC")
    assert not choice("MIT AND (ISC OR MIT-0)")
    assert within("GPL-3.0-or-later", "GPL-3.0-only")
    assert not within("ISC", "MIT")
    assert joined(["MIT", "ISC", "MIT"]) == "ISC AND MIT"
    assert joined(["MIT", "Apache-2.0"], "OR") == "Apache-2.0 OR MIT"
    assert joined([]) == joined(["("]) == "NOASSERTION"


def test_the_buyers_licences_are_known_and_written_as_we_write_them() -> None:
    policy = yaml.safe_load((RULES / "licences.yml").read_text(encoding="utf-8"))
    validate(policy, json.loads((RULES / "licences.schema.json").read_text(encoding="utf-8")))
    assert len(policy["accepted"]) == 133
    assert "CC0-1.0" in policy["accepted"]
    assert set(policy["recommended"]) <= set(policy["accepted"])
    assert all(canonical(one) == one and known(one) for one in policy["accepted"])


def test_the_blocking_rules_are_three_with_reasons_in_both_languages() -> None:
    rules = yaml.safe_load((RULES / "blocking" / "licence.yml").read_text(encoding="utf-8"))
    validate(rules, json.loads((RULES / "blocking.schema.json").read_text(encoding="utf-8")))
    assert [one["rule"] for one in rules["rules"]] == [
        "scancode:inbound-conflict",
        "scancode:no-open-licence",
        "scancode:licence-conflict",
    ]
