"""Who has, or may take, two roles of a contract that must be apart: what the gate will say, told at the award. Pure.

The rules are the gate's and the trust policy's; nothing is decided here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from verifier.gate.case import ROLE_WORDS, Case
from verifier.gate.certified import apart
from verifier.gate.chain import Chain
from verifier.gate.known import Known, Request, Seen
from verifier.gate.names import PARTIES
from verifier.trust.matrix import shared
from verifier.trust.policy import TrustPolicy
from verifier.trust.signed import Signed
from verifier.words import Text, say


def questioned(contract: Signed, policy: TrustPolicy, now: str) -> Iterator[Text]:
    """A sentence for each pair of roles of one person: first what the gate refuses as it stands, then what it would."""
    case = Case(chain=Chain.of((contract,)), policy=policy, known=Known(), seen=Seen(), request=Request(now=now))
    for reason in apart(case):
        yield say("The gate will not pay this as it is agreed: {why}", why=reason.words)
    for person, first, second in shared(_roles(contract, policy, now), policy.apart):
        if not {first, second} <= {*PARTIES, "payer"}:
            yield say(
                "{person} has the roles {first} and {second} for this contract; whoever acts as one may not act as the other.",
                person=person,
                first=say(ROLE_WORDS[first]),
                second=say(ROLE_WORDS[second]),
            )


def _roles(contract: Signed, policy: TrustPolicy, now: str) -> dict[str, frozenset[str]]:
    """The parties, and who may act for this contract now."""
    terms = contract.statement.predicate
    found = defaultdict(set)
    for one in policy.grants:
        standing = one.start <= now <= one.until and not one.suspended
        if one.role not in PARTIES and standing and one.concerns(one.person, one.role, terms["id"]):
            found[one.role].add(one.person)
    parties = {role: frozenset({terms[role]}) for role in PARTIES}
    return parties | {role: frozenset(people) for role, people in found.items()}
