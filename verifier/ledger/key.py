"""A ledger's signing key in a file: PKCS#8 under a passphrase, Ed25519 or ECDSA P-256."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from verifier.errors import UsageError
from verifier.note import Sign
from verifier.words import say


def load(path: Path, passphrase: Callable[[], bytes]) -> tuple[bytes, Sign]:
    """The public key as DER SubjectPublicKeyInfo, and what signs. Raises UsageError for a file that is no such key."""
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - starts slowly
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415

    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase())
    except OSError as error:
        raise UsageError(say("{file} cannot be read ({error})", file=path, error=error.strerror)) from error
    except (ValueError, TypeError) as error:
        raise UsageError(
            say("{file} is no private key in encrypted PKCS#8, or the passphrase is not its own.", file=path)
        ) from error
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return public, key.sign
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return public, lambda text: key.sign(text, ec.ECDSA(hashes.SHA256()))
    raise UsageError(say("{file} is neither an Ed25519 nor an ECDSA P-256 key.", file=path))
