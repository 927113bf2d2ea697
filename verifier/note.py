"""Signed notes and checkpoints of logs, by C2SP's signed-note and tlog-checkpoint, and the keys that they are signed with.

    key = named("example.com/ledger", public)  # str(key) is what others verify with: name+hash+base64
    head = signed(Checkpoint(key.name, 0, merkle.EMPTY), key, sign)
    opened(head, key).size  # 0

A checkpoint says what a log is called (its origin), how many entries it has, and the root of their Merkle tree.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from verifier import merkle
from verifier.errors import TrustError
from verifier.words import Text, say

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

ED25519 = 1
ECDSA = 2
"""Signature types of the specification. ECDSA is over NIST P-256 with SHA-256, its signature in DER."""
LIMIT = 100_000
"""Bytes of a note that are read at all: a checkpoint with many cosignatures has a tenth of it."""
LARGEST = 2**63 - 1
_ED25519_DER = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410)."""
_KEPT = 16
"""Notes of which it is known that this key signed these very bytes: who reads a ledger for many pages asks for each."""
_DASH = "\N{EM DASH} "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")

Sign = Callable[[bytes], bytes]
"""Signs with a log's private key: the 64 bytes of Ed25519, or ECDSA in DER."""


@dataclass(frozen=True, slots=True)
class Key:
    """A log's public key under its name. `public` is 32 bytes of Ed25519, or of ECDSA the DER SubjectPublicKeyInfo."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that a signature is found by; they prove nothing."""
        typed = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return sha256(self.public if self.kind == ECDSA else typed).digest()[:4]

    def __str__(self) -> str:
        """The verifier key, as it is handed to others: name+hash+base64."""
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([self.kind]) + self.public)}"

    def verifies(self, text: bytes, signature: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - starts slowly
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

        try:
            if self.kind == ED25519:
                ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
            else:
                _p256(self.public).verify(signature, text, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's head; `more` are lines of others' meaning."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in (self.origin, self.size, _base64(self.root), *self.more))


def key_of(words: str) -> Key:
    """A verifier key, read. Raises TrustError `log-key`."""
    name, _, rest = words.strip().partition("+")
    claimed, _, encoded = rest.partition("+")
    typed = _bytes(encoded)
    if not (_is_name(name) and typed and re.fullmatch("[0-9a-f]{8}", claimed)):
        raise _bad_key(say("it has the form name+hash+base64"))
    key = Key(name, typed[0], typed[1:])
    if key.kind not in (ED25519, ECDSA) or not _fits(key):
        raise _bad_key(say("only Ed25519 and ECDSA P-256 are known"))
    if key.id.hex() != claimed:
        raise _bad_key(say("its hash is of another name or key"))
    return key


def named(name: str, public: bytes) -> Key:
    """The key with this DER SubjectPublicKeyInfo, under a log's name. Raises TrustError `log-key`."""
    raw = public.removeprefix(_ED25519_DER)
    kind = ECDSA if raw == public else ED25519
    return key_of(str(Key(name, kind, raw)))


def signed(checkpoint: Checkpoint, key: Key, sign: Sign) -> bytes:
    """The note. The signature is verified at once: a device or a service may sign with another key than it was asked for."""
    text = checkpoint.text.encode()
    signature = sign(text)
    if not key.verifies(text, signature):
        raise TrustError(say("The ledger's signing key is not {key}.", key=key), code="log-key")
    return text + f"\n{_DASH}{key.name} {_base64(key.id + signature)}\n".encode()


def opened(note: bytes, key: Key) -> Checkpoint:
    """The checkpoint that this key signed. Raises TrustError: those of `text_of` and `checkpoint`, and `checkpoint-origin`."""
    found = checkpoint(text_of(note, key))
    if found.origin != key.name:
        raise TrustError(
            say("The checkpoint is of {origin}, not of {name}.", origin=ascii(found.origin), name=key.name),
            code="checkpoint-origin",
        )
    return found


@lru_cache(_KEPT)
def text_of(note: bytes, key: Key) -> str:
    """The text of a note that this key signed; signatures of other keys say nothing.

    Raises TrustError `note` (no signed note), `note-unsigned` (not by this key), `note-signature` (a signature of it is wrong).
    """
    text, signatures = _parted(note)
    ours = [signature for name, number, signature in signatures if (name, number) == (key.name, key.id)]
    if not ours:
        raise TrustError(say("The checkpoint is not signed by {key}.", key=key), code="note-unsigned")
    if not all(key.verifies(text.encode(), signature) for signature in ours):
        raise TrustError(say("The signature of {key} on the checkpoint is wrong.", key=key), code="note-signature")
    return text


def checkpoint(text: str) -> Checkpoint:
    """Raises TrustError `checkpoint` for what is none."""
    *lines, end = text.split("\n")
    if len(lines) >= 3 and all(lines) and not end and _NUMBER.fullmatch(lines[1]) and int(lines[1]) <= LARGEST:
        root = _bytes(lines[2])
        if root and len(root) == merkle.SIZE:
            return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))
    raise TrustError(
        say("The note is no checkpoint: that has an origin, a size and a root, a line each."), code="checkpoint"
    )


def _parted(note: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text, and of every signature the key's name, its id and the bytes."""
    try:
        words = note[: LIMIT + 1].decode()
    except UnicodeDecodeError:
        words = ""
    text, blank, lines = words.rpartition("\n\n")
    if len(note) > LIMIT or not blank or not lines.endswith("\n") or _CONTROL.search(words):
        raise _bad_note(say("it has no text, an empty line and signatures"))
    return f"{text}\n", [_signature(line) for line in lines[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    decoded = _bytes(encoded)
    if not (line.startswith(_DASH) and space and _is_name(name) and decoded and len(decoded) > 4):
        raise _bad_note(say("a line of its signatures is none"))
    return name, decoded[:4], decoded[4:]


def _is_name(name: str) -> bool:
    """Neither a space nor a plus, nor what ends a line, is in a key's name."""
    return bool(name) and "+" not in name and not any(sign.isspace() for sign in name) and not _CONTROL.search(name)


def _bytes(encoded: str) -> bytes | None:
    """Base64 by RFC 4648, section 4, in the one form that encoding gives; else None."""
    try:
        decoded = b64decode(encoded, validate=True)
    except (Error, ValueError):
        return None
    return decoded if _base64(decoded) == encoded else None


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _fits(key: Key) -> bool:
    try:
        return len(key.public) == 32 if key.kind == ED25519 else bool(_p256(key.public))
    except (ValueError, TypeError):
        return False


def _p256(public: bytes) -> EllipticCurvePublicKey:
    """Raises ValueError for another curve's key or another's DER of this one, TypeError for another kind of key."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - starts slowly
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = serialization.load_der_public_key(public)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    if not isinstance(key.curve, ec.SECP256R1) or key.public_bytes(serialization.Encoding.DER, form) != public:
        raise ValueError
    return key


def _bad_key(why: Text) -> TrustError:
    return TrustError(say("The ledger's key cannot be read: {why}.", why=why), code="log-key")


def _bad_note(why: Text) -> TrustError:
    return TrustError(say("The checkpoint cannot be read: {why}.", why=why), code="note")
