"""What to do about a measure that is not as required, in one sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from verifier.criteria import holds
from verifier.licence import keys
from verifier.licence_wanted import named, text_of, where
from verifier.model import Measure, OutcomeOf
from verifier.policy import Criterion, LicencePolicy
from verifier.words import Text, joined, say, say_n

FILES = {
    "project.readme": "README.md",
    "project.contributing": "CONTRIBUTING.md",
    "project.conduct": "CODE_OF_CONDUCT.md",
    "project.security": "SECURITY.md",
    "project.changelog": "CHANGELOG.md",
    "project.publiccode": "publiccode.yml",
    "project.governance": "GOVERNANCE.md",
    "project.ci": ".github/workflows/tests.yml",
    "project.manifest": "pyproject.toml",
}
"""The file whose absence a measure of 0 says."""
NO_LICENCES = LicencePolicy(recommended=frozenset(), accepted=frozenset())
_PART = re.compile(r"(\d+) of (\d+)")


@dataclass(frozen=True, slots=True)
class _Case:
    """A criterion that is unmet, what was measured, and how many things can be pointed at."""

    criterion: Criterion
    outcome: OutcomeOf
    measure: Measure | None
    things: int
    licences: LicencePolicy
    naming: Measure | None


def advice(
    criterion: Criterion,
    outcome: OutcomeOf,
    measure: Measure | None,
    things: int,
    *,
    licences: LicencePolicy = NO_LICENCES,
    naming: Measure | None = None,
) -> Text:
    """What to do; where nothing is known of the measure, what was measured and what is needed.

    `naming` is the measure `licence.named`: a licence file that only names a licence.
    """
    case = _Case(criterion, outcome, measure, things, licences, naming)
    if said := _BY_MEASURE.get(criterion.check):
        return said(case)
    if criterion.check in FILES and outcome.measured == "0":
        return say("Add {file}.", file=FILES[criterion.check])
    if things:
        return mend(things)
    return say("{measured} was measured; {required} is needed.", measured=outcome.measured, required=outcome.required)


def mend(number: int) -> Text:
    return say_n(number, "Mend {n} thing.", "Mend {n} things.")


def _licence(case: _Case) -> Text:
    """What to do, and where the text is to be had."""
    wanted = case.criterion.comparison
    if wanted is None:
        return _licensed(case, case.outcome.required)
    naming, text = case.naming, text_of(wanted, case.licences)
    if naming and holds(wanted, naming):
        text = where(sorted(keys(str(naming.value))))
    return joined(" ", [one for one in (_licensed(case, named(wanted, case.licences)), text) if one])


def _licensed(case: _Case, wanted: str) -> Text:
    measured = case.outcome.measured
    if measured == "NONE" and case.naming:
        return say(
            "The file {path} names a licence ({licence}) and does not hold its text: put the full text of the licence "
            "into it ({wanted}).",
            path=case.naming.detail,
            licence=case.naming.value,
            wanted=wanted,
        )
    if measured == "NONE":
        return say(
            "Add a file named LICENSE at the root of the repository with the full text of the licence ({wanted}).",
            wanted=wanted,
        )
    if measured == "NOASSERTION":
        return say(
            "Replace the text of the licence file by that of a known licence ({wanted}); as it stands, none is recognised.",
            wanted=wanted,
        )
    return say(
        "License the project under what was agreed ({wanted}), with its text in the file LICENSE; it is under {measured}.",
        wanted=wanted,
        measured=measured,
    )


def _reuse(_: _Case) -> Text:
    return say("Write the licence and the copyright into every file; `reuse lint` names those that lack them.")


def _passed(case: _Case) -> Text:
    required = case.outcome.required
    return say("Deliver automated tests that run, in files named test_*.py ({required}).", required=required)


def _failed(case: _Case) -> Text:
    counted = case.measure.value if case.measure else None
    number = counted if isinstance(counted, int) else case.things
    return say_n(number, "Make {n} test pass that fails.", "Make {n} tests pass that fail.")


def _removed(case: _Case) -> Text:
    return say("Bring back the tests that are gone or skipped: {which}.", which=case.outcome.reason)


def _coverage(case: _Case) -> Text:
    """How many more must be run: the least number at which the share, rounded down, is the one required."""
    found = _PART.search(case.measure.detail) if case.measure else None
    wanted = case.criterion.comparison.value if case.criterion.comparison else None
    outcome = case.outcome
    if not found or not isinstance(wanted, int):
        return say("Write tests that run more of the code; {required} is needed.", required=outcome.required)
    part, whole = int(found[1]), int(found[2])
    more = -(-wanted * whole // 10_000) - part
    counted = {"part": part, "whole": whole, "measured": outcome.measured, "required": outcome.required}
    branches = case.criterion.check.endswith("branches")
    return joined(" ", [_more(more, counted, branches=branches), _any_of(whole, branches=branches)])


def _more(more: int, counted: dict[str, object], *, branches: bool) -> Text:
    if branches:
        return say_n(
            more,
            "Write tests that take {n} more branch: {part} of {whole} are taken ({measured}; {required} needed).",
            "Write tests that take {n} more branches: {part} of {whole} are taken ({measured}; {required} needed).",
            **counted,
        )
    return say_n(
        more,
        "Write tests that run {n} more statement: {part} of {whole} are run ({measured}; {required} needed).",
        "Write tests that run {n} more statements: {part} of {whole} are run ({measured}; {required} needed).",
        **counted,
    )


def _any_of(whole: int, *, branches: bool) -> Text:
    """That no file or line is asked for, and where all of them are listed."""
    if branches:
        return say(
            "Any of these {whole} branches that no test takes yet will do, in whichever file; report.json counts them by file.",
            whole=whole,
        )
    return say(
        "Any of these {whole} statements that no test runs yet will do, in whichever file: the HTML report lists the files, the "
        "least covered first, report.json all of them with their lines.",
        whole=whole,
    )


def _notice(case: _Case) -> Text:
    outcome = case.outcome
    return say(
        "Write tests that compare what the code gives with what it should give ({measured} of small changes are noticed; "
        "{required} needed).",
        measured=outcome.measured,
        required=outcome.required,
    )


_BY_MEASURE: dict[str, Callable[[_Case], Text]] = {
    "licence.project": _licence,
    "licence.reuse.compliant": _reuse,
    "tests.passed": _passed,
    "tests.failed": _failed,
    "tests.removed": _removed,
    "tests.coverage.statements": _coverage,
    "tests.coverage.branches": _coverage,
    "tests.mutants.killed": _notice,
    "tests.mutants.asserted": _notice,
}
