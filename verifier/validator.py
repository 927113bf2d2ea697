"""JSON Schema's validator, with `$` in a pattern as JSON Schema has it, and dates that the calendar has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend


def _pattern(_: object, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
    """JSON Schema's `$` is the very end; Python's also allows a line feed after it."""
    if isinstance(instance, str) and not re.search(pattern.removesuffix("$") + r"\Z", instance):
        yield ValidationError("pattern")


Validator = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]  # their stub has no types
DATES = FormatChecker(formats=())
"""For schemas that ask for it: their patterns let 31 February pass."""


@DATES.checks("date", raises=ValueError)
@DATES.checks("date-time", raises=ValueError)
def _date(instance: object) -> bool:
    return not isinstance(instance, str) or bool(datetime.fromisoformat(instance))
