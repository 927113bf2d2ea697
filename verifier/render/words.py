"""The words and shapes that every renderer shares. A state is a word and a shape, never colour alone.

A renderer gets the document in one language already (`verifier.words.in_language`) and the language for what it writes around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from verifier.units import shown
from verifier.words import Text, counter, say, translator

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
SHOWN = 10
Said = str | Mapping[str, str]
"""A sentence of a document that holds both languages: a string where it is in the words of a tool or of an old report."""


@cache
def vocabulary() -> Mapping[str, Text]:
    """The document's own words, as people read them: outcomes, verdicts, levels, who, why, roles, topics, kinds, states."""
    said = (
        say("met"),
        say("unmet"),
        say("undetermined"),
        say("awaiting a decision"),
        say("waived"),
        say("not applicable"),
        say("accepted"),
        say("rejected"),
        say("inconclusive"),
        say("pending"),
        say("must"),
        say("should"),
        say("info"),
        say("supplier"),
        say("buyer"),
        say("operator"),
        say("assessor"),
        say("official"),
        say("self-check"),
        say("done"),
        say("trouble"),
        say("tool"),
        say("sandbox"),
        say("environment"),
        say("interpreter"),
        say("service"),
        say("network"),
        say("time"),
        say("memory"),
        say("language"),
        say("limit"),
        say("delivery"),
        say("source"),
        say("tests"),
        say("docs"),
        say("examples"),
        say("migrations"),
        say("setup"),
        say("licence"),
        say("security"),
        say("lint"),
        say("project"),
        say("decisions"),
        say("verdict"),
        say("error"),
        say("warning"),
        say("note"),
        say("high"),
        say("medium"),
        say("low"),
        say("signed"),
        say("expired"),
        say("proposed"),
        say("yes"),
        say("no"),
        say("namespaces"),
        say("none"),
    )
    return {word.en: word for word in said}


def word(value: str, language: str) -> str:
    """A word of the document in the reader's language; one that is not ours stays as it is."""
    known = vocabulary().get(value)
    return known.in_language(language) if known else value


def said(value: Said, language: str) -> str:
    """The sentence in that language; only the page, which holds both, reads a document that is not in one already."""
    return value if isinstance(value, str) else value.get(language) or value.get("en", "")


def sentence(document: dict[str, Any], language: str) -> str:
    """The verdict in one sentence, without the list that it announces."""
    tr, tr_n = translator(language), counter(language)
    verdict = document["verdict"]
    wanted = {"rejected": "unmet", "inconclusive": "undetermined", "pending": "awaiting a decision"}.get(verdict, "")
    number = sum(o["level"] == "must" and o["outcome"] == wanted for o in document["outcomes"])
    if verdict == "accepted":
        return tr("Every required criterion is met.")
    if verdict == "rejected":
        return tr_n(number, "{n} required criterion is not met.", "{n} required criteria are not met.")
    if verdict == "pending":
        return tr_n(
            number,
            "Nothing required is unmet. {n} criterion waits for a person's decision.",
            "Nothing required is unmet. {n} criteria wait for a person's decision.",
        )
    return tr_n(
        number,
        "Nothing required is unmet, but {n} criterion could not be determined.",
        "Nothing required is unmet, but {n} criteria could not be determined.",
    )


def name(document: dict[str, Any], language: str) -> str:
    """What was judged, by the last part of its address."""
    last = str(document["delivery"]["url"]).rstrip("/").removesuffix(".git").rsplit("/", 1)[-1]
    tr = translator(language)
    return tr("local repository") if last in (".", "") else last


def heading(document: dict[str, Any], language: str) -> str:
    """What was judged, under which criteria, in which kind of run."""
    delivery, criteria = document["delivery"], document["criteria"]
    kind = word(document["kind"], language)
    return f"{name(document, language)} @ {delivery['commit'][:12]} · {criteria['profile']} · {kind}"


def verdict_word(document: dict[str, Any], language: str) -> str:
    """A self-check says what the buyer's assessment would; only that one decides."""
    said = word(document["verdict"], language).upper()
    tr = translator(language)
    return said if document["kind"] == "official" else tr("Would be {verdict}", verdict=said)


def finding_map(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f["fingerprint"]: f for checker in document["checkers"] for f in checker["findings"]}


def place(finding: dict[str, Any]) -> str:
    if not finding["path"]:
        return str(finding["rule"] or "")
    return f"{finding['path']}:{finding['line']}" if finding["line"] else str(finding["path"])


def places(thing: dict[str, Any], language: str) -> str:
    """Of a thing at several lines of one file, the lines."""
    if thing["count"] < 2:
        return ""
    said = ", ".join([str(line) for line in thing["lines"][:SHOWN]])
    left = thing["count"] - min(len(thing["lines"]), SHOWN)
    tr = translator(language)
    lines = tr("{lines} {more}", lines=said, more=more(left, language)) if left else said
    return tr(" ({n} places: lines {lines})", n=thing["count"], lines=lines)


def more(number: int, language: str) -> str:
    tr_n = counter(language)
    return tr_n(number, "and {n} more", "and {n} more")


def listed(items: Iterable[str], language: str) -> str:
    """In one line."""
    tr = translator(language)
    return tr("; ").join(items)


def cut(items: list[str], language: str, most: int = SHOWN) -> list[str]:
    """Counted first, then cut with how many are left."""
    return items if len(items) <= most else [*items[:most], more(len(items) - most, language)]


def score(document: dict[str, Any], language: str) -> str:
    """The score with its derivation."""
    value = shown(document["score"]["value"], "basis points").in_language(language)
    said = document["score"]["derivation"]
    tr = translator(language)
    return tr("Score: {value}, {derivation}.", value=value, derivation=said)


def seconds(milliseconds: int, language: str) -> str:
    return shown(milliseconds, "milliseconds").in_language(language)


def unexamined(document: dict[str, Any]) -> dict[str, str]:
    """Files that some checker should have looked into and did not, with the first reason."""
    found: dict[str, str] = {}
    for checker in document["checkers"]:
        for skip in checker["notExamined"]:
            if skip["skip"] != "language":
                found.setdefault(skip["path"], skip["reason"])
    return found


def title(document: dict[str, Any], criterion: str) -> str:
    entry = document["criteria"]["criteria"].get(criterion)
    return str(entry["title"]) if entry else criterion


def topic(document: dict[str, Any], criterion: str) -> str:
    """What the criterion is about: the first part of the name of what it checks; what people decide has none."""
    entry = document["criteria"]["criteria"].get(criterion, {})
    start = str(entry.get("check", "")).split(".")[0]
    return start or "decisions"
