"""Acting: who has the role prepares a statement, signs it elsewhere and hands it in; nobody else does anything."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.booked import roster
from support.chains import signed_payload
from support.desks import PASSPHRASE, Desk
from support.filed import record
from support.provider import running
from support.shown import altered
from support.visiting import ACT, BACK, Site, filed, statement

from verifier.errors import WorldError
from verifier.gate import prepared
from verifier.statements import envelope, uris
from verifier.trust.policy import trust_policy

DECISION = {"milestone": "m1", "criterion": "requirements", "outcome": "met", "rationale": "Seen working."}
WAIVER = {"milestone": "m1", "target": "style", "reason": "It reads well.", "until": "2026-12-31"}
CERTIFICATION = {"milestone": "m1", "amount": "7345.00", "invoice": "2026-17", "payee": "Parcels Inc."}


@pytest.fixture(scope="module")
def provider():
    with running(BACK) as found:
        yield found


@pytest.fixture(scope="module")
def assessed(tmp_path_factory, provider):
    return Site(filed(tmp_path_factory.mktemp("acting") / "record"), provider)


@pytest.fixture(scope="module")
def accepted(tmp_path_factory, provider):
    return Site(filed(tmp_path_factory.mktemp("acting") / "record", accepted=True), provider)


def visiting(site, who):
    visitor = Site(site.folder, site.provider, policy=site.policy, files=site.files).visitor()
    visitor.sign_in(who)
    return visitor


def draft(visitor, kind, filled):
    return visitor.post(f"{ACT}/{kind}", data=filled)


def test_who_is_not_signed_in_is_asked_to_and_writes_nothing(assessed):
    visitor = assessed.visitor()
    assert visitor.get(f"{ACT}.html").headers["location"] == f"/sign-in?next={ACT}.html"
    for address in (f"{ACT}/decision", f"{ACT}/statement", "/sign-out"):
        assert visitor.post(address, token="guessed", data=DECISION).status_code == 401


def test_an_assessor_prepares_a_decision_by_the_rules_of_the_command(assessed):
    visitor = visiting(assessed, "assessor")
    answer = draft(visitor, "decision", DECISION)
    assert answer.headers["content-disposition"] == 'attachment; filename="decision-ma-2026-014-m1.json"'
    made = statement(answer.content)
    assert made.predicate_type == uris.DECISION
    assert {name: made.predicate[name] for name in ("criterion", "outcome", "rationale")} == {
        name: DECISION[name] for name in ("criterion", "outcome", "rationale")
    }


def test_an_assessor_prepares_a_waiver(assessed):
    made = statement(draft(visiting(assessed, "assessor"), "waiver", WAIVER).content)
    assert made.predicate["criterion"] == "style"
    assert made.predicate["until"] == "2026-12-31"


def test_a_certifier_prepares_the_certification(accepted):
    page = visiting(accepted, "certifier")
    assert 'value="7345.00"' in page.get(f"{ACT}.html").text
    made = statement(draft(page, "certification", CERTIFICATION).content)
    assert made.predicate_type == uris.CERTIFICATION
    assert made.predicate["amount"] == 734_500


@pytest.mark.parametrize(
    ("who", "kind", "filled"),
    [
        ("certifier", "decision", DECISION),
        ("supplier", "decision", DECISION),
        ("requester", "waiver", WAIVER),
        ("stranger", "decision", DECISION),
    ],
)
def test_who_has_not_the_role_prepares_nothing(assessed, who, kind, filled):
    visitor = visiting(assessed, who)
    assert f"{ACT}/{kind}" not in visitor.get(f"{ACT}.html").text
    assert draft(visitor, kind, filled).status_code == 403


def test_an_assessor_does_not_certify(accepted):
    assert draft(visiting(accepted, "assessor"), "certification", CERTIFICATION).status_code == 403


def test_a_role_that_ended_is_gone_with_the_next_request(assessed):
    visitor = visiting(assessed, "assessor")
    assert draft(visitor, "decision", DECISION).status_code == 200
    policy = visitor.site.policy
    grants = tuple(replace(one, suspended=one.role == "assessor") for one in policy.grants)
    visitor.site.policy = replace(policy, grants=grants)
    assert draft(visitor, "decision", DECISION).status_code == 403


def test_who_wrote_the_delivery_does_not_judge_it(assessed):
    people = [{"id": "assessor", "addresses": ["assessor@example.org", "supplier@example.org"]}]
    policy = trust_policy("e" * 64, roster(people=people))
    visitor = visiting(replace(assessed, policy=policy), "assessor")
    assert draft(visitor, "decision", DECISION).status_code == 403


@pytest.mark.parametrize(
    ("kind", "filled", "words"),
    [
        ("decision", {"criterion": "tests.pass"}, "does not wait for a decision"),
        ("decision", {"rationale": "  "}, "not of its shape: rationale"),
        ("decision", {"outcome": "perhaps"}, "not of its shape: outcome"),
        ("waiver", {"target": "requirements"}, "there is nothing to waive"),
        ("waiver", {"until": "tomorrow"}, "not of its shape: until"),
    ],
)
def test_what_cannot_be_right_is_told_in_one_sentence_and_what_was_typed_stays(assessed, kind, filled, words):
    whole = {"decision": DECISION, "waiver": WAIVER}[kind] | filled
    answer = draft(visiting(assessed, "assessor"), kind, whole)
    assert answer.status_code == 422
    assert words in answer.text
    assert (whole.get("rationale") or whole["reason"]).strip() in answer.text


@pytest.mark.parametrize(
    ("filled", "words"),
    [
        ({"amount": "7345.01"}, "is not the milestone"),
        ({"amount": "much"}, "is not an amount"),
        ({"payee": "Somebody else"}, "is not the contract"),
    ],
)
def test_another_amount_or_payee_is_not_certified(accepted, filled, words):
    answer = draft(visiting(accepted, "certifier"), "certification", CERTIFICATION | filled)
    assert answer.status_code == 422
    assert words in answer.text


def test_nothing_is_certified_that_was_not_accepted(assessed):
    visitor = visiting(assessed, "certifier")
    assert "acceptance report" in draft(visitor, "certification", CERTIFICATION).text


def test_preparing_writes_nothing_into_the_record(assessed):
    before = sorted(assessed.folder.joinpath("contracts").rglob("*"))
    draft(visiting(assessed, "assessor"), "decision", DECISION)
    assert sorted(assessed.folder.joinpath("contracts").rglob("*")) == before


@pytest.mark.parametrize("address", ["/en/act/nothing.html", "/de/act/ma-2026-014.html", "/en/act/..%2f..%2fetc.html"])
def test_there_is_nothing_to_do_about_what_is_not_there(assessed, address):
    assert visiting(assessed, "assessor").get(address).status_code == 404


def test_both_languages_ask_the_same(assessed):
    visitor = visiting(assessed, "assessor")
    english, french = visitor.get(f"{ACT}.html").text, visitor.get(f"{ACT.replace('/en/', '/fr/')}.html").text
    assert "Prepare a decision" in english
    assert "Préparer une décision" in french
    assert english.count("<form") == french.count("<form")


def test_nothing_is_done_about_a_contract_of_which_a_file_does_not_hold(tmp_path, provider):
    site = Site(filed(tmp_path / "record"), provider)
    visitor = visiting(site, "assessor")
    altered(next(site.folder.rglob("assessment-*")))
    for answer in (visitor.get(f"{ACT}.html"), draft(visitor, "decision", DECISION)):
        assert answer.status_code == 409
        assert "does not hold" in answer.text


def hand_in(visitor, content, **how):
    files = {"statement": ("decision.sigstore.json", content, "application/json")}
    return visitor.post(f"{ACT}/statement", files=files, **how)


@pytest.fixture
def fresh(tmp_path, provider):
    return Site(filed(tmp_path / "record"), provider)


def test_a_signed_statement_is_handed_in_and_filed(fresh):
    visitor = visiting(fresh, "assessor")
    signed = signed_payload(draft(visitor, "decision", DECISION).content, "assessor")
    answer = hand_in(visitor, signed)
    assert answer.status_code == 200
    assert "Filed and entered: decision-" in answer.text
    with record(fresh.folder) as records:
        assert [one.what for one in records.record("MA-2026-014").events][-1] == "decision"
    again = draft(visitor, "decision", DECISION)
    assert "counts until revoked" in hand_in(visitor, _later(again.content)).text


def _later(content: bytes) -> bytes:
    made = json.loads(content)
    made["predicate"]["rationale"] = "Again."
    from verifier.statements import strict

    return signed_payload(strict.canonical(made), "assessor")


def test_what_is_handed_in_is_verified_and_is_ones_own(assessed):
    visitor = visiting(assessed, "assessor")
    payload = draft(visitor, "decision", DECISION).content
    refused = {
        b"{}": "",
        signed_payload(payload, "nobody"): "nobody whom the trust policy knows",
        signed_payload(payload, "a.two"): "signed by somebody else",
    }
    for content, words in refused.items():
        answer = hand_in(visitor, content)
        assert answer.status_code == 422
        assert words in answer.text
        assert 'role="alert"' in answer.text


def test_another_kind_of_statement_is_not_handed_in_here(assessed):
    kept = next(assessed.folder.joinpath("contracts").rglob("assessment-*")).read_bytes()
    assert "this is another statement" in hand_in(visiting(assessed, "assessor"), kept).text


def test_a_statement_of_another_contract_is_not_handed_in_here(assessed):
    visitor = visiting(assessed, "assessor")
    made = json.loads(draft(visitor, "decision", DECISION).content)
    made["predicate"]["about"]["contract"] = "MA-2026-015"
    from verifier.statements import strict

    assert "about another contract" in hand_in(visitor, signed_payload(strict.canonical(made), "assessor")).text


def test_without_the_ledgers_key_nothing_is_filed(assessed):
    visitor = visiting(replace(assessed, files=False), "assessor")
    assert "verifier record file" in visitor.get(f"{ACT}.html").text
    assert hand_in(visitor, b"{}").status_code == 403


def test_the_command_signs_what_was_downloaded(assessed, tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", PASSPHRASE)
    desk = Desk(tmp_path)
    desk.done("keys", "new", "mine.key")
    content = draft(visiting(assessed, "assessor"), "decision", DECISION).content
    (tmp_path / "decision-ma-2026-014-m1.json").write_bytes(content)
    desk.done("sign", "decision-ma-2026-014-m1.json", "--key", "file:mine.key", "--yes")
    assert envelope.read((tmp_path / "decision-ma-2026-014-m1.mine.sigstore.json").read_bytes()).payload == content


def test_a_refusal_names_no_file_of_the_server(assessed, monkeypatch):
    def refuse(*_, **__):
        raise WorldError(f"The ledger {assessed.folder}/payments.ledger cannot be used now.")

    visitor = visiting(assessed, "assessor")
    monkeypatch.setattr(prepared, "decision", refuse)
    answer = draft(visitor, "decision", DECISION)
    assert answer.status_code == 500
    assert str(assessed.folder) not in answer.text
