"""Whether a predicate has the shape that its schema in `reports/statements/` gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from verifier.errors import TrustError
from verifier.shipped import shipped
from verifier.statements import uris
from verifier.statements.statement import Statement
from verifier.words import later, say

SCHEMAS = {
    uris.TRUST_POLICY: "trust-policy",
    uris.CONTRACT: "contract",
    uris.ASSESSMENT: "assessment",
    uris.DECISION: "decision",
    uris.WAIVER: "waiver",
    uris.ACCEPTANCE: "acceptance",
    uris.CERTIFICATION: "certification",
    uris.RELEASE: "release",
    uris.EVENT: "record-event",
    uris.REVOCATION: "revocation",
}
"""predicateType -> the name of its schema, which is also what the command line calls it."""

WORDS = (later("must be letters, digits and . _ - / only, a letter or digit first, 200 at most"),)
"""Each `errorMessage` of the schemas."""


def check(statement: Statement) -> None:
    """Raises TrustError where the predicate is not of its type's shape, with the place that is wrong."""
    kind = SCHEMAS[statement.predicate_type]
    predicate = dict(statement.predicate)
    if _validator(kind).is_valid(predicate):
        return
    error = min(
        _validator(kind).iter_errors(predicate), key=lambda one: (list(map(str, one.instance_path)), one.message)
    )
    place = "/".join(map(str, error.instance_path))
    words = say("The {kind} is not of its shape: {place} {why}.", kind=kind, place=place or "/", why=_why(kind, error))
    raise TrustError(words, code="shape")


def _why(kind: str, error: ValidationError) -> str:
    """In words where the schema has some, which an `errorMessage` of its own is; else the keyword that does not hold."""
    *steps, keyword = error.schema_path
    found: Any = _complete(kind)
    for step in steps:
        found = found[step]
    message = found.get("errorMessage")
    return say(message) if message in WORDS else f"({keyword})"


@cache
def _validator(name: str) -> Draft202012Validator:
    """Compiled, for a statement is checked each time it is read; with dates that the calendar has."""
    return Draft202012Validator(_complete(name), validate_formats=True, formats={"date": _date, "date-time": _date})


def _date(text: str) -> bool:
    """The patterns let 31 February pass."""
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


@cache
def _complete(name: str) -> dict[str, Any]:
    """A schema with what it shares with others."""
    found: dict[str, Any] = _whole(schema(name), schema("common")["$defs"])
    return found


def _whole(part: Any, common: Mapping[str, Any]) -> Any:
    """With what several statements have in the place of each reference to it: to follow them takes most of a check's time."""
    if isinstance(part, list):
        return [_whole(one, common) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: _whole(one, common) for name, one in part.items() if name != "$ref"}
    if "$ref" in part:
        found = _whole(common[part["$ref"].removeprefix("common.schema.json#/$defs/")], common) | found
    return found


def schema(name: str) -> dict[str, Any]:
    """One of `reports/statements/`."""
    folder = shipped("reports")
    if folder is None:
        raise TrustError(say("The schemas are missing beside the verifier package; install delivery-verifier again."))
    found: dict[str, Any] = json.loads((folder / "statements" / f"{name}.schema.json").read_bytes())
    return found
