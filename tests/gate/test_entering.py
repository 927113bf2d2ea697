"""What the ledger takes, from whom, in which turn, and what of it still counts at the gate."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from support.booked import Desk, digest, event, revocation, roster
from support.chains import CERTIFIED, DECIDED, NOW, SIGNERS, Purchase, outcomes
from support.logged import made

from verifier import drafts
from verifier.errors import TrustError
from verifier.gate.book import ordered
from verifier.gate.codes import Answer
from verifier.gate.entering import allow
from verifier.gate.known import Known
from verifier.statements.statement import Statement
from verifier.trust.policy import trust_policy
from verifier.trust.signed import Signed

OTHER = "f" * 64
BOTH = SIGNERS["contract"]
HONEST = Purchase().statements()
NONCES = {"assessment": {"nonce": "e" * 32}}


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(made(tmp_path / "payments"))


@pytest.fixture
def agreed(desk) -> Desk:
    """The ledger has the contract."""
    desk.enter(HONEST["contract"], *BOTH)
    return desk


@contextlib.contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(TrustError) as told:
        yield
    assert told.value.code == code
    assert told.value.in_language("fr") != told.value.in_language("en")


def amendment(**more: Any) -> Statement:
    one = HONEST["contract"]
    return replace(one, predicate={**one.predicate, "amends": digest(one), "ends": "2026-12-24T12:00:00Z", **more})


def assessment(round_: int, **more: Any) -> Statement:
    one = HONEST["assessment"]
    return replace(one, predicate={**one.predicate, "contract": {**one.predicate["contract"], "round": round_}, **more})


def decided(how: str) -> Statement:
    return drafts.decision(named(HONEST["assessment"]), "requirements", how, f"It is {how}.", DECIDED)


def named(statement: Statement) -> Signed:
    """With its digest, signed by nobody."""
    return Purchase()._signed(statement)


# Who revokes.


@pytest.mark.parametrize("kind", sorted(SIGNERS))
def test_whoever_signs_beside_them_revokes_nothing(desk, kind):
    """By anybody else in the roster, however many: only who could make the statement takes it back."""
    strangers = ("s.other", "r.other", "payer", "gate")
    for stranger in strangers:
        with refused("role"):
            desk.revoke(HONEST[kind], *SIGNERS[kind], *strangers, by=stranger)
    assert desk.gate()[0].answer is Answer.PAY


@pytest.mark.parametrize("kind", sorted(SIGNERS))
def test_who_signed_it_takes_it_back(desk, kind):
    for own in SIGNERS[kind]:
        desk.revoke(HONEST[kind], *SIGNERS[kind], "s.other", by=own)
    assert "revoked" in desk.codes()


def test_a_party_of_another_contract_takes_back_no_event(agreed):
    said = event("disputed", "m1")
    agreed.enter(said, "supplier", "s.other")
    with refused("role"):
        agreed.revoke(said, "supplier", "s.other", by="s.other")
    assert agreed.codes() == ("disputed",)
    agreed.revoke(said, "supplier", "s.other", by="supplier")
    assert agreed.codes() == ()


def test_whose_role_ended_takes_nothing_back(desk):
    ended = [
        {**one, "until": "2026-11-13T23:00:00Z"} if one["role"] == "certifier" else one for one in roster()["grants"]
    ]
    desk.policy = roster(grants=ended)
    with refused("role"):
        desk.revoke(HONEST["certification"], "certifier", by="certifier")
    assert desk.times() == []


def test_a_revocation_comes_with_what_it_revokes(desk):
    with refused("role"):
        desk.enter(revocation(HONEST["certification"]), "certifier")
    with refused("role"):
        desk.enter(revocation(HONEST["certification"]), "certifier", of=desk.signed(HONEST["acceptance"], "assessor"))
    assert desk.times() == []


# Who moves the record.


@pytest.mark.parametrize(
    ("what", "own", "stranger"),
    [
        ("disputed", "supplier", "s.other"),
        ("disputed", "requester", "r.other"),
        ("terminated", "requester", "r.other"),
        ("terminated", "requester", "supplier"),
        ("not-delivered", "requester", "r.other"),
        ("received", "supplier", "s.other"),
        ("paid", "payer", "supplier"),
    ],
)
def test_the_record_is_moved_by_the_parties_of_that_contract(agreed, what, own, stranger):
    with refused("role"):
        agreed.enter(event(what), stranger)
    assert agreed.gate(left_out=frozenset({"certification"}))[1] == ("certification-missing",)
    agreed.enter(event(what), own)
    assert agreed.gate()[0].answer is not Answer.PAY


def test_an_event_is_about_a_contract_that_the_ledger_has(desk):
    for what, who in (("disputed", "supplier"), ("paid", "payer")):
        with refused("contract-missing"):
            desk.enter(event(what), who)
    desk.enter(HONEST["contract"], *BOTH)
    for what, who in (("disputed", "supplier"), ("paid", "payer")):
        with refused("contract-missing"):
            desk.enter(event(what, digests={"sha256": "0" * 64}), who)
    assert desk.codes() == ()


def test_an_event_about_an_earlier_version_is_about_the_contract(agreed):
    agreed.enter(amendment(), *BOTH)
    agreed.enter(event("disputed"), "supplier")
    assert {"disputed", "contract-superseded"} <= set(agreed.codes())


# Which contract it is.


@pytest.mark.parametrize(
    ("changed", "who"),
    [
        ({"supplier": "s.other", "requester": "r.other"}, ("r.other", "s.other")),
        ({"supplier": "s.other"}, ("requester", "s.other")),
        ({"requester": "r.other"}, ("r.other", "supplier")),
    ],
    ids=["both", "supplier", "requester"],
)
def test_a_contract_is_amended_by_its_own_parties(agreed, changed, who):
    for signers in (who, (*who, *BOTH)):
        with refused("contract-superseded"):
            agreed.enter(amendment(**changed), *signers)
    assert agreed.codes() == ()


def test_a_second_signature_of_a_party_makes_its_contract_no_worse(desk):
    """One was stamped while the role lasted, the other was made when it had ended."""
    signed = desk.signed(HONEST["contract"], *BOTH)
    late = tuple(replace(one, at="2998-01-01T00:00:00Z") for one in signed.by)
    trust = trust_policy("e" * 64, roster())
    for by in ((*late, *signed.by), (*signed.by, *late)):
        allow(replace(signed, by=by), trust, Known(), NOW)
    with pytest.raises(TrustError, match="could not act as requester"):
        allow(replace(signed, by=late), trust, Known(), NOW)


def test_an_amendment_by_both_counts_from_then_on(agreed):
    agreed.enter(amendment(), *BOTH)
    assert agreed.codes() == ("contract-superseded",)
    agreed.enter(HONEST["contract"], *BOTH)
    assert agreed.codes() == ("contract-superseded",), "the earlier version is there, and stays the earlier one"


def test_what_is_amended_is_in_the_ledger(desk):
    with refused("contract-superseded"):
        desk.enter(amendment(amends="0" * 64), *BOTH)
    desk.enter(HONEST["contract"], *BOTH)
    for other in (amendment(amends="0" * 64), amendment(), amendment(payee="Others Inc.")):
        before = desk.codes(left_out=frozenset({"certification"}))
        if other.predicate["amends"] == "0" * 64:
            with refused("contract-superseded"):
                desk.enter(other, *BOTH)
            assert desk.codes(left_out=frozenset({"certification"})) == before
    desk.enter(amendment(), *BOTH)
    with refused("contract-superseded"):
        desk.enter(amendment(payee="Others Inc."), *BOTH)


def test_several_versions_are_entered_in_their_turn():
    """In whatever order the files lie there, and an event after the contract that it is about."""
    second = amendment()
    third = amendment(amends=digest(second), payee="Others Inc.")
    made_ = [HONEST["contract"], second, third, assessment(1), assessment(2), event("disputed"), event("resolved")]
    made_[6] = replace(made_[6], predicate={**made_[6].predicate, "made": "2026-11-15T12:00:00Z"})
    found = [named(one) for one in made_]
    for tried in (found, found[::-1], sorted(found, key=lambda one: one.digest)):
        assert [one.digest for one in ordered(tried)] == [one.digest for one in found]


def test_who_signed_an_amendment_does_not_go_back_behind_it(agreed):
    second = amendment()
    agreed.enter(second, *BOTH)
    agreed.revoke(second, *BOTH, by="supplier")
    assert agreed.codes() == ("contract-superseded",)


def test_others_who_use_the_id_have_another_contract(desk):
    """Whether theirs was entered before or afterwards; and the record of each is moved by its own parties."""
    others = replace(HONEST["contract"], predicate={**HONEST["contract"].predicate, "supplier": "s.other"})
    desk.enter(others, "requester", "s.other")
    assert desk.gate(left_out=frozenset({"certification"}))[1] == ("certification-missing",)
    desk.enter(HONEST["contract"], *BOTH)
    about_theirs = {"sha256": digest(others)}
    for said, who in ((event("received", digests=about_theirs), "supplier"), (event("received"), "s.other")):
        with refused("role"):
            desk.enter(said, who)
    assert desk.codes() == ()


def test_a_version_that_the_root_keys_took_out_is_none(agreed):
    second = amendment()
    agreed.enter(second, *BOTH)
    agreed.policy = roster(revoked=[{"statement": digest(second), "from": DECIDED, "reason": "Never agreed."}])
    assert agreed.codes() == ()


# Rounds.


def test_the_next_round_is_one_more(desk):
    for round_, code in ((2, "other-round"), (9007199254740991, "other-round")):
        with refused(code):
            desk.enter(assessment(round_), "assessor")
    for round_ in (1, 2, 3):
        desk.enter(assessment(round_), "assessor")
    with refused("other-round"):
        desk.enter(assessment(5), "assessor")
    assert desk.codes() == ("superseded",)


def test_a_self_check_is_no_round(desk):
    with refused("self-check"):
        desk.enter(assessment(1, kind="self-check"), "assessor")


def test_what_was_revoked_is_no_round(desk):
    first, second = assessment(1), assessment(2)
    desk.enter(first, "assessor")
    desk.enter(second, "a.two")
    assert desk.codes() == ("superseded",)
    desk.revoke(second, "a.two", by="a.two", start="2026-11-20T12:00:00Z")
    assert desk.codes() == ("superseded",), "not yet"
    desk.revoke(second, "a.two", by="a.two")
    assert desk.codes() == ()


@pytest.mark.parametrize("what", ["round", "terminated", "unmet", "failed"])
def test_what_the_root_keys_revoked_is_not_counted_either(agreed, what):
    one, who = {
        "round": (assessment(2), "a.two"),
        "terminated": (event("terminated"), "requester"),
        "unmet": (decided("unmet"), "a.two"),
        "failed": (failed(), "a.two"),
    }[what]
    agreed.enter(HONEST["assessment"], "assessor")
    agreed.enter(one, who)
    assert agreed.gate()[0].answer is Answer.DO_NOT_PAY
    agreed.policy = roster(revoked=[{"statement": digest(one), "from": DECIDED, "reason": "Wrong."}])
    assert agreed.codes() == ()


def test_what_its_signer_revoked_ends_nothing(agreed):
    said = event("terminated")
    agreed.enter(said, "requester")
    assert agreed.codes() == ("terminated",)
    agreed.revoke(said, "requester", by="requester")
    assert agreed.codes() == ()


# A refusal stays one.


def test_the_first_assessment_of_a_round_counts_until_it_is_revoked(desk):
    first, again = HONEST["assessment"], Purchase(edits=NONCES)
    desk.enter(first, "a.two")
    with refused("superseded"):
        desk.enter(again.statements()["assessment"], "assessor")
    assert desk.codes(again) == ("superseded",)
    desk.enter(first, "a.two")
    desk.revoke(first, "a.two", by="a.two")
    desk.enter(again.statements()["assessment"], "assessor")
    assert desk.codes(again) == ()


def failed() -> Statement:
    """Of the same round, by whoever judged it otherwise."""
    refusing = Purchase(edits={"assessment": {"outcomes": outcomes(("tests.pass", "unmet"))}})
    return refusing.statements()["acceptance"]


def test_a_report_that_rejects_counts_until_it_is_revoked(desk):
    desk.enter(failed(), "a.two")
    desk.enter(HONEST["acceptance"], "assessor")
    assert desk.codes() == ("rejected",)
    desk.revoke(failed(), "a.two", by="a.two")
    assert desk.codes() == ()


def test_a_report_that_accepts_stops_nothing_and_one_of_another_milestone_neither(desk):
    desk.enter(HONEST["acceptance"], "assessor")
    assert desk.codes(edits={"certification": {"payee": "Others Inc."}}) == ("payee-mismatch",)
    other = Purchase(edits={"assessment": {"contract": {**about(), "milestone": "m2"}}}, told=outcomes())
    one = other.statements()["acceptance"]
    rejects = {**one.predicate, "verificationResult": "FAILED", "verifiedLevels": ["FAILED"]}
    desk.enter(replace(one, predicate=rejects), "assessor")
    assert desk.codes() == ()


def about() -> dict[str, Any]:
    return dict(HONEST["assessment"].predicate["contract"])


@pytest.mark.parametrize("order", [("met", "unmet"), ("unmet", "met")], ids=str)
def test_an_unmet_decision_counts_until_who_made_it_revokes_it(desk, order):
    """Whoever decides otherwise, before or afterwards."""
    signers = {"met": "assessor", "unmet": "a.two"}
    for how in order:
        desk.enter(HONEST["decision"] if how == "met" else decided(how), signers[how])
    assert desk.codes() == ("decision-overruled",)
    with refused("role"):
        desk.revoke(decided("unmet"), "a.two", by="assessor")
    desk.revoke(decided("unmet"), "a.two", by="a.two")
    assert desk.codes() == ()


def test_an_unmet_decision_counts_for_every_assessment_of_its_round(desk):
    again = Purchase(edits=NONCES)
    desk.enter(HONEST["assessment"], "assessor")
    desk.enter(decided("unmet"), "a.two")
    desk.revoke(HONEST["assessment"], "assessor", by="assessor")
    assert desk.codes(again) == ("decision-overruled",)
    desk.revoke(decided("unmet"), "a.two", by="a.two")
    assert desk.codes(again) == ()


# Paid elsewhere.


@pytest.mark.parametrize(("what", "who"), [("paid", "payer"), ("received", "supplier")])
@pytest.mark.parametrize("milestone", ["m1", None])
def test_what_the_record_says_is_paid_is_not_paid_again(agreed, what, who, milestone):
    agreed.enter(event(what, milestone), who)
    assert agreed.codes() == ("already-paid",)
    agreed.revoke(event(what, milestone), who, by=who)
    assert agreed.codes() == ()


def test_a_milestone_that_the_contract_does_not_have_is_refused(agreed):
    with refused("unknown-milestone"):
        agreed.enter(event("paid", "m2"), "payer")
    assert agreed.codes() == ()


def test_a_round_is_accepted_once_and_rejected_at_any_time(agreed):
    """A second report that accepts would only leave it open which one counts."""
    for name in ("assessment", "decision", "acceptance"):
        agreed.enter(HONEST[name], *SIGNERS[name])
    again = replace(HONEST["acceptance"], predicate={**HONEST["acceptance"].predicate, "timeVerified": CERTIFIED})
    with refused("superseded"):
        agreed.enter(again, "a.two")
    agreed.revoke(HONEST["acceptance"], "assessor", by="assessor")
    agreed.enter(again, "a.two")


def test_a_criterion_is_met_once_and_unmet_at_any_time(agreed):
    for name in ("assessment", "decision"):
        agreed.enter(HONEST[name], *SIGNERS[name])
    with refused("superseded"):
        agreed.enter(decided("met"), "a.two")
    agreed.enter(decided("unmet"), "a.two")


def test_what_is_told_of_the_contract_of_others_moves_only_theirs(desk):
    """Whoever uses the id has a contract of their own, and ends or pays that one."""
    others = replace(
        HONEST["contract"], predicate={**HONEST["contract"].predicate, "supplier": "s.other", "requester": "r.other"}
    )
    desk.enter(HONEST["contract"], *BOTH)
    desk.enter(others, "r.other", "s.other")
    for what, who in (("received", "s.other"), ("terminated", "r.other")):
        with contextlib.suppress(TrustError):
            desk.enter(event(what, digests={"sha256": digest(others)}), who)
    assert desk.codes() == ()


def test_what_ended_the_rest_of_a_contract_ends_nothing_that_was_certified(agreed):
    """`not-delivered` of the whole contract leads on in no milestone that was accepted."""
    for name in ("assessment", "decision", "acceptance", "certification"):
        agreed.enter(HONEST[name], *SIGNERS[name])
    with refused("illegal-move"):
        agreed.enter(event("not-delivered"), "requester")
    assert agreed.codes() == ()


def test_what_was_released_is_the_same_release_after_it_was_paid(agreed):
    first, _ = agreed.gate()
    agreed.enter(event("paid", "m1"), "payer")
    again, _ = agreed.gate()
    assert (again.repeated, again.release) == (True, first.release)


@pytest.mark.parametrize("number", ["2026-17", "２０２６-17"])
@pytest.mark.parametrize("payee", ["Parcels Inc.", "PARCELS  Inc."])
def test_an_invoice_is_paid_once_whatever_it_is_said_to_be_for(desk, number, payee):
    assert desk.codes() == ()
    twice = another(payee, number)
    assert desk.codes(twice) == ("already-paid",)
    assert desk.codes(another(payee, "2026-18")) == ()


def test_the_same_number_by_another_payee_is_another_invoice(desk):
    assert desk.codes() == ()
    assert desk.codes(another("Others Inc.", "2026-17")) == ()


def another(payee: str, number: str, contract: str = "MA-2026-015") -> Purchase:
    """Another contract, another delivery."""
    return Purchase(
        edits={
            "contract": {"id": contract, "payee": payee},
            "certification": {"payee": payee, "invoice": number},
            **NONCES,
        }
    )


def test_ids_that_a_reader_takes_for_one_are_one_contract(desk):
    assert desk.codes() == ()
    assert desk.codes(another("Others Inc.", "1", contract="ma-2026-014")) == ("already-paid",)


# Time.

LATER, MONTHS_LATER = "2026-11-14T12:00:07Z", "2027-06-01T00:00:00Z"


def test_what_others_enter_meanwhile_is_not_later_than_now(desk):
    """The request is older than an entry; the clock is read when the ledger is held."""
    desk.enter(HONEST["decision"], "assessor", now=LATER)
    outcome, codes = desk.gate(clock=lambda: LATER)
    assert (outcome.answer, codes) == (Answer.PAY, ())
    assert desk.times() == [LATER, LATER]


def test_a_clock_that_is_some_seconds_behind_pays_at_the_ledgers_time(desk):
    desk.enter(HONEST["decision"], "assessor", now=LATER)
    outcome, codes = desk.gate(clock=lambda: NOW)
    assert (outcome.answer, codes) == (Answer.PAY, ())
    assert desk.times() == [LATER, LATER]


def test_a_clock_that_was_turned_back_gains_nothing_however_often_something_is_entered(desk):
    """What had expired by the ledger's newest entry stays expired."""
    desk.policy = roster(grants=[{**one, "until": "2028-01-01T00:00:00Z"} for one in roster()["grants"]])
    assert "expired" in desk.codes(clock=lambda: MONTHS_LATER, edits=NONCES)
    for clock in (NOW, "2026-11-20T00:00:00Z"):
        with contextlib.suppress(TrustError):
            desk.enter(HONEST["decision"], "assessor", now=clock)
        assert "expired" in desk.codes(clock=lambda now=clock: now)
    assert set(desk.times()) == {MONTHS_LATER}


def test_a_desk_whose_clock_is_days_ahead_stops_nobody(desk):
    ahead = "2026-11-25T00:00:00Z"
    desk.enter(HONEST["decision"], "assessor", now=ahead)
    outcome, codes = desk.gate(clock=lambda: NOW)
    assert (outcome.answer, codes) == (Answer.PAY, ())
    assert outcome.answered is not None
    assert outcome.answered.case.request.now == ahead
