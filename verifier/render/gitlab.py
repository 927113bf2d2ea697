"""Findings as a GitLab code quality report. Pure: a document in, text out.

Format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. GitLab stops reading at the first entry
that it finds invalid, and of two with one fingerprint it keeps the last, so both are seen to here. No byte order mark is allowed.
"""

from __future__ import annotations

import hashlib
from collections import Counter

from verifier.render.compact import array, line
from verifier.render.inert import inert
from verifier.render.reading import Entry, Reading

SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}
"""`blocker` is kept for what the delivery is rejected for; `critical` would be a word without a meaning of ours."""
ROOT = "."
"""Where a finding about the whole delivery is put: left out, a rejection could show as nothing to mend."""


def to_gitlab(document: Entry, language: str = "en") -> str:
    """A JSON array, one finding a line."""
    reading = Reading.of(document, language)
    seen: Counter[str] = Counter()
    entries = ((line(_entry(reading, finding, seen)),) for _, finding in reading.findings())
    return "".join((*array(entries), "\n"))


def _entry(reading: Reading, finding: Entry, seen: Counter[str]) -> Entry:
    rule = inert(finding["rule"])
    return {
        "description": inert(finding["message"]) or rule,
        "check_name": rule,
        "fingerprint": _unique(finding["fingerprint"], seen),
        "severity": _severity(reading, finding),
        "location": {"path": inert(finding["path"] or ROOT), "lines": {"begin": finding["line"] or 1}},
    }


def _severity(reading: Reading, finding: Entry) -> str:
    if reading.blocks(finding):
        return "blocker"
    return "info" if reading.waiver(finding) == "signed" else SEVERITIES[finding["severity"]]


def _unique(fingerprint: str, seen: Counter[str]) -> str:
    """Itself the first time; then a digest with how often it was met."""
    seen[fingerprint] += 1
    if seen[fingerprint] == 1:
        return fingerprint
    return hashlib.sha256(f"{fingerprint}:{seen[fingerprint]}".encode()).hexdigest()[:32]
