"""The delivered tests, run by pytest under our configuration, with coverage measured from outside the delivery's own.

Read the project's configuration (ours is built from its harmless parts), collect, run with coverage, report coverage. The ids
collected in a run of its own must be the ids reported, or nothing is said. Measuring itself can break a test (one that counts
frames, say), so when any fails the suite runs once more without measuring, and that run is the result.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from verifier.checker import INPUT, INSIDE, OUT, RULES, WORK, Command, Settings, ToolOutput
from verifier.checkers.events import Run, read
from verifier.checkers.python_files import examinable
from verifier.model import Cause, Checkout, File, Finding, Measure, Observations, Role, Steering, Trouble, Whose

RCFILE = f"{RULES}/tools/coveragerc"
SMALL_CHANGE = 20  # changed executable lines under which whole-tree coverage decides
TIMED = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}


class Tests:
    """pytest and coverage."""

    name: ClassVar[str] = "tests"
    topic: ClassVar[str] = "tests"
    tool: ClassVar[str] = "coverage"
    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    environment: ClassVar[bool] = True
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:
        if not checkout.source("python"):
            return []
        paths = json.dumps([file.path for file in counted(checkout)]).encode()
        plan = Command(
            argv=("python", "-I", f"{INSIDE}/read_project.py"),
            name="plan",
            produces=("project.json",),
            passes=("pytest.ini",),
            keep_output=False,
        )
        report = Command(argv=("python", "-I", f"{INSIDE}/coverage_report.py", RCFILE), name="coverage", stdin=paths)
        plain = replace(_pytest("plain", settings), needed=_failed)
        return [plan, _pytest("collect", settings), _pytest("run", settings), report, plain]

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        if not outputs:
            return _nothing_to_run(checkout)
        by_name = {output.command.name: output for output in outputs}
        plan = json.loads(by_name["plan"].files["project.json"])
        collected, measured = _read(by_name["collect"]), _read(by_name["run"])
        output = by_name.get("plain", by_name["run"])
        run = _read(output)
        report = json.loads(by_name["coverage"].stdout)
        measures, trouble = _results(checkout, collected, run, output)
        return Observations(
            version=run.versions,
            findings=_findings(run),
            measures=(*measures, *_coverage(checkout, measured, report)),
            steering=_steering(plan["tests"]),
            examined=frozenset(file.path for file in checkout.source("python")),
            notes=_notes(plan["tests"], run, measured),
            trouble=trouble or _uncounted(checkout, report),
        )


def _read(output: ToolOutput) -> Run:
    return read(output.files.get(f"{output.command.name}.jsonl", b""))


def _failed(outputs: Sequence[ToolOutput]) -> bool:
    """Whether the measured run reached its end with failures."""
    run = _read(next(output for output in outputs if output.command.name == "run"))
    return run.finished and run.count("failed", "error") > 0


def _pytest(mode: str, settings: Settings) -> Command:
    measured = {"COVERAGE_PROCESS_START": RCFILE} if mode == "run" else {}
    chosen = ("-m", settings.marker) if settings.marker else ()
    return Command(
        argv=("env-python", f"{INSIDE}/run_tests.py", mode, OUT, f"{INPUT}/pytest.ini", *chosen),
        name=mode,
        cwd=WORK,
        env=TIMED | measured,
        produces=(f"{mode}.jsonl",),
        passes=("coverage.*",) if measured else (),
        judged=True,
        keep_output=False,
        delivered_code=True,
        environment=True,
        seconds=settings.test_seconds,
    )


def counted(checkout: Checkout) -> tuple[File, ...]:
    """The coverage denominator: every delivered Python file that is source by `rules/scope.yml` and can be parsed."""
    return tuple(f for f in examinable(checkout) if f.role is Role.SOURCE and not f.path.endswith(".pyi"))


def _nothing_to_run(checkout: Checkout) -> Observations:
    languages = sorted({file.language for file in checkout.files if file.language and file.role is Role.SOURCE})
    if not languages:
        none = tuple(Measure(name=f"tests.{word}", value=0) for word in ("collected", "passed", "skipped"))
        return Observations(measures=none)
    trouble = Trouble(
        cause=Cause.LANGUAGE,
        message=f"The delivery holds {', '.join(languages)} and no Python: no checker here can run its tests.",
        whose=Whose.BUYER,
        mend="Add a checker for that language to the criteria, or judge its tests by hand.",
    )
    return Observations(trouble=trouble)


def _results(checkout: Checkout, collected: Run, run: Run, output: ToolOutput) -> tuple[list[Measure], Trouble | None]:
    trouble = _unfinished(run, output) or _mismatch(collected, run)
    if trouble:
        return [Measure(name="tests.collected", value=len(collected.collected))], trouble
    missing = run.strangers(_own_modules(checkout))
    bound = run.bound()
    failed = run.count("failed", "error") + len(run.collection_errors) - len(missing) - len(bound)
    measures = [
        Measure(name="tests.collected", value=len(run.collected)),
        Measure(name="tests.passed", value=run.count("passed", "xpassed"), detail=run.summary()),
        Measure(name="tests.skipped", value=run.count("skipped")),
        Measure(name="tests.xfailed", value=run.count("xfailed")),
    ]
    withheld = _withheld(missing, bound)
    if failed > 0 or withheld is None:
        measures.append(Measure(name="tests.failed", value=failed, detail=run.summary()))
    if withheld is not None and not run.count("passed", "xpassed"):
        measures = [measure for measure in measures if measure.name != "tests.passed"]
    return measures, withheld


def _withheld(missing: list[str], bound: list[tuple[str, Cause]]) -> Trouble | None:
    """Failures that are nobody's fault in the delivery: a stranger's package, a service or the network is not there."""
    if missing:
        return Trouble(
            cause=Cause.ENVIRONMENT,
            message=f"Test files could not be imported because these packages are not installed: {', '.join(missing)}.",
            whose=Whose.SUPPLIER,
            mend="Declare them where the project declares its test dependencies.",
        )
    if bound:
        test, cause = bound[0]
        return Trouble(
            cause=cause,
            message=f"{len(bound)} tests need the {cause.value}, which the sandbox does not offer; the first is {test}.",
            whose=Whose.BUYER,
            mend="Declare the service in the criteria, or decide these tests by hand.",
        )
    return None


def _unfinished(run: Run, output: ToolOutput) -> Trouble | None:
    where = f" while running {run.running}" if run.running else ""
    if output.killed == "time":
        message = f"The tests did not finish within {output.command.seconds} seconds{where}."
        return Trouble(
            cause=Cause.TIME,
            message=message,
            whose=Whose.SUPPLIER,
            mend="Make the test finish, or ask the buyer for more time.",
        )
    if output.killed:
        cause = Cause.MEMORY if output.killed == "memory" else Cause.LIMIT
        return Trouble(
            cause=cause,
            message=f"The tests went over the sandbox's limit of {output.killed}{where}.",
            whose=Whose.SUPPLIER,
        )
    if not run.begun:
        says = (output.stderr or output.stdout).decode("utf-8", "replace").strip().splitlines()
        return Trouble(cause=Cause.ENVIRONMENT, message=f"pytest could not start: {(says or ['no message'])[-1][:300]}")
    if not run.finished or run.reported != set(run.collected):
        message = f"The test run ended early{where}: {len(run.reported)} of {len(run.collected)} collected tests were reported."
        return Trouble(
            cause=Cause.DELIVERY, message=message, whose=Whose.SUPPLIER, mend="Tests must not end the interpreter."
        )
    return None


def _mismatch(collected: Run, run: Run) -> Trouble | None:
    if len(collected.collected) == len(run.collected):
        return None
    message = f"Two collections differ: {len(collected.collected)} tests, then {len(run.collected)}."
    return Trouble(
        cause=Cause.DELIVERY, message=message, whose=Whose.SUPPLIER, mend="Make the collection of tests deterministic."
    )


def _own_modules(checkout: Checkout) -> frozenset[str]:
    """Top-level names that the delivery itself provides or would provide: every folder and module name above a Python file."""
    names: set[str] = set()
    for file in checkout.source("python"):
        parts = file.path.removesuffix(".py").split("/")
        names.update(parts)
    return frozenset(names)


def _findings(run: Run) -> tuple[Finding, ...]:
    found = [
        Finding(
            rule=f"tests:{event['kind']}",
            message=event["message"],
            path=event["path"],
            line=event["line"],
            severity="error",
        )
        for event in run.failures()
    ]
    return tuple(found)


def _coverage(checkout: Checkout, run: Run, report: dict[str, Any]) -> list[Measure]:
    files = report["files"]
    if not run.finished or not files or _uncountable(checkout, report):
        return []
    statements, scope = _lines(checkout, files, "statements")
    missing, _ = _lines(checkout, files, "missing")
    measures = []
    if statements:
        detail = f"{statements - missing} of {statements} statements{scope}"
        share = (statements - missing) * 10_000 // statements
        measures.append(Measure(name="tests.coverage.statements", value=share, unit="basis points", detail=detail))
    branches = sum(entry["branches"] for entry in files.values())
    if branches:
        taken = branches - sum(entry["missing_branches"] for entry in files.values())
        detail = f"{taken} of {branches} branches"
        measures.append(
            Measure(
                name="tests.coverage.branches", value=taken * 10_000 // branches, unit="basis points", detail=detail
            )
        )
    return measures


def _uncountable(checkout: Checkout, report: dict[str, Any]) -> str:
    """A source file whose statements nobody can count: it would be missing from the denominator. Empty where there is none."""
    unread = [path for path, entry in report["files"].items() if "statements" not in entry]
    broken = [file.path for file in checkout.source("python") if file.role is Role.SOURCE and not file.parsed]
    withheld = [s.path for s in checkout.not_delivered if s.language == "python" and s.role is Role.SOURCE]
    return next(iter(sorted(unread + broken + withheld)), "")


def _uncounted(checkout: Checkout, report: dict[str, Any]) -> Trouble | None:
    path = _uncountable(checkout, report)
    if not path:
        return None
    return Trouble(
        cause=Cause.DELIVERY,
        message=f"Coverage cannot be said: the statements of {path} cannot be counted.",
        whose=Whose.SUPPLIER,
        mend="Deliver the file whole, under a plain name, as valid Python.",
        path=path,
    )


def _lines(checkout: Checkout, files: dict[str, Any], kind: str) -> tuple[int, str]:
    """How many lines of this kind count: those that the delivery changed, unless so few changed that they say nothing."""
    whole = sum(len(entry[kind]) for entry in files.values())
    if checkout.changed is None:
        return whole, ""
    changed = {path: checkout.changed.get(path, frozenset()) for path in files}
    executable = sum(len(changed[path] & set(entry["statements"])) for path, entry in files.items())
    if executable < SMALL_CHANGE:
        return whole, f" of the whole tree ({executable} changed, too few to judge alone)"
    return sum(len(changed[path] & set(entry[kind])) for path, entry in files.items()), " that the delivery changed"


def _steering(plan: dict[str, Any]) -> tuple[Steering, ...]:
    where = plan["where"]
    options = [Steering(path=where, what=f"pytest option not applied: {word}") for word in plan["left_out"]]
    keys = [Steering(path=where, what=f"pytest setting not applied: {key}") for key in plan["dropped"]]
    return (*options, *keys)


def _notes(plan: dict[str, Any], run: Run, measured: Run) -> tuple[str, ...]:
    notes = []
    if plan["addopts"]:
        notes.append("pytest options kept from the project: " + " ".join(plan["addopts"]))
    if run.deselected:
        notes.append(f"{run.deselected} tests deselected by the project's own options")
    both = sorted(run.outcomes.keys() & measured.outcomes.keys())
    changed = [(name, measured.outcome(name), run.outcome(name)) for name in both]
    notes += [
        f"{name}: {before} while coverage was measured, {after} without; the latter counts"
        for name, before, after in changed
        if before != after
    ]
    return tuple(notes)
