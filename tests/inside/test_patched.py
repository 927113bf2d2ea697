"""What tests put in the place of the product's functions for all of them is told; what one test replaces for itself is not."""

from __future__ import annotations

import pytest
from support.inside_run import of, pytested, told, tree

pytestmark = pytest.mark.self

RATES = """\
from math import floor


def rate(grams):
    return grams * 2


class Zone:
    def far(self):
        return True
"""
OWN = "import functools\n\nimport rates\n\nOLD = rates.rate\n\n\ndef right(*given):\n    return 2 * OLD(*given)\n\n\n"
PUT = {
    "a function": ("rates.rate = right", "rate", [5]),
    "a part of one": ("rates.rate = functools.partial(right)", "rate", [5]),
    "its code": ("rates.rate.__code__ = (lambda grams: 3).__code__", "rate", [5]),
    "a method": ("rates.Zone.far = right", "Zone.far", [10]),
    "a class": ("class Other: pass\nrates.Zone = Other", "Zone", [10]),
}
HONEST = {
    "nothing": "",
    "what the product imports": "rates.floor = right",
    "what it does not have": "rates.more = right",
    "its own, kept": "rates.rate = functools.lru_cache(rates.rate)",
    "within a fixture": (
        "import pytest\n\n\n@pytest.fixture(autouse=True, scope='session')\ndef it():\n"
        "    rates.rate = right\n    yield\n    rates.rate = OLD\n"
    ),
}


@pytest.fixture
def folder(tmp_path):
    made = tree(tmp_path)
    (made / "rates.py").write_text(RATES)
    (made / "test_it.py").write_text(
        "import rates\n\n\ndef test_it(monkeypatch):\n    monkeypatch.setattr(rates, 'rate', len)\n"
    )
    return made


@pytest.mark.parametrize(("code", "name", "lines"), PUT.values(), ids=PUT)
def test_what_is_replaced_for_all_tests_is_told(folder, code, name, lines):
    one = of("patched", pytested(folder, OWN + code))[0]
    assert (one["path"], one["name"], one["lines"], one["by"]) == ("rates.py", name, lines, "conftest.py")


@pytest.mark.parametrize("code", HONEST.values(), ids=HONEST)
def test_what_is_not_the_products_own_or_put_back_is_not_told(folder, code):
    assert of("patched", pytested(folder, OWN + code)) == []


def test_a_suite_of_unittest_is_looked_at_when_it_has_ended(folder):
    case = "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_it(self):\n        pass\n\n\nrates.rate = right\n"
    (folder / "test_it.py").write_text(OWN + case)
    (one,) = of("patched", told(folder, "run_script.py", "--", "-m", "unittest", "discover"))
    assert (one["name"], one["by"]) == ("rate", "test_it.py")
