"""That each test which docs/dashboard-security.md names is one, and that each row names one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.self

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([0-9][^|]*) \|([^|]*)\|([^|]*)\| (.*) \|$", re.MULTILINE)
NUMBER = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
CHAPTERS = {"3", "4", "5", "7", "8", "13", "14"}


def test_every_row_names_tests_that_there_are():
    rows = ROW.findall((ROOT / "docs/dashboard-security.md").read_text())
    there = {
        one.name
        for folder in ("dashboard", "cli")
        for path in (ROOT / "tests" / folder).glob("test_serve_*.py")
        for one in ast.parse(path.read_text()).body
        if isinstance(one, ast.FunctionDef)
    }
    numbers = [number for row in rows for number in NUMBER.findall(row[0])]
    assert {number.partition(".")[0] for number in numbers} == CHAPTERS
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row[3])
        assert named, row
        assert set(named) <= there, row
