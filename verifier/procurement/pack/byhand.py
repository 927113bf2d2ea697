"""What is checked without verifier: the signed bytes, the signature and the key of each statement, for openssl. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from verifier.keys import public
from verifier.keys.public import RAW, PublicKey
from verifier.procurement.pack.sources import PINS, STATEMENTS, TRUST, Sources
from verifier.procurement.store import SUFFIX
from verifier.statements import envelope, strict
from verifier.statements.envelope import Signature, pae

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
    """Each signature by a key, of statements and of the policy: its file, itself, the payload, and who holds the key."""
    keys = list(_keys(found))
    for file in sorted(found.small):
        if file.startswith((STATEMENTS, TRUST)) and file != PINS:
            read = envelope.read(found.small[file])
            for signature in read.signatures:
                if holder := _holder(signature, pae(read.payload), keys):
                    yield file, signature, read.payload, holder


def _keys(found: Sources) -> Iterator[tuple[str, PublicKey]]:
    """(person, key) of all that the policy and the pins name."""
    pins = strict.read(found.small[PINS])["keys"]
    roots = (("root", pem) for pem in dict.fromkeys((*pins, *found.policy.roots)))
    for person, pem in (*found.policy.keys, *roots):
        yield person, public.from_pem(pem.encode())


def _holder(signature: Signature, signed: bytes, keys: Sequence[tuple[str, PublicKey]]) -> tuple[str, PublicKey] | None:
    """None of a keyless signature, and of one by a root key that no pins and no policy name any more."""
    if signature.keyless is not None:
        return None
    return next((one for one in keys if one[1].verify(signed, signature.sig)), None)


def _stem(file: str) -> str:
    return HOME + file.partition("/")[2].removesuffix(SUFFIX)


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
