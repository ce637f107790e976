"""Quiet hours on the person's own wall clock, also when the clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.zones import find_zone, is_quiet, next_allowed

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHT = {"start": time(21), "end": time(7)}


def at(text: str, zone: ZoneInfo = AMSTERDAM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-23T20:59", "2026-11-23T20:59"),
        ("2026-11-23T21:00", "2026-11-24T07:00"),
        ("2026-11-24T00:00", "2026-11-24T07:00"),
        ("2026-11-24T06:59", "2026-11-24T07:00"),
        ("2026-11-24T07:00", "2026-11-24T07:00"),
        # The night of the spring change is an hour shorter, that of the autumn change an hour longer.
        ("2027-03-27T23:00", "2027-03-28T07:00"),
        ("2027-10-30T23:00", "2027-10-31T07:00"),
    ],
)
def test_mail_waits_for_the_end_of_the_night(moment, allowed):
    assert next_allowed(at(moment), zone=AMSTERDAM, **NIGHT) == at(allowed)


def test_night_lengths_at_the_clock_changes():
    spring = next_allowed(at("2027-03-27T23:00"), zone=AMSTERDAM, **NIGHT) - at("2027-03-27T23:00").astimezone(UTC)
    autumn = next_allowed(at("2027-10-30T23:00"), zone=AMSTERDAM, **NIGHT) - at("2027-10-30T23:00").astimezone(UTC)
    assert (spring, autumn) == (timedelta(hours=7), timedelta(hours=9))


def test_an_end_that_the_clock_skips_or_repeats():
    early = {"start": time(21), "end": time(2, 30)}
    spring = next_allowed(at("2027-03-28T01:30"), zone=AMSTERDAM, **early)
    autumn = next_allowed(at("2027-10-31T01:30"), zone=AMSTERDAM, **early)
    assert spring == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert autumn == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_equal_hours_mean_never_quiet():
    assert not is_quiet(at("2026-11-23T03:00"), zone=AMSTERDAM, start=time(8), end=time(8))


def test_quiet_hours_within_one_day():
    siesta = {"start": time(13), "end": time(16)}
    assert is_quiet(at("2026-11-23T14:00"), zone=AMSTERDAM, **siesta)
    assert not is_quiet(at("2026-11-23T16:00"), zone=AMSTERDAM, **siesta)


@given(
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    start=st.times().map(lambda value: value.replace(second=0, microsecond=0)),
    end=st.times().map(lambda value: value.replace(second=0, microsecond=0)),
)
def test_waiting_never_goes_back_and_never_longer_than_a_day(moment, zone, start, end):
    allowed = next_allowed(moment, zone=ZoneInfo(zone), start=start, end=end)
    assert moment <= allowed <= moment + timedelta(hours=25)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "\x00"])
def test_names_that_are_no_zone(name):
    assert find_zone(name) is None
