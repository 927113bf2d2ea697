"""What a test itself did against what was told of it, where code of the delivery could change what is told. Pure.

The witness within the run notes how each test ended inside of all hooks (verifier_hooks.py and verifier_witness.py of inside/).
Without delivered hooks and with the runner as it was installed, what is told is an installed plug-in's word, and stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Report = dict[str, Any]
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A function of the delivery that is asked how a test went, or how it is run, at a line of a file."""

    name: str
    path: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A function or class of a delivered file in whose place tests put another, for all of them; `lines` are its body's."""

    path: str
    name: str
    lines: frozenset[int]
    by: str
    line: int | None


@dataclass(slots=True)
class Witness:
    """What was seen from within one run."""

    ran: dict[str, dict[str, Report]] = field(default_factory=dict)  # test -> phase -> how it ended the last time
    hooks: list[Hook] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)  # functions of the runner in whose place the delivery put its own
    patched: list[Patch] = field(default_factory=list)
    foreign: dict[str, str] = field(default_factory=dict)  # delivered file -> what ran other code under its name
    measured: dict[str, str] = field(default_factory=dict)  # way in which coverage's data was changed -> what did so

    @property
    def edits(self) -> bool:
        """Whether anything of the delivery could change what is told of a test."""
        return bool(self.hooks or self.replaced)

    def hear(self, event: Report) -> None:
        """Takes in one event of the run."""
        match event["event"]:
            case "ran":
                self.ran.setdefault(str(event["id"]), {})[str(event["when"])] = event
            case "hook":
                self.hooks.append(Hook(name=str(event["hook"]), path=str(event["path"]), line=event["line"]))
            case "replaced":
                self.replaced += map(str, event["names"])
            case "patched":
                told = {key: str(event[key]) for key in ("path", "name", "by")}
                one = Patch(**told, lines=frozenset(map(int, event["lines"])), line=event["line"])
                self.patched += [one] if one not in self.patched else []
            case "foreign":
                self.foreign.setdefault(str(event["path"]), str(event["by"]))
            case "measure":
                self.measured.setdefault(str(event["how"]), str(event["by"]))

    def add(self, other: Witness) -> None:
        """Takes in what was seen in another part of the suite."""
        for name, phases in other.ran.items():
            self.ran[name] = self.ran.get(name, {}) | phases
        self.hooks += [hook for hook in other.hooks if hook not in self.hooks]
        self.replaced += [name for name in other.replaced if name not in self.replaced]
        self.patched += [one for one in other.patched if one not in self.patched]
        self.foreign = other.foreign | self.foreign
        self.measured = other.measured | self.measured


def corrected(outcomes: Mapping[str, list[Report]], witness: Witness) -> dict[str, list[Report]]:
    """The reports of each test, with its own failure in the place of what delivered code made of it: `told` says what that was.

    A failure that is expected by a mark stays expected. Of several runs of one test the last counts, as for the reports.
    """
    if not witness.edits:
        return dict(outcomes)
    return {name: _corrected(reports, witness.ran.get(name, {})) for name, reports in outcomes.items()}


def _corrected(reports: list[Report], ran: Mapping[str, Report]) -> list[Report]:
    found = list(reports)
    for when, own in ran.items():
        told = [n for n, report in enumerate(reports) if report["when"] == when]
        if own["outcome"] != "failed" or not told or reports[told[-1]]["outcome"] == "failed":
            continue
        if "xfail" in reports[told[-1]] and own["xfail"]:
            continue
        said = reports[told[-1]]["outcome"]
        found[told[-1]] = {**own, "event": "report", "told": said}
    return found


def rewritten(outcomes: Mapping[str, list[Report]]) -> dict[str, str]:
    """Tests that failed and were told otherwise, with what was told."""
    return {name: report["told"] for name, reports in outcomes.items() for report in reports if report.get("told")}


def unwitnessed(outcomes: Mapping[str, list[Report]], witness: Witness) -> list[str]:
    """Tests told as passed that did not run, or whose function was never entered, where the delivery could bring that about."""
    if not witness.edits:
        return []
    passed = [
        name
        for name, reports in outcomes.items()
        if any(report["when"] == "call" and report["outcome"] == "passed" for report in reports)
    ]
    return [name for name in passed if not witness.ran.get(name, {}).get("call", {}).get("entered")]
