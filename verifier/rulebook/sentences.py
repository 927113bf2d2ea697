"""One sentence for each way in which data can miss its JSON Schema.

A schema's `errorMessage` (also read by editors) ends the sentence `"id" in criterion 3 …`; its `title` is the noun for
an unknown word.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.rulebook.document import Steps, in_quotes, quoted
from verifier.words import Text, joined, later, say

UNKNOWN_KEY = "additionalProperties"

_MEMBERS = {
    "criteria": (later("criterion {name}"), "id"),
    "items": (later("item {name}"), "id"),
    "requirements": (later("requirement {name}"), "id"),
    "rules": (later("rule {name}"), "rule"),
    "waivers": (later("waiver {name}"), "target"),
}
"""What the entry of a list is called, and the key that names it."""
_WANTED = {
    "object": later("a mapping"),
    "array": later("a list"),
    "string": later("text"),
    "integer": later("a whole number"),
    "boolean": later("true or false"),
}
_FOUND: tuple[tuple[type, str], ...] = (
    (bool, later("true or false")),
    (dict, later("a mapping")),
    (list, later("a list")),
    (str, later("text")),
    (int, later("a number")),
    (type(None), later("nothing")),
)
OF_SCHEMAS = (
    later("is empty; a list that blocks nothing accepts everything"),
    later("must be a tool and its rule, such as bandit:B602"),
    later("must be one line of text"),
    later("must be an address without spaces, user name or password"),
    later("must be a full commit id in lower-case hex"),
    later("is empty; leave the key out where the contract lists none"),
    later("must be lower-case letters and digits, with . _ or - between them"),
    later("is empty; nothing is ever accepted without a criterion"),
    later('does not go with "manual": a person decides it, no tool'),
    later("must be a measure such as tests.passed, or findings such as security.findings"),
    later("must be the name of a list in rules/blocking, or the path of a .yml file beside the criteria file"),
    later("is empty; name the checkers that must have done their work"),
    later("must be from-contract, or a list of at least one item with id and text"),
    later("must be licences.accepted, licences.recommended or a list of values"),
    later("must be a whole number, with its unit where it has one, such as 80 %"),
    later("must be a whole number with its unit, such as 500 MB"),
    later("must be a whole number with its unit, such as 15 min"),
    later("is empty; no delivery could meet it"),
    later("is empty; name a place or leave the key out"),
    later("must be a path such as /recipes/ or *.example, as in .gitignore, without ! [ ] and \\"),
    later("must be one SPDX identifier"),
    later("must be small letters, digits and -"),
    later("must hold at least one regular expression"),
    later("must be a criterion's id or a finding's fingerprint"),
    later("must be a date such as 2027-03-31"),
    later('must be an amount such as 10000 or "10000.00", with the cents in quotes'),
    later('must be an amount such as 6500 or "6500.00", with the cents in quotes'),
    later("must have at least one milestone"),
    later("must be never: what is signed is the record"),
    later("must be three capital letters, such as CAD"),
    later("is empty; name at least one role"),
    later("is empty; leave the key out for all contracts"),
    later("is empty; leave the key out for all of its policies"),
    later("must be two roles, such as [assessor, requester]"),
    later("must be a country, or a country and its part, such as CA or CA-ON"),
    later("must be a mail address"),
    later("must be a prefix such as ocds-a2ef3d"),
    later("must be an address, such as https://example.org/records"),
    later("must be the name of a variable of the environment"),
    later("must be a host and a port, such as mail.example.org:587"),
    later("must be a share such as 5 %"),
    later('must be a time of day such as "08:00", in quotes'),
)
"""Each `errorMessage` of the schemas."""
UNNAMED = later("is not of the form that is asked for")
"""What is said where a schema has no `errorMessage` of its own."""
NOUNS = (
    later("confidence"),
    later("service"),
    later("sandbox tier"),
    later("level"),
    later("unit"),
    later("severity"),
    later("checker"),
    later("language"),
    later("role"),
    later("day"),
)
"""Each `title` of the schemas for words of a fixed set."""


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


def sentence(fault: Fault) -> Text:
    return _SENTENCES.get(fault.kind, _own_words)(fault)


def meant(word: str, known: Sequence[str]) -> Text:
    """` (did you mean "level"?)`, or nothing."""
    close = difflib.get_close_matches(word, known, n=1)
    return say(" (did you mean {word}?)", word=in_quotes(close[0])) if close else Text("", "")


def either(words: Sequence[str]) -> Text:
    """`equals, at_least or at_most`."""
    first = joined(", ", words[:-1])
    return joined(say(" or "), [first, words[-1]] if first else words)


def unknown_key(fault: Fault) -> str:
    return next(str(key) for key in fault.value if key not in fault.schema["properties"])


def _owners(fault: Fault, steps: Steps) -> list[str]:
    """What the reader calls the mapping at these steps, and those around it: `"title"`, `criterion "tests.coverage"`."""
    words = [fault.whole] if fault.whole else []
    data = fault.data
    for index, step in enumerate(steps):
        data = data[step]
        if isinstance(step, int):
            words.append(_member(str(steps[index - 1]), step, data))
        elif not (index + 1 < len(steps) and isinstance(steps[index + 1], int)):
            words.append(in_quotes(step))
    return words[::-1]


def _inside(fault: Fault, steps: Steps) -> Text:
    """` in "title" in criterion "tests.coverage"`, or nothing."""
    return joined("", [say(" in {what}", what=owner) for owner in _owners(fault, steps)])


def _member(container: str, index: int, entry: Any) -> Text:
    if container not in _MEMBERS:
        return say("entry {n} of {list}", n=index + 1, list=in_quotes(container))
    noun, key = _MEMBERS[container]
    name = entry.get(key) if isinstance(entry, dict) else None
    return say(noun, name=quoted(name) if isinstance(name, str) else index + 1)


def _subject(fault: Fault) -> Text:
    first, *others = _owners(fault, fault.steps) or [say("the file")]
    return joined("", [first, *(say(" in {what}", what=owner) for owner in others)])


def _unknown_key(fault: Fault) -> Text:
    word = unknown_key(fault)
    return say(
        "unknown key {key}{where}{hint}",
        key=quoted(word),
        where=_inside(fault, fault.steps),
        hint=meant(word, list(fault.schema["properties"])),
    )


def _missing(fault: Fault) -> Text:
    missing = next(key for key in fault.wanted if key not in fault.value)
    return say("{key} is missing{where}", key=in_quotes(missing), where=_inside(fault, fault.steps))


def _type(fault: Fault) -> Text:
    types = [fault.wanted] if isinstance(fault.wanted, str) else fault.wanted
    if types == ["string"] and "errorMessage" in fault.schema:
        return _own_words(fault)
    found = next(name for kind, name in _FOUND if isinstance(fault.value, kind))
    wanted = either([say(_WANTED[one]) for one in types])
    return say("{subject} must be {wanted}, not {found}", subject=_subject(fault), wanted=wanted, found=say(found))


def _unknown_word(fault: Fault) -> Text:
    owner = fault.steps[:-2] if isinstance(fault.steps[-1], int) else fault.steps[:-1]
    word, known = str(fault.value), [str(one) for one in fault.wanted]
    return say(
        "unknown {noun} {word}{where}; known: {known}{hint}",
        noun=say(fault.schema["title"]),
        word=quoted(word),
        where=_inside(fault, owner),
        known=", ".join(known),
        hint=meant(word, known),
    )


def _ways(fault: Fault) -> Text:
    ways = [way["required"][0] for way in fault.wanted]
    present = [in_quotes(way) for way in ways if way in fault.value]
    if present:
        return say(
            "{subject} has both {one} and {other}; keep one", subject=_subject(fault), one=present[0], other=present[1]
        )
    return say("{subject} says nothing to judge by; give one of {ways}", subject=_subject(fault), ways=", ".join(ways))


def _dependent(fault: Fault) -> Text:
    pairs = ((key, other) for key, others in fault.wanted.items() for other in others if key in fault.value)
    wanting, wanted = next(pair for pair in pairs if pair[1] not in fault.value)
    where = _inside(fault, fault.steps)
    return say("{key} needs {other} beside it{where}", key=in_quotes(wanting), other=in_quotes(wanted), where=where)


def _twice(fault: Fault) -> Text:
    twice = next(one for at, one in enumerate(fault.value) if one in fault.value[:at])
    return say("{subject} has {word} twice", subject=_subject(fault), word=quoted(twice))


def _minimum(fault: Fault) -> Text:
    return say("{subject} must be at least {least}", subject=_subject(fault), least=fault.wanted)


def _empty(fault: Fault) -> Text:
    return say("{subject} is empty", subject=_subject(fault))


def _long(fault: Fault) -> Text:
    return say("{subject} is longer than {n} characters", subject=_subject(fault), n=fault.wanted)


def _own_words(fault: Fault) -> Text:
    return say("{subject} {what}", subject=_subject(fault), what=say(fault.schema.get("errorMessage", UNNAMED)))


_SENTENCES: Mapping[str, Callable[[Fault], Text]] = {
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
