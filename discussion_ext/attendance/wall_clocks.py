"""Wall clocks and instants: what people agree on is a time on the wall of a place. Pure rules, no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from people import api as people

from .exceptions import WallClockError


@lru_cache(maxsize=1)
def list_zones() -> tuple[str, ...]:
    """Return the IANA names to choose from, in order: places and UTC, without abbreviations and former names."""
    areas = ("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/")
    places = (name for name in available_timezones() if name.startswith((*areas, "Pacific/")))
    return ("UTC", *sorted(places))


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name. Raises WallClockError("unknown_zone")."""
    if name not in _zone_names():
        raise WallClockError(
            _("No time zone has this name. Choose a place such as Europe/Amsterdam."), code="unknown_zone", field="zone"
        )
    return ZoneInfo(name)


def to_instant(local: datetime, zone: str | ZoneInfo, *, fold: int | None = None) -> datetime:
    """Return the instant, in UTC, at which the clock of a place shows ``local`` (naive).

    Raises WallClockError: "skipped" where the clock jumps over that time, "doubled" where it shows it twice and
    ``fold`` does not say which is meant (0 the first, 1 the second), "unknown_zone".
    """
    place = find_zone(zone) if isinstance(zone, str) else zone
    first, second = (_as_utc(local, place, fold=each) for each in (0, 1))
    if first == second:
        return first
    if second < first:  # a gap: fold 0 reads it with the offset from before the jump, fold 1 with the one after
        raise WallClockError(
            _say_skipped(local, place, before=second, after=first), code="skipped", field="starts_local"
        )
    if fold is None:
        raise WallClockError(_say_doubled(local, first, second), code="doubled", field="fold")
    return second if fold else first


def shift_days(instant: datetime, zone: str | ZoneInfo, days: int) -> datetime:
    """Return the instant so many wall-clock days later (or earlier), in UTC: 19:00 stays 19:00 over a change of clocks.

    An hour that is skipped on that day moves forward by what the clock jumps; of a doubled one the first is taken.
    Days beyond the calendar's years 1 to 9999 give its first or last moment.
    """
    place = find_zone(zone) if isinstance(zone, str) else zone
    if not days:
        return instant.astimezone(UTC)
    try:
        local = instant.astimezone(place).replace(tzinfo=None, fold=0) + timedelta(days=days)
        return _as_utc(local, place, fold=0)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if days > 0 else datetime.min.replace(tzinfo=UTC)


def _as_utc(local: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _say_skipped(local: datetime, zone: ZoneInfo, *, before: datetime, after: datetime) -> str:
    return _(
        "The clocks go forward that night: %(time)s does not exist in %(zone)s. Choose %(earlier)s or %(later)s."
    ) % {
        "time": f"{local:%H:%M}",
        "zone": zone.key,
        "earlier": people.say_time(before, zone),
        "later": people.say_time(after, zone),
    }


def _say_doubled(local: datetime, first: datetime, second: datetime) -> str:
    return _(
        "The clocks go back that night: %(time)s comes twice. Say whether you mean the first (%(first)s UTC) or the "
        "second (%(second)s UTC)."
    ) % {"time": f"{local:%H:%M}", "first": f"{first:%H:%M}", "second": f"{second:%H:%M}"}


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}  # what a machine is set to names no place
