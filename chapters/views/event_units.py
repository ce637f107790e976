"""Units of courses to prepare with, and which of them the reader has finished."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.api import events
from chapters.data import EventUnitData
from people import api as people


def draw_units(units: Iterable[EventUnitData], *, user_id: int | None, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return what ``events/prepare.html`` shows, with the days in the reader's zone on which they finished units."""
    return [
        {
            "title": each.unit.title or _("a unit of the course"),
            "about": _say_about(each.unit.minutes),
            "url": each.url,
            "done": _say_done(each.finished_at, zone) if each.finished_at is not None else "",
        }
        for each in events.list_preparation(units, user_id=user_id)
    ]


def _say_about(minutes: int) -> str:
    if not minutes:
        return _("Optional, if you like")
    return ngettext("Optional, about %(count)s minute", "Optional, about %(count)s minutes", minutes) % {
        "count": minutes
    }


def _say_done(moment: datetime, zone: ZoneInfo) -> str:
    return _("You finished it on %(day)s.") % {"day": people.say_day(moment.astimezone(zone).date())}
