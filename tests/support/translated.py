"""Which sentences of a checker's observations are in English alone."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.model import Finding, Observations
from verifier.words import Text

TOOLS = ("bandit:", "pylint:", "ruff:")
"""Their findings are in the tools' own words; semgrep's rules are ours and have both languages."""


def english_alone(seen: Observations) -> list[str]:
    return [sentence for sentence in _sentences(seen) if sentence and not isinstance(sentence, Text)]


def _sentences(seen: Observations) -> Iterator[str]:
    if seen.trouble:
        yield from (seen.trouble.message, seen.trouble.mend)
    # A file's path, which says where a measure comes from, is no sentence.
    yield from (one.detail for one in seen.measures if not one.name.startswith("project."))
    yield from (one.message for one in seen.findings if not _told_by_others(one))
    yield from (one.help for one in seen.findings if not one.help.startswith("https://"))
    yield from (one.what for one in (*seen.steering, *seen.tampering))
    yield from (one.reason for one in seen.not_examined)
    yield from seen.notes


def _told_by_others(finding: Finding) -> bool:
    """What a delivered test says when it fails is the delivery's own words, what is wrong with a REUSE.toml is reuse's."""
    of_a_test = finding.rule.startswith("tests:") and finding.rule != "tests:left-out"
    return of_a_test or finding.rule.startswith((*TOOLS, "reuse:configuration"))
