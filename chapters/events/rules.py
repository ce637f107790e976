"""Rules of series: which dates follow, at which moments, and how a rule is said. Pure, but for the table of zones.

A rule speaks of days on a calendar and of a time on a wall. Both stay what they are when clocks change; the instants
are worked out for each date apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.data import OccurrenceData, SeriesFrequency, SeriesRuleData
from chapters.exceptions import InvalidValueError
from discussion_ext.api import attendance
from people import api as people

#: So many dates a series has at least and at most, and so many days it goes on at most: two years.
FEWEST_DATES: Final = 2
MOST_DATES: Final = 60
MOST_DAYS: Final = 731
#: Of a month's weekdays: the first to the fourth, and the last.
ORDINALS: Final = (1, 2, 3, 4, -1)

_YEARS: Final = (2000, 2200)
_MOST_MINUTES: Final = 2880
_LAST: Final = -1


def preview_series(rule: SeriesRuleData, zone: str | ZoneInfo, minutes: int) -> tuple[OccurrenceData, ...]:
    """Return the dates of a rule, in order, at the wall clock of ``zone`` and each ``minutes`` (1 to 2,880) long.

    Raises InvalidValueError, which names the field of the rule, ``zone`` or ``minutes``.
    """
    place = read_zone(zone)
    if type(minutes) is not int or not 0 < minutes <= _MOST_MINUTES:
        message = _("This is a whole number from %(low)d to %(high)d.") % {"low": 1, "high": _MOST_MINUTES}
        raise InvalidValueError(message, field="minutes")
    return tuple(place_date(day, rule.at, place) for day in list_days(rule))


def list_days(rule: SeriesRuleData) -> tuple[date, ...]:
    """Return the days of a rule in order, ``starts_on`` first. Raises InvalidValueError, which names the field."""
    _check_start(rule)
    _check_end(rule)
    days = iter_days(rule)
    if rule.until is not None:
        return _list_until(days, rule.until)
    found = tuple(itertools.islice(days, rule.count))
    if found[-1] > _latest(rule.starts_on):
        raise InvalidValueError(_("So many dates take longer than two years. Choose fewer."), field="count")
    return found


def iter_days(rule: SeriesRuleData) -> Iterator[date]:
    """Yield the days of a rule from ``starts_on`` on whatever its end says, to the end of the calendar."""
    start = datetime.combine(rule.starts_on, time())
    options: dict[SeriesFrequency, dict[str, Any]] = {
        SeriesFrequency.WEEKLY: {"freq": WEEKLY},
        SeriesFrequency.TWO_WEEKLY: {"freq": WEEKLY, "interval": 2},
        SeriesFrequency.MONTHLY_WEEKDAY: {
            "freq": MONTHLY,
            "byweekday": weekday(rule.starts_on.weekday(), rule.ordinal or 1),
        },
        SeriesFrequency.MONTHLY_LAST_DAY: {"freq": MONTHLY, "bymonthday": _LAST},
    }
    return (moment.date() for moment in rrule(dtstart=start, **options[rule.frequency]))


def place_date(day: date, at: time, zone: ZoneInfo) -> OccurrenceData:
    """Return the moment at which a day's clock shows ``at``, and what is special about it.

    A time that the clock jumps over moves forward by as much as it jumps; of one that comes twice the first is taken.
    """
    local = datetime.combine(day, at)
    try:
        return OccurrenceData(starts_local=local, starts_at=attendance.to_instant(local, zone))
    except attendance.WallClockError as error:
        if error.code not in {"skipped", "doubled"}:
            raise InvalidValueError(error.message, field=error.field) from error
        is_skipped = error.code == "skipped"
    starts_at = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    moved = starts_at.astimezone(zone).replace(tzinfo=None, fold=0)
    asked, shown = _say_clock(at), people.say_time(starts_at, zone)
    if is_skipped:
        note = _("The clocks go forward that day and skip %(asked)s: it begins at %(shown)s.")
        return OccurrenceData(starts_local=moved, starts_at=starts_at, note=note % {"asked": asked, "shown": shown})
    note = _("The clocks go back that day and show %(asked)s twice: the first time is meant.") % {"asked": asked}
    return OccurrenceData(starts_local=moved, starts_at=starts_at, fold=0, note=note)


def read_zone(zone: str | ZoneInfo) -> ZoneInfo:
    """Return the zone of an IANA name. Raises InvalidValueError("zone")."""
    if isinstance(zone, ZoneInfo):
        return zone
    try:
        return attendance.find_zone(zone)
    except attendance.WallClockError as error:
        raise InvalidValueError(error.message, field="zone") from error


# -- in words ----------------------------------------------------------------------------------------------------------


def say_rule(rule: SeriesRuleData, *, shift: int = 0) -> str:
    """Return a rule in the active language: "On the third Monday of each month at 19:00."

    ``shift`` is by how many days the dates were moved since: a week's day is said as it is now.
    """
    day = rule.starts_on + timedelta(days=shift)
    named = {"weekday": WEEKDAYS[day.weekday()], "time": _say_clock(rule.at)}
    if rule.frequency is SeriesFrequency.WEEKLY:
        return _("Every week on %(weekday)s at %(time)s.") % named
    if rule.frequency is SeriesFrequency.TWO_WEEKLY:
        return _("Every two weeks on %(weekday)s at %(time)s.") % named
    named["weekday"] = WEEKDAYS[rule.starts_on.weekday()]
    said = _say_monthly(rule) % named
    return f"{said} {_say_shift(shift)}" if shift else said


def say_end(rule: SeriesRuleData) -> str:
    """Return how long a rule goes on, in the active language: "Until Wed 30 Jun." or "12 dates."."""
    if rule.until is not None:
        return _("Until %(day)s.") % {"day": people.say_day(rule.until)}
    return ngettext("%(count)d date.", "%(count)d dates.", rule.count or 0) % {"count": rule.count or 0}


def _say_monthly(rule: SeriesRuleData) -> str:
    if rule.frequency is SeriesFrequency.MONTHLY_LAST_DAY:
        return _("On the last day of each month at %(time)s.")
    return {
        1: _("On the first %(weekday)s of each month at %(time)s."),
        2: _("On the second %(weekday)s of each month at %(time)s."),
        3: _("On the third %(weekday)s of each month at %(time)s."),
        4: _("On the fourth %(weekday)s of each month at %(time)s."),
        _LAST: _("On the last %(weekday)s of each month at %(time)s."),
    }[rule.ordinal]


def _say_shift(shift: int) -> str:
    if shift > 0:
        return ngettext("Moved to %(count)d day later.", "Moved to %(count)d days later.", shift) % {"count": shift}
    return ngettext("Moved to %(count)d day earlier.", "Moved to %(count)d days earlier.", -shift) % {"count": -shift}


def _say_clock(at: time) -> str:
    return people.say_time(datetime.combine(date(2000, 1, 1), at, UTC), ZoneInfo("UTC"))


# -- what a rule may be ------------------------------------------------------------------------------------------------


def _check_start(rule: SeriesRuleData) -> None:
    """Refuse a rule whose first day is none of its own days: nobody should wonder when a series begins."""
    if not isinstance(rule.frequency, SeriesFrequency):
        raise InvalidValueError(_("Choose how often the event comes back."), field="frequency")
    if not _is_day(rule.starts_on) or not _YEARS[0] <= rule.starts_on.year < _YEARS[1]:
        raise InvalidValueError(_("Give a day between the years 2000 and 2199."), field="starts_on")
    if type(rule.at) is not time or rule.at.tzinfo is not None or rule.at.second or rule.at.microsecond:
        raise InvalidValueError(_("Give a time of day in hours and minutes."), field="at")
    if rule.frequency is SeriesFrequency.MONTHLY_WEEKDAY:
        _check_ordinal(rule)
    elif rule.frequency is SeriesFrequency.MONTHLY_LAST_DAY and next(iter_days(rule)) != rule.starts_on:
        last = next(iter_days(rule))
        message = _("The first date is not the last day of its month: that is %(day)s.")
        raise InvalidValueError(message % {"day": people.say_day(last)}, field="starts_on")


def _check_ordinal(rule: SeriesRuleData) -> None:
    if type(rule.ordinal) is not int or rule.ordinal not in ORDINALS:
        raise InvalidValueError(_("Choose the first to the fourth of the month, or the last."), field="ordinal")
    first = next(iter_days(rule))
    if first != rule.starts_on:
        message = _("The first date, %(day)s, is none of these. The next one is %(next)s.")
        said = {"day": people.say_day(rule.starts_on), "next": people.say_day(first)}
        raise InvalidValueError(message % said, field="ordinal")


def _check_end(rule: SeriesRuleData) -> None:
    if rule.until is not None and rule.count is not None:
        raise InvalidValueError(_("Give a last day or a number of dates, not both."), field="count")
    if rule.count is not None:
        if type(rule.count) is not int or not FEWEST_DATES <= rule.count <= MOST_DATES:
            message = _("A series has %(low)d to %(high)d dates.") % {"low": FEWEST_DATES, "high": MOST_DATES}
            raise InvalidValueError(message, field="count")
        return
    if rule.until is None:
        raise InvalidValueError(_("Say when the series ends: no series is endless."), field="until")
    if not _is_day(rule.until):
        raise InvalidValueError(_("Give the last day of the series."), field="until")
    if rule.until > _latest(rule.starts_on):
        raise InvalidValueError(_("A series lasts two years at most. It can be extended later."), field="until")


def _list_until(days: Iterator[date], until: date) -> tuple[date, ...]:
    found = tuple(itertools.islice(itertools.takewhile(lambda day: day <= until, days), MOST_DATES + 1))
    if not FEWEST_DATES <= len(found) <= MOST_DATES:
        message = _("A series has %(low)d to %(high)d dates.") % {"low": FEWEST_DATES, "high": MOST_DATES}
        raise InvalidValueError(message, field="until")
    return found


def _latest(start: date) -> date:
    return start + timedelta(days=MOST_DAYS)


def _is_day(value: object) -> bool:
    """Tell whether something is a day; a moment is one to Python as well, and none here."""
    return type(value) is date
