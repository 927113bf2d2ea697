"""An in-toto statement: what is said of one thing, which is known by its digests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier.errors import TrustError
from verifier.statements import strict, uris
from verifier.statements.strict import shown
from verifier.words import say

_FIELDS = frozenset({"_type", "subject", "predicateType", "predicate"})
_HEX = re.compile(r"[0-9a-f]+")
LENGTHS = {
    "sha256": {64},
    "sha384": {96},
    "sha512": {128},
    "sha1": {40},
    "gitBlob": {40, 64},
    "gitCommit": {40, 64},
    "gitTag": {40, 64},
    "gitTree": {40, 64},
}
"""How many hex digits a digest by this name has; git's are SHA-1 or SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """`subject` is the name of the one thing spoken of, `digests` are what it is known by; `predicate` is what is said."""

    subject: str
    digests: Mapping[str, str]
    predicate_type: str
    predicate: Mapping[str, Any]


def read(payload: bytes) -> Statement:
    """The statement of a payload whose signature was verified. Raises TrustError for one that is not canonical or not of ours."""
    statement = shaped(strict.read(payload))
    if statement.predicate_type not in uris.PREDICATES:
        words = say("The statement is of a type that is not known here: {type}.", type=shown(statement.predicate_type))
        raise TrustError(words, code="predicate-type")
    return statement


def write(statement: Statement) -> bytes:
    """The payload of a statement, as `read` takes it; TrustError for one that `read` would refuse."""
    payload = strict.canonical(
        {
            "_type": uris.STATEMENT,
            "subject": [{"name": statement.subject, "digest": dict(statement.digests)}],
            "predicateType": statement.predicate_type,
            "predicate": dict(statement.predicate),
        }
    )
    read(payload)
    return payload


def shaped(document: Any) -> Statement:
    """A statement of any type whose parts are in place; TrustError otherwise."""
    if not isinstance(document, dict) or document.get("_type") != uris.STATEMENT:
        raise TrustError(say("The document is not an in-toto statement of version 1."), code="statement-type")
    if document.keys() != _FIELDS:
        wrong = sorted(document.keys() ^ _FIELDS)
        words = say("The statement's {field} is missing or unknown.", field=shown(wrong[0]))
        raise TrustError(words, code="statement-fields")
    name, digests = _subject(document["subject"])
    kind, predicate = document["predicateType"], document["predicate"]
    if not isinstance(kind, str) or not kind:
        raise TrustError(say("The statement does not say of which type it is."), code="predicate-type")
    if not isinstance(predicate, dict):
        raise TrustError(say("The statement's predicate is no object."), code="statement-fields")
    return Statement(subject=name, digests=digests, predicate_type=kind, predicate=predicate)


def _subject(listed: Any) -> tuple[str, dict[str, str]]:
    match listed:
        case [{"name": str(name), "digest": dict(digests)} as only] if name and digests and len(only) == 2:
            for algorithm, value in digests.items():
                _check_digest(algorithm, value)
            return name, digests
        case _:
            words = say("A statement speaks of exactly one thing, by name and digests alone; this one does not.")
            raise TrustError(words, code="subject")


def _check_digest(algorithm: str, value: Any) -> None:
    """Of a known algorithm: lowercase hex of its length. in-toto leaves the others open."""
    fits = isinstance(value, str) and value != "" and algorithm != ""
    if algorithm in LENGTHS:
        fits = fits and len(value) in LENGTHS[algorithm] and _HEX.fullmatch(value) is not None
    if not fits:
        words = say("The statement's digest {algorithm} is malformed.", algorithm=shown(algorithm))
        raise TrustError(words, code="subject")
