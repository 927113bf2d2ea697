"""Lines of a delivered file are those that its own code ran: what else is run under its name is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.inside_run import of, pytested, told, tree

pytestmark = pytest.mark.self

RATES = "def twice(number):\n    number *= 2\n    return number\n\n\ndef more(number):\n    number += 1\n    return number\n"
TEST = "import pathlib\nimport types\n\nimport rates\n\nPLACE = pathlib.Path(rates.__file__)\n\n\ndef test_it():\n"
FORGED = {
    "lines of any kind": "    exec(compile('x = 1\\n' * 8, rates.__file__, 'exec'), {})\n",
    "a function": (
        "    code = compile('\\n' * 5 + 'def more(n):\\n    n = 0\\n    n = 1\\n', rates.__file__, 'exec')\n"
        "    exec(code, {})\n"
    ),
    "another name": (
        "    def other():\n        pass\n"
        "    types.FunctionType(other.__code__.replace(co_filename=rates.__file__, co_firstlineno=6), {})()\n"
    ),
    "code that is put in": (
        "    def other(number):\n        return number\n"
        "    rates.more.__code__ = other.__code__.replace(co_filename=rates.__file__, co_firstlineno=6)\n"
    ),
    "by the import": (
        "    import importlib._bootstrap as own\n"
        "    own._call_with_frames_removed(exec, compile('x = 1\\n' * 8, rates.__file__, 'exec'), {})\n"
    ),
    "a compiled module": (
        "    import importlib.util, marshal, sys\n"
        "    place = pathlib.Path(importlib.util.cache_from_source(rates.__file__))\n"
        "    place.parent.mkdir(exist_ok=True)\n"
        "    code = compile('x = 1\\n' * 8, rates.__file__, 'exec')\n"
        "    told = PLACE.stat()\n"
        "    numbers = b''.join(int(n).to_bytes(4, 'little') for n in (0, told.st_mtime, told.st_size))\n"
        "    place.write_bytes(importlib.util.MAGIC_NUMBER + numbers + marshal.dumps(code))\n"
        "    del sys.modules['rates']\n"
        "    import rates as again\n"
        "    assert again.x == 1\n"
    ),
}
HONEST = {
    "nothing": "    assert rates.twice(2) == 4\n",
    "run once more": "    names = {}\n"
    "    exec(compile(PLACE.read_text(), PLACE, 'exec'), names)\n    assert names['twice'](1) == 2\n",
    "run by path": "    import runpy\n    assert runpy.run_path(rates.__file__)['twice'](1) == 2\n",
    "a part of it": (
        "    import ast\n    tree = ast.parse(PLACE.read_text())\n    del tree.body[1]\n"
        "    exec(compile(tree, PLACE, 'exec'), {})\n"
    ),
    "a copy of a function": "    assert types.FunctionType(rates.twice.__code__, {})(1) == 2\n",
    "by another name": "    exec(compile('x = 1', '<text>', 'exec'), {})\n    exec('x = 1')\n",
    "a class that writes its methods": (
        "    import collections, dataclasses\n    A = dataclasses.make_dataclass('A', ['a'])\n"
        "    assert A(1) == A(1)\n    assert collections.namedtuple('B', 'b')(1).b == 1\n"
    ),
    "an example in documentation": (
        "    import doctest\n    rates.twice.__doc__ = '>>> twice(1)\\n2\\n'\n"
        "    assert doctest.testmod(rates).failed == 0\n"
    ),
    "coverage of its own": (
        "    import coverage, tempfile\n    data = coverage.CoverageData(tempfile.mktemp())\n"
        "    data.add_lines({rates.__file__: [1, 2]})\n    assert data.lines(rates.__file__)\n"
    ),
}


@pytest.fixture
def measuring(monkeypatch, tmp_path):
    folder = tree(tmp_path)
    monkeypatch.setenv("COVERAGE_PROCESS_START", str(tmp_path / "coveragerc"))
    (tmp_path / "coveragerc").write_text(
        f"[run]\nbranch = true\nparallel = true\ndata_file = {tmp_path / 'coverage'}\n"
    )
    (folder / "rates.py").write_text(RATES)
    return folder


def seen(folder: Path, body: str, kind: str = "foreign") -> list[dict]:
    (folder / "test_it.py").write_text("from __future__ import annotations\n\n" + TEST + body)
    found = pytested(folder, "")
    assert [one["outcome"] for one in of("ran", found)] == ["passed"] * 3, of("ran", found)
    return of(kind, found)


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED)
def test_code_that_a_file_does_not_hold_is_told(measuring, body):
    (one,) = seen(measuring, body)
    assert one["path"] == "rates.py"
    assert one["by"].startswith("test_it.py:")


@pytest.mark.parametrize("body", HONEST.values(), ids=HONEST)
def test_what_honest_tests_do_is_not_told(measuring, body):
    (measuring / "test_it.py").write_text("from __future__ import annotations\n\n" + TEST + body)
    found = pytested(measuring, "")
    assert (of("foreign", found), of("measure", found)) == ([], [])
    assert [one["outcome"] for one in of("ran", found)] == ["passed"] * 3


def test_a_suite_of_unittest_is_watched_too(measuring):
    body = TEST.replace("def test_it():", "import unittest\n\n\nclass T(unittest.TestCase):\n  def test_it(self):")
    (measuring / "test_it.py").write_text(body + FORGED["lines of any kind"])
    (one,) = of("foreign", told(measuring, "run_script.py", "--", "-m", "unittest", "discover"))
    assert one["path"] == "rates.py"


CHANGED = {
    "add_lines": "data.add_lines({rates.__file__: [1, 2]})",
    "update": "data.update(coverage.CoverageData(no_disk=True))",
    "open": "import sqlite3; sqlite3.connect(data.data_filename()).close()",
}


@pytest.mark.parametrize("how", CHANGED)
def test_who_changes_what_coverage_measured_is_told(measuring, how):
    data = "    import coverage\n    data = coverage.CoverageData(str(PLACE.parent.parent / 'coverage.more'))\n    "
    (one,) = seen(measuring, data + CHANGED[how] + "\n", "measure")
    assert one["how"] == how
    assert one["by"].startswith("test_it.py:")
