"""`verifier verify`, as a person or a program asks it: its steps, the evidence, the ledger, and what it is said in."""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from support import chains, logged
from support.machine import slowness

from verifier import drafts, evidence
from verifier.cli import main
from verifier.errors import TrustError
from verifier.gate import book
from verifier.statements import envelope, uris
from verifier.statements.statement import Statement
from verifier.trust.store import Store, pinned

EXAMPLES = Path(__file__).parents[2] / "reports" / "examples"
TRUST, ACCEPTED = EXAMPLES / "trust", EXAMPLES / "accepted"
ASSESSMENT, RELEASE = ACCEPTED / "assessment.sigstore.json", ACCEPTED / "release.sigstore.json"
INNER = "evidence/tests/results.json"
HEAVY = {
    "git",
    "guarddog",
    "jinja2",
    "license_expression",
    "pylint",
    "requests",
    "rfc3161_client",
    "rich",
    "ruamel",
    "securesystemslib",
    "semgrep",
    "sigstore",
    "sqlite3",
    "weasyprint",
    "yaml",
}
SECONDS = 0.5
"""Of the processor: what else the machine does makes no difference."""


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    def refuse(*args):
        raise AssertionError("verification is offline")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def asked(capsys, *words: object) -> tuple[int, dict]:
    code = main(["verify", "--trust", str(TRUST), "--json", *map(str, words)])
    return code, json.loads(capsys.readouterr().out or "{}")


def failed(told: dict) -> tuple[str, dict]:
    (only,) = told["files"]
    return only["code"], only["steps"][-1]


# Evidence -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def report(tmp_path) -> Path:
    return Path(shutil.copytree(ACCEPTED / "report", tmp_path / "report"))


def test_evidence_that_is_there(report, capsys):
    code, told = asked(capsys, ASSESSMENT, "--evidence", report)
    assert (code, told["files"][0]["code"]) == (0, None)
    assert told["files"][0]["steps"][-1] == {"number": 7, "step": "evidence", "held": True}


def gone(file: Path) -> None:
    file.unlink()


def changed(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1] + b" ")


def longer(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


def linked_out(file: Path) -> None:
    """To a file with the very content, which lies elsewhere."""
    other = file.parents[3] / "elsewhere" if file.name != "report.json" else file.parents[1] / "elsewhere"
    file.rename(other)
    file.symlink_to(other)


def pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def circle(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.name)


@pytest.mark.parametrize("name", ["report.json", INNER])
@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (gone, "evidence-missing"),
        (circle, "evidence-missing"),
        (changed, "evidence-changed"),
        (longer, "evidence-changed"),
        (linked_out, "evidence-refused"),
        (pipe, "evidence-refused"),
        (folder, "evidence-refused"),
    ],
)
def test_evidence_that_was_harmed(report, name, harm, code, capsys):
    harm(report / name)
    exit_code, told = asked(capsys, ASSESSMENT, "--evidence", report)
    assert (exit_code, *failed(told)) == (4, code, {"number": 7, "step": "evidence", "held": False})
    assert told["files"][0]["kind"] == "assessment"


def test_evidence_of_another_run_is_another(report, capsys):
    """Whole and from a true assessment, but not from this one."""
    shutil.copy(EXAMPLES / "rejected" / "report" / "report.json", report / "report.json")
    assert failed(asked(capsys, ASSESSMENT, "--evidence", report)[1])[0] == "evidence-changed"


def test_a_link_within_the_folder_is_followed(report, capsys):
    (report / INNER).rename(report / "kept")
    (report / INNER).symlink_to(report / "kept")
    assert asked(capsys, ASSESSMENT, "--evidence", report)[0] == 0


def test_evidence_that_is_too_large_is_not_read(report, capsys, monkeypatch):
    monkeypatch.setattr(evidence, "MOST", 100)
    assert failed(asked(capsys, ASSESSMENT, "--evidence", report)[1])[0] == "evidence-refused"


@pytest.mark.parametrize("name", ["../../outside", "/etc/hostname", "a\0b", "x" * 5000])
def test_a_name_that_leads_out_is_never_opened(report, name):
    (report.parent / "outside").write_text("")
    named = [{"name": "report.json", "sha256": digest(report / "report.json")}, {"name": name, "sha256": "0" * 64}]
    with pytest.raises(TrustError) as caught:
        evidence.check(named, report)
    assert caught.value.code in ("evidence-refused", "evidence-missing")


def test_an_assessment_that_names_no_report_has_no_evidence(report):
    with pytest.raises(TrustError) as caught:
        evidence.check([{"name": "tests/results.json", "sha256": digest(report / INNER)}], report)
    assert caught.value.code == "evidence-missing"


def digest(file: Path) -> str:
    return evidence.hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "words", [["--evidence", ACCEPTED / "report"], ["--proof", RELEASE, "--entry", RELEASE]], ids=["evidence", "ledger"]
)
def test_a_step_that_is_about_no_file_does_not_look_as_if_it_held(words, capsys):
    assert asked(capsys, ACCEPTED / "decision.sigstore.json", *words) == (2, {})


# The ledger ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paid(tmp_path_factory) -> Path:
    """A trust folder, a release, and a ledger that holds it and another one."""
    desk = tmp_path_factory.mktemp("desk")
    store = Store(desk / "trust")
    pins = pinned([chains.pem("root")], 1)
    store.pin(pins)
    said = chains.policy_predicate(ledgers=[str(logged.KEY)], expires="2099-01-01T00:00:00Z")
    statement = Statement(
        subject="trust-policy", digests={"sha256": pins.digest}, predicate_type=uris.TRUST_POLICY, predicate=said
    )
    store.add(envelope.read(chains.signed_file(statement, "root")))
    answered = chains.Purchase().answer()
    released = drafts.release(answered.case, [name for name, _ in answered.reasons], "example.com/payments\n0\n")
    for name, one in {"release": released, "other": Statement(**{**asdict(released), "subject": "other"})}.items():
        (desk / f"{name}.sigstore.json").write_bytes(chains.signed_file(one, "gate"))
    logged.made(desk / "ledger", entries=2)
    bundle = (desk / "release.sigstore.json").read_bytes()
    with logged.opened(desk / "ledger") as log:
        with log.transaction() as page:
            entry = book.release(answered.case, envelope.digest(envelope.read(bundle)))
            at = page.append(entry, bundle).position
        for name, position in {"release": at, "first": 0}.items():
            (desk / f"{name}.proof").write_bytes(log.prove(position))
            (desk / f"{name}.entry").write_bytes(list(log.leaves())[position] + b"\n")
    return desk


def asdict(statement: Statement) -> dict:
    return {name: getattr(statement, name) for name in Statement.__slots__}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["release", "--ledger", "ledger"], None),
        (["release", "--proof", "release.proof", "--entry", "release.entry"], None),
        (["other", "--ledger", "ledger"], "not-recorded"),
        (["other", "--proof", "release.proof", "--entry", "release.entry"], "not-recorded"),
        (["release", "--proof", "first.proof", "--entry", "first.entry"], "not-recorded"),
        (["release", "--proof", "first.proof", "--entry", "release.entry"], "inclusion-proof"),
        (["release", "--proof", "release.entry", "--entry", "release.entry"], "proof"),
    ],
)
def test_the_ledger_holds_the_release(paid, words, code, capsys, monkeypatch):
    monkeypatch.chdir(paid)
    name, *more = words
    exit_code = main(["verify", f"{name}.sigstore.json", "--trust", "trust", "--json", *more])
    found, step = failed(json.loads(capsys.readouterr().out))
    assert (exit_code, found) == (4 if code else 0, code)
    assert step == {"number": 8, "step": "recorded", "held": code is None}


@pytest.mark.parametrize(
    "words",
    [["--proof", "release.proof"], ["--ledger", "ledger", "--proof", "a", "--entry", "b"], ["--ledger", "none"]],
)
def test_what_cannot_be_right_is_a_usage_error(paid, words, capsys, monkeypatch):
    monkeypatch.chdir(paid)
    assert main(["verify", "release.sigstore.json", "--trust", "trust", *words]) == 2


def test_a_ledger_of_another_key_is_refused(paid, capsys):
    """That of the examples' policy did not sign this one."""
    assert main(["verify", str(RELEASE), "--trust", str(TRUST), "--ledger", str(paid / "ledger")]) == 4


# What is said -------------------------------------------------------------------------------------------------------------


def test_json_says_all_of_it(capsys):
    code, told = asked(capsys, RELEASE)
    (only,) = told["files"]
    names = ["container", "signature", "statement", "shape", "role", "unrevoked"]
    assert code == 0
    assert told["policy"] | {"digest": ""} == {"version": 1, "expires": "2099-01-01T23:59:59Z", "digest": ""}
    assert only["steps"] == [{"number": n, "step": name, "held": True} for n, name in enumerate(names, 1)]
    assert only["digest"] == envelope.digest(envelope.read(RELEASE.read_bytes()))
    assert [(one["person"], one["time"]) for one in only["signers"]] == [("desk", None)]


def test_a_file_that_does_not_hold_is_named_and_the_others_are_still_told(tmp_path, capsys):
    document = json.loads(RELEASE.read_bytes())
    document["dsseEnvelope"]["signatures"][0]["sig"] = document["dsseEnvelope"]["payload"]
    (tmp_path / "wrong.sigstore.json").write_text(json.dumps(document))
    code, told = asked(capsys, tmp_path / "wrong.sigstore.json", RELEASE)
    wrong, right = told["files"]
    assert (code, wrong["code"], wrong["steps"][-1]["step"], right["code"]) == (4, "signature", "signature", None)
    assert (wrong["kind"], wrong["digest"], wrong["signers"]) == (None, None, [])
    assert wrong["message"]["en"] != wrong["message"]["fr"]


def test_without_a_policy_json_has_the_reason(tmp_path, capsys):
    assert main(["verify", str(RELEASE), "--trust", str(tmp_path), "--json"]) == 4
    told = json.loads(capsys.readouterr().out)
    assert (told["policy"], told["files"], told["code"]) == (None, [], "policy-missing")


def test_a_person_reads_it_in_french(report, capsys):
    changed(report / INNER)
    words = ["verify", str(ASSESSMENT), "--trust", str(TRUST), "--evidence", str(report), "--language", "fr"]
    assert main(words) == 4
    out = capsys.readouterr().out
    assert "  7 ✗ tests/results.json n'est pas le fichier que nomme l'évaluation. (evidence-changed)" in out


# Bare ---------------------------------------------------------------------------------------------------------------------


def test_a_bare_envelope_is_the_same_statement(tmp_path, capsys):
    target = tmp_path / "bare.dsse.json"
    assert asked(capsys, ASSESSMENT, "--bare", target)[0] == 0
    assert target.read_bytes() == (ACCEPTED / "assessment.dsse.json").read_bytes()
    code, told = asked(capsys, target)
    assert (code, told["files"][0]["digest"]) == (0, envelope.digest(envelope.read(ASSESSMENT.read_bytes())))


def test_only_what_holds_is_written_bare(report, tmp_path, capsys):
    changed(report / INNER)
    target = tmp_path / "bare.dsse.json"
    assert asked(capsys, ASSESSMENT, "--evidence", report, "--bare", target)[0] == 4
    assert asked(capsys, ACCEPTED, "--bare", target)[0] == 2
    assert not target.exists()


# Speed --------------------------------------------------------------------------------------------------------------------


def test_a_managed_key_is_verified_at_once():
    """Nothing slow is imported: what a checker, a service or a form of the report needs."""
    program = (
        "import sys; from verifier.cli import main; "
        f"code = main(['verify', {str(RELEASE)!r}, '--trust', {str(TRUST)!r}]); "
        "print(sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(code)"
    )
    spent = []
    for _ in range(5):
        start = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        spent.append(sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - start)
    loaded = set(json.loads(done.stderr.replace("'", '"')))
    assert not loaded & HEAVY
    assert min(spent) < SECONDS * slowness()
