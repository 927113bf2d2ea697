"""Whether a predicate has the shape that its schema in `reports/statements/` gives it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

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
    errors = sorted(_validator(SCHEMAS[statement.predicate_type]).iter_errors(dict(statement.predicate)), key=str)
    if errors:
        place = "/".join(str(part) for part in errors[0].absolute_path)
        kind = SCHEMAS[statement.predicate_type]
        words = say(
            "The {kind} is not of its shape: {place} {why}.", kind=kind, place=place or "/", why=_why(errors[0])
        )
        raise TrustError(words, code="shape")


def _why(error: Any) -> str:
    """In words where the schema has some, which an `errorMessage` of its own is."""
    message = error.schema.get("errorMessage")
    return say(message) if message in WORDS else f"({error.validator})"


@cache
def _validator(name: str) -> Any:
    from referencing import Registry, Resource  # noqa: PLC0415 - it starts slowly

    from verifier.validator import DATES, Validator  # noqa: PLC0415

    common = schema("common")
    registry: Any = Registry().with_resource(common["$id"], Resource.from_contents(common))
    return Validator(schema(name), registry=registry, format_checker=DATES)


def schema(name: str) -> dict[str, Any]:
    """One of `reports/statements/`."""
    folder = shipped("reports")
    if folder is None:
        raise TrustError(say("The schemas are missing beside the verifier package; install delivery-verifier again."))
    found: dict[str, Any] = json.loads((folder / "statements" / f"{name}.schema.json").read_bytes())
    return found
