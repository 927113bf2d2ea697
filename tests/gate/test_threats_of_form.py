"""What is wrong with a file before anything of it is believed: refused with a code of its own, beside the honest chain."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support.chains import Purchase, key, key_id, malleable, signed_file, signed_payload

from verifier.cli import signing
from verifier.errors import TrustError, UsageError
from verifier.gate.codes import Answer
from verifier.keys import public
from verifier.statements import envelope, strict, uris
from verifier.statements.envelope import Envelope, Signature, pae
from verifier.statements.statement import write

STATEMENTS = Purchase().statements()
ACCEPTANCE = json.loads(write(STATEMENTS["acceptance"]))
RESULT = b'"verificationResult":"PASSED"'


def signed(document: Any) -> bytes:
    """By the assessor, in its one form."""
    return signed_payload(strict.canonical(document), "assessor")


def acceptance(**changed: Any) -> bytes:
    return signed({**ACCEPTANCE, **changed})


def said(**changed: Any) -> bytes:
    """The acceptance report with something else in its predicate."""
    return acceptance(predicate={**ACCEPTANCE["predicate"], **changed})


def bytes_with(old: bytes, new: bytes) -> bytes:
    """Signed as they are: the assessor's own program may write anything."""
    payload = write(STATEMENTS["acceptance"])
    assert payload.count(old) == 1
    return signed_payload(payload.replace(old, new), "assessor")


def contained(**changed: Any) -> bytes:
    """The honest file with something else in its container, which nobody signed."""
    document = json.loads(acceptance())
    return json.dumps(document | changed).encode()


def enveloped(**changed: Any) -> bytes:
    return contained(dsseEnvelope=json.loads(acceptance())["dsseEnvelope"] | changed)


def stamped(count: int) -> bytes:
    material = {
        "publicKey": {"hint": key_id("assessor")},
        "timestampVerificationData": {"rfc3161Timestamps": [{"signedTimestamp": "AAAA"}] * count},
    }
    return contained(verificationMaterial=material)


def signed_as(kind: str) -> bytes:
    """A signature over the same bytes as another type of payload, which are other bytes."""
    payload = write(STATEMENTS["acceptance"])
    other = key("assessor").sign(pae(payload, kind), public.ECDSA)
    return envelope.bundle(Envelope(payload, (Signature(other, key_id("assessor")),)))


SUBJECT = ACCEPTANCE["subject"][0]
TYPES = [uri for uri in sorted(uris.PREDICATES) if uri != uris.ACCEPTANCE]
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    **{
        f"8 the result is {word}": (lambda word=word: said(verificationResult=word), "shape")
        for word in ("passed", "Passed", "PASSED ", "pASSED", "", "ACCEPTED", "true")
    },
    "8 the result is no word": (lambda: said(verificationResult=True), "shape"),
    "8 no result": (
        lambda: acceptance(predicate={n: v for n, v in ACCEPTANCE["predicate"].items() if n != "verificationResult"}),
        "shape",
    ),
    "8 no levels": (lambda: said(verifiedLevels=[]), "shape"),
    "8 FAILED after a level": (lambda: said(verifiedLevels=["VERIFIER_ACCEPTED", "FAILED"]), "shape"),
    "8 FAILED before a level": (lambda: said(verifiedLevels=["FAILED", "VERIFIER_ACCEPTED"]), "shape"),
    "8 a level of SLSA's": (lambda: said(verifiedLevels=["SLSA_BUILD_LEVEL_3"]), "shape"),
    **{
        f"9 payloadType {kind}": (lambda kind=kind: enveloped(payloadType=kind), "payload-type")
        for kind in (
            "application/json",
            "text/plain",
            "application/vnd.in-toto+JSON",
            "application/vnd.in-toto+json ",
            "application/vnd.in-toto+json; charset=utf-8",
        )
    },
    "9 no payloadType": (lambda: enveloped(payloadType=None), "container"),
    "9 signed as another type": (lambda: signed_as("application/json"), "signature"),
    "9 a type that is not ours": (
        lambda: acceptance(predicateType="https://slsa.dev/verification_summary/v2"),
        "predicate-type",
    ),
    "9 a type in another case": (lambda: acceptance(predicateType=uris.ACCEPTANCE.upper()), "predicate-type"),
    "9 an amendment, which is a contract": (
        lambda: acceptance(predicateType="https://w3id.org/verifier/amendment/v1"),
        "predicate-type",
    ),
    **{f"9 told as a {uri}": (lambda uri=uri: acceptance(predicateType=uri), "shape") for uri in TYPES},
    "9 another version of in-toto": (lambda: acceptance(_type="https://in-toto.io/Statement/v0.1"), "statement-type"),
    "11 no subject": (lambda: acceptance(subject=[]), "subject"),
    "11 two subjects": (lambda: acceptance(subject=[SUBJECT, SUBJECT]), "subject"),
    "11 a subject without digests": (lambda: acceptance(subject=[{**SUBJECT, "digest": {}}]), "subject"),
    "11 a subject without a name": (lambda: acceptance(subject=[{**SUBJECT, "name": ""}]), "subject"),
    "11 a subject with more": (lambda: acceptance(subject=[{**SUBJECT, "uri": "https://a.example"}]), "subject"),
    "12 a name twice": (
        lambda: bytes_with(RESULT, RESULT + b"," + RESULT.replace(b"PASSED", b"FAILED")),
        "duplicate-key",
    ),
    "12 a float": (lambda: bytes_with(b'"round":1}', b'"round":1.0}'), "not-an-integer"),
    "12 a number that is none": (lambda: bytes_with(b'"round":1}', b'"round":NaN}'), "not-an-integer"),
    "12 a number without end": (lambda: bytes_with(b'"round":1}', b'"round":1' + b"0" * 5000 + b"}"), "number-range"),
    "12 a blank": (lambda: bytes_with(RESULT, RESULT.replace(b":", b": ")), "not-canonical"),
    "12 another escape": (lambda: bytes_with(RESULT, RESULT.replace(b"PASSED", b"P\\u0041SSED")), "not-canonical"),
    "12 another order": (
        lambda: signed_payload(
            json.dumps(dict(reversed(ACCEPTANCE.items())), separators=(",", ":")).encode(), "assessor"
        ),
        "not-canonical",
    ),
    "12 a byte-order mark": (lambda: bytes_with(b'{"_type"', b'\xef\xbb\xbf{"_type"'), "encoding"),
    "12 more after the end": (lambda: signed_payload(write(STATEMENTS["acceptance"]) + b"{}", "assessor"), "json"),
    "12 a line feed after the end": (
        lambda: signed_payload(write(STATEMENTS["acceptance"]) + b"\n", "assessor"),
        "not-canonical",
    ),
    "12 half a pair": (lambda: bytes_with(b"PASSED", b"\\ud800"), "lone-surrogate"),
    "12 no text": (lambda: bytes_with(b"PASSED", b"\xff"), "encoding"),
    "28 33 time stamps": (lambda: stamped(33), "too-many"),
    "28 33 signatures": (
        lambda: json.dumps({"payload": "", "payloadType": uris.PAYLOAD, "signatures": [{"sig": "AAAA"}] * 33}).encode(),
        "too-many",
    ),
    "28 1,024 subjects": (lambda: acceptance(subject=[SUBJECT] * 1024), "subject"),
    "28 100,000 brackets": (lambda: b"[" * 100_000, "too-deep"),
    "28 100,000 brackets that were signed": (lambda: signed_payload(b"[" * 100_000, "assessor"), "too-deep"),
    "28 100,000 objects": (lambda: b'{"a":' * 100_000, "too-deep"),
    "28 too large": (lambda: acceptance() + b" " * strict.MOST, "too-large"),
    "the payload of another": (
        lambda: enveloped(payload=b64encode(write(STATEMENTS["assessment"])).decode()),
        "signature",
    ),
    "the hint of another key": (
        lambda: signed_file(STATEMENTS["acceptance"], "stranger").replace(
            key_id("stranger").encode(), key_id("assessor").encode()
        ),
        "signature",
    ),
}


def with_report(content: bytes) -> Purchase:
    """The honest chain with this in the place of its acceptance report."""
    return Purchase(left_out=frozenset({"acceptance"}), more=[content])


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_own_code(name):
    make, code = REFUSED[name]
    with pytest.raises(TrustError) as caught:
        with_report(make()).answer()
    assert caught.value.code == code


@pytest.mark.parametrize(
    "content",
    [
        acceptance(),
        said(),
        contained(),
        signed_as(uris.PAYLOAD),
        bytes_with(RESULT, RESULT),
        enveloped(payloadType=uris.PAYLOAD),
        signed_file(STATEMENTS["acceptance"], "assessor"),
        signed_file(STATEMENTS["acceptance"], "assessor").replace(key_id("assessor").encode(), b"any other"),
    ],
)
def test_its_honest_twin_is_paid(content):
    assert with_report(content).answer().answer is Answer.PAY


def test_32_time_stamps_are_read_and_judged():
    with pytest.raises(TrustError) as caught:
        with_report(stamped(32)).answer()
    assert caught.value.code == "stamp-malformed"


@pytest.mark.parametrize(
    ("result", "level"), [("PASSED", "FAILED"), ("FAILED", "VERIFIER_ACCEPTED"), ("FAILED", "FAILED")]
)
def test_one_word_for_failed_is_enough(result, level):
    """Each of the two is read, so that no reader of one of them is told otherwise."""
    told = Purchase(edits={"acceptance": {"verificationResult": result, "verifiedLevels": [level]}}).answer()
    assert (told.answer, told.codes) == (Answer.DO_NOT_PAY, ("result-mismatch",))


def test_the_other_form_of_a_signature_makes_no_second_document():
    """Neither a second report, nor a second signature, nor another request: the answer rests on the same digests."""
    purchase = Purchase()
    payload = write(STATEMENTS["certification"])
    other = malleable(key("certifier").sign(pae(payload), public.ECDSA))
    second = envelope.bundle(Envelope(payload, (Signature(other, key_id("certifier")),)))
    both = replace(purchase, more=[second])
    assert both.case().chain.statements.keys() == purchase.case().chain.statements.keys()
    assert [len(one.by) for one in both.answer().case.chain.used] == [
        len(one.by) for one in purchase.answer().case.chain.used
    ]
    assert both.answer().answer is Answer.PAY
    alone = replace(purchase, left_out=frozenset({"certification"}), more=[second])
    assert alone.answer().answer is Answer.PAY


def test_one_key_under_two_persons_signs_for_neither():
    """A threshold of two parties is not met by one key that the policy names twice: such a policy is none."""
    policy = Purchase().policy
    twice = [{**one, "pem": next(k["pem"] for k in policy["keys"] if k["person"] == "supplier")} for one in policy["keys"]
             if one["person"] == "requester"]  # fmt: skip
    others = [one for one in policy["keys"] if one["person"] != "requester"]
    for keys in ([*others, *twice], [*twice, *others]):
        purchase = Purchase(policy={**policy, "keys": keys}, signers={"contract": ("supplier",)})
        with pytest.raises(TrustError) as caught:
            purchase.answer()
        assert caught.value.code == "shape"


def test_a_file_of_four_gigabytes_is_not_read(tmp_path):
    huge = tmp_path / "huge.sigstore.json"
    with huge.open("wb") as handle:
        handle.write(acceptance())
        handle.truncate(4 << 30)
    content = signing.content(huge)
    assert len(content) == strict.MOST + 1
    with pytest.raises(TrustError) as caught:
        with_report(content).answer()
    assert caught.value.code == "too-large"


def test_files_that_are_too_much_together_are_not_read(tmp_path, monkeypatch):
    """Each for itself is small enough."""
    for number in range(3):
        (tmp_path / f"{number}.sigstore.json").write_bytes(acceptance())
    trust = Purchase().trust()
    monkeypatch.setattr(signing, "MOST_BYTES", 3 * len(acceptance()))
    assert len(signing.read([str(tmp_path)], trust)) == 1
    monkeypatch.setattr(signing, "MOST_BYTES", 3 * len(acceptance()) - 100)
    with pytest.raises(UsageError, match="bytes together; they are not read"):
        signing.read([str(tmp_path)], trust)
