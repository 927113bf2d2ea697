"""Business days, by calendars that were looked up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import UsageError
from verifier.procurement import business

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("first", "number", "calendar", "last"),
    [
        ("2026-11-27", 1, "CA-ON", "2026-11-30"),  # Friday, Monday
        ("2026-11-29", 10, "CA-ON", "2026-12-11"),  # from a Sunday on
        ("2026-12-23", 2, "CA-ON", "2026-12-29"),  # Christmas on Friday, Boxing Day on Saturday, kept on Monday
        ("2026-06-23", 1, "CA-QC", "2026-06-25"),  # Saint-Jean-Baptiste
        ("2026-06-23", 1, "CA-ON", "2026-06-24"),
        ("2026-06-30", 1, "CA", "2026-07-02"),  # Canada Day
    ],
)
def test_the_day_so_many_business_days_later(first, number, calendar, last):
    assert business.after(date.fromisoformat(first), number, calendar).isoformat() == last


@given(DAYS, st.integers(0, 40))
def test_counting_there_and_back(first, number):
    last = business.after(first, number, "CA-ON")
    assert business.between(first, last, "CA-ON") == number
    assert business.between(last, first, "CA-ON") == -number


@given(DAYS, st.integers(1, 40))
def test_it_is_never_a_day_off(first, number):
    last = business.after(first, number, "CA")
    assert last.weekday() < 5
    assert business.between(last - timedelta(days=1), last, "CA") == 1


@pytest.mark.parametrize("calendar", ["ZZ", "CA-ZZ"])
def test_an_unknown_calendar_is_refused(calendar):
    with pytest.raises(UsageError):
        business.check(calendar)
