"""Business days, by the public holidays of a country or of a part of it (the `holidays` library). Pure."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta

from verifier.errors import UsageError
from verifier.words import say


def after(day: date, number: int, calendar: str) -> date:
    """The day that many business days after `day`, which does not count. `calendar` is `CA` or `CA-ON`. Raises UsageError."""
    off = _off(calendar)
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5 and day not in off
    return day


def between(first: date, last: date, calendar: str) -> int:
    """How many business days lie after `first`, up to and with `last`; negative where `last` is before."""
    if last < first:
        return -between(last, first, calendar)
    off = _off(calendar)
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(day.weekday() < 5 and day not in off for day in days)


def check(calendar: str) -> None:
    """Raises UsageError for a country or part of one that has no calendar."""
    _off(calendar)


def _off(calendar: str) -> Container[date]:
    import holidays  # noqa: PLC0415 - it starts slowly

    country, _, part = calendar.partition("-")
    try:
        found: Container[date] = holidays.country_holidays(country, subdiv=part or None)
    except NotImplementedError as error:
        raise UsageError(say("There is no calendar of holidays for {calendar}.", calendar=calendar)) from error
    return found
