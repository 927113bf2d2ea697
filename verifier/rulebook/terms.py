"""What of a contract only its signed statement needs: who the parties are, what is paid when, until when it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.rulebook.shelf import text
from verifier.units import cents
from verifier.words import Text

NAMES = ("supplier", "requester", "payee", "currency", "merged", "commitment", "cure")


def terms(data: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of a contract file whose shape was checked, as the statement has them: cents, and times in UTC."""
    found: dict[str, Any] = {name: data[name] for name in NAMES if name in data}
    if "title" in data:
        found["title"] = _both(data["title"])
    if "ceiling" in data:
        found["ceiling"] = cents(str(data["ceiling"]))
    if "milestones" in data:
        found["milestones"] = [_milestone(one) for one in data["milestones"]]
    for name, time in (("awarded", "T00:00:00Z"), ("ends", "T23:59:59Z")):
        if name in data:
            found[name] = data[name] + time
    return found


def _milestone(one: Mapping[str, Any]) -> dict[str, Any]:
    money = {name: cents(str(one[name])) for name in ("price", "tax")}
    return {**one, **money, "title": _both(one["title"])}


def _both(value: Any) -> dict[str, str]:
    words: Text = text(value)
    return {"en": words.en, "fr": words.fr}
