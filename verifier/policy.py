"""The buyer's acceptance criteria as frozen types. Standard library only; no IO.

`verifier.rulebook` reads them from YAML with every reference resolved; judging is elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from verifier.model import Level, Role, Value
from verifier.words import Text

TIERS = NO_SANDBOX, NAMESPACES, GROUPED = ("none", "namespaces", "namespaces+cgroups")
"""How strong a sandbox is, the weakest first (docs/sandbox.md)."""
Op = Literal["equals", "one_of", "at_least", "at_most"]
Unit = Literal["count", "basis points", "milliseconds", "expression", "text"]

MEASURES: Mapping[str, Unit] = {
    "licence.project": "expression",
    "licence.reuse.compliant": "count",
    "licence.dependencies.conflicting": "count",
    "lint.errors": "count",
    "lint.warnings": "count",
    "tests.collected": "count",
    "tests.passed": "count",
    "tests.failed": "count",
    "tests.skipped": "count",
    "tests.removed": "count",
    "tests.flaky": "count",
    "tests.coverage.statements": "basis points",
    "tests.coverage.branches": "basis points",
    "tests.mutants": "count",
    "tests.mutants.killed": "basis points",
    "tests.mutants.asserted": "basis points",
    "source.suppressions.unjustified": "count",
    "source.complexity.max": "count",
    "source.nesting.max": "count",
    "source.functions.longest": "count",
    "project.readme": "count",
    "project.contributing": "count",
    "project.conduct": "count",
    "project.security": "count",
    "project.changelog": "count",
    "project.publiccode": "count",
    "project.governance": "count",
    "project.ci": "count",
    "project.manifest": "count",
}
"""Every measure that verifier's own checkers make, with its unit; yes and no are the counts 1 and 0."""

FINDINGS = frozenset({"licence.findings", "lint.findings", "security.findings"})
"""What a blocking list or a severity can be held against: the findings of a topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that a person decides."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a measure is held against, in the measure's own unit: `80 %` is `at_least` 8000 basis points."""

    op: Op
    value: Value | frozenset[str]  # a set for `one_of`, an int for `at_least` and `at_most`
    unit: Unit


UNSAID = Text("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingRule:
    """One rule whose findings block, with the buyer's reason and how to mend a finding."""

    rule: str  # tool:id, as in Finding.rule
    reason: Text
    fix: Text = UNSAID
    confidence: str = "low"  # the least confidence at which a finding counts: high | medium | low
    environment: bool = False  # counts only where the tool saw the delivery's installed dependencies
    outside: frozenset[Role] = frozenset()  # roles of files in which a finding does not count


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingList:
    """A curated list: a finding of a rule that is not on it never blocks. `rules` is keyed by `BlockingRule.rule`."""

    name: str
    rules: Mapping[str, BlockingRule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One acceptance criterion. Exactly one of `manual`, `comparison`, `blocking` and `severity` is not None.

    `check` names a measure (with `comparison`) or `<topic>.findings` (with `blocking` or `severity`).
    """

    id: str
    level: Level
    title: Text
    why: Text
    check: str = ""
    manual: tuple[Item, ...] | None = None
    comparison: Comparison | None = None
    blocking: BlockingList | None = None
    severity: str | None = None  # the least severity that counts: error | warning | note
    by: tuple[str, ...] = ()  # checkers that must all have done their work
    languages: frozenset[str] = frozenset()  # what the criterion is about; empty: every language
    outside: frozenset[Role] = frozenset()  # roles of files left out of scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that is taken in and waited for. Over one is inconclusive, never unmet.

    The defaults are those of the micro-ca profile; 1 MB is 1,000,000 bytes.
    """

    repository: int = 500_000_000  # bytes of all git objects
    files: int = 20_000
    file: int = 25_000_000  # bytes of one file
    checkout_time: int = 600  # seconds
    install_time: int = 900  # seconds
    test_time: int = 900  # seconds
    probe_time: int = 120  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LicencePolicy:
    """SPDX identifiers. `accepted` holds every `recommended` one as well."""

    recommended: frozenset[str]
    accepted: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSettings:
    """How the delivered tests are run. `marker` is a pytest mark expression; empty runs them all."""

    __test__: ClassVar[bool] = False  # pytest takes a class called Test… for one of its own

    marker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """One buyer's acceptance criteria, complete: every list, licence and contracted item is in it.

    `gate` says that a payment may depend on it. `scope` is the content of `rules/scope.yml` as it stands.
    `digest` (criteriaDigest) names every file that the criteria refer to; it does not depend on the contract.
    """

    profile: str
    version: int
    title: Text
    criteria: tuple[Criterion, ...]
    digest: str
    licences: LicencePolicy
    scope: Mapping[str, Any]
    gate: bool = False
    limits: Limits = field(default_factory=Limits)
    services: tuple[str, ...] = ()
    sandbox_at_least: str = NAMESPACES
    tests: TestSettings = field(default_factory=TestSettings)
    fresh: bool = False  # no result may come from a cache
    files: Mapping[str, str] = field(
        default_factory=dict, compare=False, repr=False
    )  # path -> SHA-256: what `digest` is of


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What was agreed. `licence` is an SPDX expression; `commit` is given where one was agreed."""

    id: str
    licence: str | None = None
    repository: str | None = None
    commit: str | None = None
    requirements: tuple[Item, ...] = ()
    services: tuple[str, ...] = ()  # what runs beside the delivered tests, in addition to the criteria's
    terms: Mapping[str, Any] = field(
        default_factory=dict, compare=False
    )  # parties, prices and dates; verifier.drafts.contract
