"""What the runs of the mutation probe come to: shares, the changes that nobody noticed, and why not all is known. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.checker import ToolOutput
from verifier.model import Cause, Finding, Measure, Steering, Trouble, Whose
from verifier.testing.mutants import ENOUGH, LIST, Mutant, Sample
from verifier.testing.probe import FATES, Runs, Scouted, enough, left_running
from verifier.testing.suites import Way
from verifier.words import Text, joined, later, say, say_n

MEASURE = "tests.mutants"
FEW = 10
"""Under so many of them, those at which the tests break count as well."""
WORDS = 60
"""Characters of a change that are shown."""
MEND = later(
    "Write a test that compares what comes out here with what should; where nothing can, the code may be needless."
)
BY_TEXT = later(
    "{test} counts for nothing in the mutation probe: it fails as well where only the text of the source is another"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What the probe says; nothing where it was not made."""

    measures: tuple[Measure, ...] = ()
    findings: tuple[Finding, ...] = ()
    steering: tuple[Steering, ...] = ()
    trouble: Trouble | None = None


def judged(suites: Sequence[Way], outputs: Sequence[ToolOutput]) -> Probed:
    """What the runs come to."""
    by_name = {output.command.name: output for output in outputs}
    if LIST not in by_name:
        return Probed()
    sample = Sample.from_output(by_name[LIST])
    named = {number: by_name[f"scout-{number}"] for number in range(len(suites)) if f"scout-{number}" in by_name}
    scouted = [Scouted.from_output(number, suites[number], output) for number, output in named.items()]
    done = Runs()
    for output in outputs:
        done.add(output)
    fates = [done.fate(n, [one for one in scouted if one.tests(mutant)]) for n, mutant in enumerate(sample.mutants)]
    counts = Counter(fates)
    finished = bool(fates) and (not counts[None] or enough(counts))
    tried = Counter({how: number for how, number in counts.items() if how is not None})
    steering = [one for suite in scouted if not named[suite.number].killed for one in _by_text(suite)]
    trouble = (
        None if finished else _trouble(sample, tried.total(), [output.killed for output in named.values()], [*scouted])
    )
    return Probed(
        measures=tuple(_measures(sample, tried, finished=finished)) if tried else (),
        findings=tuple(_survivor(mutant) for mutant, fate in zip(sample.mutants, fates, strict=True) if fate == ""),
        steering=tuple(steering),
        trouble=trouble,
    )


def _by_text(one: Scouted) -> list[Steering]:
    """Tests that fail where nothing but the text of the source was changed."""
    names = [one.suite.prefix + name for name in one.failing]
    return [Steering(path=name.partition("::")[0], what=say(BY_TEXT, test=name)) for name in names]


def _measures(sample: Sample, counts: Counter[str], *, finished: bool) -> list[Measure]:
    """Where the time was over, what is said holds whatever would have become of the rest."""
    tried, running = counts.total(), left_running(counts)
    seen = tried - counts[""] - counts["unsteady"]
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
        help=say(MEND),
    )


def _short(words: str) -> str:
    return f"`{words}`" if len(words) <= WORDS else f"`{words[: WORDS - 1]}…`"


def _trouble(sample: Sample, tried: int, killed: Sequence[str], scouted: Sequence[Scouted]) -> Trouble:
    """Why the probe cannot say all that it was asked."""
    if not sample.mutants:
        return _of_delivery(
            say("No line that the tests run holds anything that could be changed to see whether a test fails."),
            say("Deliver tests that run the code."),
        )
    if not scouted:
        return _of_delivery(
            say("No test passes: whether the tests would notice a change cannot be seen."),
            say("Deliver automated tests that pass."),
        )
    if not any(killed) and not any(one.passing for one in scouted):
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
