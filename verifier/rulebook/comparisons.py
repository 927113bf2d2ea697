"""What a measure is held against, in the measure's own unit."""

from __future__ import annotations

from verifier.licence import canonical, known
from verifier.policy import MEASURES, Comparison, Unit
from verifier.rulebook import amounts
from verifier.rulebook.document import Steps, quoted
from verifier.rulebook.merge import Source
from verifier.rulebook.sentences import either
from verifier.rulebook.shelf import Shelf, in_criterion
from verifier.words import later, say

_UNITS = {"basis points": amounts.SHARE, "milliseconds": amounts.MILLISECONDS}
MEANING = {
    "count": later("a count"),
    "basis points": later("a share"),
    "milliseconds": later("a time"),
    "expression": later("an SPDX expression"),
    "text": later("text"),
}


def spdx(expression: str) -> str:
    """The expression as SPDX writes it; a ValueError's message ends the sentence `"licence" …`."""
    rendered = canonical(expression) if known(expression) else None
    if rendered is None:
        raise ValueError(
            say("is not an SPDX expression, such as MIT or MIT OR Apache-2.0: {words}", words=quoted(expression))
        )
    return rendered


def comparison(source: Source, way: str, shelf: Shelf) -> Comparison:
    """Raises CriteriaError where the value does not fit the measure."""
    name = source.get("check")
    unit: Unit = MEASURES.get(name) or source.get("unit")
    textual = unit in {"expression", "text"}
    contracted = unit == "expression" and source.get("equals") == "contract.licence"
    fitting = ("equals", "one_of") if textual else ("equals", "at_least", "at_most")
    where = in_criterion(source)
    if way not in fitting:
        words = say(
            '"{way}" cannot judge {name}{where}: it is {meaning}; use {ways}',
            way=way,
            name=name,
            where=where,
            meaning=say(MEANING[unit]),
            ways=either(fitting),
        )
        raise source.error(way, words)
    if "otherwise" in source.parts and not contracted:
        raise source.error(
            "otherwise", say('"otherwise"{where} goes with "equals: contract.licence" only', where=where)
        )
    if way == "one_of":
        return Comparison(op="one_of", value=_set(source, way, unit, shelf), unit=unit)
    if contracted:
        return _contracted(source, shelf)
    value = _word(source, way, unit) if textual else _number(source, way, unit)
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
        words = say('"{key}"{where} {what}', key=steps[0], where=in_criterion(source), what=error.args[0])
        raise source.place(steps).error(words) from error


def _word(source: Source, key: str, unit: Unit) -> str:
    value = source.get(key)
    if not isinstance(value, str):
        words = say(
            '"{key}"{where} must be text: {name} is {meaning}',
            key=key,
            where=in_criterion(source),
            name=source.get("check"),
            meaning=say(MEANING[unit]),
        )
        raise source.error(key, words)
    return _expression(source, (key,), value) if unit == "expression" else value


def _number(source: Source, key: str, unit: Unit) -> int:
    """In the measure's unit."""
    value, name, where = source.get(key), source.get("check"), in_criterion(source)
    if unit == "count":
        if isinstance(value, str) or value < 0:
            words = say(
                '"{key}"{where} must be a whole number without a unit: {name} is a count',
                key=key,
                where=where,
                name=name,
            )
            raise source.error(key, words)
        return int(value)
    try:
        number = amounts.amount(value, _UNITS[unit])
    except ValueError as error:
        words = say(
            '"{key}"{where} must be {wanted}: {name} is {meaning}',
            key=key,
            where=where,
            wanted=error.args[0],
            name=name,
            meaning=say(MEANING[unit]),
        )
        raise source.error(key, words) from error
    if unit == "basis points" and number > 10_000:
        raise source.error(key, say('"{key}"{where} must be at most 100 %', key=key, where=where))
    return number
