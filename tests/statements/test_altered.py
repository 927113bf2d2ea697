"""A file that we sign: others verify it, and no byte of it can be another and change what is said or who said it."""

from __future__ import annotations

import json
import warnings

import pytest
from securesystemslib.exceptions import VerificationError

from verifier.errors import TrustError
from verifier.keys import Signer, file, public
from verifier.statements import envelope, statement, uris
from verifier.statements.envelope import Envelope, Signature
from verifier.statements.statement import Statement

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)  # the clients of services speak of Python versions to come
    from securesystemslib.dsse import Envelope as TheirEnvelope
    from securesystemslib.signer import SSlibKey

PRIVATE = {kind: make() for kind, make in file.KINDS.items()}
STATEMENT = Statement(
    subject="délibération n° 7",
    digests={"sha256": "0" * 64},
    predicate_type=uris.DECISION,
    predicate={"outcome": "met", "amount": 5_000_000},
)


def signed(kind="ecdsa-p256"):
    key = PRIVATE[kind]
    signer = Signer("file:x", public.of(key.public_key()), lambda data: file._signed(key, data))
    payload = statement.write(STATEMENT)
    return Envelope(payload, (Signature(signer.sign(envelope.pae(payload)), signer.public.id, (b"a time stamp",)),))


def by_us(data, key):
    """The payload, where this key signed it and it is a statement of ours."""
    found = envelope.read(data)
    (signature,) = found.signatures
    if not key.verify(envelope.pae(found.payload), signature.sig):
        raise TrustError("not signed", code="signature")
    statement.read(found.payload)
    return found.payload


@pytest.mark.parametrize("form", [envelope.bundle, envelope.bare])
def test_no_byte_can_be_another(form):
    """Each byte of the file, as each of the eight bits, as a digit, a quote and nothing at all."""
    data, key = form(signed()), public.of(PRIVATE["ecdsa-p256"].public_key())
    whole = by_us(data, key)
    passed = []
    for place in range(len(data)):
        others = {bytes([data[place] ^ 1 << bit]) for bit in range(8)} | {b"", b"0", b'"', b"-", b"_"}
        for other in others - {data[place : place + 1]}:
            changed = data[:place] + other + data[place + 1 :]
            try:
                payload = by_us(changed, key)
            except TrustError:
                continue
            assert payload == whole
            passed.append(changed)
    loose = {json.dumps(without_hints(one), sort_keys=True) for one in passed}
    assert loose == {json.dumps(without_hints(data), sort_keys=True)}


def without_hints(data):
    """What is left without hint, key id, time stamp and the fields that DSSE passes over, none of which proves who signed."""
    document = json.loads(data)
    dsse = document.get("dsseEnvelope", document)
    alphabet = str.maketrans("-_", "+/")
    return [dsse["payloadType"], dsse["payload"].translate(alphabet), dsse["signatures"][0]["sig"].translate(alphabet)]


@pytest.mark.parametrize("kind", PRIVATE)
def test_securesystemslib_alone_verifies_what_we_sign(kind):
    """From the files, with nothing of ours but the name of the key: the bare envelope, and the one within the bundle."""
    key = SSlibKey.from_crypto(PRIVATE[kind].public_key(), keyid=public.of(PRIVATE[kind].public_key()).id)
    for document in (
        json.loads(envelope.bare(signed(kind))),
        json.loads(envelope.bundle(signed(kind)))["dsseEnvelope"],
    ):
        theirs = TheirEnvelope.from_dict(document)
        assert list(theirs.verify([key], threshold=1)) == [key.keyid]
        assert theirs.payload == statement.write(STATEMENT)


def test_securesystemslib_refuses_what_was_altered():
    crypto = PRIVATE["ecdsa-p256"].public_key()
    key = SSlibKey.from_crypto(crypto, keyid=public.of(crypto).id)
    theirs = TheirEnvelope.from_dict(json.loads(envelope.bare(signed())))
    theirs.payload = theirs.payload.replace(b"5000000", b"5000001")
    with pytest.raises(VerificationError):
        theirs.verify([key], threshold=1)
