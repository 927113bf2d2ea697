"""What the runs of the mutation probe come to: shares, the changes that nobody noticed, and why not all is known. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verifier.checker import ToolOutput
from verifier.model import Cause, Finding, Measure, Steering, Trouble, Whose
from verifier.testing.mutants import LIST, Mutant, Sample
from verifier.testing.probe import FATES, Runs, Scouted, running, too_few
from verifier.testing.suites import Way
from verifier.words import Text, joined, later, say, say_n

MEASURE = "tests.mutants"
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
    done = Runs(sample=sample, scouted=[Scouted.from_output(n, suites[n], output) for n, output in named.items()])
    for output in outputs:
        done.add(output)
    fates = done.fates()
    told = _Told(sample=sample, fates=fates)
    return Probed(
        measures=tuple(told.measures()),
        findings=tuple(_survivor(mutant) for mutant, fate in zip(sample.mutants, fates, strict=False) if fate == ""),
        steering=tuple(one for suite in done.scouted if not named[suite.number].killed for one in _by_text(suite)),
        trouble=_trouble(told, done.scouted, [output.killed for output in named.values()]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What became of each change that was to be tried: a key of FATES, or None where there was no time."""

    sample: Sample
    fates: Sequence[str | None]

    @property
    def tried(self) -> Counter[str]:
        return Counter(how for how in self.fates if how is not None)

    @property
    def finished(self) -> bool:
        return None not in self.fates

    @property
    def whole(self) -> int:
        """How many are tried in the end; at most, where that is not known yet."""
        known = self.finished or "assertion" in self.fates
        return len(self.fates if known else self.sample.mutants)

    def measures(self) -> Iterator[Measure]:
        """Where the time was over, what is said holds whatever would have become of the rest."""
        tried, whole = self.tried, self.whole
        if not tried:
            return
        yield Measure(name=MEASURE, value=tried.total(), partial=not self.finished)
        yield self._share("killed", tried.total() - tried[""] - tried["unsteady"], whole)
        if not too_few(self.fates):
            yield self._share("asserted", tried["assertion"], running(self.fates) + whole - tried.total())

    def _share(self, word: str, some: int, whole: int) -> Measure:
        return Measure(
            name=f"{MEASURE}.{word}",
            value=some * 10_000 // whole,
            unit="basis points",
            detail=_detail(self.tried, self.sample.possible),
            partial=not self.finished,
        )


def _by_text(one: Scouted) -> list[Steering]:
    """Tests that fail where nothing but the text of the source was changed."""
    names = [one.suite.prefix + name for name in one.failing]
    return [Steering(path=name.partition("::")[0], what=say(BY_TEXT, test=name)) for name in names]


def _detail(counts: Counter[str], possible: int) -> Text:
    tried = say_n(
        counts.total(),
        "{n} small change of {possible} to lines that the tests run",
        "{n} small changes of {possible} to lines that the tests run",
        possible=possible,
    )
    return joined(say("; "), [tried, *(say_n(counts[how], *forms) for how, forms in FATES.items() if counts[how])])


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


def _trouble(told: _Told, scouted: Sequence[Scouted], killed: Sequence[str]) -> Trouble | None:
    """Why the probe cannot say all that it was asked."""
    if not told.fates:
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
    if not told.finished:
        message = say_n(
            len(told.fates),
            "There was time to try {tried} of {n} change that a test should notice.",
            "There was time to try {tried} of {n} changes that a test should notice.",
            tried=told.tried.total(),
        )
        mend = say("Make the tests faster, or ask the buyer for more time (`probe_time` under `limits`).")
        return Trouble(cause=Cause.TIME, message=message, whose=Whose.SUPPLIER, mend=mend)
    if too_few(told.fates):
        return _of_delivery(
            say_n(
                running(told.fates),
                "No assertion fails at any small change to the code, and only {n} leaves it running: too few to blame the tests.",
                "No assertion fails at any small change to the code, and only {n} leave it running: too few to blame the tests.",
            ),
            say("Write tests that compare what the code gives with what it should give."),
        )
    return None


def _of_delivery(message: Text, mend: Text) -> Trouble:
    return Trouble(cause=Cause.DELIVERY, message=message, whose=Whose.SUPPLIER, mend=mend)
