"""What lists are filtered and ordered by, as the index has it."""

import pytest
from support.chains import ASSESSED, ENDS, Purchase, contract, signed_file
from support.earlier import back
from support.filed import agreed, event, record

from verifier.procurement.index import Wanted

ID = "MA-2026-014"
FILTERS = {
    "text": ("TARIFS", "nothing of it"),
    "state": ("certified", "paid"),
    "supplier": ("supplier", "s.other"),
    "verdict": ("accepted", "pending"),
    "licence": ("MIT", "Apache-2.0"),
    "profile": ("micro-ca", "qasp-18f"),
    "awarded_from": ("2026-11-01", "2026-11-02"),
    "awarded_until": ("2026-11-01", "2026-10-31"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("found")
    with record(found) as records:
        records.file(Purchase().files().values())
    return found


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_finds_what_it_fits_and_nothing_else(folder, name):
    fits, other = FILTERS[name]
    with record(folder) as records:
        assert [one.id for one in records.index.listed(Wanted(**{name: fits}))] == [ID]
        assert records.index.counted(Wanted(**{name: fits})) == 1
        assert records.index.listed(Wanted(**{name: other})) == []


def test_all_filters_at_once(folder):
    with record(folder) as records:
        wanted = Wanted(**{name: fits for name, (fits, _) in FILTERS.items()})
        assert records.index.counted(wanted) == len(records.index.listed(wanted)) == 1


def test_capitals_with_an_accent_are_found_by_their_small_letters(tmp_path):
    with record(tmp_path) as records:
        records.file(agreed(contract(title={"en": "Study", "fr": "ÉTUDE"})))
        assert records.index.counted(Wanted(text="étude")) == 1


def test_an_index_of_before_is_filled_in_when_it_is_next_opened(folder):
    with record(folder) as records:
        before = records.index.listed(Wanted())
        marks = records.index.marks()
    back(folder / "index.sqlite", "0004")
    with record(folder) as records:
        assert (records.index.listed(Wanted(verdict="accepted")), records.index.marks()) == (before, marks)


def test_the_longest_wait_comes_first_whatever_else_was_told_meanwhile(tmp_path):
    with record(tmp_path) as records:
        for name, started in (("MA-1", ENDS), ("MA-2", ASSESSED)):
            one = contract(id=name)
            records.file([*agreed(one), signed_file(event(one, "started", started), "supplier")])
        first, second = records.index.listed(Wanted(state="in progress", oldest=True))
        assert first.since <= second.since
        told = event(contract(id=first.id), "extended", ENDS)
        records.file([signed_file(told, "requester")])
        assert [one.id for one in records.index.listed(Wanted(state="in progress", oldest=True))] == [
            first.id,
            second.id,
        ]


def test_a_mark_is_another_one_after_each_thing_that_happens(tmp_path):
    one, seen = contract(), set()
    with record(tmp_path) as records:
        for content in (*agreed(one), signed_file(event(one, "started", ASSESSED), "supplier")):
            records.file([content])
            seen.add(records.index.marks()[0].mark)
    assert len(seen) == 3
