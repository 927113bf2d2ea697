"""What checkers need not know, added to what they saw: source lines, roles, what was there before, what was passed over. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from verifier.model import Checkout, CheckResult, File, Finding, NotExamined, Role, Skip
from verifier.words import say

Lines = Callable[[str], list[str]]
"""Gives a delivered file's lines, empty where it cannot be read as text."""
Roles = Callable[[str], Role]
"""What a file was for that is no longer delivered, by its path."""
TESTS = "tests:"
UNICODE = "unicode:"
"""Findings about characters that are not what they seem: what they stand on is shown by number."""
EXCERPT_LINES = 5
EXCERPT_COLUMNS = 240
SECRET_RULES = ("secrets:", "semgrep:secret", "bandit:B105", "bandit:B106", "bandit:B107")


def secret_lines(results: Iterable[CheckResult]) -> frozenset[tuple[str, int]]:
    """Where a secret was found: these lines are never shown, whatever else is found on them."""
    found = (finding for result in results for finding in result.seen.findings if finding.rule.startswith(SECRET_RULES))
    return frozenset(
        (finding.path, line)
        for finding in found
        if finding.path and finding.line
        for line in range(finding.line, (finding.end_line or finding.line) + 1)
    )


def masked(result: CheckResult, secrets: AbstractSet[tuple[str, int]], mask: str) -> CheckResult:
    """The result without what stands on a line with a secret: a comment that asks to look away may quote it."""
    hidden = tuple(
        replace(one, text=mask, justification=mask if one.justification else "")
        if (one.path, one.line) in secrets
        else one
        for one in result.seen.suppressions
    )
    return replace(result, seen=replace(result.seen, suppressions=hidden))


def annotate(
    result: CheckResult,
    checkout: Checkout,
    languages: frozenset[str],
    lines: Lines,
    roles: Roles = lambda _: Role.SOURCE,
) -> CheckResult:
    """The result with every finding placed and every source file either examined or listed as not examined."""
    files = {file.path: file for file in checkout.files}
    seen = result.seen
    findings = _numbered(tuple(_placed(finding, files, checkout, lines, roles) for finding in seen.findings))
    skipped = tuple(_marked(skip, files) for skip in seen.not_examined) + (
        _unknown(result, files, languages, checkout.not_delivered) if languages and not seen.trouble else ()
    )
    return replace(
        result,
        seen=replace(seen, findings=findings, not_examined=tuple(sorted(skipped, key=lambda s: (s.path, s.skip)))),
        examined=len(seen.examined),
        looked_at=_looked_at(seen.examined, files),
    )


def _placed(finding: Finding, files: Mapping[str, File], checkout: Checkout, lines: Lines, roles: Roles) -> Finding:
    file = files.get(finding.path or "")
    if finding.commit:  # its lines are not those of the tree
        return replace(finding, role=file.role if file else roles(finding.path or ""))
    if file is None:
        return finding
    # Only its run at the base can say of a test that it failed before, wherever it lies (verifier/testing/difference.py).
    inherited = finding.inherited if finding.rule.startswith(TESTS) else _inherited(finding, checkout)
    return replace(finding, role=file.role, excerpt=_excerpt(finding, lines(file.path)), inherited=inherited)


def _excerpt(finding: Finding, lines: list[str]) -> str:
    if finding.line is None:
        return ""
    last = min(finding.end_line or finding.line, finding.line + EXCERPT_LINES - 1)
    shown = "\n".join(line[:EXCERPT_COLUMNS] for line in lines[finding.line - 1 : last])
    return shown.encode("ascii", "backslashreplace").decode("ascii") if finding.rule.startswith(UNICODE) else shown


def _inherited(finding: Finding, checkout: Checkout) -> bool:
    """Whether the finding was there at the base: on lines, or in a file, that the delivery did not change."""
    if checkout.changed is None or finding.path is None:
        return False
    changed = checkout.changed.get(finding.path)
    if changed is None or finding.line is None:
        return changed is None
    return changed.isdisjoint(range(finding.line, (finding.end_line or finding.line) + 1))


def _numbered(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """In order of place; those alike but for their line are told apart by their order."""
    alike: Counter[str] = Counter()
    numbered = []
    for finding in sorted(findings, key=lambda f: (f.path or "", f.line or 0, f.rule, f.message)):
        plain = replace(finding, ordinal=0) if finding.ordinal else finding  # as if nobody had numbered it yet
        name = plain.fingerprint
        number, alike[name] = alike[name], alike[name] + 1
        numbered.append(finding if finding.ordinal == number else replace(finding, ordinal=number))
    return tuple(numbered)


def _marked(skip: NotExamined, files: Mapping[str, File]) -> NotExamined:
    file = files.get(skip.path)
    if file is None:
        return skip
    return replace(skip, role=file.role, source=file.source, language=file.language or "")


def _unknown(
    result: CheckResult, files: Mapping[str, File], languages: frozenset[str], not_delivered: tuple[NotExamined, ...]
) -> tuple[NotExamined, ...]:
    """What the checker says nothing about: source in a language it does not know or passed over, and what was withheld."""
    said = result.seen.examined | {skip.path for skip in result.seen.not_examined}
    found = list(not_delivered)
    for file in files.values():
        if file.path in said or not file.source:
            continue
        known = file.language in languages
        skip = Skip.TOOL if known else Skip.LANGUAGE
        reason = (
            say("{checker} did not report it", checker=result.name)
            if known
            else say("{checker} does not read {what}", checker=result.name, what=file.language)
        )
        found.append(
            NotExamined(path=file.path, skip=skip, reason=reason, role=file.role, language=file.language or "")
        )
    return tuple(found)


def _looked_at(examined: frozenset[str], files: Mapping[str, File]) -> dict[Role, int]:
    roles = Counter(f.role for path, f in files.items() if path in examined and f.source)
    return {role: roles[role] for role in Role if roles[role]}
