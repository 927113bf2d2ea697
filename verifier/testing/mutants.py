"""The small changes to source that the mutation probe tries: what they are drawn from, and those that were drawn. Pure.

They are found in the sandbox, by `verifier/inside/list_mutants.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier.checker import INSIDE, Command, Edit, ToolOutput
from verifier.model import Checkout

COUNT = 30
"""Changes that are tried, if there are so many."""
MOST = 60
"""The same where too little comes of those to say anything."""
FEW = 10
"""Fewer that leave the code running are too few to blame tests of which no assertion fails."""
ENOUGH = 20
"""So many must the lines that a delivery changed hold, to be asked about alone."""
LIST = "mutants"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change, at its place."""

    path: str
    line: int
    statement: int
    edit: Edit
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The changes that are tried, of how many that there are, and the files in which nothing is changed but the text."""

    possible: int
    mutants: tuple[Mutant, ...]
    shams: tuple[Edit, ...]
    sources: frozenset[str]  # the delivered files that the tests run, but for those of tests

    @classmethod
    def from_output(cls, output: ToolOutput) -> Sample:
        found = json.loads(output.stdout)
        shams = tuple(_edit(path, one) for path, one in sorted(found["shams"].items()))
        mutants = tuple(
            Mutant(
                path=one["path"],
                line=one["line"],
                statement=one["statement"],
                edit=_edit(one["path"], one),
                before=one["before"],
            )
            for one in found["mutants"]
        )
        sources = json.loads(output.command.stdin)["scopes"][-1]["files"]
        return cls(possible=found["possible"], mutants=mutants, shams=shams, sources=frozenset(sources))


def _edit(path: str, one: Mapping[str, Any]) -> Edit:
    return Edit(path=path, start=one["start"], end=one["end"], text=one["after"])


def listing(checkout: Checkout, report: Mapping[str, Any]) -> Command:
    asked = {"count": MOST, "scopes": scopes(checkout, report)}
    argv = ("python", "-I", f"{INSIDE}/list_mutants.py")
    return Command(argv=argv, name=LIST, stdin=json.dumps(asked).encode())


def scopes(checkout: Checkout, report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is drawn from: the lines that the delivery changed, the files that it changed, all; the first that holds enough."""
    ran = {
        path: sorted(set(entry["statements"]) - set(entry["missing"]))
        for path, entry in sorted(report["files"].items())
        if "statements" in entry
    }
    whole = {path: {"ran": lines, "changed": None} for path, lines in ran.items() if lines}
    found = [{"least": 1, "files": whole}]
    if checkout.changed is not None:
        touched = {path: one for path, one in whole.items() if checkout.changed.get(path)}
        lines = {path: one | {"changed": sorted(checkout.changed[path])} for path, one in touched.items()}
        found = [{"least": ENOUGH, "files": lines}, {"least": 1, "files": touched}, *found]
    return found
