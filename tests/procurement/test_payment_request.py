"""What finance is handed: all that it needs on one page, and a mismatch said plainly. It is no release, and moves nothing."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chains import Purchase
from support.paying import ID, RECORD, certified, copied, typed
from support.recorded import Recorded, begun

from verifier.procurement.payment.request import Invoice, Match, Request, request
from verifier.procurement.record import Event, Record
from verifier.statements.statement import write
from verifier.trust.signed import Signed, SignedBy

SUPPORTS = (
    "This report supports, and does not replace, certification under section 34 of the Financial Administration Act."
)
RIGHT = Invoice(number="2026-17", total=734_500)
STEPS = {"contract": "awarded", "acceptance": "accepted", "certification": "certified"}


# Pure.


def signed(statement, by: str = "certifier") -> Signed:
    digest = sha256(write(statement)).hexdigest()
    return Signed(statement=statement, digest=digest, by=(SignedBy(person=by, key="k"),))


def event(number: int, what: str, one: Signed | None, milestone: str = "m1") -> Event:
    digest = one.digest if one else "f" * 64
    return Event(
        position=number,
        time=f"2026-11-{number + 1:02}T12:00:00Z",
        what=what,
        milestone="" if what == "awarded" else milestone,
        round=1,
        digest=digest,
        codes=(),
        signed=one,
    )


def record(*more: str, left_out: str = "") -> Record:
    """A purchase up to its certification, and what happened besides."""
    made = Purchase().statements()
    steps = [(what, signed(made[name])) for name, what in STEPS.items() if name != left_out]
    events = [event(number, what, one) for number, (what, one) in enumerate(steps)]
    return Record("MA-2026-014", (*events, *(event(len(events) + n, what, None) for n, what in enumerate(more))))


def asked(record_: Record, invoice: Invoice = RIGHT, method: str = "card") -> Request:
    return request(record_, "m1", invoice, method)


def codes(made: Request) -> list[str]:
    return [one.code for one in made.problems]


def test_all_that_agrees_is_a_match():
    made = asked(record("released"))
    assert (made.match, codes(made), made.total) == (Match.MATCH, [], 734_500)
    assert (made.certified.by, made.certified.release) == (("certifier",), "f" * 64)
    assert made.certified.acceptance == signed(Purchase().statements()["acceptance"]).digest


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_an_invoice_over_anything_else_is_a_mismatch(total):
    made = asked(record("released"), Invoice(number="2026-17", total=total))
    assert (made.match is Match.MATCH) == (total == 734_500)
    assert codes(made) == ([] if total == 734_500 else ["amount"])


def test_another_invoice_than_was_certified_is_a_mismatch():
    assert codes(asked(record("released"), replace(RIGHT, number="2026-18"))) == ["invoice"]
    assert codes(asked(record("released"), replace(RIGHT, number=" 2026-17 "))) == [], "as the gate compares them"


def test_what_is_missing_is_named_and_a_mismatch_goes_before_it():
    made = asked(record())
    assert (made.match, codes(made)) == (Match.MISSING, ["not-released"])
    made = asked(record(left_out="certification"))
    assert (made.match, codes(made)) == (Match.MISSING, ["not-certified", "not-released"])
    assert asked(record(), replace(RIGHT, total=1)).match is Match.MISMATCH


@pytest.mark.parametrize("end", ["paid", "disputed", "terminated"])
def test_what_is_not_to_be_paid_any_more_is_no_match(end):
    made = asked(record(end))
    assert made.match is Match.MISMATCH
    assert codes(made)[0] == "stopped"


def test_the_price_is_that_of_the_version_that_was_certified():
    purchase = Purchase()
    first = purchase.statements()["contract"]
    milestones = [{**first.predicate["milestones"][0], "price": 1}]
    later = replace(first, predicate={**first.predicate, "amends": signed(first).digest, "milestones": milestones})
    before = record("released")
    made = asked(replace(before, events=(*before.events, event(9, "awarded", signed(later)))))
    assert (made.total, made.match) == (734_500, Match.MATCH)


# The command.


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Iterator[Recorded]:
    with pytest.MonkeyPatch.context() as patch:
        typed(patch)
        yield certified(tmp_path_factory.mktemp("desk"), commitment="PO-4500012345")


@pytest.fixture
def desk(made, tmp_path) -> Recorded:
    return copied(made, tmp_path / "desk")


def told(desk: Recorded, *words: str, code: int = 0, total: str = "7345.00", method: str = "card") -> str:
    asked_ = ("record", "request", ID, "--invoice", "2026-17", "--invoice-total", total, "--method", method)
    found = desk.run(*asked_, *words, *RECORD)
    assert found[0] == code, found
    return found[1] + found[2]


def test_the_page_has_all_that_finance_needs(desk):
    release = desk.gate()["about"]["release"]
    page = told(desk, "--milestone", "m1")
    accepted = json.loads(next(desk.place().glob("acceptance-*")).read_bytes())["dsseEnvelope"]["payload"]
    for words in (
        "Payment request: Parcel rates, milestone All",
        f"Contract: {ID}, milestone m1",
        "Commitment (section 32): PO-4500012345",
        "Payee: Example Code Co-operative",
        "Method: acquisition card",
        "price 6,500.00 CAD, tax 845.00 CAD, together 7,345.00 CAD",
        "Invoice 2026-17: 7,345.00 CAD",
        "Match: the invoice is the contract's price and tax.",
        "Certified under section 34 by c.manager on ",
        f"Payment release: {release}",
        "Cardholder name: ______",
        SUPPORTS,
        "it moves no money",
    ):
        assert words in page
    assert f"Acceptance report: {sha256(b64decode(accepted)).hexdigest()}" in page
    assert "PayPal" not in page


def test_a_mismatch_is_said_with_both_amounts_and_exit_code_1(desk):
    desk.gate()
    page = told(desk, code=1, total="7345.01")
    assert "Mismatch: the invoice is over 7,345.01 CAD; price and tax of the contract are 7,345.00 CAD." in page
    assert "Match:" not in page


def test_by_paypal_the_pilots_questions_are_left_to_the_cardholder(desk):
    page = told(desk, code=3, method="paypal")
    for words in ("Method: PayPal", "necessary to meet operational requirements", "Steps taken to find a vendor"):
        assert words in page


def test_before_the_release_it_is_missing_and_said(desk):
    page = told(desk, code=3)
    assert "Payment release: none yet" in page
    assert "not-released" in page


def test_as_json_it_says_the_same_in_both_languages(desk):
    release = desk.gate()["about"]["release"]
    found = json.loads(told(desk, "--json", method="paypal"))
    assert (found["release"], found["match"], found["problems"]) == (release, True, [])
    assert (found["price"], found["tax"], found["total"]) == (650_000, 84_500, 734_500)
    assert found["invoice"] == {"number": "2026-17", "total": 734_500}
    assert (found["commitment"], found["payee"], found["method"]) == (
        "PO-4500012345",
        "Example Code Co-operative",
        "paypal",
    )
    assert (found["certification"]["by"], found["certification"]["amount"]) == (["c.manager"], 734_500)
    assert found["statement"]["en"] == SUPPORTS
    assert "article 34" in found["statement"]["fr"]
    assert set(found["blanks"]) == {"cardholder", "date", "necessary", "vendors", "account"}


def test_it_changes_nothing(desk):
    desk.gate()
    before = {name: content for name, content in desk.files().items() if "index.sqlite" not in name}
    told(desk)
    assert before == {name: content for name, content in desk.files().items() if "index.sqlite" not in name}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--milestone", "m9"), "has no milestone m9: m1"),
        (("--invoice-total", "7345,00"), "is not an amount"),
        (("--method", "cash"), "invalid choice"),
    ],
)
def test_what_was_typed_wrong_is_one_sentence(desk, words, sentence):
    assert sentence in told(desk, *words, code=2)


def test_of_several_milestones_one_is_named(tmp_path, monkeypatch):
    typed(monkeypatch)
    parts = [
        {"id": name, "title": {"en": "A", "fr": "A"}, "price": "6500.00" if name == "m1" else "1.00", "tax": "0.00"}
        for name in ("m1", "m2")
    ]
    desk = begun(tmp_path)
    path = tmp_path / "contract.yml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "milestones": parts}))
    desk.award()
    assert "The contract has several milestones (m1, m2)" in told(desk, code=2)
    assert "Invoice 2026-17: 1.00 CAD" in told(desk, "--milestone", "m2", code=3, total="1.00")
