"""Reads `rules/repairs.yml`, the named repairs of an environment."""

from __future__ import annotations

import re
from pathlib import Path

from verifier.environment.repairs import Repair
from verifier.rulebook import schema
from verifier.rulebook.document import read
from verifier.rulebook.folder import rules_dir
from verifier.words import say


def load_repairs(rules: Path | None = None) -> tuple[Repair, ...]:
    """The table in its order. Raises CriteriaError with file, line and column."""
    rules = rules or rules_dir()
    document = read(rules / "repairs.yml", "rules/repairs.yml")
    schema.check_document(document, rules / "repairs.schema.json")
    found = []
    for index, one in enumerate(document.data["repairs"]):
        for number, pattern in enumerate(one["when"]):
            try:
                re.compile(pattern)
            except re.error as error:
                place = document.place(("repairs", index, "when", number))
                raise place.error(say("that is no regular expression: {error}", error=error)) from None
        lists = {
            key: tuple(one.get(key, ())) for key in ("when", "constraints", "packages", "build_constraints", "excludes")
        }
        found.append(Repair(id=one["id"], why=one["why"], source=one["source"], python=one.get("python", ""), **lists))
    return tuple(found)
