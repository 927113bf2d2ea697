"""The plug-in interface: one external tool, described as values. Pure: the pipeline runs the steps in the sandbox.

A third party registers a class under the entry-point group `verifier.checkers` of its own distribution.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from verifier.environment.interpreter import Interpreter
from verifier.environment.repairs import Repair
from verifier.model import Cached, Cause, Checkout, Observations, Trouble
from verifier.words import Text, later, say

TREE = "/delivery"
"""The delivered tree inside the sandbox, read-only."""
RULES = "/rules"
"""The buyer's rules inside the sandbox, read-only."""
INSIDE = "/inside"
"""verifier's own scripts that run inside the sandbox, read-only."""
WORK = "/copy"
"""A private, writable copy of the tree: for delivered code (install and tests)."""
ENV = "/env"
"""The delivery's own Python environment; writable during installation only."""
HISTORY = "/history"
"""What the delivered commits changed, a file as `git log` writes it, read-only."""
OUT = "/out"
"""Where a step leaves the files named in `Command.produces` and `Command.passes`; empty at its start."""
INPUT = "/in"
"""What the checker's earlier steps left, read-only."""
KNOWN, MADE = "known.json", "made.json"
APART = (f"{INPUT}/{KNOWN}", f"{OUT}/{MADE}")
"""Words of a command that is `apart`: where it is told what is known of single files, and where it leaves what is new
(verifier/inside/apart.py). Its `stdin` is a JSON list of lists, each a path and what else the answer about that file hangs on."""

LIMITS: Mapping[str, str] = {
    "cpu": later("processor time"),
    "memory": later("memory"),
    "processes": later("processes"),
    "disk": later("disk space"),
    "output": later("output"),
}
"""The sandbox's limits, as `ToolOutput.killed` names them; `time` is the criteria's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change to a delivered file in the tree of one run: the bytes from `start` to `end` become `text`."""

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One run of a tool in the sandbox.

    `argv[0]` is a program by name: `python` is verifier's own interpreter (isolated), `env-python` the delivery's;
    anything else is looked up beside verifier's interpreter, then on the machine. An interpreter's path stands for itself.
    """

    argv: tuple[str, ...]
    name: str = "run"
    cwd: str = TREE
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    produces: tuple[str, ...] = ()  # file names below OUT, kept as evidence and passed on to later steps
    passes: tuple[str, ...] = ()  # file names below OUT, passed on to later steps only
    records: str = ""  # a name below OUT where a socket listens: what is said there cannot be taken back
    answers: tuple[str, ...] = ()  # file names below OUT, for `parse` and `steps` alone: no later step may see them
    keep_output: bool = True  # stdout is evidence; delivered code prints what it likes, so its own is not
    ok: frozenset[int] = frozenset({0})  # exit codes that mean "did its work"
    judged: bool = False  # however it ends, `parse` reads what that means
    media_type: str = "application/json"  # of stdout
    volatile: tuple[str, ...] = ()  # regular expressions (bytes as latin-1) of clock readings taken out of all output
    seconds: int = 600
    memory_mb: int = 4096
    delivered_code: bool = False  # runs code of the delivery: WORK and ENV instead of verifier's environment
    environment: bool = False  # may read the delivery's environment at ENV
    index: bool = False  # may reach the package index, and nothing else
    services: tuple[str, ...] = ()  # started beside it, in the same sandbox (docs/tests.md)
    databases: tuple[tuple[str, str], ...] = ()  # (name, owner) to be made in the services; either may be empty
    base: bool = False  # works on the tree that the delivery builds on, not on the delivery
    edits: tuple[Edit, ...] = ()  # with delivered code: what is changed in this run's own tree before it starts
    history: bool = False  # may read what the delivered commits changed
    redacted: tuple[str, ...] = ()  # what the script keeps out of its own answer, to be named with the evidence
    repeatable: bool = False  # of the same files, rules and versions it always says the same: a cache may answer for it
    apart: bool = False  # likewise of each file that `stdin` lists, whatever lies beside it (`APART`)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOutput:
    """What one command left. `exit_code` is None when it was killed; by what is in `killed`: time, one of `LIMITS`, shortage."""

    command: Command
    exit_code: int | None
    stdout: bytes
    stderr: bytes
    files: Mapping[str, bytes]
    milliseconds: int = 0
    killed: str = ""
    written: tuple[str, ...] = ()  # delivered files that delivered code wrote to in its copy, whatever they hold now
    cached: Cached = ""  # how much of it an earlier run had found

    @property
    def ok(self) -> bool:
        return self.exit_code in self.command.ok

    @property
    def endless(self) -> bool:
        """Whether it took all the time that there was, by the clock or by the processor."""
        return self.killed in ("time", "cpu")


def limit(output: ToolOutput) -> Text:
    """The word for the limit that it met."""
    return say(LIMITS[output.killed])


def shortage() -> Trouble:
    """Why a run was ended that met no limit of its own."""
    return Trouble(
        cause=Cause.LIMIT,
        message=say("The run was stopped: the machine itself was running out of memory or disk space."),
        mend=say("Free some of it, or assess fewer deliveries side by side."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the criteria say about how to run things. Times are wall seconds; `marker` is a pytest mark expression."""

    test_seconds: int = 900
    install_seconds: int = 900
    probe_seconds: int = 0  # for the mutation probe; 0: no criterion asks for it
    at_once: int = 1  # runs side by side, where a checker has several that do not hang on each other
    marker: str = ""
    services: tuple[str, ...] = ()
    interpreters: tuple[Interpreter, ...] = ()  # on this machine, for the delivery's own environment
    repairs: tuple[Repair, ...] = ()  # known breakages of packages, and what mends them


Asked = Command | tuple[Command, ...]
"""What is run next: one command, or several beside each other and beside those that still run, of which none leaves a file to a
later step."""
Steps = Sequence[Command] | Generator[Asked, Any, None]
"""What to run: a list, or a generator that decides what comes next by the answers that it is sent: that of a command, or, to a
tuple, a tuple of all that have ended by then, one at least. It ends when it has them all."""


class Impossible(Exception):  # noqa: N818 - a word for what happened, not a fault of ours
    """Raised by `steps` when there is nothing to run: `trouble` says why and whose it is to mend."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble


class Checker(Protocol):
    """One external tool. Both methods are pure.

    `steps` gets the checkout with its files classified and parsed; it may raise `Impossible`. `parse` may raise `ValueError`
    on output that it cannot read: the pipeline turns that, and any step that is not `ok`, into a trouble of the tool.
    """

    name: ClassVar[str]  # unique among checkers
    topic: ClassVar[str]  # licence, security, lint, tests, source, environment
    tool: ClassVar[str]  # the distribution whose version is reported
    languages: ClassVar[frozenset[str]]  # what it can examine; empty: any file
    environment: ClassVar[bool]  # wants the delivery's environment built first
    optional: ClassVar[bool]  # runs only when the criteria or `--only` name it

    def steps(self, checkout: Checkout, settings: Settings) -> Steps: ...

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations: ...
