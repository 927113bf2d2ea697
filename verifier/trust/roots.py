"""The trust policy's own trust: pinned root keys, a threshold of them, versions that only go up. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from verifier.errors import TrustError
from verifier.keys.public import PublicKey, from_pem
from verifier.trust.policy import TrustPolicy, trust_policy
from verifier.trust.signed import Signed, SignedBy
from verifier.words import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """What `verifier trust init` fixed on this machine: whose signatures make the first version. `digest` names the pins."""

    threshold: int
    keys: tuple[str, ...]  # in PEM
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """What somebody signed with a root key and is no statement that can be read, with the reason."""

    by: tuple[SignedBy, ...]
    trouble: TrustError


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The versions that are or were in force, oldest first; `lacking` are the signatures of the first one that has too few, and
    how many it needs.
    """

    policies: tuple[TrustPolicy, ...]
    lacking: tuple[int, int] | None = None


def current(
    pins: Pins, versions: Iterable[Signed], *, now: str, seen: int = 0, unread: Iterable[Unread] = ()
) -> TrustPolicy:
    """The newest version in force: every one is signed by a threshold of the roots before it, the first by the pinned ones.

    A version that lacks signatures is as if it were not there, whatever it holds and whatever others say in its place; `seen` is
    the newest that ever was in force, here. Raises TrustError where there is none, one is missing, cannot be read or does not
    follow, an older one was put back, or it expired.
    """
    standing = of(pins, versions)
    policy = standing.policies[-1] if standing.policies else None
    for one in unread:
        if _short(one.by, *_needed(policy, pins)) is None:
            raise one.trouble
    if standing.lacking and (policy is None or policy.version < seen):
        count, threshold = standing.lacking
        words = say(
            "{count} of the {threshold} root keys needed signed the trust policy.", count=count, threshold=threshold
        )
        raise TrustError(words, code="policy-threshold")
    return _in_force(policy, now, seen)


def of(pins: Pins, versions: Iterable[Signed]) -> Standing:
    """Raises TrustError for a version that has its signatures and does not follow the one before it, or is no policy."""
    policies: list[TrustPolicy] = []
    lacking: tuple[int, int] | None = None
    for signed in sorted(versions, key=lambda one: (int(one.statement.predicate["version"]), one.digest)):
        before = policies[-1] if policies else None
        short = _lacking(before, signed, pins)
        if short:
            lacking = lacking or short
            continue
        following = trust_policy(signed.digest, signed.statement.predicate)
        _follows(before, following, signed, pins)
        policies.append(following)
    return Standing(policies=tuple(policies), lacking=lacking)


def _in_force(policy: TrustPolicy | None, now: str, seen: int) -> TrustPolicy:
    if policy is None:
        words = say("No trust policy is in force yet; `verifier trust init` makes one.")
        raise TrustError(words, code="policy-missing")
    if policy.version < seen:
        words = say(
            "The trust policy is version {version}; version {seen} was seen before.", version=policy.version, seen=seen
        )
        raise TrustError(words, code="policy-rolled-back")
    if policy.expires < now:
        raise TrustError(say("The trust policy expired at {moment}.", moment=policy.expires), code="policy-expired")
    return policy


def _follows(before: TrustPolicy | None, after: TrustPolicy, signed: Signed, pins: Pins) -> None:
    """The subject of a version is the one before it; of the first the pins."""
    wanted = (1, pins.digest) if before is None else (before.version + 1, before.digest)
    if (after.version, signed.statement.digests.get("sha256")) != wanted:
        words = say("Version {version} of the trust policy does not follow the one before it.", version=after.version)
        raise TrustError(words, code="policy-chain")


def _lacking(before: TrustPolicy | None, signed: Signed, pins: Pins) -> tuple[int, int] | None:
    """(signatures, threshold) of the roots that are too few: those of the version before, or those that it names itself."""
    said = signed.statement.predicate
    revoked = frozenset(one["key"] for one in said["revoked"] if "key" in one)
    own = ids(said["roots"]["keys"]) - revoked, said["roots"]["threshold"]
    return _short(signed.by, *_needed(before, pins)) or _short(signed.by, *own)


def _needed(before: TrustPolicy | None, pins: Pins) -> tuple[frozenset[str], int]:
    """The ids of the keys that sign the next version, and how many of them: none that was revoked."""
    if before is None:
        return ids(pins.keys), pins.threshold
    return ids(before.roots) - before.revoked_keys.keys(), before.threshold


def _short(by: Iterable[SignedBy], keys: frozenset[str], threshold: int) -> tuple[int, int] | None:
    """(signatures, threshold) where they are too few. Counted by key."""
    count = len({one.key for one in by} & keys)
    return (count, threshold) if count < threshold else None


def ids(keys: Iterable[str]) -> frozenset[str]:
    """Those of keys in PEM. One that cannot be read signed nothing."""
    return frozenset(key.id for pem in keys if (key := readable(pem)) is not None)


def readable(pem: str) -> PublicKey | None:
    try:
        return from_pem(pem.encode())
    except TrustError:
        return None
