"""What a compiled validator lets pass, the one whose errors are put in words lets pass as well."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as some
from jsonschema_rs import Draft202012Validator
from support.changed import changed

from verifier.rulebook.document import read
from verifier.rulebook.schema import load
from verifier.validator import Validator

RULES = Path("rules")
SHAPES = {
    "blocking": "blocking/*.yml",
    "criteria": "profiles/*.yml",
    "licences": "licences.yml",
    "record": "record.yml",
    "repairs": "repairs.yml",
}


@cache
def documents() -> tuple[tuple[Any, Any], ...]:
    """(schema, document) of each that is shipped."""
    return tuple(
        (load(RULES / f"{name}.schema.json"), read(path).data)
        for name, pattern in SHAPES.items()
        for path in sorted(RULES.glob(pattern))
    )


def test_what_is_shipped_has_its_shape():
    assert len(documents()) >= 8
    for schema, document in documents():
        assert Draft202012Validator(schema).is_valid(document)
        assert Validator(schema).is_valid(document)


@given(some.data())
def test_two_validators_agree(data):
    schema, document = data.draw(some.sampled_from(documents()))
    one = data.draw(changed(document))
    assert Draft202012Validator(schema).is_valid(one) == Validator(schema).is_valid(one)
