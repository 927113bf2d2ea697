"""The shapes of statements are read as another validator reads them: whoever checks ours with their own finds the same."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jsonschema_rs import Draft202012Validator

from verifier.errors import TrustError
from verifier.statements import envelope, statement
from verifier.statements.statement import Statement
from verifier.trust import shapes
from verifier.validator import DATES, Validator

EXAMPLES = Path("reports/examples")
FORMS = ("{}", "a{}", "{}a", "a{}a", "a{}b{}")
ODD = (
    "",
    "\n",
    " ",
    "\x00",
    "2026-02-31",
    "2026-02-31T00:00:00Z",
    "a" * 2001,
    "https://a:b@c.example/",
    "é" * 64,
    -1,
    0,
    0.5,
    1.0,
    2**53,
    True,
    None,
    [],
    {},
    [{}],
)


@cache
def stated() -> tuple[Statement, ...]:
    """One of each type that the examples hold."""
    read = (envelope.read(path.read_bytes()).payload for path in sorted(EXAMPLES.rglob("*.sigstore.json")))
    return tuple({one.predicate_type: one for one in map(statement.read, read)}.values())


@cache
def other(name: str) -> Any:
    return Validator(shapes._complete(name), format_checker=DATES)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, inner in parts for place in places(inner, (*path, name)))]


@some.composite
def changed(draw: Any) -> Statement:
    """A statement with one value changed, left out, or added."""
    one = draw(some.sampled_from(stated()))
    predicate = deepcopy(dict(one.predicate))
    *steps, last = draw(some.sampled_from(places(predicate)[1:]))
    inner: Any = predicate
    for step in steps:
        inner = inner[step]
    what = draw(some.sampled_from(("change", "leave out", "add")))
    if what == "change":
        inner[last] = draw(some.sampled_from(ODD) | some.text(max_size=5))
    elif what == "leave out":
        del inner[last]
    elif isinstance(inner, dict):
        inner[draw(some.text(max_size=3))] = draw(some.sampled_from(ODD))
    return replace(one, predicate=predicate)


def holds(one: Statement) -> bool:
    try:
        shapes.check(one)
    except TrustError:
        return False
    return True


def test_the_examples_have_their_shapes():
    assert len(stated()) >= 5
    assert all(map(holds, stated()))


@given(changed())
def test_two_validators_agree(one):
    assert holds(one) == other(shapes.SCHEMAS[one.predicate_type]).is_valid(dict(one.predicate))


def patterns() -> set[str]:
    found = "\n".join(path.read_text() for path in Path("reports/statements").glob("*.schema.json"))
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
