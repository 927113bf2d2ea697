"""What our own first look found, file by file: the document of `verifier/inside/inventory.py` as frozen types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from verifier.model import Steering, Suppression
from verifier.retold import retold

SCHEMA = "inventory/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A function over a limit of the review guides. `kind` is lines, complexity or nesting."""

    kind: str
    function: str
    line: int
    end_line: int
    value: int
    limit: int
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One file. `parsed` is None where no parser of ours applies; `failed` says why the file was not looked into."""

    path: str
    kind: str  # file | link | other
    size: int
    target: str = ""  # of a link: the path in the tree at which it ends
    language: str | None = None
    source: bool = False  # in a language that runs
    binary: bool = False
    minified: bool = False
    lines: int = 0
    parsed: bool | None = None
    error: str = ""
    error_line: int | None = None
    failed: str = ""
    functions: int = 0
    longest: int = 0
    complexity: int = 0
    nesting: int = 0
    documented: bool = False
    imports: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # paths and dotted names of what it may run, other than by an import
    starts: Mapping[str, str] = field(default_factory=dict)  # path -> language of what its commands start
    tests: tuple[str, ...] = ()  # that its syntax defines, in a file that is named for tests
    offers: bool = False  # tests, to a file that imports it
    triggers: tuple[Trigger, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    more: int = 0  # suppressions beyond those listed
    more_unjustified: int = 0
    steering: tuple[Steering, ...] = ()
    senses: tuple[Steering, ...] = ()  # where it asks whether it is being tested


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The whole tree. `python` is the version whose grammar decided what parses; `community` maps a kind to paths."""

    python: str
    looks: Mapping[str, Look]
    community: Mapping[str, tuple[str, ...]]
    steering: tuple[Steering, ...] = ()

    @classmethod
    def from_bytes(cls, content: bytes) -> Inventory:
        """Reads the script's stdout. Raises ValueError where it is not such a document."""
        try:
            return cls._from(json.loads(content))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not an inventory: {error!r}") from error

    @classmethod
    def _from(cls, document: dict[str, Any]) -> Inventory:
        if document["schema"] != SCHEMA:
            raise ValueError(f"not an inventory of schema {SCHEMA}: {document['schema']!r}")
        return cls(
            python=document["python"],
            looks={record["path"]: _look(record) for record in document["files"]},
            community={kind: tuple(paths) for kind, paths in document["community"].items()},
            steering=tuple(_steering(steer["path"], steer) for steer in document["steering"]),
        )


def _steering(path: str, one: Mapping[str, Any]) -> Steering:
    return Steering(path=path, what=retold(one["what"]), line=one.get("line"))


def _look(record: dict[str, Any]) -> Look:
    path = record["path"]
    error = record.pop("error", None) or {"message": "", "line": None}
    suppressions = tuple(Suppression(path=path, **one) for one in record.pop("suppressions", ()))
    steering = tuple(_steering(path, one) for one in record.pop("steering", ()))
    triggers = tuple(Trigger(**one) for one in record.pop("triggers", ()))
    senses = tuple(_steering(path, one) for one in record.pop("senses", ()))
    imports, tests, names = (tuple(record.pop(key, ())) for key in ("imports", "tests", "names"))
    return Look(
        **record,
        error=error["message"],
        error_line=error["line"],
        imports=imports,
        tests=tests,
        names=names,
        triggers=triggers,
        suppressions=suppressions,
        steering=steering,
        senses=senses,
    )
