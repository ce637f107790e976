"""Dates in words as the visual language wants them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from people import api

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EVENING = datetime(2026, 12, 3, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Africa/Nairobi", "Thu 3 Dec, 19:00, Nairobi time"),
        ("Europe/Amsterdam", "Thu 3 Dec, 17:00, Amsterdam time"),
        ("Asia/Shanghai", "Fri 4 Dec, 00:00, Shanghai time"),
        ("Asia/Calcutta", "Thu 3 Dec, 21:30, Kolkata time"),
        ("America/Argentina/Ushuaia", "Thu 3 Dec, 13:00, Ushuaia time"),
        ("UTC", "Thu 3 Dec, 16:00, UTC"),
        ("Etc/GMT+3", "Thu 3 Dec, 13:00, GMT+3"),
    ],
)
def test_moment_with_the_city_of_the_zone(zone, text):
    assert api.format_moment(EVENING, zone=ZoneInfo(zone), language="en", now=NOW) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 1, 5), "Mon 5 Jan"),
        (date(2027, 11, 21), "Sun 21 Nov"),
        (date(2027, 11, 22), "Mon 22 Nov 2027"),
        (date(2025, 12, 31), "Wed 31 Dec 2025"),
    ],
)
def test_year_only_outside_this_year_and_the_next_twelve_months(day, text):
    assert api.say_day(day, today=NOW.date()) == text


def test_stretches_within_a_day_and_over_midnight():
    zone = ZoneInfo("Africa/Nairobi")
    within = api.format_moment(EVENING, until=EVENING.replace(hour=17, minute=30), zone=zone, language="en", now=NOW)
    over = api.say_stretch(EVENING, datetime(2026, 12, 4, 6, 0, tzinfo=UTC), zone, now=NOW)
    assert within == "Thu 3 Dec, 19:00–20:30, Nairobi time"
    assert over == "Thu 3 Dec, 19:00 – Fri 4 Dec, 09:00"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 21, 8, 15, tzinfo=UTC), "today, 09:15"),
        (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), "today, 00:30"),
        (datetime(2026, 11, 20, 20, 40, tzinfo=UTC), "yesterday, 21:40"),
        (datetime(2026, 11, 19, 20, 40, tzinfo=UTC), "Thu 19 Nov"),
    ],
)
def test_recent_posts_by_the_readers_own_day(moment, text):
    assert api.say_recent(moment, ZoneInfo("Europe/Amsterdam"), now=NOW) == text


@pytest.mark.parametrize(
    ("until", "text"),
    [
        (datetime(2026, 11, 29, 12, 0, tzinfo=UTC), "8 days left"),
        (datetime(2026, 11, 23, 11, 59, tzinfo=UTC), "47 hours left"),
        (datetime(2026, 11, 21, 13, 0, tzinfo=UTC), "1 hour left"),
        (datetime(2026, 11, 21, 12, 1, tzinfo=UTC), "1 minute left"),
        (datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "0 minutes left"),
    ],
)
def test_time_left(until, text):
    assert api.say_left(until, now=NOW) == text


def test_machine_form_is_utc():
    assert api.format_utc(datetime(2026, 12, 3, 19, 0, tzinfo=ZoneInfo("Africa/Nairobi"))) == "2026-12-03T16:00Z"
