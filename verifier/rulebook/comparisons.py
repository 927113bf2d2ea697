"""What a measure is held against, in the measure's own unit."""

from __future__ import annotations

from verifier.licence import canonical, known
from verifier.policy import MEASURES, Comparison, Unit
from verifier.rulebook import amounts
from verifier.rulebook.document import Steps, quoted
from verifier.rulebook.merge import Source
from verifier.rulebook.sentences import either
from verifier.rulebook.shelf import Shelf, in_criterion

_UNITS = {"basis points": amounts.SHARE, "milliseconds": amounts.MILLISECONDS}
MEANING = {
    "count": "a count",
    "basis points": "a share",
    "milliseconds": "a time",
    "expression": "an SPDX expression",
    "text": "text",
}


def spdx(expression: str) -> str:
    """The expression as SPDX writes it; a ValueError's message ends the sentence `"licence" …`."""
    rendered = canonical(expression) if known(expression) else None
    if rendered is None:
        raise ValueError(f"is not an SPDX expression, such as MIT or MIT OR Apache-2.0: {quoted(expression)}")
    return rendered


def comparison(source: Source, way: str, shelf: Shelf) -> Comparison:
    """Raises CriteriaError where the value does not fit the measure."""
    name = source.get("check")
    unit: Unit = MEASURES.get(name) or source.get("unit")
    words = unit in {"expression", "text"}
    contracted = unit == "expression" and source.get("equals") == "contract.licence"
    fitting = ("equals", "one_of") if words else ("equals", "at_least", "at_most")
    where = in_criterion(source)
    if way not in fitting:
        raise source.error(way, f'"{way}" cannot judge {name}{where}: it is {MEANING[unit]}; use {either(fitting)}')
    if "otherwise" in source.parts and not contracted:
        raise source.error("otherwise", f'"otherwise"{where} goes with "equals: contract.licence" only')
    if way == "one_of":
        return Comparison(op="one_of", value=_set(source, way, unit, shelf), unit=unit)
    if contracted:
        return _contracted(source, shelf)
    value = _word(source, way, unit) if words else _number(source, way, unit)
    return Comparison(op=way, value=value, unit=unit)  # type: ignore[arg-type]  # `fitting` holds words of Op only


def _contracted(source: Source, shelf: Shelf) -> Comparison:
    if shelf.contract and shelf.contract.licence:
        return Comparison(op="equals", value=shelf.contract.licence, unit="expression")
    given = "otherwise" in source.parts
    accepted = _set(source, "otherwise", "expression", shelf) if given else shelf.licences.accepted
    return Comparison(op="one_of", value=accepted, unit="expression")


def _set(source: Source, key: str, unit: Unit, shelf: Shelf) -> frozenset[str]:
    wanted = source.get(key)
    if isinstance(wanted, str):
        return shelf.licences.accepted if wanted == "licences.accepted" else shelf.licences.recommended
    if unit == "text":
        return frozenset(wanted)
    return frozenset(_expression(source, (key, index), one) for index, one in enumerate(wanted))


def _expression(source: Source, steps: Steps, value: str) -> str:
    try:
        return spdx(value)
    except ValueError as error:
        raise source.place(steps).error(f'"{steps[0]}"{in_criterion(source)} {error}') from error


def _word(source: Source, key: str, unit: Unit) -> str:
    value = source.get(key)
    if not isinstance(value, str):
        raise source.error(key, f'"{key}"{in_criterion(source)} must be text: {source.get("check")} is {MEANING[unit]}')
    return _expression(source, (key,), value) if unit == "expression" else value


def _number(source: Source, key: str, unit: Unit) -> int:
    """In the measure's unit."""
    value, name = source.get(key), source.get("check")
    if unit == "count":
        if isinstance(value, str) or value < 0:
            wanted = f"must be a whole number without a unit: {name} is a count"
            raise source.error(key, f'"{key}"{in_criterion(source)} {wanted}')
        return int(value)
    try:
        number = amounts.amount(value, _UNITS[unit])
    except ValueError as error:
        raise source.error(key, f'"{key}"{in_criterion(source)} must be {error}: {name} is {MEANING[unit]}') from error
    if unit == "basis points" and number > 10_000:
        raise source.error(key, f'"{key}"{in_criterion(source)} must be at most 100 %')
    return number
