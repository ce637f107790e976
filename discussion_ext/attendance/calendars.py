"""Calendars as other programs read them (RFC 5545). Pure: what stands in them is given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Final

from icalendar import Calendar, Event, vUri

from discussion_ext.data import CalendarEntryData

_PRODUCT: Final = "-//Open edX community suite//meetings//EN"


def render_calendar(entries: Iterable[CalendarEntryData], *, name: str) -> bytes:
    """Return a calendar file: times as wall clocks with their zones' rules, cancelled entries kept and marked."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(entry: CalendarEntryData) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(entry.zone))
    event.add("dtend", entry.ends_at.astimezone(entry.zone))
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    if entry.place:
        event.add("location", entry.place)
    if entry.text:
        event.add("description", entry.text)
    if entry.link:
        event.add("url", vUri(entry.link))
    return event
