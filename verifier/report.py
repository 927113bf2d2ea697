"""The report: facts and judgement as the one JSON document that every surface reads, and back. Pure; integers only.

Only this module knows the document's names (`reports/report.schema.json`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from verifier import __version__
from verifier.errors import UsageError
from verifier.model import (
    Cause,
    CheckResult,
    Covered,
    Delivery,
    Evidence,
    Finding,
    Judgement,
    Kind,
    Level,
    Measure,
    NotExamined,
    Observations,
    Outcome,
    OutcomeOf,
    Role,
    Score,
    Skip,
    State,
    Steering,
    Suppression,
    Tampering,
    Trouble,
    Verdict,
    Waiver,
    Whose,
)
from verifier.policy import Contract, Criteria
from verifier.words import LANGUAGES, PLAIN, Text, say

SCHEMA = "https://w3id.org/verifier/report/v2"
"""An unregistered placeholder: names the version of the document's shape."""
READ = frozenset({SCHEMA, "https://w3id.org/verifier/report/v1"})
"""What `from_dict` reads. In version 1 every sentence was English alone."""
UNSEEN = re.compile(
    "[\\x7f-\\x9f\\xad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ud800-\\udfff\\ufeff\\ufff9-\\uffff]"
)
CLOCK_NAMES = frozenset({"started", "finished", "milliseconds", "cached"})
"""Without these, two reports of the same commit, criteria and tools are equal byte for byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One assessment. Times are ISO 8601 in UTC."""

    delivery: Delivery
    criteria: Mapping[str, Any]
    judgement: Judgement
    results: tuple[CheckResult, ...]
    sandbox: Mapping[str, Any]
    started: str
    finished: str
    kind: Kind = Kind.SELF_CHECK
    contract: str | None = None
    round: int = 1
    waivers: tuple[Waiver, ...] = ()
    evidence: tuple[Mapping[str, Any], ...] = ()
    selected: tuple[str, ...] = ()  # topics or checkers, where not all were run
    stopped: str = ""  # the required criterion that was unmet for certain, where the rest was not run for that
    flip: tuple[Mapping[str, Any], ...] = ()  # what would flip the verdict, as `verifier.flip` makes it


def evidence_entry(evidence: Evidence) -> dict[str, Any]:
    """How a piece of evidence stands in the report; its bytes lie beside it under its name."""
    entry = {"name": evidence.name, "mediaType": evidence.media_type, "sha256": evidence.sha256}
    return entry | ({"removed": list(evidence.removed)} if evidence.removed else {})


def criteria_entry(criteria: Criteria) -> dict[str, Any]:
    """The criteria as the report names them: titles and whys go along, so that a reader needs nothing else."""
    return {
        "profile": criteria.profile,
        "version": criteria.version,
        "digest": criteria.digest,
        "gate": criteria.gate,
        "title": criteria.title,
        "criteria": {c.id: {"title": c.title, "why": c.why, "check": c.check} for c in criteria.criteria},
    }


def contract_id(contract: Contract | None) -> str | None:
    return contract.id if contract else None


def to_dict(report: Report) -> dict[str, Any]:
    """The document, in the order in which a person would read it. What verifier itself says stands in both languages."""
    judgement = report.judgement
    document = {
        "schema": SCHEMA,
        "verifier": __version__,
        "kind": report.kind.value,
        "delivery": _delivery(report.delivery, report.kind),
        "contract": report.contract,
        "round": report.round,
        "criteria": dict(report.criteria),
        "selected": list(report.selected),
        **({"stopped": report.stopped} if report.stopped else {}),
        "verdict": judgement.verdict.value,
        "score": {"value": judgement.score.value, "derivation": judgement.score.derivation},
        "outcomes": [_outcome(outcome) for outcome in judgement.outcomes],
        "flip": [dict(step) for step in report.flip],
        "checkers": [_checker(result) for result in report.results],
        "coverage": [_covered(one) for result in report.results for one in result.seen.coverage],
        "suppressions": [_plain(s) for result in report.results for s in result.seen.suppressions],
        "steering": [_plain(s) for result in report.results for s in result.seen.steering],
        "tampering": [_plain(t) for result in report.results for t in result.seen.tampering],
        "waivers": [_plain(waiver) for waiver in report.waivers],
        "sandbox": dict(report.sandbox),
        "evidence": [dict(entry) for entry in report.evidence],
        "started": report.started,
        "finished": report.finished,
    }
    written: dict[str, Any] = _written(document)
    return written


def _written(value: Any) -> Any:
    """Each `Text` as a mapping of its languages; everything else as it is."""
    if isinstance(value, Text):
        return {"en": value.en, "fr": value.fr}
    if isinstance(value, list | tuple):
        return [inner if type(inner) in PLAIN else _written(inner) for inner in value]
    if isinstance(value, Mapping):
        return {name: inner if type(inner) in PLAIN else _written(inner) for name, inner in value.items()}
    return value


def _read(value: Any) -> Any:
    """The reverse."""
    if isinstance(value, dict):
        if len(value) == len(LANGUAGES) and value.keys() == {"en", "fr"}:
            return Text(**value)
        return {name: inner if type(inner) in PLAIN else _read(inner) for name, inner in value.items()}
    return [_read(inner) for inner in value] if isinstance(value, list) else value


def as_json(document: Mapping[str, Any]) -> str:
    """The document's bytes as text: two spaces, one newline at the end.

    What UTF-8 cannot hold (half a pair), what is not seen and what turns the direction of text is written as an escape.
    """
    try:
        text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATACLASS).decode()
    except TypeError:  # half a pair, or a number of over 64 bits; else the same text, many times as fast
        text = json.dumps(document, indent=2, ensure_ascii=False)
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _plain(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


def _delivery(delivery: Delivery, kind: Kind) -> dict[str, Any]:
    """Who wrote it matters, and is told, where somebody may accept it."""
    told = {
        "url": delivery.url,
        "commit": delivery.commit,
        "tree": delivery.tree,
        "manifest": delivery.manifest,
        "base": delivery.base,
        "source": delivery.source,
        "notIncluded": list(delivery.not_included),
    }
    return told | ({"authors": list(delivery.authors)} if kind is Kind.OFFICIAL else {})


def _outcome(outcome: OutcomeOf) -> dict[str, Any]:
    return {
        "criterion": outcome.criterion,
        "level": outcome.level.value,
        "outcome": outcome.outcome.value,
        "measured": outcome.measured,
        "required": outcome.required,
        "reason": outcome.reason,
        "findings": list(outcome.findings),
        "whose": outcome.whose.value if outcome.whose else None,
    }


def _checker(result: CheckResult) -> dict[str, Any]:
    seen = result.seen
    return {
        "name": result.name,
        "topic": result.topic,
        "tool": result.tool,
        "version": result.version,
        "state": result.state.value,
        "trouble": _trouble(seen.trouble),
        "examined": {"files": result.examined, "source": {role.value: n for role, n in result.looked_at.items()}},
        "notExamined": [
            {
                "path": s.path,
                "skip": s.skip.value,
                "reason": s.reason,
                "role": s.role.value,
                "source": s.source,
                "language": s.language,
            }
            for s in seen.not_examined
        ],
        "measures": [_plain(measure) for measure in seen.measures],
        "findings": [_finding(finding) for finding in seen.findings],
        "notes": list(seen.notes),
        "milliseconds": result.milliseconds,
        **({"anyLanguage": True} if result.any_language else {}),
        **({"cached": result.cached} if result.cached else {}),
    }


def _covered(one: Covered) -> dict[str, Any]:
    entry = {**_plain(one), "missing": [list(stretch) for stretch in one.missing]}
    entry["coveredBranches"] = entry.pop("covered_branches")
    return entry


def _trouble(trouble: Trouble | None) -> dict[str, Any] | None:
    if trouble is None:
        return None
    return {**_plain(trouble), "cause": trouble.cause.value, "whose": trouble.whose.value}


def _finding(finding: Finding) -> dict[str, Any]:
    entry = {**_plain(finding), "role": finding.role.value, "cwe": list(finding.cwe)}
    entry["endLine"] = entry.pop("end_line")
    if not finding.commit:
        del entry["commit"]
    return {"fingerprint": finding.fingerprint, **entry}


def from_dict(document: Any) -> Report:
    """The report again. What is not such a document is a UsageError that says so."""
    if not isinstance(document, dict) or document.get("schema") not in READ:
        raise UsageError(say("This file is not a report of a version that this verifier reads."))
    try:
        return _report(_read(document))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        where = say("This report is damaged: {error} at {where}.", error=type(error).__name__, where=str(error))
        raise UsageError(where) from error


def _report(document: dict[str, Any]) -> Report:
    return Report(
        delivery=_read_delivery(document["delivery"]),
        criteria=document["criteria"],
        judgement=Judgement(
            verdict=Verdict(document["verdict"]),
            score=Score(value=document["score"]["value"], derivation=document["score"]["derivation"]),
            outcomes=tuple(_read_outcome(entry) for entry in document["outcomes"]),
        ),
        results=_read_results(document),
        sandbox=document["sandbox"],
        started=document["started"],
        finished=document["finished"],
        kind=Kind(document["kind"]),
        contract=document["contract"],
        round=document["round"],
        waivers=tuple(Waiver(**entry) for entry in document["waivers"]),
        evidence=tuple(document["evidence"]),
        selected=tuple(document["selected"]),
        stopped=_read_stopped(document),
        flip=tuple(document["flip"]),
    )


def _read_stopped(document: dict[str, Any]) -> str:
    stopped: str = document.get("stopped", "")
    if stopped and document["kind"] != Kind.SELF_CHECK.value:
        raise UsageError(say("This report is damaged: an official assessment is made whole, and this one was stopped."))
    return stopped


def _read_delivery(entry: dict[str, Any]) -> Delivery:
    rest = {name: value for name, value in entry.items() if name not in ("notIncluded", "authors")}
    return Delivery(**rest, not_included=tuple(entry["notIncluded"]), authors=tuple(entry.get("authors", ())))


def _read_outcome(entry: dict[str, Any]) -> OutcomeOf:
    return OutcomeOf(
        criterion=entry["criterion"],
        level=Level(entry["level"]),
        outcome=Outcome(entry["outcome"]),
        measured=entry["measured"],
        required=entry["required"],
        reason=entry["reason"],
        findings=tuple(entry["findings"]),
        whose=Whose(entry["whose"]) if entry["whose"] else None,
    )


def _read_results(document: dict[str, Any]) -> tuple[CheckResult, ...]:
    """The checkers' results; what the report lists once for all checkers goes with the first of them."""
    shared = {
        "coverage": tuple(_read_covered(entry) for entry in document.get("coverage", ())),  # since version 2
        "suppressions": tuple(Suppression(**entry) for entry in document["suppressions"]),
        "steering": tuple(Steering(**entry) for entry in document["steering"]),
        "tampering": tuple(Tampering(**entry) for entry in document["tampering"]),
    }
    results = []
    for entry in document["checkers"]:
        results.append(_read_checker(entry, shared))
        shared = {}
    return tuple(results)


def _read_checker(entry: dict[str, Any], shared: Mapping[str, Any]) -> CheckResult:
    seen = Observations(
        findings=tuple(_read_finding(finding) for finding in entry["findings"]),
        measures=tuple(Measure(**measure) for measure in entry["measures"]),
        not_examined=tuple(_read_skip(skip) for skip in entry["notExamined"]),
        notes=tuple(entry["notes"]),
        trouble=_read_trouble(entry["trouble"]),
        **shared,
    )
    result = CheckResult(
        name=entry["name"],
        topic=entry["topic"],
        tool=entry["tool"],
        version=entry["version"],
        seen=seen,
        milliseconds=entry["milliseconds"],
        examined=entry["examined"]["files"],
        looked_at={Role(role): number for role, number in entry["examined"]["source"].items()},
        any_language=entry.get("anyLanguage", False),
        cached=entry.get("cached", ""),
    )
    if result.state is not State(entry["state"]):
        raise UsageError(
            say(
                "This report is damaged: checker {name} says {state} but its trouble says otherwise.",
                name=result.name,
                state=entry["state"],
            )
        )
    return result


def _read_covered(entry: dict[str, Any]) -> Covered:
    rest = {name: value for name, value in entry.items() if name not in ("missing", "coveredBranches")}
    missing = tuple((first, last) for first, last in entry["missing"])
    return Covered(**rest, missing=missing, covered_branches=entry["coveredBranches"])


def _read_finding(entry: dict[str, Any]) -> Finding:
    rest = {name: value for name, value in entry.items() if name not in ("fingerprint", "role", "cwe", "endLine")}
    finding = Finding(**rest, end_line=entry["endLine"], role=Role(entry["role"]), cwe=tuple(entry["cwe"]))
    if finding.fingerprint != entry["fingerprint"]:
        raise UsageError(
            say("This report is damaged: the fingerprint of {rule} is not that of the finding.", rule=finding.rule)
        )
    return finding


def _read_skip(entry: dict[str, Any]) -> NotExamined:
    return NotExamined(
        path=entry["path"],
        skip=Skip(entry["skip"]),
        reason=entry["reason"],
        role=Role(entry["role"]),
        source=entry["source"],
        language=entry["language"],
    )


def _read_trouble(entry: dict[str, Any] | None) -> Trouble | None:
    if entry is None:
        return None
    rest = {name: value for name, value in entry.items() if name not in ("cause", "whose")}
    return Trouble(**rest, cause=Cause(entry["cause"]), whose=Whose(entry["whose"]))
