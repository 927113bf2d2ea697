"""Who may sign what, until when: the trust policy as frozen types. Pure.

Times are ISO 8601 in UTC with whole seconds (`2026-11-29T00:00:00Z`), which sort as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from verifier.errors import TrustError
from verifier.keys import public
from verifier.pinned import Authority, Identity
from verifier.words import Text, say

ANY = "*"
"""A grant for every contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One role of one person. `limit` is the most, in cents, of one certification; None where there is no limit."""

    person: str
    role: str
    contracts: frozenset[str]
    start: str
    until: str
    limit: int | None = None
    suspended: bool = False

    def concerns(self, person: str, role: str, contract: str) -> bool:
        named = contract in self.contracts or ANY in self.contracts
        return (self.person, self.role) == (person, role) and named

    def narrowness(self, contract: str) -> tuple[bool, bool, int]:
        """Sorts the narrowest first: one that names the contract before one for all, then the smallest limit."""
        return contract not in self.contracts, self.limit is None, self.limit or 0


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who signs without a key, by an exact identity."""

    person: str
    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """One version of the policy. Keys are public keys in PEM, by the person who holds them."""

    digest: str  # of the statement's payload
    version: int
    issued: str
    expires: str
    threshold: int
    roots: tuple[str, ...]
    people: Mapping[str, frozenset[str]]  # person -> addresses, in small letters
    keys: tuple[tuple[str, str], ...]  # (person, PEM)
    identities: tuple[Holder, ...]
    grants: tuple[Grant, ...]
    apart: frozenset[frozenset[str]]
    revoked_keys: Mapping[str, str]  # key id -> from when on
    revoked_statements: Mapping[str, str]
    authorities: tuple[Authority, ...]
    keyless_root: str | None
    ledgers: tuple[str, ...]
    least: str  # the oldest version of verifier whose assessments count

    def address_digests(self, person: str) -> frozenset[str]:
        """The SHA-256 of each address of a person, as an assessment names the authors of a delivery."""
        return frozenset(sha256(address.encode()).hexdigest() for address in self.people.get(person, ()))

    @property
    def held(self) -> frozenset[str]:
        """The ids of all keys and identities of people."""
        keys = (public.from_pem(pem.encode()).id for _, pem in self.keys)
        return frozenset((*keys, *(one.identity.id for one in self.identities)))

    def shared_addresses(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Addresses that several people have, with those people: a commit that carries one is of all of them."""
        people: dict[str, list[str]] = {}
        for person, addresses in sorted(self.people.items()):
            for address in addresses:
                people.setdefault(address, []).append(person)
        return tuple((address, tuple(several)) for address, several in sorted(people.items()) if len(several) > 1)

    def grant(self, person: str, role: str, contract: str, moment: str) -> Grant:
        """The grant that lets this person act then, of several the narrowest. Raises TrustError with the reason for none.

        A suspension goes before every other grant, also for what was signed before it; only its own end ends it.
        """
        found = [one for one in self.grants if one.concerns(person, role, contract)]
        if not found:
            words = say("{person} may not act as {role} for {contract}.", person=person, role=role, contract=contract)
            raise TrustError(words, code="role")
        if any(one.suspended and moment <= one.until for one in found):
            raise TrustError(say("{person} is suspended as {role}.", person=person, role=role), code="suspended")
        standing = [one for one in found if one.start <= moment <= one.until and not one.suspended]
        if not standing:
            words = say("{person} could not act as {role} at {moment}.", person=person, role=role, moment=moment)
            raise TrustError(words, code="role-expired")
        return min(standing, key=lambda one: one.narrowness(contract))


def trust_policy(digest: str, predicate: Mapping[str, Any]) -> TrustPolicy:
    """The policy of a statement whose shape was checked (reports/statements/trust-policy.schema.json).

    Raises TrustError for a key that cannot be read, and for one key or identity of two people.
    """
    revoked = predicate["revoked"]
    for pem in predicate["roots"]["keys"]:
        public.from_pem(pem.encode())
    shared = first_shared(held(predicate))
    if shared is not None:
        what, one, other = shared
        words = say(
            "{what} is of {person} and of {other}; whose signature it is, nobody could say.",
            what=what,
            person=one,
            other=other,
        )
        raise TrustError(words, code="shape")
    return TrustPolicy(
        digest=digest,
        version=predicate["version"],
        issued=predicate["issued"],
        expires=predicate["expires"],
        threshold=predicate["roots"]["threshold"],
        roots=tuple(predicate["roots"]["keys"]),
        people={one["id"]: frozenset(address.lower() for address in one["addresses"]) for one in predicate["people"]},
        keys=tuple((one["person"], one["pem"]) for one in predicate["keys"]),
        identities=tuple(_identity(one) for one in predicate["identities"]),
        grants=tuple(_grant(one) for one in predicate["grants"]),
        apart=frozenset(frozenset(pair) for pair in predicate["apart"]),
        revoked_keys=earliest((one["key"], one["from"]) for one in revoked if "key" in one),
        revoked_statements=earliest((one["statement"], one["from"]) for one in revoked if "statement" in one),
        authorities=tuple(_authority(one) for one in predicate["authorities"]),
        keyless_root=predicate.get("keylessRoot"),
        ledgers=tuple(predicate["ledgers"]),
        least=predicate["least"]["verifier"],
    )


def held(predicate: Mapping[str, Any]) -> Iterator[tuple[str, Text, str]]:
    """(id, what it is, person) of every key and identity. Raises TrustError for a key that cannot be read."""
    for one in predicate["keys"]:
        key = public.from_pem(one["pem"].encode()).id
        yield key, say("The key {key}", key=key[:16]), one["person"]
    for one in predicate["identities"]:
        found = _identity(one)
        yield found.identity.id, say("The identity {subject}", subject=found.identity.subject), found.person


def first_shared(listed: Iterable[tuple[str, Text, str]]) -> tuple[Text, str, str] | None:
    """What two people have, and who: None where each has its one holder."""
    known: dict[str, str] = {}
    for id_, what, person in listed:
        if known.setdefault(id_, person) != person:
            return what, known[id_], person
    return None


def earliest(revoked: Iterable[tuple[str, str]]) -> dict[str, str]:
    """From when on each no longer counts: what was revoked once is not brought back by revoking it again from later on."""
    return dict(sorted(revoked, reverse=True))


def _identity(one: Mapping[str, str]) -> Holder:
    identity = Identity(
        subject=one["subject"],
        issuer=one["issuer"],
        signer_digest=one.get("signerDigest"),
        repository=one.get("repository"),
        owner=one.get("owner"),
        runner=one.get("runner"),
        trigger=one.get("trigger"),
    )
    return Holder(one["person"], identity)


def _authority(one: Mapping[str, Any]) -> Authority:
    return Authority(
        chain=one["chain"],
        start=datetime.fromisoformat(one["from"]),
        end=datetime.fromisoformat(one["until"]) if "until" in one else None,
        policies=tuple(one.get("policies", ())),
    )


def _grant(one: Mapping[str, Any]) -> Grant:
    return Grant(
        person=one["person"],
        role=one["role"],
        contracts=frozenset(one["contracts"]),
        start=one["from"],
        until=one["until"],
        limit=one.get("limit"),
        suspended=one.get("suspended", False),
    )
