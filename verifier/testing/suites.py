"""The suites of tests that a delivery holds: how each may be run, and the one way that was found to work. Pure."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from verifier.checker import INPUT, INSIDE, OUT, WORK, Command, Settings, ToolOutput
from verifier.model import Steering
from verifier.retold import retold
from verifier.testing.events import Run, read

TIMED = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
BASE = "base-"
COLLECT_SECONDS = 300
"""For collecting, which imports the tests and runs none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to run the tests of one folder, as read_project.py found it.

    `runner` is pytest (with our `ini`) or script (a Python file of the tree or `-m` and a module, in `argv`).
    """

    runner: str
    folder: str
    why: str
    where: str = ""
    ini: str = ""
    argv: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    env_where: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    whole: bool = False  # takes up every file that the way before does
    django: str = ""  # the folder of the manage.py whose settings are in `env`, for what is left over
    example: str = ""  # the file whose values are set in addition; the tests are those of the way before

    @property
    def prefix(self) -> str:
        return "" if self.folder == "." else f"{self.folder}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the project says of itself: `suites` holds one tuple for each folder with tests, best way first."""

    install: Mapping[str, Any]
    suites: tuple[tuple[Way, ...], ...]
    rest: Way  # how files with tests are run that none of them takes up
    services: tuple[Mapping[str, Any], ...] = ()
    unapplied: tuple[Steering, ...] = ()  # of its commands and examples
    unreadable: tuple[Mapping[str, str], ...] = ()  # path and reason

    @classmethod
    def from_output(cls, output: ToolOutput) -> Plan:
        found = json.loads(output.files["project.json"])
        suites = tuple(tuple(_suite(way) for way in ways) for ways in found["runs"])
        rest, services = _suite(found["rest"]), tuple(found["services"])
        unapplied = steering(found.get("unapplied", ()))
        unreadable = tuple(found.get("unreadable", ()))
        return cls(
            install=found["install"],
            suites=suites,
            rest=rest,
            services=services,
            unapplied=unapplied,
            unreadable=unreadable,
        )


def steering(found: Sequence[Mapping[str, Any]]) -> tuple[Steering, ...]:
    """What a project's own reading says that is not applied, at its places."""
    return tuple(Steering(path=one["path"], line=one["line"], what=retold(one["what"])) for one in found)


def _suite(way: Mapping[str, Any]) -> Way:
    lists = ("argv", "kept", "left_out", "dropped", "paths")
    known: dict[str, Any] = {key: tuple(value) if key in lists else value for key, value in way.items()}
    return Way(**known)


def plan_command(*, base: bool = False) -> Command:
    """Reads the project; nothing of it is run."""
    return Command(
        argv=("python", "-I", f"{INSIDE}/read_project.py"),
        name=f"{BASE if base else ''}plan",
        produces=("project.json",),
        passes=("*.ini", "*.txt"),
        keep_output=False,
        base=base,
    )


def suite_command(
    suite: Way, mode: str, name: str, settings: Settings, plan: Plan, *, base: bool = False, stdin: bytes = b""
) -> Command:
    """One run of a suite: `mode` is collect, run, alone or files (`stdin` says which); its events are the file NAME.jsonl."""
    folder = f"{WORK}/{suite.folder}" if suite.folder != "." else WORK
    name = f"{BASE if base else ''}{name}"
    words: tuple[str, ...]
    if suite.runner == "pytest":
        chosen = ("-m", settings.marker) if settings.marker else ()
        words = ("run_tests.py", mode, f"{OUT}/{name}.jsonl", folder, f"{INPUT}/{suite.ini}", *chosen)
    else:
        words = ("run_script.py", mode, f"{OUT}/{name}.jsonl", folder, "--", *suite.argv)
    return Command(
        argv=("env-python", f"{INSIDE}/{words[0]}", *words[1:]),
        name=name,
        cwd=WORK,
        env=TIMED | dict(suite.env),
        stdin=stdin,
        produces=(f"{name}.jsonl",),
        records=f"{name}.jsonl",
        judged=True,
        keep_output=False,
        delivered_code=True,
        environment=True,
        seconds=min(settings.test_seconds, COLLECT_SECONDS) if mode == "collect" else settings.test_seconds,
        services=settings.services,
        databases=databases(plan, settings),
        base=base,
    )


def databases(plan: Plan, settings: Settings) -> tuple[tuple[str, str], ...]:
    """The databases and roles that the project's own CI creates, in the services that are declared."""
    wanted = [service for service in plan.services if service["name"] in settings.services]
    pairs = {(str(service.get("database") or ""), str(service.get("user") or "")) for service in wanted}
    return tuple(sorted(pairs - {("", "")}))


def run_of(output: ToolOutput, suite: Way) -> Run:
    """What a suite's command wrote; the names of its tests are those of the whole tree."""
    return read(output.files.get(f"{output.command.name}.jsonl", b""), suite.prefix)


Collected = tuple[Way, Run, ToolOutput]


def collecting(
    plan: Plan, settings: Settings, *, base: bool = False, label: str = ""
) -> Generator[Command, ToolOutput, list[Collected]]:
    """Collects every suite's tests, each in the first way that works; nothing is run. With a label it is a trial, no evidence."""
    chosen = []
    for number, ways in enumerate(plan.suites):
        tried: list[Collected] = []
        while (suite := next_way(ways, tried)) is not None:
            name = f"{label}collect-{number}-{len(tried)}"
            command = suite_command(suite, "collect", name, settings, plan, base=base)
            output = yield replace(command, produces=(), passes=command.produces) if label else command
            tried.append((suite, run_of(output, suite), output))
        if tried:
            chosen.append(best(tried))
    return chosen


def next_way(ways: Sequence[Way], tried: Sequence[Collected]) -> Way | None:
    """The next way to try, or None when the last was good or there is no other.

    A file that cannot be collected is not walked around: after it only an environment with more values in it is tried, another
    way to import all files, and the paths that the project's own command names. Nor is one that takes all the time there is.
    """
    if tried and (works(tried[-1][1]) or tried[-1][2].endless):
        return None
    broken = any(run.collection_errors for _, run, _ in tried)
    known = [suite for suite, _, _ in tried]
    return next(
        (way for way in ways if way not in known and (way.example or way.paths or way.whole or not broken)), None
    )


def works(run: Run) -> bool:
    return run.finished and bool(run.collected) and not run.collection_errors


def best(tried: Sequence[Collected]) -> Collected:
    """The way that works, or else the one that collected most; the first of equals."""
    return max(
        tried, key=lambda one: (works(one[1]), one[1].finished, len(one[1].collected), len(one[1].collection_errors))
    )
