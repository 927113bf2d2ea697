"""Who somebody is to the trust policy, and what of a purchase is theirs to do. Asked anew with every request. Pure."""

from __future__ import annotations

from verifier.dashboard.serve.sessions import Identity
from verifier.keys import public
from verifier.pinned import Identity as Pinned
from verifier.procurement.record import Milestone
from verifier.procurement.telling.who import able
from verifier.statements import uris
from verifier.trust.policy import TrustPolicy

ROLE = {uris.DECISION: "assessor", uris.WAIVER: "assessor", uris.CERTIFICATION: "certifier"}
"""Who signs what can be prepared here."""


def person(policy: TrustPolicy, who: Identity, now: str) -> str:
    """The one whom the policy knows by this subject or verified address of this issuer, else by the address; "" for nobody.

    An address that several people have says nothing, nor does an identity that was revoked.
    """
    names = [Pinned(subject=name, issuer=who.issuer) for name in (who.subject, who.address) if name]
    exact = [one for one in policy.identities if one.identity in names]
    if any(policy.revoked_keys.get(one.identity.id, "9") <= now for one in exact):
        return ""
    address = who.address.lower()
    known = {one.person for one in exact} or {one for one, addresses in policy.people.items() if address in addresses}
    return known.pop() if len(known) == 1 else ""


def keys(policy: TrustPolicy, person: str, now: str) -> list[str]:
    """The ids of the keys with which this person signs, without those that were revoked."""
    found = [public.from_pem(pem.encode()).id for holder, pem in policy.keys if holder == person]
    return [one for one in found if policy.revoked_keys.get(one, "9") > now]


def may(policy: TrustPolicy, person: str, type_: str, milestone: Milestone, now: str) -> bool:
    """Whether this person may sign a statement of the type in this purchase: by role, and apart from whoever had another."""
    return bool(person) and person in able(milestone, ROLE[type_], policy, now)
