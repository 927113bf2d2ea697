"""What a payer's answer to a release means. Pure.

2xx: it has the release. 409 that names the release's digest: it had it before; one that names another is about something else,
and one that names none says that the first request is still at work (draft-ietf-httpapi-idempotency-key-header, section 2.7).
408, 429, 5xx or no answer: later. Whatever else is a matter for a person: trying again would change nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from verifier.render.inert import inert

LONGEST = 200
"""Characters of an answer that are repeated."""
CONFLICT, PASSING = 409, frozenset({408, 429})
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class Meaning(StrEnum):
    TAKEN = "taken"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`wait` are the seconds that it asks for; `told` its first words, inert and without a stop: nothing where it was taken."""

    endpoint: str
    meaning: Meaning
    status: int = 0
    told: str = ""
    wait: int = 0


def answered(endpoint: str, digest: str, status: int, body: str, wait: int = 0) -> Answer:
    """The answer to the release with this digest, by its status, the beginning of its body, and what it asks to wait."""
    meaning = _meaning(digest, status, body)
    told = "" if meaning is Meaning.TAKEN else inert(" ".join(body[: 2 * LONGEST].split()))[:LONGEST].rstrip(".")
    return Answer(endpoint=endpoint, meaning=meaning, status=status, told=told, wait=wait)


def unanswered(endpoint: str, why: str) -> Answer:
    return Answer(endpoint=endpoint, meaning=Meaning.LATER, told=inert(why)[:LONGEST])


def _meaning(digest: str, status: int, body: str) -> Meaning:
    if 200 <= status < 300:
        return Meaning.TAKEN
    if status == CONFLICT:
        named = set(_DIGEST.findall(body))
        return Meaning.TAKEN if digest in named else Meaning.NEVER if named else Meaning.LATER
    return Meaning.NEVER if 300 <= status < 500 and status not in PASSING else Meaning.LATER
