"""Runs one checker's steps in the sandbox: what came of it, trouble included, is a `CheckResult` and never an error."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from verifier import interpreters
from verifier.cache import Recalls
from verifier.channel import channel
from verifier.checker import (
    ENV,
    HISTORY,
    INPUT,
    INSIDE,
    KNOWN,
    MADE,
    OUT,
    RULES,
    TREE,
    WORK,
    Asked,
    Checker,
    Command,
    Impossible,
    Settings,
    Steps,
    ToolOutput,
    limit,
    shortage,
)
from verifier.copies import edit, fresh_copy, own_folder, private_copy, settle, stamped
from verifier.model import Cached, Cause, Checkout, CheckResult, Evidence, File, Observations, Role, Trouble
from verifier.sandbox import Box, Cancelled, Ended, Job, Mount, interpreter_mounts, tool_mounts
from verifier.words import Text, say
from verifier.workspace import remove

MAX_FILE = 256 * 1024 * 1024
PROCESSORS = 4
"""That delivered code may keep busy for all of its time; scanners may have all that there are."""
LEFT_IN = (".*", "__pycache__", "__snapshots__", "*.egg-info", "htmlcov")
LEFT = (
    "*.log",
    "*.pyc",
    "*.snap",
    "*.ambr",
    ".coverage*",
    "coverage.*",
    "lcov.info",
    "cobertura.xml",
    "junit*.xml",
    "test-results.xml",
)
"""Folders and files in which tools, not products, keep things, and which runs of tests write by themselves."""
SOCKET = "/index.sock"
INDEX_PORT = 8099
UV = "/uv"
STANDARD_ENV = {
    "HOME": "/home",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "TERM": "dumb",
    "PYTHONHASHSEED": "0",
}


Answer = ToolOutput | tuple[ToolOutput, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What of this machine a run uses: folders, of which all but `rules` are its own and go with it, and a cache."""

    workspace: Path
    rules: Path
    socket: Path | None = None
    recalls: Recalls | None = None

    def work(self, *, base: bool = False) -> Path:
        return self.workspace / ("base-work" if base else "work")

    def env(self, *, base: bool = False) -> Path:
        return self.workspace / ("base-env" if base else "env")


def run_checker(checker: Checker, checkout: Checkout, settings: Settings, places: Places, sandbox: Box) -> CheckResult:
    """Runs all steps, parses their outputs. A crash, a time-out or garbage becomes the result's trouble."""
    outputs, trouble = perform(checker, checkout, settings, places, sandbox)
    return concluded(checker, checkout, outputs, trouble)


def perform(
    checker: Checker, checkout: Checkout, settings: Settings, places: Places, sandbox: Box
) -> tuple[list[ToolOutput], Trouble | None]:
    """Runs the steps in order; stops at the first that did not do its work, unless `parse` judges that itself."""
    outputs: list[ToolOutput] = []
    under_way: list[Future[ToolOutput]] = []
    answer: Answer
    given = places.workspace / f"in-{checker.name}"
    given.mkdir()
    given.chmod(0o755)  # whatever the umask: another uid reads it
    try:
        run = partial(_run, checkout=checkout, places=places, sandbox=sandbox, given=given)
        steps = checker.steps(checkout, settings)
        asked = _next(steps, outputs, None)
        with ThreadPoolExecutor(max_workers=settings.at_once) as pool:
            while asked is not None:
                if isinstance(asked, Command):
                    answer = run(asked)
                else:
                    under_way += [pool.submit(run, one) for one in asked]
                    answer = _ended(under_way)
                made = answer if isinstance(answer, tuple) else (answer,)
                outputs += made
                bad = next((one for one in made if not one.ok and not one.command.judged), None)
                if bad is not None:
                    return outputs, _step_trouble(checker, bad)
                asked = _next(steps, outputs, answer)
    except Cancelled:
        raise
    except Impossible as error:
        return outputs, error.trouble
    except Exception as error:  # noqa: BLE001 - a plug-in's own failure must not lose the others' results
        return outputs, _failure(checker, error)
    return outputs, None


def _next(steps: Steps, outputs: Sequence[ToolOutput], answer: Answer | None) -> Asked | None:
    """The step after those that have run."""
    if isinstance(steps, Sequence):
        return steps[len(outputs)] if len(outputs) < len(steps) else None
    try:
        return steps.send(answer)
    except StopIteration:
        return None


def _ended(under_way: list[Future[ToolOutput]]) -> tuple[ToolOutput, ...]:
    """Takes out what has ended, and waits for the first where none has."""
    wait(under_way, return_when=FIRST_COMPLETED)
    ended = [one for one in under_way if one.done()]
    for one in ended:
        under_way.remove(one)
    return tuple(one.result() for one in ended)


def concluded(checker: Checker, checkout: Checkout, outputs: list[ToolOutput], trouble: Trouble | None) -> CheckResult:
    """What the outputs say. An answer that cannot be read is a trouble too."""
    if trouble:
        return _result(checker, outputs, Observations(trouble=trouble))
    try:
        return _result(checker, outputs, checker.parse(checkout, outputs))
    except Exception as error:  # noqa: BLE001 - likewise
        return _result(checker, outputs, Observations(trouble=_failure(checker, error)))


def _failure(checker: Checker, error: Exception) -> Trouble:
    what = f"{type(error).__name__}: {str(error)[:200]}"
    words = say("{checker} gave an answer that could not be read ({error}).", checker=checker.name, error=what)
    return Trouble(cause=Cause.TOOL, message=words)


def _result(checker: Checker, outputs: list[ToolOutput], seen: Observations) -> CheckResult:
    return CheckResult(
        name=checker.name,
        topic=checker.topic,
        tool=checker.tool,
        version=seen.version or tool_version(checker.tool),
        seen=seen,
        evidence=tuple(evidence for output in outputs for evidence in _evidence(checker.name, output)),
        milliseconds=sum(output.milliseconds for output in outputs),
        cached=_cached(outputs),
        any_language=not checker.languages,
    )


def _cached(outputs: Sequence[ToolOutput]) -> Cached:
    """How much of all steps together an earlier run had found."""
    marks = {output.cached for output in outputs}
    if marks == {"all"}:
        return "all"
    return "part" if marks - {""} else ""


def tool_version(tool: str) -> str:
    """The installed version of a distribution, or an empty word when it is not installed."""
    try:
        return version(tool) if tool else ""
    except PackageNotFoundError:
        return ""


def _step_trouble(checker: Checker, output: ToolOutput) -> Trouble:
    if output.killed == "shortage":
        return shortage()
    if output.killed:
        cause = {"time": Cause.TIME, "memory": Cause.MEMORY}.get(output.killed, Cause.LIMIT)
        return Trouble(cause=cause, message=_stopped(checker.name, output))
    says = (output.stderr or output.stdout).decode("utf-8", "replace").strip().splitlines()
    if says:
        words = say(
            "{checker} ended with exit code {code}: {words}",
            checker=checker.name,
            code=output.exit_code,
            words=says[-1][:300],
        )
    else:
        words = say("{checker} ended with exit code {code}.", checker=checker.name, code=output.exit_code)
    return Trouble(cause=Cause.TOOL, message=words)


def _stopped(name: str, output: ToolOutput) -> Text:
    command = output.command
    if output.killed == "time":
        return say("{checker} was stopped at the limit of {seconds} seconds.", checker=name, seconds=command.seconds)
    if output.killed == "memory":
        return say("{checker} was stopped at the limit of {n} MB of memory.", checker=name, n=command.memory_mb)
    return say("{checker} was stopped at the sandbox's limit of {limit}.", checker=name, limit=limit(output))


def _run(command: Command, checkout: Checkout, places: Places, sandbox: Box, given: Path) -> ToolOutput:
    """The command's answer: from the cache, or from running it, which may be told what the cache knows of single files."""
    run = partial(_ran, command, checkout, places, sandbox, given)
    recall = places.recalls and places.recalls.of(command, checkout, given=given, env=places.env() / "venv")
    if not recall:
        return run()[0]
    if found := recall.answer():
        for name, content in found.files.items():
            if _passed(name, command):
                _hand_on(given / name, content)
        return found
    if known := recall.known():
        _hand_on(given / KNOWN, known)
    try:
        return recall.kept(*run())
    finally:
        (given / KNOWN).unlink(missing_ok=True)


def _ran(command: Command, checkout: Checkout, places: Places, sandbox: Box, given: Path) -> tuple[ToolOutput, bytes]:
    """The answer of a run, and what it left about single files."""
    out = given.with_name(given.name.replace("in-", f"out-{command.name}-", 1))
    own_folder(out)
    with _work(command, checkout, places) as work, _recording(command, out) as heard:
        before = stamped(work, _watched(command, checkout))
        ended = sandbox.run(_job(command, _mounts(command, checkout, places, given, out, work=work)))
        after = stamped(work, before)
        records = heard()
    written = tuple(sorted(path for path in before if before[path] != after.get(path)))
    output = _collect(command, ended, out, given)
    files = {**output.files, **records}
    made = files.pop(MADE, b"") if command.apart else b""
    return replace(output, files=files, written=written), made


@contextmanager
def _recording(command: Command, out: Path) -> Iterator[Callable[[], Mapping[str, bytes]]]:
    """What is said to the command's socket, by its name, once the command has ended; a file in its place counts for nothing."""
    if not command.records:
        yield dict
        return
    with channel(out / command.records, MAX_FILE) as heard:
        yield lambda: {command.records: heard()}


def _watched(command: Command, checkout: Checkout) -> list[str]:
    """The delivered files that a run has no business to write to: it is what the run is about.

    All Python, and of the product its data too: what is right or wrong may stand there.
    """
    tests_it = command.delivered_code and not (command.index or command.base or command.edits)
    return [file.path for file in checkout.files if file.language == "python" or _is_product(file)] if tests_it else []


def _is_product(file: File) -> bool:
    *folders, name = file.path.split("/")
    left_behind = any(fnmatch.fnmatchcase(part, pattern) for part in folders for pattern in LEFT_IN)
    return file.role is Role.SOURCE and not left_behind and not any(fnmatch.fnmatchcase(name, one) for one in LEFT)


@contextmanager
def _work(command: Command, checkout: Checkout, places: Places) -> Iterator[Path]:
    """The tree that delivered code runs in: an installation works on the copy itself, every other run on one of its own."""
    work = places.work(base=command.base)
    if command.index or not command.delivered_code:
        yield work
        return
    own = places.workspace / f"run-{command.name}"
    try:
        fresh_copy(work, own)
        for path in dict.fromkeys(one.path for one in command.edits):
            edit(checkout.root, own, path, [(e.start, e.end, e.text) for e in command.edits if e.path == path])
        yield own
    finally:
        remove(own)


def _job(command: Command, mounts: tuple[Mount, ...]) -> Job:
    return Job(
        argv=_argv(command),
        cwd=command.cwd,
        mounts=mounts,
        env=STANDARD_ENV | _path(command) | _index(command) | dict(command.env),
        stdin=command.stdin,
        seconds=command.seconds,
        processors=PROCESSORS if command.delivered_code else os.cpu_count() or 1,
        memory_mb=command.memory_mb,
        nice=0 if command.delivered_code else 5,  # delivered tests may watch the clock; scanners do not
        delivered_code=command.delivered_code,
        warm=command.repeatable and command.argv[:2] == ("python", "-I"),
    )


def _index(command: Command) -> dict[str, str]:
    if not command.index:
        return {}
    from verifier.index import client_environment  # noqa: PLC0415 - only an installation needs it, and it starts slowly

    return client_environment(INDEX_PORT)


def _path(command: Command) -> dict[str, str]:
    if command.delivered_code:
        paths = f"{ENV}/venv/bin:/usr/local/bin:/usr/bin:/bin"
        return {
            "PATH": f"{paths}:{interpreters.search_path()}" if command.index else paths,
            "VIRTUAL_ENV": f"{ENV}/venv",
        }
    return {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"}


def _argv(command: Command) -> tuple[str, ...]:
    program, *rest = command.argv
    argv = (_program(program, command), *(UV if command.index and word == "uv" else word for word in rest))
    if command.index:
        relay = (_base_python(), "-I", f"{INSIDE}/relay.py", "--socket", SOCKET, "--port", str(INDEX_PORT), "--")
        return (*relay, *argv)
    return (*_services(command), *argv)


def _services(command: Command) -> tuple[str, ...]:
    if not command.services:
        return ()
    named = (word for name in command.services for word in ("--service", name))
    databases = json.dumps([{"name": name, "user": user} for name, user in command.databases])
    return (_base_python(), "-I", f"{INSIDE}/services.py", *named, "--databases", databases, "--")


def _program(name: str, command: Command) -> str:
    if name == "env-python":
        return f"{ENV}/venv/bin/python"
    if name == "python":
        return _base_python() if command.delivered_code else sys.executable
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else name


def _base_python() -> str:
    return str(interpreters.found()[0])


def _mounts(
    command: Command, checkout: Checkout, places: Places, given: Path, out: Path, *, work: Path
) -> tuple[Mount, ...]:
    env = places.env(base=command.base)
    mounts = [
        Mount(source=places.rules, target=RULES, lasting=True),
        Mount(source=Path(__file__).parent / "inside", target=INSIDE, lasting=True),
        Mount(source=given, target=INPUT),
        Mount(source=out, target=OUT, writable=True),
    ]
    if command.delivered_code:
        mounts += [mount for prefix in interpreters.prefixes() for mount in interpreter_mounts(prefix)]
        mounts += [Mount(source=work, target=WORK, writable=True)]
        mounts += [Mount(source=env, target=ENV, writable=command.index)]
    else:
        root = (command.base and checkout.base_root) or checkout.root
        mounts += [*tool_mounts(), Mount(source=root, target=TREE)]
        program = Path(command.argv[0])
        mounts += interpreter_mounts(program.parent.parent) if program in interpreters.found() else []
        installed = env / "venv"  # and nothing beside it: what can be read is what a cached answer hangs on
        mounts += [Mount(source=installed, target=f"{ENV}/venv")] if command.environment and installed.is_dir() else []
        patch = checkout.history.patch if command.history else None
        mounts += [Mount(source=patch, target=HISTORY)] if patch else []
    if command.index and places.socket:
        mounts += [Mount(source=places.socket, target=SOCKET), Mount(source=_uv(), target=UV)]
    return tuple(mounts)


def _uv() -> Path:
    import uv  # noqa: PLC0415 - only an installation needs it

    return Path(uv.find_uv_bin())


def private_copies(checkout: Checkout, places: Places) -> None:
    """A writable copy of the tree and an empty environment, for delivered code; of the base likewise, where there is one."""
    for root, base in ((checkout.root, False), (checkout.base_root, True)):
        if root is not None:
            own_folder(places.env(base=base))
            private_copy(root, places.work(base=base))


def settle_copies(checkout: Checkout, places: Places, tests: frozenset[str]) -> tuple[str, ...]:
    """Once the environment is built: tests are again as they were delivered. Returns the delivered files that were changed."""
    if checkout.base_root is not None:
        settle(checkout.base_root, places.work(base=True), tests)
    return settle(checkout.root, places.work(), tests)


def _collect(command: Command, ended: Ended, out: Path, given: Path) -> ToolOutput:
    """Takes the named files out of the step's folder: regular files only, read with a bound, then the folder goes."""
    files: dict[str, bytes] = {}
    for name in sorted(entry.name for entry in out.iterdir()):
        passed = _passed(name, command)
        answers = (*command.answers, MADE) if command.apart else command.answers
        if passed or any(fnmatch.fnmatchcase(name, pattern) for pattern in answers):
            content = _read_regular(out / name)
            if content is None:
                continue
            if passed:
                _hand_on(given / name, content)
            files[name] = _scrub(content, command)
    remove(out)
    return ToolOutput(
        command=command,
        exit_code=ended.exit_code,
        stdout=_scrub(ended.stdout, command),
        stderr=ended.stderr,
        files=files,
        milliseconds=ended.milliseconds,
        killed=ended.killed,
    )


def _passed(name: str, command: Command) -> bool:
    """Whether later steps may read it."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in (*command.produces, *command.passes))


def _hand_on(target: Path, content: bytes) -> None:
    target.write_bytes(content)
    target.chmod(0o644)


def _read_regular(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as handle:
        status = os.fstat(handle.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE:
            return None
        return handle.read(MAX_FILE)


def _scrub(content: bytes, command: Command) -> bytes:
    for pattern in command.volatile:
        content = re.sub(pattern.encode("latin-1"), b"-", content)
    return content


def _evidence(checker: str, output: ToolOutput) -> list[Evidence]:
    command = output.command
    removed = (*(f"clock: {pattern}" for pattern in command.volatile), *command.redacted)
    found = []
    if command.keep_output and output.stdout:
        suffix = "json" if command.media_type == "application/json" else "txt"
        found.append(_one(f"{checker}/{command.name}.{suffix}", command.media_type, output.stdout, removed))
    kept: Mapping[str, bytes] = {
        name: content
        for name, content in output.files.items()
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in command.produces)
    }
    # The base's answers have names of their own, so that neither hides the other.
    before = "base-" if command.base else ""
    named = {before + name.removeprefix(before): content for name, content in kept.items()}
    found += [_one(f"{checker}/{name}", _media_type(name), content, removed) for name, content in named.items()]
    return found


def _one(name: str, media_type: str, content: bytes, removed: tuple[str, ...]) -> Evidence:
    return Evidence(name=name, media_type=media_type, content=content, removed=removed)


def _media_type(name: str) -> str:
    return {"json": "application/json", "jsonl": "application/jsonl", "xml": "application/xml"}.get(
        name.rsplit(".", 1)[-1], "text/plain"
    )
