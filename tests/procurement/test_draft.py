"""The draft of a contract: what goes together, and a file that says what is still missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import rulebook
from verifier.errors import UsageError
from verifier.procurement import draft

GUARDRAILS = {"ceiling": {"CAD": "10000.00", "EUR": 20000}, "tax": {"CAD": "13 %"}}
GIVEN = {
    "id": "MA-2026-014",
    "title-en": "Rates: all of them",
    "title-fr": "Tarifs : tous",
    "currency": "CAD",
    "price": 650_000,
    "requirements": [{"id": "r1", "text": {"en": "yes", "fr": "non # oui"}}],
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_file_is_a_contract_that_says_what_is_missing(tmp_path, language):
    path = tmp_path / "contract.yml"
    path.write_text(draft.written(draft.terms(GIVEN, GUARDRAILS), language))
    found = rulebook.load_contract(path)
    assert found.terms["title"] == {"en": "Rates: all of them", "fr": "Tarifs\u202f: tous"}
    assert found.terms["ceiling"] == 1_000_000
    assert [(one["price"], one["tax"]) for one in found.terms["milestones"]] == [(650_000, 84_500)]
    assert [(one.text.en, one.text.fr) for one in found.requirements] == [("yes", "non # oui")]
    commented = [line[2:].partition(":")[0] for line in path.read_text().splitlines() if line.startswith("# ")][1:]
    assert commented == ["supplier", "requester", "payee", "repository", "licence", "commitment", "awarded", "ends"]


def test_a_whole_draft_is_one_that_can_be_signed(tmp_path):
    from verifier import drafts
    from verifier.trust import shapes

    whole = {
        "supplier": "s.dev",
        "requester": "r.client",
        "payee": "Example Code Co-operative",
        "licence": "MIT",
        "repository": "https://example.org/parcels",
        "commitment": "F-1",
        "due": "2026-02-01",
        "awarded": "2026-01-01",
        "ends": "2026-12-31",
    }
    data = draft.terms(GIVEN | whole, GUARDRAILS)
    assert draft.missing(data) == ()
    path = tmp_path / "contract.yml"
    path.write_text(draft.written(data, "en"))
    assert "#" not in path.read_text().partition("\n")[2].replace("non # oui", "")
    agreed = rulebook.load_contract(path)
    shapes.check(drafts.contract(agreed, rulebook.load_profile("micro-ca", contract=agreed)))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            {"awarded": "2026-02-01", "due": "2026-01-31"},
            "The day of delivery, 2026-01-31, is before the award, 2026-02-01.",
        ),
        ({"awarded": "2026-02-01", "ends": "2026-01-31"}, "The last day of payment, 2026-01-31, is before the award"),
        (
            {"due": "2026-02-01", "ends": "2026-01-31"},
            "The day of delivery, 2026-02-01, is after the last day of payment",
        ),
        ({"price": 884_956}, "The price with tax, 10,000.00 CAD, is over"),
        ({"price": 900_000, "tax": 100_001}, "The price with tax, 10,000.01 CAD, is over the ceiling, 10,000.00 CAD."),
        ({"price": 0}, "The price is nothing"),
        ({"currency": "EUR"}, "record.yml does not say guardrails: tax: EUR."),
        ({"currency": "USD"}, "record.yml does not say guardrails: tax: USD."),
        ({"currency": "USD", "tax": 0}, "record.yml does not say guardrails: ceiling: USD."),
    ],
)
def test_what_does_not_go_together_is_refused(more, told):
    if more.get("price") == 884_956:
        draft.check(GIVEN | more, GUARDRAILS)
        more, told = {"price": 884_957}, "The price with tax, 10,000.01 CAD, is over"
    with pytest.raises(UsageError) as caught:
        draft.terms(GIVEN | more, GUARDRAILS)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("id", "two words", '"id" must be letters, digits'),
        ("id", " x", '"id" must be one line of text'),
        ("supplier", "S Dev", '"supplier" must be lower-case letters'),
        ("repository", "https://me:secret@example.org/x", '"repository" must be an address'),
        ("licence", "MIT OR", '"licence" '),
        ("currency", "ABC", "ABC is no currency of ISO 4217, such as CAD."),
        ("currency", "cad", "cad is no currency of ISO 4217, such as CAD."),
        ("price", "much", "much is not an amount such as 6500.00."),
        ("price", "1e3", "1e3 is not an amount such as 6500.00."),
        ("tax", "-1", "-1 is not an amount such as 6500.00."),
        ("due", "2026-02-30", "2026-02-30 is not a day of the calendar"),
        ("ends", "tomorrow", "tomorrow is not a day of the calendar"),
        ("title-fr", "", '"title" is empty'),
    ],
)
def test_what_was_typed_is_checked_by_itself(name, typed, told):
    with pytest.raises(UsageError) as caught:
        draft.value(name, typed)
    assert str(caught.value).startswith(told)


@given(st.integers(1, 10**11), st.integers(0, 100))
def test_tax_is_the_nearest_cent(price, rate):
    found = draft.tax({"price": price, "currency": "CAD"}, {"tax": {"CAD": f"{rate} %"}})
    assert abs(found * 100 - price * rate) <= 50


def test_the_usual_currency_is_the_only_one():
    assert draft.usual_currency({"ceiling": {"CAD": 1}}) == "CAD"
    assert draft.usual_currency({"ceiling": {"CAD": 1, "EUR": 2}}) is None
    assert draft.usual_currency({}) is None
