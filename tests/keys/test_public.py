"""Which signatures a public key takes for its own, by the vectors of others."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st
from support import vectors

from verifier.errors import TrustError
from verifier.keys import file, public
from verifier.statements import envelope

pytestmark = pytest.mark.self

KEYS = {kind: make() for kind, make in file.KINDS.items()}
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def groups():
    found = [
        (path.stem, group)
        for path in vectors.files("wycheproof/*.json")
        for group in json.loads(path.read_bytes())["testGroups"]
    ]
    return [pytest.param(group, id=f"{name}-{group['tests'][0]['tcId']}") for name, group in found]


@vectors.needed
@pytest.mark.parametrize("group", groups())
def test_every_signature_of_wycheproof_is_judged_as_it_says(group):
    """What is `acceptable` there is one encoding too many, and is refused here as what is `invalid`."""
    key = public.from_pem(group["publicKeyPem"].encode())
    assert key == public.from_der(bytes.fromhex(group["publicKeyDer"]))
    for test in group["tests"]:
        holds = key.verify(bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"]))
        assert holds is (test["result"] == "valid"), test["tcId"]


@vectors.needed
@pytest.mark.parametrize("path", vectors.files("dsse/*.json"), ids=lambda path: path.name)
def test_the_signature_of_dsses_vector_holds_and_is_what_its_key_makes(path):
    vector = json.loads(path.read_bytes())
    given = vector["key"]
    numbers = ec.EllipticCurvePublicNumbers(int(given["x"]), int(given["y"]), ec.SECP256R1())
    private = ec.EllipticCurvePrivateNumbers(int(given["d"]), numbers).private_key()
    data = envelope.pae(vector["payload_utf8"].encode(), vector["payloadType"])
    raw = base64.b64decode(vector["envelope"]["signatures"][0]["sig"])
    key = public.of(private.public_key())
    assert key.verify(data, raw)
    assert not key.verify(data + b" ", raw)
    r, s = decode_dss_signature(file._signed(private, data))
    assert r.to_bytes(32) + s.to_bytes(32) == raw


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_is_known_by_its_bytes_however_they_came(kind):
    key = public.of(KEYS[kind].public_key())
    assert (key.kind, key.id) == (kind, hashlib.sha256(key.der).hexdigest())
    assert public.from_pem(b"words before\n" + key.pem.encode() + b"words after\n") == key
    assert public.from_pem(key.pem.replace("\n", "\r\n").encode()).id == key.id


def test_a_compressed_point_is_the_same_key():
    point = (
        KEYS["ecdsa-p256"]
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    )
    der = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + point
    assert public.from_der(der) == public.of(KEYS["ecdsa-p256"].public_key())


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP256K1()),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
        dsa.generate_private_key(key_size=2048),
        x25519.X25519PrivateKey.generate(),
    ],
    ids=lambda key: type(key).__name__,
)
def test_another_kind_of_key_is_refused(key):
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(TrustError, match="Keys are") as refused:
        public.from_pem(pem)
    assert refused.value.code == "key"


PEM = public.of(KEYS["ecdsa-p256"].public_key()).pem.encode()


@pytest.mark.parametrize("pem", [b"", b"words", PEM * 2, PEM[:60], PEM.replace(b"M", b"!"), PEM + b" " * 20_000])
def test_what_is_not_one_public_key_is_refused(pem):
    with pytest.raises(TrustError) as refused:
        public.from_pem(pem)
    assert refused.value.code == "key"


def test_bytes_that_are_no_key_are_refused():
    with pytest.raises(TrustError) as refused:
        public.from_der(b"\x30\x00")
    assert refused.value.code == "key"


def test_a_signature_in_another_encoding_is_the_same_signature():
    """DER, r and s, and s in the place of n - s: all verify, which is why nothing is known by its signature."""
    key, data = public.of(KEYS["ecdsa-p256"].public_key()), b"data"
    sig = file._signed(KEYS["ecdsa-p256"], data)
    r, s = decode_dss_signature(sig)
    raw = r.to_bytes(32) + s.to_bytes(32)
    assert all(key.verify(data, form) for form in (sig, raw, encode_dss_signature(r, ORDER - s)))
    for bad in (b"", sig + b"\0", raw[:-1], raw + b"\0", bytes(64), b"\xff" * 64, bytes(1) + raw):
        assert not key.verify(data, bad)


def test_a_short_signature_in_der_that_has_64_bytes_is_read_as_der():
    """r and s small enough that DER comes to 64 bytes, which could be taken for r and s."""
    sig = encode_dss_signature(1 << 230, 1 << 230)
    assert len(sig) == 64
    assert next(public._forms(sig)) == sig


def test_pss_has_one_length_of_salt():
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    private = KEYS["rsa-3072"]
    key = public.of(private.public_key())
    longest = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.MAX_LENGTH)
    assert key.verify(b"data", private.sign(b"data", public.PSS, hashes.SHA256()))
    assert not key.verify(b"data", private.sign(b"data", longest, hashes.SHA256()))
    assert not key.verify(b"data", private.sign(b"data", padding.PKCS1v15(), hashes.SHA256()))


@settings(deadline=None)
@given(st.sampled_from(sorted(KEYS)), st.binary(max_size=600), st.binary(max_size=400))
def test_no_bytes_crash_the_verification(kind, data, sig):
    assert public.of(KEYS[kind].public_key()).verify(data, sig) is False


@settings(deadline=None)
@given(st.sampled_from(sorted(KEYS)), st.binary())
def test_a_signature_is_its_keys_and_no_others(kind, data):
    sig = file._signed(KEYS[kind], data)
    assert [one for one in KEYS if public.of(KEYS[one].public_key()).verify(data, sig)] == [kind]
    assert isinstance(KEYS["ed25519"], ed25519.Ed25519PrivateKey)
