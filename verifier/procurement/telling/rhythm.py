"""When people are told: quiet hours and days in the record's time zone, and one message a day or each thing at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from verifier.errors import UsageError
from verifier.words import say

DAILY = "daily"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`quiet` are two times of day, the second on the next day where it is not later; None where no hour is quiet."""

    zone: ZoneInfo
    quiet: tuple[time, time] | None
    days: frozenset[str]
    daily: bool

    def silent(self, now: str) -> bool:
        """Whether nothing is sent at this time, which is in UTC."""
        local = self._local(now)
        if DAYS[local.weekday()] in self.days:
            return True
        if self.quiet is None:
            return False
        first, last = self.quiet
        clock = local.time()
        return first <= clock < last if first < last else clock >= first or clock < last

    def day(self, now: str) -> str:
        """The day that it is there."""
        return self._local(now).date().isoformat()

    def _local(self, now: str) -> datetime:
        return datetime.fromisoformat(now).astimezone(self.zone)


def rhythm(notices: Mapping[str, Any]) -> Rhythm:
    """Of the section `notices`. Raises UsageError for a time zone that nobody knows."""
    quiet = notices.get("quiet", {})
    return Rhythm(
        zone=_zone(notices.get("zone", "UTC")),
        quiet=_hours(quiet),
        days=frozenset(quiet.get("days", ())),
        daily=notices.get("digest") == DAILY,
    )


def _hours(quiet: Mapping[str, str]) -> tuple[time, time] | None:
    """None where one of the two is missing, or both are the same: that is no hour."""
    first, last = quiet.get("from"), quiet.get("to")
    if first is None or last is None or first == last:
        return None
    return time.fromisoformat(first), time.fromisoformat(last)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(say("This machine knows no time zone {zone}.", zone=name)) from error
