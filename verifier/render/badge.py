"""The verdict as a badge, for shields.io's endpoint (https://shields.io/badges/endpoint-badge). Pure."""

from __future__ import annotations

import json
from typing import Any

from verifier.render import words
from verifier.render.inert import inert

COLOURS = {"accepted": "2e7d32", "pending": "1565c0", "rejected": "b71c1c", "inconclusive": "616161"}
"""Each has a contrast of at least 4.5 : 1 to the white of the words; the word says it without the colour."""
CACHED = 300
"""Seconds, the least that shields.io takes."""


def to_badge(document: dict[str, Any], language: str = "en") -> str:
    """A JSON object. The schema has no room for a link: that is the page's that shows the badge."""
    told = {
        "schemaVersion": 1,
        "label": inert(words.word(document["kind"], language)),
        "message": inert(words.verdict_word(document, language, capitals=False)),
        "color": COLOURS[document["verdict"]],
        "cacheSeconds": CACHED,
    }
    return json.dumps(told, ensure_ascii=False) + "\n"
