"""Where a private key is, by its location, and what it signs.

    signer("file:supplier.key", lambda: b"a long passphrase").sign(data)

A location is a URI: `file:PATH` is an encrypted file of ours, `hsm:` a security module, `awskms:`, `azurekms:`, `gcpkms:` and
`hv:` a service that keeps the key; `file2:PATH`, a file that anyone can read, is for trying things out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from verifier.errors import TrustError, UsageError
from verifier.keys.public import PublicKey
from verifier.words import say

FILE = "file"
PLAIN_FILE = "file2"
HSM = "hsm"
SERVICES = ("awskms", "azurekms", "gcpkms", "hv")
SCHEMES = (FILE, HSM, *SERVICES)


@dataclass(frozen=True, slots=True)
class Signer:
    """One private key, wherever it is: `make` has it sign bytes."""

    location: str
    public: PublicKey
    make: Callable[[bytes], bytes]

    def sign(self, data: bytes) -> bytes:
        """The signature, in DER where it is of ECDSA. Raises TrustError for one that its own public key does not verify."""
        sig = self.make(data)
        if not self.public.verify(data, sig):
            words = say(
                "The key at {location} signs, but not as the public key there says; nothing was signed.",
                location=self.location,
            )
            raise TrustError(words, code="key-mismatch")
        return sig


def signer(location: str, passphrase: Callable[[], bytes], *, dev: bool = False) -> Signer:
    """The key at a location; `passphrase` (a PIN for a module) is asked for where it is needed, and once.

    Raises UsageError for a location, passphrase or key that cannot be right, WorldError for a place that cannot be reached.
    """
    scheme, separator, rest = location.partition(":")
    if scheme == PLAIN_FILE and not dev:
        raise UsageError(
            say("{location} is a private key that anyone can read; file2: is only read with --dev.", location=location)
        )
    if not separator or not rest or scheme not in {*SCHEMES, PLAIN_FILE}:
        listed = ", ".join(f"{one}:" for one in SCHEMES)
        words = say(
            "{location} is not the location of a key; one begins with {schemes}.", location=location, schemes=listed
        )
        raise UsageError(words)
    return Signer(location, *_opened(scheme, location, passphrase))


def _opened(scheme: str, location: str, passphrase: Callable[[], bytes]) -> tuple[PublicKey, Callable[[bytes], bytes]]:
    """The public key, and what signs. Each place is imported when it is used: a cloud's client starts slowly."""
    if scheme in (FILE, PLAIN_FILE):
        from verifier.keys import file  # noqa: PLC0415 - the library is slow to import

        return file.opened(Path(location.partition(":")[2]), passphrase if scheme == FILE else None)
    from verifier.keys import elsewhere  # noqa: PLC0415 - the library is slow to import

    return elsewhere.opened(scheme, location, passphrase)
