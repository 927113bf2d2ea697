"""A delivery cannot grade itself: no trick does better than its honest twin, each is listed, and what is honest gets through."""

from __future__ import annotations

from itertools import groupby

import pytest
from attacks import assessed, group_a_code, group_a_settings, group_b, group_c, group_d
from attacks.attack import TABLE

pytestmark = pytest.mark.long
GROUPS = (group_a_code, group_a_settings, group_b, group_c, group_d)
"""They have filled the table."""
NETWORK = ("tests", "lint")
"""Topics that build the delivery's environment, from the package index."""
ROWS = sorted(TABLE.values(), key=lambda row: (row.number, row.only, row.probe, row.id))


def marks(row):
    return [pytest.mark.network] if row.topic in NETWORK else []


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id, marks=marks(row)) for row in ROWS])
def test_the_trick_does_no_better_than_its_honest_twin_and_is_listed(row):
    trick, honest = assessed.trick(row), assessed.honest(row)
    against = assessed.blocking(honest, row.topic)
    assert against, "the flaw is none"
    assert against.keys() & assessed.blocking(trick, row.topic).keys(), "none of what was held against its twin"
    assert [one for one in row.listed if not assessed.says(trick, one)] == []
    told, known = assessed.measures(trick), assessed.measures(honest)
    assert {name: told[name] for name in row.same} == {name: known[name] for name in row.same}


TWINS = {
    f"{number} {' '.join(only)}": list(rows)
    for (number, only), rows in groupby((row for row in ROWS if not row.probe), key=lambda row: (row.number, row.only))
}
"""The rows of one letter and number that ask the same checkers: what they have that is harmless is one delivery."""


@pytest.mark.parametrize("rows", [pytest.param(rows, id=name, marks=marks(rows[0])) for name, rows in TWINS.items()])
def test_the_flawless_twin_gets_through(rows):
    report = assessed.flawless(rows)
    assert assessed.blocking(report, rows[0].topic) == {}
    assert not report["tampering"]


@pytest.mark.network
def test_all_that_is_harmless_at_once_is_pending():
    report = assessed.whole(ROWS)
    blocking = [(o["criterion"], o["outcome"], o["reason"]) for o in report["outcomes"] if o["level"] == "must"]
    assert [one for one in blocking if one[1] in assessed.BLOCKS] == []
    assert (report["verdict"], report["tampering"]) == ("pending", [])
    assert all(checker["state"] == "done" for checker in report["checkers"])
