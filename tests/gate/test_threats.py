"""Every way in which a payment could be had by cheating is denied with a reason of its own; the honest chain is paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from support.chains import (
    ACCEPTED,
    ASSESSED,
    AWARDED,
    CERTIFIED,
    CRITERIA,
    DECIDED,
    ENDS,
    NOW,
    Purchase,
    key_id,
    outcomes,
    pem,
    policy_predicate,
    signed_file,
)

from verifier.errors import TrustError
from verifier.gate.codes import Answer
from verifier.gate.known import Known, Request, Seen
from verifier.gate.moves import Move
from verifier.gate.names import parties
from verifier.statements import uris

NO, NOT_YET, UNTRUSTED = Answer.DO_NOT_PAY, Answer.NOT_YET, Answer.TRUST_FAILURE
OTHER = "f" * 64
BETWEEN = parties(Purchase().statements()["contract"].predicate)
LAST_YEAR = "2025-12-31T00:00:00Z"


def test_the_honest_chain_is_paid():
    assert (Purchase().answer().answer, Purchase().answer().codes) == (Answer.PAY, ())


def about(**more: Any) -> dict[str, Any]:
    """What a statement of the honest chain is about, with something else."""
    agreed = Purchase().statements()["assessment"].predicate["contract"]
    return {**agreed, **more}


def granted(role: str, **more: Any) -> dict[str, Any]:
    """The policy in which one role's grant is another."""
    whole = policy_predicate()
    return {**whole, "grants": [{**one, **more} if one["role"] == role else one for one in whole["grants"]]}


def reported(**more: Any) -> Purchase:
    """A report that says something else of its own; all that it rests on is as it was."""
    extension = Purchase().statements()["acceptance"].predicate[uris.ACCEPTANCE_EXTENSION]
    return Purchase(edits={"acceptance": {uris.ACCEPTANCE_EXTENSION: {**extension, **more}}})


def verifier(**more: Any) -> dict[str, Any]:
    return {**Purchase().statements()["acceptance"].predicate["verifier"], **more}


def item(outcome: str) -> dict[str, str]:
    return {"id": "r1", "outcome": outcome, "rationale": "Tried."}


def granted_as_well(**more: Any) -> dict[str, Any]:
    """The policy with one more role of somebody."""
    whole = policy_predicate()
    return {**whole, "grants": [*whole["grants"], {**whole["grants"][0], **more}]}


def with_second(**more: Any) -> dict[str, Any]:
    """The policy with one more certifier."""
    whole = granted_as_well(person="second", role="certifier", **more)
    people = [*whole["people"], {"id": "second", "addresses": ["certifier@example.org"]}]
    return {**whole, "people": people, "keys": [*whole["keys"], {"person": "second", "pem": pem("second")}]}


def known(**more: Any) -> Known:
    return replace(Purchase().known, **more)


def digest(name: str) -> str:
    purchase = Purchase()
    return purchase._signed(purchase.statements()[name]).digest


CRITERION = sha256(b"requirements").hexdigest()
DENIED: dict[str, tuple[Callable[[], Purchase], str, Answer]] = {
    "1 asked for another contract": (lambda: Purchase(request=Request(now=NOW, contract="MA-1")), "other-contract", NO),
    "1 asked for another milestone": (
        lambda: Purchase(request=Request(now=NOW, milestone="m2")),
        "other-milestone",
        NO,
    ),
    "1 an assessment of another milestone": (
        lambda: Purchase(edits={"certification": {"about": about(milestone="m2")}}),
        "other-milestone",
        NO,
    ),
    "1 an assessment of another round": (
        lambda: Purchase(edits={"certification": {"about": about(round=2)}}),
        "other-round",
        NO,
    ),
    "1 a report of another contract": (
        lambda: Purchase(edits={"certification": {"about": about(contract="MA-1")}}),
        "other-contract",
        NO,
    ),
    "1 a milestone that the contract does not have": (
        lambda: Purchase(edits={"assessment": {"contract": about(milestone="m9")}}),
        "unknown-milestone",
        NO,
    ),
    "2 the commit is gone": (lambda: Purchase(seen=Seen(reachable=False, merged=False)), "unreachable", NO),
    "2 the commit was not merged": (lambda: Purchase(seen=Seen(reachable=True, merged=False)), "not-merged", NO),
    "2 the repository could not be asked": (lambda: Purchase(seen=Seen()), "not-seen", NOT_YET),
    "2 the report names another commit": (
        lambda: Purchase(digests={"acceptance": {"gitCommit": "9" * 40}}),
        "other-commit",
        NO,
    ),
    "3 the same commit in another repository": (
        lambda: Purchase(edits={"assessment": {"repository": "https://git.example/fork"}}),
        "other-repository",
        NO,
    ),
    "4 the same commit with other files": (
        lambda: Purchase(digests={"acceptance": {"sha256": OTHER}}),
        "other-commit",
        NO,
    ),
    "5 criteria weakened after award": (
        lambda: Purchase(edits={"assessment": {"criteria": {"profile": "micro-ca", "version": 3, "digest": OTHER}}}),
        "other-criteria",
        NO,
    ),
    "5 another policy in the report": (
        lambda: Purchase(edits={"acceptance": {"policy": {"uri": "micro-ca", "digest": {"sha256": OTHER}}}}),
        "other-criteria",
        NO,
    ),
    "5 a contract that was amended": (
        lambda: Purchase(known=known(contracts={BETWEEN: OTHER})),
        "contract-superseded",
        NO,
    ),
    "6 an older, weaker verifier": (
        lambda: Purchase(edits={"assessment": {"verifier": "0.0.9"}}),
        "verifier-too-old",
        NO,
    ),
    "6 a version that is none": (lambda: Purchase(edits={"assessment": {"verifier": "new"}}), "verifier-too-old", NO),
    "7 a criterion dropped": (
        lambda: Purchase(edits={"assessment": {"outcomes": outcomes()[1:], "count": 3}}),
        "outcomes-incomplete",
        NO,
    ),
    "7 criteria in another order": (
        lambda: Purchase(edits={"assessment": {"outcomes": [*outcomes()[1:2], *outcomes()[:1], *outcomes()[2:]]}}),
        "outcomes-incomplete",
        NO,
    ),
    "7 met without anybody having decided": (
        lambda: Purchase(edits={"assessment": {"outcomes": outcomes(("requirements", "met"))}}),
        "outcome-impossible",
        NO,
    ),
    "7 not applicable, so that nobody decides": (
        lambda: Purchase(edits={"assessment": {"outcomes": outcomes(("requirements", "not applicable"))}}),
        "outcome-impossible",
        NO,
    ),
    "7 waived without a waiver": (
        lambda: Purchase(edits={"assessment": {"outcomes": outcomes(("tests.pass", "waived"))}}),
        "outcome-impossible",
        NO,
    ),
    "7 left to a person that the contract leaves to a tool": (
        lambda: Purchase(edits={"assessment": {"outcomes": outcomes(("style", "awaiting a decision"))}}),
        "outcome-impossible",
        NO,
    ),
    "7 a wrong count": (lambda: Purchase(edits={"assessment": {"count": 5}}), "outcomes-incomplete", NO),
    "7 a checker crashed": (
        lambda: Purchase(edits={"assessment": {"outcomes": outcomes(("tests.pass", "undetermined"))}}, told=outcomes()),
        "result-mismatch",
        NO,
    ),
    "7 what failed is told as passed": (
        lambda: Purchase(edits={"assessment": {"outcomes": outcomes(("tests.pass", "unmet"))}}, told=outcomes()),
        "result-mismatch",
        NO,
    ),
    "rejected is rejected": (
        lambda: Purchase(edits={"assessment": {"outcomes": outcomes(("tests.pass", "unmet"))}}),
        "rejected",
        NO,
    ),
    "7 a report with another score": (
        lambda: reported(score={"value": 10_000, "derivation": "all"}),
        "result-mismatch",
        NO,
    ),
    "7 a report of a better sandbox": (lambda: reported(sandbox="namespaces+cgroups"), "result-mismatch", NO),
    "7 a report that hides a decision": (lambda: reported(decisions=[]), "result-mismatch", NO),
    "7 a report with a waiver that nobody signed": (lambda: reported(waivers=[OTHER]), "result-mismatch", NO),
    "7 a report that lasts longer": (lambda: reported(expires="2027-01-01T00:00:00Z"), "result-mismatch", NO),
    "7 a report with other reasons": (
        lambda: reported(outcomes=[{**one, "reason": "It is well."} for one in outcomes(("requirements", "met"))]),
        "result-mismatch",
        NO,
    ),
    "7 a report by another verifier": (
        lambda: Purchase(edits={"acceptance": {"verifier": verifier(id="https://verifier.example")}}),
        "result-mismatch",
        NO,
    ),
    "7 a report with other tools": (
        lambda: Purchase(edits={"acceptance": {"verifier": verifier(version={"verifier": "0.1.0", "pytest": "1"})}}),
        "result-mismatch",
        NO,
    ),
    "7 a report by an older verifier": (
        lambda: Purchase(edits={"acceptance": {"verifier": verifier(version={"verifier": "0.0.9"})}}),
        "verifier-too-old",
        NO,
    ),
    "7 a report under other criteria by name": (
        lambda: Purchase(
            edits={"acceptance": {"policy": {"uri": f"{uris.CRITERIA}/qasp-18f", "digest": {"sha256": CRITERIA}}}}
        ),
        "result-mismatch",
        NO,
    ),
    "7 tampering was proven and nothing is open": (
        lambda: Purchase(edits={"assessment": {"tampering": [{"what": "a test wrote the results", "proven": True}]}}),
        "tampered",
        NO,
    ),
    "8 another level": (
        lambda: Purchase(edits={"acceptance": {"verifiedLevels": ["VERIFIER_REJECTED"]}}),
        "result-mismatch",
        NO,
    ),
    "8 FAILED among levels": (
        lambda: Purchase(edits={"acceptance": {"verifiedLevels": ["FAILED"]}}),
        "result-mismatch",
        NO,
    ),
    "10 right key, wrong role: assessment": (
        lambda: Purchase(signers={"assessment": ("certifier",)}),
        "role",
        UNTRUSTED,
    ),
    "10 right key, wrong role: certification": (
        lambda: Purchase(signers={"certification": ("assessor",)}),
        "role",
        UNTRUSTED,
    ),
    "10 right key, wrong role: decision": (lambda: Purchase(signers={"decision": ("supplier",)}), "role", UNTRUSTED),
    "10 right key, wrong role: report": (lambda: Purchase(signers={"acceptance": ("supplier",)}), "role", UNTRUSTED),
    "10 a contract that the supplier did not sign": (
        lambda: Purchase(signers={"contract": ("requester",)}),
        "contract-unsigned",
        NOT_YET,
    ),
    "10 a contract that the requester did not sign": (
        lambda: Purchase(signers={"contract": ("supplier",)}),
        "contract-unsigned",
        NOT_YET,
    ),
    "14 a revoked key": (
        lambda: Purchase(known=known(revoked={key_id("assessor"): ASSESSED})),
        "key-revoked",
        UNTRUSTED,
    ),
    "14 a revoked statement, by the ledger": (
        lambda: Purchase(known=known(revoked={digest("acceptance"): ASSESSED})),
        "revoked",
        NO,
    ),
    "14 a revoked statement, by the policy": (
        lambda: Purchase(
            policy=policy_predicate(revoked=[{"statement": digest("assessment"), "from": ASSESSED, "reason": "wrong"}])
        ),
        "revoked",
        NO,
    ),
    "18 the certifier is the supplier": (
        lambda: Purchase(policy=granted("certifier", person="supplier"), signers={"certification": ("supplier",)}),
        "not-apart",
        NO,
    ),
    "18 the certifier is the requester": (
        lambda: Purchase(policy=granted("certifier", person="requester"), signers={"certification": ("requester",)}),
        "not-apart",
        NO,
    ),
    "18 the certifier is the assessor": (
        lambda: Purchase(policy=granted("certifier", person="assessor"), signers={"certification": ("assessor",)}),
        "not-apart",
        NO,
    ),
    "18 the certifier is the payer": (
        lambda: Purchase(policy=granted("payer", person="certifier")),
        "not-apart",
        NO,
    ),
    "18 two who certify wrote a commit, and one is over the limit": (
        lambda: Purchase(
            policy=with_second(limit=100),
            signers={"certification": ("certifier", "second")},
            edits={"assessment": {"authors": [sha256(b"certifier@example.org").hexdigest()]}},
        ),
        "author",
        NO,
    ),
    "18 the supplier assesses": (
        lambda: Purchase(
            policy=granted("assessor", person="supplier"), signers=dict.fromkeys(ASSESSORS, ("supplier",))
        ),
        "not-apart",
        NO,
    ),
    "18 the certifier wrote a commit": (
        lambda: Purchase(edits={"assessment": {"authors": [sha256(b"certifier@example.org").hexdigest()]}}),
        "author",
        NO,
    ),
    "18 the assessor wrote a commit": (
        lambda: Purchase(edits={"assessment": {"authors": [sha256(b"assessor@example.org").hexdigest()]}}),
        "author",
        NO,
    ),
    "18 two roles that the policy keeps apart": (
        lambda: Purchase(
            policy=granted("assessor", person="requester") | {"apart": [["requester", "assessor"]]},
            signers=dict.fromkeys(ASSESSORS, ("requester",)),
        ),
        "not-apart",
        NO,
    ),
    "19 over the limit": (lambda: Purchase(policy=granted("certifier", limit=700_000)), "over-limit", NO),
    "19 a delegation that ended": (
        lambda: Purchase(policy=granted("certifier", until="2026-11-01T00:00:00Z")),
        "role-expired",
        UNTRUSTED,
    ),
    "19 a delegation that has not begun": (
        lambda: Purchase(policy=granted("certifier", **{"from": "2026-12-01T00:00:00Z"})),
        "role-expired",
        UNTRUSTED,
    ),
    "19 a suspended delegation": (
        lambda: Purchase(policy=granted("certifier", suspended=True)),
        "suspended",
        UNTRUSTED,
    ),
    "19 for other contracts": (lambda: Purchase(policy=granted("certifier", contracts=["MA-1"])), "role", UNTRUSTED),
    "20 another amount": (lambda: Purchase(edits={"certification": {"amount": 734_501}}), "amount-mismatch", NO),
    "20 price and tax moved": (
        lambda: Purchase(edits={"certification": {"price": 734_500, "tax": 0}}),
        "amount-mismatch",
        NO,
    ),
    "20 another payee": (lambda: Purchase(edits={"certification": {"payee": "Others Inc."}}), "payee-mismatch", NO),
    "20 another currency": (lambda: Purchase(edits={"certification": {"currency": "USD"}}), "currency-mismatch", NO),
    "20 asked for another amount": (lambda: Purchase(request=Request(now=NOW, amount=1)), "request-mismatch", NO),
    "20 asked for another payee": (
        lambda: Purchase(request=Request(now=NOW, payee="Others Inc.")),
        "request-mismatch",
        NO,
    ),
    "20 asked for another invoice": (lambda: Purchase(request=Request(now=NOW, invoice="1")), "request-mismatch", NO),
    "20 over the ceiling": (lambda: Purchase(edits={"contract": {"ceiling": 700_000}}), "over-ceiling", NO),
    "20 over the ceiling with what was paid before": (
        lambda: Purchase(known=known(released={"m0": 300_000})),
        "over-ceiling",
        NO,
    ),
    "21 a certification of another report": (
        lambda: Purchase(digests={"certification": {"sha256": OTHER}}),
        "other-report",
        NO,
    ),
    "21 it certifies nothing": (
        lambda: Purchase(
            edits={"certification": {"sentence": {"en": "I certify nothing.", "fr": "Je n'atteste rien."}}}
        ),
        "certification-mismatch",
        NO,
    ),
    "21 it hides what was not examined": (
        lambda: Purchase(edits={"assessment": {"notExamined": [{"path": "core.so"}]}}),
        "certification-mismatch",
        NO,
    ),
    "22 a certification before the report": (
        lambda: Purchase(edits={"certification": {"made": DECIDED}}),
        "made-before",
        NO,
    ),
    "22 a report before the assessment": (
        lambda: Purchase(edits={"assessment": {"finished": CERTIFIED}}),
        "made-before",
        NO,
    ),
    "22 a decision before the assessment": (
        lambda: Purchase(edits={"decision": {"made": AWARDED}}),
        "made-before",
        NO,
    ),
    "22 a clock that went back behind the ledger": (
        lambda: Purchase(known=known(latest="2026-11-20T00:00:00Z")),
        "clock-back",
        UNTRUSTED,
    ),
    "22 a clock that went back behind the statements": (
        lambda: Purchase(known=Known(), request=Request(now="2026-11-05T00:00:00Z")),
        "signed-later",
        NOT_YET,
    ),
    "22 a clock that went forward": (
        lambda: Purchase(request=Request(now="2026-12-05T00:00:00Z")),
        "contract-ended",
        NO,
    ),
    "22 an assessment that expired": (
        lambda: Purchase(edits={"assessment": {"expires": ASSESSED}}),
        "expired",
        NO,
    ),
    "29 a decision on another assessment": (
        lambda: Purchase(digests={"decision": {"sha256": OTHER}}),
        "other-report",
        NO,
    ),
    "29 a decision after the report": (lambda: Purchase(edits={"decision": {"made": NOW}}), "decision-late", NO),
    "29 the ledger has a later decision": (
        lambda: Purchase(known=known(decisions={(digest("assessment"), CRITERION): (OTHER, "unmet")})),
        "decision-overruled",
        NO,
    ),
    "a decision is missing": (lambda: Purchase(left_out=frozenset({"decision"})), "decision-missing", NOT_YET),
    "a decision that it is unmet": (lambda: Purchase(edits={"decision": {"outcome": "unmet"}}), "decision-unmet", NO),
    "a decision that one item is unmet": (
        lambda: Purchase(edits={"decision": {"items": [item("unmet")]}}),
        "decision-unmet",
        NO,
    ),
    "E1 a later round was assessed": (lambda: Purchase(known=known(rounds={"m1": 2})), "superseded", NO),
    "E9 a self-check": (lambda: Purchase(edits={"assessment": {"kind": "self-check"}}), "self-check", NO),
    "E10 paid already": (lambda: Purchase(known=known(released={"m1": 734_500})), "already-paid", NO),
    "E10 its nonce was used": (lambda: Purchase(known=known(nonces=frozenset({"d" * 32}))), "already-paid", NO),
    "a sandbox that is too weak": (
        lambda: Purchase(edits={"assessment": {"sandbox": {"tier": "none"}}}),
        "sandbox-too-weak",
        NO,
    ),
    "a contract that ended": (lambda: Purchase(edits={"contract": {"ends": ASSESSED}}), "contract-ended", NO),
    "a contract that was terminated": (
        lambda: Purchase(known=known(moves=(Move("terminated"),))),
        "terminated",
        NO,
    ),
    "a milestone in dispute": (lambda: Purchase(known=known(moves=(Move("disputed", "m1"),))), "disputed", NOT_YET),
    "no contract": (lambda: Purchase(left_out=frozenset({"contract"})), "contract-missing", NOT_YET),
    "no assessment": (lambda: Purchase(left_out=frozenset({"assessment"})), "assessment-missing", NOT_YET),
    "no report": (lambda: Purchase(left_out=frozenset({"acceptance"})), "acceptance-missing", NOT_YET),
    "no certification": (lambda: Purchase(left_out=frozenset({"certification"})), "certification-missing", NOT_YET),
}
ASSESSORS = ("assessment", "decision", "acceptance")


def second() -> bytes:
    one = Purchase().statements()["certification"]
    return signed_file(replace(one, predicate={**one.predicate, "invoice": "2026-18"}), "certifier")


@pytest.mark.parametrize("name", DENIED)
def test_it_is_denied_with_its_own_reason(name):
    make, code, wanted = DENIED[name]
    answered = make().answer()
    assert code in answered.codes
    assert answered.answer is not Answer.PAY
    weight = {reason.code: reason.answer for _, found in answered.reasons for reason in found}
    assert weight[code] is wanted


HONEST: dict[str, Callable[[], Purchase]] = {
    "a dispute that was resolved": lambda: Purchase(
        known=known(moves=(Move("disputed", "m1"), Move("resolved", "m1"), Move("disputed", "m2")))
    ),
    "within the limit": lambda: Purchase(policy=granted("certifier", limit=734_500)),
    "asked for exactly this": lambda: Purchase(
        request=Request(
            now=NOW, contract="MA-2026-014", milestone="m1", amount=734_500, payee="Parcels Inc.", invoice="2026-17"
        )
    ),
    "another milestone was paid": lambda: Purchase(known=known(released={"m0": 200_000})),
    "the assessor may be the requester": lambda: Purchase(
        policy=granted("assessor", person="requester"), signers=dict.fromkeys(ASSESSORS, ("requester",))
    ),
    "a stranger wrote it": lambda: Purchase(edits={"assessment": {"authors": [OTHER]}}),
    "the ledger has this decision": lambda: Purchase(
        known=known(decisions={(digest("assessment"), CRITERION): (digest("decision"), "met")})
    ),
    "the ledger has this contract": lambda: Purchase(
        known=known(contracts={BETWEEN: digest("contract")}, rounds={"m1": 1})
    ),
    "a newer verifier": lambda: Purchase(edits={"assessment": {"verifier": "1.0"}}),
    "on the last second": lambda: Purchase(request=Request(now=ENDS)),
    "somebody signs beside who may": lambda: Purchase(
        signers={"assessment": ("assessor", "supplier"), "certification": ("certifier", "supplier")}
    ),
    "every item is met": lambda: Purchase(edits={"decision": {"items": [item("met")]}}),
    "an installation wrote a file of its own": lambda: Purchase(
        edits={"assessment": {"tampering": [{"what": "the installation changed conftest.py", "proven": False}]}}
    ),
    "all at one moment": lambda: Purchase(
        edits={
            "assessment": {"finished": ACCEPTED},
            "decision": {"made": ACCEPTED},
            "certification": {"made": ACCEPTED},
        }
    ),
    "a report by a newer verifier, in other words": lambda: Purchase(
        edits={"acceptance": {"verifier": verifier(version={"verifier": "9.0", "pytest": "9.2.0"})}}
    ),
    "a certifier with a lower limit signs beside": lambda: Purchase(
        policy=with_second(limit=100), signers={"certification": ("certifier", "second")}
    ),
    "the assessor, who certifies elsewhere, signs beside the certifier": lambda: Purchase(
        policy=granted_as_well(person="assessor", role="certifier"),
        signers={"certification": ("certifier", "assessor")},
    ),
    "an author, who assesses elsewhere, signs beside the assessor": lambda: Purchase(
        policy=granted_as_well(person="supplier", role="assessor"),
        signers=dict.fromkeys(ASSESSORS, ("assessor", "supplier")),
    ),
    "the certifier was a payer until last year": lambda: Purchase(
        policy=granted_as_well(person="certifier", role="payer", **{"from": "2024-01-01T00:00:00Z"}, until=LAST_YEAR)
    ),
    "merging was not agreed": lambda: Purchase(
        edits={"contract": {"merged": "main"}}, seen=Seen(reachable=True, merged=True)
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_its_honest_twin_is_paid(name):
    answered = HONEST[name]().answer()
    assert (answered.answer, answered.codes) == (Answer.PAY, ())


def test_what_was_asked_and_what_was_certified_are_told_as_amounts():
    purchase = Purchase(request=Request(now=NOW, amount=100))
    (told,) = [one for _, found in purchase.answer().reasons for one in found]
    assert (told.code, "1.00 CAD" in told.words.en, "7,345.00 CAD" in told.words.en) == ("request-mismatch", True, True)


def test_of_two_certifications_one_is_paid_and_both_deny_where_each_does():
    assert Purchase(more=[second()]).answer().answer is Answer.PAY
    both = Purchase(more=[second()], policy=granted("certifier", limit=1)).answer()
    assert (both.answer, both.codes) == (NO, ("over-limit",))


def test_a_key_that_the_policy_revoked_is_not_read():
    policy = policy_predicate(revoked=[{"key": key_id("assessor"), "from": ASSESSED, "reason": "lost"}])
    with pytest.raises(TrustError) as caught:
        Purchase(policy=policy).case()
    assert caught.value.code == "key-revoked"


def test_a_key_that_nobody_knows_is_not_read():
    with pytest.raises(TrustError) as caught:
        Purchase(signers={"assessment": ("stranger",)}).case()
    assert caught.value.code == "signature"


def test_all_that_is_wrong_is_told_at_once_and_the_heaviest_decides():
    purchase = Purchase(
        left_out=frozenset({"certification"}), signers={"acceptance": ("supplier",)}, seen=Seen(reachable=False)
    )
    answered = purchase.answer()
    assert {"certification-missing", "role", "unreachable"} <= set(answered.codes)
    assert answered.answer is UNTRUSTED
