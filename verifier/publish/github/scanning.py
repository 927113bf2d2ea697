"""Findings to code scanning, as SARIF in parts that GitHub takes.

Limits: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support. Runs, results, tags and
messages are kept within them by `verifier.render.sarif`; here it is the size of one upload.
"""

from __future__ import annotations

import base64
import gzip
import json
from functools import partial

from verifier.publish import Entry, Posted
from verifier.publish.github.place import Place
from verifier.publish.http import Refused
from verifier.render.inert import inert
from verifier.render.sarif import to_sarif
from verifier.words import say, say_n

PACKED = 10_000_000
"""Bytes of one upload, packed by gzip."""
LOOKS = 6
"""How often it is asked whether an upload was read; it takes GitHub seconds."""
PAUSE = 2


def post(place: Place, document: Entry, language: str) -> Posted:
    if not place.ref.startswith("refs/"):
        return Posted(
            what="sarif", words=say("Code scanning: the branch is not known; name it with --ref."), missing=True
        )
    packed, dropped = parts(to_sarif(document, language))
    for content in packed:
        body = {
            "commit_sha": document["delivery"]["commit"],
            "ref": place.ref,
            "sarif": base64.b64encode(content).decode("ascii"),
            "tool_name": "verifier",
            "validate": True,
        }
        try:
            made = place.api.patiently(partial(place.api.send, "POST", place.path("/code-scanning/sarifs"), body))
        except Refused as refusal:  # parts that are there stay there: they are not sent again
            raise Refused(refusal.words, refusal.status) from refusal
        if told := _failed(place, str(made["id"])):
            return Posted(what="sarif", words=say("Code scanning did not take it: {told}", told=told), missing=True)
    said = say_n(len(packed), "Code scanning: {n} upload.", "Code scanning: {n} uploads.")
    if dropped:
        said = say("Code scanning: {n} findings are left out, for they are too many for it.", n=dropped)
    return Posted(what="sarif", words=said)


def _failed(place: Place, number: str) -> str:
    """Why GitHub could not read an upload; nothing where it did, or is still at it."""
    for _ in range(LOOKS):
        try:
            state = place.api.send("GET", place.path(f"/code-scanning/sarifs/{number}")) or {}
        except Refused:  # it was taken in; how it was read is not to be seen by this token
            return ""
        if state.get("processing_status") == "failed":
            return inert("; ".join(map(str, state.get("errors") or ())))[:300] or "?"
        if state.get("processing_status") == "complete":
            return ""
        place.api.sleep(PAUSE)
    return ""


def parts(text: str, most: int = PACKED) -> tuple[list[bytes], int]:
    """Logs, packed, each of at most so many bytes, and how many results had to be left out. Each run is in one of them alone."""
    whole = _packed(text)
    if len(whole) <= most:
        return [whole], 0
    log = json.loads(text)
    made, dropped = [], 0
    for content, left in (_fitting({**log, "runs": [run]}, most) for run in log["runs"]):
        made.append(content)
        dropped += left
    return made, dropped


def _fitting(log: Entry, most: int) -> tuple[bytes, int]:
    """A log of one run: as it is, or with its worst results, half as many each time until it fits."""
    run = log["runs"][0]
    results = sorted(run["results"], key=_weight)
    kept = len(results)
    while len(content := _packed(json.dumps(log))) > most and kept:
        kept //= 2
        log["runs"] = [{**run, "results": results[:kept]}]
    return content, len(results) - kept


def _weight(result: Entry) -> int:
    return ("error", "warning", "note", "none").index(result["level"])


def _packed(text: str) -> bytes:
    """Without a clock, so that the same findings are the same bytes."""
    return gzip.compress(text.encode("utf-8", "backslashreplace"), mtime=0)
