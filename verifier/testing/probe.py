"""The mutation probe: small changes to lines that the tests run, of which a test should fail. Pure (ADR 14).

First nothing is changed but the text (a sham): a test that fails there looks at text, not at what the code does, and counts for
nothing. Then each change in a tree of its own, until something that a test claims does not hold. All these runs look the same
from the inside but for the source. A change at which tests only break says nothing of what they claim: whoever runs it notices.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from verifier.checker import INSIDE, Command, Edit, Settings, ToolOutput
from verifier.model import Cause, Checkout, Finding, Measure, Steering, Trouble, Whose
from verifier.testing.events import Run, read
from verifier.testing.suites import Plan, Way, suite_command
from verifier.words import Text, joined, later, later_n, say, say_n

MOST = 40
"""Changes that are tried, at most."""
ENOUGH = 20
"""Changes after which the code still runs: so many are enough, and so many must the lines that a delivery changed hold."""
FEW = 10
"""Under so many of them, those at which the tests break count as well."""
MEASURE = "tests.mutants"
LIST = "mutants"
EVENTS = "probe"
WORDS = 60
"""Characters of a change that are shown."""
SHORTEST = 5
"""Seconds that a change is given at least; beyond them three times what the sham took."""
FATES = {
    "assertion": later_n("at {n} an assertion fails", "at {n} an assertion fails"),
    "error": later_n("at {n} the tests break with another error", "at {n} the tests break with another error"),
    "limit": later_n("at {n} they come to a limit of time or memory", "at {n} they come to a limit of time or memory"),
    "": later_n("{n} goes unnoticed", "{n} go unnoticed"),
}
"""What becomes of a change, the surest way of noticing it first."""
BY_TEXT = later(
    "{test} counts for nothing in the mutation probe: it fails as well where only the text of the source is another"
)

Suite = tuple[Way, Sequence[str]]
"""A suite with the names of its tests that pass, as its own runner has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change, at its place."""

    path: str
    line: int
    edit: Edit
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The changes that are tried, of how many that there are, and the files in which nothing is changed but the text."""

    possible: int
    mutants: tuple[Mutant, ...]
    shams: tuple[Edit, ...]

    @classmethod
    def from_output(cls, output: ToolOutput) -> Sample:
        found = json.loads(output.stdout)
        shams = tuple(_edit(path, one) for path, one in sorted(found["shams"].items()))
        mutants = tuple(
            Mutant(path=one["path"], line=one["line"], edit=_edit(one["path"], one), before=one["before"])
            for one in found["mutants"]
        )
        return cls(possible=found["possible"], mutants=mutants, shams=shams)


def _edit(path: str, one: Mapping[str, Any]) -> Edit:
    return Edit(path=path, start=one["start"], end=one["end"], text=one["after"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What the probe says; nothing where it was not made."""

    measures: tuple[Measure, ...] = ()
    findings: tuple[Finding, ...] = ()
    steering: tuple[Steering, ...] = ()
    trouble: Trouble | None = None


def steps(
    checkout: Checkout, settings: Settings, plan: Plan, suites: Sequence[Suite], report: Mapping[str, Any]
) -> Generator[Command, ToolOutput, None]:
    """The runs, as many as there is time for."""
    sample = Sample.from_output((yield _listing(checkout, report)))
    left = settings.probe_seconds * 1000
    noticing: list[tuple[int, Way, Sequence[str], int]] = []  # number, suite, tests, seconds
    for number, (suite, names) in enumerate(suites if sample.mutants else ()):
        tries: list[ToolOutput] = []
        while names and (asked := _next_try(names, tries)) is not None:
            if left < 1000:
                return
            mode, chosen = asked
            name = f"sham-{number}-{len(tries)}"
            output = yield _until(
                (suite, chosen), name, settings, plan, mode=mode, edits=sample.shams, seconds=left // 1000
            )
            tries.append(output)
            left -= output.milliseconds
        if tries and (kept := _kept(tries)):
            noticing.append((number, suite, kept, SHORTEST + 3 * -(-tries[-1].milliseconds // 1000)))
    fates: Counter[str] = Counter()
    for index, mutant in enumerate(sample.mutants if noticing else ()):
        if _enough(fates):
            return
        made: list[ToolOutput] = []
        for number, suite, names, seconds in noticing:
            if left < seconds * 1000:
                return
            name = f"mutant-{index}-{number}"
            made.append((yield _until((suite, names), name, settings, plan, edits=(mutant.edit,), seconds=seconds)))
            left -= made[-1].milliseconds
            if noticed(made[-1]) == "assertion":
                break
        fates[_surest(made)] += 1


def _surest(made: Sequence[ToolOutput]) -> str:
    """How one change was noticed, by the suite that says most of it."""
    told = {noticed(output) for output in made}
    return next((how for how in FATES if how in told), "")


def _running(fates: Mapping[str, int]) -> int:
    """The changes with which the code ran on, noticed by an assertion or not at all."""
    return fates.get("assertion", 0) + fates.get("", 0)


def _enough(fates: Mapping[str, int]) -> bool:
    return _running(fates) >= ENOUGH


def _listing(checkout: Checkout, report: Mapping[str, Any]) -> Command:
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


def _until(
    chosen: Suite,
    name: str,
    settings: Settings,
    plan: Plan,
    *,
    mode: str = "until",
    edits: tuple[Edit, ...],
    seconds: int,
) -> Command:
    """A run whose command line and files are those of all the others: what is delivered cannot tell a sham by them."""
    suite, tests = chosen
    command = suite_command(suite, mode, EVENTS, settings, plan, stdin=json.dumps(list(tests)).encode())
    return replace(command, name=name, produces=(), answers=command.produces, edits=edits, seconds=seconds)


def _next_try(names: Sequence[str], tries: Sequence[ToolOutput]) -> tuple[str, Sequence[str]] | None:
    """The next run on the sham: all tests; where one fails, all to their end; then those that passed, once more."""
    if not tries:
        return "until", names
    if tries[-1].killed or len(tries) > 2 or (len(tries) == 1 and not noticed(tries[-1])):
        return None
    if len(tries) == 1:
        return "alone", names
    passing = _passing(tries[-1])
    return ("until", passing) if passing else None


def _kept(tries: Sequence[ToolOutput]) -> Sequence[str]:
    """The tests that did not fail in the last run on the sham, if that was one of those that end at the first failure."""
    last = tries[-1]
    return [] if len(tries) == 2 or noticed(last) else _asked(last)


def _asked(output: ToolOutput) -> list[str]:
    return [str(name) for name in json.loads(output.command.stdin)]


def _run(output: ToolOutput) -> Run:
    return read(output.files.get(f"{EVENTS}.jsonl", b""))


def _passing(output: ToolOutput) -> list[str]:
    run = _run(output)
    return [name for name in _asked(output) if name in run.outcomes and run.outcome(name) == "passed"]


def noticed(output: ToolOutput) -> str:
    """How the tests noticed the change, as a key of FATES; empty where all of them came to their end and none failed."""
    if output.killed:
        return "limit"
    run, asked = _run(output), _asked(output)
    failed = [report for name in asked for report in run.outcomes.get(name, ()) if report["outcome"] == "failed"]
    changed = {edit.path for edit in output.command.edits}
    if any(report.get("claim") is True and report.get("path") not in changed for report in failed):
        return "assertion"
    return "" if not failed and set(asked) <= run.reported else "error"


def probed(suites: Sequence[Way], outputs: Sequence[ToolOutput]) -> Probed:
    """What the runs come to."""
    by_name = {output.command.name: output for output in outputs}
    if LIST not in by_name:
        return Probed()
    sample = Sample.from_output(by_name[LIST])
    tries = {number: _tries(number, by_name) for number in range(len(suites))}
    steering = tuple(one for number, suite in enumerate(suites) for one in _by_text(suite, tries[number]))
    noticing = [number for number, made in tries.items() if made and _kept(made)]
    fates = list(_fates(len(sample.mutants), noticing, by_name))
    counts = Counter(fates)
    finished = len(fates) == len(sample.mutants) or _enough(counts)
    trouble = None if finished and fates else _trouble(sample, len(fates), [made for made in tries.values() if made])
    if not fates:
        return Probed(steering=steering, trouble=trouble)
    survivors = [mutant for mutant, fate in zip(sample.mutants, fates, strict=False) if not fate]
    return Probed(
        measures=tuple(_measures(sample, counts, finished=finished)),
        findings=tuple(map(_survivor, survivors)),
        steering=steering,
        trouble=trouble,
    )


def _tries(number: int, by_name: Mapping[str, ToolOutput]) -> list[ToolOutput]:
    names = (f"sham-{number}-{attempt}" for attempt in range(3))
    return [by_name[name] for name in names if name in by_name]


def _fates(number: int, noticing: Sequence[int], by_name: Mapping[str, ToolOutput]) -> Iterator[str]:
    """How each change was noticed, up to the first for which there was no time."""
    for index in range(number if noticing else 0):
        names = [f"mutant-{index}-{suite}" for suite in noticing]
        made = [by_name[name] for name in names if name in by_name]
        how = _surest(made)
        if len(made) < len(noticing) and how != "assertion":
            return
        yield how


def _by_text(suite: Way, tries: Sequence[ToolOutput]) -> list[Steering]:
    """Tests that fail where nothing but the text of the source was changed."""
    if len(tries) < 2:
        return []
    passing = set(_passing(tries[1]) if _kept(tries) else ())
    failing = [suite.prefix + name for name in _asked(tries[0]) if name not in passing]
    return [Steering(path=name.partition("::")[0], what=say(BY_TEXT, test=name)) for name in failing]


def _measures(sample: Sample, counts: Counter[str], *, finished: bool) -> list[Measure]:
    """Where the time was over, what is said holds whatever would have become of the rest."""
    tried, running = counts.total(), _running(counts)
    seen = tried - counts[""]
    killed, whole = seen, tried if finished else len(sample.mutants)
    part, of = counts["assertion"], running if finished else min(ENOUGH, running + len(sample.mutants) - tried)
    if finished and running < FEW:
        part, of = seen, tried
    detail = _detail(counts, few=finished and running < FEW)
    shares = {"killed": (killed, whole), "asserted": (part, of)}
    return [
        Measure(name=MEASURE, value=tried, partial=not finished),
        *(
            Measure(
                name=f"{MEASURE}.{word}",
                value=some * 10_000 // all_,
                unit="basis points",
                detail=detail,
                partial=not finished,
            )
            for word, (some, all_) in shares.items()
        ),
    ]


def _detail(counts: Counter[str], *, few: bool) -> Text:
    parts = [
        say_n(
            counts.total(),
            "{n} small change to lines that the tests run",
            "{n} small changes to lines that the tests run",
        ),
        *(say_n(counts[how], *forms) for how, forms in FATES.items() if counts[how]),
    ]
    if few:
        parts.append(say("with so few that leave the code running, those at which tests break count as noticed"))
    return joined("; ", parts)


def _survivor(mutant: Mutant) -> Finding:
    return Finding(
        rule="tests:survived",
        message=say(
            "No test fails when {before} is changed to {after} here.",
            before=_short(mutant.before),
            after=_short(mutant.edit.text),
        ),
        path=mutant.path,
        line=mutant.line,
        help=say(
            "Write a test that compares what comes out here with what should; where nothing can, the code may be needless."
        ),
    )


def _short(words: str) -> str:
    return f"`{words}`" if len(words) <= WORDS else f"`{words[: WORDS - 1]}…`"


def _trouble(sample: Sample, tried: int, tries: Sequence[Sequence[ToolOutput]]) -> Trouble:
    """Why the probe cannot say all that it was asked."""
    if not sample.mutants:
        return _of_delivery(
            say("No line that the tests run holds anything that could be changed to see whether a test fails."),
            say("Deliver tests that run the code."),
        )
    if not tries:
        return _of_delivery(
            say("No test passes: whether the tests would notice a change cannot be seen."),
            say("Deliver automated tests that pass."),
        )
    if not any(_kept(made) or made[-1].killed for made in tries):
        return _of_delivery(
            say(
                "The tests fail where only the text of the source is another: whether they would notice a change cannot be seen."
            ),
            say("Deliver tests that look at what the code does, not at its text."),
        )
    message = say_n(
        len(sample.mutants),
        "There was time to try {tried} of {n} change that a test should notice.",
        "There was time to try {tried} of {n} changes that a test should notice.",
        tried=tried,
    )
    mend = say("Make the tests faster, or ask the buyer for more time (`probe_time` under `limits`).")
    return Trouble(cause=Cause.TIME, message=message, whose=Whose.SUPPLIER, mend=mend)


def _of_delivery(message: Text, mend: Text) -> Trouble:
    return Trouble(cause=Cause.DELIVERY, message=message, whose=Whose.SUPPLIER, mend=mend)
