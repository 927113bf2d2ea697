"""What is public of a contract at one time: the buyer's organisation, the payee, money, dates and milestones. Pure.

Nothing else of the statements is: no person, address, rationale, note, finding or reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from verifier.gate.chain import EXTENSION
from verifier.gate.moves import ACCEPTED, ENDED, State
from verifier.procurement.ocds.publisher import Publisher, supplier_id
from verifier.procurement.record import Event, Milestone, Record
from verifier.words import say

View = dict[str, Any]
"""The part of a release that is not about the release itself; empty before the award."""
DAY_ENDS = "T23:59:59Z"
"""As in the contract's own last day (verifier/rulebook/terms.py)."""


def published(record: Record, by: Publisher, before: View, time: str) -> View:
    """`before` is what was public until now: of that nothing is left out, since merging would keep it; it says that it ended."""
    terms = record.terms
    if terms is None:
        return _withdrawn(before)
    earlier: View = next(iter(before.get("contracts", ())), {"id": terms["id"]})
    awards = _awards(record, earlier["id"], before.get("awards", []))
    return {
        "language": "en",
        "parties": _kept(before.get("parties", ()), _parties(terms, by), _without_role),
        "buyer": {"id": by.id, "name": by.name.en},
        "awards": awards,
        "contracts": [_contract(record, by, awards[-1], earlier, time)],
    }


def release_id(ocid: str, step: str) -> str:
    return f"{ocid}-{step}"


def _withdrawn(before: View) -> View:
    """The root keys revoked the only version: it is as if it had never been signed."""
    cancelled = {
        name: [{**one, "status": "cancelled"} for one in before.get(name, ())] for name in ("awards", "contracts")
    }
    return {**before, **cancelled} if before else {}


def _kept(before: Iterable[View], now: Iterable[View], gone: Callable[[View], View]) -> list[View]:
    """In the order in which they were first published."""
    return list(({one["id"]: gone(one) for one in before} | {one["id"]: one for one in now}).values())


def _without_role(party: View) -> View:
    return {name: value for name, value in party.items() if name != "roles"}


def _parties(terms: Mapping[str, Any], by: Publisher) -> list[View]:
    buyer: View = {"id": by.id, "name": by.name.en, "name_fr": by.name.fr, "roles": ["buyer"]}
    list_, _, number = by.id.rpartition("-")
    if "-" in list_:
        buyer["identifier"] = {"scheme": list_, "id": number, "legalName": by.name.en, "legalName_fr": by.name.fr}
    return [buyer, {"id": supplier_id(terms["payee"]), "name": terms["payee"], "roles": ["supplier"]}]


def _awards(record: Record, contract: str, before: list[View]) -> list[View]:
    """One for each payee in turn; the last is in force. In one award, suppliers would be merged, and none would ever go."""
    terms = record.terms or {}
    supplier = supplier_id(terms["payee"])
    same = bool(before) and before[-1]["suppliers"][0]["id"] == supplier
    earlier = before[:-1] if same else before
    award = {
        "id": f"{contract}-{len(earlier) + 1}",
        **_title(terms["title"]),
        "status": "active",
        "date": terms["awarded"],
        "value": _value(record, terms),
        "suppliers": [{"id": supplier, "name": terms["payee"]}],
    }
    return [*({**one, "status": "cancelled"} for one in earlier), award]


def _contract(record: Record, by: Publisher, award: View, before: View, time: str) -> View:
    terms = record.terms or {}
    ocid = by.ocid(record.id)
    ended = all(one.progress.state in ENDED for one in record.milestones)
    first = next(one for one in record.events if one.what == "awarded")
    amendments = _kept(before.get("amendments", ()), _amendments(record, ocid), lambda one: one)
    return {
        "id": before["id"],
        "awardID": award["id"],
        **_title(terms["title"]),
        "status": "terminated" if ended else "active",
        "period": {"startDate": terms["awarded"], "endDate": terms["ends"]},
        "value": _value(record, terms),
        "dateSigned": first.time,
        "implementation": _implementation(record, by, before.get("implementation", {}), time),
        **({"amendments": amendments} if amendments else {}),
    }


def _amendments(record: Record, ocid: str) -> list[View]:
    """That there is one, when and of which release: why is not told."""
    versions = [one for one in record.events if one.what == "awarded"]
    return [
        {
            "id": new.digest,
            "date": new.time,
            "amendsReleaseID": release_id(ocid, str(old.position)),
            "releaseID": release_id(ocid, str(new.position)),
        }
        for old, new in pairwise(versions)
    ]


def _implementation(record: Record, by: Publisher, before: View, time: str) -> View:
    known = {one["id"]: one for one in before.get("milestones", ())}
    now = [_dated(_milestone(one), known.get(one.id, {}), time) for one in record.milestones]
    gone = {name: _dated(_dropped(one), one, time) for name, one in known.items()}
    documents = [_report(one, by) for one in record.events if one.what == "accepted"]
    return {
        "milestones": _kept(before.get("milestones", ()), now, lambda one: gone[one["id"]]),
        **({"documents": documents} if documents else {}),
    }


def _milestone(one: Milestone) -> View:
    found = {"id": one.id, **_title(one.terms["title"]), "type": "delivery", "status": _status(one)}
    if one.due:
        found["dueDate"] = one.due + DAY_ENDS
    accepted = one.last("accepted")
    if accepted and found["status"] in ("met", "partiallyMet"):
        found["dateMet"] = accepted.time
    return found


def _dropped(milestone: View) -> View:
    """By an amendment: nobody says any more whether it is met."""
    told = say("An amendment took this milestone out of the contract.")
    kept = {name: milestone[name] for name in ("id", "title", "title_fr", "type")}
    return {**kept, "description": told.en, "description_fr": told.fr}


def _dated(now: View, before: View, time: str) -> View:
    """With the time at which something about it last changed."""
    same = now == {name: value for name, value in before.items() if name != "dateModified"}
    return {**now, "dateModified": before["dateModified"] if same else time}


def _status(one: Milestone) -> str:
    """A word of OCDS's milestoneStatus. While it is disputed, it is what it was."""
    state = one.progress.before if one.progress.state is State.DISPUTED else one.progress.state
    if state in (State.CHANGES_REQUESTED, State.NOT_DELIVERED, State.TERMINATED):
        return "notMet"
    judged = one.last("accepted", "rejected")
    if state not in ACCEPTED or judged is None:
        return "scheduled"
    if judged.what == "rejected":
        return "notMet"
    return "partiallyMet" if _waived(judged) else "met"


def _waived(accepted: Event) -> bool:
    """Whether a must was passed over with leave: it was accepted, and not all that was asked for is there."""
    said = accepted.said(EXTENSION) or {"outcomes": ()}
    return any(one["level"] == "must" and one["outcome"] == "waived" for one in said["outcomes"])


def _report(accepted: Event, by: Publisher) -> View:
    title = say("Acceptance report of milestone {id}", id=accepted.milestone)
    told = say("SHA-256 of the signed report's payload: {digest}", digest=accepted.digest)
    if accepted.revoked:
        told = say("Revoked: this report no longer counts. {told}", told=told)
    return {
        "id": accepted.digest,
        "documentType": "completionCertificate",
        "title": title.en,
        "title_fr": title.fr,
        "description": told.en,
        "description_fr": told.fr,
        "datePublished": accepted.time,
        "format": "application/json",
        **({"url": by.uri(f"reports/{accepted.digest}.sigstore.json")} if by.address else {}),
    }


def _title(both: Mapping[str, str]) -> View:
    return {"title": both["en"], "title_fr": both["fr"]}


def _value(record: Record, terms: Mapping[str, Any]) -> View:
    """With tax. Cents under 10^15, divided by 100, are written with just their two digits: no other double is nearer."""
    return {"amount": record.total / 100, "currency": terms["currency"]}
