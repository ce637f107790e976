"""Calendars are read again by two parsers: the times hold over both changes of the clocks."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from discussion_ext.api import attendance as api
from discussion_ext.data import CalendarEntryData

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import vobject

ZONES = ["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Africa/Nairobi", "Asia/Kathmandu", "UTC"]
#: Before and after the clocks change, in both halves of the world.
DAYS = ["2026-03-02", "2026-03-25", "2026-04-01", "2026-04-08", "2026-10-01", "2026-10-21", "2026-10-28", "2026-11-04"]


def entry(**changes: Any) -> CalendarEntryData:
    zone = changes.pop("zone", ZoneInfo("Europe/Amsterdam"))
    start = changes.pop("start", datetime.fromisoformat("2026-03-25T19:00")).replace(tzinfo=zone)
    fields: dict[str, Any] = {
        "uid": "abc@lms.example.com",
        "sequence": 3,
        "title": "Giving feedback upwards",
        "starts_at": start.astimezone(UTC),
        "ends_at": start.astimezone(UTC).replace(minute=0),
        "zone": zone,
        "changed_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    }
    return CalendarEntryData(**{**fields, **changes})


def by_icalendar(text: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def by_vobject(text: bytes) -> list[Any]:
    return list(vobject.readOne(text.decode()).vevent_list)


@pytest.mark.parametrize("zone", ZONES)
def test_the_times_are_read_as_they_were_meant(zone: str) -> None:
    entries = [entry(uid=f"{day}@x", zone=ZoneInfo(zone), start=datetime.fromisoformat(f"{day}T19:00")) for day in DAYS]
    text = api.render_calendar(entries, name="My meetings")
    for events in (by_icalendar(text), by_vobject(text)):
        assert len(events) == len(entries)
    for meant, one, other in zip(entries, by_icalendar(text), by_vobject(text), strict=True):
        assert one.decoded("dtstart").astimezone(UTC) == meant.starts_at
        assert other.dtstart.value.astimezone(UTC) == meant.starts_at
        assert one.decoded("dtstart").hour == other.dtstart.value.hour == 19
        assert one.decoded("dtend").astimezone(UTC) == other.dtend.value.astimezone(UTC) == meant.ends_at
        assert str(one["uid"]) == other.uid.value == meant.uid


@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone != "UTC"])
def test_every_zone_that_is_named_is_described(zone: str) -> None:
    text = api.render_calendar([entry(zone=ZoneInfo(zone))], name="x")
    calendar = icalendar.Calendar.from_ical(text)
    assert [str(each["tzid"]) for each in calendar.walk("VTIMEZONE")] == [zone]
    assert calendar.walk("VEVENT")[0]["dtstart"].params["tzid"] == zone


def test_a_moved_and_a_cancelled_entry_keep_their_uid_and_raise_the_sequence() -> None:
    first, moved = entry(), entry(sequence=4, start=datetime.fromisoformat("2026-04-01T19:00"))
    gone = replace(moved, sequence=5, is_cancelled=True)
    seen = [by_icalendar(api.render_calendar([each], name="x"))[0] for each in (first, moved, gone)]
    assert {str(each["uid"]) for each in seen} == {"abc@lms.example.com"}
    assert [int(each["sequence"]) for each in seen] == [3, 4, 5]
    assert [str(each["status"]) for each in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_the_same_entries_give_the_same_file() -> None:
    assert api.render_calendar([entry()], name="x") == api.render_calendar([entry()], name="x")


def test_hostile_text_stays_text() -> None:
    bad = "Evening; a,b\\c\r\nBEGIN:VEVENT\nUID:forged <script>"
    shown = entry(title=bad, place=bad, text=bad, link="https://example.com/a?b=1;c")
    text = api.render_calendar([shown], name=bad)
    (one,), (other,) = by_icalendar(text), by_vobject(text)
    assert "forged" not in str(one["uid"])
    for read in (str(one["summary"]), other.summary.value):
        assert read.replace("\r\n", "\n") == bad.replace("\r\n", "\n")
    assert str(one["url"]) == "https://example.com/a?b=1;c"


def test_long_lines_are_folded() -> None:
    text = api.render_calendar([entry(title="x" * 400 + "陈嘉文" * 50)], name="x")
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert by_icalendar(text)[0]["summary"] == "x" * 400 + "陈嘉文" * 50


def test_an_empty_calendar_is_one() -> None:
    text = api.render_calendar([], name="Nothing yet")
    assert by_icalendar(text) == []
    assert icalendar.Calendar.from_ical(text)["x-wr-calname"] == "Nothing yet"
