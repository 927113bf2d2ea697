"""A `.pyi` is a stub of types by what is in it: one that holds code is counted like any other file."""

from __future__ import annotations

import pytest

from verifier.inside import coverage_report

pytestmark = pytest.mark.self

STUB = """\
\"\"\"Rates.\"\"\"

import sys
from typing import TypeVar, overload

T = TypeVar("T")
BASE: dict[str, int]
MOST: int = ...
__all__ += ["rate"]

if sys.version_info >= (3, 12):
    def newer() -> None: ...
else:
    def older() -> None:
        pass

class Rate:
    cents: int
    @property
    def grams(self) -> int:
        \"\"\"What it weighs.\"\"\"
    @overload
    async def of(self, zone: T = ...) -> T: ...
    def hidden(self) -> int:
        raise NotImplementedError
"""
CODE = {
    "a body": "def more(number):\n    number += 1\n    return number\n",
    "a method": "class A:\n    def more(self): return 1\n",
    "under a condition": "if True:\n    def more(): return 1\n",
    "a lambda": "more = lambda number: number + 1\n",
    "a loop": "for number in range(3): more(number)\n",
    "a call": "import os\nos.getcwd()\n",
    "no syntax": "def (:\n",
}


@pytest.mark.parametrize("text", [STUB, "", *CODE.values()], ids=["stub", "empty", *CODE])
def test_a_stub_is_one_by_what_is_in_it(tmp_path, monkeypatch, text):
    monkeypatch.setattr(coverage_report, "TREE", str(tmp_path))
    for name in ("a.pyi", "a.py"):
        (tmp_path / name).write_text(text)
    assert [coverage_report.is_stub(name) for name in ("a.pyi", "a.py")] == [text in (STUB, ""), False]
