"""The shapes of statements are read as another validator reads them: whoever checks ours with their own finds the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jsonschema_rs import Draft202012Validator
from support.changed import changed

from verifier.errors import TrustError
from verifier.statements import envelope, statement
from verifier.statements.statement import Statement
from verifier.trust import shapes
from verifier.validator import DATES, Validator

EXAMPLES = Path("reports/examples")
FORMS = ("{}", "a{}", "{}a", "a{}a", "a{}b{}")


@cache
def stated() -> tuple[Statement, ...]:
    """One of each type that the examples hold."""
    read = (envelope.read(path.read_bytes()).payload for path in sorted(EXAMPLES.rglob("*.sigstore.json")))
    return tuple({one.predicate_type: one for one in map(statement.read, read)}.values())


@cache
def other(name: str) -> Any:
    return Validator(shapes._complete(name), format_checker=DATES)


@some.composite
def statements(draw: Any) -> Statement:
    """With one value changed, left out, or added."""
    one = draw(some.sampled_from(stated()))
    return replace(one, predicate=draw(changed(dict(one.predicate))))


def holds(one: Statement) -> bool:
    try:
        shapes.check(one)
    except TrustError:
        return False
    return True


def test_the_examples_have_their_shapes():
    assert len(stated()) >= 5
    assert all(map(holds, stated()))


@given(statements())
def test_two_validators_agree(one):
    assert holds(one) == other(shapes.SCHEMAS[one.predicate_type]).is_valid(dict(one.predicate))


def patterns() -> set[str]:
    folders = Path("reports/statements"), Path("rules")
    found = "\n".join(path.read_text() for folder in folders for path in folder.glob("*.schema.json"))
    return {json.loads(f'"{one}"') for one in re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', found)}


def test_each_pattern_means_the_same_in_both():
    """What is white space differs from language to language."""
    assert len(patterns()) > 10
    signs = [*map(chr, range(0x3100)), "\ufeff", "\ufffe", "\U0001f600"]
    for pattern in patterns():
        validator = Draft202012Validator({"pattern": pattern})
        wrong = [
            (pattern, text)
            for text in (form.format(sign, sign) for form in FORMS for sign in signs)
            if validator.is_valid(text) != bool(re.search(pattern.removesuffix("$") + r"\Z", text))
        ]
        assert not wrong


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("nonce", "x", "nonce (pattern)"),
        ("verdict", 3, "verdict (enum)"),
        ("contract", " ", "contract (oneOf)"),
        ("strange", 1, "/ (additionalProperties)"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(name, value, said):
    one = next(one for one in stated() if shapes.SCHEMAS[one.predicate_type] == "assessment")
    with pytest.raises(TrustError) as caught:
        shapes.check(replace(one, predicate={**one.predicate, name: value}))
    assert str(caught.value) == f"The assessment is not of its shape: {said}."
