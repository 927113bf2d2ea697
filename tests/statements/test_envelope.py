"""Containers of a signed payload: what is written, what is read, what is refused."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import vectors

from verifier.errors import TrustError
from verifier.statements import envelope, uris
from verifier.statements.envelope import Envelope, Signature

pytestmark = pytest.mark.self

SIGNED = Envelope(b'{"a":1}', (Signature(b"\xfb\xff\xfe signature", "hint", (b"stamp one", b"stamp two")),))


def b64(data):
    return base64.b64encode(data).decode()


def dsse(**changes):
    return {
        "payload": b64(b'{"a":1}'),
        "payloadType": "application/vnd.in-toto+json",
        "signatures": [{"sig": b64(b"\xfb\xff\xfe signature"), "keyid": "hint"}],
    } | changes


def bundle(material=None, **changes):
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": "hint"}} if material is None else material,
        "dsseEnvelope": dsse(),
    } | changes


def stamps(count):
    return {"rfc3161Timestamps": [{"signedTimestamp": b64(b"%d" % n)} for n in range(count)]}


def read(document):
    return envelope.read(json.dumps(document).encode())


def code(document):
    with pytest.raises(TrustError) as refused:
        read(document)
    return refused.value.code


def test_the_bytes_that_are_signed_are_those_of_dsse():
    assert envelope.pae(b"{}") == b"DSSEv1 28 application/vnd.in-toto+json 2 {}"
    assert envelope.pae("é".encode(), "é") == "DSSEv1 2 é 2 é".encode()


@vectors.needed
@pytest.mark.parametrize("path", vectors.files("dsse/*.json"), ids=lambda path: path.name)
def test_the_protocols_vector_has_these_bytes_and_no_in_toto_statement(path):
    vector = json.loads(path.read_bytes())
    payload = base64.b64decode(vector["envelope"]["payload"])
    assert payload == vector["payload_utf8"].encode()
    assert envelope.pae(payload, vector["payloadType"]) == vector["pae"].encode()
    assert code(vector["envelope"]) == "payload-type"
    (signature,) = read(vector["envelope"] | {"payloadType": uris.PAYLOAD}).signatures
    assert signature == Signature(base64.b64decode(vector["envelope"]["signatures"][0]["sig"]))


def test_what_is_written_is_read_again():
    assert envelope.read(envelope.bundle(SIGNED)) == SIGNED
    bare = envelope.read(envelope.bare(SIGNED))
    assert bare == Envelope(SIGNED.payload, (Signature(SIGNED.signatures[0].sig, "hint"),))
    assert envelope.read(envelope.bundle(bare)) == bare
    assert envelope.digest(SIGNED) == envelope.digest(bare) == hashlib.sha256(b'{"a":1}').hexdigest()


def test_a_bundle_is_written_in_one_form():
    assert json.loads(envelope.bundle(SIGNED)) == bundle(
        {
            "publicKey": {"hint": "hint"},
            "timestampVerificationData": {
                "rfc3161Timestamps": [{"signedTimestamp": b64(b"stamp one")}, {"signedTimestamp": b64(b"stamp two")}]
            },
        },
    )


@pytest.mark.parametrize("signatures", [(), SIGNED.signatures * 2])
def test_a_file_holds_one_signature_when_it_is_written(signatures):
    for form in (envelope.bundle, envelope.bare):
        with pytest.raises(TrustError) as refused:
            form(Envelope(b"{}", signatures))
        assert refused.value.code == "signatures"


@vectors.needed
@pytest.mark.parametrize("path", vectors.files("*/*.sigstore.json"), ids=lambda path: path.name)
def test_real_keyless_bundles_are_read_and_kept_as_they_are(path):
    data = path.read_bytes()
    found = envelope.read(data)
    outside = json.loads(data)["dsseEnvelope"]
    assert found.payload == base64.b64decode(outside["payload"])
    (signature,) = found.signatures
    assert (signature.sig, signature.hint) == (base64.b64decode(outside["signatures"][0]["sig"]), "")
    assert signature.keyless == data == envelope.bundle(found)
    held = json.loads(data)["verificationMaterial"]["timestampVerificationData"].get("rfc3161Timestamps", [])
    assert [b64(stamp) for stamp in signature.stamps] == [one["signedTimestamp"] for one in held]


@pytest.mark.parametrize(
    ("document", "sigs"),
    [
        (dsse(signatures=[{"sig": b64(b"one")}, {"sig": b64(b"two"), "keyid": ""}]), [b"one", b"two"]),
        (dsse(more=1, signatures=[{"sig": b64(b"one"), "more": {}}]), [b"one"]),
        (dsse(payload="", signatures=[{"sig": "", "keyid": None}]), [b""]),
        (
            bundle({"publicKey": {"hint": None}, "certificate": None, "timestampVerificationData": None}),
            [SIGNED.signatures[0].sig],
        ),
        (dsse(signatures=[{"sig": "-__-"}, {"sig": "+//+"}]), [b"\xfb\xff\xfe"] * 2),
        (dsse(signatures=[{"sig": b64(b"n")}] * 32), [b"n"] * 32),
        (
            bundle({"publicKey": {}, "tlogEntries": [], "timestampVerificationData": stamps(32)}),
            [b"\xfb\xff\xfe signature"],
        ),
        (bundle(mediaType="application/vnd.dev.sigstore.bundle+json;version=0.3"), [b"\xfb\xff\xfe signature"]),
    ],
)
def test_what_the_formats_allow_is_read(document, sigs):
    assert [one.sig for one in read(document).signatures] == sigs


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "container"),
        ({}, "container"),
        ("text", "container"),
        (dsse(payloadType="text/plain"), "payload-type"),
        (dsse(payloadType="application/vnd.in-toto+JSON"), "payload-type"),
        (dsse(payloadType="application/vnd.in-toto+json; charset=utf-8"), "payload-type"),
        (dsse(payloadType=None), "container"),
        (dsse(payload=None), "container"),
        (dsse(signatures=None), "container"),
        (dsse(signatures={}), "container"),
        (dsse(signatures=[]), "too-many"),
        (dsse(signatures=[{"sig": ""}] * 33), "too-many"),
        (dsse(signatures=["sig"]), "container"),
        (dsse(signatures=[{}]), "container"),
        (bundle(mediaType="application/vnd.dev.sigstore.bundle+json;version=0.2"), "media-type"),
        (bundle(mediaType="application/vnd.dev.sigstore.bundle.v0.4+json"), "media-type"),
        (bundle(mediaType=3), "container"),
        (bundle(more=1), "container"),
        (bundle({}), "container"),
        (bundle({"publicKey": {"hint": "x"}, "certificate": {"rawBytes": ""}}), "container"),
        (bundle({"publicKey": {"hint": 1}}), "container"),
        (bundle({"publicKey": {"more": ""}}), "container"),
        (bundle({"x509CertificateChain": {}}), "container"),
        (bundle({"publicKey": {}, "more": 1}), "container"),
        (bundle({"publicKey": {}, "tlogEntries": {}}), "container"),
        (bundle({"publicKey": {}, "tlogEntries": [{}] * 33}), "too-many"),
        (bundle({"publicKey": {}, "timestampVerificationData": stamps(33)}), "too-many"),
        (bundle({"certificate": {"rawBytes": ""}, "timestampVerificationData": stamps(33)}), "too-many"),
        (bundle({"publicKey": {}, "timestampVerificationData": {"more": []}}), "container"),
        (bundle({"publicKey": {}, "timestampVerificationData": {"rfc3161Timestamps": [{}]}}), "container"),
        (bundle(dsseEnvelope=dsse(signatures=[{"sig": ""}] * 2)), "signatures"),
        (bundle(dsseEnvelope=dsse(payloadType="text/plain")), "payload-type"),
        ({"mediaType": uris.BUNDLE, "messageSignature": {}}, "container"),
    ],
)
def test_what_they_do_not_allow_is_refused(document, reason):
    assert code(document) == reason


@pytest.mark.parametrize(
    "text",
    ["Zg", "Zg=", "Zh==", "Zg==\n", " Zg==", "Zg== ", "Z g==", "+/-_", "Zg==Zg==", "Zg===", "é", "=", "Zm9v=", "a"],
)
def test_bytes_have_one_text(text):
    """But for the two alphabets that DSSE allows, one of them throughout."""
    assert code(dsse(payload=text)) == code(dsse(signatures=[{"sig": text}])) == "base64"


def test_a_name_given_twice_is_refused_anywhere():
    data = json.dumps(bundle()).encode()
    twice = data.replace(b'"hint": "hint"', b'"hint": "hint", "hint": "hint"')
    with pytest.raises(TrustError) as refused:
        envelope.read(twice)
    assert refused.value.code == "duplicate-key"


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"[" * 100_000, "too-deep"), (b"{" + b" " * (16 * 1024 * 1024), "too-large"), (b"\x80", "encoding")],
)
def test_limits_come_before_everything(data, reason):
    with pytest.raises(TrustError) as refused:
        envelope.read(data)
    assert refused.value.code == reason


@settings(deadline=None)
@given(st.binary(), st.binary(), st.text(), st.lists(st.binary(), max_size=3))
def test_any_payload_goes_through_its_file(payload, sig, hint, stamped):
    signed = Envelope(payload, (Signature(sig, hint, tuple(stamped)),))
    assert envelope.read(envelope.bundle(signed)) == signed
    assert envelope.bundle(envelope.read(envelope.bundle(signed))) == envelope.bundle(signed)
    assert envelope.read(envelope.bare(signed)).payload == payload
