"""Whose signature it is, under a trust policy: the keys and exact identities that it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from verifier.errors import TrustError
from verifier.keys import public
from verifier.keys.public import PublicKey
from verifier.pinned import Authority
from verifier.statements.envelope import Envelope, Signature, pae
from verifier.trust.policy import TrustPolicy
from verifier.trust.signed import Checked


class Holders:
    """A `Check` of signatures: by the keys that are given, each with the person who holds it."""

    def __init__(self, keys: Iterable[tuple[str, str]], authorities: Iterable[Authority] = ()) -> None:
        """`keys` are (person, PEM)."""
        self._keys: Mapping[str, tuple[str, PublicKey]] = {
            key.id: (person, key) for person, pem in keys for key in (public.from_pem(pem.encode()),)
        }
        self._authorities = tuple(authorities)

    @classmethod
    def of(cls, policy: TrustPolicy) -> Holders:
        return cls(policy.keys, policy.authorities)

    def __call__(self, envelope: Envelope, signature: Signature, policy: TrustPolicy | None = None) -> Checked | None:
        """As `verifier.trust.signed.Check`. Raises TrustError for a time stamp that does not hold."""
        if signature.keyless is not None:
            return None if policy is None else _keyless(signature.keyless, policy)
        found = self._holder(envelope, signature)
        if found is None:
            return None
        person, key = found
        return person, key.id, self._time(signature)

    def _holder(self, envelope: Envelope, signature: Signature) -> tuple[str, PublicKey] | None:
        """The hint says which key to try first, and no more."""
        data = pae(envelope.payload)
        first = self._keys.get(signature.hint)
        others = (one for one in self._keys.values() if one is not first)
        tried = (*((first,) if first else ()), *others)
        return next((one for one in tried if one[1].verify(data, signature.sig)), None)

    def _time(self, signature: Signature) -> str | None:
        """The earliest time that a pinned authority vouches for. Stamps of which none holds are no stamps: that is an error."""
        if not signature.stamps:
            return None
        from verifier import stamps  # noqa: PLC0415 - it starts slowly, and most statements have none

        times, wrong = [], None
        for token in signature.stamps:
            try:
                times.append(stamps.verify(token, signature.sig, self._authorities))
            except TrustError as error:
                wrong = wrong or error
        if not times and wrong is not None:
            raise wrong
        return stamp(min(times))


def _keyless(bundle: bytes, policy: TrustPolicy) -> Checked | None:
    """By an exact identity of the policy. Raises TrustError as `verifier.keyless.verify`."""
    if not policy.identities or policy.keyless_root is None:
        return None
    from verifier import keyless  # noqa: PLC0415 - an extra, and it starts slowly

    people = {one.identity: one.person for one in policy.identities}
    found = keyless.verify(bundle, people.keys(), policy.keyless_root.encode())
    return people[found.identity], found.identity.id, stamp(found.time)


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
