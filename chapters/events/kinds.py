"""The names of what is done for events in the background, beside what people are told."""

from __future__ import annotations

from enum import StrEnum


class EventErrand(StrEnum):
    """What becomes of seats after the commit."""

    PROMOTE = "chapters.event_promote"
    OPEN_ROUND = "chapters.event_open_round"
    RELEASE = "chapters.event_release"
    SERIES_DATES = "chapters.event_series_dates"


class LifeErrand(StrEnum):
    """What becomes of an event after the commit: its times, and the points of who attended and held it."""

    TIMES = "chapters.event_times"
    ATTENDED = "chapters.event_attended"
    HELD = "chapters.event_held"
