"""What is checked without verifier: the signed bytes, the signature and the key of each statement, for openssl. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from verifier.keys import public
from verifier.keys.public import RAW, PublicKey
from verifier.procurement.pack.sources import STATEMENTS, Sources
from verifier.statements import envelope
from verifier.statements.envelope import Signature, pae
from verifier.trust.policy import TrustPolicy

HOME, KEYS = "by-hand/", "keys/"


@dataclass(frozen=True, slots=True)
class ByHand:
    """One signature: whose, and the command that checks it, within the unpacked folder."""

    file: str
    person: str
    command: str


def files(found: Sources) -> dict[str, bytes]:
    """Of a keyless signature there are none: openssl alone does not check it."""
    made: dict[str, bytes] = {}
    for file, signature, payload, (_, key) in _keyed(found):
        stem = _stem(file)
        made |= {
            f"{stem}.signed": pae(payload),
            f"{stem}.sig": _der(signature.sig, key),
            _pem(key): key.pem.encode(),
        }
    return made


def commands(found: Sources) -> Iterator[ByHand]:
    for file, _, _, (person, key) in _keyed(found):
        yield ByHand(file, person, _command(_stem(file), key))


def _keyed(found: Sources) -> Iterator[tuple[str, Signature, bytes, tuple[str, PublicKey]]]:
    """Each signature by a key: its file, itself, the payload, and who holds the key."""
    holders = keys_of(found.policy)
    for file, signed in sorted(found.statements.items()):
        read = envelope.read(found.small[file])
        for by, signature in zip(signed.by, read.signatures, strict=True):
            if signature.keyless is None:
                yield file, signature, read.payload, holders[by.key]


def keys_of(policy: TrustPolicy) -> dict[str, tuple[str, PublicKey]]:
    """Key id -> who holds it, and the key."""
    found = ((person, public.from_pem(pem.encode())) for person, pem in policy.keys)
    return {key.id: (person, key) for person, key in found}


def _stem(file: str) -> str:
    return HOME + file.removeprefix(STATEMENTS).removesuffix(".sigstore.json")


def _pem(key: PublicKey) -> str:
    return f"{KEYS}{key.id[:16]}.pem"


def _der(signature: bytes, key: PublicKey) -> bytes:
    """Of ECDSA always in DER: some services give r and s instead."""
    if key.kind.startswith("ecdsa") and len(signature) == RAW:
        half = RAW // 2
        return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
    return signature


def _command(stem: str, key: PublicKey) -> str:
    if key.kind == "ed25519":
        return f"openssl pkeyutl -verify -pubin -inkey {_pem(key)} -rawin -in {stem}.signed -sigfile {stem}.sig"
    more = "-sigopt rsa_padding_mode:pss " if key.kind.startswith("rsa") else ""
    return f"openssl dgst -sha256 -verify {_pem(key)} {more}-signature {stem}.sig {stem}.signed"
