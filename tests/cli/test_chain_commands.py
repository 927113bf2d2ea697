"""The commands from award to payment, on a desk of their own: exit codes, what is asked, and what is left behind."""

from __future__ import annotations

import io
import itertools
import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from support import desks
from support.desks import FINDINGS, PASSPHRASE, Desk
from support.git_repository import new_repository
from support.git_server import GitServer, git_server

from verifier.cli import gate as cli_gate
from verifier.cli import signing as cli_signing
from verifier.keys.public import from_pem
from verifier.model import Kind
from verifier.statements import envelope, uris
from verifier.statements.statement import read

PRICE = "7345.00"
LEDGER = ("--ledger", "payments.ledger", "--ledger-key", "file:ledger.key")
ROOT = ("--key", "file:root.key")
REPORT, ASSESSMENT, ACCEPTANCE = "report.json", "chain/assessment", "chain/acceptance"


@pytest.fixture(scope="module", autouse=True)
def typed() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VERIFIER_PASSPHRASE", PASSPHRASE)
        patch.setenv("LANG", "en_CA.UTF-8")
        for name in ("LC_ALL", "LANGUAGE", "VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[GitServer, str, str]]:
    """A server, the address of the delivery on it, and the delivered commit."""
    folder = tmp_path_factory.mktemp("served")
    commit = new_repository(folder / "parcels.git").commit({"rates.py": "x = 1\n"})
    with git_server(folder, tmp_path_factory.mktemp("keys")) as server:
        yield server, server.url("parcels.git"), commit


@pytest.fixture(scope="module")
def made(tmp_path_factory, served) -> dict[str, Desk]:
    """Desks by how far the purchase came."""
    _, address, commit = served
    steps = {"keyed": desks.keyed(tmp_path_factory.mktemp("keyed"), address)}

    def step(name: str, before: str) -> Desk:
        steps[name] = steps[before].copy(tmp_path_factory.mktemp(name))
        return steps[name]

    desks.awarded(step("awarded", "keyed"), commit)
    step("assessed", "awarded").signed("sign", REPORT, "--contract", "chain", by="assessor", to=ASSESSMENT)
    decide(step("decided", "assessed"))
    accept(step("accepted", "decided"))
    certify(step("certified", "accepted"))
    return steps


@pytest.fixture
def desk(made, tmp_path) -> Iterator[object]:
    """`desk("accepted")`: a copy of that one."""
    return lambda name: made[name].copy(tmp_path / name)


def decide(desk: Desk, how: str = "--met", *more: str) -> Path:
    words = (f"{ASSESSMENT}.sigstore.json", "requirements", how, "--rationale", "Tried with ten parcels.", *more)
    return desk.signed("decide", *words, by="assessor", to="chain/decision")


def accept(desk: Desk, code: int = 0, to: str = ACCEPTANCE) -> Path:
    return desk.signed("accept", "chain", by="assessor", to=to, code=code)


def certify(desk: Desk, amount: str = PRICE, code: int = 0) -> Path:
    words = ("chain", "--amount", amount, "--invoice", "2026-17")
    return desk.signed("certify", *words, by="certifier", to="chain/certification", code=code)


def gate(desk: Desk, *more: str, by: str = "gate", out: str = "release.json") -> tuple[int, str, str]:
    return desk.run("gate", "chain", "--key", f"file:{by}.key", *LEDGER, "--output", out, *more)


def predicate(file: Path) -> dict:
    return dict(read(envelope.read(file.read_bytes()).payload).predicate)


def refused(desk: Desk, code: int, *words: str) -> str:
    """One sentence, nothing on standard output, and every file as it was."""
    before = desk.files()
    told = desk.run(*words)
    *_, said = told[2].removesuffix("\n").split("\n")
    said = said.removeprefix("Sign this? Type yes: ")
    assert (told[0], said.startswith("verifier: "), told[1]) == (code, True, ""), told
    assert "Internal error" not in said
    assert desk.files() == before
    return said


def signing(by: str, to: str = "new.sigstore.json") -> tuple[str, ...]:
    return ("--key", f"file:{by}.key", "--yes", "--output", to)


# sign


def test_a_report_under_the_contract_is_an_official_assessment(made):
    said = predicate(made["assessed"].folder / f"{ASSESSMENT}.sigstore.json")
    assert (said["kind"], said["contract"]["milestone"], said["contract"]["round"]) == ("official", "m1", 1)


def test_without_a_contract_it_is_a_self_check(desk):
    file = desk("awarded").signed("sign", REPORT, by="supplier", to="mine")
    assert (predicate(file)["kind"], predicate(file)["contract"]) == ("self-check", None)


def test_a_self_check_is_never_signed_as_official(desk):
    awarded = desk("awarded")
    desks.write_report(awarded, kind=Kind.SELF_CHECK)
    assert "self-check" in refused(awarded, 4, "sign", REPORT, "--contract", "chain", *signing("assessor"))
    file = awarded.signed("sign", REPORT, by="supplier", to="mine")
    assert predicate(file)["kind"] == "self-check"


def test_an_official_assessment_does_not_stop_early(desk, served):
    _, address, commit = served
    words = ("assess", f"{address}@{commit}", "--contract", "chain", "--fail-fast", "--output", "json=-")
    assert "--fail-fast is for self-checks" in refused(desk("awarded"), 2, *words)


@pytest.mark.parametrize(
    ("name", "value"),
    [("contract", "MA-1"), ("delivery", {"url": "https://git.example/fork"}), ("criteria", {"digest": "f" * 64})],
)
def test_a_report_of_something_else_is_not_signed_under_the_contract(desk, name, value):
    awarded = desk("awarded")
    file = awarded.folder / REPORT
    document = json.loads(file.read_bytes())
    document[name] = {**document[name], **value} if isinstance(value, dict) else value
    file.write_text(json.dumps(document))
    refused(awarded, 4, "sign", REPORT, "--contract", "chain", *signing("assessor"))


def as_met(one: dict) -> dict:
    return {**one, "outcome": "met", "findings": []}


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d | {"outcomes": [as_met(one) for one in d["outcomes"]], "verdict": "accepted"},
        lambda d: d | {"outcomes": [{**one, "outcome": "not applicable"} for one in d["outcomes"]]},
        lambda d: d | {"outcomes": [{**one, "level": "info"} for one in d["outcomes"]]},
        lambda d: d | {"outcomes": [{**one, "reason": "It was late."} for one in d["outcomes"]]},
        lambda d: d | {"outcomes": d["outcomes"][1:]},
        lambda d: d | {"outcomes": [{**one, "findings": [], "outcome": "waived"} for one in d["outcomes"]]},
        lambda d: d | {"verdict": "accepted"},
        lambda d: d | {"score": {**d["score"], "value": 10_000}},
        lambda d: d | {"sandbox": {"tier": "none", "promises": []}},
    ],
    ids=["all met", "nothing applies", "no must", "other reasons", "one less", "waived", "verdict", "score", "sandbox"],
)
def test_a_report_that_was_edited_is_not_signed_as_official(desk, edit):
    """What its results do not come to."""
    awarded = desk("awarded")
    desks.write_report(awarded, security_blocking="unmet")
    file = awarded.folder / REPORT
    file.write_text(json.dumps(edit(json.loads(file.read_bytes()))))
    assert "Judged again" in refused(awarded, 4, "sign", REPORT, "--contract", "chain", *signing("assessor"))


def test_criteria_that_are_not_the_contracts_judge_nothing_again(desk):
    words = ("sign", REPORT, "--contract", "chain", "--profile", "qasp-18f", *signing("assessor"))
    assert "--criteria" in refused(desk("awarded"), 2, *words)


@pytest.mark.parametrize("contract", [(), ("--contract", "chain")])
def test_evidence_that_lies_beside_the_report_is_what_it_names(desk, contract):
    awarded = desk("awarded")
    file, output = awarded.folder / REPORT, awarded.folder / "evidence" / "tests.xml"
    output.parent.mkdir()
    output.write_text("<failures/>")
    named = {"name": "tests.xml", "mediaType": "text/xml", "sha256": sha256(b"<failures/>").hexdigest()}
    file.write_text(json.dumps(json.loads(file.read_bytes()) | {"evidence": [named]}))
    awarded.signed("sign", REPORT, *contract, by="assessor", to="fits")
    output.write_text("<none/>")
    assert "tests.xml" in refused(awarded, 4, "sign", REPORT, *contract, *signing("assessor"))
    output.unlink()
    assert "tests.xml" in refused(awarded, 4, "sign", REPORT, *contract, *signing("assessor"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["sign", "no.such", *signing("assessor")], 2),
        (["sign", "roster.yml", *signing("assessor")], 2),
        (["sign", "roster.yml/report.json", *signing("assessor")], 2),
        (["sign", REPORT, "--contract", "chain", "--milestone", "m9", *signing("assessor")], 2),
        (["sign", REPORT, "--contract", "chain", "--round", "0", *signing("assessor")], 2),
        *(
            (["sign", REPORT, "--contract", "chain", "--days", n, *signing("assessor")], 2)
            for n in ("0", "-5", "99999999")
        ),
        (["sign", REPORT, "--contract", "chain", *signing("assessor", "no/such/place.json")], 2),
        (["sign", REPORT, "--contract", "no.such", *signing("assessor")], 2),
        (["sign", REPORT, "--contract", "chain", *signing("nobody")], 2),
        (["sign", REPORT, "--contract", "chain", "--trust", "no.such", *signing("assessor")], 4),
        (["sign", REPORT, "--contract", "chain", *signing("assessor"), "--ledger", "payments.ledger"], 2),
        (["sign", REPORT, "--contract", "chain", *signing("assessor", "roster.yml")], 2),
        (["sign", REPORT, "--contract", "chain", "--key", "file:assessor.key"], 2),
        (["sign", REPORT, "--contract", "chain", "--yes"], 2),
    ],
)
def test_what_cannot_be_signed_is_one_sentence(desk, words, code, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    refused(desk("awarded"), code, *words)


def test_a_wrong_passphrase_signs_nothing(desk, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "another passphrase")
    refused(desk("awarded"), 2, "sign", REPORT, *signing("assessor"))


@pytest.mark.parametrize("name", ["EN 578", "m" * 201, "МA-2026-014", "/1"])
@pytest.mark.parametrize("place", ["id", "milestones/0/id"])
def test_an_id_that_the_ledger_could_not_hold_is_not_signed(desk, place, name):
    awarded = desk("awarded")
    document = json.loads(
        envelope.read((awarded.folder / "chain/contract-requester.sigstore.json").read_bytes()).payload
    )
    agreed = document["predicate"]
    (agreed if place == "id" else agreed["milestones"][0])["id"] = name
    (awarded.folder / "new.json").write_text(json.dumps(document))
    said = awarded.run("sign", "new.json", *signing("requester"))
    assert said[0] == 2
    assert f"The contract is not of its shape: {place} must be letters, digits and . _ - / only" in said[2]
    assert not (awarded.folder / "new.sigstore.json").exists()


# A person is asked.


class Person(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("typed", ["no\n", "\n", "", "y\n", "nein\n", "yes please\n"])
def test_whoever_does_not_say_yes_signs_nothing(desk, typed, monkeypatch):
    monkeypatch.setattr("sys.stdin", Person(typed))
    assert "Not signed." in refused(desk("awarded"), 2, "sign", REPORT, "--key", "file:supplier.key")


@pytest.mark.parametrize("typed", ["yes\n", "YES\n", "oui\n"])
def test_a_person_sees_all_of_it_and_says_yes(desk, typed, monkeypatch):
    monkeypatch.setattr("sys.stdin", Person(typed))
    decided = desk("assessed")
    words = ("requirements", "--unmet", "--rationale", "Not \x1b[2Jfast\nenough.", "--key", "file:assessor.key")
    code, _, err = decided.run("decide", f"{ASSESSMENT}.sigstore.json", *words)
    assert code == 0
    for shown in ("decision · ", "outcome: unmet", "Not \\u001b[2Jfast\\u000aenough.", "Sign this? Type yes: "):
        assert shown in err
    assert "\x1b" not in err
    assert predicate(decided.folder / "decision-requirements.sigstore.json")["rationale"] == "Not \x1b[2Jfast\nenough."


def test_no_pins_nothing_either(desk, monkeypatch):
    keyed = desk("keyed")
    monkeypatch.setattr("sys.stdin", Person("no\n"))
    refused(keyed, 2, "trust", "init", "roster.yml", "--key", "file:root.key")
    keyed.done("trust", "init", "roster.yml", "--key", "file:root.key", "--yes")


def test_the_certifier_sees_one_page_and_then_the_statement(desk):
    accepted = desk("accepted")
    words = ("--amount", PRICE, "--invoice", "2026-17", *signing("certifier"))
    page, _, rest = accepted.run("certify", "chain", *words)[2].partition("certification · ")
    for shown in (
        "Parcel rates",
        "It computes.",
        "Not examined: 0",
        "Tried with ten parcels.",
        "7,345.00",
        "section 34",
    ):
        assert shown in page
    for shown in ("amount: 734500", "workPerformed: True", "payee: Example Code Co-operative"):
        assert shown in rest


# decide, waive


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["decide", "{}", "tests.pass", "--met", "--rationale", "r"], 2),
        (["decide", "{}", "no.such", "--met", "--rationale", "r"], 2),
        (["decide", "{}", "requirements", "--met", "--rationale", " "], 2),
        (["decide", "{}", "requirements", "--rationale", "r"], 2),
        (["decide", "{}", "requirements", "--met", "--unmet", "--rationale", "r"], 2),
        (["decide", "chain", "requirements", "--met", "--rationale", "r"], 2),
        (["decide", "chain/contract-supplier.sigstore.json", "requirements", "--met", "--rationale", "r"], 2),
        (["decide", REPORT, "requirements", "--met", "--rationale", "r"], 4),
        (["waive", "{}", "tests.pass", "--until", "2999-01-01", "--reason", "r"], 2),
        (["waive", "{}", "requirements", "--until", "2999-01-01", "--reason", "r"], 2),
        (["waive", "{}", FINDINGS[0], "--until", "2999-01-01", "--reason", "r"], 2),
        (["waive", "{}", "no.such", "--until", "2999-01-01", "--reason", "r"], 2),
    ],
)
def test_what_no_person_can_decide_or_waive_is_refused(desk, words, code):
    file = f"{ASSESSMENT}.sigstore.json"
    refused(desk("assessed"), code, *(one.replace("{}", file) for one in words), *signing("assessor"))


@pytest.fixture
def unmet(desk) -> Desk:
    """An assessment in which one must is unmet by two findings, and the decision."""
    awarded = desk("awarded")
    desks.write_report(awarded, security_blocking="unmet")
    awarded.signed("sign", REPORT, "--contract", "chain", by="assessor", to=ASSESSMENT)
    decide(awarded)
    return awarded


def waive(desk: Desk, target: str, until: str = "2999-01-01") -> Path:
    words = (f"{ASSESSMENT}.sigstore.json", target, "--until", until, "--reason", "Mended in the next round.")
    return desk.signed("waive", *words, by="assessor", to=f"chain/waiver-{target}")


@pytest.mark.parametrize("until", ["tomorrow", "2999-1-1", "2999-13-01", ""])
def test_a_date_that_is_none_is_typed_wrong(unmet, until):
    words = ("waive", f"{ASSESSMENT}.sigstore.json", "tests.pass", "--until", until, "--reason", "r")
    refused(unmet, 2, *words, *signing("assessor"))


def test_rejected_is_signed_as_failed_and_waived_it_is_accepted(unmet):
    """The same folder, in which the earlier report stays: it is judged again from what people said."""
    file = accept(unmet, code=1, to="chain/rejected")
    said = predicate(file)
    assert (said["verificationResult"], said["verifiedLevels"]) == ("FAILED", ["FAILED"])
    waive(unmet, FINDINGS[0])
    assert predicate(accept(unmet, code=1, to="still"))["verificationResult"] == "FAILED"
    waive(unmet, FINDINGS[1])
    said = predicate(accept(unmet, to="accepted"))
    assert (said["verificationResult"], len(said[uris.ACCEPTANCE_EXTENSION]["waivers"])) == ("PASSED", 2)


def test_a_waiver_that_ended_is_none(unmet):
    waive(unmet, "security.blocking", until="2026-01-01")
    assert "2026-01-01" in refused(unmet, 4, "accept", "chain", *signing("assessor"))


# accept


def test_accepted_is_0_and_signed(made):
    said = predicate(made["accepted"].folder / f"{ACCEPTANCE}.sigstore.json")
    assert (said["verificationResult"], said["verifiedLevels"]) == ("PASSED", ["VERIFIER_ACCEPTED"])
    assert len(said["inputAttestations"]) == 3


@pytest.mark.parametrize(("outcomes", "verdict"), [({}, "pending"), ({"tests_pass": "undetermined"}, "inconclusive")])
def test_pending_and_inconclusive_are_3_and_nothing_is_written(desk, outcomes, verdict):
    awarded = desk("awarded")
    desks.write_report(awarded, **outcomes)
    awarded.signed("sign", REPORT, "--contract", "chain", by="assessor", to=ASSESSMENT)
    if outcomes:
        decide(awarded)
    before = awarded.files()
    code, out, err = awarded.run("accept", "chain", *signing("assessor"))
    assert (code, out, f"Verdict: {verdict}" in err) == (3, "", True)
    assert awarded.files() == before


def test_a_person_who_says_unmet_rejects(desk):
    assessed = desk("assessed")
    decide(assessed, "--unmet")
    assert predicate(accept(assessed, code=1))["verificationResult"] == "FAILED"


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (lambda d: (d.folder / f"{ASSESSMENT}.sigstore.json").unlink(), 3),
        (lambda d: [one.unlink() for one in (d.folder / "chain").glob("contract*")], 3),
        (lambda d: [one.unlink() for one in (d.folder / "chain").iterdir()], 2),
        (lambda d: (d.folder / f"{ASSESSMENT}.sigstore.json").write_bytes(b"{"), 4),
        (lambda d: d.signed("sign", REPORT, by="supplier", to="chain/self-check"), 3),
    ],
    ids=["no assessment", "no contract", "nothing", "spoilt", "two assessments"],
)
def test_what_cannot_be_accepted_from_is_one_sentence(desk, break_it, code):
    decided = desk("decided")
    break_it(decided)
    refused(decided, code, "accept", "chain", *signing("assessor"))


def test_a_decision_on_another_assessment_of_the_round_accepts_nothing(desk):
    decided = desk("decided")
    (decided.folder / f"{ASSESSMENT}.sigstore.json").unlink()
    decided.signed("sign", REPORT, "--contract", "chain", by="assessor", to=ASSESSMENT)
    assert "another statement" in refused(decided, 4, "accept", "chain", *signing("assessor"))


def test_of_two_assessments_it_is_said_which_are_there(desk):
    decided = desk("decided")
    decided.signed("sign", REPORT, "--contract", "chain", by="assessor", to="chain/other")
    said = refused(decided, 3, "accept", "chain", *signing("assessor"))
    for name in (ASSESSMENT, "chain/other"):
        payload = envelope.read((decided.folder / f"{name}.sigstore.json").read_bytes()).payload
        assert sha256(payload).hexdigest()[:16] in said


def test_a_self_check_is_not_accepted(desk):
    awarded = desk("awarded")
    awarded.signed("sign", REPORT, by="supplier", to=ASSESSMENT)
    refused(awarded, 4, "accept", "chain", *signing("assessor"))


def test_an_assessment_by_the_supplier_is_not_accepted(desk):
    awarded = desk("awarded")
    awarded.signed("sign", REPORT, "--contract", "chain", by="supplier", to=ASSESSMENT)
    decide(awarded)
    assert "assessor" in refused(awarded, 4, "accept", "chain", *signing("assessor"))


# certify


@pytest.mark.parametrize("amount", ["7345.01", "6500.00", "0", "much", "-7345.00", "", "7345.001"])
def test_another_amount_is_not_certified(desk, amount):
    words = ("certify", "chain", f"--amount={amount}", "--invoice", "2026-17", *signing("certifier"))
    refused(desk("accepted"), 2, *words)


@pytest.mark.parametrize("invoice", ["", " ", "2026\n17"])
def test_an_invoice_has_a_number(desk, invoice):
    words = ("certify", "chain", "--amount", PRICE, "--invoice", invoice, *signing("certifier"))
    code, _, _ = desk("accepted").run(*words)
    assert code == 2


def test_another_payee_is_not_certified(desk):
    words = ("certify", "chain", "--amount", PRICE, "--invoice", "1", "--payee", "Others Inc.", *signing("certifier"))
    assert "Others Inc." in refused(desk("accepted"), 2, *words)


def test_without_a_report_nothing_is_certified(desk):
    refused(desk("decided"), 3, "certify", "chain", "--amount", PRICE, "--invoice", "1", *signing("certifier"))


def test_what_was_rejected_is_not_certified(unmet):
    accept(unmet, code=1)
    refused(unmet, 3, "certify", "chain", "--amount", PRICE, "--invoice", "1", *signing("certifier"))


# verify


def test_what_holds_is_0_step_by_step(made):
    out = made["certified"].done("verify", "chain")
    assert (out.count("✓"), out.count("✗")) == (6 * 6, 0)
    for who in ("r.client", "s.dev", "a.tech", "c.manager"):
        assert f"signed by {who} (key " in out


def test_what_does_not_is_4_at_its_step(desk):
    certified = desk("certified")
    file = certified.folder / f"{ASSESSMENT}.sigstore.json"
    document = json.loads(file.read_bytes())
    document["dsseEnvelope"]["payload"] = "e30="
    file.write_text(json.dumps(document))
    code, out, err = certified.run("verify", "chain")
    assert (code, err, out.count("✗")) == (4, "", 1)
    assert "1 ✓" in out
    assert (
        "2 ✗ A signature is by nobody whom the trust policy knows, or what was signed has been changed. (signature)"
        in out
    )


def test_the_name_of_a_file_does_nothing_to_the_terminal(desk):
    certified = desk("certified")
    (certified.folder / "chain" / "\x1b[2Jhello\n1 ✓.sigstore.json").write_bytes(b"{}")
    code, out, _ = certified.run("verify", "chain")
    assert code == 4
    assert "chain/\\u001b[2Jhello\\u000a1 ✓.sigstore.json\n" in out
    assert "\x1b" not in out
    assert "\x1b" not in refused(certified, 4, "accept", "chain", *signing("assessor"))
    os.mkfifo(certified.folder / "chain" / "\x1b[2J.sigstore.json")
    assert "\x1b" not in certified.run("verify", "chain")[2]


@pytest.mark.parametrize(
    ("words", "code"),
    [(["verify", "no.such"], 2), (["verify", "chain", "--trust", "no.such"], 4)],
)
def test_what_is_not_there_is_not_verified(desk, words, code):
    assert desk("certified").run(*words)[0] == code


# gate


def test_pay_is_0_once_and_then_the_same_again(desk, served):
    server, _, commit = served
    certified = desk("certified")
    code, out, _ = gate(certified, "--json", "--ca", str(server.ca))
    assert (code, json.loads(out)["answer"], json.loads(out)["repeated"]) == (0, "pay", False), out
    release = (certified.folder / "release.json").read_bytes()
    said = predicate(certified.folder / "release.json")
    assert (said["amount"], said["commit"], said["seen"]["reachable"]) == (734_500, commit, True)
    for again in ("release.json", "again.json"):
        code, out, _ = gate(certified, "--json", "--offline", out=again)
        assert (code, json.loads(out)["repeated"]) == (0, True)
        assert (certified.folder / again).read_bytes() == release
    code, out, _ = gate(certified, "--json", "--invoice", "2026-17", "--ca", str(server.ca), out="other.json")
    assert code == 1
    assert "already-paid" in [one["code"] for one in json.loads(out)["reasons"]]
    assert not (certified.folder / "other.json").exists()


def test_it_always_says_what_the_answer_is_about(desk, served):
    """Whoever pays sees which purchase it is: of a yes from the release itself, and again when it is repeated."""
    server, _, commit = served
    certified = desk("certified")
    about = {"contract": "MA-2026-014", "milestone": "m1", "amount": 734_500, "currency": "CAD", "invoice": "2026-17"}
    about |= {"payee": "Example Code Co-operative", "commit": commit}
    denied = json.loads(gate(certified, "--json", "--offline", "--amount", "1")[1])
    assert denied["about"] == about | {"release": None}
    for _ in range(2):
        told = json.loads(gate(certified, "--json", "--ca", str(server.ca))[1])
        payload = envelope.read((certified.folder / "release.json").read_bytes()).payload
        assert told["about"] == about | {"release": sha256(payload).hexdigest()}
    out = gate(certified, "--ca", str(server.ca))[1]
    for shown in ("MA-2026-014", "milestone m1", "7,345.00 CAD", "Example Code Co-operative", "2026-17", commit):
        assert shown in out
    assert told["about"]["release"] in out
    nothing = json.loads(gate(desk("awarded"), "--json", "--offline")[1])["about"]
    assert nothing == dict.fromkeys(nothing) | {"contract": "MA-2026-014"}


def test_the_public_files_of_a_paid_purchase_pay_no_other(desk, served):
    """Files of two contracts in one folder: it must be said which, and the one that nobody judged is not paid."""
    server, _, _ = served
    certified = desk("certified")
    assert gate(certified, "--ca", str(server.ca), out="first.json")[0] == 0
    other = yaml.safe_load((certified.folder / "contract.yml").read_text()) | {"id": "MA-2026-099"}
    (certified.folder / "contract.yml").write_text(yaml.safe_dump(other))
    certified.signed("sign", "contract.yml", by="requester", to="chain/other")
    certified.signed("sign", "chain/other.sigstore.json", by="supplier", to="chain/other-supplier")
    words = ("gate", "chain", "--key", "file:gate.key", *LEDGER, "--output", "other.json", "--offline")
    code, out, said = certified.run(*words)
    assert (code, out, "--contract" in said) == (2, "", True)
    code, out, _ = certified.run(*words, "--contract", "MA-2026-099", "--json")
    assert (code, "certification-missing" in out) == (3, True)
    code, out, _ = certified.run(*words, "--contract", "MA-2026-014", "--json")
    assert (code, json.loads(out)["answer"]) == (1, "do-not-pay"), "another question than the one that was released"


def put_back(desk: Desk) -> None:
    """The ledger's file as it was before anything was entered, by somebody who has no key."""
    for one in desk.folder.glob("payments.ledger*"):
        one.unlink()
    shutil.copy(desk.folder / "copy.ledger", desk.folder / "payments.ledger")


@pytest.fixture
def put_back_after_a_release(desk, served) -> Desk:
    server, _, _ = served
    certified = desk("certified")
    shutil.copy(certified.folder / "payments.ledger", certified.folder / "copy.ledger")
    assert gate(certified, "--ca", str(server.ca), out="chain/release.sigstore.json")[0] == 0
    put_back(certified)
    return certified


def test_the_gate_remembers_the_ledger_by_itself(put_back_after_a_release, served):
    server, _, _ = served
    at = put_back_after_a_release
    (at.folder / "chain" / "release.sigstore.json").unlink()
    code, out, said = gate(at, "--ca", str(server.ca), out="second.json")
    assert (code, out, (at.folder / "second.json").exists()) == (4, "", False), said
    assert at.run("ledger", "enter", "payments.ledger", "chain", "--key", "file:ledger.key")[0] == 4


def test_a_release_that_the_ledger_does_not_hold_is_a_trust_failure(put_back_after_a_release, served):
    """Another machine, which never saw the ledger."""
    server, _, _ = served
    at = put_back_after_a_release
    (remembered,) = (at.folder / "trust").glob("ledger-*.head")
    remembered.unlink()
    code, out, _ = gate(at, "--ca", str(server.ca), "--json", out="second.json")
    assert (code, [one["code"] for one in json.loads(out)["reasons"]]) == (4, ["not-recorded"])
    assert not (at.folder / "second.json").exists()


def test_a_memory_that_is_none_or_cannot_be_kept_lets_nothing_pass(desk, served):
    server, _, _ = served
    certified = desk("certified")
    assert gate(certified, "--offline")[0] == 3
    (remembered,) = (certified.folder / "trust").glob("ledger-*.head")
    remembered.write_text("none")
    assert gate(certified, "--ca", str(server.ca))[0] == 4
    remembered.unlink()
    remembered.mkdir()
    assert gate(certified, "--ca", str(server.ca))[0] == 3
    assert not (certified.folder / "release.json").exists()


def test_nothing_is_released_over_another_file(desk, served):
    """And what was asked can be asked again: nothing was entered."""
    server, _, _ = served
    certified = desk("certified")
    words = ("gate", "chain", "--key", "file:gate.key", *LEDGER, "--ca", str(server.ca))
    before = (certified.folder / "roster.yml").read_bytes()
    for output in ("roster.yml", "no/such/place.json"):
        assert certified.run(*words, "--output", output)[0] == 2
    assert (certified.folder / "roster.yml").read_bytes() == before
    code, out, _ = certified.run(*words, "--json")
    assert (code, json.loads(out)["repeated"]) == (0, False)


def test_only_the_gates_key_releases(desk, served):
    server, _, _ = served
    certified = desk("certified")
    for by in ("assessor", "root"):
        assert gate(certified, "--ca", str(server.ca), by=by)[0] == 4
        assert not (certified.folder / "release.json").exists()
    code, out, _ = gate(certified, "--json", "--ca", str(server.ca))
    assert (code, json.loads(out)["repeated"]) == (0, False), "they entered nothing"


@pytest.mark.parametrize(
    ("step", "more", "code", "reason"),
    [
        ("certified", ["--offline"], 3, "not-seen"),
        ("certified", [], 3, "not-seen"),
        ("certified", ["--amount", "7345.01"], 1, "request-mismatch"),
        ("certified", ["--contract", "MA-1"], 1, "other-contract"),
        ("certified", ["--milestone", "m2"], 1, "other-milestone"),
        ("certified", ["--payee", "Others Inc."], 1, "request-mismatch"),
        ("accepted", ["--offline"], 3, "certification-missing"),
        ("awarded", ["--offline"], 3, "assessment-missing"),
    ],
)
def test_no_and_not_yet_say_why_in_both_languages_and_release_nothing(desk, step, more, code, reason):
    at = desk(step)
    told, out, _ = gate(at, "--json", *more)
    reasons = {one["code"]: one["words"] for one in json.loads(out)["reasons"]}
    assert (told, reason in reasons) == (code, True), out
    assert reasons[reason]["en"] != reasons[reason]["fr"] != ""
    assert not (at.folder / "release.json").exists()
    kind = at.done("ledger", "export", "payments.ledger", "--log-key", "ledger.vkey").splitlines()[-1]
    assert json.loads(kind)["kind"] == {1: "denial", 3: "not-yet"}[code]


@pytest.mark.parametrize("amount", ["", "much"])
def test_an_amount_that_is_none_is_not_passed_over(desk, amount):
    words = ("gate", "chain", "--key", "file:gate.key", *LEDGER, "--offline", "--amount", amount)
    refused(desk("certified"), 2, *words)


def test_what_may_not_be_trusted_is_4_and_no_entry(desk):
    certified = desk("certified")
    certified.signed("sign", f"{ASSESSMENT}.sigstore.json", by="supplier", to="chain/assessment-supplier")
    (certified.folder / f"{ASSESSMENT}.sigstore.json").unlink()
    code, out, _ = gate(certified, "--json", "--offline")
    assert (code, json.loads(out)["answer"]) == (4, "trust-failure")
    assert certified.done("ledger", "export", "payments.ledger", "--log-key", "ledger.vkey") == ""


def test_what_others_enter_while_the_repository_is_asked_stops_nothing(desk, served, monkeypatch):
    server, _, _ = served
    certified = desk("certified")
    start, seconds, look = datetime.now(UTC), itertools.count(), cli_gate._look

    def now() -> str:
        """Each time that it is read some time went by."""
        return (start + timedelta(seconds=next(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")

    def slow(case, arguments):
        certified.done("ledger", "enter", "payments.ledger", "chain", "--key", "file:ledger.key")
        return look(case, arguments)

    monkeypatch.setattr(cli_signing, "now", now)
    monkeypatch.setattr(cli_gate, "_look", slow)
    code, out, _ = gate(certified, "--json", "--ca", str(server.ca))
    assert code == 0, out


def test_a_clock_behind_the_ledger_is_told_and_judged_by_the_ledger(desk, served, monkeypatch):
    server, _, _ = served
    certified = desk("certified")
    monkeypatch.setattr(cli_signing, "now", lambda: "2998-01-01T00:00:00Z")
    certified.done("ledger", "enter", "payments.ledger", "chain", "--key", "file:ledger.key")
    monkeypatch.undo()
    monkeypatch.setenv("VERIFIER_PASSPHRASE", PASSPHRASE)
    code, out, _ = gate(certified, "--ca", str(server.ca))
    assert (code, "newest entry, 2998-01-01T00:00:00Z" in out, "expired" in out) == (1, True, True)


# revoke, ledger enter


def test_a_second_assessment_of_a_round_is_neither_written_nor_entered(desk):
    awarded = desk("awarded")
    words = (REPORT, "--contract", "chain", *LEDGER)
    awarded.signed("sign", *words, by="assessor", to=ASSESSMENT)
    for more, said in (([], "another assessment of round 1"), (["--round", "3"], "the next round of this milestone")):
        code, _, err = awarded.run("sign", *words, *more, *signing("assessor"))
        assert (code, said in err, (awarded.folder / "new.sigstore.json").exists()) == (4, True, False), err
    assert len(awarded.done("ledger", "export", "payments.ledger", "--log-key", "ledger.vkey").splitlines()) == 1


def test_who_signs_beside_the_certifier_revokes_nothing(desk):
    certified = desk("certified")
    certified.signed("sign", "chain/certification.sigstore.json", by="supplier", to="beside")
    code, _, err = certified.run("revoke", "beside.sigstore.json", "--reason", "r", *LEDGER, *signing("supplier"))
    assert (code, "in a role that it needs" in err) == (4, True), err


def test_what_was_revoked_is_denied_whatever_files_are_given(desk, served):
    server, _, _ = served
    certified = desk("certified")
    words = (f"{ACCEPTANCE}.sigstore.json", "--reason", "It was wrong.", *LEDGER)
    certified.signed("revoke", *words, by="assessor", to="revocation")
    code, out, _ = gate(certified, "--json", "--ca", str(server.ca))
    assert (code, [one["code"] for one in json.loads(out)["reasons"]]) == (1, ["revoked"])
    certified.signed("revoke", *words, "--from", "2998-01-01T00:00:00Z", by="assessor", to="later")
    assert gate(certified, "--ca", str(server.ca))[0] == 1, "and is not brought back by another from later on"


@pytest.mark.parametrize(
    ("words", "by", "code"),
    [
        ([f"{ACCEPTANCE}.sigstore.json", "--reason", "r"], "supplier", 4),
        ([f"{ACCEPTANCE}.sigstore.json", "--reason", "r", "--from", "yesterday"], "assessor", 2),
        ([f"{ACCEPTANCE}.sigstore.json", "--reason", " "], "assessor", 2),
        (["chain", "--reason", "r"], "assessor", 2),
        (["no.such", "--reason", "r"], "assessor", 2),
    ],
)
def test_only_ones_own_is_revoked(desk, words, by, code):
    certified = desk("certified")
    before = certified.files()
    assert certified.run("revoke", *words, *LEDGER, *signing(by))[0] == code
    assert certified.done("ledger", "export", "payments.ledger", "--log-key", "ledger.vkey") == ""
    assert not {name for name in certified.files().keys() - before.keys() if "payments.ledger" not in name}


def test_statements_are_entered_once_all_or_none(desk):
    certified = desk("certified")
    enter = ("ledger", "enter", "payments.ledger", "--key", "file:ledger.key")
    for _ in range(2):
        certified.done(*enter, "chain")
    kinds = [
        json.loads(line)["kind"]
        for line in certified.done("ledger", "export", "payments.ledger", "--log-key", "ledger.vkey").splitlines()
    ]
    assert sorted(kinds) == ["acceptance", "assessment", "certification", "contract", "decision"]


def test_one_that_the_ledger_does_not_take_keeps_the_others_out(desk):
    certified = desk("certified")
    (certified.folder / "chain" / "contract-supplier.sigstore.json").unlink()
    enter = ("ledger", "enter", "payments.ledger", "--key", "file:ledger.key")
    assert "s.dev has not signed the contract" in certified.run(*enter, "chain")[2]
    assert certified.done("ledger", "export", "payments.ledger", "--log-key", "ledger.vkey") == ""


def test_a_release_is_the_gates_own_entry(desk, served):
    server, _, _ = served
    certified = desk("certified")
    assert gate(certified, "--ca", str(server.ca))[0] == 0
    code, _, err = certified.run("ledger", "enter", "payments.ledger", "release.json", "--key", "file:ledger.key")
    assert (code, err) == (4, "verifier: The ledger does not take a statement of this kind.\n")


def test_what_is_signed_with_a_ledger_is_written_and_entered_or_neither(desk):
    assessed = desk("assessed")
    decide(assessed, "--met", *LEDGER)
    line = assessed.done("ledger", "export", "payments.ledger", "--log-key", "ledger.vkey")
    assert json.loads(line)["kind"] == "decision"
    other = desk("decided")
    words = (f"{ASSESSMENT}.sigstore.json", "requirements", "--unmet", "--rationale", "r", *LEDGER)
    code, _, _ = other.run("decide", *words, *signing("supplier"))
    assert code == 4, "the supplier decides nothing"
    assert not (other.folder / "new.sigstore.json").exists()
    assert other.done("ledger", "export", "payments.ledger", "--log-key", "ledger.vkey") == ""


@pytest.mark.parametrize("what", ["pipe", "folder", "device"])
@pytest.mark.parametrize("command", ["verify", "gate"])
def test_what_is_no_plain_file_is_not_waited_for(desk, command, what):
    """Whoever may write in the folder names a pipe as a statement: it is refused, and nobody waits for its other end."""
    certified = desk("certified")
    place = certified.folder / "chain" / "a.sigstore.json"
    {"pipe": os.mkfifo, "folder": Path.mkdir, "device": lambda at: at.symlink_to("/dev/zero")}[what](place)
    more = (*LEDGER, "--key", "file:gate.key", "--offline") if command == "gate" else ()
    code, out, err = certified.run(command, "chain", *more)
    assert (code, out, err) == (2, "", "verifier: chain/a.sigstore.json is no plain file; it is not read.\n")


# trust


def init(desk: Desk, *keys: str) -> tuple[int, str, str]:
    named = [word for key in keys for word in ("--key", f"file:{key}.key")]
    return desk.run("trust", "init", "roster.yml", *named, "--root", "root-2.pub", "--threshold", "2", "--yes")


def waiting(desk: Desk, number: int) -> str:
    return str(next((desk.folder / "trust").glob(f"policy-{number}-*")).relative_to(desk.folder))


def test_a_policy_of_two_roots_is_in_force_when_both_have_signed(desk):
    keyed = desk("keyed")
    code, out, _ = init(keyed, "root")
    assert (code, out) == (0, "1 of the 2 root keys needed signed the trust policy.\n")
    assert keyed.run("trust", "show")[0] == 4
    keyed.signed("sign", waiting(keyed, 1), by="root-2", to="second")
    assert "version 1" in keyed.done("trust", "add", "second.sigstore.json")
    assert "c.manager: certifier" in keyed.done("trust", "show")
    fingerprint = sha256((keyed.folder / "trust" / "pins.json").read_bytes()).hexdigest()
    assert fingerprint in keyed.done("trust", "show")


def test_a_revocation_of_two_roots_counts_when_both_have_signed(desk):
    keyed = desk("keyed")
    assert init(keyed, "root", "root-2")[0] == 0
    key = key_id(keyed, "assessor")
    revoke = ("trust", "revoke", "--key-id", key, "--reason", "Lost.", "--key", "file:root.key", "--yes")
    assert "version 1" in keyed.done(*revoke)
    assert "revoked" not in keyed.done("trust", "show")
    keyed.signed("sign", waiting(keyed, 2), by="root-2", to="second")
    assert f"revoked: key {key[:16]}" in keyed.done("trust", "add", "second.sigstore.json")


def key_id(desk: Desk, name: str) -> str:
    return from_pem((desk.folder / f"{name}.pub").read_bytes()).id


def test_a_revoked_key_is_no_longer_verified(desk):
    certified = desk("certified")
    words = ("--key-id", key_id(certified, "certifier"), "--reason", "Lost.", "--key", "file:root.key", "--yes")
    certified.done("trust", "revoke", *words)
    assert "(key-revoked)" in certified.run("verify", "chain")[1]
    assert "revoked" in refused(certified, 4, "accept", "chain", *signing("assessor"))


def test_root_keys_are_replaced(desk):
    awarded = desk("awarded")
    (awarded.folder / "more.yml").write_text("expires: 2998-01-01\n")
    words = ("trust", "add", "more.yml", "--root", "root-2.pub", "--yes", "--key")
    assert "version 1" in awarded.done(*words, "file:root.key"), "the new root signs as well"
    awarded.signed("sign", waiting(awarded, 2), by="root-2", to="second")
    assert "version 2" in awarded.done("trust", "add", "second.sigstore.json")
    assert "version 2" in awarded.done("trust", "add", "more.yml", "--key", "file:root.key", "--yes")
    assert "version 3" in awarded.done("trust", "add", "more.yml", "--key", "file:root-2.key", "--yes")


@pytest.mark.parametrize(
    ("step", "words", "code"),
    [
        ("keyed", ["init", "roster.yml"], 2),
        ("keyed", ["init", "roster.yml", "--key", "file:root.key", "--threshold", "2"], 2),
        ("keyed", ["init", "roster.yml", "--key", "file:root.key", "--root", "no.such"], 2),
        ("keyed", ["init", "no.such", "--key", "file:root.key"], 2),
        ("keyed", ["init", "contract.yml", "--key", "file:root.key"], 2),
        ("keyed", ["init", "empty.yml", "--key", "file:root.key"], 2),
        ("keyed", ["show"], 4),
        ("keyed", ["add", "roster.yml", "--key", "file:root.key"], 4),
        ("awarded", ["init", "roster.yml", "--key", "file:root.key"], 2),
        ("awarded", ["add", "roster.yml"], 2),
        ("awarded", ["add", "roster.yml", "--key", "file:assessor.key"], 4),
        ("awarded", ["add", "roster.yml", "--key", "file:root.key", "--threshold", "2"], 2),
        ("awarded", ["add", "roster.yml", "--key", "file:root.key", "--threshold", "0"], 2),
        ("awarded", ["add", "chain/contract-supplier.sigstore.json"], 4),
        ("awarded", ["add", "no.such"], 2),
        ("awarded", ["revoke", "--key-id", "f" * 64, "--reason", "r"], 2),
        ("awarded", ["revoke", "--key-id", "short", "--reason", "r", "--key", "file:root.key"], 2),
        ("awarded", ["revoke", "--key-id", "f" * 64, "--reason", "r", "--key", "file:root.key"], 2),
        ("awarded", ["revoke", "--statement", "f" * 64, "--from", "now", "--reason", "r", "--key", "file:root.key"], 2),
        ("awarded", ["revoke", "--statement", "f" * 64, "--from", "2026-02-31T00:00:00Z", "--reason", "r", *ROOT], 2),
        ("awarded", ["revoke", "--statement", "f" * 64, "--from", "2026-2-1T00:00:00Z", "--reason", "r", *ROOT], 2),
        ("awarded", ["revoke", "--statement", "no.such", "--reason", "r", "--key", "file:root.key"], 2),
        ("awarded", ["revoke", "--statement", "report.json", "--reason", "r", "--key", "file:root.key"], 4),
        ("awarded", ["add", "date.yml", "--key", "file:root.key"], 2),
        ("keyed", ["init", "ledger.yml", "--key", "file:root.key"], 4),
        ("awarded", ["revoke", "--reason", "r", "--key", "file:root.key"], 2),
    ],
)
def test_a_policy_that_cannot_be_is_one_sentence_and_nothing_is_kept(desk, step, words, code):
    at = desk(step)
    (at.folder / "empty.yml").write_text("people: []\n")
    (at.folder / "date.yml").write_text("expires: 2026-02-31\n")
    (at.folder / "ledger.yml").write_text("{expires: 2999-01-01, ledgers: [example.org+a+b]}\n")
    yes = [] if words == ["show"] else ["--yes"]
    refused(at, code, "trust", *words, *yes)


MANAGER = "people:\n  - {id: c.manager, keys: [certifier.pub], roles: [{role: certifier, limit: '10000.00'}, %s]}\n"


@pytest.mark.parametrize(
    ("narrower", "code", "said"),
    [("suspended: true", "suspended", "suspended"), ("limit: '1.00'", "over-limit", "at most 1.00")],
    ids=["suspended", "limit"],
)
def test_what_a_roster_narrows_for_one_contract_counts_beside_what_it_says_for_all(desk, narrower, code, said):
    certified = desk("certified")
    (certified.folder / "more.yml").write_text(MANAGER % f"{{role: certifier, contracts: [MA-2026-014], {narrower}}}")
    shown = certified.done("trust", "add", "more.yml", "--key", "file:root.key", "--yes")
    assert "  c.manager: certifier for *, until 2999-01-01T23:59:59Z, at most 10,000.00\n" in shown
    assert f"  c.manager: certifier for MA-2026-014, until 2999-01-01T23:59:59Z, {said}\n" in shown
    assert f"  {code}: " in gate(certified, "--offline")[1]


def test_an_address_that_two_people_share_is_told(desk):
    awarded = desk("awarded")
    assert "is an address of" not in awarded.done("trust", "show")
    more = "people: [{id: c.two, roles: [certifier], addresses: [Dev@example.org]}]\n"
    (awarded.folder / "more.yml").write_text(more)
    said = awarded.done("trust", "add", "more.yml", "--key", "file:root.key", "--yes")
    assert "  dev@example.org is an address of c.two, s.dev: the commits of one are those of all\n" in said


def test_the_key_of_somebody_else_is_not_taken(desk):
    awarded = desk("awarded")
    (awarded.folder / "more.yml").write_text("people: [{id: s.evil, keys: [certifier.pub], roles: [supplier]}]\n")
    said = refused(awarded, 2, "trust", "add", "more.yml", "--key", "file:root.key", "--yes")
    assert "is of c.manager and of s.evil" in said


def test_a_root_key_is_revoked_where_enough_others_are_left(desk):
    awarded = desk("awarded")
    words = ("revoke", "--key-id", key_id(awarded, "root"), "--reason", "Lost.", "--key", "file:root.key", "--yes")
    assert "fewer than 1 could sign" in refused(awarded, 2, "trust", *words)
    (awarded.folder / "more.yml").write_text("expires: 2998-01-01\n")
    both = ("--root", "root.pub", "--root", "root-2.pub", "--key", "file:root.key", "--key", "file:root-2.key")
    awarded.done("trust", "add", "more.yml", *both, "--yes", "--threshold", "1")
    assert "version 3" in awarded.done("trust", *words, "--key", "file:root-2.key")
    assert "version 3" in awarded.done("trust", "add", "more.yml", "--key", "file:root.key", "--yes"), "counts no more"
    assert "version 4" in awarded.done("trust", "add", "more.yml", "--key", "file:root-2.key", "--yes")


def test_a_statement_is_revoked_by_its_file_or_by_its_digest(desk):
    certified = desk("certified")
    file = "chain/certification.sigstore.json"
    digest = envelope.digest(envelope.read((certified.folder / file).read_bytes()))
    for named, warned in ((file, False), (digest, True)):
        other = certified.copy(certified.folder / f"warned-{warned}")
        words = ("--statement", named, "--reason", "Fraud.", "--key", "file:root.key", "--yes")
        code, out, err = other.run("trust", "revoke", *words)
        assert (code, "Warning: whether a statement has this digest" in err) == (0, warned)
        assert f"revoked: statement {digest[:16]}" in out


def test_a_revocation_from_a_day_that_no_calendar_has_is_refused(desk):
    words = ("chain/certification.sigstore.json", "--reason", "r", *LEDGER, *signing("certifier"))
    said = refused(desk("certified"), 2, "revoke", *words, "--from", "2026-02-31T00:00:00Z")
    assert "2026-02-31T00:00:00Z is no time such as" in said


# French


def test_in_french(desk, served):
    server, _, _ = served
    certified = desk("certified")
    french = ("--language", "fr")
    assert "Politique de confiance" in certified.done("verify", "chain", *french)
    code, out, _ = gate(certified, "--amount", "7345.01", *french)
    assert (code, out.splitlines()[0]) == (1, "Ne pas payer.")
    assert (
        "7\u202f345"
        in certified.run("certify", "chain", "--amount", "1", "--invoice", "1", *signing("certifier"), *french)[2]
    )
    code, out, _ = gate(certified, "--ca", str(server.ca), *french)
    assert (code, out.splitlines()[0]) == (0, "Payer.")
