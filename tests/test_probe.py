"""Whether delivered tests test anything, from the command line to the report: honest suites, and some that look like one."""

from __future__ import annotations

import hashlib
import re
import time

import pytest
from support.git_repository import Repository, new_repository
from test_patient import MIT, assess, checker, criteria, measures, outcome

pytestmark = pytest.mark.network

SHOP = """\
ZONES = {"north": 3, "south": 5}


def price(weight, zone="north", express=False):
    total = weight * ZONES[zone]
    if weight > 20 and zone == "south":
        total = total + 7
    if express:
        total += 10
    return total


def parcels(weight):
    number = weight // 30
    if weight % 30 != 0:
        number += 1
    return number


def free(total, member):
    return member or total >= 100
"""
TESTS = """\
from shop import free, parcels, price


def test_price():
    assert price(2) == 6
    assert price(20, "south") == 100
    assert price(21, "south") == 112
    assert price(21) == 63
    assert price(1, express=True) == 13


def test_parcels():
    assert [parcels(weight) for weight in (0, 29, 30, 31)] == [0, 1, 1, 2]


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
    _, report = assess(project)
    tried, killed, asserted = shares(report)
    assert tried >= 20
    assert min(killed, asserted) >= 8_000
    assert criteria_met(report) == ("met", "met", "met", "met")
    for finding in checker(report, "tests")["findings"]:
        assert (finding["rule"], finding["path"], finding["severity"]) == ("tests:survived", "shop.py", "note")
        assert finding["excerpt"] == SHOP.splitlines()[finding["line"] - 1]
    _, again = assess(project)
    assert shares(again) == (tried, killed, asserted)
    assert [one["findings"] for one in again["checkers"]] == [one["findings"] for one in report["checkers"]]
    assert again["evidence"] == report["evidence"]


@pytest.mark.parametrize("files", [{"test_shop.py": BARE}, {"test_shop.py": TRUE}, {"conftest.py": SILENT}])
def test_a_suite_that_claims_nothing_notices_nothing(project, files):
    """Every test passes, and every line is run, as by the honest one."""
    project.commit(files)
    code, report = assess(project)
    assert criteria_met(report) == ("met", "met", "unmet", "unmet")
    assert (code, shares(report)[2]) == (1, 0)
    assert "tests:survived" in [finding["rule"] for finding in checker(report, "tests")["findings"]]


def test_a_suite_of_unittest_is_asked_as_well(project):
    project.git("rm", "-q", "test_shop.py")
    body = "\n".join(f"    {line}" if line else "" for line in TESTS.partition("\n\n\n")[2].splitlines())
    case = "import unittest\n\nfrom shop import free, parcels, price\n\n\nclass Shop(unittest.TestCase):\n"
    project.commit({"checks/__init__.py": "", "checks/shop.py": case + body.replace("():", "(self):") + "\n"})
    project.commit({"Makefile": "test:\n\tpython -m unittest checks.shop\n"})
    _, report = assess(project)
    assert criteria_met(report) == ("met", "met", "met", "met")
    assert shares(report)[2] >= 8_000
    empty = case + re.sub(r"assert (?:not )?(.*?)(?: == .*)?\n", r"\1\n", body.replace("():", "(self):") + "\n")
    project.commit({"checks/shop.py": empty})
    _, report = assess(project)
    assert criteria_met(report) == ("met", "met", "unmet", "unmet")


FAILS_WHEN_FEW = """\
def pytest_runtest_setup(item):
    assert len(item.session.items) > 2
"""


def test_a_suite_that_fails_whenever_not_all_of_it_runs_is_seen_through(project):
    project.commit({"test_shop.py": BARE, "conftest.py": FAILS_WHEN_FEW})
    _, report = assess(project)
    assert criteria_met(report) == ("met", "met", "unmet", "unmet")
    assert shares(report)[2] == 0


def test_a_test_that_looks_at_the_text_of_the_source_counts_for_nothing_and_is_named(project):
    by_hash = BY_HASH.format(hashlib.sha256(SHOP.encode()).hexdigest())
    project.commit({"test_shop.py": BARE, "test_text.py": by_hash})
    _, report = assess(project)
    assert criteria_met(report) == ("met", "met", "unmet", "unmet")
    (told,) = (one["what"] for one in report["steering"] if one["path"] == "test_text.py")
    assert told.startswith("test_text.py::test_source_is_as_it_was counts for nothing in the mutation probe")
    project.commit({"test_shop.py": TESTS})
    _, report = assess(project)
    assert criteria_met(report) == ("met", "met", "met", "met")


def test_only_changed_lines_are_asked_about_where_there_are_enough(project):
    base = project.git("rev-parse", "HEAD").strip()
    code, tests = (re.sub("price|parcels|free", r"new_\g<0>", text) for text in (SHOP, BARE))
    project.commit({"shop.py": SHOP + "\n\n" + code, "test_more.py": tests})
    _, report = assess(project, "--base", base)
    assert outcome(report, "tests.test")[0] == "unmet"
    assert all(f["line"] > len(SHOP.splitlines()) for f in checker(report, "tests")["findings"])


def test_the_time_for_it_is_bounded_and_what_is_known_by_then_may_decide(project, tmp_path):
    slow = "import time\n\n\ndef test_slow():\n    time.sleep(2)\n"
    project.commit({"test_zlow.py": slow})
    started = time.monotonic()
    _, report = assess(project, "--criteria", criteria(tmp_path, "limits: {probe_time: 14 s}"))
    assert time.monotonic() - started < 60
    assert outcome(report, "tests.test")[0] in ("met", "undetermined")
    assert "There was time to try" in checker(report, "tests")["trouble"]["message"]


def test_nothing_is_asked_where_no_test_passes_or_no_criterion_wants_it(project, tmp_path):
    project.commit({"test_shop.py": "def test_bad():\n    import shop\n    assert 1 == 2\n"})
    _, report = assess(project)
    assert shares(report) == (None, None, None)
    assert "No test passes" in outcome(report, "tests.test")[1]
    other = tmp_path / "other.yml"
    other.write_text("profile: other\nversion: 1\nextends: qasp-18f\n")
    _, report = assess(project, "--criteria", str(other))
    assert checker(report, "tests")["trouble"] is None
