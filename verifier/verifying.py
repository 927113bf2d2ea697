"""One statement after another verified, step by step: which steps held, and the trouble that the next one had.

    for one in verified(files, Reader(policy, store), others, further):
        one.held, one.failed, one.by

The steps of every file are those of `verifier.trust.reading`; which further ones are made with which statements, says who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from verifier.errors import TrustError
from verifier.gate.alone import Others, check_own, check_role, says
from verifier.statements import uris
from verifier.trust.holders import Holders
from verifier.trust.policy import TrustPolicy
from verifier.trust.reading import STEPS, read
from verifier.trust.signed import Signed, SignedBy
from verifier.trust.store import Store
from verifier.words import Text, later, say

ROLE, UNREVOKED, EVIDENCE, RECORDED = "role", "unrevoked", "evidence", "recorded"
MORE = {
    ROLE: later("Somebody signed it who had the role that it needs, for its contract and at that time."),
    UNREVOKED: later("The statement was not revoked: by the trust policy, and by the ledger where one is given."),
    EVIDENCE: later("All evidence that the assessment names lies in the folder, as it was."),
    RECORDED: later("The ledger holds the release."),
}
"""Steps after those of every file; the last two where they were asked for. A step's number is the same for every file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """A step that is made with some statements: those of `type`, or those for which `concerns` says so."""

    check: Callable[[Signed], None]
    type: str = ""
    concerns: Callable[[Signed], bool] = lambda _: True

    def made_with(self, signed: Signed) -> bool:
        return self.type in ("", signed.type) and self.concerns(signed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What came of one file: the steps that held in their order, and the trouble that the next one, `failed`, had.

    Of the statement no more is kept than is told; `data` is kept for `--bare`.
    """

    path: Path
    held: tuple[str, ...]
    failed: str = ""
    trouble: TrustError | None = None
    type: str = ""
    digest: str = ""
    by: tuple[SignedBy, ...] = ()
    says: Mapping[str, Any] = field(default_factory=dict)
    data: bytes = b""


class Reader:
    """Reads statements of the people whom a trust policy names, and the policy's own versions, which root keys sign."""

    def __init__(self, trust: TrustPolicy, store: Store | None) -> None:
        """Without a store no version of the policy is known here."""
        self._trust, self._store = trust, store
        self._people = Holders.of(trust)

    def read(self, data: bytes, held: list[str]) -> Signed:
        """`held` gets the steps that hold. Raises TrustError at the first one that does not."""
        try:
            return read(data, self._trust, self._people, held.append)
        except TrustError as error:
            if error.code != "signature":
                raise
            steps: list[str] = []
            try:
                found = read(data, None, self._roots, steps.append)
            except TrustError:
                found = None
            if found is None or found.type != uris.TRUST_POLICY:
                raise
            held[:] = steps
            return found

    def check_in_force(self, signed: Signed) -> None:
        """Raises TrustError for a version of the trust policy that is not, and never was, in force here."""
        if signed.digest not in self._standing:
            words = say(
                "This version of the trust policy is not in force: too few root keys signed it, or it is not in the folder; "
                "`verifier trust show` prints the one that is."
            )
            raise TrustError(words, code="policy-threshold")

    @cached_property
    def _roots(self) -> Holders:
        return self._store.roots() if self._store else Holders(())

    @cached_property
    def _standing(self) -> frozenset[str]:
        return frozenset(one.digest for one in (self._store.standing() if self._store else ()))


def verified(
    files: Iterable[tuple[Path, bytes]],
    reader: Reader,
    others: Others,
    further: Mapping[str, Further],
    *,
    keep: bool = False,
) -> list[Verified]:
    """Of each file what came of it, in their order. `others` gets every statement; `keep` keeps the bytes."""
    found: dict[Path, Verified] = {}
    waiting: dict[Path, Signed] = {}
    for path, data in files:
        one, signed = _opened(path, data, reader, keep=keep)
        found[path] = one
        if signed is None:
            continue
        others.add(signed)
        if signed.type in (uris.REVOCATION, uris.EVENT):
            waiting[path] = signed
        else:
            found[path] = _finished(one, signed, further)
    for path, signed in waiting.items():
        found[path] = _finished(found[path], signed, further)
    return list(found.values())


def can_tell(signed: Signed, others: Others) -> bool:
    """Whether it can be asked who may make it: of a revocation where what it revokes is among the others."""
    return signed.type != uris.REVOCATION or signed.statement.digests.get("sha256") in others.signers


def check_signer(
    signed: Signed,
    trust: TrustPolicy,
    now: str,
    reader: Reader,
    others: Others,
) -> None:
    if signed.type == uris.TRUST_POLICY:
        reader.check_in_force(signed)
    elif signed.type == uris.REVOCATION:
        check_own(signed, others)
    else:
        check_role(signed, trust, now, others)


def check_unrevoked(signed: Signed, trust: TrustPolicy, now: str, ledger: str) -> None:
    """`ledger` is from when on the ledger has it revoked."""
    moments = [one for one in (trust.revoked_statements.get(signed.digest), ledger) if one and one <= now]
    if moments:
        raise TrustError(say("The statement was revoked at {moment}.", moment=min(moments)), code="revoked")


def demand_recorded(recorded: bool) -> None:
    if not recorded:
        raise TrustError(say("The ledger does not hold this release."), code="not-recorded")


def _opened(path: Path, data: bytes, reader: Reader, *, keep: bool) -> tuple[Verified, Signed | None]:
    """The steps of every file."""
    held: list[str] = []
    try:
        signed = reader.read(data, held)
    except TrustError as error:
        trouble = TrustError(error.text, code=error.code)  # without the frames, which hold what was read
        return Verified(path=path, held=tuple(held), failed=[*STEPS][len(held)], trouble=trouble), None
    one = Verified(
        path=path,
        held=tuple(held),
        type=signed.type,
        digest=signed.digest,
        by=signed.by,
        says=says(signed),
        data=data if keep else b"",
    )
    return one, signed


def _finished(one: Verified, signed: Signed, further: Mapping[str, Further]) -> Verified:
    """With the further steps that are made with this statement, in their order."""
    held = list(one.held)
    for name in MORE:
        if name not in further or not further[name].made_with(signed):
            continue
        try:
            further[name].check(signed)
        except TrustError as error:
            return replace(one, held=tuple(held), failed=name, trouble=TrustError(error.text, code=error.code))
        held.append(name)
    return replace(one, held=tuple(held))


def numbered() -> dict[str, tuple[int, Text]]:
    """Step -> its number and what it says."""
    return {name: (number, say(words)) for number, (name, words) in enumerate({**STEPS, **MORE}.items(), 1)}
