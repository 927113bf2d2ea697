"""What the gate reads from the ledger and writes into it: digests, ids and words, and never who a person is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from verifier.errors import TrustError
from verifier.gate.case import Case
from verifier.gate.chain import Chain, about_of, made, place, subject
from verifier.gate.codes import Answer
from verifier.gate.entering import allow, fits
from verifier.gate.known import Known
from verifier.gate.moves import Move
from verifier.gate.names import PARTIES, criterion, invoice, name, parties
from verifier.ledger import Entry, Found, Page, WritablePage
from verifier.ledger.entry import RELEASE
from verifier.statements import envelope, statement, strict, uris
from verifier.trust.policy import TrustPolicy, earliest
from verifier.trust.signed import Signed
from verifier.words import say

KINDS = {
    uris.CONTRACT: "contract",
    uris.ASSESSMENT: "assessment",
    uris.DECISION: "decision",
    uris.WAIVER: "waiver",
    uris.ACCEPTANCE: "acceptance",
    uris.CERTIFICATION: "certification",
    uris.EVENT: "event",
    uris.REVOCATION: "revocation",
}
"""Statements that are entered as such, in the order in which several are; a release is the gate's own entry."""
Agreed = tuple[str, ...]
"""The parties of a contract, as `names.parties` has them."""
PASSED, FAILED = "passed", "failed"
"""What an acceptance report says, as a word."""
MOVED = {"contract": "awarded", "assessment": "assessed", "certification": "certified", RELEASE: "released"}
ANSWERS = {Answer.DO_NOT_PAY: "denial", Answer.NOT_YET: "not-yet"}


def later(page: Page, clock: str) -> str:
    """What time it is for the ledger: by the clock, and never before its newest entry."""
    return max(clock, page.latest())


def known(
    page: Page,
    contract: str,
    policy: TrustPolicy,
    now: str,
    *,
    agreed: Agreed | None = None,
    nonce: str = "",
    invoiced: str = "",
) -> Known:
    """All that the ledger holds about a contract, by its id, and that nobody had revoked by now; of all contracts, whether the
    nonce and the invoice were released. `agreed` are the parties whose moves count, since others may use the id; None is all.

    A version of a contract is taken out by the root keys alone: else a party that signed an amendment could go back behind it.
    """
    own = _revocations(page)
    found = page.find(contract=name(contract))
    standing = [one.entry for one in found if (_revoked(one.entry, own, policy) or "9") > now]

    def entries(kind: str) -> list[Entry]:
        return [one for one in standing if one.kind == kind]

    contracts, decisions, assessments = entries("contract"), entries("decision"), entries("assessment")
    return Known(
        contracts={parties_of(one): one.statement for one in contracts},
        versions={one.statement: parties_of(one) for one in contracts},
        rounds=dict(sorted((one.milestone, round_of(one)) for one in assessments)),
        assessed={(one.milestone, round_of(one)): one.statement for one in reversed(assessments)},
        decisions=_decisions(decisions),
        unmet=tuple((one.milestone, round_of(one), one.subject, one.request) for one in decisions if _unmet(one)),
        failed=frozenset((one.milestone, round_of(one)) for one in entries("acceptance") if FAILED in one.reasons),
        revoked=own,
        moves=moves(own_of(standing, agreed)),
        milestones={one.statement: _milestones(one) for one in contracts},
        accepted=frozenset((one.milestone, round_of(one)) for one in entries("acceptance") if PASSED in one.reasons),
        released={one.entry.milestone: _cents(page.stored(one)) for one in found if one.entry.kind == RELEASE},
        nonces=frozenset({nonce} if nonce and page.find(kind=RELEASE, nonce=nonce) else ()),
        invoices=frozenset({invoiced} if invoiced and page.find(kind=RELEASE, reason=_billed(invoiced)) else ()),
        latest=page.latest(),
    )


def informed(case: Case, page: Page, clock: str) -> Case:
    """The case with what the ledger holds about it now."""
    now = later(page, clock)
    about = case.about["contract"]
    agreed = parties(case.contract) if case.contract else None
    found = known(page, about, case.policy, now, agreed=agreed, nonce=_nonce(case), invoiced=_invoice(case))
    return replace(case, known=found, request=replace(case.request, now=now))


def asked(
    case: Case,
    page: Page,
    clock: str,
    *,
    of_record: bool,
    again: bool,
    narrow: Callable[[Case], Case] = lambda case: case,
) -> Case:
    """The case as the ledger has it. `of_record`: only what was entered counts; `again`: what was revoked is left aside, since
    who judges again starts from what people said and stand by. `narrow` leaves the statements of one purchase.
    """
    if of_record:
        case = entered(case, page)
    return informed(narrow(standing(case, page, clock) if again else case), page, clock)


def entered(case: Case, page: Page) -> Case:
    """The case with those of its statements that the ledger has: a file that was left lying says nothing."""
    contracts = {place(one)[0] for one in case.chain.statements.values()} - {""}
    has_ = {one.entry.statement for contract in contracts for one in page.find(contract=name(contract))}
    return _with(case, lambda one: one.digest in has_)


def standing(case: Case, page: Page, clock: str) -> Case:
    """The case without what its signers or the root keys revoked; a version of a contract is revoked by the root keys alone."""
    now, own = later(page, clock), _revocations(page)

    def stands(one: Signed) -> bool:
        by = (case.policy.revoked_statements,) if one.type == uris.CONTRACT else (own, case.policy.revoked_statements)
        return all(said.get(one.digest, "9") > now for said in by)

    return _with(case, stands)


def _with(case: Case, kept: Callable[[Signed], bool]) -> Case:
    statements = {digest: one for digest, one in case.chain.statements.items() if kept(one)}
    return replace(case, chain=Chain(statements, case.chain.last))


def own_of(entries: Sequence[Entry], agreed: Agreed | None) -> list[Entry]:
    """Without the versions of other parties that use the id, and what was told of those."""
    versions = {one.statement: parties_of(one) for one in entries if one.kind == "contract"}

    def own(one: Entry) -> bool:
        about = {"contract": one.statement, "event": one.subject}.get(one.kind, "")
        return agreed is None or versions.get(about, agreed) == agreed

    return [one for one in entries if own(one)]


def moves(entries: Iterable[Entry]) -> tuple[Move, ...]:
    """What entries of one contract, in their order, say of where its milestones stand."""
    return tuple(Move(what, one.milestone, round_of(one)) for one in entries if (what := move(one)))


def move(one: Entry) -> str:
    """A word of `moves.EVENTS` or `moves.STATEMENTS`; "" where an entry moves nothing."""
    if one.kind == "event":
        return one.reasons[0]
    if one.kind == "acceptance":
        return "rejected" if FAILED in one.reasons else "accepted"
    return MOVED.get(one.kind, "")


def taken_out(page: Page, found: Iterable[Found], policy: TrustPolicy, now: str) -> dict[str, str]:
    """Digest -> since when it does not count, of those among the entries that were revoked by now."""
    return revoked_among(found, page.find(kind="revocation"), policy, now)


def revoked_among(
    found: Iterable[Found], revocations: Iterable[Found], policy: TrustPolicy, now: str
) -> dict[str, str]:
    """The same where the ledger's revocations were looked up before."""
    own = _moments(revocations)
    since = {one.entry.statement: _revoked(one.entry, own, policy) for one in found}
    return {digest: moment for digest, moment in since.items() if moment and moment <= now}


def _revocations(page: Page) -> dict[str, str]:
    return _moments(page.find(kind="revocation"))


def _moments(revocations: Iterable[Found]) -> dict[str, str]:
    return earliest((one.entry.subject, since_when(one.entry.reasons[0])) for one in revocations)


def _revoked(one: Entry, own: Mapping[str, str], policy: TrustPolicy) -> str:
    """From when on an entry does not count; "" where nobody who may revoked it."""
    if one.kind == RELEASE:
        return ""
    by = (policy.revoked_statements,) if one.kind == "contract" else (own, policy.revoked_statements)
    return min((said[one.statement] for said in by if one.statement in said), default="")


def _decisions(found: list[Entry]) -> dict[tuple[str, str], tuple[str, str]]:
    """What is unmet stands, whoever decides otherwise afterwards."""
    ordered = [*(one for one in found if not _unmet(one)), *reversed([one for one in found if _unmet(one)])]
    return {(one.subject, one.request): (one.statement, one.reasons[0]) for one in ordered}


def _unmet(decision: Entry) -> bool:
    return decision.reasons[0] == "unmet"


def _told(one: Entry, what: str) -> str:
    """What stands after a word: `round-2`, `supplier-<digest>`."""
    return next((word.removeprefix(f"{what}-") for word in one.reasons if word.startswith(f"{what}-")), "")


def parties_of(contract: Entry) -> Agreed:
    """Who agreed it, as `names.parties` has them."""
    return tuple(_told(contract, role) for role in PARTIES)


def _milestones(contract: Entry) -> tuple[str, ...]:
    """The ids of its milestones, which an entry holds in hexadecimal: a word has no other signs."""
    told = [word.removeprefix("milestone-") for word in contract.reasons if word.startswith("milestone-")]
    return tuple(bytes.fromhex(one).decode() for one in told)


def round_of(one: Entry) -> int:
    return int(_told(one, "round") or 0)


def _cents(bundle: bytes) -> int:
    """What a stored release paid: it is the gate's own, under the ledger's signature."""
    return int(statement.read(envelope.read(bundle).payload).predicate["amount"])


def enter(page: WritablePage, signed: Signed, policy: TrustPolicy, clock: str, *, of: Signed | None = None) -> None:
    """A statement into the ledger, once; `of` is what a revocation revokes. Raises TrustError where it is not taken."""
    if signed.type not in KINDS:
        raise TrustError(say("The ledger does not take a statement of this kind."), code="not-entered")
    moment = later(page, clock)
    contract, _ = place(of or signed)
    found = known(page, contract, policy, moment, agreed=_agreed(page, signed))
    allow(signed, policy, found, moment, of=of)
    wanted = entry(signed, moment)
    if not has(page, wanted):
        fits(signed, found)
        page.append(wanted)


def _agreed(page: Page, signed: Signed) -> Agreed | None:
    """The parties of the version that an event is about."""
    if signed.type != uris.EVENT:
        return None
    entered = page.find(kind="contract", contract=name(place(signed)[0]))
    return next((parties_of(one.entry) for one in entered if one.entry.statement == subject(signed)), None)


def entry(signed: Signed, moment: str) -> Entry:
    """A statement as the ledger enters it."""
    predicate = signed.statement.predicate
    contract, milestone = place(signed)
    return Entry(
        kind=KINDS[signed.type],
        time=moment,
        contract=name(contract) if contract else "",
        milestone=milestone,
        subject=subject(signed),
        statement=signed.digest,
        request=criterion(predicate["criterion"]) if signed.type == uris.DECISION else "",
        reasons=_reasons(signed),
    )


def ordered(statements: Iterable[Signed]) -> list[Signed]:
    """Several that are entered together: contracts by their versions, then the rest as they say they were made."""
    kinds, found = list(KINDS), {one.digest: one for one in statements}

    def version(one: Signed) -> int:
        """How many earlier versions of a contract are among them: each names the one before by its digest."""
        number, before = 0, found.get(one.statement.predicate.get("amends", ""))
        while before is not None:
            number, before = number + 1, found.get(before.statement.predicate.get("amends", ""))
        return number

    def turn(one: Signed) -> tuple[int, str, int, int, str]:
        if one.type == uris.CONTRACT:
            return version(one), "", 0, 0, one.digest
        kind = kinds.index(one.type) if one.type in kinds else len(kinds)
        number = about_of(one)["round"] if one.type == uris.ASSESSMENT else 0
        return len(found), made(one), kind, number, one.digest

    return sorted(found.values(), key=turn)


def has(page: Page, wanted: Entry) -> bool:
    """Whether the ledger has this statement already."""
    place = {"contract": wanted.contract} if wanted.contract else {"subject": wanted.subject}
    return any(one.entry.statement == wanted.statement for one in page.find(kind=wanted.kind, **place))


def _reasons(signed: Signed) -> tuple[str, ...]:
    """What of a statement must be known without reading it, as words."""
    predicate: Mapping[str, Any] = signed.statement.predicate
    if signed.type == uris.CONTRACT:
        milestones = [f"milestone-{one['id'].encode().hex()}" for one in predicate["milestones"]]
        return (*(f"{role}-{name}" for role, name in zip(PARTIES, parties(predicate), strict=True)), *milestones)
    if signed.type == uris.DECISION:
        return (predicate["outcome"], _in_round(signed))
    if signed.type == uris.ASSESSMENT:
        return (_in_round(signed),)
    if signed.type == uris.ACCEPTANCE:
        return (_in_round(signed), PASSED if predicate["verificationResult"] == "PASSED" else FAILED)
    if signed.type == uris.EVENT:
        return (predicate["event"],)
    return (_word(predicate["from"]),) if signed.type == uris.REVOCATION else ()


def _in_round(signed: Signed) -> str:
    return f"round-{about_of(signed)['round']}"


def _word(moment: str) -> str:
    return "from-" + "".join(sign for sign in moment.lower() if sign.isalnum())


def since_when(word: str) -> str:
    """`from-20261129t000000z` as a time."""
    d = word.removeprefix("from-").upper()
    return f"{d[:4]}-{d[4:6]}-{d[6:11]}:{d[11:13]}:{d[13:]}"


def request(case: Case) -> str:
    """Names what is asked: the statements that the answer rests on, and what the caller said. Other files make no difference."""
    asked = {name: getattr(case.request, name) for name in ("contract", "milestone", "amount", "payee", "invoice")}
    used = sorted(one.digest for one in case.chain.used)
    return sha256(strict.canonical({"asked": asked, "chain": used})).hexdigest()


def paid(page: Page, case: Case) -> Found | None:
    """The release of this very request, where there is one."""
    found = page.find(kind="release", contract=name(case.about["contract"]), milestone=case.about["milestone"])
    return next((one for one in found if one.entry.request == request(case)), None)


def release(case: Case, digest: str) -> Entry:
    """The gate's yes, whose signed bytes are stored beside it. `digest` is its payload's."""
    return _answer(case, "release", statement=digest, nonce=_nonce(case), reasons=(_billed(_invoice(case)),))


def refusal(case: Case, answer: Answer, codes: tuple[str, ...]) -> Entry:
    """A no or a not yet."""
    return _answer(case, ANSWERS[answer], reasons=codes)


def _answer(case: Case, kind: str, **more: Any) -> Entry:
    certification = case.chain.certification
    return Entry(
        kind=kind,
        time=case.request.now,
        contract=name(case.about["contract"]),
        milestone=case.about["milestone"],
        subject=certification.digest if certification else "",
        request=request(case),
        **more,
    )


def _nonce(case: Case) -> str:
    return str(case.chain.assessment.statement.predicate["nonce"]) if case.chain.assessment else ""


def _billed(invoiced: str) -> str:
    """What an entry says of the invoice that it releases."""
    return f"invoice-{invoiced}"


def _invoice(case: Case) -> str:
    predicate = case.chain.certification.statement.predicate if case.chain.certification else {}
    return invoice(predicate.get("payee", ""), predicate.get("invoice", ""))


def revoked(page: Page, digest: str) -> str:
    """From when on the ledger has a statement revoked; "" where it has not."""
    return min((since_when(one.entry.reasons[0]) for one in page.find(kind="revocation", subject=digest)), default="")
