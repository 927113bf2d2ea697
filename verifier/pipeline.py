"""assess(): a delivery in, a report out; the stages in their order. The adapters do the work."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from verifier import interpreters, registry, sandbox
from verifier.cache import Cache, Recalls, Timings
from verifier.checked import Checked, Stop
from verifier.checker import Checker, Settings
from verifier.checkers.environment import Environment
from verifier.checkers.secrets import Secrets
from verifier.checkers.source import Source
from verifier.checkout import Request, checkout
from verifier.course import Course, Left, kept, planned
from verifier.criteria import judge
from verifier.errors import UsageError
from verifier.flip import Run, flip
from verifier.inventory import Inventory
from verifier.model import (
    Cause,
    Checkout,
    CheckResult,
    Evidence,
    History,
    Kind,
    Observations,
    Role,
    Tampering,
    Trouble,
    Waiver,
)
from verifier.policy import Contract, Criteria
from verifier.redaction import redacted
from verifier.report import Report, contract_id, criteria_entry, evidence_entry
from verifier.rulebook import load_repairs, rules_dir
from verifier.runner import Places, concluded, perform, private_copies, run_checker, settle_copies
from verifier.sandbox import Cancelled
from verifier.schedule import CHEAP, CHEAP_ALONE, Budget
from verifier.scope import Scope, classify, installed, placed
from verifier.words import joined, say
from verifier.workspace import workspace

if TYPE_CHECKING:
    from verifier.index import IndexServer

Progress = Callable[[str, str, CheckResult | None], None]
"""Told of each checker: its name, `started` or `ended`, and its result."""
Outlook = Callable[[Left], None]
"""Told once how to ask for the seconds that are left."""
PROBED = "tests.mutants"
"""The measures for which the mutation probe is made, where a criterion asks for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """The report with the bytes of its evidence."""

    report: Report
    evidence: tuple[Evidence, ...]


def assess(
    request: Request,
    criteria: Criteria,
    *,
    contract: Contract | None = None,
    kind: Kind = Kind.SELF_CHECK,
    only: Iterable[str] = (),
    services: tuple[str, ...] = (),
    waivers: tuple[Waiver, ...] = (),
    options: tuple[str, ...] = (),
    progress: Progress = lambda *_: None,
    outlook: Outlook = lambda _: None,
    cache: Cache | None = None,
    hub: Path | None = None,
    fail_fast: bool = False,
) -> Assessed:
    """Runs the checkers on one delivery and judges what they saw.

    `options` are those of the command line that a repetition needs: what would flip the verdict names the command that checks it.
    `cache` may answer for checkers that run no delivered code, unless the criteria ask for a fresh run; it knows what they take.
    `hub` may have their tools loaded (verifier.sandbox.hub).
    `fail_fast` stops at the first required criterion that is unmet for certain; only a self-check may be broken off.
    Raises a VerifierError where no honest report can be made: the delivery cannot be read. Where there is no sandbox, static
    checkers run and delivered code does not.
    """
    if fail_fast and kind is not Kind.SELF_CHECK:
        raise UsageError(say("--fail-fast is for self-checks: an official assessment is made whole."))
    started = datetime.now(UTC)
    selected = tuple(only)
    timings = cache.timings if cache else Timings()
    checkers = registry.selected(selected, _named(criteria))
    built = any(checker.environment for checker in checkers)
    beside = _beside(partial(_settings, criteria, services, built=built))
    with workspace() as folder, checkout(request, workspace=folder) as tree:
        rules = rules_dir()
        places = Places(workspace=folder, rules=rules, recalls=_recalls(cache, criteria, rules))
        settings = beside.result()
        run = _Run(tree, settings, places, progress, hub)
        budget = Budget(cores=settings.at_once, memory_mb=sandbox.free_memory_mb())
        # Where the first thing that is wrong ends all, what is known soonest begins.
        cheap = CHEAP_ALONE if fail_fast else CHEAP
        course = planned(tree, criteria, checkers, timings, budget, cheap=cheap)
        outlook(course.left)
        judged = partial(judge, criteria, waivers=waivers, today=started.date().isoformat(), tier=run.standing.tier)
        checked = Checked(run, criteria, checkers, course, judged if fail_fast else None)
        results = checked.results()
        kept(timings, tree, course, checked.ran)
    evidence = tuple(item for result in results for item in result.evidence)
    judgement = judged(results)
    report = Report(
        delivery=tree.delivery,
        criteria=criteria_entry(criteria),
        judgement=judgement,
        results=results,
        sandbox={"tier": run.standing.tier, "promises": run.standing.kept(), "lacking": run.standing.lacking()},
        started=_stamp(started),
        finished=_stamp(datetime.now(UTC)),
        kind=kind,
        contract=contract_id(contract),
        waivers=waivers,
        evidence=tuple(evidence_entry(item) for item in evidence),
        selected=selected,
        stopped=checked.stopped,
        flip=flip(criteria, judgement, results, run=Run(selected=selected, options=options)),
    )
    return Assessed(report=report, evidence=evidence)


def _beside(work: Callable[[], Settings]) -> Future[Settings]:
    """In a thread for which nobody waits but who asks for what it found: an interpreter that hangs keeps nobody from leaving."""
    found: Future[Settings] = Future()

    def run() -> None:
        try:
            found.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised to who asks
            found.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return found


def _recalls(cache: Cache | None, criteria: Criteria, rules: Path) -> Recalls | None:
    """None without a sandbox too: what a tool can read there has no end."""
    if cache is None or criteria.fresh or sandbox.probed().reason:
        return None
    return Recalls(cache, rules)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _named(criteria: Criteria) -> frozenset[str]:
    return frozenset(name for criterion in criteria.criteria for name in criterion.by)


def _settings(criteria: Criteria, services: tuple[str, ...], *, built: bool = True) -> Settings:
    """`built`: an environment is built for a checker, for which the machine's interpreters are asked what they are."""
    limits = criteria.limits
    return Settings(
        test_seconds=limits.test_time,
        install_seconds=limits.install_time,
        probe_seconds=limits.probe_time if any(one.check.startswith(PROBED) for one in criteria.criteria) else 0,
        at_once=sandbox.cores(),
        marker=criteria.tests.marker,
        services=tuple(dict.fromkeys((*criteria.services, *services))),
        interpreters=interpreters.listed() if built else (),
        repairs=load_repairs(),
    )


def no_sandbox(reason: str) -> Trouble:
    """Why delivered code is not run here, and where it can be."""
    return Trouble(
        cause=Cause.SANDBOX,
        message=joined(" ", [say("Delivered code is run only in the sandbox."), reason]),
        mend=say(
            "Assess on a Linux machine, in a Linux container or virtual machine that allows user namespaces, or in a CI job on "
            "Linux such as GitHub Actions; `verifier doctor` says what is missing."
        ),
    )


def _not_built(seen: Observations) -> CheckResult:
    return CheckResult(name=Environment.name, topic=Environment.topic, tool=Environment.tool, seen=seen)


def _with_changed(result: CheckResult, paths: tuple[str, ...], tree: Checkout, tests: frozenset[str]) -> CheckResult:
    """What the installation changed. It may write a version or generate code; with tests and their hooks it has no business."""
    delivered = {file.path for file in tree.files} - tests
    tampering = tuple(
        Tampering(what=say("the installation changed {path}; the tests ran with what was delivered", path=path))
        for path in paths
        if path not in delivered
    )
    notes = tuple(say("changed by the installation: {path}", path=path) for path in paths if path in delivered)
    seen = result.seen
    return replace(result, seen=replace(seen, tampering=(*seen.tampering, *tampering), notes=(*seen.notes, *notes)))


class _Run:
    """The checkers of one delivery, run side by side: those that want its environment after that is built."""

    def __init__(
        self, tree: Checkout, settings: Settings, places: Places, progress: Progress, hub: Path | None = None
    ) -> None:
        self.tree = tree
        self._settings = settings
        self._places = places
        self._cancel = threading.Event()
        self.standing = sandbox.probed()
        isolated = not self.standing.reason
        self._box: sandbox.Box = (sandbox.Bubblewrap if isolated else sandbox.Unconfined)(cancel=self._cancel)
        if hub and isolated:
            self._box = sandbox.Hosted(self._box, hub, self._cancel)
        self._progress = progress
        self._secrets: frozenset[str] | None = None
        self._untold: list[CheckResult] = []
        self._lock = threading.Lock()

    def one(self, checker: Checker, tree: Checkout | None = None) -> CheckResult:
        self._progress(checker.name, "started", None)
        result = run_checker(checker, tree or self.tree, self._settings, self._places, self._box)
        self._ended(result)
        return result

    def _ended(self, result: CheckResult) -> None:
        """Told when it is known what is secret: a tool may quote it."""
        with self._lock:
            self._untold.append(result)
            self._tell()

    def _tell(self) -> None:
        if self._secrets is not None:
            untold, self._untold = self._untold, []
            for one in untold:
                self._progress(one.name, "ended", redacted(one, self._secrets))

    def _look_for_secrets(self, *, told: bool) -> CheckResult:
        """Where it is not asked for, it looks at the tree alone and is not told."""
        tree = self.tree if told else replace(self.tree, history=History())
        if told:
            self._progress(Secrets.name, "started", None)
        result = run_checker(Secrets(), tree, self._settings, self._places, self._box)
        with self._lock:
            self._secrets = result.seen.secrets
            self._untold += [result] if told else []
            self._tell()
        return result

    def first_look(self, scope: Scope) -> CheckResult:
        """Every file's language, role and whether it parses, before any tool; the other checkers build on it."""
        checker = Source()
        self._progress(checker.name, "started", None)
        outputs, trouble = perform(checker, self.tree, self._settings, self._places, self._box)
        if trouble is None:
            inventory = Inventory.from_bytes(outputs[0].stdout)
            files = classify(self.tree.files, inventory, scope)
            withheld = (*placed(self.tree.not_delivered, scope), *installed(files, inventory))
            self.tree = replace(self.tree, files=files, not_delivered=withheld)
        result = concluded(checker, self.tree, outputs, trouble)
        self._ended(result)
        return result

    def many(
        self, checkers: list[Checker], course: Course, ended: list[CheckResult], stop: Stop
    ) -> tuple[CheckResult, ...]:
        """All results, with those that `ended` before. Where `stop` says so, what runs is broken off and nothing follows."""
        results = {result.name: result for result in ended}
        named = {checker.name: checker for checker in checkers}

        def work(name: str) -> CheckResult:
            with course.during(name):
                return self._work(name, named, results.get(Environment.name))

        with self._pool(len(course.plan.pieces)) as pool:
            running: dict[Future[CheckResult], str] = {}
            while True:
                running |= {pool.submit(work, name): name for name in course.plan.starts(running.values(), results)}
                if not running:
                    return tuple(results.values())
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    results[running.pop(future)] = future.result()
                if stop(tuple(results.values())):
                    self._cancel.set()
                    return (*results.values(), *_completed(running))

    def _work(self, name: str, named: Mapping[str, Checker], built: CheckResult | None) -> CheckResult:
        if name == Secrets.name:
            return self._look_for_secrets(told=name in named)
        if name == Environment.name:
            return self._environment()
        return self._after(named[name], built) if built and named[name].environment else self.one(named[name])

    @contextmanager
    def _pool(self, most: int) -> Iterator[ThreadPoolExecutor]:
        """Workers that are told to stop, and waited for, when anything goes wrong."""
        pool = ThreadPoolExecutor(max_workers=most)
        try:
            yield pool
        except BaseException:
            self._cancel.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _environment(self) -> CheckResult:
        if reason := self.standing.reason:
            return _not_built(Observations(trouble=no_sandbox(reason)))
        if not self.tree.source("python"):
            nothing = Observations(notes=(say("No Python in the delivery: no environment was built."),))
            return _not_built(nothing)
        private_copies(self.tree, self._places)
        with self._index() as served:
            places = replace(self._places, socket=self._places.workspace / "index.sock")
            self._progress("environment", "started", None)
            result = run_checker(Environment(), self.tree, self._settings, places, self._box)
        tests = frozenset(file.path for file in self.tree.files if file.role is Role.TESTS or file.tests)
        result = _with_changed(result, settle_copies(self.tree, self._places, tests), self.tree, tests)
        if served.trouble and result.seen.trouble:
            cause = served.cause or Cause.NETWORK
            mend = say("Try again when the index answers.")
            trouble = Trouble(cause=cause, message=served.trouble, mend=mend)
            result = replace(result, seen=replace(result.seen, trouble=trouble))
        self._ended(result)
        return result

    @contextmanager
    def _index(self) -> Iterator[IndexServer]:
        from verifier import index  # noqa: PLC0415 - only an installation needs it, and it starts slowly

        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "verifier" / "index"
        with index.serve(index.configured(os.environ), self._places.workspace / "index.sock", cache=cache) as served:
            yield served

    def _after(self, checker: Checker, built: CheckResult) -> CheckResult:
        """A checker that wants the environment; one that runs delivered code does not run without it."""
        if built.seen.trouble and checker.topic == "tests":
            seen = Observations(trouble=built.seen.trouble)
            return CheckResult(name=checker.name, topic=checker.topic, tool=checker.tool, seen=seen)
        said = {measure.name: measure for measure in built.seen.measures}
        values = {name: measure.value for name, measure in said.items()}
        told = {name: measure.detail for name, measure in said.items()}
        tree = replace(
            self.tree,
            deviation=told.get("environment.deviation", ""),
            base_deviation=told.get("environment.base.deviation", ""),
            python=str(values.get("environment.python", "")),
            fitting=values.get("environment.fitting") != 0,
            installed=values.get("environment.project") != 0,
        )
        return self.one(checker, tree)


def _completed(running: Iterable[Future[CheckResult]]) -> Iterator[CheckResult]:
    """What came to its end although it was told to stop."""
    for future in running:
        with suppress(Cancelled):
            yield future.result()
