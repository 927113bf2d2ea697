"""assess(): a delivery in, a report out; the stages in their order. The adapters do the work."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from verifier import interpreters, registry, sandbox
from verifier.annotate import annotate, masked, secret_lines
from verifier.cache import Cache, Recalls
from verifier.checker import Checker, Settings
from verifier.checkers.environment import Environment
from verifier.checkers.secrets import Secrets
from verifier.checkers.source import Source
from verifier.checkout import Request, checkout
from verifier.criteria import judge
from verifier.flip import Run, flip
from verifier.inventory import Inventory
from verifier.licence_dependencies import compared
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
from verifier.redaction import MASK, redacted
from verifier.report import Report, contract_id, criteria_entry, evidence_entry
from verifier.rulebook import load_repairs, rules_dir
from verifier.runner import Places, concluded, perform, private_copies, run_checker, settle_copies
from verifier.scope import Scope, classify, installed, placed
from verifier.words import joined, say
from verifier.workspace import workspace

if TYPE_CHECKING:
    from verifier.index import IndexServer

Progress = Callable[[str, str, CheckResult | None], None]
"""Told of each checker: its name, `started` or `ended`, and its result."""
PROBED = "tests.mutants"
"""The measures for which the mutation probe is made, where a criterion asks for one."""
HEAVY_FIRST = ("scancode", "environment", "semgrep")
MAX_LINES_FILE = 4_000_000


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
    cache: Cache | None = None,
    hub: Path | None = None,
) -> Assessed:
    """Runs the checkers on one delivery and judges what they saw.

    `options` are those of the command line that a repetition needs: what would flip the verdict names the command that checks it.
    `cache` may answer for checkers that run no delivered code, unless the criteria ask for a fresh run; `hub` may have their
    tools loaded (verifier.sandbox.hub).
    Raises a VerifierError where no honest report can be made: the delivery cannot be read. Where there is no sandbox, static
    checkers run and delivered code does not.
    """
    started = datetime.now(UTC)
    selected = tuple(only)
    with workspace() as folder, checkout(request, workspace=folder) as tree:
        rules = rules_dir()
        places = Places(workspace=folder, rules=rules, recalls=_recalls(cache, criteria, rules))
        checkers = registry.selected(selected, _named(criteria))
        settings = _settings(criteria, services, built=any(checker.environment for checker in checkers))
        run = _Run(tree, settings, places, progress, hub)
        results = _check(run, criteria, checkers)
    evidence = tuple(item for result in results for item in result.evidence)
    judgement = judge(criteria, results, waivers=waivers, today=started.date().isoformat(), tier=run.standing.tier)
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
        flip=flip(criteria, judgement, results, run=Run(selected=selected, options=options)),
    )
    return Assessed(report=report, evidence=evidence)


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
        at_once=_cores(),
        marker=criteria.tests.marker,
        services=tuple(dict.fromkeys((*criteria.services, *services))),
        interpreters=interpreters.listed() if built else (),
        repairs=load_repairs(),
    )


def _cores() -> int:
    return os.cpu_count() or 1


def _check(run: _Run, criteria: Criteria, checkers: tuple[Checker, ...]) -> tuple[CheckResult, ...]:
    """Our own look first, then for secrets, so that none is shown; then everything else side by side, last what needs
    two checkers' answers.
    """
    scope = Scope.from_mapping(criteria.scope)
    source = run.first_look(scope)
    told = any(checker.name == Secrets.name for checker in checkers)
    found = run.look_for_secrets(told=told)
    others = run.many([checker for checker in checkers if checker.name not in (Source.name, Secrets.name)])
    results = compared([source, *((found,) if told else ()), *others])
    places = secret_lines((found, *results))
    secrets = frozenset(secret for result in (found, *results) for secret in result.seen.secrets)
    lines = _Lines(run.tree.root, places)
    known = {checker.name: checker.languages for checker in checkers}
    annotated = (
        annotate(masked(r, places, MASK), run.tree, known.get(r.name, frozenset()), lines, scope.role) for r in results
    )
    return tuple(sorted((redacted(r, secrets) for r in annotated), key=lambda result: (result.topic, result.name)))


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
        self._secrets: frozenset[str] = frozenset()

    def one(self, checker: Checker, tree: Checkout | None = None) -> CheckResult:
        self._progress(checker.name, "started", None)
        result = run_checker(checker, tree or self.tree, self._settings, self._places, self._box)
        self._ended(result)
        return result

    def _ended(self, result: CheckResult) -> None:
        self._progress(result.name, "ended", redacted(result, self._secrets))

    def look_for_secrets(self, *, told: bool) -> CheckResult:
        """Before any other tool can quote one; where it is not asked for, it looks at the tree alone and is not told."""
        if told:
            result = self.one(Secrets())
        else:
            tree = replace(self.tree, history=History())
            result = run_checker(Secrets(), tree, self._settings, self._places, self._box)
        self._secrets = result.seen.secrets
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

    def many(self, checkers: list[Checker]) -> list[CheckResult]:
        waiting = [checker for checker in checkers if checker.environment]
        ready = [checker for checker in checkers if not checker.environment and checker.name != "environment"]
        ready.sort(key=lambda c: (HEAVY_FIRST.index(c.name) if c.name in HEAVY_FIRST else len(HEAVY_FIRST), c.name))
        results: list[CheckResult] = []
        with self._pool() as pool:
            pending: dict[Future[CheckResult], bool] = {pool.submit(self.one, checker): False for checker in ready}
            if waiting:
                pending[pool.submit(self._environment)] = True
            while pending:
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    results.append(future.result())
                    if pending.pop(future):
                        built = results[-1]
                        pending |= {pool.submit(self._after, checker, built): False for checker in waiting}
        return results

    @contextmanager
    def _pool(self) -> Iterator[ThreadPoolExecutor]:
        """Workers that are told to stop, and waited for, when anything goes wrong."""
        pool = ThreadPoolExecutor(max_workers=max(2, _cores()))
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


class _Lines:
    """Delivered files as lines, read once each; never through a link; those with a secret are masked."""

    def __init__(self, root: Path, secrets: frozenset[tuple[str, int]]) -> None:
        self._root = root
        self._secrets = secrets
        self._read: dict[str, list[str]] = {}

    def __call__(self, path: str) -> list[str]:
        if path not in self._read:
            lines = self._lines(self._root / path)
            hidden = {line for where, line in self._secrets if where == path}
            self._read[path] = [MASK if n in hidden else line for n, line in enumerate(lines, 1)]
        return self._read[path]

    def _lines(self, file: Path) -> list[str]:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_LINES_FILE:
            return []
        return file.read_bytes().decode("utf-8", "replace").split("\n")
