"""The names of what is done for events in the background, beside what people are told."""

from __future__ import annotations

from enum import StrEnum


class EventErrand(StrEnum):
    """What becomes of seats after the commit."""

    PROMOTE = "chapters.event_promote"
    OPEN_ROUND = "chapters.event_open_round"
    RELEASE = "chapters.event_release"
    SERIES_DATES = "chapters.event_series_dates"
