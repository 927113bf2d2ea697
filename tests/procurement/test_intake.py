"""Questions: each answer is checked at once, and asked again where it cannot be right."""

from __future__ import annotations

import pytest

from verifier.errors import UsageError
from verifier.procurement.intake import QUESTIONS, asked

GUARDRAILS = {"ceiling": {"CAD": "10000.00"}, "tax": {"CAD": "13 %"}}
GIVEN = {"id": "MA-1", "currency": "CAD", "title-en": "Rates", "title-fr": "Tarifs"}
NAMES = {f"{one.words}: ": one.name for one in QUESTIONS}


def answered(given, requirements=("It works", "Cela marche", ""), **typed):
    """What was found, what was told, and which questions were asked. What has no answer here gets an empty line."""
    items, told, heard = list(requirements), [], []
    answers = {name: list(values) for name, values in typed.items()}

    def ask(question):
        if question not in NAMES:
            return items.pop(0)
        heard.append(NAMES[question])
        return answers[heard[-1]].pop(0) if answers.get(heard[-1]) else ""

    def refuse(contract):
        if contract == "MA-0":
            raise UsageError(contract)

    found = asked(given, GUARDRAILS, ask=ask, tell=told.append, refuse=refuse)
    assert (items, [left for left in answers.values() if left]) == ([], [])
    return found, [str(one) for one in told], heard


def test_what_was_given_is_not_asked_and_an_empty_line_leaves_the_rest():
    found, told, heard = answered(GIVEN, price=["6500\n"])
    items = [{"id": "r1", "text": {"en": "It works", "fr": "Cela marche"}}]
    assert found == GIVEN | {"price": 650_000, "requirements": items}
    assert (told, heard) == ([], [one.name for one in QUESTIONS if one.name not in GIVEN])


@pytest.mark.parametrize(
    ("typed", "told", "taken"),
    [
        ({"price": ["", "6500"]}, " is not an amount such as 6500.00.", {"price": 650_000}),
        (
            {"price": ["9000", "6500"]},
            "The price with tax, 10,170.00 CAD, is over the ceiling, 10,000.00 CAD.",
            {"price": 650_000},
        ),
        (
            {"price": ["6500"], "tax": ["4000", "0"]},
            "The price with tax, 10,500.00 CAD, is over the ceiling, 10,000.00 CAD.",
            {"tax": 0},
        ),
        (
            {"price": ["6500"], "awarded": ["2026-02-30", "2026-02-28"]},
            "2026-02-30 is not a day of the calendar",
            {"awarded": "2026-02-28"},
        ),
        (
            {"price": ["6500"], "awarded": ["2026-02-02"], "due": ["2026-02-01", ""]},
            "The day of delivery, 2026-02-01, is before the award, 2026-02-02.",
            {"awarded": "2026-02-02"},
        ),
    ],
)
def test_an_answer_that_cannot_be_right_is_asked_again(typed, told, taken):
    found, said, _ = answered(GIVEN, **typed)
    assert said == [told]
    assert taken.items() <= found.items()
    assert "due" not in found


def test_there_is_at_least_one_requirement_and_its_french():
    found, told, _ = answered(GIVEN | {"price": 1}, ["", "one", "", "un", "two", "deux", ""])
    assert [one["id"] for one in found["requirements"]] == ["r1", "r2"]
    assert told == ["A contract has at least one requirement.", "The French is missing; both languages say the same."]


def test_an_id_that_is_taken_is_asked_again():
    given = {name: value for name, value in GIVEN.items() if name != "id"} | {"price": 1}
    found, told, heard = answered(given, id=["MA-0", "MA-2"])
    assert (found["id"], told, heard[:3]) == ("MA-2", ["MA-0"], ["id", "id", "tax"])
