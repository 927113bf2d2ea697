"""The statements of one purchase, sorted out of whatever was handed over. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from verifier.statements import uris
from verifier.trust.signed import Signed

EXTENSION = uris.ACCEPTANCE_EXTENSION


@dataclass(frozen=True)
class Chain:
    """All statements by their digest; from the certification each names the one before it by digest, and that one is taken.

    There may be several certifications: each is the end of a chain of its own, and `last` is the digest of this one's.
    """

    statements: Mapping[str, Signed]
    last: str = ""

    @classmethod
    def of(cls, statements: Iterable[Signed]) -> Chain:
        return cls({one.digest: one for one in statements})

    def kind(self, uri: str) -> tuple[Signed, ...]:
        return tuple(one for one in self.statements.values() if one.type == uri)

    def named(self, digest: str | None, uri: str) -> Signed | None:
        """The statement with this digest, where it is of this type."""
        found = self.statements.get(digest or "")
        return found if found is not None and found.type == uri else None

    def ends(self) -> tuple[Chain, ...]:
        """One chain for each certification, in the order of their digests; itself where there is none."""
        found = sorted(one.digest for one in self.kind(uris.CERTIFICATION))
        return tuple(Chain(self.statements, digest) for digest in found) or (self,)

    @cached_property
    def certification(self) -> Signed | None:
        return self.named(self.last, uris.CERTIFICATION)

    @cached_property
    def acceptance(self) -> Signed | None:
        """What was certified; without a certification the one acceptance report there is."""
        if self.certification is not None:
            return self.named(subject(self.certification), uris.ACCEPTANCE)
        return only(self.kind(uris.ACCEPTANCE))

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The digests of what the acceptance report says it rests on."""
        if self.acceptance is None:
            return ()
        return tuple(one["digest"]["sha256"] for one in self.acceptance.statement.predicate["inputAttestations"])

    @cached_property
    def assessment(self) -> Signed | None:
        if self.acceptance is None:
            return only(self.kind(uris.ASSESSMENT))
        return only(one for name in self.inputs if (one := self.named(name, uris.ASSESSMENT)))

    @cached_property
    def contract(self) -> Signed | None:
        about = next((about_of(one) for one in (self.certification, self.acceptance, self.assessment) if one), None)
        return self.named(about["contractDigest"], uris.CONTRACT) if about else only(self.kind(uris.CONTRACT))

    def people(self, uri: str) -> tuple[Signed, ...]:
        """Decisions or waivers that the acceptance report rests on; before there is one, all there are."""
        if self.acceptance is None:
            return self.kind(uri)
        return tuple(one for name in self.inputs if (one := self.named(name, uri)))

    @cached_property
    def used(self) -> tuple[Signed, ...]:
        """All that the answer rests on, in the order of the chain."""
        first = (self.contract, self.assessment)
        middle = (*self.people(uris.DECISION), *self.people(uris.WAIVER))
        return tuple(one for one in (*first, *middle, self.acceptance, self.certification) if one is not None)


def only(found: Iterable[Signed]) -> Signed | None:
    listed = list(found)
    return listed[0] if len(listed) == 1 else None


def subject(signed: Signed) -> str:
    return signed.statement.digests.get("sha256", "")


def about_of(signed: Signed) -> Mapping[str, Any]:
    """Which contract, milestone and round a statement says it is about; nothing for a self-check."""
    predicate = signed.statement.predicate
    inner = predicate.get(EXTENSION, predicate)
    found: Mapping[str, Any] | None = inner["contract"] if signed.type == uris.ASSESSMENT else inner["about"]
    return found or {"contract": "", "contractDigest": "", "milestone": "", "round": 0}


def place(signed: Signed) -> tuple[str, str]:
    """(contract, milestone) that a statement is about; "" where it is about none, or about all of them."""
    predicate = signed.statement.predicate
    if signed.type == uris.CONTRACT:
        return predicate["id"], ""
    if signed.type == uris.EVENT:
        return predicate["contract"], predicate["milestone"] or ""
    if signed.type in (uris.REVOCATION, uris.TRUST_POLICY):
        return "", ""
    about = about_of(signed)
    return about["contract"], about["milestone"]


def made(signed: Signed) -> str:
    """When a statement says that it was made."""
    predicate = signed.statement.predicate
    return next(
        (str(predicate[name]) for name in ("made", "finished", "timeVerified", "awarded") if name in predicate), ""
    )
