"""The rules under which findings about the delivered tests are reported: what each means, and how to mend it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from verifier.model import Whose
from verifier.testing import leftover, outcomes, probed, tampered
from verifier.words import later

Effect = Literal["counted", "open", "alone", "none", "noticed"]
"""What becomes of the measure: one more, unclear (`alone`: unless it passes by itself), nothing at all, or a lesser share."""
MEND_FAILED = later("Mend the code, or the test where the test is wrong.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: what a finding of it says, what it does to which measure, and who can mend it how.

    `touches` begins the names of the measures.
    """

    means: str
    effect: Effect
    mend: tuple[tuple[Whose, str], ...] = ()
    touches: str = "tests.failed"


def _supplier(mend: str) -> tuple[tuple[Whose, str], ...]:
    return ((Whose.SUPPLIER, mend),)


def _withheld(means: str, *keys: str) -> Rule:
    """One that cannot be judged here; who can mend it depends on the surroundings, so every case is told."""
    told = dict.fromkeys((outcomes.REASONS[key].whose, outcomes.REASONS[key].mend) for key in keys)
    return Rule(means=means, effect="open", mend=tuple(told))


RULES: Mapping[str, Rule] = {
    "tests:failed": Rule(
        means=later("A test that ran and did not pass."), effect="counted", mend=_supplier(MEND_FAILED)
    ),
    "tests:error": Rule(
        means=later("A test whose set-up or tear-down broke, so that it showed nothing."),
        effect="counted",
        mend=_supplier(later("Mend what is done before and after the test (fixtures, setUp, tearDown).")),
    ),
    "tests:collection-error": Rule(
        means=later("A file of tests that could not be read: none of its tests ran."),
        effect="counted",
        mend=_supplier(later("Let the file be imported without an error; the finding says what stopped it.")),
    ),
    "tests:rewritten": Rule(
        means=later("A test that failed, and that code of the delivery told as something else."),
        effect="counted",
        mend=_supplier(tampered.MEND_REWRITTEN),
    ),
    "tests:inherited": Rule(means=later("A test that failed before the delivery as well."), effect="none"),
    "tests:flaky": Rule(
        means=later("A test that failed once and passed once under the same conditions."),
        effect="open",
        mend=_supplier(outcomes.MEND_FLAKY),
    ),
    "tests:left-out": Rule(
        means=later(
            "A file with tests that nothing in the project runs; unless it lies among data, they are run by themselves."
        ),
        effect="alone",
        mend=_supplier(leftover.MEND),
    ),
    "tests:survived": Rule(
        means=later("A small change to a line that the tests run, at which no test fails."),
        effect="noticed",
        mend=_supplier(probed.MEND),
        touches=f"{probed.MEASURE}.",
    ),
    "tests:package": _withheld(
        later("A test that could not import a package, which is missing or does not fit."), "package"
    ),
    "tests:service": _withheld(
        later("A test that could not reach a service, such as a database."), "service", "declared"
    ),
    "tests:network": _withheld(later("A test that asked for the network, which the sandbox does not have."), "network"),
    "tests:time-zone": _withheld(
        later("A test that asked for time zone data that the machine does not have."), "time zone"
    ),
    "tests:locale": _withheld(later("A test that asked for a locale that the sandbox does not have."), "locale"),
    "tests:variable": _withheld(
        later("A test that asked for an environment variable that nothing in the delivery sets."), "variable"
    ),
    "tests:deviation": _withheld(
        later("A test that failed in an environment that is not the one the project asks for."),
        "deviation",
        "interpreter",
    ),
    "tests:base": _withheld(
        later("A test that failed, and whether it failed before the delivery as well cannot be told."), "base"
    ),
}
"""Every rule that the checker writes, by its name."""
