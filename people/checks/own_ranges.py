"""What each setting of this package may be."""

from __future__ import annotations

import re
from typing import Any, Final
from zoneinfo import available_timezones

from people.data import NameChoice, RangeData

_MONTH_SECONDS: Final = 31 * 24 * 3600
_DECADE_DAYS: Final = 3650


def _is_pauses(value: Any) -> bool:
    return bool(value) and all(type(minutes) is int and minutes > 0 for minutes in value)


def _is_quiet_hours(value: Any) -> bool:
    return len(value) == 2 and all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time) for time in value)


def _is_surfaces(value: Any) -> bool:
    return {"board", "post"} <= set(value) and all(choice in list(NameChoice) for choice in value.values())


RANGES: Final = (
    RangeData(
        "PEOPLE_SURFACE_DEFAULTS",
        'a choice of "name", "pseudonym" or "hidden" for each of "board" and "post"',
        _is_surfaces,
    ),
    RangeData(
        "PEOPLE_DEFAULT_ZONE",
        "the name of a time zone, such as Africa/Nairobi, or an empty text",
        lambda value: value == "" or value in available_timezones(),
    ),
    RangeData("PEOPLE_QUIET_HOURS", 'two times of day, such as ["21:00", "07:00"]', _is_quiet_hours),
    RangeData("PEOPLE_DELIVERY_RETRY_MINUTES", "a list of minutes, each 1 or more", _is_pauses),
    RangeData("PEOPLE_ERRAND_RETRY_MINUTES", "a list of minutes, each 1 or more", _is_pauses),
    RangeData.whole("PEOPLE_DELIVERY_CLAIM_MINUTES", 1, 1440),
    RangeData.number("PEOPLE_DELIVERY_USEFUL_HOURS", 0, 24 * _DECADE_DAYS),
    RangeData.whole("PEOPLE_DELIVERY_MOST_PER_HOUR", 0, 1000),
    RangeData.whole("PEOPLE_DELIVERIES_PER_RUN", 1, 1_000_000),
    RangeData.whole("PEOPLE_ERRAND_CLAIM_MINUTES", 1, 1440),
    RangeData.whole("PEOPLE_ERRAND_STUCK_ATTEMPTS", 1, 1000),
    RangeData.number("PEOPLE_DELIVERIES_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.number("PEOPLE_ERRANDS_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.number("PEOPLE_NEWS_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.whole("PEOPLE_DIGEST_HOUR", 0, 23),
    RangeData.number("PEOPLE_PURGE_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.whole("PEOPLE_DELIVERIES_KEEP_DAYS", 0, _DECADE_DAYS),
    RangeData.whole("PEOPLE_DELIVERY_ROWS_KEEP_DAYS", 0, _DECADE_DAYS),
    RangeData.whole("PEOPLE_AUDIT_KEEP_DAYS", 0, 10 * _DECADE_DAYS),
    RangeData.pace("PEOPLE_UNSUBSCRIBE_LIMIT"),
    RangeData.text("PEOPLE_TASK_QUEUE"),
    RangeData(
        "PEOPLE_JOBS",
        "a table of names of jobs with names of settings",
        lambda value: all(isinstance(name, str) and isinstance(setting, str) for name, setting in value.items()),
    ),
    RangeData.switch("PEOPLE_REPORT_SERVICE"),
)
