"""What would flip the verdict, as every surface lists it: the document's `flip`, with equal entries as one. Pure.

Five criteria on tests that could not be run for one reason are one thing to provide. Documents without `things` are read too.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from verifier.render import words

Entry = dict[str, Any]

TESTS = "tests:"
"""Of a rule that only says how a test failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one or several criteria need. `left_out` says that their topic was not asked for in this run."""

    criteria: tuple[str, ...]
    titles: tuple[str, ...]
    outcome: str
    whose: str
    cause: str | None
    do: str
    things: Sequence[Entry]
    more: int
    check: str
    left_out: bool = False

    @property
    def number(self) -> int:
        """How many things it is; a step without any is one itself, and so is one with hints."""
        return 1 if self.hints else max(1, len(self.things) + self.more)

    @property
    def hints(self) -> bool:
        """Whether its things only say where to begin: none has to be mended for itself."""
        return self.outcome == "unmet" and all(thing["rule"] is None for thing in self.things)

    def explain(self) -> str:
        """The command that says why: of the rule where there is one, else of the criterion, as of tests that fail."""
        named = {thing["rule"] for thing in self.things if thing["fingerprints"]}
        rules = {rule for rule in named if not str(rule).startswith(TESTS)}
        what = rules.pop() if len(rules) == 1 and ":" in str(next(iter(rules))) and not self.more else self.criteria[0]
        return shlex.join(("verifier", "explain", what, *self._rules_of()))

    def _rules_of(self) -> list[str]:
        """The options of the check that name the criteria."""
        given = shlex.split(self.check)
        return [
            word for pair in pairwise(given) if pair[0] in ("--criteria", "--profile", "--contract") for word in pair
        ]


def steps(document: Entry) -> list[Step]:
    """In the document's order; those that say the same stand as one, at the place of the first."""
    findings = words.finding_map(document)
    behind = {outcome["criterion"]: outcome["findings"] for outcome in document["outcomes"]}
    merged: dict[Any, Step] = {}
    for number, entry in enumerate(document["flip"]):
        step = _step(document, entry, [findings[key] for key in behind.get(entry["criterion"], ()) if key in findings])
        key: Any = number
        if step.outcome == "undetermined":
            key = (step.whose, step.do, step.left_out, *((thing["path"], thing["what"]) for thing in step.things))
        if key in merged:
            first = merged[key]
            step = _joined(first, step)
        merged[key] = step
    return list(merged.values())


def _joined(first: Step, other: Step) -> Step:
    return Step(
        criteria=first.criteria + other.criteria,
        titles=first.titles + other.titles,
        outcome=first.outcome,
        whose=first.whose,
        cause=first.cause,
        do=first.do,
        things=first.things,
        more=first.more,
        check=first.check,
        left_out=first.left_out,
    )


def _step(document: Entry, entry: Entry, findings: Sequence[Entry]) -> Step:
    criterion = entry["criterion"]
    things = entry["things"] if "things" in entry else [_thing(finding) for finding in sorted(findings, key=_place)]
    return Step(
        criteria=(criterion,),
        titles=(words.title(document, criterion),),
        outcome=entry["outcome"],
        whose=entry["whose"],
        cause=entry.get("cause"),
        do=entry["do"],
        things=things,
        more=entry.get("more", 0),
        check=entry.get("check", ""),
        left_out=words.left_out(document, entry),
    )


def _place(finding: Entry) -> tuple[str, int]:
    return finding["path"] or "", finding["line"] or 0


def _thing(finding: Entry) -> Entry:
    """A finding of a document that lists no things."""
    return {
        "path": finding["path"],
        "line": finding["line"],
        "lines": [],
        "rule": finding["rule"],
        "what": finding["message"],
        "why": "",
        "fix": "",
        "excerpt": finding["excerpt"],
        "count": 1,
        "fingerprints": [finding["fingerprint"]],
    }
