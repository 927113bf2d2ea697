"""Which statements the ledger takes: those of who may make them. What stands there is believed without the statement. Pure."""

from __future__ import annotations

from verifier.errors import TrustError
from verifier.gate.case import ROLES
from verifier.gate.chain import about_of
from verifier.gate.known import Known
from verifier.statements import uris
from verifier.trust.policy import TrustPolicy
from verifier.trust.signed import Signed
from verifier.words import say

MOVES = {
    "delivered": ("supplier",),
    "extended": ("requester",),
    "disputed": ("supplier", "requester"),
    "resolved": ("requester",),
    "not-delivered": ("requester",),
    "terminated": ("requester",),
    "merged": ("requester", "assessor"),
    "listed": ("requester", "assessor"),
    "invoiced": ("supplier",),
    "paid": ("payer",),
    "received": ("supplier",),
}
"""Whose move each event of the record is."""


def allow(signed: Signed, policy: TrustPolicy, known: Known, now: str, *, of: Signed | None = None) -> None:
    """Raises TrustError where the ledger does not take the statement. A contract needs both parties, a revocation the statement
    that it revokes, `of`.
    """
    if signed.type == uris.CONTRACT:
        _contract(signed, policy, known, now)
    elif signed.type == uris.REVOCATION:
        _revocation(signed, of)
    else:
        _by(signed, policy, _roles(signed), _contract_of(signed), now)


def _contract(signed: Signed, policy: TrustPolicy, known: Known, now: str) -> None:
    """Signed by both parties, and, where there is an earlier version, an amendment of just that one."""
    predicate = signed.statement.predicate
    for role in ("requester", "supplier"):
        by = [one for one in signed.by if one.person == predicate[role]]
        if not by:
            words = say("{person} has not signed the contract.", person=predicate[role])
            raise TrustError(words, code="contract-unsigned")
        for one in by:
            policy.grant(one.person, role, predicate["id"], one.moment(now))
    if known.contract not in ("", signed.digest, predicate.get("amends")):
        words = say("The contract does not say that it amends the version which the ledger has.")
        raise TrustError(words, code="contract-superseded")


def _revocation(signed: Signed, of: Signed | None) -> None:
    """A statement is revoked by one who signed it; keys, and the statements of others, by the trust policy's root keys."""
    subject = signed.statement.digests.get("sha256", "")
    own = of is not None and of.digest == subject and {one.person for one in signed.by} & {one.person for one in of.by}
    if not own:
        words = say("Only who signed a statement revokes it; `verifier trust revoke` is for the root keys.")
        raise TrustError(words, code="role")


def _by(signed: Signed, policy: TrustPolicy, roles: tuple[str, ...], contract: str, now: str) -> None:
    """By somebody in one of these roles."""
    trouble: TrustError | None = None
    for one in signed.by:
        for role in roles:
            try:
                policy.grant(one.person, role, contract, one.moment(now))
            except TrustError as error:
                trouble = trouble or error
            else:
                return
    raise trouble or TrustError(say("The statement has no signature."), code="unsigned")


def _roles(signed: Signed) -> tuple[str, ...]:
    return MOVES[signed.statement.predicate["event"]] if signed.type == uris.EVENT else ROLES[signed.type]


def _contract_of(signed: Signed) -> str:
    return str(signed.statement.predicate["contract"] if signed.type == uris.EVENT else about_of(signed)["contract"])
