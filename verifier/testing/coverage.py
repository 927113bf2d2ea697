"""What coverage says of the delivered source: whole, or of the lines that the delivery changed. Pure."""

from __future__ import annotations

from typing import Any

from verifier.checkers.python_files import examinable
from verifier.model import Cause, Checkout, Covered, File, Measure, Role, Trouble, Whose
from verifier.words import later, say

SMALL_CHANGE = 20
"""Changed executable lines under which whole-tree coverage decides."""
DETAILS = {
    ("statements", "whole"): later("{part} of {whole} statements"),
    ("statements", "few"): later(
        "{part} of {whole} statements of the whole tree ({changed} changed, too few to judge alone)"
    ),
    ("statements", "changed"): later("{part} of {whole} statements that the delivery changed"),
    ("branches", "whole"): later("{part} of {whole} branches"),
}


def counted(checkout: Checkout) -> tuple[File, ...]:
    """The coverage denominator: every delivered Python file that is source by `rules/scope.yml` and can be parsed.

    Stubs of types among them are left out where their text is read (coverage_report.py): a `.pyi` can be loaded as code.
    """
    return tuple(f for f in examinable(checkout) if f.role is Role.SOURCE)


def measures(checkout: Checkout, report: dict[str, Any], *, partial: bool) -> list[Measure]:
    """Statement and branch coverage; none where the statements of some source file cannot be counted.

    `partial` says that some tests could not be run here: with them it may be more.
    """
    files = report["files"]
    if not files or _uncountable(checkout, report):
        return []
    statements, scope, changed = _lines(checkout, files, "statements")
    missing, _, _ = _lines(checkout, files, "missing")
    branches = sum(entry["branches"] for entry in files.values())
    taken = branches - sum(entry["missing_branches"] for entry in files.values())
    found = []
    if statements:
        found.append(_share("statements", statements - missing, statements, scope, changed, partial=partial))
    if branches:
        found.append(_share("branches", taken, branches, partial=partial))
    return found


def by_file(report: dict[str, Any]) -> tuple[Covered, ...]:
    """Each file whose statements can be counted, by path."""
    counted = {path: entry for path, entry in sorted(report["files"].items()) if "statements" in entry}
    return tuple(
        Covered(
            path=path,
            statements=len(entry["statements"]),
            covered=len(entry["statements"]) - len(entry["missing"]),
            branches=entry["branches"],
            covered_branches=entry["branches"] - entry["missing_branches"],
            missing=_stretches(entry["missing"], entry["statements"]),
        )
        for path, entry in counted.items()
    )


def _stretches(missing: list[int], statements: list[int]) -> tuple[tuple[int, int], ...]:
    """Lines with no statement that is run between them, as (first, last)."""
    found: list[tuple[int, int]] = []
    lost, before = set(missing), False
    for line in sorted(statements):
        if line in lost:
            found[len(found) - before :] = [(found[-1][0] if before else line, line)]
        before = line in lost
    return tuple(found)


def uncounted(checkout: Checkout, report: dict[str, Any]) -> Trouble | None:
    """Why coverage cannot be said, where it cannot."""
    path = _uncountable(checkout, report)
    if not path:
        return None
    return Trouble(
        cause=Cause.DELIVERY,
        message=say("Coverage cannot be said: the statements of {path} cannot be counted.", path=path),
        whose=Whose.SUPPLIER,
        mend=say("Deliver the file whole, under a plain name, as valid Python."),
        path=path,
    )


def _share(kind: str, part: int, whole: int, scope: str = "whole", changed: int = 0, *, partial: bool) -> Measure:
    detail = say(DETAILS[kind, scope], part=part, whole=whole, changed=changed)
    if partial:
        detail = say("{share}, without the tests that could not be run here", share=detail)
    name = f"tests.coverage.{kind}"
    return Measure(name=name, value=part * 10_000 // whole, unit="basis points", detail=detail, partial=partial)


def _uncountable(checkout: Checkout, report: dict[str, Any]) -> str:
    """A source file whose statements nobody can count: it would be missing from the denominator. Empty where there is none."""
    unread = [path for path, entry in report["files"].items() if "statements" not in entry]
    broken = [file.path for file in checkout.source("python") if file.role is Role.SOURCE and not file.parsed]
    withheld = [s.path for s in checkout.not_delivered if s.language == "python" and s.role is Role.SOURCE]
    return next(iter(sorted(unread + broken + withheld)), "")


def _lines(checkout: Checkout, files: dict[str, Any], kind: str) -> tuple[int, str, int]:
    """How many lines of this kind count: those that the delivery changed, unless so few changed that they say nothing.

    With them which of them count (whole, few, changed: as in DETAILS) and how many lines that run were changed.
    """
    whole = sum(len(entry[kind]) for entry in files.values())
    if checkout.changed is None:
        return whole, "whole", 0
    changed = {path: checkout.changed.get(path, frozenset()) for path in files}
    executable = sum(len(changed[path] & set(entry["statements"])) for path, entry in files.items())
    if executable < SMALL_CHANGE:
        return whole, "few", executable
    return sum(len(changed[path] & set(entry[kind])) for path, entry in files.items()), "changed", executable
