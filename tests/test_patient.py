"""The delivered tests, run as a patient person would: small projects of every kind, from the command line to the report."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from support import git_repository
from support.git_repository import Repository, new_repository
from support.unprobed import unprobed

from verifier import interpreters
from verifier.cli import main
from verifier.words import in_language

pytestmark = [pytest.mark.network, pytest.mark.long]

MIT = (Path(__file__).parent.parent / "LICENSE").read_text()
SHOP = "def price(weight):\n    return 2 * weight\n"
UNITTEST = """\
import unittest

from shop import price


class Prices(unittest.TestCase):
    def test_double(self):
        self.assertEqual(price(2), 4)
"""
FAILS = "def test_bad():\n    assert 1 == 2\n"
PASSES = "def test_good():\n    assert 1 == 1\n"


@pytest.fixture
def project(tmp_path: Path) -> Repository:
    """A product of one module; the tests and how they are run are added by each test."""
    repository = new_repository(tmp_path / "delivery")
    repository.commit({"LICENSE": MIT, "shop.py": SHOP, "requirements.txt": ""})
    return repository


def assess(project: Repository, *options: str, criteria: str = "") -> tuple[int, dict]:
    """The exit code and the report; `criteria` are more lines for those that do not ask for the mutation probe."""
    return assessed(project, *unprobed(project.path.parent, criteria), *options)


def assessed(project: Repository, *options: str) -> tuple[int, dict]:
    target = project.path.parent / "report.json"
    target.unlink(missing_ok=True)
    code = main(["assess", str(project.path), "--only", "tests", "--output", f"json={target}", *options])
    return code, in_language(json.loads(target.read_text()), "en")


def checker(report: dict, name: str) -> dict:
    return next(one for one in report["checkers"] if one["name"] == name)


def measures(report: dict) -> dict[str, object]:
    return {m["name"]: m["value"] for one in report["checkers"] for m in one["measures"]}


def notes(report: dict, name: str) -> str:
    return "\n".join(checker(report, name)["notes"])


def outcome(report: dict, criterion: str) -> tuple[str, str]:
    found = next(one for one in report["outcomes"] if one["criterion"] == criterion)
    return found["outcome"], found["reason"]


def rules(report: dict) -> list[str]:
    return sorted(finding["rule"] for finding in checker(report, "tests")["findings"])


def test_tests_of_unittest_that_only_a_makefile_names(project):
    project.commit({"checks/__init__.py": "", "checks/prices.py": UNITTEST})
    project.commit({"Makefile": "test:\n\tpython -m unittest discover -s checks -p '*.py' -t .\n"})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"]) == ("met", 1)
    assert measures(report)["tests.coverage.statements"] == 10_000
    assert "Makefile:2 runs -m unittest discover" in notes(report, "tests")


@pytest.mark.parametrize(
    "told",
    [
        {"Makefile": "test:\n\tpython -m unittest tests.calc\n"},
        {"README.md": "    $ python -m unittest tests.calc\n", "pytest.ini": "[pytest]\ntestpaths = tests\n"},
    ],
    ids="+".join,
)
def test_a_module_of_any_name_that_unittest_is_told_of(project, told):
    project.commit({"tests/__init__.py": "", "tests/calc.py": UNITTEST, "tests/test_good.py": GOOD_CASE} | told)
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"]) == ("met", 2)
    assert not [one["what"] for one in report["steering"] if "tests.calc" in one["what"]]
    project.git("rm", "-q", "tests/test_good.py")
    project.commit({"tests/calc.py": UNITTEST.replace("4)", "5)")})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.failed"]) == ("unmet", 1)


RUNTESTS = """\
import sys, unittest

suite = unittest.defaultTestLoader.discover(".", "check_*.py")
unittest.TextTestRunner().run(suite)
sys.exit(0)
"""


def test_a_script_that_runs_tests_itself_and_would_call_a_failure_a_success(project):
    project.commit({"runtests.py": RUNTESTS, "check_prices.py": UNITTEST.replace("4)", "5)")})
    project.commit({"tox.ini": "[testenv]\ncommands = python runtests.py\n"})
    code, report = assess(project)
    assert (code, outcome(report, "tests.pass")[0], measures(report)["tests.failed"]) == (1, "unmet", 1)


SETTINGS = """\
SECRET_KEY = "x"
INSTALLED_APPS = ["orders"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
"""
MANAGE = """\
import os, sys
from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
execute_from_command_line(sys.argv)
"""
MODELS = """\
from django.db import models


class Order(models.Model):
    weight = models.IntegerField()
"""
ORDERS = """\
from django.test import TestCase

from orders.models import Order


class Orders(TestCase):
    def test_saved(self):
        Order.objects.create(weight=2)
        self.assertEqual(Order.objects.count(), 1)
"""


def test_djangos_own_runner(project):
    workflow = "jobs:\n  test:\n    steps:\n      - run: python manage.py test orders --parallel 4\n"
    project.commit({"requirements.txt": "Django<5\n", "manage.py": MANAGE, "site_settings.py": SETTINGS})
    project.commit({"orders/__init__.py": "", "orders/models.py": MODELS, "orders/tests.py": ORDERS})
    project.commit({".github/workflows/ci.yml": workflow})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"]) == ("met", 1)
    assert "script option not applied: orders" in [one["what"] for one in report["steering"]]


BARE = """\
from django.conf import settings


def test_settings():
    assert settings.SECRET_KEY == "x"
"""


@pytest.mark.parametrize(("home", "more"), [("", ""), ("web/", ""), ("", "pytest\npytest-django\n")])
def test_left_over_tests_of_django_have_its_settings_and_a_database(project, home, more):
    """The pattern of Django's runner does not find them."""
    files = {"manage.py": MANAGE, "site_settings.py": SETTINGS, "orders/__init__.py": "", "orders/models.py": MODELS}
    files |= {"orders/tests.py": ORDERS, "orders/orders_tests.py": ORDERS, "orders/bare_test.py": BARE}
    project.commit({"requirements.txt": "Django<5\n" + more} | {home + name: text for name, text in files.items()})
    _, report = assess(project)
    assert outcome(report, "tests.pass")[0] == "met"
    project.commit({f"{home}orders/orders_tests.py": ORDERS.replace("count(), 1", "count(), 2")})
    _, report = assess(project)
    assert "orders_tests.py: 1 of 1 fail, the first is Orders::test_saved" in outcome(report, "tests.pass")[1]


def test_a_conftest_that_configures_django_itself_is_left_alone(project):
    conftest = "from django.conf import settings\n\nsettings.configure(SECRET_KEY='y')\n"
    project.commit({"requirements.txt": "Django<5\n", "manage.py": MANAGE, "site_settings.py": SETTINGS})
    project.commit({"quick/conftest.py": conftest, "quick/bare_test.py": BARE.replace('"x"', '"y"')})
    project.commit({"orders/__init__.py": "", "orders/models.py": MODELS, "orders/tests.py": ORDERS})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], rules(report)) == ("met", ["tests:left-out"])


def test_paths_that_leave_out_a_file_which_cannot_be_collected_are_listed(project):
    project.commit({"tests/test_good.py": PASSES, "tools/test_bad.py": "import not_on_any_index_at_all\n"})
    project.commit({"Makefile": "test:\n\tpytest tests\n"})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"]) == ("met", 1)
    assert [
        one["what"] for one in report["steering"] if "only tests collected, the paths that Makefile:2" in one["what"]
    ]


@pytest.mark.parametrize(
    ("imports", "expected"),
    [("shop.orders", "unmet"), ("not_on_any_index_at_all", "undetermined")],
    ids=["own", "stranger"],
)
def test_a_conftest_that_cannot_be_imported_is_not_walked_around(project, imports, expected):
    """unittest's own discovery would pass: it reads no conftest.py and sees none of pytest's tests."""
    project.commit({"conftest.py": f"import {imports}\n", "test_bad.py": FAILS, "test_prices.py": UNITTEST})
    _, report = assess(project)
    assert outcome(report, "tests.pass")[0] == expected


def test_several_projects_in_one_repository(project):
    files = {
        "requirements.txt": "",
        "app.py": "def one():\n    return 1\n",
        "tests/test_app.py": "from app import one\n\n\ndef test_one():\n    assert one() == 1\n",
    }
    project.git("rm", "-q", "requirements.txt", "shop.py")
    project.commit({f"{folder}/{name}": text for folder in ("api", "worker") for name, text in files.items()})
    _, report = assess(project)
    assert (measures(report)["tests.passed"], outcome(report, "tests.pass")[0]) == (2, "met")
    assert "tests of api:" in notes(report, "tests")
    assert "tests of worker:" in notes(report, "tests")


def test_versions_are_those_of_the_commits_day(project, monkeypatch):
    files = {
        "requirements.txt": "click\n",
        "test_shop.py": "import click\n\n\ndef test_version():\n    assert click.__version__ < '8'\n",
    }
    monkeypatch.setitem(git_repository.ENVIRONMENT, "GIT_COMMITTER_DATE", "2021-01-01T12:00:00+0000")
    project.commit(files)
    _, report = assess(project)
    assert measures(report)["tests.passed"] == 1
    assert "versions as of 2021-01-01" in notes(report, "environment")
    assert "click==7.1.2" in notes(report, "environment")


def test_a_known_breakage_is_repaired_and_named(project):
    project.commit({"test_shop.py": "import pkg_resources\n\n\ndef test_there():\n    assert pkg_resources\n"})
    _, report = assess(project)
    assert measures(report)["tests.passed"] == 1
    assert "pkg-resources" in notes(report, "environment")


def test_what_the_tests_need_may_stand_in_another_manifest(project):
    project.commit(
        {"requirements-ci.txt": "tomli\n", "test_shop.py": "import tomli\n\n\ndef test_there():\n    assert tomli\n"}
    )
    _, report = assess(project)
    assert measures(report)["tests.passed"] == 1
    assert "every other manifest" in notes(report, "environment")


def test_a_package_that_does_not_exist_is_named_at_its_line(project):
    project.commit({"requirements.txt": "\nno-package-of-this-name-anywhere==1.0\n"})
    project.commit({"test_shop.py": "import no_package_of_this_name_anywhere\n" + PASSES})
    code, report = assess(project)
    assert (code, outcome(report, "tests.pass")[0]) == (3, "undetermined")
    trouble = checker(report, "environment")["trouble"]
    assert (trouble["path"], trouble["line"], trouble["whose"]) == ("requirements.txt", 2, "supplier")


def test_an_interpreter_that_is_not_here_is_named_at_its_line(project):
    project.commit(
        {
            "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.99"\n',
            "test_shop.py": PASSES,
        }
    )
    code, report = assess(project)
    assert (code, outcome(report, "tests.pass")[0]) == (3, "undetermined")
    trouble = checker(report, "environment")["trouble"]
    assert (trouble["cause"], trouble["path"], trouble["line"]) == ("interpreter", "pyproject.toml", 4)


def test_an_installation_is_bounded_and_its_time_is_shown(project, tmp_path):
    project.commit({"setup.py": "import time\n\ntime.sleep(600)\n", "test_shop.py": PASSES})
    code, report = assess(project, criteria="limits: {install_time: 8 s}")
    assert (code, outcome(report, "tests.pass")[0]) == (3, "undetermined")
    assert "could not be built within 8 seconds" in outcome(report, "tests.pass")[1]
    assert 8_000 <= checker(report, "environment")["milliseconds"] < 20_000


ASKS = """\
import os

import psycopg
import redis


def test_postgresql():
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("select current_database()").fetchone() == ("shop_test",)


def test_redis():
    assert redis.Redis.from_url(os.environ.get("REDIS_URL", "redis://localhost:6379/0")).ping()
"""
COMPOSE = """\
services:
  db:
    image: postgres:15
    environment:
      POSTGRES_DB: shop_test
      POSTGRES_USER: shop
  cache:
    image: redis:7
"""


@pytest.fixture
def with_services(project):
    project.commit(
        {"docker-compose.yml": COMPOSE, "requirements.txt": "psycopg[binary]\nredis\n", "test_shop.py": ASKS}
    )
    project.commit(
        {"conftest.py": "import os\n\nos.environ.setdefault('DATABASE_URL', 'postgresql://shop@localhost/shop_test')\n"}
    )
    return project


def test_services_that_the_criteria_declare_are_there_by_the_names_that_projects_use(with_services, tmp_path):
    _, report = assess(with_services, criteria="services: [postgresql, redis]")
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"]) == ("met", 2)


def test_a_service_that_nobody_declared_is_named_with_the_file_that_asks_for_it(with_services):
    code, report = assess(with_services)
    found, reason = outcome(report, "tests.pass")
    assert (code, found) == (3, "undetermined")
    assert "postgresql in docker-compose.yml" in reason
    assert "--service" in reason


def test_a_failure_that_was_there_before_does_not_count(project):
    base = project.commit({"test_old.py": FAILS, "test_shop.py": PASSES})
    project.commit({"test_new.py": PASSES.replace("good", "new")})
    _, report = assess(project, "--base", base)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.inherited"]) == ("met", 1)
    assert rules(report) == ["tests:inherited"]
    names = [one["name"] for one in report["evidence"]]
    assert len(names) == len(set(names))
    assert {"tests/project.json", "tests/base-project.json"} <= set(names)
    code, report = assess(project)
    assert (code, outcome(report, "tests.pass")[0]) == (1, "unmet")


@pytest.mark.parametrize(
    "now",
    [PASSES, PASSES + "\n\nimport pytest\n\n\n@pytest.mark.skip\ndef test_bad():\n    assert 1 == 1\n"],
    ids=["removed", "skipped"],
)
def test_a_test_that_the_delivery_takes_away_counts_against_it(project, now):
    base = project.commit({"test_shop.py": PASSES + "\n\ndef test_bad():\n    assert 1 == 1\n"})
    project.commit({"test_shop.py": now})
    code, report = assess(project, "--base", base)
    assert (code, outcome(report, "tests.kept")[0]) == (1, "unmet")
    assert "test_shop.py::test_bad" in next(o["reason"] for o in report["outcomes"] if o["criterion"] == "tests.kept")


# Fails where it is measured and not alone; every run has a tree of its own, so nothing can be left for the next.
FLAKY = """\
import os

BEFORE = []


def test_first():
    BEFORE.append(1)


def test_sometimes():
    assert not (BEFORE and "COVERAGE_PROCESS_START" in os.environ)
"""


def test_a_test_that_changes_its_mind_is_flaky_with_both_outcomes_and_no_pass(project):
    project.commit({"test_shop.py": FLAKY})
    code, report = assess(project)
    found, reason = outcome(report, "tests.pass")
    assert (code, found) == (3, "undetermined")
    assert "test_shop.py::test_sometimes" in reason
    assert "test_sometimes is flaky: failed, passed, passed" in notes(report, "tests")
    assert rules(report) == []


def test_a_variable_that_nothing_sets_is_named_and_an_example_of_the_projects_own_gives_it(project):
    reads = "import os\n\nNAME = os.environ['SHOP_NAME']\n\n\ndef test_name():\n    assert NAME == 'ours'\n"
    project.commit({"test_shop.py": reads})
    code, report = assess(project)
    assert (code, outcome(report, "tests.pass")[0]) == (3, "undetermined")
    assert "SHOP_NAME" in outcome(report, "tests.pass")[1]
    project.commit({".env.example": "SHOP_NAME=ours\n"})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"]) == ("met", 1)
    assert "SHOP_NAME=ours (from .env.example)" in notes(report, "tests")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import zoneinfo\n\n\ndef test_it():\n    zoneinfo.ZoneInfo('Mars/Base')\n", "time zone data"),
        ("import locale\n\n\ndef test_it():\n    locale.setlocale(locale.LC_ALL, 'fr_CA.UTF-8')\n", "locale"),
        ("import socket\n\n\ndef test_it():\n    socket.create_connection(('192.0.2.1', 80), 2)\n", "network"),
    ],
    ids=["time zone", "locale", "network"],
)
def test_a_failure_of_the_world_is_recognised_by_its_own_words(project, body, words):
    project.commit({"test_shop.py": body})
    code, report = assess(project)
    assert (code, outcome(report, "tests.pass")[0]) == (3, "undetermined")
    assert words in outcome(report, "tests.pass")[1]


LEAVES = """\
import pathlib


def test_writes():
    for place in (pathlib.Path("/tmp"), pathlib.Path.home(), pathlib.Path()):
        (place / "mark-of-ours").write_text("x")
"""


def test_nothing_of_the_delivery_is_left_on_the_machine(project, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    project.commit({"requirements.txt": "six\n", "test_shop.py": LEAVES})
    _, report = assess(project)
    assert measures(report)["tests.passed"] == 1
    assert list(scratch.rglob("*")) == []
    assert [path for path in home.rglob("*") if path.name in ("mark-of-ours", "venv", "site-packages")] == []
    assert not Path("/tmp/mark-of-ours").exists()  # noqa: S108 - the place that the delivery wrote to
    assert not (project.path / "mark-of-ours").exists()


def test_what_one_run_leaves_behind_does_not_meet_the_next(project):
    """Collecting, running and running once more without coverage: each finds the tree as it was delivered."""
    project.commit({"tests/test_shop.py": "import os\n\ndef test_first_time():\n    os.mkdir('made')\n" + FAILS})
    _, report = assess(project)
    assert (measures(report)["tests.failed"], measures(report)["tests.passed"]) == (1, 1)


def test_an_installation_that_takes_a_test_away_is_named_and_the_test_runs(project):
    takes = (
        "from pathlib import Path\nfrom setuptools import setup\nPath('tests/test_bad.py').unlink(missing_ok=True)\n"
    )
    project.commit({"tests/test_bad.py": FAILS, "tests/test_good.py": PASSES})
    project.commit({"setup.py": takes + "setup(name='shop', version='1', py_modules=['shop'])\n"})
    _, report = assess(project)
    assert outcome(report, "tests.pass")[0] == "unmet"
    assert [one["what"] for one in report["tampering"]] == [
        "the installation changed tests/test_bad.py; the tests ran with what was delivered"
    ]


TWO = {"good/test_good.py": PASSES, "bad/test_bad.py": FAILS}
RUNS_ONE = "import unittest\nunittest.main(module=None, argv=['x', 'discover', '-s', 'good'])\n"
GOOD_CASE = "import unittest\nclass Good(unittest.TestCase):\n    def test_good(self): pass\n"


@pytest.mark.parametrize(
    "steers",
    [
        {"pytest.ini": "[pytest]\nnorecursedirs = bad\n"},
        {"pytest.ini": "[pytest]\ntestpaths = good\n"},
        {"pytest.ini": "[pytest]\npython_files = test_good.py\n"},
        {"pytest.ini": "[pytest]\npython_functions = test_g*\n"},
        {"conftest.py": "collect_ignore = ['bad']\n"},
        {"Makefile": "test:\n\tpython runtests.py\n", "runtests.py": RUNS_ONE, "good/test_good.py": GOOD_CASE},
        {"Makefile": "test:\n\tpython -m unittest discover -p 'test_g*.py' -s good\n", "good/test_good.py": GOOD_CASE},
    ],
    ids="+".join,
)
def test_a_failing_test_that_the_project_leaves_out_is_no_pass(project, steers):
    project.commit(TWO | steers)
    _, report = assess(project)
    found, reason = outcome(report, "tests.pass")
    assert found == "undetermined"
    assert "bad/test_bad.py: 1 of 1 fail, the first is test_bad" in reason
    assert rules(report) == ["tests:left-out"]
    assert measures(report)["tests.passed"] == 1


ABSTRACT = """\
import unittest


class Base(unittest.TestCase):
    factor = 0

    def test_double(self):
        self.assertEqual(self.factor, 2)
"""


@pytest.mark.parametrize(
    "told",
    [
        {"pytest.ini": "[pytest]\npython_files = test_shop.py\n"},
        {"Makefile": "test:\n\tpython -m unittest discover -t . -s tests -p 'test_s*.py'\n"},
    ],
    ids="+".join,
)
def test_an_abstract_class_in_a_file_of_its_own_is_run_by_what_is_derived_of_it(project, told):
    derived = "from tests import test_base\n\n\nclass Shop(test_base.Base):\n    factor = 2\n"
    project.commit({"tests/__init__.py": "", "tests/test_base.py": ABSTRACT, "tests/test_shop.py": derived} | told)
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"], rules(report)) == ("met", 1, [])
    bad = "\n\nclass Other(unittest.TestCase):\n    def test_bad(self):\n        self.fail()\n"
    project.commit({"tests/test_base.py": ABSTRACT + bad})
    _, report = assess(project)
    assert "test_base.py: 1 of 1 fail, the first is Other::test_bad" in outcome(report, "tests.pass")[1]


CASES = """\
import unittest


class Checks(unittest.TestCase):
    def test_x(self):
        self.assertEqual(1, 2)
"""


@pytest.mark.parametrize(
    "comes",
    ["from cases import *", "from cases import Checks", "import cases\n\n\nclass Checks(cases.Checks):\n    pass"],
)
def test_a_failing_test_that_comes_into_a_left_over_file_from_another_is_no_pass(project, comes):
    project.commit({"cases.py": CASES, "hidden/test_all.py": comes + "\n", "good/test_good.py": PASSES})
    project.commit({"pytest.ini": "[pytest]\ntestpaths = good\n"})
    _, report = assess(project)
    found, reason = outcome(report, "tests.pass")
    assert found == "undetermined"
    assert "hidden/test_all.py: 1 of 1 fail, the first is Checks::test_x" in reason


def test_a_file_that_only_passes_tests_on_and_is_run_by_unittest_is_not_left_over(project):
    """unittest names its tests by the file that they are written in; a helper that imports it has none."""
    files = {"checks/cases.py": CASES.replace("2)", "1)"), "checks/test_all.py": "from checks.cases import *\n"}
    files |= {"checks/__init__.py": "", "checks/testing.py": "from checks import cases\n\nNAME = cases.__name__\n"}
    project.commit(files | {"Makefile": "test:\n\tpython -m unittest\n"})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"], rules(report)) == ("met", 1, [])


@pytest.mark.parametrize("way", ["", "import pytest\n@pytest.hookimpl(hookwrapper=True)\n"])
def test_a_test_that_a_conftest_takes_out_is_run(project, way):
    takes = way + "def pytest_collection_modifyitems(items):\n" + "    yield\n" * bool(way)
    takes += "    items[:] = [i for i in items if 'bad' not in i.nodeid]\n"
    project.commit(TWO | {"conftest.py": takes})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.failed"]) == ("unmet", 1)


def test_the_tests_of_a_stranger_are_not_the_deliverys(project):
    project.commit({"tests/test_good.py": PASSES})
    project.commit({"pytest.ini": "[pytest]\ntestpaths = tests ../env/venv/lib\npython_files = *.py\n"})
    _, report = assess(project)
    assert measures(report)["tests.collected"] == 1
    assert "pytest setting not applied: testpaths /env/venv/lib, outside the delivery" in [
        s["what"] for s in report["steering"]
    ]


def test_a_django_project_that_says_nothing_of_its_tests(project):
    """Its tests need django.setup(), which pytest does not call."""
    settings = "SECRET_KEY = 'x'\nINSTALLED_APPS = ['shop_app']\nDATABASES = {}\nUSE_TZ = True\n"
    manage = "import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'site_settings'\n"
    manage += "from django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n"
    model = "from django.db import models\nclass Price(models.Model):\n    weight = models.IntegerField()\n"
    test = "from django.test import SimpleTestCase\nfrom shop_app.models import Price\nclass Prices(SimpleTestCase):\n"
    test += "    def test_weight(self):\n        self.assertEqual(Price(weight=2).weight, 2)\n"
    files = {"manage.py": manage, "site_settings.py": settings, "shop_app/__init__.py": "", "shop_app/models.py": model}
    project.commit(files | {"shop_app/tests.py": test, "requirements.txt": "django>=4.2,<5\n"})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"]) == ("met", 1)


def test_two_test_files_of_one_name(project):
    project.commit({"a/test_x.py": PASSES, "b/test_x.py": PASSES})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"]) == ("met", 2)


def test_a_command_that_changes_its_folder_and_tests_beside_a_project_in_a_folder(project):
    project.commit({"backend/app.py": SHOP, "backend/tests/test_app.py": "from app import price\n\n" + PASSES})
    project.commit({"Makefile": "test:\n\tcd backend && python -m pytest\n"})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"]) == ("met", 1)


def test_a_file_that_never_ends_is_waited_for_three_times_at_most(project, tmp_path):
    """Once in the environment, once to collect, once to run."""
    project.commit({"a/test_a.py": "while True: pass\n", "b/test_a.py": PASSES, ".env.example": "A=b\n"})
    started = time.monotonic()
    code, report = assess(project, criteria="limits: {test_time: 4 s}")
    assert time.monotonic() - started < 4 * 4 + 15
    assert (code, outcome(report, "tests.pass")[0]) == (3, "undetermined")
    assert "did not finish within 4 seconds" in outcome(report, "tests.pass")[1]


def test_marks_of_plugins_that_are_not_loaded_may_stand_in_a_strict_project(project):
    marked = "import pytest\n\n\n@pytest.mark.flaky(reruns=2)\n@pytest.mark.xdist_group('a')\n" + PASSES
    project.commit({"test_shop.py": marked, "pytest.ini": "[pytest]\naddopts = --strict-markers\n"})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["tests.passed"]) == ("met", 1)


def test_a_failed_installation_is_told_in_the_same_words_every_time(project):
    broken = "import sys\nfrom setuptools import setup\nprint('built by', sys.executable)\nraise SystemExit('no')\n"
    project.commit({"setup.py": broken, "test_shop.py": PASSES})
    first, second = (assess(project)[1] for _ in range(2))
    assert checker(first, "environment")["notes"] == checker(second, "environment")["notes"]
    assert first["evidence"] == second["evidence"]


def test_a_run_that_stops_at_its_first_failure_is_unmet(project):
    case = "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_a(self): self.fail()\n    def test_b(self): pass\n"
    stops = "import unittest\nunittest.main(module=None, argv=['x', 'discover', '--failfast'])\n"
    project.commit({"test_shop.py": case, "runtests.py": stops, "Makefile": "test:\n\tpython runtests.py\n"})
    _, report = assess(project)
    assert outcome(report, "tests.pass")[0] == "unmet"


def test_a_project_whose_extension_cannot_be_built_here_is_not_blamed(project):
    """Flat, so that nothing but an installation puts the extension in its place."""
    setup = "from setuptools import Extension, setup\nsetup(name='shop', version='1', packages=['fast'],\n"
    setup += "      ext_modules=[Extension('fast._c', ['c.c'])])\n"
    project.commit({"setup.py": setup, "c.c": "#include <there_is_no_such_header.h>\n", "fast/__init__.py": ""})
    project.commit({"test_shop.py": "def test_fast():\n    from fast import _c\n", "fast/x.py": ""})
    _, report = assess(project)
    assert outcome(report, "tests.pass")[0] == "undetermined"


def test_metadata_that_is_committed_and_written_anew_by_the_build_is_that_of_the_build(project):
    asks = "from importlib.metadata import version\n\n\ndef test_version():\n    assert version('shop') == '1.1'\n"
    old = "Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n"
    project.commit({"test_shop.py": asks, "shop.egg-info/PKG-INFO": old})
    project.commit(
        {"setup.py": "from setuptools import setup\nsetup(name='shop', version='1.1', py_modules=['shop'])\n"}
    )
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], report["tampering"]) == ("met", [])


def test_compiled_code_that_is_delivered_does_not_run_in_the_place_of_its_source(project, tmp_path):
    import importlib.util
    import py_compile

    honest = tmp_path / "honest.py"
    honest.write_text(SHOP)
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compiled = py_compile.compile(honest, cfile=tmp_path / "shop.pyc", invalidation_mode=unchecked)
    name = Path(importlib.util.cache_from_source("shop.py")).name
    project.commit({"shop.py": "def price(weight):\n    return 0\n", "test_shop.py": UNITTEST})
    (project.path / "__pycache__").mkdir()
    (project.path / "__pycache__" / name).write_bytes(Path(compiled).read_bytes())
    project.git("add", "-Af")
    project.git("commit", "-qm", "compiled")
    _, report = assess(project)
    assert outcome(report, "tests.pass")[0] == "unmet"


def test_a_project_without_a_tag_that_takes_its_version_from_tags(project):
    built = (
        '[build-system]\nrequires = ["setuptools>=64", "setuptools-scm>=8"]\nbuild-backend = "setuptools.build_meta"\n'
    )
    named = '[project]\nname = "shop"\ndynamic = ["version"]\n[tool.setuptools]\npy-modules = ["shop"]\n[tool.setuptools_scm]\n'
    project.commit({"pyproject.toml": built + named, "test_shop.py": "from shop import price\n\n\n" + PASSES})
    _, report = assess(project)
    assert (outcome(report, "tests.pass")[0], measures(report)["environment.attempts"]) == ("met", 1)
    assert "shop==0.1.dev0" in notes(report, "environment")


@pytest.mark.skipif(not any(one.minor == (3, 6) for one in interpreters.listed()), reason="no Python 3.6 is here")
def test_a_line_that_old_pythons_leave_no_trace_of_does_not_count_as_not_run(project):
    """Up to 3.7 a decorated function is traced at its decorator alone."""
    source = "def kept(f):\n    return f\n\n\n@kept\ndef price(weight):\n    return 2 * weight\n"
    test = "from shop import price\n\n\ndef test_price():\n    assert price(2) == 4\n"
    project.commit({"shop.py": source, "test_shop.py": test, ".python-version": "3.6\n"})
    _, report = assess(project)
    assert str(measures(report)["environment.python"]).startswith("3.6.")
    assert measures(report)["tests.coverage.statements"] == 10_000
