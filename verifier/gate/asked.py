"""Which purchase the gate is asked about, where the files speak of more than one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from verifier.errors import UsageError
from verifier.gate.case import Case
from verifier.gate.chain import Chain, about_of, place
from verifier.gate.known import Request
from verifier.statements import uris
from verifier.statements.strict import shown
from verifier.trust.signed import Signed
from verifier.words import say


def narrowed(case: Case) -> Case:
    """The case with the statements of what is asked alone: those of another purchase neither answer for it nor stand in its way.

    Raises UsageError where the files speak of several contracts or milestones and nobody said which is to be paid. Where none of
    them is about what was asked, the case stays as it is: its answer says so.
    """
    statements = case.chain.statements
    about = {place(one) for one in statements.values()}
    wanted = _contract(case.request, {contract for contract, _ in about if contract})
    if wanted not in (contract for contract, _ in about):
        return case
    milestone = _milestone(case.request, {name for contract, name in about if contract == wanted and name})
    kept = {digest: one for digest, one in statements.items() if _concerns(one, wanted, milestone)}
    return replace(case, chain=Chain(kept, case.chain.last))


def current(case: Case) -> Case:
    """The same, with the statements of the milestone's newest round that was assessed: what is made now is about that one."""
    found = narrowed(case)
    rounds = [about_of(one)["round"] for one in found.chain.kind(uris.ASSESSMENT)]
    newest = max(rounds, default=0)
    kept = {digest: one for digest, one in found.chain.statements.items() if _round(one) in (0, newest)}
    return replace(found, chain=Chain(kept, found.chain.last))


def _round(signed: Signed) -> int:
    """0 where a statement is about no round."""
    if signed.type in (uris.CONTRACT, uris.EVENT, uris.REVOCATION, uris.TRUST_POLICY):
        return 0
    return int(about_of(signed)["round"])


def _contract(request: Request, named: Iterable[str]) -> str:
    found = sorted(named)
    if request.contract is None and len(found) > 1:
        raise UsageError(
            say("The files are about several contracts ({named}); say which with --contract.", named=_listed(found))
        )
    return request.contract or "".join(found)


def _milestone(request: Request, named: Iterable[str]) -> str:
    found = sorted(named)
    if request.milestone is None and len(found) > 1:
        words = say(
            "The files are about several milestones ({named}); say which with --milestone.", named=_listed(found)
        )
        raise UsageError(words)
    return request.milestone if request.milestone in found else ""


def _listed(names: list[str]) -> str:
    return ", ".join(map(shown, names))


def _concerns(signed: Signed, contract: str, milestone: str) -> bool:
    """What names no contract, such as a revocation, is nobody's in particular, and what names no milestone is every one's."""
    named, part = place(signed)
    return named in ("", contract) and (not milestone or part in ("", milestone))
