"""Checks plain data against the JSON Schemas in `rules/`; each error becomes one sentence with its place.

What is right is told by a compiled validator, in microseconds; what is wrong is put in words from the other one's errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema_rs import Draft202012Validator

from verifier.rulebook.document import Document, Place, Steps
from verifier.rulebook.sentences import UNKNOWN_KEY, Fault, sentence, unknown_key

if TYPE_CHECKING:
    from jsonschema import ValidationError

PlaceOf = Callable[[Steps, bool], Place]
"""The place of the value at these steps; of its key where the flag is set."""


@cache
def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def check_document(document: Document, schema: Path) -> None:
    """Raises CriteriaError for the first error in `document`."""
    check(document.data, load(schema), lambda steps, key: document.place(steps, key=key))


def check(data: Any, schema: Any, place: PlaceOf, *, whole: str = "") -> None:
    """Raises CriteriaError for the first error: unknown keys before all others, as they explain the others.

    `whole` is what the sentence calls the data, where that is not a whole file: `criterion "tests.coverage"`.
    """
    if _holds(data, schema):
        return
    from verifier.validator import Validator  # noqa: PLC0415 - it starts slowly

    told = [_told(_fault(error, data, whole), place) for error in Validator(schema).iter_errors(data)]
    if told:
        _, where, message = min(told, key=lambda one: (one[0], one[1].line, one[1].column))
        raise where.error(message)


def _holds(data: Any, schema: Any) -> bool:
    try:
        return _compiled(json.dumps(schema)).is_valid(data)
    except ValueError:  # typed words that are not UTF-8
        return False


@cache
def _compiled(schema: str) -> Draft202012Validator:
    """To compile one takes up to 65 ms, to ask it microseconds."""
    return Draft202012Validator(json.loads(schema))


def _fault(error: ValidationError, data: Any, whole: str) -> Fault:
    error = _nearest(error)
    return Fault(
        kind=str(error.validator),
        steps=tuple(error.absolute_path),
        value=error.instance,
        wanted=error.validator_value,
        schema=error.schema,
        data=data,
        whole=whole,
    )


def _nearest(error: ValidationError) -> ValidationError:
    """Of a value that may have several forms, what is wrong with the form that it has."""
    while error.validator == "anyOf" and error.context:
        other = "enum" if isinstance(error.instance, dict) else "type"
        error = next((inner for inner in error.context if inner.validator != other or inner.path), error.context[0])
    return error


def _told(fault: Fault, place: PlaceOf) -> tuple[bool, Place, str]:
    if fault.kind == UNKNOWN_KEY:
        key = unknown_key(fault)
        return False, place((*fault.steps, key), True), sentence(fault)
    return True, place(fault.steps, False), sentence(fault)
