"""Public keys, and whether a signature is theirs; pure.

What a key is known by is the SHA-256 of its SubjectPublicKeyInfo in DER, made anew: one key has one id, however its file was
written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeGuard

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from verifier.errors import TrustError
from verifier.words import say

ECDSA = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
"""The nonce comes of key and message (RFC 6979): the same bytes, the same signature, and no bad randomness gives the key away."""
PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)
RSA_BITS = (3072, 4096)
RAW = 64
"""Bytes of an ECDSA signature of P-256 as r and s, one after the other."""
_BEGIN = b"-----BEGIN "
LONGEST = 16_384

Key = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`der` is the SubjectPublicKeyInfo; made by `from_pem`, `from_der` or `of`, which refuse what is not verified here."""

    der: bytes

    @property
    def id(self) -> str:
        return hashlib.sha256(self.der).hexdigest()

    @property
    def pem(self) -> str:
        made = _loaded(self.der).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return made.decode("ascii")

    @property
    def kind(self) -> str:
        """`ecdsa-p256`, `rsa-3072` (or of another size; RSA-PSS) or `ed25519`."""
        key = _loaded(self.der)
        match key:
            case ec.EllipticCurvePublicKey():
                return "ecdsa-p256"
            case rsa.RSAPublicKey():
                return f"rsa-{key.key_size}"
            case _:
                return "ed25519"

    def verify(self, data: bytes, sig: bytes) -> bool:
        """Whether this key signed these bytes. A signature of ECDSA may be in DER, or be r and s of 32 bytes each."""
        return _verified(self.der, data, sig)


@lru_cache(maxsize=256)
def from_pem(data: bytes) -> PublicKey:
    """The one key of a PEM file; words around it are passed over. TrustError for another number or another kind of key."""
    if len(data) > LONGEST or data.count(_BEGIN) != 1:
        raise TrustError(say("This is not the PEM file of one public key."), code="key")
    try:
        return of(serialization.load_pem_public_key(data))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TrustError(say("This is not the PEM file of one public key."), code="key") from error


def from_der(data: bytes) -> PublicKey:
    """The key of a SubjectPublicKeyInfo; TrustError where it is none."""
    try:
        return of(serialization.load_der_public_key(data))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TrustError(say("These bytes are no public key."), code="key") from error


def of(key: object) -> PublicKey:
    """A key of the library. TrustError for one that is neither of ECDSA P-256, RSA with 3,072 to 4,096 bits nor Ed25519."""
    der = _fitting(key).public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(der)


def _fitting(key: object) -> Key:
    if not _fits(key):
        words = say("Keys are ECDSA P-256, RSA with 3072 to 4096 bits, or Ed25519; this one is another.")
        raise TrustError(words, code="key")
    return key


def _fits(key: object) -> TypeGuard[Key]:
    match key:
        case ec.EllipticCurvePublicKey():
            return isinstance(key.curve, ec.SECP256R1)
        case rsa.RSAPublicKey():
            return RSA_BITS[0] <= key.key_size <= RSA_BITS[1]
        case _:
            return isinstance(key, ed25519.Ed25519PublicKey)


@lru_cache(maxsize=256)
def _loaded(der: bytes) -> Key:
    return _fitting(serialization.load_der_public_key(der))


@lru_cache(maxsize=64)
def _verified(der: bytes, data: bytes, sig: bytes) -> bool:
    """What was verified for one page of a contract need not be for the next."""
    key = _loaded(der)
    match key:
        case ec.EllipticCurvePublicKey():
            return any(_holds(partial(key.verify, form, data, ECDSA)) for form in _forms(sig))
        case rsa.RSAPublicKey():
            return _holds(lambda: key.verify(sig, data, PSS, hashes.SHA256()))
        case _:
            return _holds(lambda: key.verify(sig, data))


def _forms(sig: bytes) -> Iterator[bytes]:
    """The signature as it stands, and in DER where it may be r and s."""
    yield sig
    if len(sig) == RAW:
        yield encode_dss_signature(int.from_bytes(sig[: RAW // 2]), int.from_bytes(sig[RAW // 2 :]))


def _holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except InvalidSignature:
        return False
    return True
