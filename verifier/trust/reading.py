"""Reading a signed statement: numbered steps, from the bytes of a file to who signed what."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from verifier.statements import envelope as container
from verifier.statements import statement as statements
from verifier.statements.envelope import Envelope
from verifier.statements.statement import Statement
from verifier.trust import shapes
from verifier.trust.policy import TrustPolicy
from verifier.trust.signed import Check, Signed, signatures, together
from verifier.words import later

STEPS = {
    "container": later("The file is a bundle or an envelope, within the limits, and holds an in-toto statement."),
    "signature": later("Each signature is by somebody whom the trust policy knows, whose key was not revoked by then."),
    "statement": later("The payload is strict, canonical JSON: one statement of a known type, about one thing."),
    "shape": later("The statement has the shape of its type."),
}
"""What is done with every file, in this order. Nothing of a payload is used before its signature is verified."""

REMEMBERED = 32
"""Files and payloads of which it is known what they say, whoever signed: they are read for several pages."""


def read(data: bytes, policy: TrustPolicy | None, check: Check, done: Callable[[str], None] = lambda _: None) -> Signed:
    """The statement of one file, with who signed it. `done` is told each step that held.

    Raises TrustError at the first step that does not.
    """
    envelope = opened(data)
    done("container")
    by = signatures(envelope, policy, check)
    done("signature")
    statement = _stated(envelope.payload)
    done("statement")
    _shaped(envelope.payload)
    done("shape")
    return together([Signed(statement=statement, digest=container.digest(envelope), by=by)])[0]


@lru_cache(REMEMBERED)
def opened(data: bytes) -> Envelope:
    """As `envelope.read`, for who reads the same files again."""
    return container.read(data)


@lru_cache(REMEMBERED)
def _stated(payload: bytes) -> Statement:
    return statements.read(payload)


@lru_cache(REMEMBERED)
def _shaped(payload: bytes) -> None:
    shapes.check(_stated(payload))
