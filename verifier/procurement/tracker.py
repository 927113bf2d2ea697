"""The pilot's tracker of opportunities, one row a contract: what of its columns the record knows. Pure.

The columns are those of `assets/Opportunity tracker.ods` in https://github.com/canada-ca/micro-acquisition, in their order, so
that rows can be put below its own. What came before the award, and who people are, the record does not know: those stay empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from verifier.gate.moves import ACCEPTED, ENDED, State

if TYPE_CHECKING:
    from verifier.procurement.record import Milestone, Record

COLUMNS = (
    "No.",
    "Opportunity name",
    "Meets MA criteria?",
    "Fixed price amount",
    "Deadline to apply - original",
    "Deadline to apply - extended",
    "Supplier selection date",
    "Supplier selection date - extended",
    "Deadline to deliver code",
    "Deadline to deliver code - extended",
    "Department",
    "Branch",
    "Team",
    "Name",
    "Contact info",
    "Stage",
    "Posted on Website?",
    "If meets MA criteria but not posted on website, why?",
    "Website status",
    "Number of questions from suppliers",
    "Number of applications",
    "# suppliers who passed mandatories",
    "Supplier chosen?",
    "Work successfully delivered?",
    "Repo where code is stored",
    "Been added to the ORE?",
    "Payment complete?",
    "Date of first meeting with client",
    "Started documenting the opportunity",
    "Completed the opportunity statement",
    "Level of effort spent getting the opportunity statement ready",
    "Date draft PIF and final opportunity statement sent to client",
    "Date final PIF and final opportunity sent to Section 32 mgr",
    "Date PIF and opportunity statement sent to FPS",
    "Date funds reserved",
    "Date posted on website",
    "Date supplier winner email sent",
    "Date supplier confirmed they are can do for the fixed price and delivery date",
    "Date supplier sent signed T&C",
    "Date supplier started work (if known)",
    "Date supplier delivered work",
    "Date contract terminated (if applicable)",
    "Total hours to draft the opportunity statement",
    "Total days of effort to draft the opportunity statement",
    "Notes",
)
OURS = (
    "Days from delivery to acceptance",
    "Days from acceptance to certification",
    "Days from certification to payment",
    "Days from invoice to payment",
    "Rounds",
    "Milestones accepted in the first round",
    "Milestones judged",
    "Milestones listed",
    "Milestones accepted",
    "Currency",
    "Value with tax",
    "Paid with tax",
)
"""Our own, behind them. Stable: new ones are added at the end."""
AT_WORK, OVER = "4 contract administration", "5 post contractual"
"""Of the stages that the tracker offers those after the award."""


def row(record: Record) -> dict[str, str]:
    """Of a contract that was agreed; without what is empty."""
    terms, states = record.terms or {}, {one.progress.state for one in record.milestones}
    agreed = next(one for one in record.events if one.what == "awarded")
    first, due = _last(one.get("due", "") for one in _first_terms(record)), _last(one.due for one in record.milestones)
    known = {
        "No.": terms["id"],
        "Opportunity name": terms["title"]["en"],
        "Fixed price amount": decimal(sum(one["price"] for one in terms["milestones"])),
        "Supplier selection date": terms["awarded"][:10],
        "Deadline to deliver code": first,
        "Deadline to deliver code - extended": due if due != first else "",
        "Stage": OVER if states <= ENDED else AT_WORK,
        "Supplier chosen?": "Yes",
        "Work successfully delivered?": _delivered(states),
        "Repo where code is stored": terms["repository"],
        "Been added to the ORE?": _listed(record),
        "Payment complete?": "Yes" if states == {State.PAID} else "No",
        "Date supplier sent signed T&C": agreed.time[:10],
        "Date supplier started work (if known)": _day(record, "started"),
        "Date supplier delivered work": _day(record, "delivered"),
        "Date contract terminated (if applicable)": _day(record, "terminated"),
    }
    return {name: value for name, value in known.items() if value}


def decimal(cents: int) -> str:
    """650000 is 6500.00, as spreadsheets read it."""
    return f"{cents // 100}.{cents % 100:02}"


def _first_terms(record: Record) -> list[dict[str, str]]:
    """The milestones as they were first agreed, where that version is there."""
    versions = record.versions or ((record.contract,) if record.contract else ())
    return list(versions[0].statement.predicate["milestones"]) if versions else []


def _delivered(states: set[State]) -> str:
    if states <= ACCEPTED:
        return "Yes"
    return "No" if states <= ENDED else ""


def _listed(record: Record) -> str:
    accepted = [one for one in record.milestones if one.progress.state in ACCEPTED]
    if not accepted:
        return ""
    return "Yes" if all("listed" in one.progress.flags for one in accepted) else "No"


def _day(record: Record, what: str) -> str:
    """Of the newest one."""
    return _last(_of(one, what) for one in record.milestones)


def _of(one: Milestone, what: str) -> str:
    found = one.last(what)
    return found.time[:10] if found else ""


def _last(days: Iterable[str]) -> str:
    return max(days, default="")
