"""Moments as an author types and reads them: the wall clock of their own zone in a form, UTC in a field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

MOMENT_FORMAT = "%Y-%m-%dT%H:%M"


class MomentError(Exception):
    """No moment: ``summary`` says what is wrong in a few words, ``message`` beside the field."""

    def __init__(self, summary: str, message: str) -> None:
        super().__init__(summary)
        self.summary = summary
        self.message = message


def read_moment(value: Any, *, zone: ZoneInfo, current: datetime | None = None) -> datetime:
    """Return what ``value`` spells in ``zone``, in UTC; one of the same minute as ``current`` is that one.

    Raise `MomentError` for anything else and for a time that the clock skips.
    """
    if current and value == show_moment(current, zone):
        return current.astimezone(UTC)
    moment = _parse(value, zone)
    if moment is None:
        raise MomentError(
            _("it is not a date and time"), _("Write a date and a time, for example 2030-01-31 23:59.")
        )  # fmt: skip
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise MomentError(
            _("there is no such time on that day"),
            _("The clock skips this time when it goes forward that night. Choose an hour earlier or later."),
        )
    return moment.astimezone(UTC)


def show_moment(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return ``moment`` as a datetime-local input wants it, in ``zone``."""
    return moment.astimezone(zone).strftime(MOMENT_FORMAT) if moment else ""


def _parse(value: Any, zone: ZoneInfo) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if moment.tzinfo is not None or not 2000 <= moment.year <= 2200:
        return None
    return moment.replace(tzinfo=zone)
