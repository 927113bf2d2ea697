"""A report's document in the shape that renderers take, whichever version of verifier wrote it.

Most were written in today's shape: they are checked against its schema and stay as they are, which takes a fifth of the time
of making a `Report` of them and a document of that again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeGuard

from jsonschema_rs import Draft202012Validator

from verifier.errors import UsageError, WorldError
from verifier.model import Kind, State, excerpt, fingerprint
from verifier.report import SCHEMA, from_dict, to_dict
from verifier.shipped import shipped
from verifier.words import say


def current(document: Any) -> Mapping[str, Any]:
    """The document itself, where that is what `to_dict` would write.

    Raises UsageError for what is no report, or contradicts itself.
    """
    if _is_current(document):
        return document
    made = to_dict(from_dict(document))
    if not _shaped(made):
        raise UsageError(say("This report is damaged: it has not the shape of a report."))
    return made


def _is_current(document: Any) -> TypeGuard[Mapping[str, Any]]:
    if not _shaped(document) or document["schema"] != SCHEMA or document.get("stopped"):
        return False
    told = ("authors" in document["delivery"]) == (document["kind"] == Kind.OFFICIAL.value)
    return told and all(_holds(checker) for checker in document["checkers"])


def _shaped(document: Any) -> bool:
    """Names of files that are no text (PEP 383) have no shape of their own: for this look they have question marks."""
    try:
        return _shape().is_valid(document)
    except ValueError:
        return _shape().is_valid(json.loads(json.dumps(document, ensure_ascii=False).encode(errors="replace")))


def _holds(checker: Mapping[str, Any]) -> bool:
    """What the schema cannot say: whether its state, its findings' names and its measures are as `from_dict` asks."""
    state = State.TROUBLE if checker["trouble"] else State.DONE
    return (
        checker["state"] == state.value
        and all("partial" in measure for measure in checker["measures"])  # since the first version's middle
        and all(finding["fingerprint"] == _name(finding) for finding in checker["findings"])
    )


def _name(finding: Mapping[str, Any]) -> str:
    message = finding["message"]
    return fingerprint(
        finding["rule"],
        finding["path"],
        excerpt(finding["excerpt"], message if isinstance(message, str) else message["en"]),
        finding["ordinal"],
        finding.get("commit", ""),
    )


@cache
def _shape() -> Draft202012Validator:
    folder = shipped("reports")
    if folder is None:
        raise WorldError(say("The schemas are missing beside the verifier package; install delivery-verifier again."))
    return Draft202012Validator(json.loads((folder / "report.schema.json").read_bytes()))
