"""Wall clocks in forms: a day and a time of a place, and the two answers where its clock skips or doubles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discussion_ext.api import attendance
from people import api as people

_FOLDS: Final = {"first": 0, "second": 1}
_SECONDS_OF_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class ClockChoice:
    """One of two answers to a time that a clock skips or shows twice."""

    value: str
    label: str


def time_field(*, label: Any, required: Any, hint: Any = "") -> forms.TimeField:
    """Return a field of a time of day, chosen in the browser's clock or written as 19:00."""
    return forms.TimeField(
        label=label,
        help_text=hint,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": gettext_lazy("Write the time as 19:00."), "required": required},
    )


def list_choices(start: datetime, zone: ZoneInfo) -> list[ClockChoice]:
    """Return the two answers to a naive time that a zone's clock skips or shows twice; none for any other time."""
    try:
        first, second = (start.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError:  # the first or the last day of the calendar, in a zone beyond its end
        return []
    if first == second:
        return []
    if first < second:
        said = {"first": _("The first time, %(moment)s"), "second": _("The second time, %(moment)s")}
        utc = ZoneInfo("UTC")
        return [
            ClockChoice(value, text % {"moment": people.format_moment(moment, zone=utc)})
            for (value, text), moment in zip(said.items(), (first, second), strict=True)
        ]
    clocks = sorted(moment.astimezone(zone).replace(tzinfo=None, fold=0) for moment in (first, second))
    return [ClockChoice(f"{clock:%Y-%m-%dT%H:%M}", f"{clock:%H:%M}") for clock in clocks]


def read_answer(start: datetime, zone: ZoneInfo, answer: str) -> tuple[datetime, int | None]:
    """Return a start and which of two equal hours is meant, by the answer that was chosen to it.

    An answer to another time than ``start`` is none: whoever changes the time is asked anew.
    """
    offered = {choice.value for choice in list_choices(start, zone)}
    if answer not in offered:
        return start, None
    return (start, _FOLDS[answer]) if answer in _FOLDS else (datetime.fromisoformat(answer), None)


def count_minutes(start: datetime, end: datetime, zone: ZoneInfo, *, fold: int | None = None) -> int:
    """Return how many minutes lie between two naive times of a place, those that its clock skips or repeats included.

    ``fold`` is which of two equal hours the start is. An end that the clock skips is moved on by the gap.
    """
    begun = start.replace(tzinfo=zone, fold=fold or 0).astimezone(UTC)
    ended = end.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if ended <= begun < end.replace(tzinfo=zone, fold=1).astimezone(UTC) and end > start:
        ended = end.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return int((ended - begun).total_seconds() // _SECONDS_OF_MINUTE)


def read_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name. Raises ValidationError, which a form shows at its field."""
    try:
        return attendance.find_zone(name.strip())
    except attendance.WallClockError as fault:
        raise forms.ValidationError(fault.message) from fault


def end_of(start: datetime, minutes: int, zone: ZoneInfo, *, fold: int | None = None) -> datetime:
    """Return what a place's clock shows so many minutes after a naive start."""
    begun = start.replace(tzinfo=zone, fold=fold or 0).astimezone(UTC)
    return (begun + timedelta(minutes=minutes)).astimezone(zone).replace(tzinfo=None, fold=0)
