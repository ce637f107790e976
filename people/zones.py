"""Zones, local dates and quiet hours as pure rules: no database, no current time of its own."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}  # what a machine is set to names no place


def find_zone(name: str) -> ZoneInfo | None:
    """Return the zone of that IANA name, or None for a name that is none."""
    return ZoneInfo(name) if name in _zone_names() else None


def is_quiet(instant: datetime, *, zone: ZoneInfo, start: time, end: time) -> bool:
    """Say whether it is somebody's quiet time; ``start`` is inside, ``end`` outside, and equal times mean never."""
    clock = instant.astimezone(zone).time().replace(tzinfo=None)
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


def next_allowed(instant: datetime, *, zone: ZoneInfo, start: time, end: time) -> datetime:
    """Return the first instant from ``instant`` on that is outside the quiet time, in UTC.

    Quiet hours are read off the person's wall clock. Where the clock jumps over ``end`` in spring, the quiet time is
    over at the jump; where it shows ``end`` twice in autumn, it is over the first time.
    """
    if not is_quiet(instant, zone=zone, start=start, end=end):
        return instant.astimezone(UTC)
    local = instant.astimezone(zone)
    day = local.date() if local.time().replace(tzinfo=None) < end else local.date() + timedelta(days=1)
    ending = datetime.combine(day, end, tzinfo=zone).astimezone(UTC)
    return max(ending, instant.astimezone(UTC))
