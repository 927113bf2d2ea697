"""What the facts mean under the buyer's criteria. Pure: no tool, no file, no clock.

    judgement = judge(criteria, results, waivers=(), today="2026-11-22")

Every criterion is judged by itself; the order of criteria, results and findings never matters. Did-not-run is never a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from verifier.licence import acceptable, satisfies
from verifier.model import (
    Cause,
    CheckResult,
    Finding,
    Judgement,
    Level,
    Measure,
    NotExamined,
    Outcome,
    OutcomeOf,
    Role,
    Score,
    Skip,
    Trouble,
    Verdict,
    Waiver,
    Whose,
)
from verifier.policy import GROUPED, TIERS, Comparison, Criteria, Criterion
from verifier.units import shown
from verifier.words import Text, joined, say, say_n

WEIGHT = {Level.MUST: 3, Level.SHOULD: 1, Level.INFO: 0}
SEVERITIES = ("note", "warning", "error")
CONFIDENCES = ("low", "medium", "high")
DELIVERED_CODE = frozenset({"environment", "tests"})
"""Topics whose results come from running code of the delivery."""
PRODUCT = frozenset({Role.SOURCE, Role.SETUP, Role.MIGRATIONS})
LONGEST_CHOICE = 8
"""Values of a choice that are named one by one; more are counted."""
IN_SCORE = (Outcome.MET, Outcome.WAIVED, Outcome.UNMET, Outcome.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class Facts:
    """All results of one run, asked by topic and by measure."""

    results: tuple[CheckResult, ...]

    def measure(self, name: str) -> Measure | None:
        """The measure of that name; two checkers that disagree about it have not measured it."""
        found = {measure for result in self.results for measure in result.seen.measures if measure.name == name}
        return next(iter(found)) if len(found) == 1 else None

    def of(self, topic: str, names: Sequence[str]) -> tuple[CheckResult, ...]:
        return tuple(r for r in self.results if r.topic == topic and (not names or r.name in names))

    def trouble(self, topic: str) -> Trouble | None:
        """The first trouble of a topic, by checker name; the environment's where the topic itself has none."""
        for wanted in (topic, "environment"):
            found = sorted((r.name, r.seen.trouble) for r in self.results if r.topic == wanted and r.seen.trouble)
            if found:
                return found[0][1]
        return None

    @property
    def environment_trouble(self) -> Trouble | None:
        return next((r.seen.trouble for r in self.results if r.topic == "environment" and r.seen.trouble), None)


def judge(
    criteria: Criteria,
    results: Iterable[CheckResult],
    *,
    waivers: Iterable[Waiver] = (),
    today: str = "",
    tier: str = GROUPED,
) -> Judgement:
    """Judges all criteria. `today` is an ISO date; a waiver counts when it is signed and its last day is not before it.

    `tier` is that of the sandbox which delivered code ran in; below the least that the criteria accept, its results do not count.
    """
    weak = _too_weak(tier, criteria.sandbox_at_least)
    facts = Facts(tuple(_counted(one, weak, fresh=criteria.fresh) for one in results))
    waived = frozenset(waiver.target for waiver in waivers if waiver.signed and waiver.until >= today)
    outcomes = tuple(_waive(criterion, _outcome(criterion, facts, waived), waived) for criterion in criteria.criteria)
    return Judgement(verdict=verdict(outcomes), score=score(outcomes), outcomes=outcomes)


def _too_weak(tier: str, least: str) -> Trouble | None:
    """Why the sandbox is not good enough; a tier that nobody knows never is."""
    if tier in TIERS and TIERS.index(tier) >= TIERS.index(least):
        return None
    return Trouble(
        cause=Cause.SANDBOX,
        message=say(
            "The sandbox of this run is of tier {tier}; the criteria accept {least} at least.", tier=tier, least=least
        ),
        mend=say("`verifier doctor` says what a machine needs for it."),
    )


def _counted(result: CheckResult, weak: Trouble | None, *, fresh: bool) -> CheckResult:
    """The result, or what is left of it where it does not count."""
    if weak and result.topic in DELIVERED_CODE:
        return _not_counted(result, weak)
    return _not_counted(result, _not_fresh(result.name)) if fresh and result.cached else result


def _not_fresh(checker: str) -> Trouble:
    return Trouble(
        cause=Cause.TOOL,
        message=say("The result of {checker} comes from a cache; the criteria ask for a fresh run.", checker=checker),
        mend=say("Assess again with these criteria: then every checker runs anew."),
    )


def _not_counted(result: CheckResult, weak: Trouble) -> CheckResult:
    """The result without what would be judged; why it could not be had stays the better reason."""
    return replace(result, seen=replace(result.seen, measures=(), trouble=result.seen.trouble or weak))


def verdict(outcomes: Iterable[OutcomeOf]) -> Verdict:
    """The precedence: unmet, undetermined, awaiting, then accepted.

    Where criteria could be applied to nothing in the delivery, and none was met, nothing has been shown: inconclusive.
    """
    musts = {outcome.outcome for outcome in outcomes if outcome.level is Level.MUST}
    if Outcome.UNMET in musts:
        return Verdict.REJECTED
    shown_nothing = Outcome.NOT_APPLICABLE in musts and not musts & {Outcome.MET, Outcome.WAIVED}
    if Outcome.UNDETERMINED in musts or not musts or shown_nothing:
        return Verdict.INCONCLUSIVE
    return Verdict.PENDING if Outcome.AWAITING in musts else Verdict.ACCEPTED


def score(outcomes: Iterable[OutcomeOf]) -> Score:
    """Weighted share of criteria met, in basis points: must 3, should 1; undetermined counts as nothing, and is said."""
    counted = [outcome for outcome in outcomes if outcome.outcome in IN_SCORE and WEIGHT[outcome.level]]
    total = sum(WEIGHT[outcome.level] for outcome in counted)
    met = sum(WEIGHT[o.level] for o in counted if o.outcome in (Outcome.MET, Outcome.WAIVED))
    unknown = sum(outcome.outcome is Outcome.UNDETERMINED for outcome in counted)
    derivation = say("{met} of {total} points (must 3, should 1)", met=met, total=total)
    if unknown:
        derivation = say("{points}; {unknown} undetermined, counted as 0", points=derivation, unknown=unknown)
    return Score(value=met * 10_000 // total if total else 0, derivation=derivation)


def _waive(criterion: Criterion, outcome: OutcomeOf, waived: frozenset[str]) -> OutcomeOf:
    """A criterion waived by name; a person's own decision is not waived."""
    if criterion.id in waived and outcome.outcome in (Outcome.UNMET, Outcome.UNDETERMINED):
        return _made(
            criterion,
            Outcome.WAIVED,
            outcome.measured,
            outcome.required,
            say("Waived by name. {reason}", reason=outcome.reason),
        )
    return outcome


def _made(
    criterion: Criterion,
    outcome: Outcome,
    measured: str,
    required: str,
    reason: str,
    *,
    findings: Iterable[Finding] = (),
    whose: Whose | None = None,
    trouble: Trouble | None = None,
) -> OutcomeOf:
    return OutcomeOf(
        criterion=criterion.id,
        level=criterion.level,
        outcome=outcome,
        measured=measured,
        required=required,
        reason=reason,
        findings=tuple(sorted(finding.fingerprint for finding in findings)),
        whose=whose,
        trouble=trouble,
    )


def _outcome(criterion: Criterion, facts: Facts, waived: frozenset[str]) -> OutcomeOf:
    if criterion.manual is not None:
        return _awaiting(criterion)
    if criterion.comparison is not None:
        return _compared(criterion, criterion.comparison, facts)
    return _searched(criterion, facts, waived)


def _awaiting(criterion: Criterion) -> OutcomeOf:
    items = criterion.manual or ()
    required = joined(say("; "), [item.text for item in items])
    reason = say_n(
        len(items),
        "{n} item to be decided by a person, with a rationale.",
        "{n} items to be decided by a person, with a rationale.",
    )
    return _made(criterion, Outcome.AWAITING, "", required, reason)


def _undetermined(criterion: Criterion, trouble: Trouble | None, required: str) -> OutcomeOf:
    if trouble is None:
        return _made(
            criterion,
            Outcome.UNDETERMINED,
            "",
            required,
            say("No checker said anything about this."),
            whose=Whose.OPERATOR,
        )
    place = f"{trouble.path}:{trouble.line}" if trouble.line else trouble.path
    reason = joined(" ", [text for text in (trouble.message, trouble.mend) if text])
    reason = say("{place}: {reason}", place=place, reason=reason) if place else reason
    return _made(criterion, Outcome.UNDETERMINED, "", required, reason, whose=trouble.whose, trouble=trouble)


def _compared(criterion: Criterion, wanted: Comparison, facts: Facts) -> OutcomeOf:
    measure = facts.measure(criterion.check)
    required = requirement(wanted)
    if measure is None:
        return _undetermined(criterion, facts.trouble(criterion.check.split(".")[0]), required)
    if measure.partial and not _whatever_comes(wanted, measure):
        return _undetermined(criterion, _open(criterion, measure, facts), required)
    measured = shown(measure.value, measure.unit)
    reason = measure.detail
    if not holds(wanted, measure):
        return _made(criterion, Outcome.UNMET, measured, required, reason, whose=Whose.SUPPLIER)
    return _made(criterion, Outcome.MET, measured, required, reason)


def _open(criterion: Criterion, measure: Measure, facts: Facts) -> Trouble | None:
    """Why the measure may be more. What a licence file says beside a licence stands in the delivery, whatever else broke."""
    if measure.unit == "expression" and measure.detail:
        mend = say(
            "Deliver the licence's own text in the licence file, and nothing that takes it back, there or elsewhere."
        )
        return Trouble(cause=Cause.DELIVERY, message=measure.detail, whose=Whose.SUPPLIER, mend=mend)
    asked = Trouble(cause=Cause.DELIVERY, message=measure.detail, whose=Whose.BUYER) if measure.detail else None
    return facts.trouble(criterion.check.split(".")[0]) or asked


def requirement(wanted: Comparison) -> Text:
    if isinstance(wanted.value, frozenset):
        if len(wanted.value) > LONGEST_CHOICE:
            return say("one of {n} accepted", n=len(wanted.value))
        return joined(say(" or "), sorted(wanted.value))
    value = shown(wanted.value, wanted.unit)
    if wanted.op == "at_least":
        return say("at least {value}", value=value)
    return say("at most {value}", value=value) if wanted.op == "at_most" else value


def _whatever_comes(wanted: Comparison, measure: Measure) -> bool:
    """Whether more than this value would be judged as this value is: a lower bound keeps to no upper limit.

    A licence that will not do does not do with more terms beside it either.
    """
    value = measure.value
    if measure.unit == "expression":
        return not holds(wanted, measure)
    if not isinstance(value, int) or not isinstance(wanted.value, int):
        return False
    return value >= wanted.value if wanted.op == "at_least" else value > wanted.value


def holds(wanted: Comparison, measure: Measure) -> bool:
    """Whether what was measured is what is required."""
    value = measure.value
    if wanted.op == "one_of":
        among = wanted.value if isinstance(wanted.value, frozenset) else frozenset()
        return acceptable(str(value), among) if wanted.unit == "expression" else str(value) in among
    if wanted.op == "equals":
        return satisfies(str(value), str(wanted.value)) if wanted.unit == "expression" else value == wanted.value
    if not isinstance(value, int) or not isinstance(wanted.value, int):
        return False
    return value >= wanted.value if wanted.op == "at_least" else value <= wanted.value


def _searched(criterion: Criterion, facts: Facts, waived: frozenset[str]) -> OutcomeOf:
    """A search for findings: any that counts is unmet; otherwise everything in scope must have been examined."""
    topic = criterion.check.split(".")[0]
    results = facts.of(topic, criterion.by)
    counted = {f.fingerprint: f for result in results for f in result.seen.findings if counts(criterion, f)}
    unsure = [f for f in counted.values() if facts.environment_trouble and _needs_environment(criterion, f)]
    standing = [f for key, f in counted.items() if key not in waived and f not in unsure]
    required = say("none that block")
    if standing:
        return _made(
            criterion,
            Outcome.UNMET,
            say_n(len(standing), "{n} that blocks", "{n} that block"),
            required,
            _first(standing),
            findings=standing,
            whose=Whose.SUPPLIER,
        )
    doubt = _doubt(criterion, facts, results, topic) or (facts.environment_trouble if unsure else None)
    if doubt:
        return _undetermined(criterion, doubt, required)
    if not any(_in_scope(criterion, result) for result in results):
        return _made(
            criterion, Outcome.NOT_APPLICABLE, "", required, say("Nothing in scope of this criterion was delivered.")
        )
    if counted:
        return _made(
            criterion,
            Outcome.WAIVED,
            say_n(len(counted), "{n} waived", "{n} waived"),
            required,
            _first(list(counted.values())),
            findings=counted.values(),
        )
    return _made(criterion, Outcome.MET, say("none"), required, "")


def counts(criterion: Criterion, finding: Finding) -> bool:
    """Whether a finding counts against a criterion: in scope, not inherited, on the list or severe enough."""
    if finding.inherited or (finding.path is not None and finding.role in criterion.outside):
        return False
    if criterion.blocking is None:
        return SEVERITIES.index(finding.severity) >= SEVERITIES.index(criterion.severity or "note")
    rule = criterion.blocking.rules.get(finding.rule)
    if rule is None or finding.role in rule.outside:
        return False
    return CONFIDENCES.index(finding.confidence) >= CONFIDENCES.index(rule.confidence)


def _needs_environment(criterion: Criterion, finding: Finding) -> bool:
    rule = criterion.blocking.rules.get(finding.rule) if criterion.blocking else None
    return rule is not None and rule.environment


def _in_scope(criterion: Criterion, result: CheckResult) -> int:
    return sum(number for role, number in result.looked_at.items() if role not in criterion.outside)


def _doubt(criterion: Criterion, facts: Facts, results: tuple[CheckResult, ...], topic: str) -> Trouble | None:
    """Why "nothing found" does not mean "nothing there"; None when everything in scope was examined."""
    absent = sorted(set(criterion.by) - {result.name for result in results})
    if absent or not results:
        return Trouble(cause=Cause.TOOL, message=say("Not run: {what}.", what=", ".join(absent) or topic))
    if any(result.seen.trouble for result in results):
        return facts.trouble(topic)
    skipped = unexamined(criterion, results)
    if not skipped:
        return None
    first = skipped[0]
    named = say("{path} ({reason})", path=first.path, reason=first.reason)
    if len(skipped) > 1:
        named = say("{first} and {n} more", first=named, n=len(skipped) - 1)
    whose = Whose.SUPPLIER if first.skip in (Skip.UNPARSABLE, Skip.NOT_DELIVERED) else Whose.BUYER
    return Trouble(cause=Cause.DELIVERY, message=say("Not examined: {what}.", what=named), whose=whose)


def unexamined(criterion: Criterion, results: Sequence[CheckResult]) -> list[NotExamined]:
    """Source files in scope that nobody looked into. A language one checker does not know may be another's.

    Not that of one which reads every file as plain text: it understands none.
    """
    in_scope = [[s for s in result.seen.not_examined if _concerns(criterion, s)] for result in results]
    readers = [skipped for result, skipped in zip(results, in_scope, strict=True) if not result.any_language]
    unknown = [{s.path for s in skipped if s.skip is Skip.LANGUAGE} for skipped in readers]
    unknown_to_all = set.intersection(*unknown) if unknown else set()
    found = {
        s.path: s for skipped in in_scope for s in skipped if s.skip is not Skip.LANGUAGE or s.path in unknown_to_all
    }
    return [found[path] for path in sorted(found)]


def _concerns(criterion: Criterion, skipped: NotExamined) -> bool:
    """Whether a file not examined leaves the criterion open. Helpers of documentation in other languages do not.

    Nor does it that a search of text passed over what is no text: machine code is named by those that read code.
    """
    if not skipped.source or skipped.skip is Skip.NOT_TEXT or skipped.role in criterion.outside:
        return False
    if criterion.languages and skipped.language not in criterion.languages:
        return False
    return skipped.skip is not Skip.LANGUAGE or skipped.role in PRODUCT


def _first(findings: list[Finding]) -> Text:
    first = min(findings, key=lambda f: (f.path or "", f.line or 0, f.rule))
    place = f"{first.path}:{first.line}" if first.line else first.path or first.rule
    words = say("{place} {message}", place=place, message=first.message)
    return say("{first} (and {n} more)", first=words, n=len(findings) - 1) if len(findings) > 1 else words
