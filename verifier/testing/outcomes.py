"""What the runs of the delivered tests come to: which failures count, which cannot be judged and why. Pure.

A failure is left out of the count only by evidence: it was there before the delivery, it changed its mind when run again, or its
own words show that a package, a service, the network, a time zone or a locale was not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from verifier.model import Cause, Measure, Trouble, Whose
from verifier.testing.difference import FAILING, PASSED, Difference
from verifier.testing.events import Run
from verifier.words import Text, joined, later, later_n, say, say_n

MEND_FLAKY = later("Make the test give the same answer every time, or let the buyer decide about it by hand.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """One test run again by itself, measured by coverage as in the first run or not."""

    outcome: str
    measured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """All runs of one delivery's tests. `measured` was disturbed by coverage; `result` is what counts."""

    collected: Run
    measured: Run
    result: Run
    alone: Mapping[str, Repeated] = field(default_factory=dict)
    difference: Difference | None = None

    def flaky(self) -> dict[str, tuple[str, ...]]:
        """Tests that changed their mind under equal conditions, with all their outcomes in order.

        One that fails only while it is measured, alone as well, is disturbed by the measuring: it is not flaky (ADR 0001).
        """
        found: dict[str, tuple[str, ...]] = {}
        for name, again in self.alone.items():
            failed = _fails(self.measured, name), _fails(self.result, name)
            if failed[0] != failed[1] and (again.outcome in FAILING) != failed[0 if again.measured else 1]:
                found[name] = (_outcome(self.measured, name), _outcome(self.result, name), again.outcome)
        return found

    def alone_only(self) -> list[str]:
        """Tests that fail in order, twice, and pass alone: they depend on the tests before them."""
        return [
            name
            for name, again in self.alone.items()
            if _fails(self.measured, name) and _fails(self.result, name) and again.outcome in PASSED
        ]

    def to_repeat(self) -> list[tuple[str, bool]]:
        """What is worth running alone, and whether measured: what failed at least once and is not explained already."""
        bound = self.result.bound()
        names = [n for n in self.measured.outcomes if _fails(self.measured, n) or _fails(self.result, n)]
        names.sort(key=lambda n: _fails(self.measured, n) == _fails(self.result, n))  # those in doubt first
        return [(n, not _fails(self.result, n)) for n in names if n in self.result.outcomes and n not in bound]


def _outcome(run: Run, name: str) -> str:
    return run.outcome(name) if name in run.outcomes else "not run"


def _fails(run: Run, name: str) -> bool:
    return _outcome(run, name) in FAILING


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """The failing tests and the files that could not be collected, each in the one group that explains it."""

    counted: tuple[str, ...]
    inherited: tuple[str, ...]
    flaky: tuple[str, ...]
    withheld: Mapping[str, str]  # name -> a key of REASONS
    strangers: tuple[str, ...]  # modules of others that could not be imported
    variables: tuple[str, ...] = ()  # of the environment, asked for and not set

    @property
    def kinds(self) -> dict[str, str]:
        """Name -> word for a finding's rule."""
        words = dict.fromkeys(self.inherited, "inherited") | dict.fromkeys(self.flaky, "flaky")
        return words | dict(self.withheld)


def sorted_out(ran: Ran, own: frozenset[str], deviation: str, *, installed: bool = True) -> Failures:
    """Puts each failure into its group. `own` are the delivery's module names, `deviation` how the environment is not theirs.

    A module of the delivery's own that cannot be imported counts in any environment, but for one into which the project itself
    could not be `installed`: it may be built there (an extension in C), or lie where only an installation finds it.
    """
    run = ran.result
    inherited = [name for name in run.failing() if ran.difference and name in ran.difference.inherited]
    flaky = [name for name in ran.flaky() if name not in inherited]
    strangers = run.strangers(own)
    withheld = dict.fromkeys(strangers, "package") | run.bound()
    if deviation:
        ours = run.missing(own) if installed else {}
        withheld |= dict.fromkeys((n for n in run.failing() if n not in withheld and n not in ours), "deviation")
    if ran.difference:
        withheld |= dict.fromkeys((name for name in ran.difference.unclear if name not in withheld), "base")
    told = {*inherited, *flaky}
    withheld = {name: what for name, what in withheld.items() if name not in told}
    return Failures(
        counted=tuple(name for name in run.failing() if name not in told and name not in withheld),
        inherited=tuple(inherited),
        flaky=tuple(flaky),
        withheld=withheld,
        strangers=tuple(sorted(set(strangers.values()))),
        variables=tuple(run.variables()),
    )


def measures(ran: Ran, failures: Failures) -> list[Measure]:
    """What a criterion can compare. `tests.failed` is said only when something counts, or nothing is in doubt."""
    run = ran.result
    found = [
        _count("collected", len(run.collected)),
        _count("skipped", run.count("skipped")),
        _count("xfailed", run.count("xfailed")),
        _count("flaky", len(failures.flaky)),
        _count("inherited", len(failures.inherited)),
    ]
    doubtful = bool(failures.withheld or failures.flaky)
    if run.count(*PASSED) or not doubtful:
        found.append(_count("passed", run.count(*PASSED), run.summary()))
    if failures.counted or not doubtful:
        found.append(_count("failed", len(failures.counted), _failed_detail(run, failures), partial=doubtful))
    return found + removed(ran.difference)


def unrelied(found: Sequence[Measure]) -> list[Measure]:
    """What is left where the delivery could tell of its tests what it liked: not that any passed, nor that none failed."""
    return [
        one
        for one in found
        if one.name not in ("tests.passed", "tests.failed") or (one.name == "tests.failed" and one.value)
    ]


def lower_bound(ran: Ran, failures: Failures) -> list[Measure]:
    """`tests.failed` of runs that did not come to their end, for want of `measures`: what is certain to have failed, if any."""
    certain = [name for name in failures.counted if _certain(ran, name)]
    if not certain:
        return []
    detail = say(
        "at least, since not all tests were run to their end: {counts}", counts=_failed_detail(ran.result, failures)
    )
    return [_count("failed", len(certain), detail, partial=True)]


def _certain(ran: Ran, name: str) -> bool:
    """Failed twice, at least once without measuring: a run that was killed is not made again, and may be disturbed (ADR 0001).

    Where it was not made again, the reports of the result are the very ones of the measured run.
    """
    if name not in ran.result.outcomes:
        return name in ran.collected.failing()  # a file: collecting was not measured
    first, second = ran.measured.outcomes.get(name, []), ran.result.outcomes[name]
    made_again = not any(one is other for one in first for other in second)
    alone = ran.alone.get(name)
    return made_again and (_fails(ran.measured, name) or (alone is not None and alone.outcome in FAILING))


def removed(difference: Difference | None) -> list[Measure]:
    """Tests that the delivery took away or skips; nothing is said where one side's tests are not known."""
    if difference is None:
        return [_count("removed", 0, say("no base was given: nothing to compare with"))]
    gone = [*difference.removed, *difference.newly_skipped]
    told = difference.base_ran and difference.head_listed
    return [_count("removed", len(gone), joined(", ", gone[:5]))] if told else []


def unlike_base(difference: Difference | None) -> Trouble | None:
    """That the base's tests could not be run, where one was given."""
    if difference is None or difference.base_ran:
        return None
    return Trouble(
        cause=Cause.ENVIRONMENT,
        message=say(
            "The tests of the base could not be run to their end: what was there before the delivery cannot be told apart."
        ),
        mend=say("Give a base whose tests run, or judge the delivery whole."),
    )


def _failed_detail(run: Run, failures: Failures) -> Text:
    parts = [run.summary()]
    if failures.inherited:
        parts.append(
            say_n(
                len(failures.inherited),
                "{n} test failed before the delivery as well, not counted",
                "{n} tests failed before the delivery as well, not counted",
            )
        )
    if failures.flaky:
        parts.append(say_n(len(failures.flaky), "{n} flaky, not counted", "{n} flaky, not counted"))
    if failures.withheld:
        number = len(failures.withheld)
        parts.append(
            say_n(
                number,
                "{n} that cannot be judged here, not counted",
                "{n} that cannot be judged here, not counted",
            )
        )
    return joined(say("; "), parts)


def _count(word: str, value: int, detail: str = "", *, partial: bool = False) -> Measure:
    return Measure(name=f"tests.{word}", value=value, detail=detail, partial=partial)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why failures cannot be judged: the sentence of one test and of many, whose it is, and what would make them run."""

    cause: Cause
    because: tuple[str, str]
    whose: Whose
    mend: str


REASONS = {
    "package": Reason(
        cause=Cause.ENVIRONMENT,
        because=later_n(
            "{n} test could not import packages that are missing or do not fit: {detail}; the first is {first}.",
            "{n} tests could not import packages that are missing or do not fit: {detail}; the first is {first}.",
        ),
        whose=Whose.SUPPLIER,
        mend=later("Declare them, with versions that work, where the project declares its test dependencies."),
    ),
    "service": Reason(
        cause=Cause.SERVICE,
        because=later_n(
            "{n} test could not reach a service that is not running here; the first is {first}.",
            "{n} tests could not reach a service that is not running here; the first is {first}.",
        ),
        whose=Whose.BUYER,
        mend=later("Declare it in the criteria under `services:`; to try it, give `--service NAME`."),
    ),
    "started": Reason(
        cause=Cause.SERVICE,
        because=later_n(
            "{n} test could not reach a service that is not running here ({detail}, by the project's own files); "
            "the first is {first}.",
            "{n} tests could not reach a service that is not running here ({detail}, by the project's own files); "
            "the first is {first}.",
        ),
        whose=Whose.BUYER,
        mend=later("Try it now: `{command}`. Ask the buyer to declare it in the criteria: `services: [{services}]`."),
    ),
    "elsewhere": Reason(
        cause=Cause.SERVICE,
        because=later_n(
            "{n} test could not reach a service that is not running here ({detail}, by the project's own files); "
            "the first is {first}.",
            "{n} tests could not reach a service that is not running here ({detail}, by the project's own files); "
            "the first is {first}.",
        ),
        whose=Whose.BUYER,
        mend=later(
            "It cannot be run here: let the tests do without it, or ask the buyer to decide about them by hand."
        ),
    ),
    "declared": Reason(
        cause=Cause.SERVICE,
        because=later_n(
            "{n} test could not reach a service although {detail} runs here; the first is {first}.",
            "{n} tests could not reach a service although {detail} runs here; the first is {first}.",
        ),
        whose=Whose.SUPPLIER,
        mend=later(
            "Read the service's address from the environment (`DATABASE_URL`, `PGHOST`, `REDIS_URL`), "
            "or name the service that is meant."
        ),
    ),
    "network": Reason(
        cause=Cause.NETWORK,
        because=later_n(
            "{n} test asked for the network, which the sandbox does not have; the first is {first}.",
            "{n} tests asked for the network, which the sandbox does not have; the first is {first}.",
        ),
        whose=Whose.BUYER,
        mend=later("Decide these tests by hand, or ask the supplier to let them run without the network."),
    ),
    "time zone": Reason(
        cause=Cause.ENVIRONMENT,
        because=later_n(
            "{n} test asked for time zone data that this machine does not have; the first is {first}.",
            "{n} tests asked for time zone data that this machine does not have; the first is {first}.",
        ),
        whose=Whose.OPERATOR,
        mend=later("Install the machine's time zone data (tzdata)."),
    ),
    "locale": Reason(
        cause=Cause.ENVIRONMENT,
        because=later_n(
            "{n} test asked for a locale that the sandbox does not have; it has C.UTF-8; the first is {first}.",
            "{n} tests asked for a locale that the sandbox does not have; it has C.UTF-8; the first is {first}.",
        ),
        whose=Whose.BUYER,
        mend=later("Decide these tests by hand, or ask the supplier to let them run under C.UTF-8."),
    ),
    "variable": Reason(
        cause=Cause.ENVIRONMENT,
        because=later_n(
            "{n} test asked for environment variables that nothing in the delivery sets: {detail}; the first is {first}.",
            "{n} tests asked for environment variables that nothing in the delivery sets: {detail}; the first is {first}.",
        ),
        whose=Whose.SUPPLIER,
        mend=later(
            "Set them in the test command of tox, a Makefile or CI: they are taken from there. "
            "Those that are read while tests are collected may stand in `.env.example` instead."
        ),
    ),
    "deviation": Reason(
        cause=Cause.ENVIRONMENT,
        because=later_n(
            "{n} test failed in an environment that is not the one the project asks for ({detail}); the first is {first}.",
            "{n} tests failed in an environment that is not the one the project asks for ({detail}); the first is {first}.",
        ),
        whose=Whose.SUPPLIER,
        mend=later(
            "Declare packages and versions that can be installed together from the package index; "
            "what has to be built needs its tools on the machine that assesses."
        ),
    ),
    "interpreter": Reason(
        cause=Cause.INTERPRETER,
        because=later_n(
            "{n} test failed in an environment that is not the one the project asks for ({detail}); the first is {first}.",
            "{n} tests failed in an environment that is not the one the project asks for ({detail}); the first is {first}.",
        ),
        whose=Whose.OPERATOR,
        mend=later("Assess on a machine that has the interpreter that the project asks for."),
    ),
    "base": Reason(
        cause=Cause.ENVIRONMENT,
        because=later_n(
            "{n} test failed, and whether the base's own did so by themselves cannot be told: "
            "they could not be run as they should; the first is {first}.",
            "{n} tests failed, and whether the base's own did so by themselves cannot be told: "
            "they could not be run as they should; the first is {first}.",
        ),
        whose=Whose.BUYER,
        mend=later("Give a base whose tests run here, or judge the delivery whole."),
    ),
}
"""Most telling first: where there are several, the first is the one that is said."""
RUN_HERE = frozenset({"postgresql", "redis"})
"""Services that can be declared, as in `services` of rules/criteria.schema.json."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedService:
    """A service that a file of the project starts, at a line."""

    name: str
    path: str
    line: int | None = None


Places = Mapping[str, tuple[str | None, int | None]]
"""Path and line of the failure of a test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the tests ran in, as far as a failure may be its doing."""

    deviation: str = ""  # how the environment is not the one that the project asks for
    fitting: bool = True  # the interpreter is one that it asks for
    running: Sequence[str] = ()  # services that were declared and ran
    missing: Sequence[StartedService] = ()  # services that the project's own files start and nobody declared


def trouble(failures: Failures, around: Surroundings, places: Places) -> Trouble | None:
    """Why the failures cannot be judged."""
    started = joined(", ", [say("{service} in {path}", service=s, path=p) for s, p in _in_order(around.missing)])
    details = {
        "package": ", ".join(failures.strangers),
        "variable": ", ".join(failures.variables),
        "started": started,
        "elsewhere": started,
        "declared": ", ".join(around.running),
        "deviation": around.deviation,
        "interpreter": around.deviation,
    }
    for what in REASONS:
        names = [name for name, found in failures.withheld.items() if found == what]
        if names:
            key = _more_exactly(what, around)
            reason = REASONS[key]
            message = say_n(len(names), *reason.because, detail=details.get(key, ""), first=names[0])
            asks = next(iter(around.missing), None) if key in ("started", "elsewhere") else None
            path, line = (asks.path, asks.line) if asks else places.get(names[0], (None, None))
            mend = say(reason.mend, **_tried(around.missing)) if key == "started" else say(reason.mend)
            return Trouble(cause=reason.cause, message=message, whose=reason.whose, mend=mend, path=path, line=line)
    return _unsteady(failures.flaky)


def _more_exactly(what: str, around: Surroundings) -> str:
    """The key of REASONS that says whose it is: whether a service was declared, which part of an environment is another."""
    if what == "service" and around.missing:
        return "started" if _known(around.missing) else "elsewhere"
    if what == "service" and around.running:
        return "declared"
    return "interpreter" if what == "deviation" and not around.fitting else what


def _known(missing: Sequence[StartedService]) -> list[str]:
    return sorted({one.name for one in missing} & RUN_HERE)


def _tried(missing: Sequence[StartedService]) -> dict[str, str]:
    """The command that runs the tests with what they ask for, and its names for the criteria."""
    names = _known(missing)
    options = [word for name in names for word in ("--service", name)]
    return {
        "command": " ".join(("verifier assess . --only tests", *options)),
        "services": ", ".join(names),
    }


def _in_order(missing: Sequence[StartedService]) -> list[tuple[str, str]]:
    return sorted({(one.name, one.path) for one in missing})


def _unsteady(flaky: tuple[str, ...]) -> Trouble | None:
    if not flaky:
        return None
    return Trouble(
        cause=Cause.DELIVERY,
        message=say_n(
            len(flaky),
            "{n} test changed from failing to passing when run again; the first is {first}.",
            "{n} tests changed from failing to passing when run again; the first is {first}.",
            first=flaky[0],
        ),
        whose=Whose.SUPPLIER,
        mend=say(MEND_FLAKY),
    )
