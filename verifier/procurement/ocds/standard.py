"""The little of the standard that is ours to know: how releases are merged, and what of one that is imported is read."""

from __future__ import annotations

from functools import cache
from typing import Any

from verifier.rulebook import rules_dir, schema
from verifier.validator import DATES, Validator

VERSION = "1.1"
MERGING = {
    ("id",): "omitWhenMerged",
    ("date",): "omitWhenMerged",
    ("tag",): "omitWhenMerged",
    ("parties", "roles"): "wholeListMerge",
}
"""The standard's rules, in ocdsmerge's words, for the names that we publish or read: all else goes by its id."""


@cache
def merger() -> Any:
    """ocdsmerge's, which would fetch the newest schema if it were given no rules."""
    from ocdsmerge import Merger  # noqa: PLC0415 - it starts slowly

    return Merger(merge_rules=MERGING)


@cache
def read_of_a_release() -> dict[str, Any]:
    """The schema of it, with the currencies of ISO 4217."""
    from babel.numbers import list_currencies  # noqa: PLC0415 - it starts slowly

    found: dict[str, Any] = schema.load(rules_dir() / "ocds.import.schema.json")
    value = found["$defs"]["value"]
    currency = {"enum": [*sorted(list_currencies()), None]}
    named = {**value, "properties": {**value["properties"], "currency": currency}}
    return {**found, "$defs": {**found["$defs"], "value": named}}


@cache
def validator() -> Any:
    return Validator(read_of_a_release(), format_checker=DATES)
