"""The words and shapes that every renderer shares. A state is a word and a shape, never colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from verifier.units import shown

Said = str | Mapping[str, str]
"""A text of the document: plain in older reports, else `{"en": ..., "fr": ...}`."""

SHAPES = {
    "met": "✓",
    "accepted": "✓",
    "unmet": "✗",
    "rejected": "✗",
    "undetermined": "?",
    "inconclusive": "?",
    "awaiting a decision": "…",
    "pending": "…",
    "waived": "~",
    "not applicable": "–",
    "done": "✓",
    "trouble": "?",
}
SENTENCES = {
    "accepted": "Every required criterion is met.",
    "rejected": "{n} stand between this delivery and acceptance:",
    "inconclusive": "Nothing required is unmet, but {n} could not be determined:",
    "pending": "Nothing required is unmet. {n} wait for a person's decision:",
}
SHOWN = 10


def said(value: Said, language: str) -> str:
    """The text in that language; English where it is not there."""
    if isinstance(value, str):
        return value
    return value.get(language) or value.get("en", "")


def things(number: int) -> str:
    return "One criterion" if number == 1 else f"{number} criteria"


def sentence(document: dict[str, Any]) -> str:
    """The verdict in one sentence."""
    verdict = document["verdict"]
    wanted = {"rejected": "unmet", "inconclusive": "undetermined", "pending": "awaiting a decision"}.get(verdict, "")
    number = sum(o["level"] == "must" and o["outcome"] == wanted for o in document["outcomes"])
    text = SENTENCES[verdict].format(n=things(number) if verdict != "inconclusive" else things(number).lower())
    if number == 1:
        text = text.replace("stand between", "stands between").replace("wait for", "waits for")
    return text


def heading(document: dict[str, Any]) -> str:
    """What was judged, under which criteria, in which kind of run."""
    delivery, criteria = document["delivery"], document["criteria"]
    name = delivery["url"].rstrip("/").removesuffix(".git").rsplit("/", 1)[-1]
    name = "local repository" if name == "." else name
    return f"{name} @ {delivery['commit'][:12]} · {criteria['profile']} · {document['kind']}"


def verdict_word(document: dict[str, Any]) -> str:
    """A self-check says what the buyer's assessment would; only that one decides."""
    word = str(document["verdict"]).upper()
    return word if document["kind"] == "official" else f"Would be {word}"


def finding_map(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f["fingerprint"]: f for checker in document["checkers"] for f in checker["findings"]}


def place(finding: dict[str, Any]) -> str:
    if not finding["path"]:
        return str(finding["rule"])
    return f"{finding['path']}:{finding['line']}" if finding["line"] else str(finding["path"])


def cut(items: list[str], most: int = SHOWN) -> list[str]:
    """Counted first, then cut with how many are left."""
    return items if len(items) <= most else [*items[:most], f"and {len(items) - most} more"]


def score(document: dict[str, Any]) -> str:
    """The score with its derivation."""
    return f"Score: {shown(document['score']['value'], 'basis points')}: {document['score']['derivation']}"


def seconds(milliseconds: int) -> str:
    return shown(milliseconds, "milliseconds")


def unexamined(document: dict[str, Any]) -> dict[str, str]:
    """Files that some checker should have looked into and did not, with the first reason."""
    found: dict[str, str] = {}
    for checker in document["checkers"]:
        for skip in checker["notExamined"]:
            if skip["skip"] != "language":
                found.setdefault(skip["path"], skip["reason"])
    return found


def title(document: dict[str, Any], criterion: str, language: str = "en") -> str:
    entry = document["criteria"]["criteria"].get(criterion)
    return said(entry["title"], language) if entry else criterion


def topics(document: dict[str, Any]) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    """The checkers by topic, in order of name."""
    by_topic: dict[str, list[dict[str, Any]]] = {}
    for checker in document["checkers"]:
        by_topic.setdefault(checker["topic"], []).append(checker)
    return by_topic.items()
