"""Who can do what is awaited: the contract's own parties, and whom the trust policy gives the role for this contract. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.errors import TrustError
from verifier.gate.case import ROLES
from verifier.gate.names import PARTIES
from verifier.procurement.record import Milestone
from verifier.trust.matrix import NEVER_ONE_PERSON, NOT_AUTHORS
from verifier.trust.policy import TrustPolicy


def able(milestone: Milestone, role: str, policy: TrustPolicy, now: str) -> tuple[str, ...]:
    """Whose turn it may be, in the order of their names: without those who may not have this role beside one they had."""
    terms = milestone.record.terms or {}
    if role in PARTIES:
        return (terms[role],)
    barred = _barred(milestone, role, policy, now)
    return tuple(one for one in _granted(policy, role, milestone, now) if one not in barred)


def _granted(policy: TrustPolicy, role: str, milestone: Milestone, now: str) -> tuple[str, ...]:
    return tuple(one for one in sorted(policy.people) if _may(policy, one, role, milestone.record.id, now))


def _may(policy: TrustPolicy, person: str, role: str, contract: str, now: str) -> bool:
    try:
        policy.grant(person, role, contract, now)
    except TrustError:
        return False
    return True


def _barred(milestone: Milestone, role: str, policy: TrustPolicy, now: str) -> frozenset[str]:
    """Those with another role of this purchase from which this one is kept apart, and authors where they may not judge."""
    had = _had(milestone)
    had["payer"] = had.get("payer", frozenset()) | frozenset(_granted(policy, "payer", milestone, now))
    pairs = [pair for pair in NEVER_ONE_PERSON | policy.apart if role in pair]
    others = {other for pair in pairs for other in pair if other != role}
    barred = frozenset().union(*(had.get(other, frozenset()) for other in others))
    return barred | (_authors(milestone, policy) if role in NOT_AUTHORS else frozenset())


def _had(milestone: Milestone) -> dict[str, frozenset[str]]:
    """Role -> who acted in it: the parties, and who signed what in this milestone."""
    terms: Mapping[str, str] = milestone.record.terms or {}
    found = {role: frozenset({terms[role]}) for role in PARTIES}
    for event in milestone.events:
        if event.signed and not event.revoked:
            for role in ROLES.get(event.signed.type, ()):
                found[role] = found.get(role, frozenset()) | {one.person for one in event.signed.by}
    return found


def _authors(milestone: Milestone, policy: TrustPolicy) -> frozenset[str]:
    assessed = milestone.last("assessed")
    digests = frozenset(assessed.said("authors") or ()) if assessed else frozenset()
    return frozenset(one for one in policy.people if digests & policy.address_digests(one))
