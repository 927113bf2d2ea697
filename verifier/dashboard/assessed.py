"""What a record says about one of its assessments: its report, what people decided on it, what it became, what was before.

Nothing of a report is given that is not, byte for byte, what the assessment names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from verifier.compare import rounds
from verifier.dashboard.compared import judged
from verifier.dashboard.sources import document
from verifier.errors import TrustError, UsageError, VerifierError
from verifier.gate.chain import about_of, subject
from verifier.procurement.pack.sources import report_of
from verifier.procurement.record import Event, Record
from verifier.procurement.records import Records
from verifier.render.page import LEAST, shortened
from verifier.render.rounds import to_document
from verifier.statements import uris
from verifier.trust.signed import Signed
from verifier.words import say

DIGITS = 16
"""Of the digest of the assessment's statement, by which its page is found."""
FEW = 8
"""Findings that are named of those that are fixed, new or still there."""
PEOPLE = 20
"""Decisions and waivers that are shown, and criteria that came out otherwise."""

WORDS = 500
"""Characters of a rationale."""


def address_of(digest: str) -> str:
    """Of the page of a report, by the digest of the assessment's statement."""
    return f"reports/{digest[:DIGITS]}"


def kept(records: Records, key: str, assessment: Signed) -> bool:
    """Whether the record has the report of an assessment, and so a page of it."""
    digest = report_of(assessment)
    return bool(digest) and records.store.evidence_path(key, digest).is_file()


def assessments(record: Record) -> Iterator[Signed]:
    """Entered or not."""
    entered = (one.signed for one in record.events if one.signed)
    yield from (one for one in (*entered, *record.waiting) if one.type == uris.ASSESSMENT)


def report(records: Records, key: str, assessment: Signed) -> Mapping[str, Any]:
    """The document of the report that was signed.

    Raises TrustError for other bytes or for a report that says something else than the assessment, UsageError for one that
    cannot be read.
    """
    try:
        content = records.store.evidence(key, report_of(assessment))
    except OSError as error:
        raise UsageError(say("The report cannot be read: {error}.", error=error.strerror)) from error
    if content is None:
        raise UsageError(say("The report is not kept any more."))
    found = document(content)
    if _said(found, found["delivery"]["commit"]) != _said(
        assessment.statement.predicate, assessment.statement.digests["gitCommit"]
    ):
        words = say("The report says something else than the assessment that names it.")
        raise TrustError(words, code="evidence-changed")
    return found


def _said(judged: Mapping[str, Any], commit: str) -> tuple[Any, ...]:
    """What a report and the assessment of it say alike."""
    outcomes = [(one["criterion"], one["level"], one["outcome"]) for one in judged["outcomes"]]
    return commit, judged["verdict"], judged["criteria"]["digest"], outcomes


def people(record: Record, assessment: Signed) -> dict[str, Any]:
    """What people decided and waived on this assessment, oldest first."""
    made = (one for one in record.events if one.signed and one.signed.type in (uris.DECISION, uris.WAIVER))
    about = [one for one in made if one.signed and subject(one.signed) == assessment.digest]
    return _first(map(_person, about), PEOPLE)


def _person(event: Event) -> dict[str, Any]:
    return {
        "what": event.what,
        "criterion": event.said("criterion"),
        "finding": event.said("finding"),
        "outcome": event.said("outcome"),
        "why": shortened(event.said("rationale") or event.said("reason"), WORDS),
        "until": event.said("until"),
        "by": by(event.signed) if event.signed else [],
        "time": event.time,
        "revoked": event.revoked or None,
        "digest": event.digest,
    }


def acceptance(record: Record, assessment: Signed) -> dict[str, Any] | None:
    """The newest acceptance report that rests on this assessment."""
    for event in reversed(record.events):
        if event.signed and event.signed.type == uris.ACCEPTANCE and assessment.digest in _inputs(event.signed):
            said = event.signed.statement.predicate
            extension = said[uris.ACCEPTANCE_EXTENSION]
            return {
                "verdict": "accepted" if said["verificationResult"] == "PASSED" else "rejected",
                "by": by(event.signed),
                "time": event.time,
                "revoked": event.revoked or None,
                "digest": event.digest,
                "decisions": len(extension["decisions"]),
                "waivers": len(extension["waivers"]),
            }
    return None


def _inputs(acceptance: Signed) -> set[str]:
    return {one["digest"]["sha256"] for one in acceptance.statement.predicate["inputAttestations"]}


def before(
    records: Records, key: str, record: Record, assessment: Signed, report_: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The round before of the same milestone, and what is other than it was; None of a first round."""
    now = about_of(assessment)
    milestone = next((one for one in record.milestones if one.id == now["milestone"]), None)
    rounds_ = judged(milestone.events) if milestone else ()
    earlier = [one.signed for one in rounds_ if one.round < now["round"] and one.signed]
    if not earlier:
        return None
    last = earlier[-1]
    told: dict[str, Any] = {"round": about_of(last)["round"], "address": None, "changes": None}
    if not kept(records, key, last):
        return told
    told["address"] = address_of(last.digest)
    try:
        then = report(records, key, last)
    except VerifierError:
        return told
    return told | {"changes": _changes(then, report_)}


def _changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Counted, with the first of each."""
    whole = to_document(rounds(then, now), then, now)
    titles = {**then["criteria"]["criteria"], **now["criteria"]["criteria"]}
    return {
        "before": whole["before"],
        **{part: _first(map(_brief, whole[part]), FEW) for part in ("fixed", "new", "still")},
        "outcomes": _first(
            (
                {**one, "title": titles.get(one["criterion"], {}).get("title", one["criterion"])}
                for one in whole["outcomes"]
            ),
            PEOPLE,
        ),
    }


def _first(items: Iterable[Any], most: int) -> dict[str, Any]:
    """Counted, then cut."""
    listed = list(items)
    return {"total": len(listed), "first": listed[:most]}


def _brief(finding: Mapping[str, Any]) -> Any:
    return shortened({name: finding[name] for name in ("path", "line", "rule", "message", "certain")}, LEAST)


def event(record: Record, digest: str) -> Event | None:
    return next((one for one in record.events if one.digest == digest), None)


def by(signed: Signed) -> list[str]:
    return sorted({one.person for one in signed.by})
