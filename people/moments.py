"""Say instants as people do: weekday, day, month in words, 24-hour time and the zone as a city.

Every pattern is one message for translators, so that a language orders, punctuates and abbreviates as it likes. The
``say_`` functions speak the active language; ``format_moment`` takes one, for mail and other work outside a request.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from .cities import find_city

YEAR_SHOWN_AFTER = timedelta(days=365)


def format_moment(
    instant: datetime,
    *,
    zone: ZoneInfo,
    language: str | None = None,
    now: datetime | None = None,
    until: datetime | None = None,
) -> str:
    """Return "Thu 3 Dec, 19:00, Amsterdam time" or, with ``until``, the stretch "Thu 3 Dec, 18:30–20:30, ...".

    ``language`` defaults to the active one.
    """
    with translation.override(language or translation.get_language()):
        values = {"moment": say_stretch(instant, until, zone, now=now), "city_time": say_zone(zone)}
        return pgettext("moment and zone", "%(moment)s, %(city_time)s") % values


def format_utc(instant: datetime) -> str:
    """Return the machine's form for ``<time datetime>``: UTC, to the minute."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def say_moment(instant: datetime, zone: ZoneInfo, *, now: datetime | None = None) -> str:
    """Return "Sun 29 Nov, 23:59", in ``zone``."""
    today = _today(zone, now)
    day = say_day(instant.astimezone(zone).date(), today=today)
    return _("%(day)s, %(time)s") % {"day": day, "time": say_time(instant, zone)}


def say_stretch(start: datetime, end: datetime | None, zone: ZoneInfo, *, now: datetime | None = None) -> str:
    """Return "Thu 3 Dec, 18:30–20:30", both days where there are two, or the moment alone where there is no end."""
    if end is None:
        return say_moment(start, zone, now=now)
    if start.astimezone(zone).date() != end.astimezone(zone).date():
        both = {"start": say_moment(start, zone, now=now), "end": say_moment(end, zone, now=now)}
        return _("%(start)s – %(end)s") % both
    day = say_day(start.astimezone(zone).date(), today=_today(zone, now))
    return _("%(day)s, %(start)s–%(end)s") % {"day": day, "start": say_time(start, zone), "end": say_time(end, zone)}


def say_day(day: date, *, today: date | None = None) -> str:
    """Return "Sun 29 Nov", with the year only if it is neither this one nor within the next twelve months."""
    today = today or timezone.now().date()
    parts = {
        "weekday": _weekdays()[day.weekday()],
        "day": day.day,
        "month": _months()[day.month - 1],
        "month_number": day.month,
        "year": day.year,
    }
    if day.year != today.year and not today <= day <= today + YEAR_SHOWN_AFTER:
        # Translators: %(month_number)s, 1 to 12, may stand in for %(month)s.
        return pgettext("day with year", "%(weekday)s %(day)s %(month)s %(year)s") % parts
    # Translators: %(month_number)s, 1 to 12, may stand in for %(month)s.
    return pgettext("day without year", "%(weekday)s %(day)s %(month)s") % parts


def say_time(instant: datetime, zone: ZoneInfo) -> str:
    """Return "23:59", in ``zone``."""
    local = instant.astimezone(zone)
    return pgettext("time of day", "%(hour)s:%(minute)s") % {"hour": f"{local:%H}", "minute": f"{local:%M}"}


def say_recent(instant: datetime, zone: ZoneInfo, *, now: datetime | None = None) -> str:
    """Return "today, 14:20", "yesterday, 21:40" or "Thu 19 Nov", in ``zone``."""
    today = _today(zone, now)
    day = instant.astimezone(zone).date()
    if day == today:
        return _("today, %(time)s") % {"time": say_time(instant, zone)}
    if day == today - timedelta(days=1):
        return _("yesterday, %(time)s") % {"time": say_time(instant, zone)}
    return say_day(day, today=today)


def say_zone(zone: ZoneInfo) -> str:
    """Return "Amsterdam time" for Europe/Amsterdam, "UTC" for UTC."""
    city = find_city(zone.key)
    return _("%(city)s time") % {"city": city} if city else zone.key.rsplit("/", 1)[-1]


def say_left(until: datetime, *, now: datetime) -> str:
    """Return "8 days left", "5 hours left" or "12 minutes left"."""
    minutes = max(int((until - now).total_seconds() // 60), 0)
    if minutes >= 48 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}
    if minutes >= 60:
        hours = minutes // 60
        return ngettext("%(count)s hour left", "%(count)s hours left", hours) % {"count": hours}
    return ngettext("%(count)s minute left", "%(count)s minutes left", minutes) % {"count": minutes}


def _today(zone: ZoneInfo, now: datetime | None) -> date:
    return (now or timezone.now()).astimezone(zone).date()


def _weekdays() -> tuple[str, ...]:
    return (
        pgettext("short weekday", "Mon"),
        pgettext("short weekday", "Tue"),
        pgettext("short weekday", "Wed"),
        pgettext("short weekday", "Thu"),
        pgettext("short weekday", "Fri"),
        pgettext("short weekday", "Sat"),
        pgettext("short weekday", "Sun"),
    )


def _months() -> tuple[str, ...]:
    return (
        pgettext("short month", "Jan"),
        pgettext("short month", "Feb"),
        pgettext("short month", "Mar"),
        pgettext("short month", "Apr"),
        pgettext("short month", "May"),
        pgettext("short month", "Jun"),
        pgettext("short month", "Jul"),
        pgettext("short month", "Aug"),
        pgettext("short month", "Sep"),
        pgettext("short month", "Oct"),
        pgettext("short month", "Nov"),
        pgettext("short month", "Dec"),
    )
