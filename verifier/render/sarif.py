"""Findings as SARIF 2.1.0: one run a checker, within what GitHub code scanning takes in. Pure: a document in, text out.

Standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
GitHub's limits: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support

No clock, no machine and no column is in it, so two runs of one commit give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verifier.render import sarif_notices as notices
from verifier.render.compact import line, with_array
from verifier.render.inert import inert
from verifier.render.reading import Entry, Reading
from verifier.render.sarif_rules import SEVERITIES, TAGS, by_rule, descriptor, level, tags_cut
from verifier.render.sarif_suppressed import Suppressions
from verifier.render.sarif_text import CUT, LONGEST, ROOT, location, message, repository

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RUNS = 20
RESULTS = 25_000
FINGERPRINT = "verifier/v1"
"""The finding's own fingerprint, which no line number is in. GitHub looks only at `primaryLocationLineHash`, which its upload
action makes from the source; that action warns at every result that brings another."""


def to_sarif(document: Entry, language: str = "en") -> str:
    """A SARIF log, one result a line."""
    reading = Reading.of(document, language)
    suppressions = Suppressions(reading)
    kept = _kept_runs(reading)
    runs = []
    for number, checker in enumerate(kept):
        shared = _shared(reading, len(kept)) if number == 0 else {}
        runs.append(_run(reading, checker, suppressions, shared))
    return "".join((*with_array({"$schema": SCHEMA, "version": "2.1.0"}, "runs", runs), "\n"))


def _kept_runs(reading: Reading) -> Sequence[Entry]:
    """As many as GitHub takes: first those with what blocks, then those in trouble, then those with findings."""

    def weight(checker: Entry) -> tuple[bool, bool, bool]:
        blocks = any(reading.blocks(finding) for finding in checker["findings"])
        return blocks, checker["trouble"] is not None, bool(checker["findings"])

    checkers = reading.document["checkers"]
    return _heaviest(checkers, [weight(checker) for checker in checkers], RUNS)


def _kept_results(reading: Reading, found: Sequence[Entry]) -> Sequence[Entry]:
    """As many as GitHub takes: the most severe."""
    worth = [(reading.blocks(finding), SEVERITIES.index(finding["severity"])) for finding in found]
    return _heaviest(found, worth, RESULTS)


def _heaviest(entries: Sequence[Entry], weights: Sequence[tuple[int, ...]], most: int) -> Sequence[Entry]:
    """At most that many, in the order given; of the same weight the earlier."""
    if len(entries) <= most:
        return entries
    numbers = sorted(range(len(entries)), key=weights.__getitem__, reverse=True)[:most]
    return [entries[number] for number in sorted(numbers)]


def _shared(reading: Reading, kept: int) -> dict[str, list[Entry]]:
    """Notices that belong to no one checker; the first run carries them."""
    missing = len(reading.document["checkers"]) - kept
    return {
        "toolExecutionNotifications": [
            *notices.of_document(reading),
            *notices.runs_cut(reading, missing, RUNS),
        ],
        "toolConfigurationNotifications": notices.configuration(reading),
    }


def _run(
    reading: Reading, checker: Entry, suppressions: Suppressions, shared: Mapping[str, list[Entry]]
) -> Iterator[str]:
    found = _kept_results(reading, checker["findings"])
    rules = by_rule(found)
    results, messages_cut = _results(reading, found, suppressions)
    own = [
        *notices.of_checker(reading, checker),
        *notices.results_cut(reading, len(checker["findings"]) - len(found), RESULTS),
        *notices.messages_cut(reading, messages_cut, LONGEST),
        *notices.tags_cut(reading, tags_cut(checker["topic"], rules), TAGS),
    ]
    head = {
        "tool": {"driver": _driver(reading, checker, rules)},
        "automationDetails": {"id": _automation(reading, checker)},
        "conversion": {"tool": {"driver": {"name": "verifier", "version": reading.document["verifier"]}}},
        "invocations": [_invocation(checker, own, shared)],
        "originalUriBaseIds": {ROOT: {"description": {"text": reading.tr("The root of the delivered tree.")}}},
        **_provenance(reading),
        "language": reading.language,
        "properties": _judged(reading, checker),
    }
    return with_array(head, "results", ((result,) for result in results))


def _driver(reading: Reading, checker: Entry, rules: Mapping[str, Sequence[Entry]]) -> Entry:
    version = {"version": inert(checker["version"])} if checker["version"] else {}
    described = [descriptor(reading, checker["topic"], rule, found) for rule, found in rules.items()]
    return {"name": inert(checker["tool"]), **version, "rules": described}


def _automation(reading: Reading, checker: Entry) -> str:
    """`verifier/security/bandit/` is the category in which GitHub replaces an earlier run; what follows names this one."""
    return inert(f"verifier/{checker['topic']}/{checker['name']}/{reading.document['delivery']['commit']}")


def _invocation(checker: Entry, own: list[Entry], shared: Mapping[str, list[Entry]]) -> Entry:
    """Whether the checker did its work: without it, an empty `results` would read as "nothing found"."""
    told = {"toolExecutionNotifications": own}
    for name, more in shared.items():
        told[name] = told.get(name, []) + more
    return {"executionSuccessful": checker["state"] == "done"} | {name: some for name, some in told.items() if some}


def _provenance(reading: Reading) -> Entry:
    delivery = reading.document["delivery"]
    uri = repository(delivery["url"])
    origin = {"repositoryUri": uri, "revisionId": delivery["commit"], "mappedTo": {"uriBaseId": ROOT}}
    return {"versionControlProvenance": [origin]} if uri else {}


def _judged(reading: Reading, checker: Entry) -> Entry:
    """Of what report the run is part."""
    document = reading.document
    return {
        "topic": checker["topic"],
        "kind": document["kind"],
        "verdict": document["verdict"],
        "criteria": {name: document["criteria"][name] for name in ("profile", "version", "digest")},
    }


def _results(reading: Reading, found: Sequence[Entry], suppressions: Suppressions) -> tuple[list[str], int]:
    """Every result on a line, and how many messages were cut. Once one has suppressions, all list theirs (3.27.23)."""
    listed = bool(suppressions) and any(map(suppressions.of, found))
    index = {rule: number for number, rule in enumerate(by_rule(found))}
    lines, messages_cut = [], 0
    for finding in found:
        result = _result(reading, finding, index[finding["rule"]])
        messages_cut += result["message"]["text"].endswith(CUT)
        lines.append(line(result | ({"suppressions": suppressions.of(finding)} if listed else {})))
    return lines, messages_cut


def _result(reading: Reading, finding: Entry, index: int) -> Entry:
    rule, criteria = inert(finding["rule"]), reading.criteria(finding)
    properties = {name: finding[name] for name in ("severity", "confidence", "role")}
    result = {
        "ruleId": rule,
        "ruleIndex": index,
        "level": level(reading, finding),
        "message": {"text": message(finding["message"]) or rule},
        "locations": [location(finding["path"], finding["line"] or 1, finding["endLine"])],  # GitHub asks for a line
        "partialFingerprints": {FINGERPRINT: finding["fingerprint"]},
        "properties": properties | ({"criteria": criteria} if criteria else {}),
    }
    if reading.document["delivery"]["base"]:
        result["baselineState"] = "unchanged" if finding["inherited"] else "new"
    return result
