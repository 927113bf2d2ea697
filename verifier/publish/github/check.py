"""A check run, with what stands in the way at its lines. Only GitHub Apps may make one; the token of a job is one's.

API: https://docs.github.com/en/rest/checks/runs
"""

from __future__ import annotations

from verifier.publish import Entry, Posted
from verifier.publish.github.place import Place
from verifier.publish.status import context
from verifier.render import words
from verifier.render.annotations import Annotation, chosen
from verifier.render.comment import short
from verifier.render.inert import inert
from verifier.words import say, translator

CONCLUSIONS = {"accepted": "success", "pending": "success", "rejected": "failure", "inconclusive": "neutral"}
"""What could not be checked fails nobody."""
LEVELS = {"error": "failure", "warning": "warning", "notice": "notice"}
AT_ONCE = 50
"""Annotations of one request."""
MOST = 100
"""Of each level: more is no help to a reader, and every fifty are a request."""
SUMMARY = 60_000
"""Bytes; GitHub keeps 65,535 characters."""
TITLE = 255
"""Characters of an annotation's title."""


def post(place: Place, document: Entry, language: str) -> Posted:
    tr = translator(language)
    found, left = chosen(document, language, MOST)
    placed = [one for one in found if one.path and one.path.isprintable()]  # no other name is found in the tree
    left += len(found) - len(placed)
    body = {
        "name": context(document),
        "head_sha": document["delivery"]["commit"],
        "status": "completed",
        "conclusion": CONCLUSIONS[document["verdict"]],
        **({"details_url": place.page} if place.page else {}),
    }
    output = {
        "title": inert(words.verdict_word(document, language)),
        "summary": short(document, language, SUMMARY),
        **({"text": tr("Not shown at a line: {n}.", n=left)} if left else {}),
    }
    written = [_written(one) for one in placed]
    there = _there(place, body, output)
    if there and there["output"]["annotations_count"] >= len(written):
        return Posted(what="check", words=say("Check run: it says the same already."))
    kept = there["output"]["annotations_count"] if there else 0
    if not there:
        first = {**output, "annotations": written[:AT_ONCE]}
        there, kept = place.api.send("POST", place.path("/check-runs"), {**body, "output": first}), AT_ONCE
    for start in range(kept, len(written), AT_ONCE):
        rest = {"output": {**output, "annotations": written[start : start + AT_ONCE]}}
        place.api.send("PATCH", place.path(f"/check-runs/{there['id']}"), rest)
    return Posted(what="check", words=say("Check run: {conclusion}.", conclusion=body["conclusion"]))


def _there(place: Place, body: Entry, output: Entry) -> Entry | None:
    """The newest of this name, where it says the same; a post that broke off may have left annotations out."""
    path = place.path(f"/commits/{body['head_sha']}/check-runs")
    answer = place.api.send("GET", path, check_name=body["name"], filter="latest")
    said = body["name"], body["conclusion"], output["summary"]
    found = (run for run in answer["check_runs"] if (run["name"], run["conclusion"], run["output"]["summary"]) == said)
    return next(found, None)


def _written(one: Annotation) -> Entry:
    line = one.line or 1
    return {
        "path": one.path,
        "start_line": line,
        "end_line": max(line, one.end or line),
        "annotation_level": LEVELS[one.level],
        "message": one.message,
        **({"title": one.title[:TITLE]} if one.title else {}),
    }
