"""One comment on a pull request, edited where it is, and only when the verdict has changed.

A mark in it, which a page does not show, says whose it is and which verdict it tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.publish import Entry, Posted
from verifier.publish.github.place import Place
from verifier.publish.http import Refused
from verifier.render.comment import to_comment
from verifier.words import say, translator

MARK = "<!-- verifier {kind} {profile} {verdict} -->"
_PLAIN = re.compile(r"[^\w.-]", re.ASCII)
LOST = frozenset({403, 404})
"""What is answered where a comment is locked, or was deleted meanwhile."""
JOB = "github-actions[bot]"
"""Who writes with the token of a job, which may not ask who it is."""


def post(place: Place, document: Entry, language: str) -> Posted:
    if not place.change:
        return Posted(what="comment", words=say("Comment: this is no pull request."))
    mark = _mark(document)
    body = {"body": f"{mark}\n{to_comment(document, language)}{_where(place, language)}"}
    for comment in _ours(place, mark):
        if comment["body"].startswith(mark):
            return Posted(what="comment", words=say("Comment: the verdict is the same as before."))
        try:
            place.api.send("PATCH", place.path(f"/issues/comments/{comment['id']}"), body)
        except Refused as refusal:
            if refusal.status not in LOST:
                raise
            continue
        return Posted(what="comment", words=say("Comment: changed with the verdict."))
    place.api.send("POST", place.path(f"/issues/{place.change}/comments"), body)
    return Posted(what="comment", words=say("Comment: written."))


def _ours(place: Place, mark: str) -> Iterator[Entry]:
    """Those that we wrote with a mark of the same kind and profile, the oldest first: anybody can write a mark."""
    begin, me = mark.rpartition(" ")[0].rpartition(" ")[0], _me(place)
    for comment in place.api.pages(place.path(f"/issues/{place.change}/comments")):
        whose = (comment.get("user") or {}).get("login")
        if whose == me and (comment.get("body") or "").startswith(f"{begin} "):
            yield comment


def _me(place: Place) -> str:
    try:
        return str(place.api.send("GET", "/user")["login"])
    except Refused as refusal:
        if refusal.status not in LOST:
            raise
        return JOB


def _mark(document: Entry) -> str:
    profile = _PLAIN.sub("-", document["criteria"]["profile"])
    return MARK.format(kind=document["kind"], profile=profile, verdict=document["verdict"])


def _where(place: Place, language: str) -> str:
    """It changes with the verdict alone, so it says where the newest result is."""
    if not place.page:
        return ""
    tr = translator(language)
    told = tr("The whole result of this run")
    return f"\n[{told}]({place.page})\n"
