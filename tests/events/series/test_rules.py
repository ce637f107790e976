"""Rules of series: the days they give, the moments those have, and what is no rule."""

from __future__ import annotations

import calendar
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from chapters.data import SeriesFrequency, SeriesRuleData
from chapters.events.rules import (
    MOST_DATES,
    ORDINALS,
    iter_days,
    list_days,
    place_date,
    preview_series,
    say_end,
    say_rule,
)
from chapters.exceptions import InvalidValueError

F = SeriesFrequency


def rule(
    frequency: SeriesFrequency = F.WEEKLY, starts_on: str = "2027-01-18", at: str = "19:00", **changes: Any
) -> Any:
    end: dict[str, Any] = {"count": 4} if not {"until", "count"} & changes.keys() else {}
    return SeriesRuleData(
        frequency=frequency, starts_on=date.fromisoformat(starts_on), at=time.fromisoformat(at), **end, **changes
    )


def days_of(*args: Any, **kwargs: Any) -> list[str]:
    return [day.isoformat() for day in list_days(rule(*args, **kwargs))]


# -- the days ----------------------------------------------------------------------------------------------------------


def test_third_mondays_are_counted_in_each_month() -> None:
    """The third Monday, not the Monday of the third week: February begins on a Monday in 2027."""
    found = days_of(F.MONTHLY_WEEKDAY, "2027-01-18", ordinal=3, count=6)
    assert found == ["2027-01-18", "2027-02-15", "2027-03-15", "2027-04-19", "2027-05-17", "2027-06-21"]


def test_last_fridays_are_the_fourth_or_the_fifth() -> None:
    """Some months have five."""
    found = days_of(F.MONTHLY_WEEKDAY, "2027-01-29", ordinal=-1, count=5)
    assert found == ["2027-01-29", "2027-02-26", "2027-03-26", "2027-04-30", "2027-05-28"]


def test_the_last_day_leaves_no_month_out() -> None:
    """A rule of the 31st would skip every shorter month."""
    found = days_of(F.MONTHLY_LAST_DAY, "2027-12-31", count=6)
    assert found == ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"]


def test_every_two_weeks_goes_on_over_the_year() -> None:
    """2026 has 53 weeks: numbers of weeks would lose the rhythm."""
    found = days_of(F.TWO_WEEKLY, "2026-12-17", count=4)
    assert found == ["2026-12-17", "2026-12-31", "2027-01-14", "2027-01-28"]


def test_every_week_until_a_day_that_counts() -> None:
    """The last day is one of the dates where the rule gives it."""
    assert days_of(starts_on="2027-01-18", until=date(2027, 2, 1)) == ["2027-01-18", "2027-01-25", "2027-02-01"]
    assert days_of(starts_on="2027-01-18", until=date(2027, 1, 31)) == ["2027-01-18", "2027-01-25"]


@given(
    frequency=st.sampled_from(F),
    start=st.dates(date(2024, 1, 1), date(2035, 12, 31)),
    ordinal=st.sampled_from(ORDINALS),
)
def test_every_day_is_one_of_the_rule(frequency: SeriesFrequency, start: date, ordinal: int) -> None:
    """By a calendar of our own: the same weekday, so many weeks apart, or so far in the month."""
    series = SeriesRuleData(frequency=frequency, starts_on=start, at=time(19), ordinal=ordinal, count=2)
    days = list(itertools.islice(iter_days(series), 30))
    assert days == sorted(set(days))
    months = [(day.year, day.month) for day in days]
    if frequency in {F.WEEKLY, F.TWO_WEEKLY}:
        weeks = 1 if frequency is F.WEEKLY else 2
        assert days == [start + timedelta(weeks=weeks * number) for number in range(30)]
        return
    assert {(y2 - y1) * 12 + m2 - m1 for (y1, m1), (y2, m2) in itertools.pairwise(months)} == {1}
    for day in days:
        last = calendar.monthrange(day.year, day.month)[1]
        if frequency is F.MONTHLY_LAST_DAY:
            assert day.day == last
        elif ordinal == -1:
            assert day.weekday() == start.weekday()
            assert day.day > last - 7
        else:
            assert day.weekday() == start.weekday()
            assert (day.day - 1) // 7 + 1 == ordinal


# -- the moments -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "start", "offsets"),
    [
        ("Europe/Amsterdam", "2027-03-14", [1, 1, 2, 2]),
        ("Europe/Amsterdam", "2027-10-17", [2, 2, 1, 1]),
        ("America/New_York", "2027-02-28", [-5, -5, -4, -4]),
        ("America/New_York", "2027-10-24", [-4, -4, -5, -5]),
        ("Africa/Nairobi", "2027-03-14", [3, 3, 3, 3]),
        ("Australia/Lord_Howe", "2027-03-21", [11, 11, 10.5, 10.5]),
        ("Australia/Lord_Howe", "2027-09-19", [10.5, 10.5, 11, 11]),
        ("America/Santiago", "2027-03-21", [-3, -3, -4, -4]),
        ("Pacific/Auckland", "2027-09-12", [12, 12, 13, 13]),
    ],
)
def test_the_wall_clock_stays_over_both_changes(zone: str, start: str, offsets: list[float]) -> None:
    """19:00 is 19:00 in every week: what changes is the instant, in each half of the world in its own season."""
    dates = preview_series(rule(starts_on=start), zone, 120)
    assert [each.starts_local.hour for each in dates] == [19] * 4
    found = [each.starts_at.astimezone(ZoneInfo(zone)).utcoffset() for each in dates]
    assert found == [timedelta(hours=hours) for hours in offsets]
    assert [each.note for each in dates] == [""] * 4
    assert all(each.starts_at.tzinfo is UTC for each in dates)


@pytest.mark.parametrize(
    ("zone", "day", "at", "shown"),
    [
        ("Europe/Amsterdam", "2027-03-28", "02:30", "03:30"),
        ("America/New_York", "2027-03-14", "02:15", "03:15"),
        ("Australia/Lord_Howe", "2027-10-03", "02:10", "02:40"),
        ("America/Santiago", "2027-09-05", "00:00", "01:00"),
    ],
)
def test_a_time_that_is_skipped_moves_by_what_the_clock_jumps(zone: str, day: str, at: str, shown: str) -> None:
    """By an hour in most places, by half of one on Lord Howe; and it is said."""
    placed = place_date(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(zone))
    assert placed.starts_local == datetime.fromisoformat(f"{day}T{shown}")
    assert placed.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == placed.starts_local
    assert placed.fold is None
    assert at in placed.note
    assert shown in placed.note


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Europe/Amsterdam", "2027-10-31", "02:30", "2027-10-31T00:30+00:00"),
        ("America/New_York", "2027-11-07", "01:30", "2027-11-07T05:30+00:00"),
        ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03T14:45+00:00"),
    ],
)
def test_of_a_time_that_comes_twice_the_first_is_taken(zone: str, day: str, at: str, instant: str) -> None:
    """And it is said, with what the meeting has to know."""
    placed = place_date(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(zone))
    assert placed.starts_at == datetime.fromisoformat(instant)
    assert placed.fold == 0
    assert "twice" in placed.note


def test_only_the_date_that_is_skipped_moves() -> None:
    """The weeks after it are at the time that was asked for."""
    dates = preview_series(rule(starts_on="2027-03-21", at="02:30"), "Europe/Amsterdam", 60)
    assert [f"{each.starts_local:%H:%M}" for each in dates] == ["02:30", "03:30", "02:30", "02:30"]
    assert [bool(each.note) for each in dates] == [False, True, False, False]


# -- what is no rule ---------------------------------------------------------------------------------------------------


GOOD = rule()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"frequency": "daily"}, "frequency"),
        ({"frequency": "weekly"}, "frequency"),
        ({"frequency": None}, "frequency"),
        ({"starts_on": date(1999, 12, 31)}, "starts_on"),
        ({"starts_on": date(2200, 1, 1)}, "starts_on"),
        ({"starts_on": datetime(2027, 1, 18, tzinfo=UTC)}, "starts_on"),
        ({"starts_on": "2027-01-18"}, "starts_on"),
        ({"at": time(19, 0, 30)}, "at"),
        ({"at": time(19, tzinfo=UTC)}, "at"),
        ({"at": "19:00"}, "at"),
        ({"count": None}, "until"),
        ({"until": date(2027, 5, 1)}, "count"),
        ({"count": 1}, "count"),
        ({"count": 0}, "count"),
        ({"count": -4}, "count"),
        ({"count": MOST_DATES + 1}, "count"),
        ({"count": 10**9}, "count"),
        ({"count": True}, "count"),
        ({"count": 4.0}, "count"),
        ({"frequency": F.MONTHLY_WEEKDAY, "ordinal": 3, "count": 30}, "count"),
        ({"count": None, "until": date(9999, 12, 31)}, "until"),
        ({"count": None, "until": date(2029, 1, 19)}, "until"),
        ({"count": None, "until": date(2028, 12, 31)}, "until"),
        ({"count": None, "until": date(2027, 1, 18)}, "until"),
        ({"count": None, "until": date(2026, 1, 1)}, "until"),
        ({"count": None, "until": "soon"}, "until"),
        ({"frequency": F.MONTHLY_WEEKDAY, "ordinal": 5}, "ordinal"),
        ({"frequency": F.MONTHLY_WEEKDAY, "ordinal": 0}, "ordinal"),
        ({"frequency": F.MONTHLY_WEEKDAY, "ordinal": -2}, "ordinal"),
        ({"frequency": F.MONTHLY_WEEKDAY, "ordinal": True}, "ordinal"),
        ({"frequency": F.MONTHLY_WEEKDAY, "ordinal": 2}, "ordinal"),
        ({"frequency": F.MONTHLY_WEEKDAY, "ordinal": 4, "starts_on": date(2027, 1, 31)}, "ordinal"),
        ({"frequency": F.MONTHLY_LAST_DAY}, "starts_on"),
        ({"frequency": F.MONTHLY_LAST_DAY, "starts_on": date(2028, 2, 28)}, "starts_on"),
    ],
)
def test_what_is_no_rule_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    """Endless, absurd and self-contradicting rules, and values of other types."""
    with pytest.raises(InvalidValueError) as refused:
        preview_series(replace(GOOD, **changes), "Europe/Amsterdam", 120)
    assert refused.value.field == field
    assert refused.value.message


@pytest.mark.parametrize("minutes", [0, -1, 2881, True, 1.5, None])
def test_a_length_that_no_event_has_is_refused(minutes: Any) -> None:
    """The dates have it all."""
    with pytest.raises(InvalidValueError) as refused:
        preview_series(GOOD, "Europe/Amsterdam", minutes)
    assert refused.value.field == "minutes"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    """By the field of the plan."""
    with pytest.raises(InvalidValueError) as refused:
        preview_series(GOOD, zone, 60)
    assert refused.value.field == "zone"


def test_the_longest_rules_that_are_allowed() -> None:
    """Sixty dates, and two years to the day."""
    assert len(preview_series(replace(GOOD, count=MOST_DATES), "UTC", 1)) == MOST_DATES
    two_years = replace(GOOD, frequency=F.TWO_WEEKLY, count=None, until=date(2029, 1, 18))
    assert len(preview_series(two_years, "UTC", 2880)) == 53


def test_a_refusal_of_the_first_day_says_which_one_would_do() -> None:
    """People correct it without a calendar at hand."""
    with pytest.raises(InvalidValueError, match="Mon 15 Feb"):
        list_days(replace(GOOD, frequency=F.MONTHLY_WEEKDAY, ordinal=3, starts_on=date(2027, 1, 25)))


# -- in words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("series", "said"),
    [
        (rule(), "Every week on Monday at 19:00."),
        (rule(F.TWO_WEEKLY, at="07:30"), "Every two weeks on Monday at 07:30."),
        (rule(F.MONTHLY_WEEKDAY, ordinal=3), "On the third Monday of each month at 19:00."),
        (rule(F.MONTHLY_WEEKDAY, "2027-01-29", ordinal=-1), "On the last Friday of each month at 19:00."),
        (rule(F.MONTHLY_LAST_DAY, "2027-01-31"), "On the last day of each month at 19:00."),
    ],
)
def test_a_rule_is_said_as_people_say_it(series: SeriesRuleData, said: str) -> None:
    """And not as a pattern."""
    assert say_rule(series) == said


def test_a_rule_that_was_moved_says_so() -> None:
    """A week has another day then; of a month's third Monday the day after is no third Tuesday."""
    assert say_rule(rule(), shift=1) == "Every week on Tuesday at 19:00."
    assert say_rule(rule(F.MONTHLY_WEEKDAY, ordinal=3), shift=1).endswith("Moved to 1 day later.")
    assert say_rule(rule(F.MONTHLY_WEEKDAY, ordinal=3), shift=-2).endswith("Moved to 2 days earlier.")


def test_the_end_is_said() -> None:
    """By the last day or the number of dates."""
    assert say_end(rule(until=date(2190, 6, 30))) == "Until Wed 30 Jun 2190."
    assert say_end(rule(count=12)) == "12 dates."


def test_weekdays_are_in_the_readers_language() -> None:
    """Django has their names."""
    with translation.override("nl"):
        assert "maandag" in say_rule(rule())
