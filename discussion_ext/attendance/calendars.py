"""Calendars as other programs read them (RFC 5545). Pure: what stands in them is given.

The rules of zones are our own: each change of the clocks around the entries is written out, which every program reads.
icalendar's are lists of dates (RDATE) with onsets on the wrong side of the change; other parsers are an hour off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vDuration, vText, vUri

from discussion_ext.data import CalendarEntryData

_PRODUCT: Final = "-//Open edX community suite//meetings//EN"
_MARGIN: Final = timedelta(days=370)
_STEP: Final = timedelta(days=7)
#: How often programs are asked to look again; many have their own mind.
_REFRESH: Final = timedelta(hours=1)
_SECOND: Final = timedelta(seconds=1)


def render_calendar(entries: Iterable[CalendarEntryData], *, name: str) -> bytes:
    """Return a calendar file: times as wall clocks with their zones' rules, cancelled entries kept and marked."""
    shown = list(entries)
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(name))
    # Said in full: icalendar 6 writes a plain timedelta here as Python does, and no program reads the file then.
    calendar.add("refresh-interval", vDuration(_REFRESH, {"VALUE": "DURATION"}))
    calendar.add("x-published-ttl", vDuration(_REFRESH))
    for key in sorted({entry.zone.key for entry in shown} - {"UTC"}):
        moments = [each for entry in shown if entry.zone.key == key for each in (entry.starts_at, entry.ends_at)]
        calendar.add_component(_zone(ZoneInfo(key), since=min(moments) - _MARGIN, until=max(moments) + _MARGIN))
    for entry in shown:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntryData) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    zone = UTC if entry.zone.key == "UTC" else entry.zone
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    if entry.place:
        event.add("location", entry.place)
    if entry.text:
        event.add("description", entry.text)
    if entry.link:
        event.add("url", vUri(entry.link))
    return event


def _zone(zone: ZoneInfo, *, since: datetime, until: datetime) -> Timezone:
    """Return the rules of a zone between two instants: what holds at first, then each change of its clocks."""
    component = Timezone()
    component.add("tzid", zone.key)
    first = since.replace(second=0, microsecond=0)
    for moment in (first, *_list_changes(zone, first, until)):
        component.add_component(_observance(zone, moment, is_first=moment == first))
    return component


def _observance(zone: ZoneInfo, moment: datetime, *, is_first: bool) -> TimezoneStandard | TimezoneDaylight:
    """Return what holds from an instant on, whose onset is told by the clock from before it."""
    after = moment.astimezone(zone)
    before = after if is_first else (moment - _SECOND).astimezone(zone)
    offset_before, offset_after = before.utcoffset() or timedelta(), after.utcoffset() or timedelta()
    part = TimezoneDaylight() if after.dst() else TimezoneStandard()
    part.add("dtstart", (moment + offset_before).replace(tzinfo=None))
    part.add("tzoffsetfrom", offset_before)
    part.add("tzoffsetto", offset_after)
    part.add("tzname", after.tzname() or zone.key)
    return part


def _list_changes(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the instants at which the clocks of a zone change, to the second."""
    low = since
    while low < until:
        high = low + _STEP
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            yield _find_change(zone, low, high)
        low = high


def _find_change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    offset = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
    return high
