"""The delivery's own Python environment: its dependencies and its project, installed by uv inside the sandbox.

Attempt after attempt, until its tests can be collected (verifier/environment has the order and the reasons). Static checkers that
need types (pylint) and the tests read it; it never meets verifier's own environment.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, ClassVar

from verifier.checker import INSIDE, OUT, WORK, Command, Impossible, Settings, Steps, ToolOutput, limit, shortage
from verifier.environment.attempts import Attempt, Means, Pins, Tried, best, next_attempt
from verifier.environment.diagnosis import diagnose, no_interpreter, over_limit, too_slow
from verifier.environment.interpreter import Asked, Choice, candidates
from verifier.environment.repairs import applied
from verifier.model import Checkout, Measure, Observations, Trouble
from verifier.retold import retold
from verifier.testing.events import Run, merged, read
from verifier.testing.suites import BASE, Plan, collecting, plan_command, steering
from verifier.words import Text, joined, say

# Backends that take the version from tags, told the version instead: there is no .git in the sandbox.
# Sources: the manuals of setuptools-scm, pdm-backend, poetry-dynamic-versioning, pbr.
VERSION_NAMES = (
    "SETUPTOOLS_SCM_PRETEND_VERSION",
    "PDM_BUILD_SCM_VERSION",
    "POETRY_DYNAMIC_VERSIONING_BYPASS",
    "PBR_VERSION",
)
UNTAGGED = "0.1.dev0"
"""What setuptools-scm and hatch-vcs call a project without a tag, but for the count of commits (setuptools-scm's manual)."""
FROM_TAGS = re.compile(r"setuptools[-_]scm|hatch[-_]vcs|use_scm_version|\bpbr\b|\bscm\b|dynamic[-_]versioning")
UV = {
    "UV_NO_CONFIG": "1",
    "UV_NO_SOURCES": "1",
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_CACHE_DIR": "/env/cache",
    "UV_LINK_MODE": "hardlink",
    "UV_NO_PROGRESS": "1",
    "UV_CONCURRENT_BUILDS": "1",  # which of two fails first would be chance
}
AGAIN_SECONDS = 60
"""Over twice what it took before, for making the best attempt again: its downloads are there."""
PINS_WIN = "pins win"
COMPILED = {"UV_COMPILE_BYTECODE": "1"}
"""Later steps read the environment and cannot write to it. uv does it for Python 3.7 upwards."""


def pretend_version(described: str | None) -> str:
    """`git describe` as a PEP 440 version: v1.2-3-gabc1234 is 1.2.post3."""
    match = re.match(r"^[^\d]*(\d+(?:\.\d+)*(?:(?:a|b|rc|\.post|\.dev)\d+)?)(?:-(\d+)-g[0-9a-f]+)?$", described or "")
    if match is None:
        return UNTAGGED
    return match[1] + (f".post{match[2]}" if match[2] else "")


class Environment:
    """Builds the environment; the pipeline runs it before every checker that wants one."""

    name: ClassVar[str] = "environment"
    topic: ClassVar[str] = "environment"
    tool: ClassVar[str] = "uv"
    languages: ClassVar[frozenset[str]] = frozenset()
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Steps:
        return _steps(checkout, settings)

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        del checkout
        builds = _named(outputs, "build-")
        last = _built(builds[-1])
        measures: tuple[Measure, ...] = (
            Measure(name="environment.packages", value=len(last["installed"])),
            Measure(name="environment.python", value=last["version"] or "NONE", unit="text"),
            _deviation_measure("environment.deviation", builds[-1]),
            Measure(name="environment.fitting", value=int(_order(builds[-1])["told"]["fitting"])),
            Measure(name="environment.project", value=int(_installed(builds[-1]))),
            Measure(name="environment.attempts", value=len(builds)),
        )
        of_base = _named(outputs, f"{BASE}build-")
        measures += tuple(_deviation_measure("environment.base.deviation", build) for build in of_base[-1:])
        base = [say("base, {note}", note=note) for note in _notes(of_base)]
        plan = Plan.from_output(outputs[0])
        return Observations(
            measures=measures,
            steering=steering(plan.install.get("refused", ())),
            notes=(*_notes(builds), *base),
            trouble=_trouble(outputs, builds[-1]),
        )


def _named(outputs: Sequence[ToolOutput], start: str) -> list[ToolOutput]:
    return [output for output in outputs if output.command.name.startswith(start)]


def _steps(checkout: Checkout, settings: Settings) -> Generator[Command, ToolOutput, None]:
    yield from _built_up(checkout, settings, base=False)
    if checkout.base_root is not None:
        yield from _built_up(checkout, settings, base=True)


def _built_up(checkout: Checkout, settings: Settings, *, base: bool) -> Generator[Command, ToolOutput, None]:
    """Attempt after attempt, within the time for installing; the best of them is what is left."""
    plan = Plan.from_output((yield plan_command(base=base)))
    choice = _choice(plan, checkout, settings, base=base)
    if not choice.candidates and not base:
        raise Impossible(no_interpreter(choice))
    means = Means(
        candidates=choice.candidates,
        ways=len(plan.install["ways"]),
        before=_moment(checkout.base_time if base else checkout.commit_time),
        repairs=settings.repairs,
        pinned=plan.install["pinned"],
        imports=tuple(plan.install.get("imports", ())),
        modules=plan.install.get("modules", {}),
    )
    seconds = settings.install_seconds
    tried: list[Tried] = []
    took: list[int] = []
    while seconds > 0:
        attempt = next_attempt(tried, means)
        if attempt is None:
            break
        output = yield _build(attempt, plan, checkout, len(tried), seconds, base=base)
        took.append(output.milliseconds // 1000 + 1)
        seconds -= took[-1]
        if not _built(output)["version"]:
            tried.append(_without_tests(attempt, output))
            continue
        suites = yield from collecting(plan, settings, base=base, label=f"try-{len(tried)}-")
        runs = merged([run for _, run, _ in suites])
        said = "\n".join(o.stderr.decode("utf-8", "replace")[-4000:] for _, run, o in suites if not run.finished)
        tried.append(_with_tests(attempt, output, runs, said))
        if any(output.endless for _, _, output in suites):
            break  # it hangs in the delivery's own code, whatever is installed
    if tried and best(tried) is not tried[-1]:
        chosen = tried.index(best(tried))
        seconds = min(2 * took[chosen] + AGAIN_SECONDS, settings.install_seconds)
        yield _build(best(tried).attempt, plan, checkout, len(tried), seconds, base=base)


def _choice(plan: Plan, checkout: Checkout, settings: Settings, *, base: bool) -> Choice:
    time = checkout.base_time if base else checkout.commit_time
    day = datetime.fromtimestamp(time, UTC).date() if time else None
    requires, wanted = ([Asked(**one) for one in plan.install[key]] for key in ("requires_python", "wanted_python"))
    return candidates(settings.interpreters, requires, wanted, day)


def _moment(seconds: int) -> str:
    """A commit's time as uv reads it; empty where it is not known."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""


def _build(
    attempt: Attempt, plan: Plan, checkout: Checkout, number: int, seconds: int, *, base: bool = False
) -> Command:
    """One attempt as a command: what is to be done is its standard input."""
    way = (
        plan.install["ways"][attempt.way]
        if plan.install["ways"]
        else {"name": "no manifest", "parts": [], "constraints": []}
    )
    mended = applied(attempt.repairs)
    order = {
        "python": str(attempt.candidate.interpreter.path),
        "version": attempt.candidate.interpreter.version,
        "before": attempt.before,
        "parts": way["parts"],
        "locks": way["constraints"],
        "constraints": list(mended.constraints),
        "build_constraints": list(mended.build_constraints),
        "overrides": _overrides(attempt, plan),
        "excludes": [*mended.excludes, *attempt.without],
        "extra": list(mended.packages),
        "paths": list(attempt.paths),
        "told": {
            "way": way["name"],
            "reason": _both(attempt.candidate.reason),
            "repairs": [repair.id for repair in attempt.repairs] + ([PINS_WIN] if attempt.pins is Pins.WIN else []),
            "deviation": _both(attempt.deviation),
            "fitting": not attempt.candidate.deviation,
        },
    }
    version = pretend_version(checkout.base_version if base else checkout.version)
    name = f"{BASE if base else ''}build-{number}"
    return Command(
        argv=("python", "-I", f"{INSIDE}/build_environment.py", "uv", f"{OUT}/{name}.json"),
        name=name,
        cwd=WORK,
        env=UV
        | (COMPILED if attempt.candidate.interpreter.minor >= (3, 7) else {})
        | (dict.fromkeys(VERSION_NAMES, version) if _from_tags(plan) else {}),
        stdin=json.dumps(order).encode(),
        produces=(f"{name}.json",),
        keep_output=False,
        judged=True,
        delivered_code=True,
        index=True,
        seconds=seconds,
        base=base,
    )


def _from_tags(plan: Plan) -> bool:
    """Whether the project takes its version from tags. Each dependency that does so and is built would take it for its own."""
    manifests: dict[str, str] = plan.install["manifests"]
    return any(FROM_TAGS.search(text) for text in manifests.values())


def _overrides(attempt: Attempt, plan: Plan) -> list[str]:
    pinned: dict[str, str] = plan.install["pinned"]
    if attempt.pins is Pins.WIN:
        return [f"{name}=={version}" for name, version in pinned.items() if name != "coverage"]
    return list(pinned) if attempt.pins is Pins.DROPPED else []


def _order(output: ToolOutput) -> dict[str, Any]:
    order: dict[str, Any] = json.loads(output.command.stdin)
    return order


def _built(output: ToolOutput) -> dict[str, Any]:
    """What a build wrote; one that was stopped wrote nothing."""
    nothing = {
        "steps": [],
        "failed": ["time" if output.endless else "the installation"],
        "version": "",
        "installed": [],
    }
    content = output.files.get(f"{output.command.name}.json")
    report: dict[str, Any] = json.loads(content) if content else nothing
    return report


def _without_tests(attempt: Attempt, output: ToolOutput) -> Tried:
    report = _built(output)
    return Tried(attempt=attempt, failed=tuple(report["failed"]), text=_says(report))


def _with_tests(attempt: Attempt, output: ToolOutput, run: Run, said: str) -> Tried:
    report = _built(output)
    bound = run.bound()
    errors = [name for name in run.failing() if name not in bound]
    broken = len(errors) + (not run.begun or bool(run.script_error))
    text = "\n".join([_says(report), said, run.script_error, *(run.text(name) for name in errors)])
    return Tried(
        attempt=attempt, failed=tuple(report["failed"]), broken=broken, collected=len(run.collected), text=text
    )


def _says(report: dict[str, Any]) -> str:
    return "\n".join(step["says"] for step in report["steps"] if not step["ok"])


def _both(text: str) -> list[str]:
    """A sentence that a command carries through the sandbox: in English and in French."""
    return [text.en, text.fr] if isinstance(text, Text) else [text, text]


def _deviation_measure(name: str, build: ToolOutput) -> Measure:
    """How the environment is not what the project asks for, what is missing of it included."""
    missing = [say("without {what}", what=retold(what)) for what in _built(build)["failed"]]
    told = Text(*_order(build)["told"]["deviation"])
    words = joined(", ", [word for word in (told, *missing) if word])
    return Measure(name=name, value=words.en, unit="text", detail=words)


def _installed(build: ToolOutput) -> bool:
    """Whether the project itself is there, where it can be installed at all."""
    project = {part["what"] for part in _order(build)["parts"] if "--editable" in part["words"]}
    stopped = not _built(build)["version"]
    return not project or not (stopped or project & set(_built(build)["failed"]))


def _notes(builds: Sequence[ToolOutput]) -> list[Text]:
    """Each attempt with its steps, then what is installed and the one command that makes it again."""
    notes: list[Text] = []
    for number, output in enumerate(builds, 1):
        order, report = _order(output), _built(output)
        notes.append(_attempted(number, order))
        notes += [
            say("ok: {command}", command=shlex.join(step["argv"]))
            if step["ok"]
            else say("failed: {command}", command=shlex.join(step["argv"]))
            for step in report["steps"]
        ]
    for output in [output for output in builds[-1:] if _built(output)["version"]]:
        report = _built(output)
        packages = ", ".join(f"{name}=={version}" for name, version in report["installed"])
        notes.append(say("installed: {packages}", packages=packages))
        notes.append(say("to make it again: {command}", command=_again(report, _order(output))))
    return notes


def _attempted(number: int, order: dict[str, Any]) -> Text:
    told = order["told"]
    dated = say("versions as of {date}", date=order["before"]) if order["before"] else say("versions of today")
    first = say("attempt {number}: {way}, {versions}", number=number, way=retold(told["way"]), versions=dated)
    repairs = [say("pins win") if repair == PINS_WIN else repair for repair in told["repairs"]]
    paths = [say("{folder} on Python's path", folder=folder) for folder in order["paths"]]
    words = [first, Text(*told["reason"]), *paths, *repairs, Text(*told["deviation"])]
    return joined(say("; "), [word for word in words if word])


def _again(report: dict[str, Any], order: dict[str, Any]) -> str:
    """One command for the same environment: exact versions, whatever the index offers by then."""
    words = [word for part in order["parts"] for word in part["words"]]
    editable = [word for flag, word in pairwise(words) if flag == "--editable"]
    pins = [f"{name}=={version}" for name, version in report["installed"] if name not in report["editable"]]
    install = ["uv", "pip", "install", "--python", ".venv", "--no-deps", *pins]
    install += [word for path in editable for word in ("--editable", path.partition("[")[0])]
    paths = f" && export PYTHONPATH={shlex.quote(':'.join(order['paths']))}" if order["paths"] else ""
    return f"uv venv --python {report['version']} .venv && {shlex.join(install)}{paths}"


def _trouble(outputs: Sequence[ToolOutput], last: ToolOutput) -> Trouble | None:
    """Why it is not there. A part that is missing is no trouble where the tests can be collected without it."""
    report = _built(last)
    if not report["failed"] or (report["version"] and _collects(outputs, last)):
        return None
    plan = Plan.from_output(outputs[0])
    if last.killed == "time":
        return too_slow(_named(outputs, "build-")[0].command.seconds)
    if last.killed:
        return shortage() if last.killed == "shortage" else over_limit(limit(last))
    return diagnose(report["steps"], report["failed"], plan.install["manifests"])


def _collects(outputs: Sequence[ToolOutput], last: ToolOutput) -> bool:
    """Whether tests were collected in this environment, the first time that it was built."""
    number = next(n for n, output in enumerate(_named(outputs, "build-")) if output.command.stdin == last.command.stdin)
    tries = _named(outputs, f"try-{number}-")
    return any(read(o.files.get(f"{o.command.name}.jsonl", b"")).collected for o in tries)
