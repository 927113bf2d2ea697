"""A secret is out of everything that tools and delivered code said before anything of it is kept, hashed or shown. Pure.

The checkers that find secrets hand them over apart (`Observations.secrets`), never in what they answer. A tool may quote one
in a message of its own (pylint: two comparisons to be merged), a failing test may print one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from itertools import takewhile
from typing import Any, AnyStr

from verifier.model import CheckResult, Evidence
from verifier.words import Text

MASK = "(secret)"
"""Instead of a secret, and of a line that holds one: among the delivery's own words, and a word of both languages."""
REMOVED = "secrets: masked where this output quoted them"
CUT = 12
"""Characters at either end of a secret by which it is known where a tool left out the rest, as pytest does."""


def redacted(result: CheckResult, secrets: frozenset[str]) -> CheckResult:
    """The result without any of the secrets, its evidence included."""
    if not secrets:
        return result
    hidden = sorted(secrets, key=lambda secret: (-len(secret), secret))
    seen = _cleaned(replace(result.seen, secrets=frozenset()), hidden)
    return replace(result, seen=seen, evidence=tuple(_evidence(item, hidden) for item in result.evidence))


def without(text: AnyStr, secrets: Sequence[AnyStr], mask: AnyStr) -> AnyStr:
    """The text with the mask for each secret, the longest first, and then for what begins or ends one."""
    for secret in secrets:
        text = text.replace(secret, mask)
    for secret in secrets:
        text = _masked(text, secret, mask)
        if secret[-CUT:] in text:
            text = _masked(text[::-1], secret[::-1], mask[::-1])[::-1]
    return text


def _masked(text: AnyStr, secret: AnyStr, mask: AnyStr) -> AnyStr:
    begins = secret[:CUT]
    at = text.find(begins)
    while at >= 0:
        same = takewhile(lambda both: both[0] == both[1], zip(text[at : at + len(secret)], secret, strict=False))
        text = text[:at] + mask + text[at + sum(1 for _ in same) :]
        at = text.find(begins, at + len(mask))
    return text


def _cleaned(value: Any, secrets: list[str]) -> Any:
    """Every sentence and word in a record, however deep. What a checker examined is told by number alone."""
    if isinstance(value, Text):
        return Text(without(value.en, secrets, MASK), without(value.fr, secrets, MASK))
    if isinstance(value, str) and not isinstance(value, Enum):
        return without(value, secrets, MASK)
    if isinstance(value, tuple):
        return tuple(_cleaned(one, secrets) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _cleaned(getattr(value, one.name), secrets) for one in fields(value)})
    return value


def _evidence(item: Evidence, secrets: list[str]) -> Evidence:
    written = sorted({form for secret in secrets for form in _forms(secret)}, key=lambda form: (-len(form), form))
    content = without(item.content, written, MASK.encode("ascii"))
    return item if content == item.content else replace(item, content=content, removed=(*item.removed, REMOVED))


def _forms(secret: str) -> set[bytes]:
    """As it is, and as JSON writes it."""
    escaped = (json.dumps(secret, ensure_ascii=plain)[1:-1] for plain in (True, False))
    return {form.encode("utf-8", "surrogateescape") for form in (secret, *escaped)}
