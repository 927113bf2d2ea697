"""The folder in which a machine keeps what it trusts: the pinned root keys, every version of the policy, the newest one seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from verifier.errors import TrustError, UsageError
from verifier.files import read_plain as content
from verifier.files import write
from verifier.keys.public import from_pem
from verifier.statements import envelope, strict, uris
from verifier.statements.envelope import Envelope, bundle
from verifier.trust.holders import Holders
from verifier.trust.policy import TrustPolicy, trust_policy
from verifier.trust.reading import read
from verifier.trust.roots import Pins, Unread, current, of, readable
from verifier.trust.signed import Signed, SignedBy, signatures, together
from verifier.words import say

MOST_FILES = 1000


class Store:
    """One folder. Root keys are pinned once; versions are added, never edited."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pin(self, pins: Pins) -> None:
        """Fixes the root keys. Raises UsageError where they are fixed already."""
        if self._pins.exists():
            words = say("{folder} holds pinned root keys already; they are never replaced.", folder=self.folder)
            raise UsageError(words)
        self.folder.mkdir(parents=True, exist_ok=True)
        write(self._pins, _pins_file(pins.keys, pins.threshold))

    def pinned(self) -> bytes:
        """The pins as they lie there, of which the fingerprint is made. Raises TrustError where there are none."""
        try:
            return self._pins.read_bytes()
        except OSError:
            words = say("{folder} holds no pinned root keys; `verifier trust init` makes them.", folder=self.folder)
            raise TrustError(words, code="policy-missing") from None

    def pins(self) -> Pins:
        raw = self.pinned()
        document = strict.read(raw)
        return Pins(threshold=document["threshold"], keys=tuple(document["keys"]), digest=sha256(raw).hexdigest())

    def add(self, made: Envelope) -> Signed:
        """Keeps one signature of a version. Whether there are enough of them `current` says, each time it is asked.

        Raises TrustError for a version that could never be in force: nothing of it is written.
        """
        signed = read(bundle(made), None, Holders(self._known()))
        if signed.type != uris.TRUST_POLICY:
            raise TrustError(say("This is no trust policy."), code="predicate-type")
        check(trust_policy(signed.digest, signed.statement.predicate))
        name = (
            f"policy-{signed.statement.predicate['version']}-{signed.digest[:8]}-{signed.by[0].key[:8]}.sigstore.json"
        )
        write(self.folder / name, bundle(made))
        return signed

    def current(self, now: str) -> TrustPolicy:
        """The policy in force. Raises TrustError as `verifier.trust.roots.current`, and where an earlier use saw a newer one."""
        versions, unread = _read(self._files(), Holders(self._known()))
        policy = current(self.pins(), versions, now=now, seen=self._seen(), unread=unread)
        if policy.version > self._seen():
            write(self._newest, json.dumps({"version": policy.version}).encode())
        return policy

    def newest(self) -> TrustPolicy:
        """The version that the next one follows: that in force, or one that expired before it was renewed."""
        return self.current(now="")

    def predicate(self, policy: TrustPolicy) -> dict[str, Any]:
        """What a version says, as the next one is made from it."""
        return next(dict(one.statement.predicate) for one in self.versions() if one.digest == policy.digest)

    def versions(self) -> tuple[Signed, ...]:
        return _read(self._files(), Holders(self._known()))[0]

    def standing(self) -> tuple[TrustPolicy, ...]:
        """Every version that is or was in force, oldest first."""
        return of(self.pins(), self.versions()).policies

    def chain(self) -> tuple[Envelope, ...]:
        """The same, each with every signature that lies there: whose those are, asks who reads them."""
        found: dict[str, list[Envelope]] = {one.digest: [] for one in self.standing()}
        for file in self._files():
            try:
                one = envelope.read(content(file, most=strict.MOST))
            except TrustError:
                continue
            found.get(envelope.digest(one), []).append(one)
        return tuple(
            Envelope(same[0].payload, tuple(signature for one in same for signature in one.signatures))
            for same in found.values()
        )

    def roots(self) -> Holders:
        """Whose signatures a version may have: every root key that is or was known here."""
        return Holders(self._known())

    def _known(self) -> list[tuple[str, str]]:
        """(name, PEM) of every root key: those pinned, and those that versions signed by known ones name."""
        keys = set(self.pins().keys)
        while True:
            found, _ = _read(self._files(), Holders(("root", pem) for pem in sorted(keys)))
            named = {pem for one in found for pem in one.statement.predicate["roots"]["keys"]}
            more = keys | {pem for pem in named if readable(pem)}
            if more == keys:
                return [("root", pem) for pem in sorted(keys)]
            keys = more

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("policy-*.sigstore.json"))[:MOST_FILES]

    @property
    def _pins(self) -> Path:
        return self.folder / "pins.json"

    @property
    def _newest(self) -> Path:
        return self.folder / "seen.json"

    def _seen(self) -> int:
        try:
            return int(json.loads(self._newest.read_bytes())["version"])
        except FileNotFoundError:
            return 0
        except (ValueError, KeyError, TypeError) as error:
            words = say("{file} does not say which version was seen last.", file=self._newest)
            raise TrustError(words, code="policy-seen") from error


def pinned(keys: Iterable[str], threshold: int) -> Pins:
    """The pins of these root keys (PEM). Raises UsageError where they are too few for the threshold."""
    listed = tuple(sorted({from_pem(pem.encode()).pem for pem in keys}))
    if not 1 <= threshold <= len(listed):
        raise UsageError(say("{threshold} of {n} root keys cannot sign.", threshold=threshold, n=len(listed)))
    return Pins(threshold=threshold, keys=listed, digest=sha256(_pins_file(listed, threshold)).hexdigest())


def _pins_file(keys: Sequence[str], threshold: int) -> bytes:
    return strict.canonical({"threshold": threshold, "keys": list(keys)})


def check(policy: TrustPolicy) -> None:
    """Raises TrustError for keys of ledgers and certificates of authorities that nobody can read."""
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - only who adds a version needs these

    from verifier.note import key_of  # noqa: PLC0415

    for words in policy.ledgers:
        key_of(words)
    for one in policy.authorities:
        try:
            load_pem_x509_certificates(one.chain.encode())
        except ValueError as error:
            words = say("The chain of a time-stamp authority in the trust policy is not two PEM certificates or more.")
            raise TrustError(words, code="stamp-chain") from error


def _read(files: list[Path], holders: Holders) -> tuple[tuple[Signed, ...], tuple[Unread, ...]]:
    """The policies that a known key signed, and what one signed that cannot be read.

    Others are somebody else's, wait until their key is known, or are nothing at all: that must not stand in anybody's way.
    """
    found, unread = [], []
    for file in files:
        held: list[str] = []
        data = content(file, most=strict.MOST)
        try:
            found.append(read(data, None, holders, held.append))
        except TrustError as error:
            if "signature" in held:
                unread.append((envelope.read(data), error))
    policies = together(one for one in found if one.type == uris.TRUST_POLICY)
    return policies, _together(unread, holders)


def _together(unread: Iterable[tuple[Envelope, TrustError]], holders: Holders) -> tuple[Unread, ...]:
    """One entry a payload, with everybody who signed it."""
    by: dict[str, tuple[SignedBy, ...]] = {}
    troubles: dict[str, TrustError] = {}
    for one, trouble in unread:
        digest = envelope.digest(one)
        by[digest] = (*by.get(digest, ()), *signatures(one, None, holders))
        troubles[digest] = trouble
    return tuple(Unread(by=by[digest], trouble=troubles[digest]) for digest in sorted(by))
