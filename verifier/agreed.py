"""A signed contract as what is agreed, and whether a run under it is official. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from verifier.errors import TrustError
from verifier.gate.entering import allow
from verifier.gate.known import Known
from verifier.gate.names import PARTIES
from verifier.model import Kind
from verifier.policy import Contract, Criteria, Item
from verifier.statements import uris
from verifier.trust.policy import TrustPolicy
from verifier.trust.signed import Signed
from verifier.words import Text, say

FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def agreed(found: Sequence[Signed], policy: TrustPolicy, now: str) -> tuple[Contract, Signed]:
    """The one contract among the statements, signed by both parties; of several versions the newest. Raises TrustError."""
    contracts = newest(found)
    if len(contracts) != 1:
        raise TrustError(say("{n} contracts are among the files; one is needed.", n=len(contracts)), code="contract")
    allow(contracts[0], policy, Known(), now)
    return _contract(contracts[0]), contracts[0]


def newest(found: Sequence[Signed]) -> list[Signed]:
    """Of the contracts among the statements those that no other one amends. One that both parties signed counts before others."""
    contracts = [one for one in found if one.type == uris.CONTRACT]
    agreed_ = [one for one in contracts if _by_both(one)] or contracts
    amended = {one.statement.predicate.get("amends") for one in agreed_}
    return [one for one in agreed_ if one.digest not in amended]


def _by_both(contract: Signed) -> bool:
    people = {one.person for one in contract.by}
    return {contract.statement.predicate[role] for role in PARTIES} <= people


def _contract(signed: Signed) -> Contract:
    said = signed.statement.predicate
    return Contract(
        id=said["id"],
        licence=said["licence"],
        repository=said["repository"],
        requirements=tuple(
            Item(id=one["id"], text=Text(one["text"]["en"], one["text"]["fr"])) for one in said["requirements"]
        ),
        services=tuple(said.get("services", ())),
    )


def kind(contract: Signed, criteria: Criteria, *, where: str, ref: str | None, whole: bool) -> tuple[Kind, Text]:
    """Official, or a self-check and why: another place than the contract's, no full commit, other criteria, or a part only."""
    predicate = contract.statement.predicate
    if where != predicate["repository"]:
        return Kind.SELF_CHECK, say(
            "The delivery is not read from the contract's repository, {url}.", url=predicate["repository"]
        )
    if not FULL_ID.fullmatch(ref or ""):
        return Kind.SELF_CHECK, say("An official assessment names the commit by its full id: URL@COMMIT.")
    if criteria.digest != contract.statement.digests["sha256"]:
        return Kind.SELF_CHECK, say("The criteria are not those of the contract.")
    if not whole:
        return Kind.SELF_CHECK, say("Only a part was asked for.")
    return Kind.OFFICIAL, say("This is the official assessment of {contract}.", contract=predicate["id"])
