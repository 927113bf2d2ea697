"""One contracting process out of a release or record package. No price goes through a float. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn, Self

from verifier.errors import UsageError
from verifier.procurement.ocds.standard import merger, read_of_a_release, validator
from verifier.statements.strict import shown
from verifier.words import Text, say

Process = Mapping[str, Any]
"""A compiled release."""


class Number(Decimal):
    """A number with a point or an exponent; `written` is how."""

    written: str

    def __new__(cls, written: str) -> Self:
        made = super().__new__(cls, written)
        made.written = written
        return made


def parse(content: bytes, name: str) -> Any:
    """The JSON of a file that is called `name`. Raises UsageError."""
    try:
        found = json.loads(
            content.decode(), parse_float=Number, parse_constant=_no_number, object_pairs_hook=_without_doubles
        )
        json.dumps(found, ensure_ascii=False, default=str).encode()  # half a surrogate pair is no character
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise UsageError(say("{file} is not JSON: line {line}, column {column}.", file=name, **place)) from error
    except (ValueError, RecursionError) as error:
        why = error.args[0] if isinstance(error.args[0], Text) else say("it is no text in UTF-8, or nested without end")
        raise UsageError(say("{file} cannot be read: {why}.", file=name, why=why)) from error
    return found


def process(package: Any, name: str, ocid: str | None) -> Process:
    """The one process of a package, or the one that `ocid` names. Raises UsageError."""
    found = _processes(package, name)
    if ocid is None and len(found) > 1:
        listed = ", ".join(map(shown, sorted(found)[:5]))
        words = say(
            "{file} holds {n} contracting processes; name one with --ocid: {listed} …",
            file=name,
            n=len(found),
            listed=listed,
        )
        raise UsageError(words)
    chosen = next(iter(found)) if ocid is None else ocid
    if chosen not in found:
        raise UsageError(say("{file} does not hold {ocid}.", file=name, ocid=shown(chosen)))
    for one in found[chosen]:
        _check(one, name)
    releases = [_taken(one, read_of_a_release()) for one in found[chosen]]
    return dict(releases[0] if len(releases) == 1 else merger().create_compiled_release(releases))


def _processes(package: Any, name: str) -> dict[str, list[Any]]:
    """ocid -> the releases that are to be merged; of a record its compiled release."""
    found: dict[str, list[Any]] = {}
    for ocid, releases in _listed(package, name):
        found.setdefault(ocid, []).extend(releases)
    if not found:
        raise UsageError(say("{file} holds no contracting process.", file=name))
    return found


def _listed(package: Any, name: str) -> list[tuple[str, list[Any]]]:
    kind = next((one for one in ("records", "releases") if isinstance(package, dict) and one in package), "")
    entries = package[kind] if kind else None
    if not isinstance(entries, list) or not all(
        isinstance(one, dict) and isinstance(one.get("ocid"), str) for one in entries
    ):
        words = say(
            "{file} is no release package and no record package of the Open Contracting Data Standard.", file=name
        )
        raise UsageError(words)
    return [(one["ocid"], _of_record(one, name) if kind == "records" else [one]) for one in entries]


def _of_record(record: Mapping[str, Any], name: str) -> list[Any]:
    if "compiledRelease" in record:
        return [record["compiledRelease"]]
    releases = record.get("releases")
    if not isinstance(releases, list) or not releases or any("url" in one for one in releases if isinstance(one, dict)):
        words = say(
            "{file} only says where the releases of {ocid} lie; a package that holds them is needed.",
            file=name,
            ocid=shown(record["ocid"]),
        )
        raise UsageError(words)
    return releases


def _taken(value: Any, schema: Mapping[str, Any]) -> Any:
    """What is read of a valid value. Of all else its words, or only whether it is there: so it cannot hinder the merging."""
    schema = read_of_a_release()["$defs"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    if isinstance(value, list):
        return [_taken(one, schema["items"]) for one in value]
    if not isinstance(value, dict):
        return value
    known = schema["properties"]
    return {
        name: _taken(one, known[name]) if name in known else one if isinstance(one, str) else bool(one)
        for name, one in value.items()
    }


def _check(release: Any, name: str) -> None:
    """Raises UsageError for the first thing that we read and that the standard does not have so."""
    error = next(
        iter(sorted(validator().iter_errors(release), key=lambda one: list(map(str, one.absolute_path)))), None
    )
    if error is None:
        return
    raise UsageError(_malformed(error, name))


def _malformed(error: Any, name: str) -> Text:
    place = shown("/".join(map(str, error.absolute_path))) or "/"
    if error.validator == "required":
        missing = next(one for one in error.validator_value if one not in error.instance)
        return say("{file} is malformed: {place} lacks {name}.", file=name, place=place, name=missing)
    if error.validator == "enum":
        value = shown(str(error.instance))
        return say(
            "{file} is malformed: {place} is {value}, which the standard does not know.",
            file=name,
            place=place,
            value=value,
        )
    return say(
        "{file} is malformed: {place} is not as the standard has it ({why}).",
        file=name,
        place=place,
        why=error.validator,
    )


def _without_doubles(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ValueError(say("it gives {name} twice", name=shown(double)))
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(say("{word} is no number", word=word))
