"""The report as the summary of a build service's job: the whole Markdown where it fits, else what a comment says. Pure.

GitHub refuses a step's summary over 1 MiB (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
"""

from __future__ import annotations

from typing import Any

from verifier.render.comment import short
from verifier.render.markdown import to_markdown

LIMIT = 1_000_000
"""Bytes of UTF-8."""


def to_job_summary(document: dict[str, Any], language: str = "en") -> str:
    """Markdown under the limit; what is left out is counted in it."""
    whole = to_markdown(document, language)
    return whole if len(whole.encode("utf-8", "backslashreplace")) <= LIMIT else short(document, language, LIMIT)
