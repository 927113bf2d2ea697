"""The delivered tests, run under our configuration, with coverage measured from outside the delivery's own.

Read the project, collect, run with coverage, report coverage. The ids collected in a run of its own must be the ids reported, or
nothing is said. Measuring itself can break a test (one that counts frames, say), so where any fails the suite runs once more
without measuring, and that run is the result; each test that failed runs once more alone. With a base, its tests run as well.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from verifier.checker import INSIDE, RULES, Asked, Command, Settings, Steps, ToolOutput, limit, shortage
from verifier.inside.look.languages import PROSE
from verifier.model import Cause, Checkout, File, Finding, Measure, Observations, Role, Steering, Trouble, Whose
from verifier.retold import retold
from verifier.scope import PACKED
from verifier.testing import coverage, leftover, outcomes, probe, probed, tampered
from verifier.testing.difference import Difference, compare, doubted, function
from verifier.testing.events import Run, merged, raised_in, spoken
from verifier.testing.outcomes import Failures, Ran, Repeated, StartedService, Surroundings
from verifier.testing.suites import (
    BASE,
    Collected,
    Plan,
    Way,
    best,
    collecting,
    next_way,
    plan_command,
    run_of,
    suite_command,
)
from verifier.testing.witness import rewritten
from verifier.words import Text, joined, say, say_n

RCFILE = f"{RULES}/tools/coveragerc"
TRACES_ALL = (3, 10)
"""The first Python that traces every line that it runs (PEP 626)."""
LEFT = "left-over"
MORE = "-with-example"
NAMED = 20
"""Tests that were skipped or expected to fail that are named, at most."""
ALONE = 20
"""Failing tests that are run again alone, at most."""
SMALL = 4000
"""Bytes of code in other languages that say nothing of a delivery: what starts or installs it."""
NO_TEXT = ("compiled", "notebook")
NOT_OURS = re.compile(
    r"(?:^|/)(?:node_modules|_?vendor(?:ed|s)?|third[-_]party|extern(?:al)?|libs?|dist|build)/|[.-]min\.\w+$",
    re.IGNORECASE,
)
"""The code of others, and what is made from code."""
ALONE_SECONDS = 300
"""For all of them in a suite."""
SERVICE_FAILED = 97
"""Exit code of inside/services.py when a service did not start."""


class Tests:
    """pytest, and whatever runner of unittest's kind the project has, with coverage."""

    name: ClassVar[str] = "tests"
    topic: ClassVar[str] = "tests"
    tool: ClassVar[str] = "coverage"
    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    environment: ClassVar[bool] = True
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Steps:
        return _steps(checkout, settings) if checkout.source("python") else []

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        if not outputs:
            return _nothing_to_run(checkout)
        plan = Plan.from_output(outputs[0])
        suites = _chosen(plan, outputs)
        ran = _ran(suites, outputs)
        if ran.difference and checkout.base_deviation:
            ran = replace(ran, difference=doubted(ran.difference))
        report = json.loads(next(output for output in outputs if output.command.name == "coverage").stdout)
        left = _left(checkout, plan, suites, outputs)
        asked = probed.judged([suite for suite, _, _ in suites], outputs)
        written = sorted({path for output in outputs for path in output.written})
        trouble = _unfinished(suites, outputs) or _mismatch(ran)
        failures = outcomes.sorted_out(ran, _own_modules(checkout), checkout.deviation, installed=checkout.installed)
        measures = [
            Measure(name="tests.collected", value=len(ran.collected.collected)),
            *outcomes.lower_bound(ran, failures),
            *outcomes.removed(ran.difference),
        ]
        if trouble is None:
            measures = outcomes.measures(ran, failures)
            places = {event["id"]: (event["path"], event["line"]) for event in ran.result.failures()}
            trouble = outcomes.trouble(failures, _around(checkout, plan, outputs), places)
            trouble = trouble or outcomes.unlike_base(ran.difference)
        forgery = tampered.forged(ran.measured, report["files"])
        suspected = tampered.suspicion(ran.result, written) or tampered.unmeasured(forgery)
        if doubt := suspected or tampered.adulterated(ran.measured, report):
            trouble = trouble or doubt
            measures = outcomes.unrelied(measures)
        unrun = _unrun(checkout)
        measured = ran.measured.finished and not forgery
        told = measured and unrun is None
        shares = coverage.measures(checkout, report, partial=trouble is not None) if told else []
        unsaid = leftover.trouble(left)
        if unsaid and not failures.counted:
            measures = [one for one in measures if one.name != "tests.failed"]
        return Observations(
            version=ran.result.versions,
            findings=(
                *_findings(ran, failures),
                *leftover.findings(left, _aside(checkout, suites)),
                *asked.findings,
            ),
            measures=(*measures, *shares, *asked.measures),
            steering=(
                *plan.unapplied,
                *(one for suite, _, _ in suites for one in _steering(suite)),
                *asked.steering,
                *tampered.steering(ran.result),
                *tampered.patches(ran.measured, report),
            ),
            tampering=tampered.tampering(ran.result, written, forgery),
            coverage=coverage.by_file(report) if measured else (),
            examined=frozenset(file.path for file in checkout.source("python")),
            notes=(
                *(_unread(one) for one in plan.unreadable),
                *(note for suite, _, _ in suites for note in _suite_notes(suite)),
                *_notes(ran),
            ),
            trouble=trouble or unsaid or coverage.uncounted(checkout, report) or unrun or asked.trouble,
        )


def _steps(checkout: Checkout, settings: Settings) -> Generator[Asked, Any, None]:
    plan = Plan.from_output((yield plan_command()))
    chosen = yield from collecting(plan, settings)
    measured, again = [], []
    left = settings
    for number, (suite, collected, _) in enumerate(chosen):
        output = yield _measuring(suite, f"run-{number}", left, plan)
        run = run_of(output, suite)
        left = _less(left, output)
        more = _with_example(suite, plan) if run.variables() else None
        if more:
            chosen[number] = (more, collected, output)
            output = yield _measuring(more, f"run-{number}{MORE}", left, plan)
            run = run_of(output, more)
            left = _less(left, output)
        measured.append(run)
    report = yield from _reported(checkout, settings)
    left = settings
    for number, (suite, _, _) in enumerate(chosen):
        run = measured[number]
        again.append(run)
        if run.finished and run.count("failed", "error"):
            output = yield suite_command(suite, "run", f"plain-{number}", left, plan)
            again[-1] = run_of(output, suite)
            left = _less(left, output)
            ran = Ran(collected=run, measured=run, result=again[-1])
            yield from _alone(ran, suite, number, settings, plan)
    files = leftover.left_over(checkout, [run for _, run, _ in chosen])
    if files:
        named = json.dumps({"files": [file.path for file in files], "django": plan.rest.django}).encode()
        yield suite_command(plan.rest, "files", LEFT, left, plan, stdin=named)
    if checkout.base_root is not None:
        yield from _base(settings)
    if settings.probe_seconds and again and all(run.finished for run in again):
        passing = [_passing(*one) for one in zip([suite for suite, _, _ in chosen], measured, again, strict=True)]
        yield from probe.steps(checkout, settings, plan, passing, _but_for(report, measured))


def _but_for(report: Mapping[str, Any], runs: Sequence[Run]) -> dict[str, Any]:
    """Coverage without the files that tests are written in, wherever they lie."""
    homes = {path for run in runs for path in run.homes}
    return {"files": {path: entry for path, entry in report["files"].items() if path not in homes}}


def _passing(suite: Way, measured: Run, plain: Run) -> probe.Suite:
    """The tests of a suite that passed whenever they were run with the others, as its runner names them."""
    names = [name for name in plain.outcomes if all(_passed(run, name) for run in (measured, plain))]
    return suite, [name.removeprefix(suite.prefix) for name in names]


def _passed(run: Run, name: str) -> bool:
    return name in run.outcomes and run.outcome(name) == "passed"


def _reported(checkout: Checkout, settings: Settings) -> Generator[Command, ToolOutput, dict[str, Any]]:
    """Coverage of the delivered source. Before 3.10 an interpreter leaves no trace of some lines: it is asked which it can."""
    paths = [file.path for file in coverage.counted(checkout)]
    ran = next((one for one in settings.interpreters if one.version == checkout.python), None)
    traceable: dict[str, Any] = {}
    if ran is not None and ran.minor < TRACES_ALL:
        argv = (str(ran.path), "-I", "-S", f"{INSIDE}/traceable_lines.py")
        output = yield Command(argv=argv, name="traceable", stdin=json.dumps(paths).encode(), judged=True)
        traceable = json.loads(output.stdout) if output.ok else {}
    asked = json.dumps({"paths": paths, "traceable": traceable}).encode()
    argv = ("python", "-I", f"{INSIDE}/coverage_report.py", RCFILE)
    output = yield Command(argv=argv, name="coverage", stdin=asked)
    return dict(json.loads(output.stdout))


def _left(
    checkout: Checkout, plan: Plan, chosen: Sequence[Collected], outputs: Sequence[ToolOutput]
) -> list[leftover.Leftover]:
    files = leftover.left_over(checkout, [run for _, run, _ in chosen])
    ran = [run_of(output, plan.rest) for output in outputs if output.command.name == LEFT]
    return leftover.judged(files, ran[0], [run for _, run, _ in chosen]) if ran else []


def _aside(checkout: Checkout, chosen: Sequence[Collected]) -> list[File]:
    return leftover.aside(checkout, [run for _, run, _ in chosen])


def _less(settings: Settings, output: ToolOutput) -> Settings:
    """What is left of the time for tests: it is one for all suites of a delivery."""
    return replace(settings, test_seconds=max(1, settings.test_seconds - output.milliseconds // 1000))


def _with_example(suite: Way, plan: Plan) -> Way | None:
    """The same way with the values of the project's own example, where tests ask for a variable only while they run."""
    ways = next(ways for ways in plan.suites if suite in ways)
    return next((way for way in ways if way.example), None) if suite.runner == "pytest" and not suite.example else None


def _measuring(suite: Way, name: str, settings: Settings, plan: Plan) -> Command:
    return _with_coverage(suite_command(suite, "run", name, settings, plan))


def _alone(ran: Ran, suite: Way, number: int, settings: Settings, plan: Plan) -> Generator[Command, ToolOutput, None]:
    """Each test that failed once more, by itself and under the conditions in which it failed."""
    settings = replace(settings, test_seconds=min(settings.test_seconds, ALONE_SECONDS))
    for index, (name, with_coverage) in enumerate(ran.to_repeat()[:ALONE]):
        only = json.dumps([name.removeprefix(suite.prefix)]).encode()
        command = suite_command(suite, "alone", f"alone-{number}-{index}", settings, plan, stdin=only)
        output = yield _with_coverage(command) if with_coverage else command
        settings = _less(settings, output)


def _base(settings: Settings) -> Generator[Command, ToolOutput, None]:
    plan = Plan.from_output((yield plan_command(base=True)))
    for number, (suite, _, _) in enumerate((yield from collecting(plan, settings, base=True))):
        output = yield suite_command(suite, "run", f"plain-{number}", settings, plan, base=True)
        settings = _less(settings, output)


def _with_coverage(command: Command) -> Command:
    return replace(command, env={**command.env, "COVERAGE_PROCESS_START": RCFILE}, passes=("coverage.*",))


def _named(outputs: Sequence[ToolOutput], start: str) -> list[ToolOutput]:
    return [output for output in outputs if output.command.name.startswith(start)]


def _chosen(plan: Plan, outputs: Sequence[ToolOutput], base: str = "") -> list[Collected]:
    """The suites in the way that was found to work, as `collecting` chose them."""
    chosen: list[Collected] = []
    names = {output.command.name for output in outputs}
    for number, ways in enumerate(plan.suites):
        collects = _named(outputs, f"{base}collect-{number}-")
        tried: list[Collected] = []
        for output in collects:
            suite = next_way(ways, tried)
            if suite is not None:
                tried.append((suite, run_of(output, suite), output))
        if tried:
            suite, run, output = best(tried)
            more = _with_example(suite, plan) if f"{base}run-{len(chosen)}{MORE}" in names else None
            chosen.append((more or suite, run, output))
    return chosen


def _measured(number: int, by_name: Mapping[str, ToolOutput]) -> ToolOutput:
    return by_name.get(f"run-{number}{MORE}") or by_name[f"run-{number}"]


def _ran(chosen: list[Collected], outputs: Sequence[ToolOutput]) -> Ran:
    suites = [suite for suite, _, _ in chosen]
    by_name = {output.command.name: output for output in outputs}
    measured = [run_of(_measured(number, by_name), suite) for number, suite in enumerate(suites)]
    result = [
        run_of(by_name[f"plain-{number}"], suite) if f"plain-{number}" in by_name else measured[number]
        for number, suite in enumerate(suites)
    ]
    alone: dict[str, Repeated] = {}
    for number, suite in enumerate(suites):
        for output in _named(outputs, f"alone-{number}-"):
            alone |= _repeated(output, suite)
    ran = Ran(
        collected=merged([run for _, run, _ in chosen]), measured=merged(measured), result=merged(result), alone=alone
    )
    return replace(ran, difference=_difference(ran, by_name))


def _repeated(output: ToolOutput, suite: Way) -> dict[str, Repeated]:
    (name,) = json.loads(output.command.stdin)
    run = run_of(output, suite)
    name = suite.prefix + name
    measured = "COVERAGE_PROCESS_START" in output.command.env
    return {name: Repeated(outcome=run.outcome(name), measured=measured)} if name in run.outcomes else {}


def _difference(ran: Ran, by_name: dict[str, ToolOutput]) -> Difference | None:
    """What changed since the base; None without one."""
    if f"{BASE}plan" not in by_name:
        return None
    suites = _chosen(Plan.from_output(by_name[f"{BASE}plan"]), list(by_name.values()), BASE)
    runs = [run_of(by_name[f"{BASE}plain-{number}"], suite) for number, (suite, _, _) in enumerate(suites)]
    return compare(merged(runs), ran.result)


def _nothing_to_run(checkout: Checkout) -> Observations:
    found = {file.language for file in checkout.files if file.language and file.role is Role.SOURCE}
    languages = sorted(found) if found - PROSE else []
    if not languages:
        none = tuple(Measure(name=f"tests.{word}", value=0) for word in ("collected", "passed", "skipped"))
        if checkout.files:
            mend = say("Deliver the code with its tests: the delivery holds no code.")
        else:
            mend = say("Deliver the code with its tests: the delivery is empty.")
        nothing = say("There is nothing to run.")
        return Observations(
            measures=none, trouble=Trouble(cause=Cause.DELIVERY, message=nothing, whose=Whose.SUPPLIER, mend=mend)
        )
    trouble = Trouble(
        cause=Cause.LANGUAGE,
        message=say(
            "The delivery holds {languages} and no Python: no checker here can run its tests.",
            languages=", ".join(languages),
        ),
        whose=Whose.BUYER,
        mend=say("Add a checker for that language to the criteria, or judge its tests by hand."),
    )
    return Observations(trouble=trouble)


def _unrun(checkout: Checkout) -> Trouble | None:
    """Why nobody can say how much of the delivery its tests run: of more code than they may run, nothing can be measured."""
    packed = [one.path for one in checkout.not_delivered if one.role is Role.SOURCE and PACKED.search(one.path)]
    if packed:
        return Trouble(
            cause=Cause.DELIVERY,
            message=say("Coverage cannot be said: the delivery installs code that is packed in an archive."),
            whose=Whose.SUPPLIER,
            mend=say("Deliver the source of {path} in the tree.", path=packed[0]),
            path=packed[0],
        )
    product = [f for f in checkout.files if f.source and f.role is Role.SOURCE and f.language not in NO_TEXT]
    own = [f for f in product if not NOT_OURS.search(f.path)]
    python = sum(f.size for f in own if f.language == "python")
    others: Counter[str] = Counter()
    for file in own:
        if file.language and file.language != "python":
            others[file.language] += file.size
    if others.total() <= max(python, SMALL):
        return None
    return Trouble(
        cause=Cause.LANGUAGE,
        message=say(
            "Coverage cannot be said: {others} bytes of the code are {languages}, {python} are Python, and only what Python code "
            "the tests run can be measured here.",
            others=others.total(),
            languages=", ".join(language for language, _ in others.most_common()),
            python=python,
        ),
        whose=Whose.BUYER,
        mend=say("Add a checker for that language to the criteria, or judge its tests by hand."),
    )


def _unfinished(chosen: Sequence[Collected], outputs: Sequence[ToolOutput]) -> Trouble | None:
    """The first run of the delivery's tests that did not come to its end, and why."""
    by_name = {output.command.name: output for output in outputs}
    for number, (suite, _, _) in enumerate(chosen):
        output = by_name.get(f"plain-{number}") or _measured(number, by_name)
        run = run_of(output, suite)
        # A conftest.py that cannot be imported ends pytest: it is judged as a file of tests is.
        held_back = run.collection_errors and not (run.listed or run.script_error or output.killed)
        if not held_back and (found := _ended_early(run, output, by_name["run-0"].command.seconds)):
            return found
    return None


def _ended_early(run: Run, output: ToolOutput, seconds: int) -> Trouble | None:
    """`seconds` are those of all runs of the tests together: the first may use them up."""
    if output.killed:
        return _stopped(run, output, seconds)
    if output.exit_code == SERVICE_FAILED and not run.begun and output.command.services:
        mend = say("`verifier doctor` says which services can run here.")
        return Trouble(cause=Cause.SERVICE, message=retold(_said(output)), mend=mend)
    if not run.begun or run.script_error:
        why = (run.script_error.strip().splitlines()[-1:] or [_said(output)])[0][:300]
        if run.running:
            message = say("The test run ended early while running {test}: {why}", test=run.running, why=why)
        else:
            message = say("The tests could not start: {why}", why=why)
        return Trouble(cause=Cause.ENVIRONMENT, message=message)
    if not run.finished or run.reported != set(run.collected):
        numbers = {"reported": len(run.reported), "collected": len(run.collected)}
        if run.running:
            message = say(
                "The test run ended early while running {test}: {reported} of {collected} collected tests were reported.",
                test=run.running,
                **numbers,
            )
        else:
            message = say(
                "The test run ended early: {reported} of {collected} collected tests were reported.", **numbers
            )
        mend = say("Tests must not end the interpreter.")
        return Trouble(cause=Cause.DELIVERY, message=message, whose=Whose.SUPPLIER, mend=mend)
    return None


def _stopped(run: Run, output: ToolOutput, seconds: int) -> Trouble:
    """The sandbox ended it, at one of its limits."""
    if output.killed == "time":
        if run.running:
            message = say(
                "The tests did not finish within {seconds} seconds while running {test}.",
                seconds=seconds,
                test=run.running,
            )
        else:
            message = say("The tests did not finish within {seconds} seconds.", seconds=seconds)
        mend = say("Make the test finish, or ask the buyer for more time.")
        return Trouble(cause=Cause.TIME, message=message, whose=Whose.SUPPLIER, mend=mend)
    if output.killed == "shortage":
        return shortage()
    cause = Cause.MEMORY if output.killed == "memory" else Cause.LIMIT
    what = limit(output)
    if run.running:
        message = say(
            "The tests went over the sandbox's limit of {limit} while running {test}.", limit=what, test=run.running
        )
    else:
        message = say("The tests went over the sandbox's limit of {limit}.", limit=what)
    return Trouble(cause=cause, message=message, whose=Whose.SUPPLIER)


def _said(output: ToolOutput) -> str:
    says = (output.stderr or output.stdout).decode("utf-8", "replace").strip().splitlines()
    return says[-1][:300] if says else say("no message")


def _mismatch(ran: Ran) -> Trouble | None:
    first, second = (Counter(map(function, run.collected)) for run in (ran.collected, ran.result))
    if first == second:
        return None
    one = next(iter((first - second) + (second - first)))
    message = say(
        "Two collections differ: {first} tests, then {second}; one that is not in both is {test}.",
        first=first.total(),
        second=second.total(),
        test=one,
    )
    mend = say("Make the collection of tests deterministic.")
    return Trouble(cause=Cause.DELIVERY, message=message, whose=Whose.SUPPLIER, mend=mend)


def _around(checkout: Checkout, plan: Plan, outputs: Sequence[ToolOutput]) -> Surroundings:
    running = sorted({name for output in outputs for name in output.command.services})
    asked = [StartedService(name=one["name"], path=one["path"], line=one["line"]) for one in plan.services]
    return Surroundings(
        deviation=checkout.deviation,
        fitting=checkout.fitting,
        running=running,
        missing=[one for one in asked if one.name not in running],
    )


def _own_modules(checkout: Checkout) -> frozenset[str]:
    """Top-level names that the delivery provides or would provide: what can be imported from a folder that is no package."""
    paths = {file.path for file in checkout.source("python")}
    names = {path.removeprefix("src/").partition("/")[0] for path in paths}
    for path in paths:
        parts = path.split("/")
        top = len(parts) - 1
        while top and "/".join([*parts[:top], "__init__.py"]) in paths:
            top -= 1
        names.add(parts[top])
    return frozenset(name.removesuffix(".py") for name in names)


def _findings(ran: Ran, failures: Failures) -> tuple[Finding, ...]:
    kinds = failures.kinds
    words = dict.fromkeys(rewritten(ran.result.outcomes), "rewritten") | kinds
    return tuple(
        Finding(
            rule=f"tests:{words.get(event['id'], event['kind']).replace(' ', '-')}",
            message=event["message"],
            path=event["path"],
            line=event["line"],
            severity="note" if event["id"] in kinds else "error",
            help=_elsewhere(raised_in(ran.result.text(event["id"]))),
            inherited=kinds.get(event["id"]) == "inherited",
        )
        for event in ran.result.failures()
    )


def _elsewhere(package: str) -> str:
    """What to look at where a failure was raised in a package: its newest version as of the commit's day may be another."""
    if not package:
        return ""
    return say(
        "It was raised inside {package}, which is no part of the delivery: pin the version that the tests pass with.",
        package=package,
    )


def _steering(suite: Way) -> tuple[Steering, ...]:
    where, runner = suite.where.partition(":")[0], suite.runner
    options = [say("{runner} option not applied: {option}", runner=runner, option=word) for word in suite.left_out]
    keys = [say("{runner} setting not applied: {setting}", runner=runner, setting=retold(k)) for k in suite.dropped]
    found = [Steering(path=where, what=what) for what in (*options, *keys)]
    if suite.paths:
        beside = say(
            "only {paths} collected, {why}: a file elsewhere cannot be",
            paths=" ".join(suite.paths),
            why=retold(suite.why),
        )
        found.append(Steering(path=where or ".", what=beside))
    return tuple(found)


def _unread(one: Mapping[str, str]) -> Text:
    return say("{path} was not read for how tests are run: {why}", path=one["path"], why=retold(one["reason"]))


def _suite_notes(suite: Way) -> list[Text]:
    notes = [say("tests of {folder}: {why}", folder=suite.folder, why=retold(suite.why))]
    if suite.kept:
        notes.append(say("pytest options kept from the project: {options}", options=" ".join(suite.kept)))
    notes += [
        say("{name}={value} (from {place})", name=name, value=value, place=suite.env_where.get(name, suite.where))
        for name, value in suite.env.items()
    ]
    return notes


def _notes(ran: Ran) -> list[Text]:
    notes = []
    if ran.result.deselected:
        notes.append(
            say_n(
                ran.result.deselected,
                "{n} test deselected by the project's own options",
                "{n} tests deselected by the project's own options",
            )
        )
    notes += _passed_over(ran.result)
    flaky = ran.flaky()
    notes += [
        say("{test} is flaky: {outcomes}", test=name, outcomes=joined(", ", map(spoken, seen)))
        for name, seen in flaky.items()
    ]
    notes += [say("{test} fails in order, twice, and passes alone", test=name) for name in ran.alone_only()]
    for name in sorted(ran.result.outcomes.keys() & ran.measured.outcomes.keys() - flaky.keys()):
        before, after = ran.measured.outcome(name), ran.result.outcome(name)
        if before != after:
            notes.append(
                say(
                    "{test}: {before} while coverage was measured, {after} without; the latter counts",
                    test=name,
                    before=spoken(before),
                    after=spoken(after),
                )
            )
    return notes


def _passed_over(run: Run) -> list[Text]:
    """Each test that was not to count, by name and with its reason: a skipped test is no test that passed."""
    found = sorted(run.passed_over().items())
    notes = [
        say("{test}: {outcome} ({reason})", test=name, outcome=spoken(outcome), reason=reason or say("no reason given"))
        for name, (outcome, reason) in found[:NAMED]
    ]
    more = len(found) - NAMED
    if more > 0:
        notes.append(say_n(more, "{n} more skipped or expected to fail", "{n} more skipped or expected to fail"))
    return notes
