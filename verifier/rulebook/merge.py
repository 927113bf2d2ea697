"""`extends`: a criteria file laid over the shipped profile that it starts from, each key remembering its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.errors import CriteriaError
from verifier.rulebook.document import Document, Place, Steps, quoted, read
from verifier.rulebook.schema import check_document
from verifier.rulebook.sentences import meant
from verifier.words import Text, say

WAYS = ("manual", "equals", "one_of", "at_least", "at_most", "blocking", "severity")
"""The keys of which a criterion has exactly one."""
_GO_WITH_A_WAY = frozenset({*WAYS, "otherwise"})
_GO_WITH_TOOLS = frozenset({"check", "unit", "by", "outside", "languages"})


@dataclass(frozen=True, slots=True)
class Source:
    """A mapping made of one file or more: each key stands where it was set last."""

    home: tuple[Document, Steps]
    parts: Mapping[str, tuple[Document, Steps]]

    @property
    def data(self) -> dict[str, Any]:
        return {key: document.at(steps) for key, (document, steps) in self.parts.items()}

    def get(self, key: str, default: Any = None) -> Any:
        if key not in self.parts:
            return default
        document, steps = self.parts[key]
        return document.at(steps)

    def place(self, steps: Steps, key: bool = False) -> Place:
        document, start = self.parts[str(steps[0])] if steps else self.home
        return document.place((*start, *steps[1:]), key=key)

    def error(self, key: str, message: str) -> CriteriaError:
        return self.place((key,)).error(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """A criteria file with all that it extends; `documents` begins with the file itself."""

    documents: tuple[Document, ...]
    top: Source
    limits: Source
    criteria: Mapping[str, Source]


def profile_names(rules: Path) -> list[str]:
    return sorted(path.stem for path in (rules / "profiles").glob("*.yml"))


def unknown_profile(name: str, rules: Path) -> Text:
    known = profile_names(rules)
    return say(
        "there is no profile {name}; known: {known}{hint}",
        name=quoted(name),
        known=", ".join(known),
        hint=meant(name, known),
    )


def shipped(name: str, rules: Path) -> Document:
    return read(rules / "profiles" / f"{name}.yml", f"rules/profiles/{name}.yml")


def gather(file: Document, rules: Path) -> Layers:
    """Raises CriteriaError for what the schema refuses, for an unknown profile and for one that extends itself."""
    schema = rules / "criteria.schema.json"
    check_document(file, schema)
    documents, seen = [file], set[str]()
    while "extends" in documents[-1].data:
        name = documents[-1].data["extends"]
        place = documents[-1].place(("extends",))
        if name not in profile_names(rules):
            raise place.error(unknown_profile(name, rules))
        if name in seen:
            raise place.error(say("the profile {name} extends itself", name=quoted(name)))
        seen.add(name)
        documents.append(shipped(name, rules))
        check_document(documents[-1], schema)
    return _layers(tuple(documents))


def _layers(documents: tuple[Document, ...]) -> Layers:
    lowest_first = documents[::-1]
    top = _source(lowest_first[0], ())
    limits = _source(lowest_first[0], ("limits",))
    criteria: dict[str, Source] = {}
    for document in lowest_first:
        top = _over(top, _source(document, ()))
        limits = _over(limits, _source(document, ("limits",)))
        for name, change in _criteria(document).items():
            criteria[name] = _changed(criteria[name], change) if name in criteria else change
    return Layers(documents=documents, top=top, limits=limits, criteria=criteria)


def _source(document: Document, steps: Steps) -> Source:
    """Empty where there is nothing at these steps."""
    found = document.at(steps) if steps in document.values else {}
    home = (document, steps if steps in document.values else ())
    return Source(home, {key: (document, (*steps, key)) for key in found})


def _criteria(document: Document) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for index in range(len(document.data.get("criteria", ()))):
        source = _source(document, ("criteria", index))
        name = source.get("id")
        if name in found:
            first = found[name].place(("id",))
            words = say(
                "the criterion id {name} is used twice, first at line {line}", name=quoted(name), line=first.line
            )
            raise source.error("id", words)
        found[name] = source
    return found


def _over(base: Source, change: Source) -> Source:
    return Source(change.home, {**base.parts, **change.parts})


def _changed(base: Source, change: Source) -> Source:
    """A new way of judging replaces the old one with all that goes with it."""
    dropped: frozenset[str] = frozenset()
    if any(way in change.parts for way in WAYS):
        dropped = _GO_WITH_A_WAY | (_GO_WITH_TOOLS if "manual" in change.parts else frozenset())
    kept = {key: part for key, part in base.parts.items() if key not in dropped}
    return _over(Source(base.home, kept), change)
