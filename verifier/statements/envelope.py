"""A payload with its signatures, as a file and back: a Sigstore bundle of version 0.3, or a bare DSSE envelope.

    bundle(Envelope(payload, (Signature(sig, key.id),)))

What a statement is known by is the digest of its payload, never of its file: who replaces s by n-s in an ECDSA signature has
another file that verifies as well.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from verifier.errors import TrustError
from verifier.statements import strict, uris
from verifier.statements.strict import shown
from verifier.words import say

SIGNATURES = 32
STAMPS = 32
"""How many of each are read in one file."""
T = TypeVar("T")
_OTHER_ALPHABET = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class Signature:
    """The bytes of one signature. `hint` says which key to try and proves nothing; `stamps` are RFC 3161 responses in DER.

    `keyless` is the whole bundle as it was read where a certificate, and no key, speaks for the signer.
    """

    sig: bytes
    hint: str = ""
    stamps: tuple[bytes, ...] = ()
    keyless: bytes | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload, always of in-toto's type, and who signed it. Nothing here is verified."""

    payload: bytes
    signatures: tuple[Signature, ...]


def pae(payload: bytes, kind: str = uris.PAYLOAD) -> bytes:
    """The bytes that a signature is over: DSSE's pre-authentication encoding of version 1. Only tests need another kind."""
    name = kind.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def digest(envelope: Envelope) -> str:
    """What the statement is known by: the SHA-256 of its payload, in hex."""
    return hashlib.sha256(envelope.payload).hexdigest()


def read(data: bytes) -> Envelope:
    """Either container. Raises TrustError for one that is over a limit, not of these formats, or holds no in-toto statement."""
    document = _object(strict.parse(data), "")
    if "mediaType" in document:
        return _from_bundle(document, data)
    payload, signatures = _from_dsse(document)
    return Envelope(payload, tuple(Signature(sig, hint) for sig, hint in signatures))


def bundle(envelope: Envelope) -> bytes:
    """A Sigstore bundle of the one signature; a keyless one is the file that it was read from."""
    signature = _only(envelope.signatures)
    if signature.keyless is not None:
        return signature.keyless
    material: dict[str, Any] = {"publicKey": {"hint": signature.hint}}
    if signature.stamps:
        stamps = [{"signedTimestamp": _text(stamp)} for stamp in signature.stamps]
        material["timestampVerificationData"] = {"rfc3161Timestamps": stamps}
    dsse = _dsse(envelope.payload, signature)
    return strict.canonical({"mediaType": uris.BUNDLE, "verificationMaterial": material, "dsseEnvelope": dsse})


def bare(envelope: Envelope) -> bytes:
    """A DSSE envelope of the one signature, for verifiers that read no bundles; it has no place for time stamps."""
    signature = _only(envelope.signatures)
    return strict.canonical(_dsse(envelope.payload, signature))


def _dsse(payload: bytes, signature: Signature) -> dict[str, Any]:
    signatures = [{"keyid": signature.hint, "sig": _text(signature.sig)}]
    return {"payload": _text(payload), "payloadType": uris.PAYLOAD, "signatures": signatures}


def _from_bundle(document: Mapping[str, Any], data: bytes) -> Envelope:
    kind = _string(document["mediaType"], "mediaType")
    if kind not in uris.BUNDLES:
        words = say("The file says that it is {kind}, and not a Sigstore bundle of version 0.3.", kind=shown(kind))
        raise TrustError(words, code="media-type")
    _known(document, {"mediaType", "verificationMaterial", "dsseEnvelope"}, "")
    payload, signatures = _from_dsse(_object(document.get("dsseEnvelope"), "dsseEnvelope"))
    sig, _ = _only(signatures)
    material = _object(document.get("verificationMaterial"), "verificationMaterial")
    signer = {"publicKey", "certificate"} & material.keys()
    _known(material, {*signer, "tlogEntries", "timestampVerificationData"}, "verificationMaterial")
    stamps = _stamps(material.get("timestampVerificationData", {}))
    entries = _list(material.get("tlogEntries", []), "tlogEntries")
    if len(entries) > STAMPS:
        _too_many("tlogEntries", len(entries), STAMPS)
    if signer == {"certificate"}:
        return Envelope(payload, (Signature(sig, stamps=stamps, keyless=data),))
    if signer != {"publicKey"}:
        _malformed("verificationMaterial")
    key = _object(material["publicKey"], "publicKey")
    _known(key, {"hint"}, "publicKey")
    return Envelope(payload, (Signature(sig, _string(key.get("hint", ""), "hint"), stamps),))


def _from_dsse(document: Mapping[str, Any]) -> tuple[bytes, list[tuple[bytes, str]]]:
    """The payload, and each signature with its keyid. Other fields are passed over, as DSSE asks of its readers."""
    kind = _string(document.get("payloadType"), "payloadType")
    if kind != uris.PAYLOAD:
        words = say("What was signed is {kind}, and not an in-toto statement.", kind=shown(kind))
        raise TrustError(words, code="payload-type")
    listed = _list(document.get("signatures"), "signatures")
    if not 1 <= len(listed) <= SIGNATURES:
        _too_many("signatures", len(listed), SIGNATURES)
    payload = _decoded(document.get("payload"), "payload")
    return payload, [_signature(_object(one, "signatures")) for one in listed]


def _signature(document: Mapping[str, Any]) -> tuple[bytes, str]:
    return _decoded(document.get("sig"), "sig"), _string(document.get("keyid", ""), "keyid")


def _stamps(value: Any) -> tuple[bytes, ...]:
    document = _object(value, "timestampVerificationData")
    _known(document, {"rfc3161Timestamps"}, "timestampVerificationData")
    listed = _list(document.get("rfc3161Timestamps", []), "rfc3161Timestamps")
    if len(listed) > STAMPS:
        _too_many("rfc3161Timestamps", len(listed), STAMPS)
    return tuple(_stamp(_object(one, "rfc3161Timestamps")) for one in listed)


def _stamp(document: Mapping[str, Any]) -> bytes:
    _known(document, {"signedTimestamp"}, "rfc3161Timestamps")
    return _decoded(document.get("signedTimestamp"), "signedTimestamp")


def _only(signatures: Collection[T]) -> T:
    """The one signature of a file that may have no other; so readers of Sigstore bundles ask."""
    if len(signatures) != 1:
        words = say("A bundle holds one signature, and this one has {n}.", n=len(signatures))
        raise TrustError(words, code="signatures")
    return next(iter(signatures))


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _decoded(value: Any, field: str) -> bytes:
    """Of either alphabet, as DSSE asks, but one of them throughout, padded, without a bit to spare: one text for the bytes."""
    text = _string(value, field)
    try:
        data = b64decode(text.translate(_OTHER_ALPHABET), validate=True)
    except (NoBase64, ValueError):
        data = b""
    if text.encode("utf-8") not in (b64encode(data), urlsafe_b64encode(data)):
        raise TrustError(say("The field {field} of the signed file is not exact base64.", field=field), code="base64")
    return data


def _known(document: Mapping[str, Any], names: Collection[str], field: str) -> None:
    unknown = sorted(document.keys() - names)
    if unknown:
        _malformed(f"{field}.{unknown[0]}" if field else unknown[0])


def _object(value: Any, field: str) -> Mapping[str, Any]:
    """Without what is null: that is unset, as protobuf's JSON and DSSE have it."""
    if not isinstance(value, dict):
        _malformed(field)
    return {name: inner for name, inner in value.items() if inner is not None}


def _list(value: Any, field: str) -> list[Any]:
    return value if isinstance(value, list) else _malformed(field)


def _string(value: Any, field: str) -> str:
    return value if isinstance(value, str) else _malformed(field)


def _malformed(field: str) -> NoReturn:
    words = say("The file is neither a Sigstore bundle nor a DSSE envelope.")
    if field:
        words = say("The signed file's {field} is missing, unknown or of the wrong kind.", field=shown(field))
    raise TrustError(words, code="container")


def _too_many(field: str, count: int, most: int) -> NoReturn:
    words = say("The signed file has {n} {field}; 1 to {most} are read.", n=count, field=field, most=most)
    raise TrustError(words, code="too-many")
