"""One sentence for each way in which data can miss its JSON Schema.

A schema's `errorMessage` (also read by editors) ends the sentence `"id" in criterion 3 …`; its `title` is the noun for
an unknown word.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.rulebook.document import Steps, quoted

UNKNOWN_KEY = "additionalProperties"

_MEMBERS = {
    "criteria": ("criterion", "id"),
    "items": ("item", "id"),
    "requirements": ("requirement", "id"),
    "rules": ("rule", "rule"),
    "waivers": ("waiver", "target"),
}
"""What the entry of a list is called, and the key that names it."""
_WANTED = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
}
_FOUND: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (dict, "a mapping"),
    (list, "a list"),
    (str, "text"),
    (int, "a number"),
    (type(None), "nothing"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One error of the schema's check: which keyword, at which steps of `data`, what stands there, what was wanted."""

    kind: str
    steps: Steps
    value: Any
    wanted: Any
    schema: Any
    data: Any
    whole: str


def sentence(fault: Fault) -> str:
    return _SENTENCES.get(fault.kind, _own_words)(fault)


def meant(word: str, known: Sequence[str]) -> str:
    """` (did you mean "level"?)`, or nothing."""
    close = difflib.get_close_matches(word, known, n=1)
    return f' (did you mean "{close[0]}"?)' if close else ""


def either(words: Sequence[str]) -> str:
    """`equals, at_least or at_most`."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def unknown_key(fault: Fault) -> str:
    return next(str(key) for key in fault.value if key not in fault.schema["properties"])


def _inside(fault: Fault, steps: Steps) -> str:
    """` in "title" in criterion "tests.coverage"`: what the reader calls the mapping at these steps."""
    words = [f" in {fault.whole}"] if fault.whole else []
    data = fault.data
    for index, step in enumerate(steps):
        data = data[step]
        if isinstance(step, int):
            words.append(f" in {_member(str(steps[index - 1]), step, data)}")
        elif not (index + 1 < len(steps) and isinstance(steps[index + 1], int)):
            words.append(f' in "{step}"')
    return "".join(reversed(words))


def _member(container: str, index: int, entry: Any) -> str:
    if container not in _MEMBERS:
        return f'entry {index + 1} of "{container}"'
    noun, key = _MEMBERS[container]
    name = entry.get(key) if isinstance(entry, dict) else None
    return f"{noun} {quoted(name) if isinstance(name, str) else index + 1}"


def _subject(fault: Fault) -> str:
    return _inside(fault, fault.steps).removeprefix(" in ") or "the file"


def _unknown_key(fault: Fault) -> str:
    word = unknown_key(fault)
    return f"unknown key {quoted(word)}{_inside(fault, fault.steps)}{meant(word, list(fault.schema['properties']))}"


def _missing(fault: Fault) -> str:
    missing = next(key for key in fault.wanted if key not in fault.value)
    return f'"{missing}" is missing{_inside(fault, fault.steps)}'


def _type(fault: Fault) -> str:
    types = [fault.wanted] if isinstance(fault.wanted, str) else fault.wanted
    if types == ["string"] and "errorMessage" in fault.schema:
        return _own_words(fault)
    found = next(name for kind, name in _FOUND if isinstance(fault.value, kind))
    return f"{_subject(fault)} must be {either([_WANTED[one] for one in types])}, not {found}"


def _unknown_word(fault: Fault) -> str:
    owner = fault.steps[:-2] if isinstance(fault.steps[-1], int) else fault.steps[:-1]
    word, known = str(fault.value), [str(one) for one in fault.wanted]
    inside = _inside(fault, owner)
    return f"unknown {fault.schema['title']} {quoted(word)}{inside}; known: {', '.join(known)}{meant(word, known)}"


def _ways(fault: Fault) -> str:
    ways = [way["required"][0] for way in fault.wanted]
    present = [way for way in ways if way in fault.value]
    if present:
        return f'{_subject(fault)} has both "{present[0]}" and "{present[1]}"; keep one'
    return f"{_subject(fault)} says nothing to judge by; give one of {', '.join(ways)}"


def _dependent(fault: Fault) -> str:
    pairs = ((key, other) for key, others in fault.wanted.items() for other in others if key in fault.value)
    wanting, wanted = next(pair for pair in pairs if pair[1] not in fault.value)
    return f'"{wanting}" needs "{wanted}" beside it{_inside(fault, fault.steps)}'


def _twice(fault: Fault) -> str:
    twice = next(one for at, one in enumerate(fault.value) if one in fault.value[:at])
    return f"{_subject(fault)} has {quoted(twice)} twice"


def _minimum(fault: Fault) -> str:
    return f"{_subject(fault)} must be at least {fault.wanted}"


def _empty(fault: Fault) -> str:
    return f"{_subject(fault)} is empty"


def _long(fault: Fault) -> str:
    return f"{_subject(fault)} is longer than {fault.wanted} characters"


def _own_words(fault: Fault) -> str:
    return f"{_subject(fault)} {fault.schema['errorMessage']}"


_SENTENCES: Mapping[str, Callable[[Fault], str]] = {
    UNKNOWN_KEY: _unknown_key,
    "required": _missing,
    "type": _type,
    "enum": _unknown_word,
    "oneOf": _ways,
    "dependentRequired": _dependent,
    "uniqueItems": _twice,
    "minimum": _minimum,
    "minLength": _empty,
    "maxLength": _long,
}
"""By the schema's keyword; a keyword that is not here (`pattern`, `minItems`, `not`) carries its own `errorMessage`."""
