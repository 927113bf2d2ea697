"""Measures: the figures of the record, month by month, drawn with a table beneath, and made again only when something changed."""

from __future__ import annotations

import re

import html5lib
import pytest
from support.bought import buy, tell
from support.chains import NOW
from support.filed import record

from verifier.dashboard.chart import BOTTOM, HEIGHT, LEFT, TOP, drawn, nice
from verifier.dashboard.layout import Scene, html
from verifier.dashboard.page import Query
from verifier.dashboard.pages.measures import COLUMNS, Measures
from verifier.dashboard.site import NAVIGATION
from verifier.dashboard.sources import Sources
from verifier.gate.moves import State
from verifier.procurement.measures import DURATIONS, Measured, Part, measured, monthly
from verifier.render import measures


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with record(tmp_path_factory.mktemp("measures")) as records:
        paid = buy(records, "MA-1")["contract"]
        for by, what in (("supplier", "invoiced"), ("payer", "paid")):
            tell(records, paid, by, what)
        buy(records, "MA-2", "contract")
        yield Sources(now=NOW, records=records)


def part(ended: str, days: int, *, first: bool = True, **of: str) -> Part:
    return Part(
        days=dict.fromkeys(DURATIONS, days),
        rounds=1 if first else 2,
        first=first,
        listed=False,
        ended=dict.fromkeys(DURATIONS, ended) | of,
    )


def contract(*parts: Part) -> Measured:
    return Measured(id="x", awarded="", state=State.PAID, currency="CAD", value=0, paid=0, parts=parts)


def test_each_counts_in_the_month_in_which_it_ended():
    months = monthly([contract(part("2025-11-30", 3), part("2026-02-01", 9, first=False, payment="2026-01-31"))])
    assert [one.month for one in months] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert [one.days["evaluation"].value for one in months] == [3, None, None, 9]
    assert [one.days["payment"].value for one in months] == [3, None, 9, None]
    assert [(one.first.number, one.first.of) for one in months] == [(1, 1), (0, 0), (0, 0), (0, 1)]
    assert [one.rounds.value for one in months] == [1, None, None, 2]


def test_what_has_not_ended_is_in_no_month():
    assert monthly([contract(part("", 0))]) == []
    assert monthly([]) == []


def test_the_index_measures_as_the_records_do(found):
    assert found.records.index.measured() == [measured(one) for one in found.records.every()]


def test_the_page_has_the_figures_of_the_command(found):
    page = Measures().page(found, "measures", Query())
    told = measures.document([measured(one) for one in found.records.every()], {"ordinary": 31, "pilot": 7})
    assert {name: page.document[name] for name in ("overall", "baselines")} == {
        name: told[name] for name in ("overall", "baselines")
    }
    assert page.document["now"] == NOW
    assert page.table.head == COLUMNS
    assert [len(row) for row in page.table.rows] == [len(COLUMNS)]
    invoiced = next(one for one in page.document["trends"] if one["name"] == "invoice")
    assert invoiced["values"] == [{"month": "2026-11", "value": 0, "count": 1}]


def test_it_is_made_again_only_when_something_changed(tmp_path, monkeypatch):
    with record(tmp_path) as records:
        buy(records, "MA-1")
        section, asked = Measures(), []
        whole = records.index.measured
        monkeypatch.setattr(records.index, "measured", lambda: asked.append(1) or whole())
        for now in (NOW, "2026-11-14T23:59:59Z"):
            page = section.page(Sources(now=now, records=records), "measures", Query())
            assert page.document["now"] == NOW  # as of when it was made
        assert len(asked) == 1
        section.page(Sources(now="2026-11-15T00:00:00Z", records=records), "measures", Query())
        assert len(asked) == 2
        buy(records, "MA-2", "contract")
        later = section.page(Sources(now="2026-11-15T00:00:01Z", records=records), "measures", Query())
        assert later.document["overall"]["contracts"] == 2


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_chart_has_its_words_and_a_table_with_every_value(found, language):
    page = Measures().page(found, "measures", Query())
    text = html(page, language, Scene(NAVIGATION))
    read = html5lib.parse(text, namespaceHTMLElements=False)
    charts = list(read.iter("{http://www.w3.org/2000/svg}svg"))
    assert len(charts) == len(page.document["trends"]) == 7
    ids = {one.get("id") for one in read.iter()}
    for chart in charts:
        assert set(chart.get("aria-labelledby").split()) <= ids
    tables = [one for one in read.iter("table") if one.get("class") == "months"]
    assert len(tables) == len(charts)
    assert {one.find("thead/tr/th/time").text for one in tables} == {"2026-11"}
    assert not re.search(r"style=|fill=|stroke=", text.partition("<main")[2])


def test_what_is_compared_with_is_a_line_with_words(found):
    text = html(Measures().page(found, "measures", Query()), "en", Scene(NAVIGATION))
    assert text.count('class="level"') == 2
    assert "31 · an ordinary contract" in text
    assert "7 · the pilot" in text


def test_many_months_are_counted_and_cut(found):
    page = Measures().page(found, "measures", Query())
    for one in page.document["trends"]:
        one["values"] = [{"month": f"{2000 + n // 12}-{n % 12 + 1:02}", "value": n, "count": 1} for n in range(30)]
    text = html(page, "en", Scene(NAVIGATION))
    assert "18 earlier ones" in text
    assert text.count("<circle") == 7 * 12
    assert len(text) < 150_000


def test_a_month_without_a_value_is_a_gap_and_no_nought():
    values = [{"month": str(n), "value": value} for n, value in enumerate([4, 8, None, 2, None, 6, 8])]
    found = drawn(values, {"pilot": 7})
    assert [len(line.split()) for line in found.lines] == [2, 2]
    assert len(found.marks) == 5
    assert (found.marks[1].y, found.grid[0].y) == (TOP, HEIGHT - BOTTOM)
    assert found.marks[0].x > LEFT
    assert [one.x for one in found.marks] == sorted({one.x for one in found.marks})
    assert all(TOP <= one.y <= HEIGHT - BOTTOM for one in (*found.marks, *found.levels))


@pytest.mark.parametrize(("number", "end"), [(1, 2), (2, 2), (3, 4), (9, 10), (31, 40), (99, 100), (101, 200)])
def test_a_scale_ends_at_a_round_number(number, end):
    assert nice(number) == end


def test_without_a_record_nothing_is_measured():
    page = Measures().page(Sources(now=NOW), "measures", Query())
    assert page.document["overall"]["contracts"] == 0
    assert "Nothing was accepted yet." in html(page, "en", Scene(NAVIGATION))
