"""What a clock on a wall means, over both changes of the clocks and in odd zones."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discussion_ext.api import attendance as api

AMSTERDAM = "Europe/Amsterdam"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone", "fold", "instant"),
    [
        ("2026-12-03T19:00", "Africa/Nairobi", None, "2026-12-03T16:00"),
        ("2026-03-29T01:59", AMSTERDAM, None, "2026-03-29T00:59"),
        ("2026-03-29T03:00", AMSTERDAM, None, "2026-03-29T01:00"),
        ("2026-10-25T01:59", AMSTERDAM, None, "2026-10-24T23:59"),
        ("2026-10-25T02:30", AMSTERDAM, 0, "2026-10-25T00:30"),
        ("2026-10-25T02:30", AMSTERDAM, 1, "2026-10-25T01:30"),
        ("2026-10-25T03:00", AMSTERDAM, None, "2026-10-25T02:00"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "skipped", ""),  # a jump of half an hour
        ("2026-04-05T01:45", "Australia/Lord_Howe", 1, "2026-04-04T15:15"),
        ("2011-12-30T12:00", "Pacific/Apia", "skipped", ""),  # a day that Samoa left out
        ("2026-12-03T19:00", "Asia/Kathmandu", None, "2026-12-03T13:15"),
        ("2026-12-03T19:00", AMSTERDAM, 1, "2026-12-03T18:00"),  # a fold where nothing is doubled says nothing
    ],
)
def test_to_instant(local: str, zone: str, fold: int | str | None, instant: str) -> None:
    if fold == "skipped":
        with pytest.raises(api.WallClockError) as refusal:
            api.to_instant(datetime.fromisoformat(local), zone)
        assert refusal.value.code == "skipped"
        return
    assert api.to_instant(datetime.fromisoformat(local), zone, fold=fold) == utc(instant)


def test_a_skipped_time_is_refused_with_the_times_there_are() -> None:
    with pytest.raises(api.WallClockError) as refusal:
        api.to_instant(datetime.fromisoformat("2026-03-29T02:30"), AMSTERDAM, fold=0)
    assert (refusal.value.code, refusal.value.field, refusal.value.status) == ("skipped", "starts_local", 422)
    assert "02:30 does not exist in Europe/Amsterdam. Choose 01:30 or 03:30." in refusal.value.message


def test_a_doubled_time_asks_which() -> None:
    with pytest.raises(api.WallClockError) as refusal:
        api.to_instant(datetime.fromisoformat("2026-10-25T02:30"), AMSTERDAM)
    assert (refusal.value.code, refusal.value.field) == ("doubled", "fold")
    assert "the first (00:30 UTC) or the second (01:30 UTC)" in refusal.value.message


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "localtime", "Factory", "europe/amsterdam", "../etc/passwd", "CET\0", "x" * 5000]
)
def test_an_unknown_zone(name: str) -> None:
    with pytest.raises(api.WallClockError) as refusal:
        api.to_instant(datetime.fromisoformat("2026-01-01T00:00"), name)
    assert (refusal.value.code, refusal.value.field) == ("unknown_zone", "zone")


@pytest.mark.parametrize(
    ("start", "zone", "days", "end"),
    [
        ("2026-03-25T18:00", AMSTERDAM, 7, "2026-04-01T17:00"),  # 19:00 stays 19:00 in spring
        ("2026-10-21T17:00", AMSTERDAM, 7, "2026-10-28T18:00"),  # and in autumn
        ("2026-10-28T18:00", AMSTERDAM, -7, "2026-10-21T17:00"),
        ("2026-03-28T01:30", AMSTERDAM, 1, "2026-03-29T01:30"),  # 02:30 is skipped: 03:30
        ("2026-10-24T00:30", AMSTERDAM, 1, "2026-10-25T00:30"),  # 02:30 comes twice: the first
        ("2026-10-25T01:30", AMSTERDAM, 0, "2026-10-25T01:30"),  # no day later is the same moment, doubled or not
        ("2026-12-03T16:00", "Africa/Nairobi", 30, "2027-01-02T16:00"),
    ],
)
def test_shift_days(start: str, zone: str, days: int, end: str) -> None:
    assert api.shift_days(utc(start), zone, days) == utc(end)


def test_beyond_the_calendar() -> None:
    assert api.shift_days(utc("2026-01-01T00:00"), "UTC", 10**7).year == 9999
    assert api.shift_days(utc("2026-01-01T00:00"), "UTC", -(10**7)).year == 1


@given(
    moment=st.datetimes(
        min_value=datetime.fromisoformat("2020-01-01T00:00"), max_value=datetime.fromisoformat("2035-01-01T00:00")
    ),
    days=st.integers(-400, 400),
    zone=st.sampled_from([AMSTERDAM, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
)
def test_the_wall_clock_stays(moment: datetime, days: int, zone: str) -> None:
    place, start = ZoneInfo(zone), moment.replace(tzinfo=UTC)
    moved = api.shift_days(start, zone, days).astimezone(place)
    wanted = start.astimezone(place).time()
    gap = (moved.hour * 60 + moved.minute) - (wanted.hour * 60 + wanted.minute)
    assert gap == 0 or 0 < gap <= 60  # an hour that is skipped moves forward
    if gap == 0 and days:
        assert moved.replace(tzinfo=None) == start.astimezone(place).replace(tzinfo=None) + (
            moved.date() - start.astimezone(place).date()
        )


def test_zones_to_choose_from() -> None:
    zones = api.list_zones()
    assert zones[0] == "UTC"
    assert {"Africa/Nairobi", AMSTERDAM, "America/Argentina/Ushuaia"} <= set(zones)
    assert not {"EST", "Etc/GMT+5", "US/Eastern"} & set(zones)
    assert all(api.find_zone(name) for name in zones)
