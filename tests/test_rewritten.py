"""Delivered code that changes what is told of its tests: what a test itself did counts, and what cannot be relied on is not."""

from __future__ import annotations

import pytest
from support.git_repository import Repository
from test_patient import assess, measures, outcome, project, rules

__all__ = ["project"]
pytestmark = [pytest.mark.network, pytest.mark.long]

TESTS = """\
import unittest

import pytest

from shop import price


def test_good():
    assert price(1) == 2


def test_bad():
    assert price(1) == 3


class Prices(unittest.TestCase):
    def test_wrong(self):
        self.assertEqual(price(2), 5)
"""
HONEST = TESTS.replace("== 3", "== 2").replace("2), 5", "2), 4")

MAKEREPORT = """\
import pytest

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.outcome == "failed":
        report.outcome, report.longrepr = "passed", None
"""
SKIPS = MAKEREPORT.replace('"passed", None', '"skipped", ("tests.py", 1, "Skipped: not here")')
EXPECTS = MAKEREPORT.replace('"passed", None', '"skipped", "no"\n        report.wasxfail = "as it should"')
CALL = """\
import pytest

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    outcome = yield
    outcome.force_result(None)
    if hasattr(item, "_excinfo"):
        item._excinfo = None

@pytest.hookimpl(hookwrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    outcome = yield
    outcome.force_result(True)
"""
LOGREPORT = """\
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report):
    report.outcome = "passed"
"""
FORGED = {"hook": MAKEREPORT, "skip": SKIPS, "expected": EXPECTS, "call": CALL, "log": LOGREPORT}


@pytest.mark.parametrize("hooks", FORGED.values(), ids=FORGED)
def test_a_failure_that_a_hook_tells_otherwise_is_a_failure(project, hooks):
    project.commit({"tests/test_shop.py": TESTS, "tests/conftest.py": hooks})
    code, report = assess(project)
    assert (code, outcome(report, "tests.pass")[0]) == (1, "unmet")
    assert measures(report)["tests.failed"] == 2
    assert rules(report) == ["tests:rewritten", "tests:rewritten"]
    told = [one for one in report["tampering"] if one["proven"]]
    assert len(told) == 2
    assert "tests/conftest.py:" in told[0]["what"]


@pytest.mark.parametrize("hooks", FORGED.values(), ids=FORGED)
def test_the_same_hooks_do_no_harm_where_nothing_fails(project, hooks):
    project.commit({"tests/test_shop.py": HONEST, "tests/conftest.py": hooks})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], report["tampering"]) == ("met", [])
    assert "tests/conftest.py" in {one["path"] for one in report["steering"]}


NEVER = """\
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    return True if "bad" in pyfuncitem.name else None
"""
PROTOCOL = """\
import pytest
from _pytest.reports import TestReport

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    if "bad" in item.name or "wrong" in item.name:
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for when in ("setup", "call", "teardown"):
            report = TestReport(item.nodeid, item.location, {}, "passed", None, when)
            item.ihook.pytest_runtest_logreport(report=report)
        return True
"""
REPLACED = """\
import _pytest.runner

def told(item, call):
    report = original(item, call)
    report.outcome = "passed"
    return report

original = _pytest.runner.TestReport.from_item_and_call
_pytest.runner.TestReport.from_item_and_call = told
"""
ASSERTIONS = """\
import unittest

unittest.TestCase.assertEqual = lambda self, first, second, msg=None: None
"""
LATE = (
    MAKEREPORT.replace("def pytest_runtest_makereport", "def hidden_makereport").replace("@pytest", "@pytest")
    + """\

class Late:
    pytest_runtest_makereport = staticmethod(hidden_makereport)

@pytest.fixture(autouse=True)
def at_work(request):
    if not request.config.pluginmanager.hasplugin("late"):
        request.config.pluginmanager.register(Late(), "late")
"""
)
SUSPECTED = {"never": NEVER, "protocol": PROTOCOL, "replaced": REPLACED, "assertions": ASSERTIONS, "late": LATE}


@pytest.mark.parametrize("code", SUSPECTED.values(), ids=SUSPECTED)
def test_a_runner_with_code_of_the_delivery_in_it_shows_nothing(project, code):
    project.commit({"tests/test_shop.py": TESTS, "tests/conftest.py": code})
    _, report = assess(project)
    assert outcome(report, "tests.pass")[0] in ("unmet", "undetermined")
    assert report["tampering"]


HARMLESS = """\
import inspect
import unittest

import asyncio
import pytest

unittest.TestCase.shortDescription = lambda self: None

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        asyncio.run(pyfuncitem.obj())
        return True

@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    setattr(item, "rep_" + outcome.get_result().when, outcome.get_result())

@pytest.fixture(autouse=True)
def said(request):
    yield
    assert request.node.rep_call.outcome in ("passed", "skipped")
"""
MORE = """\

@pytest.mark.xfail
def test_as_expected():
    assert price(1) == 3


@pytest.mark.skip
def test_not_here():
    assert False


@pytest.mark.parametrize("n", [1, 2])
def test_each(n):
    assert price(n) == 2 * n


async def test_awaited():
    assert price(3) == 6


class Later(unittest.IsolatedAsyncioTestCase):
    async def test_awaited(self):
        self.assertEqual(price(3), 6)

    @unittest.expectedFailure
    def test_expected(self):
        self.assertEqual(price(3), 7)
"""


def test_the_hooks_of_honest_projects_change_nothing(project):
    project.commit({"tests/test_shop.py": HONEST + MORE, "tests/conftest.py": HARMLESS})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], report["tampering"], rules(report)) == ("met", [], [])
    found = measures(report)
    assert (found["tests.passed"], found["tests.skipped"], found["tests.xfailed"]) == (7, 1, 2)


RESULT = """\
import sys
import unittest


class Kind(unittest.TextTestResult):
    def addFailure(self, test, err):
        self.addSuccess(test)


suite = unittest.defaultTestLoader.discover("checks", pattern="*.py", top_level_dir=".")
sys.exit(not unittest.TextTestRunner(resultclass=Kind).run(suite).wasSuccessful())
"""
OVERRIDDEN = """\
import unittest


class Case(unittest.TestCase):
    def run(self, result=None):
        result.startTest(self)
        result.addSuccess(self)
        result.stopTest(self)


"""
CASES = """\
import unittest

from shop import price


class Prices(unittest.TestCase):
    def test_wrong(self):
        self.assertEqual(price(2), 5)


class Others(unittest.IsolatedAsyncioTestCase):
    async def test_awaited(self):
        self.assertEqual(price(2), 4)

    @unittest.expectedFailure
    def test_expected(self):
        self.assertEqual(price(2), 5)
"""


def scripted(project: Repository, cases: str) -> tuple[int, dict]:
    """Run by a script of the delivery's own, in folders that only it knows."""
    project.commit({"checks/__init__.py": "", "checks/prices.py": cases, "runtests.py": RESULT})
    project.commit({"Makefile": "test:\n\tpython runtests.py\n"})
    return assess(project)


def test_a_result_of_the_deliverys_own_may_tell_what_it_likes(project):
    code, report = scripted(project, CASES)
    assert (code, outcome(report, "tests.pass")[0]) == (1, "unmet")
    assert (measures(report)["tests.failed"], measures(report)["tests.passed"]) == (1, 1)
    assert any("Kind.addFailure" in one["what"] for one in report["steering"])


def test_the_same_runner_does_no_harm_where_nothing_fails(project):
    _, report = scripted(project, CASES.replace("2), 5)\n\n\n", "2), 4)\n\n\n"))
    assert (outcome(report, "tests.pass")[0], report["tampering"]) == ("met", [])


OWN_RESULT = OVERRIDDEN.replace(
    "        result.addSuccess", "        super().run(unittest.TestResult())\n        result.addSuccess"
)
BOTH = pytest.mark.parametrize("path", ["checks/prices.py", "tests/test_prices.py"], ids=["unittest", "pytest"])


def saying(project: Repository, path: str, case: str) -> dict:
    """Tests that are derived of a class that says itself how they went."""
    cases = case + CASES.removeprefix("import unittest\n\n").replace("unittest.TestCase", "Case")
    project.commit({path: cases, "checks/__init__.py": "", "runtests.py": RESULT})
    project.commit({"Makefile": "test:\n\tpython runtests.py\n"} if path.startswith("checks") else {"x": ""})
    return assess(project)[1]


@BOTH
def test_a_test_that_says_by_itself_that_it_passed_shows_nothing(project, path):
    report = saying(project, path, OVERRIDDEN)
    assert outcome(report, "tests.pass")[0] == "undetermined"
    assert "never entered" in report["tampering"][0]["what"]


@BOTH
def test_a_test_that_ran_and_says_otherwise_failed(project, path):
    report = saying(project, path, OWN_RESULT)
    assert (outcome(report, "tests.pass")[0], rules(report)) == ("unmet", ["tests:rewritten"])
