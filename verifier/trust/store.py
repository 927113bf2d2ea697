"""The folder in which a machine keeps what it trusts: the pinned root keys, every version of the policy, the newest one seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from verifier.errors import TrustError, UsageError
from verifier.files import write
from verifier.keys.public import from_pem
from verifier.statements import strict, uris
from verifier.statements.envelope import Envelope, bundle
from verifier.trust.holders import Holders
from verifier.trust.policy import TrustPolicy
from verifier.trust.reading import read
from verifier.trust.roots import Pins, current
from verifier.trust.signed import Signed, together
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

    def pins(self) -> Pins:
        try:
            raw = self._pins.read_bytes()
        except OSError:
            words = say("{folder} holds no pinned root keys; `verifier trust init` makes them.", folder=self.folder)
            raise TrustError(words, code="policy-missing") from None
        document = strict.read(raw)
        return Pins(threshold=document["threshold"], keys=tuple(document["keys"]), digest=sha256(raw).hexdigest())

    def add(self, envelope: Envelope) -> Signed:
        """Keeps one signature of a version. Whether there are enough of them `current` says, each time it is asked."""
        signed = read(bundle(envelope), None, Holders(self._known()))
        if signed.type != uris.TRUST_POLICY:
            raise TrustError(say("This is no trust policy."), code="predicate-type")
        name = (
            f"policy-{signed.statement.predicate['version']}-{signed.digest[:8]}-{signed.by[0].key[:8]}.sigstore.json"
        )
        write(self.folder / name, bundle(envelope))
        return signed

    def current(self, now: str) -> TrustPolicy:
        """The policy in force. Raises TrustError as `verifier.trust.roots.current`, and where an earlier use saw a newer one."""
        policy = current(self.pins(), self.versions(), now=now, seen=self._seen())
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
        return _readable(self._files(), Holders(self._known()))

    def _known(self) -> list[tuple[str, str]]:
        """(name, PEM) of every root key: those pinned, and those that versions signed by known ones name."""
        keys = set(self.pins().keys)
        while True:
            found = _readable(self._files(), Holders(("root", pem) for pem in sorted(keys)))
            more = keys.union(*(one.statement.predicate["roots"]["keys"] for one in found))
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


def _readable(files: list[Path], holders: Holders) -> tuple[Signed, ...]:
    """Those that a known key signed; the others are somebody else's, or wait until their key is known."""
    found = []
    for file in files:
        try:
            found.append(read(file.read_bytes(), None, holders))
        except TrustError as error:
            if error.code != "signature":
                raise
    return together(one for one in found if one.type == uris.TRUST_POLICY)
