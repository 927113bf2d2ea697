"""The signed examples of reports/examples/: each is what we say, and others read it as we do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
import warnings
import zipfile
from base64 import b64decode
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from verifier.cli import main
from verifier.errors import TrustError
from verifier.gate.answer import answer
from verifier.gate.case import Case
from verifier.gate.chain import Chain
from verifier.gate.codes import Answer
from verifier.gate.known import Known, Request, Seen
from verifier.keys import public
from verifier.statements import uris
from verifier.trust.holders import Holders
from verifier.trust.reading import read
from verifier.trust.shapes import SCHEMAS
from verifier.trust.signed import together
from verifier.trust.store import Store

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)  # the clients of services speak of Python versions to come
    from securesystemslib.dsse import Envelope as TheirEnvelope
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "reports" / "examples"
STATEMENTS = ROOT / "reports" / "statements"
TRUST = EXAMPLES / "trust"
FILES = sorted(EXAMPLES.rglob("*.sigstore.json")) + sorted(EXAMPLES.rglob("*.dsse.json"))
CHAINS = [one for one in FILES if one.parent != TRUST]
SUMMARIES = [one for one in FILES if one.name.startswith("acceptance")]
NOW = "2026-01-19T12:00:00Z"


def name(file: Path) -> str:
    return file.relative_to(EXAMPLES).as_posix()


def envelope_of(file: Path) -> dict:
    document = json.loads(file.read_bytes())
    return document.get("dsseEnvelope", document)


def statement_of(file: Path) -> dict:
    return json.loads(b64decode(envelope_of(file)["payload"]))


def policy():
    return Store(TRUST).current(NOW)


def verified(capsys, *words: str) -> tuple[int, dict]:
    code = main(["verify", "--trust", str(TRUST), "--json", *words])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("file", CHAINS, ids=name)
def test_each_verifies_under_the_examples_policy(file, capsys):
    code, told = verified(capsys, str(file))
    (only,) = told["files"]
    steps = ["container", "signature", "statement", "shape", "role", "unrevoked"]
    if only["kind"] == "revocation":
        steps.remove("role")  # whose statement it revokes, only that statement says
    assert (code, only["code"], [one["step"] for one in only["steps"] if one["held"]]) == (0, None, steps)
    assert only["kind"] == SCHEMAS[statement_of(file)["predicateType"]]
    (signer,) = only["signers"]
    assert signer["key"] == envelope_of(file)["signatures"][0]["keyid"]


def test_there_is_a_whole_chain_of_each_kind():
    kinds = {
        folder: {SCHEMAS[statement_of(one)["predicateType"]] for one in CHAINS if one.parent.name == folder}
        for folder in ("accepted", "rejected", "inconclusive", "self-check")
    }
    whole = {"contract", "assessment", "decision", "waiver", "acceptance", "certification", "release"}
    assert kinds == {
        "accepted": whole,
        "rejected": {"contract", "assessment", "acceptance"},
        "inconclusive": {"assessment"},
        "self-check": {"assessment"},
    }


@pytest.mark.parametrize(
    ("folder", "verdict", "kind"),
    [
        ("accepted", "rejected", "official"),  # before the waiver and the decision
        ("rejected", "rejected", "official"),
        ("inconclusive", "inconclusive", "official"),
        ("self-check", "rejected", "self-check"),
    ],
)
def test_the_verdict_of_each(folder, verdict, kind):
    said = statement_of(EXAMPLES / folder / "assessment.sigstore.json")["predicate"]
    assert (said["verdict"], said["kind"]) == (verdict, kind)


def test_the_gate_pays_for_the_accepted_one_and_for_no_other():
    trust = policy()

    def asked(folder: str) -> Answer:
        files = [one for one in CHAINS if one.parent.name == folder and one.name != "release.sigstore.json"]
        found = together(read(one.read_bytes(), trust, Holders.of(trust)) for one in files)
        seen = Seen(reachable=True, merged=True, head="1" * 40)
        case = Case(chain=Chain.of(found), policy=trust, known=Known(), seen=seen, request=Request(now=NOW))
        return answer(case).answer

    answers = {folder: asked(folder) for folder in ("accepted", "rejected", "inconclusive", "self-check")}
    assert answers.pop("accepted") is Answer.PAY
    assert Answer.PAY not in answers.values()


def test_the_assessment_has_every_kind_of_content():
    everything = [statement_of(one)["predicate"] for one in CHAINS if one.name.startswith("assessment")]
    required = json.loads((STATEMENTS / "assessment.schema.json").read_bytes())["properties"]
    for field in required:
        assert any(one.get(field) for one in everything), field


def test_what_verifier_says_in_them_is_in_both_languages():
    """All but a finding's own words, which are the tool's."""
    same = {one for file in EXAMPLES.rglob("report.json") for one in untranslated(json.loads(file.read_bytes()))}
    assert same == {"parcels/label.py:12 Use of insecure and deprecated function (mktemp)."}


def untranslated(value: object) -> list[str]:
    """Sentences that read the same in English and French."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = isinstance(value, dict) and set(value) == {"en", "fr"} and value["en"] == value["fr"] and " " in value["en"]
    return [*([value["en"]] if own else []), *(one for each in inner for one in untranslated(each))]


# Schemas ------------------------------------------------------------------------------------------------------------------


def schema(name: str) -> dict:
    return json.loads((STATEMENTS / f"{name}.schema.json").read_bytes())


@pytest.mark.parametrize("file", sorted(STATEMENTS.glob("*.schema.json")), ids=lambda one: one.name)
def test_each_schema_is_one(file):
    document = json.loads(file.read_bytes())
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(document)


@pytest.mark.parametrize("file", FILES, ids=name)
def test_each_has_the_shape_of_its_schema(file):
    """By the library's own validator, and not by the way in which we use it."""
    common = schema("common")
    registry = Registry().with_resource(common["$id"], Resource.from_contents(common))
    said = statement_of(file)
    Draft202012Validator(schema(SCHEMAS[said["predicateType"]]), registry=registry).validate(said["predicate"])


def test_every_schema_has_an_example():
    used = {SCHEMAS[statement_of(one)["predicateType"]] for one in FILES}
    assert used == {one.name.removesuffix(".schema.json") for one in STATEMENTS.glob("*.schema.json")} - {"common"}


# Others read them ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", CHAINS, ids=name)
def test_securesystemslib_alone_verifies_each(file):
    loaded = {public.from_pem(pem.encode()).id: load_pem_public_key(pem.encode()) for _, pem in policy().keys}
    keys = [SSlibKey.from_crypto(key, keyid=name) for name, key in loaded.items()]
    theirs = TheirEnvelope.from_dict(envelope_of(file))
    assert list(theirs.verify(keys, threshold=1)) == [envelope_of(file)["signatures"][0]["keyid"]]
    changed = TheirEnvelope(theirs.payload + b" ", theirs.payload_type, theirs.signatures)
    with pytest.raises(VerificationError):
        changed.verify(keys, threshold=1)


@pytest.mark.parametrize("file", SUMMARIES, ids=name)
def test_an_acceptance_report_is_slsas_verification_summary(file):
    """Read by the words of https://slsa.dev/spec/v1.1/verification_summary and nothing of ours."""
    said = statement_of(file)
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["predicateType"] == "https://slsa.dev/verification_summary/v1"
    assert all(
        one["digest"] and all(isinstance(value, str) for value in one["digest"].values()) for one in said["subject"]
    )
    summary = said["predicate"]
    assert urlsplit(summary["verifier"]["id"]).scheme
    assert all(isinstance(value, str) for value in summary["verifier"]["version"].values())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", summary["timeVerified"])
    assert datetime.fromisoformat(summary["timeVerified"])
    assert urlsplit(summary["resourceUri"]).scheme
    assert urlsplit(summary["policy"]["uri"]).scheme
    assert set(summary["policy"]) == {"uri", "digest"}
    assert all(urlsplit(one["uri"]).scheme and one["digest"]["sha256"] for one in summary["inputAttestations"])
    assert summary["slsaVersion"] == "1.1"
    levels = summary["verifiedLevels"]
    assert levels
    assert not [one for one in levels if not isinstance(one, str) or one.startswith("SLSA_")]
    passed = file.parent.name == "accepted"
    assert (summary["verificationResult"], "FAILED" in levels) == ("PASSED" if passed else "FAILED", not passed)
    others = set(summary) - SUMMARY_FIELDS
    assert others == {uris.ACCEPTANCE_EXTENSION}  # an extension's name is a URI, and may be passed over


SUMMARY_FIELDS = {
    "verifier",
    "timeVerified",
    "resourceUri",
    "policy",
    "inputAttestations",
    "verificationResult",
    "verifiedLevels",
    "dependencyLevels",
    "slsaVersion",
}


def test_no_byte_of_a_sample_can_be_another():
    """Each is refused, or is the same payload by the same signer: then only a hint is another, which proves nothing."""
    data, trust = (EXAMPLES / "accepted" / "decision.sigstore.json").read_bytes(), policy()
    holders = Holders.of(trust)
    whole = read(data, trust, holders)
    passed = []
    for place in range(len(data)):
        for other in {bytes([data[place] ^ 1]), b"", b"0"} - {data[place : place + 1]}:
            changed = data[:place] + other + data[place + 1 :]
            try:
                found = read(changed, trust, holders)
            except TrustError:
                continue
            assert (found.digest, found.by) == (whole.digest, whole.by)
            passed.append(changed)
    assert passed
    assert {json.dumps(without_hints(one)) for one in passed} == {json.dumps(without_hints(data))}


def without_hints(data: bytes) -> list[str]:
    dsse = json.loads(data)["dsseEnvelope"]
    return [dsse["payloadType"], dsse["payload"], dsse["signatures"][0]["sig"]]


# What goes with them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["accepted", "rejected", "inconclusive", "self-check"])
def test_the_evidence_lies_beside_each(folder, capsys):
    code, told = verified(
        capsys, str(EXAMPLES / folder / "assessment.sigstore.json"), "--evidence", str(EXAMPLES / folder / "report")
    )
    assert code == 0
    assert told["files"][0]["steps"][-1] == {"number": 7, "step": "evidence", "held": True}


def test_the_ledgers_head_holds_the_release(capsys):
    folder = EXAMPLES / "accepted" / "ledger"
    proof = ["--proof", str(folder / "release.proof"), "--entry", str(folder / "release.entry")]
    code, told = verified(capsys, str(EXAMPLES / "accepted" / "release.sigstore.json"), *proof)
    assert code == 0
    assert told["files"][0]["steps"][-1] == {"number": 8, "step": "recorded", "held": True}
    log_key = policy().ledgers[0]
    words = [
        "ledger",
        "verify",
        str(folder / "release.proof"),
        "--entry",
        str(folder / "release.entry"),
        "--log-key",
        log_key,
    ]
    assert main(words) == 0
    assert (folder / "release.proof").read_bytes().endswith((folder / "checkpoint").read_bytes())


def test_no_private_key_is_among_them():
    for file in EXAMPLES.rglob("*"):
        assert not file.is_file() or b"PRIVATE" not in file.read_bytes()


def test_the_script_makes_them_anew(tmp_path, capsys):
    script = ROOT / "scripts" / "example-statements"
    subprocess.run([sys.executable, script, tmp_path], check=True, capture_output=True, text=True)
    made = {one.relative_to(tmp_path) for one in tmp_path.rglob("*") if one.is_file() and "trust" not in one.parts}
    kept = {one.relative_to(EXAMPLES) for one in EXAMPLES.rglob("*") if one.is_file() and "trust" not in one.parts}
    assert kept - made == {Path("README.md"), Path("contract.yml"), Path("criteria.yml")}
    assert made <= kept
    assert main(["verify", str(tmp_path / "accepted"), "--trust", str(tmp_path / "trust")]) == 0


def test_they_ship_with_the_package(tmp_path):
    """In the wheel beside the templates of reports, and in the source archive."""
    source = tmp_path / "source"
    names = ["verifier", "rules", "reports", "docs", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"]
    for one in names:
        copy = shutil.copytree if (ROOT / one).is_dir() else shutil.copy
        copy(ROOT / one, source / one) if source.is_dir() else (source.mkdir(), copy(ROOT / one, source / one))
    (source / "tests").mkdir()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", tmp_path / "made"],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (wheel,), (archive,) = (tmp_path / "made").glob("*.whl"), (tmp_path / "made").glob("*.tar.gz")
    expected = {one.relative_to(EXAMPLES).as_posix() for one in EXAMPLES.rglob("*") if one.is_file()}
    shipped = {one.partition("reports/examples/")[2] for one in zipfile.ZipFile(wheel).namelist()}
    with tarfile.open(archive) as opened:
        archived = {one.partition("reports/examples/")[2] for one in opened.getnames()}
    assert expected <= shipped
    assert expected <= archived
