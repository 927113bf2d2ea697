"""Where an assessment stops early: at the first required criterion that is unmet whatever the rest would say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.checker import Checker
from verifier.flip import topic
from verifier.model import Cause, CheckResult, Judgement, Level, Observations, Outcome, Trouble
from verifier.policy import Criteria
from verifier.words import say


def not_run(checker: Checker) -> CheckResult:
    """The result of a checker that had not ended by then."""
    trouble = Trouble(
        cause=Cause.TOOL,
        message=say("Not run: the assessment stopped at the first required criterion that is not met."),
        mend=say("Assess again without --fail-fast."),
    )
    return CheckResult(name=checker.name, topic=checker.topic, tool=checker.tool, seen=Observations(trouble=trouble))


def unmet(criteria: Criteria, judgement: Judgement, missing: Iterable[Checker]) -> str:
    """The first required criterion that is unmet for certain, where those that are `missing` count as not run; else empty.

    A finding that blocks stays one. A measure counts once every checker of its topic has said its own: two that disagree have
    measured nothing.
    """
    open_ = {checker.topic for checker in missing}
    known = {one.id: one for one in criteria.criteria}
    wrong = (o.criterion for o in judgement.outcomes if o.level is Level.MUST and o.outcome is Outcome.UNMET)
    return next((id_ for id_ in wrong if known[id_].comparison is None or topic(known[id_]) not in open_), "")


def with_missing(results: Sequence[CheckResult], missing: Iterable[Checker]) -> tuple[CheckResult, ...]:
    """All of them, those that are missing as not run."""
    return (*results, *map(not_run, missing))
