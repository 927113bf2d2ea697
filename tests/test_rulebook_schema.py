"""What a compiled validator lets pass, the one whose errors are put in words lets pass as well."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some
from support.changed import changed

from verifier.rulebook.document import read
from verifier.rulebook.schema import _holds, load
from verifier.validator import Validator

RULES = Path("rules")
CONTRACT = {
    "id": "MA-1",
    "title": "Rates of exchange",
    "repository": "https://example.org/rates",
    "commit": "1" * 40,
    "licence": "MIT",
    "currency": "CAD",
}
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
    shipped = tuple(
        (load(RULES / f"{name}.schema.json"), read(path).data)
        for name, pattern in SHAPES.items()
        for path in sorted(RULES.glob(pattern))
    )
    return (*shipped, (load(RULES / "contract.schema.json"), CONTRACT))


def test_what_is_shipped_has_its_shape():
    assert len(documents()) >= 8
    for schema, document in documents():
        assert _holds(document, schema)
        assert Validator(schema).is_valid(document)


@settings(deadline=None)
@given(some.data())
def test_two_validators_agree(data):
    schema, document = data.draw(some.sampled_from(documents()))
    one = data.draw(changed(document))
    assert _holds(one, schema) == Validator(schema).is_valid(one)


def test_words_that_are_no_text_are_told_by_the_errors_of_the_other():
    assert not _holds({"id": "a\udcff"}, load(RULES / "contract.schema.json"))
