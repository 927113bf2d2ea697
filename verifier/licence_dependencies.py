"""The dependencies' licences held against the project's, once both are known. Pure: results in, results out.

A dependency is imported, not delivered, so only a licence that reaches what it is combined with matters
(verifier.licence_fit, `imported`). Whether importing combines is disputed: nothing here blocks by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from verifier.licence import recognised, strong_copyleft
from verifier.licence_fit import Fit, Ruling, ruling
from verifier.model import CheckResult, Dependency, Finding, Measure
from verifier.words import Text, joined, say, say_n

CHECKER = "dependencies"
COUNTED = "licence.dependencies"
"""The measure that counts them; partial where not all are known."""
CONFLICTING = "licence.dependencies.conflicting"
NAMED = 5
"""Dependencies in a sentence."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """One dependency with what its licence comes to; without a ruling where nobody can say what it is."""

    of: Dependency
    fit: Fit
    found: Ruling | None = None


def compared(results: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """The same results, that of `dependencies` with what its dependencies' licences come to under the project's."""
    seen = {measure.name: measure for result in results for measure in result.seen.measures}
    project = seen.get("licence.project")
    return tuple(_compared(one, project) if one.name == CHECKER and COUNTED in seen else one for one in results)


def _compared(result: CheckResult, project: Measure | None) -> CheckResult:
    seen = result.seen
    if project is None or not recognised(str(project.value)):
        detail = say("The project's licence is not known, so that nothing can be held against it.")
        return _with(result, Measure(name=CONFLICTING, value=0, detail=detail, partial=True))
    answers = [_answer(one, str(project.value)) for one in seen.dependencies]
    counted = next(measure for measure in seen.measures if measure.name == COUNTED)
    conflicts, unsure = (
        [one.of for one in answers if one.fit is fit and one.of.imported] for fit in (Fit.CONFLICT, Fit.UNSURE)
    )
    said = [
        say_n(len(answers), "{n} dependency looked at", "{n} dependencies looked at"),
        *([say("in conflict: {names}", names=_names(conflicts))] if conflicts else []),
        *([say("to be looked at by a person: {names}", names=_names(unsure))] if unsure else []),
        *([counted.detail] if counted.detail else []),
    ]
    measure = Measure(
        name=CONFLICTING,
        value=len(conflicts),
        detail=joined(say("; "), said),
        partial=bool(unsure) or counted.partial,
    )
    return _with(result, measure, tuple(_findings(answers, project)))


def _with(result: CheckResult, measure: Measure, found: tuple[Finding, ...] = ()) -> CheckResult:
    seen = result.seen
    return replace(result, seen=replace(seen, findings=found, measures=(*seen.measures, measure)))


def _answer(one: Dependency, project: str) -> _Answer:
    """Of words that may mean several licences, what all of them come to."""
    rulings = sorted((ruling(project, each, imported=True) for each in one.means), key=lambda each: each.fit)
    if not rulings:
        return _Answer(one, Fit.UNSURE)
    alike = rulings[0].fit is rulings[-1].fit
    return _Answer(one, rulings[0].fit if alike else Fit.UNSURE, rulings[0])


def _findings(answers: Sequence[_Answer], project: Measure) -> Iterator[Finding]:
    """One a conflict; one for what a person has to look at, of that which source imports."""
    for one in answers:
        if one.fit is Fit.CONFLICT and one.found:
            yield _conflict(one.of, one.found, project)
        elif one.fit is Fit.UNSURE and one.of.imported:
            yield _unclear(one, project)


def _conflict(one: Dependency, found: Ruling, project: Measure) -> Finding:
    message = say(
        "{name} is under {licence} ({metadata}), the project under {project} ({files}): {inbound} reaches what it is combined "
        "with ({rule}).",
        name=_name(one),
        licence=" / ".join(one.means),
        metadata=one.metadata,
        project=project.value,
        files=project.detail,
        inbound=found.inbound if strong_copyleft(found.inbound) else found.outbound,
        rule=found.rule,
    )
    unused = say("No delivered source file imports it: if it is a tool, declare it as one for development.")
    return Finding(
        rule="dependencies:conflict",
        message=message if one.imported else joined(" ", [message, unused]),
        path=one.path or None,
        line=one.line,
        severity="warning" if one.imported else "note",
        confidence="high" if one.imported else "low",
        help=say(
            "Use another package, or license the project under terms that allow it; whether importing combines is disputed."
        ),
    )


def _unclear(one: _Answer, project: Measure) -> Finding:
    of = one.of
    facts = {"name": _name(of), "words": of.words, "project": project.value, "metadata": of.metadata}
    if not of.version:
        message = say("{name} is declared and not installed, so that its licence is not known.", **facts)
    elif not of.words:
        message = say("{name} names no licence in its metadata ({metadata}).", **facts)
    elif not of.means:
        message = say("{name} does not say clearly what its licence is: {words!r} ({metadata}).", **facts)
    else:
        rule = one.found.rule if one.found else ""
        message = say("{name} says {words!r} ({metadata}), the project is under {project}: {rule}.", rule=rule, **facts)
    return Finding(
        rule="dependencies:unclear",
        message=message,
        path=of.path or None,
        line=of.line,
        severity="note",
        help=say("Read the licence in the package, or ask somebody who knows licences."),
    )


def _name(one: Dependency) -> Text | str:
    named = f"{one.name} {one.version}".strip()
    return say("{name} (brought along by {by})", name=named, by=one.by) if one.by else named


def _names(several: Sequence[Dependency]) -> Text | str:
    first = ", ".join(one.name for one in several[:NAMED])
    return say("{first} and {n} more", first=first, n=len(several) - NAMED) if len(several) > NAMED else first
