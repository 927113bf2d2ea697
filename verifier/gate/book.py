"""What the gate reads from the ledger and writes into it: digests, ids and words, and never who a person is."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from verifier.gate.case import Case
from verifier.gate.chain import about_of, subject
from verifier.gate.codes import Answer
from verifier.gate.known import Known
from verifier.ledger import Entry, Found, Page
from verifier.statements import envelope, statement, strict, uris
from verifier.trust.policy import earliest
from verifier.trust.signed import Signed

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
"""Statements that are entered as such; a release is the gate's own entry."""
ANSWERS = {Answer.DO_NOT_PAY: "denial", Answer.NOT_YET: "not-yet"}


def name(words: str) -> str:
    """A contract or a criterion in the ledger: the SHA-256 of its id. That of a contract stays when it is amended."""
    return sha256(words.encode()).hexdigest()


def known(page: Page, contract: str) -> Known:
    """All that the ledger holds about a contract, by its id."""
    return known_by(page, name(contract))


def known_by(page: Page, contract: str) -> Known:
    """The same, by the name that the contract has in the ledger; "" where it is about none."""

    def entries(kind: str) -> list[Entry]:
        return [one.entry for one in page.find(kind=kind, contract=contract)]

    last, releases = page.last(), page.find(kind="release", contract=contract)
    contracts = entries("contract")
    return Known(
        contract=contracts[-1].statement if contracts else "",
        rounds=_rounds(entries("assessment")),
        decisions={(one.subject, one.request): (one.statement, one.reasons[0]) for one in entries("decision")},
        revoked=earliest((one.entry.subject, _moment(one.entry.reasons[0])) for one in page.find(kind="revocation")),
        events=tuple((one.milestone or None, one.reasons[0]) for one in entries("event")),
        released={one.entry.milestone: _cents(page.stored(one)) for one in releases},
        nonces=frozenset(one.entry.nonce for one in page.find(kind="release")),
        latest=last.entry.time if last else "",
    )


def _rounds(assessments: list[Entry]) -> dict[str, int]:
    rounds: dict[str, int] = {}
    for one in assessments:
        number = int(one.reasons[0].removeprefix("round-"))
        rounds[one.milestone] = max(number, rounds.get(one.milestone, 0))
    return rounds


def _cents(bundle: bytes) -> int:
    """What a stored release paid: it is the gate's own, under the ledger's signature."""
    return int(statement.read(envelope.read(bundle).payload).predicate["amount"])


def entry(signed: Signed, moment: str) -> Entry:
    """A statement as the ledger enters it."""
    predicate = signed.statement.predicate
    contract, milestone = _place(signed)
    return Entry(
        kind=KINDS[signed.type],
        time=moment,
        contract=name(contract) if contract else "",
        milestone=milestone,
        subject=subject(signed),
        statement=signed.digest,
        request=name(predicate["criterion"]) if signed.type == uris.DECISION else "",
        reasons=_reasons(signed),
    )


def has(page: Page, wanted: Entry) -> bool:
    """Whether the ledger has this statement already."""
    place = {"contract": wanted.contract} if wanted.contract else {"subject": wanted.subject}
    return any(one.entry.statement == wanted.statement for one in page.find(kind=wanted.kind, **place))


def _place(signed: Signed) -> tuple[str, str]:
    """(contract, milestone) that a statement is about."""
    predicate = signed.statement.predicate
    if signed.type == uris.CONTRACT:
        return predicate["id"], ""
    if signed.type == uris.EVENT:
        return predicate["contract"], predicate["milestone"] or ""
    if signed.type == uris.REVOCATION:
        return "", ""
    about = about_of(signed)
    return about["contract"], about["milestone"]


def _reasons(signed: Signed) -> tuple[str, ...]:
    """What of a statement must be known without reading it, as words."""
    predicate: Mapping[str, Any] = signed.statement.predicate
    if signed.type == uris.DECISION:
        return (predicate["outcome"],)
    if signed.type == uris.ASSESSMENT:
        return (f"round-{about_of(signed)['round']}",)
    if signed.type == uris.EVENT:
        return (predicate["event"],)
    return (_word(predicate["from"]),) if signed.type == uris.REVOCATION else ()


def _word(moment: str) -> str:
    return "from-" + "".join(sign for sign in moment.lower() if sign.isalnum())


def _moment(word: str) -> str:
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
    return _answer(case, "release", statement=digest, nonce=_nonce(case))


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


def revoked(page: Page, digest: str) -> str:
    """From when on the ledger has a statement revoked; "" where it has not."""
    return min((_moment(one.entry.reasons[0]) for one in page.find(kind="revocation", subject=digest)), default="")
