"""Files of another purchase in the folder neither answer for the one that is asked about, nor stand in its way."""

from __future__ import annotations

from typing import Any

import pytest
from support.chains import NOW, Purchase

from verifier.errors import UsageError
from verifier.gate.answer import Answered, answer
from verifier.gate.asked import narrowed
from verifier.gate.codes import Answer
from verifier.gate.known import Request

OTHER = "MA-2026-099"


def paid() -> Purchase:
    """Another purchase, whole, whose files anybody can have."""
    return Purchase(edits={"contract": {"id": OTHER}, "assessment": {"nonce": "e" * 32}})


def beside(made: Purchase, **asked: Any) -> Answered:
    """The answer about one purchase, with the files of the other among its own."""
    made.more = [*paid().files().values()]
    made.request = Request(now=NOW, **asked)
    return answer(narrowed(made.case()))


def test_where_the_files_speak_of_two_contracts_it_must_be_said_which():
    with pytest.raises(UsageError) as caught:
        beside(Purchase())
    assert (OTHER in str(caught.value), "MA-2026-014" in str(caught.value)) == (True, True)


@pytest.mark.parametrize("left_out", ["certification", "acceptance", "decision", "assessment"])
def test_what_was_not_judged_to_its_end_is_not_paid_by_another_purchase(left_out):
    answered = beside(Purchase(left_out=frozenset({left_out})), contract="MA-2026-014")
    assert answered.answer is not Answer.PAY
    assert "other-contract" not in answered.codes, "what is said is about the purchase that was asked about"


def test_nothing_but_a_contract_is_not_paid_by_another_purchase():
    left = frozenset({"certification", "acceptance", "decision", "assessment"})
    answered = beside(Purchase(left_out=left), contract="MA-2026-014")
    assert (answered.answer, "certification-missing" in answered.codes) == (Answer.NOT_YET, True)


@pytest.mark.parametrize("contract", ["MA-2026-014", OTHER])
def test_the_one_that_was_named_is_paid(contract):
    answered = beside(Purchase(), contract=contract)
    assert (answered.answer, answered.case.about["contract"]) == (Answer.PAY, contract)


def test_one_that_no_file_is_about_is_told_as_before():
    assert "other-contract" in beside(Purchase(), contract="MA-1").codes


def text() -> dict[str, str]:
    return {"en": "Half", "fr": "Moitié"}


def milestones() -> list[dict[str, Any]]:
    return [{"id": name, "title": text(), "price": 650_000, "tax": 84_500} for name in ("m1", "m2")]


def both_milestones(**asked: Any) -> Answered:
    """One contract with two of them; of the second there is a whole chain, of the first no certification."""
    agreed = {"milestones": milestones(), "ceiling": 2_000_000}
    first = Purchase(edits={"contract": agreed})
    part = {**first.statements()["assessment"].predicate["contract"], "milestone": "m2"}
    second = Purchase(edits={"contract": agreed, "assessment": {"contract": part, "nonce": "e" * 32}})
    first.left_out = frozenset({"certification"})
    first.more = [*second.files().values()]
    first.request = Request(now=NOW, **asked)
    return answer(narrowed(first.case()))


def test_where_they_speak_of_two_milestones_it_must_be_said_which():
    with pytest.raises(UsageError) as caught:
        both_milestones(contract="MA-2026-014")
    assert "m1, m2" in str(caught.value)
    answered = both_milestones(milestone="m1")
    assert (answered.answer, "certification-missing" in answered.codes) == (Answer.NOT_YET, True)
    assert (both_milestones(milestone="m2").answer, both_milestones(milestone="m3").answer) == (
        Answer.PAY,
        Answer.DO_NOT_PAY,
    )
