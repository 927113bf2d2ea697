"""The mutation probe: small changes to lines that the tests run, of which a test should fail. Pure (ADR 14).

First the tests run on source of which only the text is another (a sham), and it is seen which of them run which lines: one that
fails there looks at text, not at what the code does, and counts for nothing. Then each change in a tree of its own, by the tests
that run its line, until something that a test claims does not hold; and the same tests on the sham, where they must not fail.
These runs look the same from inside but for the source. A change at which tests only break says nothing of what they claim.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Container, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from math import ceil
from typing import Any

from verifier.checker import Asked, Command, Edit, Settings, ToolOutput
from verifier.model import Checkout
from verifier.testing.events import Run, read
from verifier.testing.mutants import COUNT, FEW, Mutant, Sample, listing
from verifier.testing.suites import Plan, Way, suite_command
from verifier.words import later_n

EVENTS = "probe"
MUTANT, CONTROL = "mutant", "control"
FEWEST = 20
"""Tests that are asked about a change before all others."""
GROWTH = 5
"""How many times as many are asked next."""
SHORTEST = 5
"""Seconds that a change is given at least; beyond them three times what its tests took on the sham, by themselves."""
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
    """What the first run of a suite showed: the tests that pass, which run which lines and files, and how long each takes."""

    number: int
    suite: Way
    passing: tuple[str, ...]
    failing: tuple[str, ...]
    lines: Mapping[str, Mapping[str, Sequence[str]]]
    files: Mapping[str, Sequence[str]]
    starting: frozenset[str]  # start other processes: what those run is not seen
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
            files=told.get("files", {}),
            starting=frozenset(told.get("starting", ())),
            seconds=seconds,
            before=max(0.0, output.milliseconds / 1000 - sum(seconds.values())),
        )

    def parts(self, mutant: Mutant) -> list[tuple[str, ...]]:
        """The tests that are asked about a change, one part after the other, until an assertion of one fails.

        Those that run its line, a few at first: they mostly notice it, and have a short control. Last, those of which nobody
        saw what other processes run. Where the line runs outside of tests as well or nobody saw it run: those that run its
        file, and last all. The last part may be empty.
        """
        run = frozenset(self.lines.get(mutant.path, {}).get(str(mutant.statement), ()))
        near, rest = run, self.starting
        if not run or "" in run:
            near, rest = run | frozenset(self.files.get(mutant.path, ())), frozenset(self.passing)
        few = _growing([*self._of(run), *self._of(near - run)])
        return [*map(self._of, few), self._of(rest - near)]

    def _of(self, names: Collection[str]) -> tuple[str, ...]:
        """Those that pass, in the suite's order."""
        return tuple(name for name in self.passing if name in names)

    def limit(self, tests: Sequence[str]) -> int:
        return SHORTEST + 3 * ceil(self.before + sum(self.seconds.get(name, 0.0) for name in tests))


def _growing(names: Sequence[str]) -> Iterator[frozenset[str]]:
    """In parts, each some times as large as the one before, but for what is left in the end."""
    size = FEWEST
    while names:
        end = size if len(names) > 2 * size else len(names)
        yield frozenset(names[:end])
        names, size = names[end:], size * GROWTH


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
) -> Generator[Asked, Any, None]:
    """The runs, as many side by side as the machine has room for, as long as there is time."""
    sample = Sample.from_output((yield listing(checkout, report)))
    left = settings.probe_seconds * 1000
    scouted: list[Scouted] = []
    for number, (suite, names) in enumerate(suites if sample.mutants else ()):
        if names and left >= 1000:
            command = _scouting((suite, names), f"scout-{number}", sample, settings, plan)
            output = yield replace(command, seconds=left // 1000)
            left -= output.milliseconds
            scouted.append(Scouted.from_output(number, suite, output))
    yield from _made(Runs(sample=sample, scouted=scouted), left, settings, plan)


def _made(done: Runs, left: int, settings: Settings, plan: Plan) -> Generator[Asked, Any, None]:
    """Makes the runs that are wanted, each as soon as there is room for it; `left` are milliseconds, for all of them."""
    begun: dict[str, tuple[Wanted, int]] = {}  # what is under way, and what was left when it began
    while True:
        room = settings.at_once - len(begun) if left >= 1000 else 0
        wanted = list(islice(done.wanted([one for one, _ in begun.values()]), room))
        commands = tuple(one.command(done.sample, settings, plan, left // 1000) for one in wanted)
        begun |= {command.name: (one, left) for command, one in zip(commands, wanted, strict=True)}
        if not begun:
            return
        for output in (yield commands):
            left = min(left, begun.pop(output.command.name)[1] - output.milliseconds)
            done.add(output)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A run of some tests on one change or, as its control, on the sham."""

    kind: str
    index: int  # of the change
    suite: Scouted
    part: int
    tests: tuple[str, ...]

    @property
    def key(self) -> tuple[int, int, int]:
        return self.index, self.suite.number, self.part

    @property
    def what(self) -> tuple[object, ...]:
        """The same of two of which one is enough: a control is one for all changes that have the same tests."""
        return (self.suite.number, self.tests) if self.kind == CONTROL else self.key

    def command(self, sample: Sample, settings: Settings, plan: Plan, seconds: int) -> Command:
        """Within its own limit, or within so many seconds, where that is less."""
        edits = sample.shams if self.kind == CONTROL else (sample.mutants[self.index].edit,)
        name = "-".join((self.kind, *map(str, self.key)))
        command = _run_of((self.suite.suite, self.tests), name, settings, plan, edits=edits)
        return replace(command, seconds=min(seconds, self.suite.limit(self.tests)))


@dataclass(slots=True, kw_only=True)
class Runs:
    """The runs that were made, by what they are of: a change, or the sham as the control of one."""

    sample: Sample
    scouted: Sequence[Scouted]
    made: dict[tuple[int, int, int], str] = field(default_factory=dict)
    """How a change was noticed by a part of a suite, by the numbers of the three."""
    controls: dict[tuple[int, tuple[str, ...]], str] = field(default_factory=dict)
    """Likewise the sham, by the number of the suite and its tests."""
    parts: dict[tuple[int, int], list[tuple[str, ...]]] = field(init=False)
    """The tests that each suite has for each change."""
    suites: dict[int, Scouted] = field(init=False)
    """By their numbers."""

    def __post_init__(self) -> None:
        self.suites = {suite.number: suite for suite in self.scouted}
        changes = [(suite, *one) for suite in self.scouted for one in enumerate(self.sample.mutants)]
        self.parts = {(index, suite.number): suite.parts(mutant) for suite, index, mutant in changes}

    def add(self, output: ToolOutput) -> None:
        """A run that was stopped since the time for all of them was over says nothing."""
        kind, *numbers = output.command.name.split("-")
        if kind not in (MUTANT, CONTROL):
            return
        index, suite, part = map(int, numbers)
        tests = tuple(json.loads(output.command.stdin))
        if output.endless and output.command.seconds < self.suites[suite].limit(tests):
            return
        how = noticed(output, self.sample.sources)
        if kind == MUTANT:
            self.made[index, suite, part] = how
        else:
            self.controls[suite, tests] = how

    def wanted(self, begun: Iterable[Wanted]) -> Iterator[Wanted]:
        """The next run on each change of which more is to be known, but for those that have begun."""
        taken = {one.what for one in begun}
        for index in range(len(self.fates())):
            one = self._next(index)
            if one is not None and one.what not in taken:
                taken.add(one.what)
                yield one

    def _next(self, index: int) -> Wanted | None:
        """The change itself, and after an assertion that failed its control; None where all is known."""
        one = next((one for one, how in self._asked(index) if how is None), None)
        return replace(one, kind=CONTROL) if one and one.key in self.made else one

    def _asked(self, index: int) -> Iterator[tuple[Wanted, str | None]]:
        """The runs on one change, with how it was noticed, in their order and up to the first of which that is not known.

        After an assertion there is nothing to ask. Where tests that run the line or its file break, the rest of their suite
        would as well, and where they come to a limit, those that are left of them.
        """
        for suite in self.scouted:
            parts, broken = self.parts[index, suite.number], False
            for part, tests in enumerate(parts):
                if not tests or (broken and part == len(parts) - 1):
                    continue
                one = Wanted(kind=MUTANT, index=index, suite=suite, part=part, tests=tests)
                how = self._how(one)
                yield one, how
                if how is None or how == "assertion":
                    return
                if how == "limit":
                    break
                broken = broken or how == "error"

    def fates(self) -> list[str | None]:
        """How each change was noticed, by the tests that say most of it; None where there was no time to say.

        Ten more at a time are looked at while those before them are too few.
        """
        found = [self._fate(index) for index in range(len(self.sample.mutants))]
        number = COUNT
        while number < len(found) and too_few(found[:number]):
            number += 10
        return found[:number]

    def _fate(self, index: int) -> str | None:
        told = {how for _, how in self._asked(index)}
        return None if None in told or not told else next(how for how in FATES if how in told)

    def _how(self, one: Wanted) -> str | None:
        """How a part of a suite noticed a change; an assertion only where the same tests pass on the sham."""
        how = self.made.get(one.key)
        if how != "assertion":
            return how
        control = self.controls.get((one.suite.number, one.tests))
        return None if control is None else "unsteady" if control else "assertion"


def running(fates: Iterable[str | None]) -> int:
    """The changes with which the code ran on, noticed by an assertion or not at all."""
    return sum(how in ("assertion", "unsteady", "") for how in fates)


def too_few(fates: Sequence[str | None]) -> bool:
    """Whether all that is known is that no assertion fails, of so few changes that it means little."""
    return "assertion" not in fates and None not in fates and running(fates) < FEW


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


def noticed(output: ToolOutput, sources: Container[str]) -> str:
    """How the tests noticed the change, as a key of FATES; empty where all of them came to their end and none failed.

    What the source itself claims (an `assert` in it) is not what a test does, and a failure that the delivery called a success
    is none.
    """
    if output.killed:
        return "limit"
    run, asked = _run(output), json.loads(output.command.stdin)
    reports = [report for name in asked for report in run.outcomes.get(name, ()) if "told" not in report]
    failed = [report for report in reports if report["outcome"] == "failed"]
    if any(report.get("claim") is True and report.get("path") not in sources for report in failed):
        return "assertion"
    return "" if not failed and set(asked) <= run.reported else "error"
