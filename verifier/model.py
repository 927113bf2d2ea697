"""The domain's words as frozen types. Standard library only; no IO.

Facts (`CheckResult`) and judgement (`Judgement`) are apart, so that a report can be judged again without running a tool.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

Cached = Literal["", "part", "all"]
"""How much of a result comes from the cache."""
Value = int | str
"""What a measure holds: a count, basis points, milliseconds (always int), or text such as an SPDX expression."""


class Level(StrEnum):
    """How much a criterion matters; only `must` decides."""

    MUST = "must"
    SHOULD = "should"
    INFO = "info"


class Outcome(StrEnum):
    """What became of one criterion."""

    MET = "met"
    UNMET = "unmet"
    WAIVED = "waived"
    UNDETERMINED = "undetermined"
    AWAITING = "awaiting a decision"
    NOT_APPLICABLE = "not applicable"


class Verdict(StrEnum):
    """What became of the whole delivery."""

    REJECTED = "rejected"
    INCONCLUSIVE = "inconclusive"
    PENDING = "pending"
    ACCEPTED = "accepted"


class Kind(StrEnum):
    """Who may rely on a run; only an official one can become an acceptance report."""

    OFFICIAL = "official"
    SELF_CHECK = "self-check"


class State(StrEnum):
    """Whether a checker did its work."""

    DONE = "done"
    TROUBLE = "trouble"


class Whose(StrEnum):
    """Who can mend a trouble. Never `supplier` for what a tool, a service or the network did not do."""

    SUPPLIER = "supplier"
    BUYER = "buyer"
    OPERATOR = "operator"


class Cause(StrEnum):
    """Why a checker could not say."""

    TOOL = "tool"
    SANDBOX = "sandbox"
    ENVIRONMENT = "environment"
    INTERPRETER = "interpreter"
    SERVICE = "service"
    NETWORK = "network"
    TIME = "time"
    MEMORY = "memory"
    LANGUAGE = "language"
    LIMIT = "limit"
    DELIVERY = "delivery"


class Skip(StrEnum):
    """Why one file was not examined. Only `language` may be made good by another checker."""

    LANGUAGE = "language"
    UNPARSABLE = "unparsable"
    SIZE = "size"
    TOOL = "tool"
    NOT_DELIVERED = "not delivered"
    NOT_TEXT = "not text"


class Role(StrEnum):
    """What a file is for, by the path patterns of `rules/scope.yml`."""

    SOURCE = "source"
    TESTS = "tests"
    DOCS = "docs"
    EXAMPLES = "examples"
    MIGRATIONS = "migrations"
    SETUP = "setup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why something did not run: never a pass, never by itself the supplier's fault.

    `message` is one sentence; `mend` says what would make it work; `path`/`line` point at the reason where there is one.
    """

    cause: Cause
    message: str
    whose: Whose = Whose.OPERATOR
    mend: str = ""
    path: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a tool reports at a place. `rule` is `tool:id`; lines count from 1; `excerpt` is the source line(s)."""

    rule: str
    message: str
    path: str | None = None
    line: int | None = None
    end_line: int | None = None
    severity: str = "note"  # error | warning | note: the tool's word, mapped; it decides only where criteria say so
    confidence: str = "high"  # high | medium | low
    excerpt: str = ""
    help: str = ""
    cwe: tuple[int, ...] = ()
    ordinal: int = 0  # tells apart findings that are otherwise alike in one file, by order of line
    role: Role = Role.SOURCE  # of the file
    inherited: bool = False  # lies on lines that were there at the base: not this delivery's
    commit: str = ""  # an earlier commit, where it is in the history of the delivery and no longer in its tree

    @property
    def fingerprint(self) -> str:
        """Names the finding across rounds: no line number in it, so that lines added above do not change it."""
        return fingerprint(self.rule, self.path, excerpt(self.excerpt, self.message), self.ordinal, self.commit)


def fingerprint(rule: str, path: str | None, words: str, ordinal: int, commit: str) -> str:
    """`words` are those that a finding is about, as `excerpt` has them."""
    parts = (rule, path or "", words, str(ordinal), *((commit,) if commit else ()))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def excerpt(text: str, message: str) -> str:
    """In one line, or else the message."""
    return " ".join(text.split()) or message


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number or a word that a criterion compares. Units: count, basis points, milliseconds, expression, text."""

    name: str
    value: Value
    unit: str = "count"
    detail: str = ""  # how it came about, in words: "31 passed, 2 skipped"
    partial: bool = False  # not all could be measured: it may be more


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How much of one source file the tests run. `missing` are the lines of statements that no test runs: (first, last) each."""

    path: str
    statements: int
    covered: int
    branches: int = 0
    covered_branches: int = 0
    missing: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """A distribution that the delivery needs to run, with what its installed metadata says of its licence.

    `version` and `metadata` (the file, in its environment) are empty where it is not installed. `path` and `line` are where the
    delivery asks for it, or for the one (`by`) that brings it along.
    """

    name: str
    version: str
    by: str  # empty where the delivery itself declares it
    path: str
    line: int | None
    imported: bool  # source names it, or what brings it along
    metadata: str
    words: str  # on its licence
    means: tuple[str, ...]  # every expression that the words may mean; empty: nobody can say


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A comment or marker in the tree that asks a tool to look away, with the justification written beside it."""

    kind: str
    path: str
    line: int
    text: str
    justification: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """Configuration in the tree that we did not apply. Honest projects have it too."""

    path: str
    what: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampering:
    """What acted, or tried to, on its own results while it ran."""

    what: str
    proven: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotExamined:
    """A file that a checker did not look into, and why."""

    path: str
    skip: Skip
    reason: str
    role: Role = Role.SOURCE
    source: bool = True  # holds code that runs, not only data or text
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Raw output, kept. `removed` names what was taken out before hashing (clock readings, secrets)."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    removed: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """What one checker saw. `examined` are paths; an empty `examined` is never a pass."""

    version: str = ""
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    steering: tuple[Steering, ...] = ()
    tampering: tuple[Tampering, ...] = ()
    coverage: tuple[Covered, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    examined: frozenset[str] = frozenset()
    not_examined: tuple[NotExamined, ...] = ()
    notes: tuple[str, ...] = ()  # what was done, step by step, for the reader: "installed with uv: flask==3.1.3"
    trouble: Trouble | None = None
    secrets: frozenset[str] = field(
        default=frozenset(), repr=False
    )  # texts to be kept out of all results (verifier.redaction)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One checker's observations with how it was run."""

    name: str
    topic: str
    tool: str
    seen: Observations
    version: str = ""
    evidence: tuple[Evidence, ...] = ()
    milliseconds: int = 0
    examined: int = 0  # files of any kind that were examined
    looked_at: Mapping[Role, int] = field(default_factory=dict)  # of those, the source files by role
    cached: Cached = ""
    any_language: bool = (
        False  # reads every file alike, so that it makes up for no checker that does not know a language
    )

    @property
    def state(self) -> State:
        return State.TROUBLE if self.seen.trouble else State.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One delivered file. `mode` is git's octal word; `sha256` is of the blob; `parsed` is None where no parser applies."""

    path: str
    mode: str
    size: int
    sha256: str
    language: str | None = None
    source: bool = False  # holds code that runs, not only data or text
    role: Role = Role.SOURCE
    parsed: bool | None = None
    tests: tuple[str, ...] = ()  # that its syntax defines, in a file that is named for tests
    borrows: tuple[str, ...] = ()  # the delivered files that it imports and may have tests from


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A repository at one commit. `manifest` is the SHA-256 over mode, type, SHA-256 and path of every git object."""

    url: str
    commit: str
    tree: str
    manifest: str
    base: str | None = None
    source: str = "git"  # git | folder | archive | work tree
    not_included: tuple[str, ...] = ()  # changed and untracked files of a local work tree
    authors: tuple[str, ...] = ()  # SHA-256 of each address that the delivered commits carry


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the delivered commits changed, as `git log` writes it, newest first, in a file on this machine.

    `left_out` says what is not in it. There is no file where the delivery came without commits.
    """

    patch: Path | None = field(default=None, compare=False)
    commits: int = 0
    since: str = ""  # the base; empty: from the first commit on
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """The delivery on disk: files written from git's objects, no filters, no hooks.

    `root` is the folder on this machine; inside the sandbox it is `verifier.checker.TREE`.
    `changed` maps a path to its changed line numbers where a base was given.
    `version` is what `git describe --tags` says, for projects that take theirs from tags.
    """

    delivery: Delivery
    root: Path
    files: tuple[File, ...] = ()
    not_delivered: tuple[NotExamined, ...] = ()  # submodules, LFS pointers, links that leave the tree
    changed: Mapping[str, frozenset[int]] | None = None
    version: str | None = None
    commit_time: int = 0  # seconds since 1970, UTC, of the commit
    base_root: Path | None = None  # the tree that the delivery builds on, likewise on disk
    base_version: str | None = None
    base_time: int = 0
    deviation: str = ""  # how the environment is not the one that the project asks for, once it is built
    python: str = ""  # the version of the interpreter in that environment
    fitting: bool = True  # the interpreter is one that the project asks for
    base_deviation: str = ""  # likewise of the base's
    installed: bool = True  # the project itself is in its environment, where it can be installed at all
    history: History = History()

    def source(self, *languages: str) -> tuple[File, ...]:
        """The files in these languages, in path order."""
        return tuple(f for f in self.files if f.language in languages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Leave to pass one finding (by fingerprint) or one criterion. Only a signed one counts; others are proposals."""

    target: str
    reason: str
    by: str
    until: str  # ISO date, the last day on which it counts
    signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeOf:
    """One criterion's outcome: measured against required, with the findings behind it."""

    criterion: str
    level: Level
    outcome: Outcome
    measured: str
    required: str
    reason: str
    findings: tuple[str, ...] = ()  # fingerprints
    whose: Whose | None = None
    trouble: Trouble | None = field(default=None, compare=False)  # why it is undetermined; the reason says it in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Weighted share of criteria met, in basis points; shown, never decisive."""

    value: int
    derivation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the facts mean under the criteria."""

    verdict: Verdict
    score: Score
    outcomes: tuple[OutcomeOf, ...]
