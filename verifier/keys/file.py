"""Private keys in files: PKCS#8 in PEM, encrypted with a passphrase."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from verifier import files
from verifier.errors import TrustError, UsageError
from verifier.keys import public
from verifier.keys.public import PublicKey
from verifier.words import Text, say

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
KINDS: Mapping[str, Callable[[], PrivateKey]] = {
    "ecdsa-p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "rsa-3072": lambda: rsa.generate_private_key(public_exponent=65537, key_size=public.RSA_BITS[0]),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}
"""What can be made; the first is the default."""
SHORTEST = 12
"""Bytes of a new passphrase. The library stretches it with 2,048 rounds of PBKDF2 alone: its length protects a stolen file."""
LONGEST = 65_536
_ENCRYPTED = (b"ENCRYPTED PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED")


def opened(path: Path, passphrase: Callable[[], bytes] | None) -> tuple[PublicKey, Callable[[bytes], bytes]]:
    """The public key of a file, and what signs with it. Without a passphrase, the file must be a plain one."""
    pem = files.read(path, most=LONGEST)
    if passphrase and not encrypted(pem):
        raise UsageError(
            say("{path} is a private key that anyone can read; bring it in with verifier keys import.", path=path)
        )
    key = private(pem, path, passphrase)
    return public.of(key.public_key()), lambda data: _signed(key, data)


def encrypted(pem: bytes) -> bool:
    return any(mark in pem for mark in _ENCRYPTED)


def private(pem: bytes, path: Path, passphrase: Callable[[], bytes] | None) -> PrivateKey:
    """The private key of a PEM file of any of the usual forms. Raises UsageError for a wrong passphrase, or for another file."""
    sealed = encrypted(pem)
    if sealed and not passphrase:
        raise UsageError(say("{path} is encrypted, and so it is a file: and no file2:.", path=path))
    try:
        key = serialization.load_pem_private_key(pem, passphrase() if sealed and passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError(_unreadable(path, sealed=sealed)) from error
    match key:
        case ec.EllipticCurvePrivateKey() | rsa.RSAPrivateKey() | ed25519.Ed25519PrivateKey():
            _check(key, path)
            return key
    raise UsageError(_unreadable(path, sealed=False))


def written(key: PrivateKey, path: Path, passphrase: bytes) -> PublicKey:
    """Writes the key into a new file that only its owner can read, whole or not at all. Raises UsageError for one that exists."""
    if len(passphrase) < SHORTEST:
        raise UsageError(say("The passphrase is too short; give at least {n} characters.", n=SHORTEST))
    encryption = serialization.BestAvailableEncryption(passphrase)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    files.write_private(path, pem)
    return public.of(key.public_key())


def _check(key: PrivateKey, path: Path) -> None:
    try:
        public.of(key.public_key())
    except TrustError as error:
        raise UsageError(say("{path}: {error}", path=path, error=error.args[0])) from error


def _unreadable(path: Path, *, sealed: bool) -> Text:
    if sealed:
        return say("The passphrase of {path} is wrong, or the file is damaged.", path=path)
    return say("{path} is not a private key in PEM.", path=path)


def _signed(key: PrivateKey, data: bytes) -> bytes:
    match key:
        case ec.EllipticCurvePrivateKey():
            return key.sign(data, public.ECDSA)
        case rsa.RSAPrivateKey():
            return key.sign(data, public.PSS, hashes.SHA256())
        case _:
            return key.sign(data)
