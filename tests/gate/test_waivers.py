"""What a waiver lets pass: a criterion by its name, or by every finding behind it; until its date, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from support.chains import ASSESSED, DECIDED, Purchase, outcomes, signed_file

from verifier import drafts
from verifier.gate.codes import Answer
from verifier.statements import uris
from verifier.statements.statement import Statement
from verifier.trust.signed import Signed

ONE, TWO, THREE = "1" * 32, "2" * 32, "3" * 32
LAST_DAY, DAY_BEFORE = "2026-11-14", "2026-11-13"


def assessed(outcome: str = "unmet", findings: Sequence[str] = (ONE, TWO)) -> dict[str, Any]:
    """The assessment in which one must is open."""
    listed = outcomes(("tests.pass", outcome))
    return {
        "outcomes": [{**one, "findings": [*findings]} if one["criterion"] == "tests.pass" else one for one in listed]
    }


def purchase(*targets: str, outcome: str = "unmet", until: str = LAST_DAY, by: str = "assessor") -> Purchase:
    """The chain whose assessor waived these, and made the report from it."""
    waived = [waiver(name, until) for name in targets]
    return Purchase(edits={"assessment": assessed(outcome)}, waived=waived, signers={"waiver": (by,)})


def waiver(name: str, until: str) -> Callable[[Signed], Statement]:
    what = {"finding" if len(name) == len(ONE) else "criterion": name}
    return lambda assessed: drafts.waiver(assessed, what, "Mended later.", until, DECIDED)


def told(made: Purchase) -> tuple[Answer, set[str]]:
    answered = made.answer()
    return answered.answer, set(answered.codes)


@pytest.mark.parametrize("outcome", ["unmet", "undetermined"])
def test_a_criterion_is_waived_by_its_name(outcome):
    assert told(purchase("tests.pass", outcome=outcome)) == (Answer.PAY, set())


def test_a_criterion_is_waived_by_every_finding_behind_it():
    assert told(purchase(ONE, TWO)) == (Answer.PAY, set())


@pytest.mark.parametrize("targets", [(), (ONE,), (TWO,)])
def test_and_not_by_some_of_them(targets):
    assert told(purchase(*targets)) == (Answer.DO_NOT_PAY, {"rejected"})


def test_what_is_undetermined_is_not_waived_by_findings():
    """Nobody knows which others there are."""
    made = purchase(ONE, TWO, outcome="undetermined")
    made.told = outcomes(("tests.pass", "waived"))
    answer, codes = told(made)
    assert answer is Answer.DO_NOT_PAY
    assert {"waiver-unnamed", "result-mismatch"} <= codes


def test_it_counts_on_its_last_day_and_not_on_the_next():
    assert told(purchase("tests.pass", until=LAST_DAY)) == (Answer.PAY, set())
    assert told(purchase("tests.pass", until=DAY_BEFORE)) == (Answer.DO_NOT_PAY, {"waiver-expired"})


@pytest.mark.parametrize("target", ["licence.file", "requirements", "no.such", THREE])
def test_one_that_names_nothing_that_is_open_is_told(target):
    """What is met, what a person decides, what is not there: it cannot be waived ahead."""
    assert told(purchase("tests.pass", target)) == (Answer.DO_NOT_PAY, {"waiver-unnamed"})


def test_a_persons_own_decision_is_not_waived():
    made = purchase("tests.pass", "requirements")
    made.edits["decision"] = {"outcome": "unmet"}
    answer, codes = told(made)
    assert answer is Answer.DO_NOT_PAY
    assert {"decision-unmet", "waiver-unnamed"} <= codes


def test_the_supplier_waives_nothing():
    answer, codes = told(purchase("tests.pass", by="supplier"))
    assert answer is Answer.TRUST_FAILURE
    assert "role" in codes


def test_one_on_another_assessment_does_not_count():
    made = purchase("tests.pass")
    made.digests["waiver"] = {"sha256": "f" * 64}
    assert told(made) == (Answer.DO_NOT_PAY, {"other-report"})


def test_one_that_was_not_handed_over_is_missed():
    made = purchase("tests.pass")
    made.left_out = frozenset({"waiver"})
    answer, codes = told(made)
    assert (answer, "input-missing" in codes) == (Answer.DO_NOT_PAY, True)


def test_one_that_the_report_does_not_name_changes_nothing():
    """A waiver among the files, and a report that was made without it."""
    without = purchase()
    without.more = [purchase("tests.pass").files()["waiver-0.assessor"]]
    assert told(without) == (Answer.DO_NOT_PAY, {"rejected"})


@pytest.mark.parametrize(
    "changed", [{}, {"criterion": "tests.pass", "finding": ONE}, {"criterion": "tests.pass", "until": "soon"}]
)
def test_one_that_does_not_say_what_it_is_of_is_none(changed):
    predicate = {
        "about": Purchase().statements()["decision"].predicate["about"],
        "reason": "r",
        "until": LAST_DAY,
        "made": ASSESSED,
    }
    statement = Statement(
        subject="x", digests={"sha256": "f" * 64}, predicate_type=uris.WAIVER, predicate=predicate | changed
    )
    with pytest.raises(Exception, match="waiver is not of its shape"):
        Purchase(more=[signed_file(statement, "assessor")]).answer()
