"""Which statements the ledger takes: those of who may make them, in their turn. What is there is believed. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.errors import TrustError
from verifier.gate.case import ROLE_WORDS, ROLES
from verifier.gate.chain import about_of, place, subject
from verifier.gate.known import Known
from verifier.gate.moves import WHOSE, Move, refuse
from verifier.gate.names import PARTIES, criterion, parties, party
from verifier.statements import uris
from verifier.trust.policy import TrustPolicy
from verifier.trust.signed import Signed, SignedBy
from verifier.words import say

LEADING = {uris.ASSESSMENT: "assessed", uris.ACCEPTANCE: "accepted", uris.CERTIFICATION: "certified"}
"""What has no place once its milestone has ended."""


def allow(signed: Signed, policy: TrustPolicy, known: Known, now: str, *, of: Signed | None = None) -> None:
    """Raises TrustError where none of who signed the statement may make it. A contract needs both parties, a revocation the
    statement that it revokes, `of`; `known` is what the ledger has of the contract that either is about.
    """
    if signed.type == uris.CONTRACT:
        _both_parties(signed, policy, now)
    elif signed.type == uris.REVOCATION:
        _own(signed, policy, known, now, of)
    else:
        _known_contract(signed, known)
        found, trouble = _acting(signed, policy, known, now)
        if not found:
            raise trouble or TrustError(say("The statement has no signature."), code="unsigned")


def fits(signed: Signed, known: Known) -> None:
    """Raises TrustError where what stands in the ledger already leaves the statement no place."""
    if signed.type == uris.CONTRACT:
        _amends(signed, known)
    elif signed.type == uris.ASSESSMENT:
        _next_round(signed, known)
    elif signed.type == uris.ACCEPTANCE:
        _accepts_once(signed, known)
    elif signed.type == uris.DECISION:
        _decides_once(signed, known)
    if (what := LEADING.get(signed.type, "")) or signed.type == uris.EVENT:
        refuse(
            known.moves, Move(what or signed.statement.predicate["event"], place(signed)[1]), _milestones(signed, known)
        )


def _milestones(signed: Signed, known: Known) -> tuple[str, ...]:
    """Those of the newest version of the contract that it is about, where the ledger has it."""
    about = subject(signed) if signed.type == uris.EVENT else about_of(signed)["contractDigest"]
    newest = known.contracts.get(known.versions.get(about, ()), about)
    return known.milestones.get(newest, ())


def _accepts_once(signed: Signed, known: Known) -> None:
    """One report accepts a round; one that rejects is taken at any time."""
    about = about_of(signed)
    passed = signed.statement.predicate["verificationResult"] == "PASSED"
    if passed and (about["milestone"], about["round"]) in known.accepted:
        words = say(
            "The ledger has a report that accepts round {round}; it counts until revoked.", round=about["round"]
        )
        raise TrustError(words, code="superseded")


def _decides_once(signed: Signed, known: Known) -> None:
    """A criterion of an assessment is met once; that it is unmet is taken at any time."""
    predicate = signed.statement.predicate
    decided = known.decisions.get((subject(signed), criterion(predicate["criterion"])))
    if predicate["outcome"] == "met" and decided and decided[1] == "met":
        words = say(
            "The ledger has this decision on {criterion}; it counts until revoked.", criterion=predicate["criterion"]
        )
        raise TrustError(words, code="superseded")


def _known_contract(signed: Signed, known: Known) -> None:
    """An event is about a contract that the ledger has, by its digest."""
    if signed.type == uris.EVENT and subject(signed) not in known.versions:
        words = say("The ledger does not have the contract that the event is about; it is entered first.")
        raise TrustError(words, code="contract-missing")


def _both_parties(signed: Signed, policy: TrustPolicy, now: str) -> None:
    predicate = signed.statement.predicate
    for role in PARTIES:
        by = [one for one in signed.by if one.person == predicate[role]]
        if not by:
            words = say("{person} has not signed the contract.", person=predicate[role])
            raise TrustError(words, code="contract-unsigned")
        _granted(by, role, policy, predicate["id"], now)


def _granted(by: Sequence[SignedBy], role: str, policy: TrustPolicy, contract: str, now: str) -> None:
    """One signature that counts is enough: another of the same person, made when the role had ended, makes it no worse."""
    troubles = []
    for one in by:
        try:
            policy.grant(one.person, role, contract, one.moment(now))
        except TrustError as error:
            troubles.append(error)
        else:
            return
    raise troubles[0]


def _amends(signed: Signed, known: Known) -> None:
    """The first version between these two, or an amendment of their newest one."""
    predicate = signed.statement.predicate
    latest = known.contracts.get(parties(predicate))
    if latest != predicate.get("amends"):
        if latest:
            words = say("The contract does not say that it amends the version which the ledger has.")
        else:
            words = say("The contract amends a version which the ledger does not have between the same two parties.")
        raise TrustError(words, code="contract-superseded")


def _next_round(signed: Signed, known: Known) -> None:
    """Official, of the next round or of an earlier one that has none: the first assessment of a round is the one that counts."""
    about = about_of(signed)
    latest = known.rounds.get(about["milestone"], 0)
    if signed.statement.predicate["kind"] != "official":
        words = say("The assessment is a self-check; only an official one is entered.")
        raise TrustError(words, code="self-check")
    if (about["milestone"], about["round"]) in known.assessed:
        words = say(
            "The ledger has another assessment of round {round}, which counts until its signer revokes it.",
            round=about["round"],
        )
        raise TrustError(words, code="superseded")
    if about["round"] > latest + 1:
        words = say(
            "The assessment is of round {round}; the next round of this milestone in the ledger is {next}.",
            round=about["round"],
            next=latest + 1,
        )
        raise TrustError(words, code="other-round")


def _own(signed: Signed, policy: TrustPolicy, known: Known, now: str, of: Signed | None) -> None:
    """By one who signed the statement and may: whoever signed beside them revokes nothing. Keys, and statements of others, are
    revoked by the trust policy's root keys.
    """
    if of is not None and of.digest == subject(signed):
        _known_contract(of, known)
        acting, _ = _acting(of, policy, known, now)
        if {one.person for one in signed.by} & {one.person for one in acting}:
            return
    words = say(
        "A statement is revoked by who signed it in a role that it needs; `verifier trust revoke` is for the root keys."
    )
    raise TrustError(words, code="role")


def _acting(signed: Signed, policy: TrustPolicy, known: Known, now: str) -> tuple[list[SignedBy], TrustError | None]:
    """Those of the signers who may make such a statement; and what stands in the way of the first who may not."""
    found: list[SignedBy] = []
    troubles: list[TrustError] = []
    for one in signed.by:
        for role in _roles(signed, one):
            try:
                _check(one, role, signed, known)
                policy.grant(one.person, role, place(signed)[0], one.moment(now))
            except TrustError as error:
                troubles.append(error)
            else:
                found.append(one)
    return found, next(iter(troubles), None)


def _check(one: SignedBy, role: str, signed: Signed, known: Known) -> None:
    """Raises TrustError where a move of the record is that of a party, and the signer is not the one of this contract."""
    if signed.type != uris.EVENT or role not in PARTIES:
        return
    contract, _ = place(signed)
    if party(contract, one.person) != dict(zip(PARTIES, known.versions[subject(signed)], strict=True))[role]:
        words = say(
            "{person} is not the {role} of {contract}.",
            person=one.person,
            role=say(ROLE_WORDS[role]),
            contract=contract,
        )
        raise TrustError(words, code="role")


def _roles(signed: Signed, one: SignedBy) -> tuple[str, ...]:
    """Any one of which is enough."""
    predicate = signed.statement.predicate
    if signed.type == uris.CONTRACT:
        return tuple(role for role in PARTIES if predicate[role] == one.person)
    return WHOSE[predicate["event"]] if signed.type == uris.EVENT else ROLES.get(signed.type, ())
