"""GitHub's caps, each from its documentation; a request over one is refused."""

from __future__ import annotations

import base64
import gzip
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Entry = dict[str, Any]
COMMENT = 65_536
"""Characters of a comment, and of the summary and text of a check run (65,535)."""
DESCRIPTION = 140
ANNOTATIONS = 50
MESSAGE = 64 * 1024
SARIF_PACKED = 10_000_000
RUNS, RESULTS, RULES, TAGS, LOCATIONS = 20, 25_000, 25_000, 20, 1_000


def status(sent: Entry) -> str:
    return (
        "description is too long (maximum is 140 characters)"
        if len(sent.get("description") or "") > DESCRIPTION
        else ""
    )


def comment(sent: Entry) -> str:
    return "Body is too long (maximum is 65536 characters)" if len(sent["body"]) > COMMENT else ""


def check(sent: Entry) -> str:
    output = sent["output"]
    if any(len(output.get(name) or "") >= COMMENT for name in ("summary", "text")):
        return "Only 65535 characters are allowed"
    annotations = output.get("annotations", [])
    if len(annotations) > ANNOTATIONS:
        return "No more than 50 items are allowed"
    if any(len(one["message"].encode()) > MESSAGE or len(one.get("title") or "") > 255 for one in annotations):
        return "An annotation is too long"
    return ""


@dataclass
class Upload:
    log: Entry = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    too_large: bool = False


def sarif(text: str) -> Upload:
    packed = base64.b64decode(text, validate=True)
    if len(packed) > SARIF_PACKED:
        return Upload(too_large=True)
    log = json.loads(gzip.decompress(packed))
    return Upload(log, list(_troubles(log)))


def _troubles(log: Entry) -> Any:
    runs = log["runs"]
    if len(runs) > RUNS:
        yield "too many runs"
    categories = Counter(run["automationDetails"]["id"].rpartition("/")[0] for run in runs)
    if any(count > 1 for count in categories.values()):
        yield "multiple runs with the same category"
    for run in runs:
        rules = run["tool"]["driver"]["rules"]
        if len(run["results"]) > RESULTS or len(rules) > RULES:
            yield "too many results or rules in a run"
        if any(len(rule.get("properties", {}).get("tags", ())) > TAGS for rule in rules):
            yield "too many tags"
        if any(not result.get("locations") or len(result["locations"]) > LOCATIONS for result in run["results"]):
            yield "a result without a location, or with too many"


def subjects(bundle: Entry) -> set[str]:
    payload = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    return {f"sha256:{one['digest']['sha256']}" for one in payload["subject"] if "sha256" in one["digest"]}
