"""Plans and rules of series: evenings in Amsterdam, on Mondays from the third one of January 2027 on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chapters.data import EventPlanData, SeriesData, SeriesFrequency, SeriesRuleData

#: A Monday.
NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
#: The third Monday of its month.
FIRST = date(2027, 1, 18)


def make_plan(**changes: Any) -> EventPlanData:
    """Return a plan; its own moment is of no account in a series."""
    values: dict[str, Any] = {
        "title": "Case evening",
        "starts_local": datetime.combine(FIRST, time(19)),
        "zone": "Europe/Amsterdam",
        "minutes": 120,
        "place": "Westerstraat 100",
        "room_capacity": 10,
    }
    return EventPlanData(**{**values, **changes})


def make_rule(**changes: Any) -> SeriesRuleData:
    """Return the rule of every Monday at 19:00, four times."""
    values: dict[str, Any] = {"frequency": SeriesFrequency.WEEKLY, "starts_on": FIRST, "at": time(19), "count": 4}
    return SeriesRuleData(**{**values, **changes})


def days_of(series: SeriesData) -> list[str]:
    """Return when the dates of a series are on the wall, "01-18 19:00"."""
    return [f"{card.event.starts_local:%m-%d %H:%M}" for card in series.dates]


def weeks(number: int) -> datetime:
    """Return the wall clock of the date so many weeks after the first."""
    return datetime.combine(FIRST, time(19)) + timedelta(weeks=number)


def wall(text: str) -> datetime:
    """Return a moment on the wall of a place that is said elsewhere: "2027-01-18 19:00"."""
    return datetime.fromisoformat(text)
