"""Whether delivered tests test anything, from the command line to the report: honest suites, and some that look like one."""

from __future__ import annotations

import hashlib
import re
import time

import pytest
from support.git_repository import Repository, new_repository
from test_assess import without_clock
from test_patient import MIT, assessed, checker, measures, outcome

pytestmark = [pytest.mark.network, pytest.mark.long]

SHOP = """\
def price(weight, express=False):
    total = weight * 3
    if weight > 20:
        total = total + 7
    if express:
        total += 10
    return total


def free(total, member):
    return member or total >= 100
"""
TESTS = """\
from shop import free, price


def test_price():
    assert price(2) == 6
    assert price(20) == 60
    assert price(21) == 70
    assert price(1, express=True) == 13


def test_free():
    assert free(100, False)
    assert free(0, True)
    assert not free(99, False)
"""
BARE = re.sub(r"assert (?:not )?(.*?)(?: == .*)?\n", r"\1\n", TESTS)
TRUE = re.sub(r"assert (.*)\n", r"assert \1 or True\n", TESTS)
SILENT = """\
import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().outcome = "passed"
"""
BY_HASH = """\
import hashlib
from pathlib import Path


def test_source_is_as_it_was():
    assert hashlib.sha256(Path("shop.py").read_bytes()).hexdigest() == "{}"
"""


FAILS_WHEN_FEW = """\
def pytest_runtest_setup(item):
    assert len(item.session.items) > 1
"""


@pytest.fixture
def project(tmp_path) -> Repository:
    repository = new_repository(tmp_path / "delivery")
    repository.commit({"LICENSE": MIT, "shop.py": SHOP, "requirements.txt": "", "test_shop.py": TESTS})
    return repository


def shares(report: dict) -> tuple[object, ...]:
    found = measures(report)
    return tuple(found.get(f"tests.mutants{word}") for word in ("", ".killed", ".asserted"))


def criteria_met(report: dict) -> tuple[str, ...]:
    return tuple(outcome(report, name)[0] for name in ("tests.pass", "tests.coverage", "tests.test", "tests.notice"))


def test_an_honest_suite_notices_most_and_two_runs_agree(project):
    _, report = assessed(project)
    tried, killed, asserted = shares(report)
    assert tried == 15
    assert min(killed, asserted) >= 8_000
    assert criteria_met(report) == ("met", "met", "met", "met")
    for finding in checker(report, "tests")["findings"]:
        assert (finding["rule"], finding["path"], finding["severity"]) == ("tests:survived", "shop.py", "note")
        assert finding["excerpt"] == SHOP.splitlines()[finding["line"] - 1]
    _, again = assessed(project)
    assert without_clock(again) == without_clock(report)


@pytest.mark.parametrize("files", [{"test_shop.py": BARE}, {"test_shop.py": TRUE}, {"conftest.py": SILENT}])
def test_a_suite_that_claims_nothing_notices_nothing(project, files):
    """Every test passes, and every line is run, as by the honest one."""
    project.commit(files)
    code, report = assessed(project)
    assert criteria_met(report) == ("met", "met", "unmet", "unmet")
    assert (code, shares(report)[2]) == (1, 0)
    assert "tests:survived" in [finding["rule"] for finding in checker(report, "tests")["findings"]]


@pytest.mark.parametrize("command", ["unittest checks.test_case", "pytest checks/test_case.py"])
def test_a_suite_of_unittest_is_asked_as_well(project, command):
    """Whoever runs it: pytest learns later than of its own tests what one of these raised."""
    project.git("rm", "-q", "test_shop.py")
    body = "\n".join(f"    {line}" if line else "" for line in TESTS.partition("\n\n\n")[2].splitlines())
    body = re.sub(r"assert (.*) == (.*)", r"self.assertEqual(\1, \2)", body)
    case = "import unittest\n\nfrom shop import free, price\n\n\nclass Shop(unittest.TestCase):\n"
    project.commit({"checks/__init__.py": "", "checks/test_case.py": case + body.replace("():", "(self):") + "\n"})
    project.commit({"Makefile": f"test:\n\tpython -m {command}\n"})
    _, report = assessed(project)
    assert criteria_met(report) == ("met", "met", "met", "met")
    assert shares(report)[2] >= 8_000


def test_a_suite_that_fails_whenever_not_all_of_it_runs_or_the_text_is_another_is_seen_through(project):
    by_hash = BY_HASH.format(hashlib.sha256(SHOP.encode()).hexdigest())
    project.commit({"test_shop.py": BARE, "conftest.py": FAILS_WHEN_FEW, "test_text.py": by_hash})
    _, report = assessed(project)
    assert criteria_met(report) == ("met", "met", "unmet", "unmet")
    assert shares(report)[2] == 0
    (told,) = (one["what"] for one in report["steering"] if one["path"] == "test_text.py")
    assert told.startswith("test_text.py::test_source_is_as_it_was counts for nothing in the mutation probe")


def test_assertions_count_and_are_not_changed_wherever_the_tests_lie(project):
    """A `test.py` beside the module is source by its path, and its statements count for coverage."""
    project.git("mv", "test_shop.py", "test.py")
    project.commit({"tox.ini": "[testenv]\ncommands = pytest test.py\n"})
    _, report = assessed(project)
    assert criteria_met(report) == ("met", "met", "met", "met")
    assert shares(report)[0] == 15


def test_where_there_is_little_to_change_nobody_is_blamed(project):
    project.commit({"shop.py": "def price(weight):\n    return 2 * weight\n"})
    project.commit({"test_shop.py": "from shop import price\n\n\ndef test_price():\n    price(2)\n"})
    code, report = assessed(project)
    assert (code, *criteria_met(report)) == (3, "met", "met", "undetermined", "undetermined")
    assert "only 3 leave it running" in outcome(report, "tests.test")[1]
    project.commit({"test_shop.py": "from shop import price\n\n\ndef test_price():\n    assert price(2) == 4\n"})
    _, report = assessed(project)
    assert criteria_met(report) == ("met", "met", "met", "met")


def test_only_changed_lines_are_asked_about_where_there_are_enough(project):
    base = project.git("rev-parse", "HEAD").strip()
    code, tests = (re.sub("price|free", r"new_\g<0>", text) for text in (SHOP, BARE))
    more = "\n\ndef more(a):\n    return a + 1 - 2 if a > 3 else a * 4\n"
    project.commit({"shop.py": SHOP + "\n\n" + code + more})
    project.commit({"test_more.py": tests.replace("import", "import more,") + "    more(5)\n    more(1)\n"})
    _, report = assessed(project, "--base", base)
    assert outcome(report, "tests.test")[0] == "unmet"
    assert all(f["line"] > len(SHOP.splitlines()) for f in checker(report, "tests")["findings"])


def test_the_time_for_it_is_bounded_and_what_is_known_by_then_may_decide(project, tmp_path):
    slow = "import time\n\nfrom shop import free, price\n\n\ndef test_slow():\n    price(21, free(1, True))\n    time.sleep(4)\n"
    project.commit({"test_zlow.py": slow})
    started = time.monotonic()
    short = tmp_path / "short.yml"
    short.write_text("profile: short\nversion: 1\nextends: micro-ca\ngate: true\nlimits: {probe_time: 8 s}\n")
    _, report = assessed(project, "--criteria", str(short))
    assert time.monotonic() - started < 60
    assert outcome(report, "tests.test")[0] in ("met", "undetermined")
    assert "There was time to try" in checker(report, "tests")["trouble"]["message"]


def test_nothing_is_asked_where_no_test_passes_or_no_criterion_wants_it(project, tmp_path):
    project.commit({"test_shop.py": "def test_bad():\n    import shop\n    assert 1 == 2\n"})
    _, report = assessed(project)
    assert shares(report) == (None, None, None)
    assert "No test passes" in outcome(report, "tests.test")[1]
    other = tmp_path / "other.yml"
    other.write_text("profile: other\nversion: 1\nextends: qasp-18f\n")
    _, report = assessed(project, "--criteria", str(other))
    assert checker(report, "tests")["trouble"] is None
