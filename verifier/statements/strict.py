"""JSON that has one meaning and one form.

    read(b'{"amount":50000}')

gives the value of bytes that are their own canonical form (RFC 8785). Whatever two programs could read differently is refused:
names given twice, floats, numbers that a double does not hold, half a surrogate pair, a byte-order mark, nesting without end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

import rfc8785

from verifier.errors import TrustError
from verifier.render.inert import inert
from verifier.words import say

MOST = 16 * 1024 * 1024
"""Bytes of one document."""
DEEPEST = 64
LARGEST = 2**53 - 1
"""The largest integer that every JSON reader holds exactly (RFC 7493, section 2.2)."""
_DIGITS = len(str(-LARGEST))
_MARK = b"\xef\xbb\xbf"
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
"""A string, closed or not, so that a search never goes over it twice; or a bracket."""
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""What may stand for half a surrogate pair: text in UTF-8 has none."""
_LATE = re.compile("[\ue000-\U0010ffff]")
"""Characters that UTF-16, whose order RFC 8785 takes, sorts otherwise than by their numbers."""
_CONTAINERS = (dict, list)
_SHOWN = 80


def parse(data: bytes, *, most: int = MOST) -> Any:
    """The value of a JSON document. Raises TrustError for one that is over `most` bytes or could be read in two ways."""
    text = _text(data, most)
    if _depth(text) > DEEPEST:
        _too_deep()
    try:
        value = json.loads(text, object_pairs_hook=_object, **_NUMBERS)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise TrustError(
            say("The document is not JSON: line {line}, column {column}.", **place), code="json"
        ) from error
    if _HALF.search(text):  # all else that has no form was refused where it was read
        _check(value)
    return value


def _text(data: bytes, most: int) -> str:
    if len(data) > most:
        raise TrustError(say("The document has over {most} bytes; it is not read.", most=most), code="too-large")
    if data.startswith(_MARK):
        raise TrustError(say("The document begins with a byte-order mark, which JSON does not have."), code="encoding")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TrustError(
            say("The document is not text in UTF-8 (byte {n}).", n=error.start), code="encoding"
        ) from error


def canonical(value: Any) -> bytes:
    """The one form of a value (RFC 8785). Raises TrustError for what `parse` would not have given."""
    _check(value)
    return _form(value)


def _form(value: Any) -> bytes:
    """Of a value that was checked. Python's own writer gives the same bytes, many times as fast, but where it sorts otherwise."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    form = rfc8785.dumps(value) if not text.isascii() and _LATE.search(text) else text.encode()
    if len(form) > MOST:
        raise TrustError(say("The document has over {most} bytes; it is not read.", most=MOST), code="too-large")
    return form


def read(data: bytes, *, most: int = MOST) -> Any:
    """The value of bytes that are its canonical form; TrustError for any other bytes."""
    try:
        text = _text(data, most)
        value = json.loads(text, **_NUMBERS)
        shallow = _brackets(text) <= DEEPEST or not _deeper_than(value, DEEPEST)
        if shallow and _form(value) == data:  # so no name is given twice: the form has each once
            return value
    except (TrustError, ValueError, RecursionError):
        pass  # `parse` says what is wrong first
    value = parse(data, most=most)
    if _form(value) != data:
        raise TrustError(say("The document is not in its canonical form (RFC 8785)."), code="not-canonical")
    return value


def shown(text: str) -> str:
    """What a hostile document holds, short and harmless enough to stand in a sentence about it."""
    return inert(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _brackets(text: str) -> int:
    """How many are opened, in strings as well: nothing is nested deeper than that."""
    return text.count("[") + text.count("{")


def _depth(text: str) -> int:
    """How deep the brackets outside of strings go, found without going down; no more than is allowed where there are no more."""
    if (brackets := _brackets(text)) <= DEEPEST:
        return brackets
    deepest = depth = 0
    for token in _TOKEN.finditer(text):
        sign = text[token.start()]
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _deeper_than(value: Any, most: int) -> bool:
    """Of a value that Python could read, and which therefore goes down by no more than some thousand levels."""
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return most == 0 or any(_deeper_than(one, most - 1) for one in inner if type(one) in _CONTAINERS)


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise TrustError(say("The document gives {name} twice.", name=shown(name)), code="duplicate-key")
        made[name] = value
    return made


def _integer(digits: str) -> int:
    if digits == "-0":
        _no_integer(digits)
    if len(digits) > _DIGITS or abs(int(digits)) > LARGEST:
        _out_of_range(digits)
    return int(digits)


def _no_integer(number: object) -> NoReturn:
    words = say("The document holds {number}; numbers are integers here.", number=shown(str(number)))
    raise TrustError(words, code="not-an-integer")


_NUMBERS: dict[str, Any] = {"parse_int": _integer, "parse_float": _no_integer, "parse_constant": _no_integer}


def _out_of_range(number: object) -> NoReturn:
    words = say("The document holds {number}, which not every reader holds exactly.", number=shown(str(number)))
    raise TrustError(words, code="number-range")


def _too_deep() -> NoReturn:
    words = say("The document is nested over {deepest} levels deep; it is not read.", deepest=DEEPEST)
    raise TrustError(words, code="too-deep")


def _check(value: Any, depth: int = 0) -> None:
    """Refuses what has no form of its own, at any depth."""
    match value:
        case None | bool():
            pass
        case int():
            if abs(value) > LARGEST:
                _out_of_range(value)
        case str():
            _check_text(value)
        case list() | tuple():
            _deeper(value, depth)
        case dict():
            for name in value:
                _check_text(name) if isinstance(name, str) else _no_json(name)
            _deeper(tuple(value.values()), depth)
        case float():
            _no_integer(value)
        case _:
            _no_json(value)


def _no_json(value: Any) -> NoReturn:
    raise TrustError(say("A document cannot hold a {kind} there.", kind=type(value).__name__), code="json")


def _deeper(values: Sequence[Any], depth: int) -> None:
    if depth >= DEEPEST:
        _too_deep()
    for value in values:
        _check(value, depth + 1)


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        words = say("The document holds half a surrogate pair, which is no character.")
        raise TrustError(words, code="lone-surrogate") from error
