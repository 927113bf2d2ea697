"""YAML as plain data that remembers where each thing stands, so that every error has file, line and column.

Built on ruamel.yaml's parser events. Left out on purpose, each with its own error: anchors and aliases (a few lines of
them grow to gigabytes), tags, duplicate keys, deep nesting, a second document, and numbers that are not whole (the
same number must have the same bytes everywhere).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from verifier.errors import CriteriaError
from verifier.words import Text, say

MAX_BYTES = 256_000
"""The longest file that is read: room for a list of a thousand rules, read in seconds whatever it holds."""
MAX_DEPTH = 20
"""The deepest nesting: the criteria file needs 6."""
MAX_SHOWN = 60
"""Characters of the reader's own text that an error repeats."""

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})")  # 15 digits are exact in every JSON reader (RFC 8785, section 3.2.2.3)
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_HIDDEN_BREAK = re.compile("[\u0085\u2028\u2029]")
"""What ends a line, or a comment, for some readers of YAML and not for who looks at the file."""
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})

Steps = tuple[str | int, ...]
"""The way to a value: keys and indices from the top."""


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column count from 1."""

    name: str
    line: int
    column: int

    def error(self, message: str) -> CriteriaError:
        place = f"{self.name}:{self.line}:{self.column}"
        return CriteriaError(say("{place}: {message}", place=place, message=message))


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its bytes, its plain data (dict, list, str, int, bool, None) and its places. Not to be changed."""

    path: Path
    raw: bytes = field(repr=False)
    data: Any
    keys: dict[Steps, Place] = field(repr=False)
    values: dict[Steps, Place] = field(repr=False)

    def place(self, steps: Steps, *, key: bool = False) -> Place:
        return self.keys[steps] if key else self.values[steps]

    def at(self, steps: Steps) -> Any:
        found = self.data
        for step in steps:
            found = found[step]
        return found


def quoted(text: object) -> Text:
    """The reader's own text for an error: in quotes, cut, and with nothing in it that a terminal would act on."""
    shown = str(text)
    cut = shown[:MAX_SHOWN] + "…" if len(shown) > MAX_SHOWN else shown
    return in_quotes(printable(cut))


def in_quotes(word: str) -> Text:
    """A word of the file, in each language's quotation marks."""
    return say('"{word}"', word=word)


def printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def read(path: Path, name: str | None = None) -> Document:
    """The file at `path`, called `name` in errors. Raises CriteriaError with the place."""
    shown = printable(name or str(path))
    raw = contents(path, shown)
    return Document(path, raw, *_parsed(raw, shown))


@lru_cache(16)
def _parsed(raw: bytes, name: str) -> tuple[Any, dict[Steps, Place], dict[Steps, Place]]:
    """Nobody changes what a Document holds, and the lists that ship are read again and again."""
    reader = _Reader(name, _decoded(raw, name))
    return reader.document(), reader.keys, reader.values


def contents(path: Path, shown: str) -> bytes:
    """The bytes of an ordinary file of at most `MAX_BYTES`."""
    try:
        if not path.exists():
            raise CriteriaError(say("{place}: there is no such file", place=shown))
        if not path.is_file():  # a pipe would wait for ever
            raise CriteriaError(say("{place}: not an ordinary file", place=shown))
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CriteriaError(say("{place}: cannot be read ({error})", place=shown, error=error.strerror)) from error
    if len(raw) > MAX_BYTES:
        raise CriteriaError(say("{place}: longer than {n} bytes, the most that is read", place=shown, n=MAX_BYTES))
    return raw


def _decoded(raw: bytes, name: str) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line_start = before.rfind(b"\n") + 1
        place = Place(name, before.count(b"\n") + 1, error.start - line_start + 1)
        raise place.error(say("not UTF-8 text")) from error
    if found := _HIDDEN_BREAK.search(text):
        line = text.count("\n", 0, found.start()) + 1
        place = Place(name, line, found.start() - text.rfind("\n", 0, found.start()))
        raise place.error(say("a line break that most programs do not show; write a plain one"))
    return text


class _Reader:
    """Turns parser events into plain data, noting the place of every key and value."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.keys: dict[Steps, Place] = {}
        self.values: dict[Steps, Place] = {}
        self.events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)

    def document(self) -> Any:
        try:
            next(self.events)  # the stream's start
            if not isinstance(next(self.events), DocumentStartEvent):
                raise Place(self.name, 1, 1).error(say("the file is empty"))
            data = self.value(next(self.events), ())
            next(self.events)  # the document's end
            after = next(self.events)
        except MarkedYAMLError as error:
            raise self.invalid(error) from error
        except ReaderError as error:
            raise self.unreadable(error) from error
        if not isinstance(after, StreamEndEvent):
            raise self.place(after.start_mark).error(say("a second document starts here; one file holds one"))
        return data

    def value(self, event: Event, steps: Steps) -> Any:
        place = self.refuse(event)
        self.values[steps] = place
        if isinstance(event, ScalarEvent):
            return _scalar(event, place)
        if len(steps) >= MAX_DEPTH:
            raise place.error(say("nested more than {n} deep", n=MAX_DEPTH))
        return self.sequence(steps) if isinstance(event, SequenceStartEvent) else self.mapping(steps)

    def sequence(self, steps: Steps) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self.value(event, (*steps, len(items))))
        return items

    def mapping(self, steps: Steps) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            place = self.refuse(event)
            if not isinstance(event, ScalarEvent):
                raise place.error(say("a key must be a word, not a list or a mapping"))
            inner = (*steps, event.value)
            if inner in self.keys:
                first = self.keys[inner].line
                raise place.error(say("duplicate key {key}, first at line {line}", key=quoted(event.value), line=first))
            self.keys[inner] = place
            found[event.value] = self.value(next(self.events), inner)
        return found

    def refuse(self, event: Event) -> Place:
        place = self.place(event.start_mark)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise place.error(say("anchors and aliases (& and *) are not allowed; write the value out"))
        if isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent)) and event.tag is not None:
            raise place.error(say("the tag {tag} is not allowed; write a plain value", tag=quoted(event.tag)))
        return place

    def place(self, mark: StreamMark) -> Place:
        return Place(self.name, mark.line + 1, mark.column + 1)

    def invalid(self, error: MarkedYAMLError) -> CriteriaError:
        mark = error.problem_mark or error.context_mark
        place = self.place(mark) if mark else Place(self.name, 1, 1)
        lines = self.text.splitlines()
        line = lines[place.line - 1] if place.line <= len(lines) else ""
        if line[place.column - 1 : place.column] == "\t":
            return place.error(say("a tab; indent with spaces"))
        return place.error(say("not valid YAML: {error}", error=error.problem or error.context))

    def unreadable(self, error: ReaderError) -> CriteriaError:
        before = self.text[: error.position]
        place = Place(self.name, before.count("\n") + 1, error.position - before.rfind("\n"))
        return place.error(say("a control character; this is not a text file"))


def _scalar(event: ScalarEvent, place: Place) -> str | int | bool | None:
    """Words and numbers as YAML 1.2's core schema has them, without fractions."""
    text: str = event.value
    if event.style is not None:  # quoted or a block: text
        return text
    if text in _NOTHING:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        raise place.error(
            say(
                "{number} is not a plain whole number; write one, or put quotes around text",
                number=printable(text[:MAX_SHOWN]),
            )
        )
    return text
