"""Whose a function is that could change what is told of a test: seen by what it is, and not by the name that it bears."""

from __future__ import annotations

import pytest
from support.inside_run import of, pytested, told, tree

from verifier.inside import verifier_witness

pytestmark = pytest.mark.self


@pytest.fixture
def folder(tmp_path):
    made = tree(tmp_path)
    (made / "test_it.py").write_text(TEST)
    return made


TEST = "def test_it():\n    assert 1 == 2\n"
HOOK = """\
import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.outcome == "failed":
        report.outcome, report.longrepr = "passed", None
"""
NAMED = "import pytest\nSOURCE = {hook!r}\n" + "exec(compile(SOURCE, {name}, 'exec'), {where})\n"
LENT = """\
import contextlib
import pytest

@contextlib.contextmanager
def nothing():
    yield

@pytest.hookimpl(tryfirst=True)
@nothing()
def pytest_runtest_logreport(report):
    report.outcome = "passed"
"""
MOVED = """\
import types
import _pytest.runner
import pytest

def pytest_runtest_logreport(report):
    report.outcome = "passed"

code = pytest_runtest_logreport.__code__.replace(co_filename=_pytest.runner.__file__)
pytest_runtest_logreport = types.FunctionType(code, {"__file__": _pytest.runner.__file__}, "pytest_runtest_logreport")
"""
DERIVED = """\
class Told:
    def pytest_runtest_logreport(self, report):
        report.outcome = "passed"

Told.__module__ = "_pytest.runner"

def pytest_configure(config):
    config.pluginmanager.register(Told())
"""
HIDDEN = {
    "under pytest's name": NAMED.format(hook=HOOK, name="pytest.__file__", where="globals()"),
    "in a place of pytest's": NAMED.format(hook=HOOK, name="pytest.__file__", where="vars()"),
    "under a frozen name": NAMED.format(hook=HOOK, name="'<frozen importlib._bootstrap>'", where="globals()"),
    "in a wrapper of Python's": LENT,
    "in a class": DERIVED,
}
REPLACED = """\
import functools
import unittest.mock

import _pytest.runner
import pytest

original = _pytest.runner.TestReport.from_item_and_call

def told(item, call):
    report = original(item, call)
    report.outcome = "passed"
    return report
"""
PUT = "_pytest.runner.TestReport.from_item_and_call = staticmethod({})\n"
REPLACES = {
    "a function": PUT.format("told"),
    "a part of one": PUT.format("functools.partial(told)"),
    "a mock": PUT.format("unittest.mock.Mock(side_effect=told)"),
    "under pytest's name": "exec(compile('def it(item, call): return told(item, call)', pytest.__file__, 'exec'))\n"
    + PUT.format("it"),
}


@pytest.mark.parametrize("conftest", [HOOK, *HIDDEN.values(), MOVED], ids=["plain", *HIDDEN, "with another code"])
def test_a_hook_of_the_deliverys_own_is_one_whatever_it_is_called(folder, conftest):
    hooks = of("hook", pytested(folder, conftest))
    assert len(hooks) == 1
    assert hooks[0]["hook"] in ("pytest_runtest_makereport", "pytest_runtest_logreport")


@pytest.mark.parametrize("code", REPLACES.values(), ids=REPLACES)
def test_what_is_put_in_the_place_of_a_runners_function_is_named(folder, code):
    (one,) = of("replaced", pytested(folder, REPLACED + code))
    assert one["names"] == ["_pytest.reports.TestReport.from_item_and_call"]


HONEST = """\
import functools

import _pytest.runner
import pytest

@pytest.fixture(scope="session", autouse=True)
def patched():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_pytest.runner, "call_and_report", functools.partial(_pytest.runner.call_and_report))
        yield
"""


def test_installed_plug_ins_and_what_is_put_back_are_nobodys_fault(folder):
    found = pytested(folder, HONEST)
    assert (of("hook", found), of("replaced", found)) == ([], [])
    assert {one["outcome"] for one in of("ran", found) if one["when"] == "call"} == {"failed"}


CASE = """\
import functools
import unittest


def told(self, result=None):
    result.startTest(self)
    result.addSuccess(self)
    result.stopTest(self)


class Case(unittest.TestCase):
    {}

    def test_it(self):
        self.fail()
"""
RUNS = {
    "a function": "run = told",
    "a part of one": "run = functools.partialmethod(told)",
    "under unittest's name": "exec(compile('def run(self, result=None): return told(self, result)', unittest.__file__, 'exec'))",
}


@pytest.mark.parametrize("how", RUNS.values(), ids=RUNS)
def test_a_test_of_unittest_that_says_itself_how_it_went_is_named(folder, how):
    (folder / "test_it.py").write_text(CASE.format(how))
    hooks = of("hook", told(folder, "run_script.py", "--", "-m", "unittest", "discover"))
    assert [one["hook"] for one in hooks] == ["Case.run"]


KIND = """\
import unittest


def addFailure(self, test, err):
    self.addSuccess(test)


addFailure.verifier_hears = unittest.TestResult.addFailure
Kind = type("Kind", (unittest.TextTestResult,), {"addFailure": addFailure})
unittest.main(module="test_it", testRunner=unittest.TextTestRunner(resultclass=Kind), exit=False)
"""


def test_a_result_that_calls_itself_watched_is_watched(folder):
    (folder / "test_it.py").write_text(CASE.format(""))
    (folder / "runtests.py").write_text(KIND)
    found = told(folder, "run_script.py", "--", "runtests.py")
    assert "Kind.addFailure" in [one["hook"] for one in of("hook", found)]
    assert "failed" in [one["outcome"] for one in of("report", found)]


def test_code_is_the_same_where_all_of_it_is(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("def f(a):\n    return a + 1 if a in {1, 'b', None} else (a, (2, 'c'))\n")
    contents = verifier_witness.Contents()
    names: dict = {}
    exec(compile(path.read_text(), path, "exec"), names)  # noqa: S102 - under the rules of this file
    code = names["f"].__code__
    assert contents.hold(code)
    assert not contents.hold(code.replace(co_consts=(*code.co_consts[:-1], (2, "d"))))
    assert not contents.hold(code.replace(co_firstlineno=9))
    assert not contents.hold(compile("x = 1\n" * 2, path, "exec"))
    assert not contents.hold(code.replace(co_filename=str(tmp_path / "none.py")))
