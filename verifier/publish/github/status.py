"""A commit status: one word and one sentence beside the commit. Posted only where it says something new."""

from __future__ import annotations

from verifier.publish import Entry, Posted
from verifier.publish.github.place import Place
from verifier.publish.status import context, description
from verifier.words import say

STATES = {"accepted": "success", "pending": "success", "rejected": "failure", "inconclusive": "error"}
"""With only a person's decisions pending nothing required is unmet: a state that waits would hold up every merge for days."""


def post(place: Place, document: Entry, language: str) -> Posted:
    commit = document["delivery"]["commit"]
    body = {
        "state": STATES[document["verdict"]],
        "description": description(document, language),
        "context": context(document),
        **({"target_url": place.page} if place.page else {}),
    }
    for status in place.api.pages(place.path(f"/commits/{commit}/statuses")):
        if status["context"] == body["context"]:
            if (status["state"], status["description"]) == (body["state"], body["description"]):
                return Posted(what="status", words=say("Status: it says the same already."))
            break
    place.api.send("POST", place.path(f"/statuses/{commit}"), body)
    return Posted(what="status", words=say("Status: {state}.", state=body["state"]))
