"""What the tool says of a tree: assessed once for each tree and each set of checkers, in one process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from attacks.attack import Attack, Files, Listed, Prepare, nothing
from attacks.base import BASE
from support.git_repository import new_repository

import verifier
from verifier.words import in_language

Report = dict[str, Any]
BLOCKS = ("unmet", "undetermined")


def trick(row: Attack) -> Report:
    trees = row.trees()
    return _report(row, {**trees.flaw, **trees.trick}, trees.by_git)


def honest(row: Attack) -> Report:
    return _report(row, row.trees().flaw)


def flawless(rows: Sequence[Attack]) -> Report:
    """The flawless twins of rows that ask the same checkers, as one delivery."""
    return _report(rows[0], together(rows), _steps(rows))


def whole(rows: Sequence[Attack]) -> Report:
    """The flawless twins of all rows as one delivery, with every checker and every criterion.

    A test of its own runs what they add, since it is product code without tests.
    """
    files = together(rows) | {"tests/test_added.py": RUNS_ALL}
    return _assess(frozenset({**BASE, **files}.items()), (), probe=True, by_git=_steps(rows))


RUNS_ALL = """\
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("path", sorted({*ROOT.glob("*.py"), *ROOT.glob("*.pyw")} - {ROOT / "setup.py"}), ids=str)
def test_it_runs(path):
    label = runpy.run_path(str(path)).get("label", "To: {}".format)
    assert label("me") == "To: me"
"""
SECTIONED = ("pyproject.toml", "setup.cfg", "tox.ini", ".gitattributes", "conftest.py", "Makefile")
"""Files of which several twins have a part each."""


def together(rows: Sequence[Attack]) -> dict[str, str | bytes | None]:
    """The files of all; what several have is either the same or in parts."""
    files: dict[str, str | bytes | None] = {}
    for path, content in (item for row in rows for item in row.trees().harmless.items()):
        known = files.get(path, content)
        assert known == content or path in SECTIONED, path
        files[path] = content if known == content else f"{known}\n{content}"
    return files


def _steps(rows: Sequence[Attack]) -> tuple[Prepare, ...]:
    return tuple(row.trees().harmless_by_git for row in rows)


def _report(row: Attack, files: Files, by_git: Prepare | tuple[Prepare, ...] = nothing) -> Report:
    steps = by_git if isinstance(by_git, tuple) else (by_git,)
    steps = tuple(one for one in steps if one is not nothing)
    return _assess(frozenset({**BASE, **files}.items()), row.only, probe=row.probe, by_git=steps)


@cache
def _assess(
    files: frozenset[tuple[str, str | bytes | None]],
    only: tuple[str, ...],
    *,
    probe: bool,
    by_git: tuple[Prepare, ...],
) -> Report:
    criteria = verifier.load_profile("micro-ca")
    if not probe:
        kept = tuple(one for one in criteria.criteria if not one.check.startswith("tests.mutants"))
        criteria = replace(criteria, criteria=kept)
    with tempfile.TemporaryDirectory() as folder:
        repository = new_repository(Path(folder, "delivery"))
        repository.commit({path: content for path, content in files if content is not None})
        for step in by_git:
            step(repository)
        request = verifier.Request(where=str(repository.path))
        report = verifier.assess(request, criteria, only=only).report
    found: Report = in_language(verifier.to_dict(report), "en")
    return found


def blocking(report: Report, topic: str) -> dict[str, str]:
    """The criteria of a topic that keep a delivery from being accepted."""
    asked = (o for o in report["outcomes"] if o["criterion"].partition(".")[0] == topic and o["level"] == "must")
    return {one["criterion"]: one["outcome"] for one in asked if one["outcome"] in BLOCKS}


def measures(report: Report) -> dict[str, Any]:
    return {one["name"]: one["value"] for checker in report["checkers"] for one in checker["measures"]}


def says(report: Report, wanted: Listed) -> bool:
    """Whether the report lists it, at its place."""
    entries = list(_entries(report, wanted.where))
    return any(wanted.path in ("", path) and wanted.words in words for path, words in entries)


def _entries(report: Report, where: str) -> Iterator[tuple[str, str]]:
    if where in ("steering", "tampering"):
        yield from ((one.get("path", ""), one["what"]) for one in report[where])
    elif where == "suppressions":
        yield from ((one["path"], one["kind"]) for one in report[where])
    elif where == "notExamined":
        yield from ((one["path"], one["reason"]) for checker in report["checkers"] for one in checker[where])
    elif where == "findings":
        yield from (
            (one["path"] or "", f"{one['rule']} {one['message']}") for c in report["checkers"] for one in c[where]
        )
    elif where == "notes":
        yield from (("", note) for checker in report["checkers"] for note in checker[where])
    else:
        assert where == "reasons", where
        yield from (("", one["reason"]) for one in report["outcomes"])
