"""What would flip the verdict: the smallest list of things to do, in the order that blocks payment. Pure.

    steps = flip(criteria, judgement, results, run=Run(selected=("security",), options=("--profile", "micro-ca")))

One entry a criterion that stands in the way. Of an unmet one the things to mend, each once: two tools that say the same
at one line are one thing, and so are many findings of one rule in one file, and many tests that fail of one error. Of an
undetermined one what was missing and who can provide it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.advice import advice, mend
from verifier.criteria import Facts
from verifier.model import (
    CheckResult,
    Covered,
    Finding,
    Judgement,
    Level,
    Outcome,
    OutcomeOf,
    Suppression,
    Trouble,
    Whose,
)
from verifier.policy import BlockingList, BlockingRule, Criteria, Criterion, LicencePolicy
from verifier.testing.rules import MEND_FAILED, RULES
from verifier.words import Text, say, say_n

MOST = 50
"""Things of one criterion; the rest is counted."""
LINES = 20
"""Lines of one thing; the rest is counted."""
FILES = 5
"""Files of which most is not run; enough to begin with, and none of them has to be mended for itself."""
ORDER = {Outcome.UNMET: 0, Outcome.UNDETERMINED: 1, Outcome.AWAITING: 2}
DEPENDENCIES = "licence.dependencies.conflicting"
BLOCKS = ("licence", "security", "lint", "tests", "tests.coverage")
PROVIDES = (Whose.SUPPLIER, Whose.BUYER, Whose.OPERATOR)
OWN = "semgrep:"
ASSERTED = re.compile(r"(?:[\w.]+\.)?(?:AssertionError|Failed)\b")
"""What a test itself raises: the same words are not the same cause."""
SUPPRESSION = "suppression"
TOPICS = {"project": "source"}
"""The topic that makes a measure, where its name does not begin with it."""

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How the assessment was asked for: the topics or checkers, and the options that a repetition needs."""

    selected: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def command(self, topic: str = "") -> str:
        """What repeats just that topic, in the folder of the delivery."""
        only = ("--only", topic) if topic else ()
        return shlex.join(("verifier", "assess", ".", *only, *self.options))


def flip(
    criteria: Criteria, judgement: Judgement, results: Iterable[CheckResult], *, run: Run | None = None
) -> tuple[Entry, ...]:
    """What stands between the delivery and acceptance; nothing where it is accepted."""
    known = {criterion.id: criterion for criterion in criteria.criteria}
    seen = _Seen(facts=Facts(tuple(results)), run=run or Run(), licences=criteria.licences)
    musts = [(known[o.criterion], o) for o in judgement.outcomes if o.level is Level.MUST and o.outcome in ORDER]
    return tuple(_entry(criterion, outcome, seen) for criterion, outcome in sorted(musts, key=_rank))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What an entry is made of, beside the criterion and its outcome."""

    facts: Facts
    run: Run
    licences: LicencePolicy


def _rank(one: tuple[Criterion, OutcomeOf]) -> tuple[int, int]:
    criterion, outcome = one
    if outcome.outcome is Outcome.UNMET:
        fits = [place for place, start in enumerate(BLOCKS) if criterion.check.startswith(start)]
        return 0, fits[-1] if fits else len(BLOCKS)
    if outcome.outcome is Outcome.UNDETERMINED and outcome.whose:
        return 1, PROVIDES.index(outcome.whose)
    return ORDER[outcome.outcome], 0


def _entry(criterion: Criterion, outcome: OutcomeOf, seen: _Seen) -> Entry:
    made = _MADE[outcome.outcome](criterion, outcome, seen)
    things = made.pop("things")
    return {
        "criterion": criterion.id,
        "outcome": outcome.outcome.value,
        "whose": outcome.whose.value if outcome.whose else "assessor",
        "cause": outcome.trouble.cause.value if outcome.trouble else None,
        "do": made["do"],
        "things": things[:MOST],
        "more": max(0, len(things) - MOST),
        "check": made.get("check", seen.run.command(topic(criterion, seen.facts))),
    }


def topic(criterion: Criterion, facts: Facts | None = None) -> str:
    """What `--only` needs to check just this criterion."""
    for result in facts.results if facts else ():
        if any(measure.name == criterion.check for measure in result.seen.measures):
            return result.topic
    start = criterion.check.split(".")[0]
    return TOPICS.get(start, start)


def _unmet(criterion: Criterion, outcome: OutcomeOf, seen: _Seen) -> Entry:
    facts = seen.facts
    if criterion.comparison is None:
        behind = set(outcome.findings)
        found = [f for result in facts.results for f in result.seen.findings if f.fingerprint in behind]
        things = merged(found, criterion.blocking, criterion.why)
        return {"things": things, "do": mend(len(things))}
    things = _things(criterion, facts)
    measure, naming = facts.measure(criterion.check), facts.measure("licence.named")
    do = advice(criterion, outcome, measure, len(things), licences=seen.licences, naming=naming)
    return {"things": things, "do": do}


def _undetermined(criterion: Criterion, outcome: OutcomeOf, seen: _Seen) -> Entry:
    facts, run = seen.facts, seen.run
    trouble, name = outcome.trouble, topic(criterion, facts)
    if trouble is None or (run.selected and not facts.of(name, ())):
        left_out = bool(run.selected) and not facts.of(name, ())
        do = say("This part was not asked for in this run.") if left_out else outcome.reason
        return {"things": [], "do": do, "check": run.command() if left_out else run.command(name)}
    thing = _thing(path=trouble.path, line=trouble.line, what=trouble.message, fix=trouble.mend)
    return {"things": [thing], "do": trouble.mend or _provide(trouble)}


def _provide(trouble: Trouble) -> Text:
    if trouble.whose is Whose.SUPPLIER:
        return say("Change the delivery so that this can be checked.")
    return say("Make it possible to check this, or decide about it by hand.")


def _awaiting(criterion: Criterion, outcome: OutcomeOf, seen: _Seen) -> Entry:
    things = [_thing(what=item.text) for item in criterion.manual or ()]
    return {"things": things, "do": outcome.reason, "check": seen.run.command()}


_MADE = {Outcome.UNMET: _unmet, Outcome.UNDETERMINED: _undetermined, Outcome.AWAITING: _awaiting}


def _thing(
    *,
    path: str | None = None,
    lines: Sequence[int] = (),
    line: int | None = None,
    rule: str | None = None,
    what: str = "",
    why: str = "",
    fix: str = "",
    excerpt: str = "",
    count: int = 1,
    fingerprints: Sequence[str] = (),
) -> Entry:
    return {
        "path": path,
        "line": line or (lines[0] if lines else None),
        "lines": list(lines[:LINES]),
        "rule": rule,
        "what": what,
        "why": why,
        "fix": fix,
        "excerpt": excerpt,
        "count": count,
        "fingerprints": list(fingerprints),
    }


def merged(found: Iterable[Finding], listed: BlockingList | None, why: str) -> list[Entry]:
    """Each thing to mend once, by the order of the list, then by place.

    Findings at one line that name the same weakness are one thing, whichever tools they are of; so are those of one rule
    in one file.
    """
    order = {rule: number for number, rule in enumerate(listed.rules if listed else ())}
    groups: dict[tuple[str, str], list[list[Finding]]] = {}
    for place in _places(found, order):
        groups.setdefault((place[0].rule, place[0].path or ""), []).append(place)
    first = sorted(groups.items(), key=lambda one: (order.get(one[0][0], 0), one[0][1], one[1][0][0].line or 0))
    return [_merged(places, listed, why) for _, places in first]


def _places(found: Iterable[Finding], order: Mapping[str, int]) -> Iterator[list[Finding]]:
    """The findings of one place each, the one of the rule that is listed first in front."""
    at: dict[tuple[str, int], list[list[Finding]]] = {}
    alone: list[list[Finding]] = []
    for finding in sorted(found, key=lambda f: (order.get(f.rule, 0), f.path or "", f.line or 0, f.rule, f.ordinal)):
        if finding.path is None or finding.line is None:
            alone.append([finding])
            continue
        beside = at.setdefault((finding.path, finding.line), [])
        same = next((place for place in beside if _same(place[0], finding)), None)
        if same is None:
            beside.append([finding])
        else:
            same.append(finding)
    yield from alone
    for _, beside in sorted(at.items()):
        yield from beside


def _same(one: Finding, other: Finding) -> bool:
    return one.rule == other.rule or bool(set(one.cwe) & set(other.cwe))


def _merged(places: Sequence[Sequence[Finding]], listed: BlockingList | None, why: str) -> Entry:
    first = places[0][0]
    rule = listed.rules.get(first.rule) if listed else None
    what, reason = _said(first, rule, why)
    return _thing(
        path=first.path,
        lines=[place[0].line for place in places if place[0].line],
        rule=first.rule,
        what=what,
        why=reason,
        fix=(rule.fix if rule and rule.fix else first.help),
        excerpt=first.excerpt,
        count=len(places),
        fingerprints=sorted({finding.fingerprint for place in places for finding in place}),
    )


def _said(finding: Finding, rule: BlockingRule | None, why: str) -> tuple[str, str]:
    """What is there and why it matters. A tool says the first; our own rules for semgrep have both in the list's reason."""
    if rule is None:
        return finding.message, why
    if not finding.rule.startswith(OWN):
        return finding.message, rule.reason
    (en, more), (fr, plus) = (text.partition(". ")[::2] for text in (rule.reason.en, rule.reason.fr))
    return (Text(f"{en}.", f"{fr}."), Text(more, plus)) if more and plus else (rule.reason, why)


def _things(criterion: Criterion, facts: Facts) -> list[Entry]:
    """What can be pointed at behind a measure that does not hold."""
    check = criterion.check
    if check == "tests.failed":
        found = [f for r in facts.of("tests", ()) for f in r.seen.findings if f.severity == "error" and not f.inherited]
        return [_alike(tests, criterion.why) for tests in _by_cause(found)]
    if check.startswith("tests.mutants."):
        found = [f for r in facts.of("tests", ()) for f in r.seen.findings if f.rule == "tests:survived"]
        return [_alike([finding], criterion.why) for finding in found]
    if check in ("lint.errors", "lint.warnings", DEPENDENCIES):
        return merged(_counted(check, facts), None, criterion.why)
    if check.startswith("tests.coverage."):
        return _uncovered(criterion, facts)
    if check == "source.suppressions.unjustified":
        bare = [s for result in facts.results for s in result.seen.suppressions if not s.justification]
        return [_bare(one, criterion.why) for one in bare]
    return []


def _counted(check: str, facts: Facts) -> list[Finding]:
    """The findings that such a measure counts."""
    if check == DEPENDENCIES:
        found = [f for r in facts.of("licence", ()) for f in r.seen.findings if f.rule == "dependencies:conflict"]
        return [finding for finding in found if finding.severity == "warning"]
    severity = check.removeprefix("lint.").removesuffix("s")
    return [f for r in facts.of("lint", ()) for f in r.seen.findings if f.severity == severity]


def _by_cause(found: Iterable[Finding]) -> list[list[Finding]]:
    """Failing tests with those that fail at the same place with the same error: one cause is one thing to mend."""
    groups: dict[Any, list[Finding]] = {}
    for number, finding in enumerate(found):
        groups.setdefault(_cause(finding) or number, []).append(finding)
    return list(groups.values())


def _cause(finding: Finding) -> tuple[str, str | None, int | None] | None:
    """The error and where it broke. Of one that broke outside the delivery the words tell, unless a test may have chosen them."""
    error = finding.message.partition(": ")[2]
    if not error:
        return None
    if finding.line:
        return error, finding.path, finding.line
    return (error, None, None) if ": " in error and not ASSERTED.match(error) else None


def _alike(tests: Sequence[Finding], why: str) -> Entry:
    first = tests[0]
    name, _, error = first.message.partition(": ")
    several = say("{n} tests: {error} (the first: {first})", n=len(tests), error=error, first=name)
    return _thing(
        path=first.path,
        line=first.line,
        lines=[first.line] if first.line else [],
        rule=first.rule,
        what=several if len(tests) > 1 else first.message,
        why=why,
        fix=first.help or _fix(first.rule),
        excerpt=first.excerpt,
        fingerprints=[finding.fingerprint for finding in tests],
    )


def _fix(rule: str) -> Text:
    """How to mend a failing test of that rule."""
    known = RULES.get(rule)
    return say(known.mend[0][1] if known and known.mend else MEND_FAILED)


def _uncovered(criterion: Criterion, facts: Facts) -> list[Entry]:
    """The files of which most is not run, the most first."""
    branches = criterion.check.endswith("branches")
    known = [one for result in facts.results for one in result.seen.coverage]
    lost = [(one.branches - one.covered_branches if branches else one.statements - one.covered, one) for one in known]
    most = sorted(((number, one) for number, one in lost if number), key=lambda found: (-found[0], found[1].path))
    return [
        _thing(
            path=one.path,
            lines=[first for first, _ in one.missing],
            what=_not_run(number, one, branches=branches),
            why=criterion.why,
            fix=say("Write tests that run these lines: {lines}.", lines=_stretches(one)) if one.missing else "",
        )
        for number, one in most[:FILES]
    ]


def _not_run(number: int, one: Covered, *, branches: bool) -> Text:
    if branches:
        return say_n(
            number,
            "{n} of {whole} branches is not taken.",
            "{n} of {whole} branches are not taken.",
            whole=one.branches,
        )
    return say_n(
        number, "{n} of {whole} statements is not run.", "{n} of {whole} statements are not run.", whole=one.statements
    )


def _stretches(one: Covered) -> str:
    said = [f"{first}-{last}" if last > first else f"{first}" for first, last in one.missing]
    return ", ".join(said[:LINES]) + (", …" if len(said) > LINES else "")


def _bare(one: Suppression, why: str) -> Entry:
    fix = say("Write beside it why the tool is wrong here, or remove it.")
    return _thing(path=one.path, line=one.line or None, rule=f"source:{SUPPRESSION}", what=one.text, why=why, fix=fix)
