"""Who signed a statement, and when as far as that can be trusted. Pure: whose signature it is says what is passed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from verifier.errors import TrustError
from verifier.statements.envelope import Envelope, Signature
from verifier.statements.statement import Statement
from verifier.trust.policy import TrustPolicy
from verifier.words import say

Checked = tuple[str, str, str | None]
"""What a signature that holds says: (person, id of the key or keyless identity, trusted time or None)."""
Check = Callable[[Envelope, Signature, TrustPolicy | None], Checked | None]
"""None where the signature is by nobody whom the policy knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBy:
    """One signature that holds. `at` is the trusted time of signing, None where no stamp says when that was."""

    person: str
    key: str
    at: str | None = None

    def moment(self, now: str) -> str:
        """The time at which it is judged: without a trusted one, now."""
        return self.at or now


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One statement with everybody who signed these very bytes. `digest`, its identity, is the payload's SHA-256."""

    statement: Statement
    digest: str
    by: tuple[SignedBy, ...]

    @property
    def type(self) -> str:
        return self.statement.predicate_type


def signatures(envelope: Envelope, policy: TrustPolicy | None, check: Check) -> tuple[SignedBy, ...]:
    """Everybody who signed. Raises TrustError where one signature does not hold, is nobody's, or its key was revoked by then."""
    return tuple(_standing(check(envelope, one, policy), policy) for one in envelope.signatures)


def _standing(found: Checked | None, policy: TrustPolicy | None) -> SignedBy:
    if found is None:
        raise TrustError(
            say("A signature is by nobody whom the trust policy knows, or what was signed has been changed."),
            code="signature",
        )
    person, key, at = found
    revoked = policy.revoked_keys.get(key) if policy else None
    if revoked is not None and (at is None or at >= revoked):
        words = say("The key {key} of {person} was revoked at {moment}.", key=key[:16], person=person, moment=revoked)
        raise TrustError(words, code="key-revoked")
    return SignedBy(person=person, key=key, at=at)


def together(found: Iterable[Signed]) -> tuple[Signed, ...]:
    """One entry a payload, however many envelopes it came in; each key counts once. In the order of the digests."""
    merged: dict[str, Signed] = {}
    for one in found:
        known = merged.get(one.digest)
        merged[one.digest] = replace(one, by=_by_key((*(known.by if known else ()), *one.by)))
    return tuple(merged[digest] for digest in sorted(merged))


def _by_key(signers: Iterable[SignedBy]) -> tuple[SignedBy, ...]:
    """Each key once, with its earliest trusted time."""
    ordered = sorted(signers, key=lambda by: (by.key, by.at is None, by.at or ""))
    return tuple(next(group) for _, group in groupby(ordered, key=lambda by: by.key))
