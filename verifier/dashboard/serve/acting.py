"""What a signed-in person may do about a contract: prepare a statement, which they sign elsewhere, and hand in a signed one.

The server signs nothing and decides nothing: a draft is made by the very rules that the commands have, and what is handed in
is filed as `verifier record file` does, or refused with the same sentence.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from starlette.exceptions import HTTPException

from verifier.dashboard.page import Page, part, unpart
from verifier.dashboard.serve.access import ROLE, keys, may
from verifier.dashboard.serve.settings import Filing
from verifier.dashboard.sources import Sources
from verifier.errors import TrustError, UsageError, VerifierError
from verifier.gate import book, prepared
from verifier.gate.again import waivable
from verifier.gate.asked import current
from verifier.gate.case import ROLE_WORDS, Case
from verifier.gate.chain import Chain, place
from verifier.gate.known import Known, Request, Seen
from verifier.gate.moves import ENDED, State
from verifier.procurement.record import Milestone, Record
from verifier.procurement.records import Records
from verifier.procurement.store import alike
from verifier.render.statement import shown as rendered
from verifier.statements import uris
from verifier.statements.statement import Statement, write
from verifier.statements.statement import read as statement_of
from verifier.statements.strict import MOST
from verifier.trust import shapes
from verifier.trust.holders import Holders
from verifier.trust.reading import read
from verifier.trust.signed import Signed
from verifier.units import cents
from verifier.words import Text, later, say

ADDRESS = "act"
KINDS = {"decision": uris.DECISION, "waiver": uris.WAIVER, "certification": uris.CERTIFICATION}
"""What can be prepared here: the last part of the address, and the statement's type."""
CLOSED = ENDED | {State.PAYABLE}
"""Nothing is decided any more."""
AGAIN = later("Sign in again first, so that it is known that it is you.")
CHANGED = later("What was signed is not what this server prepared and showed here. Nothing was filed.")
Filled = Mapping[str, str | bytes]


def address_of(key: str) -> str:
    """Of a contract by its key in the index."""
    return f"{ADDRESS}/{part(key)}"


@dataclass(frozen=True, slots=True)
class Desk:
    """One contract, and who stands before it: `person` is "" for somebody whom the trust policy does not know.

    `fresh` is whether they proved lately who they are: without that nothing is signed here or handed in.
    """

    sources: Sources
    records: Records
    record: Record
    key: str
    person: str
    files: bool
    fresh: bool

    @classmethod
    def at(cls, sources: Sources, address: str, person: str, *, files: bool, fresh: bool) -> Desk:
        """Raises HTTPException where there is no such contract, and where a file of it does not hold."""
        key = unpart(address)
        if sources.records is None or part(key) != address:
            raise HTTPException(404)
        try:
            record = sources.record(key)
        except UsageError as error:
            raise HTTPException(404) from error
        except TrustError as error:
            words = say(
                "A file of this contract's record does not hold, so nothing is done about it. Its page says which."
            )
            raise HTTPException(409, words) from error
        return cls(sources, sources.records, record, alike(key), person, files, fresh)

    def page(self, *, typed: Filled | None = None, said: Text | None = None, done: bool = False) -> Page:
        """`typed` is shown again, where it was refused with the sentence `said`; `done` where that is good news."""
        title = (self.record.terms or {}).get("title") or {"en": self.record.id, "fr": self.record.id}
        kept = {name: value for name, value in (typed or {}).items() if isinstance(value, str) and name != "token"}
        return Page(
            address=address_of(self.key),
            template="act.html",
            title=say("Act on {contract}", contract=self.record.id),
            status=422 if said and not done else 200,
            document={
                "id": self.record.id,
                "key": self.key,
                "title": dict(title),
                "person": self.person,
                "files": self.files,
                "fresh": self.fresh,
                "said": {"en": said.en, "fr": said.fr} if said else None,
                "done": done,
                "typed": kept,
                "milestones": [self._standing(one) for one in self.record.milestones],
            },
        )

    def draft(self, kind: str, filled: Filled) -> tuple[str, bytes]:
        """A statement to be signed, and what its file is called. Raises VerifierError with what the command would say too."""
        milestone = self._milestone(_text(filled, "milestone"))
        self._refuse(KINDS[kind], milestone)
        statement = DRAFTS[kind](self, milestone, filled)
        shapes.check(statement)
        return f"{kind}-{part(self.key)}-{part(milestone.id)}.json", write(statement)

    def signing(self, name: str, content: bytes, who: str) -> Page:
        """On which a draft is read and signed with a key in the browser: `who` is whose it is there. Raises UsageError."""
        self._demand_fresh()
        statement = statement_of(content)
        kind = shapes.SCHEMAS[statement.predicate_type]
        return Page(
            address=address_of(self.key),
            template="sign.html",
            title=say("To be signed: {contract}", contract=self.record.id),
            document={
                "key": self.key,
                "shown": rendered(statement, kind),
                "digest": sha256(content).hexdigest(),
                "payload": b64encode(content).decode(),
                "file": f"{name.removesuffix('.json')}.sigstore.json",
                "who": who,
                "own": keys(self.records.policy, self.person, self.sources.now),
                "files": self.files,
            },
        )

    def hand_in(self, content: bytes, filing: Filing, prepared: str | None = None) -> Text:
        """Files a signed statement of this contract, by the person who stands here. Raises VerifierError where it is refused.

        `prepared` is the digest of what was shown to be signed; None where it was signed elsewhere.
        """
        self._demand_fresh()
        if len(content) > MOST:
            raise UsageError(say("{path} has over {most} bytes; it is not read.", path="statement", most=MOST))
        policy = self.records.policy
        signed = read(content, policy, Holders.of(policy))
        if prepared not in (None, signed.digest):
            raise UsageError(say(CHANGED))
        self._refuse_other(signed)
        with filing() as records:
            (filed,) = records.file([content])
        return say("Filed and entered: {path}", path=filed.path.name)

    def shown(self, error: VerifierError) -> Text:
        """Its sentence. Raises it again where that names files of this machine: then it is for the log."""
        if str(self.records.settings.folder) in error.text or str(self.records.settings.ledger) in error.text:
            raise error
        return error.text

    def _demand_fresh(self) -> None:
        if not self.fresh:
            raise UsageError(say(AGAIN))

    def _refuse_other(self, signed: Signed) -> None:
        """Raises UsageError for a kind that is not prepared here, another contract, or another's signature."""
        if signed.type not in ROLE:
            raise UsageError(
                say("Here decisions, waivers and certifications are handed in; this is another statement.")
            )
        contract, name = place(signed)
        if alike(contract) != alike(self.record.id):
            raise UsageError(say("The statement is about another contract than {contract}.", contract=self.record.id))
        if self.person not in {one.person for one in signed.by}:
            raise UsageError(say("You hand in what you signed yourself; this was signed by somebody else."))
        self._refuse(signed.type, self._milestone(name))

    def _refuse(self, type_: str, milestone: Milestone) -> None:
        if not self._may(type_, milestone):
            raise HTTPException(403, say("Only who is {role} here may do this.", role=say(ROLE_WORDS[ROLE[type_]])))

    def _may(self, type_: str, milestone: Milestone) -> bool:
        return may(self.records.policy, self.person, type_, milestone, self.sources.now)

    def _milestone(self, name: str) -> Milestone:
        try:
            return self.record.milestone(name)
        except KeyError as error:
            raise HTTPException(404) from error

    def _standing(self, milestone: Milestone) -> dict[str, Any]:
        assessed = milestone.last("assessed")
        said = assessed.signed.statement.predicate if assessed and assessed.signed else None
        state = milestone.progress.state
        outcomes = said["outcomes"] if said and state not in CLOSED else ()
        return {
            "id": milestone.id,
            "title": dict(milestone.terms["title"]),
            "state": state.value,
            "round": milestone.progress.round,
            "assessment": assessed.digest if assessed else "",
            "waiting": list(self._decided(milestone, prepared.waiting(outcomes))),
            "waivable": sorted(waivable(outcomes)),
            "certifiable": self._terms(milestone) if state is State.ACCEPTED else None,
            "may": {kind: self._may(type_, milestone) for kind, type_ in KINDS.items()},
        }

    def _decided(self, milestone: Milestone, criteria: list[str]) -> Iterator[dict[str, str]]:
        """Each criterion with what was decided last in this round; "" where nobody did."""
        assessed = milestone.last("assessed")
        of_it = [
            one.signed.statement
            for one in milestone.events
            if one.what == "decision" and not one.revoked and one.signed and assessed
            if one.signed.statement.digests.get("sha256") == assessed.digest
        ]
        found = {one.predicate["criterion"]: one.predicate["outcome"] for one in of_it}
        yield from ({"criterion": one, "decided": found.get(one, "")} for one in criteria)

    def _terms(self, milestone: Milestone) -> dict[str, str]:
        terms = self.record.terms or {}
        invoiced = milestone.last("invoiced")
        return {
            "amount": f"{milestone.total // 100}.{milestone.total % 100:02}",
            "currency": terms["currency"],
            "payee": terms["payee"],
            "invoice": str(invoiced.said("reference") or "") if invoiced else "",
        }

    def assessed(self, milestone: Milestone) -> Signed:
        """The assessment that counts now. Raises UsageError where there is none."""
        found = milestone.last("assessed")
        if found is None or found.signed is None or milestone.progress.state in CLOSED:
            raise UsageError(say("There is no assessment of this milestone to decide about."))
        return found.signed

    def case(self, milestone: Milestone) -> Case:
        """What was entered of the milestone's newest round and stands, without what was certified."""
        found = self.records.store.statements(self.record.id, self.records.policy)
        chain = Chain.of(one for one in found if one.type not in (uris.EVENT, uris.CERTIFICATION))
        now = self.sources.now
        asked = Request(now=now, contract=self.record.id, milestone=milestone.id)
        made = Case(chain=chain, policy=self.records.policy, known=Known(), seen=Seen(), request=asked)
        with self.records.ledger.reading() as page:
            return book.asked(made, page, now, of_record=True, again=True, narrow=current)


def _decision(desk: Desk, milestone: Milestone, filled: Filled) -> Statement:
    criterion, outcome, why = (_text(filled, name) for name in ("criterion", "outcome", "rationale"))
    return prepared.decision(desk.assessed(milestone), criterion, outcome, why, desk.sources.now)


def _waiver(desk: Desk, milestone: Milestone, filled: Filled) -> Statement:
    target, reason, until = (_text(filled, name) for name in ("target", "reason", "until"))
    return prepared.waiver(desk.assessed(milestone), target, reason, until, desk.sources.now)


def _certification(desk: Desk, milestone: Milestone, filled: Filled) -> Statement:
    amount, invoice, payee = (_text(filled, name) for name in ("amount", "invoice", "payee"))
    return prepared.certification(
        desk.case(milestone), amount=cents(amount), invoice=invoice, payee=payee, made=desk.sources.now
    )


DRAFTS: Mapping[str, Callable[[Desk, Milestone, Filled], Statement]] = {
    "decision": _decision,
    "waiver": _waiver,
    "certification": _certification,
}


def _text(filled: Filled, name: str) -> str:
    """What was typed, without the spaces around it and the line ends of a browser."""
    found = filled.get(name, "")
    return found.replace("\r\n", "\n").strip() if isinstance(found, str) else ""
