"""The mutation probe: small changes to lines that the tests run, of which a test should fail. Pure (ADR 14).

First the tests run on source of which only the text is another (a sham), and it is seen which of them run which lines: one that
fails there looks at text, not at what the code does, and counts for nothing. Then each change in a tree of its own, by the tests
that run its line, until something that a test claims does not hold; and the same tests on the sham, where they must not fail.
These runs look the same from inside but for the source. A change at which tests only break says nothing of what they claim.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from verifier.checker import Command, Edit, Settings, ToolOutput
from verifier.model import Checkout
from verifier.testing.events import Run, read
from verifier.testing.mutants import ENOUGH, Mutant, Sample, listing
from verifier.testing.suites import Plan, Way, suite_command
from verifier.words import later_n

EVENTS = "probe"
SHORTEST = 5
"""Seconds that a change is given at least; beyond them twice what its tests took on the sham."""
FATES = {
    "assertion": later_n("at {n} an assertion fails", "at {n} an assertion fails"),
    "error": later_n("at {n} the tests break with another error", "at {n} the tests break with another error"),
    "limit": later_n("at {n} they come to a limit of time or memory", "at {n} they come to a limit of time or memory"),
    "unsteady": later_n(
        "at {n} tests fail that fail as well when run by themselves",
        "at {n} tests fail that fail as well when run by themselves",
    ),
    "": later_n("{n} goes unnoticed", "{n} go unnoticed"),
}
"""What becomes of a change, the surest way of noticing it first."""
Suite = tuple[Way, Sequence[str]]
"""A suite with the names of its tests that pass, as its own runner has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scouted:
    """What the first run of a suite showed: the tests that pass, which lines each runs, and how long it takes."""

    number: int
    suite: Way
    passing: tuple[str, ...]
    failing: tuple[str, ...]
    lines: Mapping[str, Mapping[str, Sequence[str]]]
    seconds: Mapping[str, float]
    before: float  # seconds that a run takes beside its tests

    @classmethod
    def from_output(cls, number: int, suite: Way, output: ToolOutput) -> Scouted:
        asked, run = json.loads(output.command.stdin)["tests"], _run(output)
        ended = not output.killed
        passing = [name for name in asked if ended and name in run.outcomes and run.outcome(name) == "passed"]
        told = _told(output)
        seconds = told.get("seconds", {})
        return cls(
            number=number,
            suite=suite,
            passing=tuple(passing),
            failing=tuple(name for name in asked if name not in passing),
            lines=told.get("lines", {}),
            seconds=seconds,
            before=max(0.0, output.milliseconds / 1000 - sum(seconds.values())),
        )

    def tests(self, mutant: Mutant) -> tuple[str, ...]:
        """Those that run its line, in their order; all, where it runs outside of tests or nobody saw it run."""
        run = self.lines.get(mutant.path, {}).get(str(mutant.statement), ())
        return self.passing if not run or "" in run else tuple(name for name in self.passing if name in run)

    def limit(self, tests: Sequence[str]) -> int:
        return SHORTEST + 2 * ceil(self.before + sum(self.seconds.get(name, 0.0) for name in tests))


def _told(output: ToolOutput) -> dict[str, Any]:
    """What the run said of lines and times; nothing where it did not come to its end."""
    for line in reversed(output.files.get(f"{EVENTS}.jsonl", b"").splitlines()):
        try:
            event = json.loads(line)
        except ValueError:
            return {}
        if event.get("event") == "scouted":
            return dict(event)
    return {}


def steps(
    checkout: Checkout, settings: Settings, plan: Plan, suites: Sequence[Suite], report: Mapping[str, Any]
) -> Generator[Command, ToolOutput, None]:
    """The runs, as many as there is time for."""
    sample = Sample.from_output((yield listing(checkout, report)))
    left = settings.probe_seconds * 1000
    scouted: list[Scouted] = []
    for number, (suite, names) in enumerate(suites if sample.mutants else ()):
        if names and left >= 1000:
            command = _scouting((suite, names), f"scout-{number}", sample, settings, plan)
            output = yield replace(command, seconds=left // 1000)
            left -= output.milliseconds
            scouted.append(Scouted.from_output(number, suite, output))
    done = Runs()
    fates: Counter[str | None] = Counter()
    for index, mutant in enumerate(sample.mutants):
        if enough(fates):
            return
        for one in scouted:
            tests = one.tests(mutant)
            while tests and (name := done.wanted(index, one.number, tests)) and left >= one.limit(tests) * 1000:
                edits = (mutant.edit,) if name.startswith("mutant") else sample.shams
                command = _run_of((one.suite, tests), name, settings, plan, edits=edits)
                output = yield replace(command, seconds=one.limit(tests))
                left -= output.milliseconds
                done.add(output)
            if done.fate(index, [one]) == "assertion":
                break
        fates[done.fate(index, [one for one in scouted if one.tests(mutant)])] += 1


@dataclass(slots=True)
class Runs:
    """The runs that were made, by what they are of: a change, or the sham as the control of one."""

    by_name: dict[str, ToolOutput] = field(default_factory=dict)
    controls: dict[tuple[str, bytes], ToolOutput] = field(default_factory=dict)

    def add(self, output: ToolOutput) -> None:
        name = output.command.name
        self.by_name[name] = output
        if name.startswith("control-"):
            self.controls[name.rpartition("-")[2], output.command.stdin] = output

    def wanted(self, index: int, number: int, tests: Sequence[str]) -> str:
        """The next run on a change: the change itself, then its control where an assertion fails; empty where it is known."""
        made = self.by_name.get(f"mutant-{index}-{number}")
        if made is None:
            return f"mutant-{index}-{number}"
        controlled = (str(number), _stdin(tests)) in self.controls
        return f"control-{index}-{number}" if noticed(made) == "assertion" and not controlled else ""

    def fate(self, index: int, scouted: Sequence[Scouted]) -> str | None:
        """How one change was noticed, by the suite that says most of it; None where there was no time to say."""
        told = {self._of_suite(f"mutant-{index}-{one.number}", str(one.number)) for one in scouted}
        if "assertion" in told:
            return "assertion"
        return None if None in told or not told else next(how for how in FATES if how in told)

    def _of_suite(self, name: str, number: str) -> str | None:
        made = self.by_name.get(name)
        how = noticed(made) if made else None
        if made is None or how != "assertion":
            return how
        control = self.controls.get((number, made.command.stdin))
        return None if control is None else "unsteady" if noticed(control) else "assertion"


def left_running(fates: Counter[Any]) -> int:
    """The changes with which the code ran on, noticed by an assertion or not at all."""
    return int(fates["assertion"] + fates["unsteady"] + fates[""])


def enough(fates: Counter[Any]) -> bool:
    return left_running(fates) >= ENOUGH


def _scouting(chosen: Suite, name: str, sample: Sample, settings: Settings, plan: Plan) -> Command:
    lines: dict[str, list[int]] = {}
    for mutant in sample.mutants:
        lines.setdefault(mutant.path, []).append(mutant.statement)
    asked = json.dumps({"tests": list(chosen[1]), "lines": lines}).encode()
    command = _run_of(chosen, name, settings, plan, edits=sample.shams, mode="scout", stdin=asked)
    return replace(command, env={**command.env, "COVERAGE_CORE": "ctrace"})  # the one that can tell tests apart


def _run_of(
    chosen: Suite,
    name: str,
    settings: Settings,
    plan: Plan,
    *,
    edits: tuple[Edit, ...],
    mode: str = "until",
    stdin: bytes = b"",
) -> Command:
    """A run whose command line and files are those of all the others: what is delivered cannot tell a sham by them."""
    suite, tests = chosen
    command = suite_command(suite, mode, EVENTS, settings, plan, stdin=stdin or _stdin(tests))
    return replace(command, name=name, produces=(), answers=command.produces, edits=edits)


def _stdin(tests: Sequence[str]) -> bytes:
    return json.dumps(list(tests)).encode()


def _run(output: ToolOutput) -> Run:
    return read(output.files.get(f"{EVENTS}.jsonl", b""))


def noticed(output: ToolOutput) -> str:
    """How the tests noticed the change, as a key of FATES; empty where all of them came to their end and none failed."""
    if output.killed:
        return "limit"
    run, asked = _run(output), json.loads(output.command.stdin)
    failed = [report for name in asked for report in run.outcomes.get(name, ()) if report["outcome"] == "failed"]
    changed = {edit.path for edit in output.command.edits}
    if any(report.get("claim") is True and report.get("path") not in changed for report in failed):
        return "assertion"
    return "" if not failed and set(asked) <= run.reported else "error"
