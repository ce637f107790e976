"""Say instants as people do: weekday, day, month in words, 24-hour time and the zone as a city."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

YEAR_SHOWN_AFTER = timedelta(days=365)


def say_moment(instant: datetime, zone: ZoneInfo, *, now: datetime | None = None) -> str:
    """Return "Sun 29 Nov, 23:59", in ``zone``."""
    today = (now or datetime.now(UTC)).astimezone(zone).date()
    day = say_day(instant.astimezone(zone).date(), today=today)
    return _("%(day)s, %(time)s") % {"day": day, "time": say_time(instant, zone)}


def say_day(day: date, *, today: date | None = None) -> str:
    """Return "Sun 29 Nov", with the year only if it is neither this one nor within the next twelve months."""
    today = today or datetime.now(UTC).date()
    needs_year = day.year != today.year and not today <= day <= today + YEAR_SHOWN_AFTER
    pattern = pgettext("day with year", "D j M Y") if needs_year else pgettext("day without year", "D j M")
    return date_format(day, pattern)


def say_time(instant: datetime, zone: ZoneInfo) -> str:
    """Return "23:59", in ``zone``."""
    return date_format(instant.astimezone(zone), pgettext("time of day", "H:i"))


def say_recent(instant: datetime, zone: ZoneInfo, *, now: datetime | None = None) -> str:
    """Return "today, 14:20", "yesterday, 21:40" or "Thu 19 Nov", in ``zone``."""
    today = (now or datetime.now(UTC)).astimezone(zone).date()
    day = instant.astimezone(zone).date()
    if day == today:
        return _("today, %(time)s") % {"time": say_time(instant, zone)}
    if day == today - timedelta(days=1):
        return _("yesterday, %(time)s") % {"time": say_time(instant, zone)}
    return say_day(day, today=today)


def say_zone(zone: ZoneInfo) -> str:
    """Return "Amsterdam time" for Europe/Amsterdam, "UTC" for UTC."""
    if zone.key in {"UTC", "Etc/UTC"}:
        return "UTC"
    return _("%(city)s time") % {"city": zone.key.rsplit("/", 1)[-1].replace("_", " ")}


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
