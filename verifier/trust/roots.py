"""The trust policy's own trust: pinned root keys, a threshold of them, versions that only go up. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from verifier.errors import TrustError
from verifier.keys.public import from_pem
from verifier.trust.policy import TrustPolicy, trust_policy
from verifier.trust.signed import Signed
from verifier.words import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """What `verifier trust init` fixed on this machine: whose signatures make the first version. `digest` names the pins."""

    threshold: int
    keys: tuple[str, ...]  # in PEM
    digest: str


def current(pins: Pins, versions: Iterable[Signed], *, now: str, seen: int = 0) -> TrustPolicy:
    """The newest version in force: every one is signed by a threshold of the roots before it, the first by the pinned ones.

    A version that lacks signatures is as if it were not there, whatever others say in its place; `seen` is the newest that ever
    was in force, here. Raises TrustError where there is none, one is missing or does not follow, an older one was put back, or
    it expired.
    """
    policy: TrustPolicy | None = None
    lacking: tuple[int, int] | None = None
    for signed in sorted(versions, key=lambda one: (int(one.statement.predicate["version"]), one.digest)):
        following = trust_policy(signed.digest, signed.statement.predicate)
        short = _lacking(policy, following, signed, pins)
        if short:
            lacking = lacking or short
            continue
        _follows(policy, following, signed, pins)
        policy = following
    if lacking and (policy is None or policy.version < seen):
        count, threshold = lacking
        words = say(
            "{count} of the {threshold} root keys needed signed the trust policy.", count=count, threshold=threshold
        )
        raise TrustError(words, code="policy-threshold")
    return _in_force(policy, now, seen)


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


def _lacking(before: TrustPolicy | None, after: TrustPolicy, signed: Signed, pins: Pins) -> tuple[int, int] | None:
    """(signatures, threshold) of the roots that are too few: those of the version before, or those that it names itself."""
    needed = (pins.keys, pins.threshold) if before is None else (before.roots, before.threshold)
    for keys, threshold in (needed, (after.roots, after.threshold)):
        ids = {from_pem(pem.encode()).id for pem in keys}
        count = len({one.key for one in signed.by} & ids)
        if count < threshold:
            return count, threshold
    return None
