"""The names of what follows, after the commit, from the life of an event and from who came."""

from __future__ import annotations

from enum import StrEnum


class LifeErrand(StrEnum):
    """What is done."""

    #: A meeting was changed by its engine: read its times again.
    TIMES = "chapters.event_times"
    #: A chapter was archived: call its coming events off.
    ARCHIVED = "chapters.events_of_archived"
    #: A member belongs to an audience no longer: their seats at events for it go.
    AUDIENCE = "chapters.event_audience"
    #: What is known of whether somebody came has changed: their points follow.
    ATTENDED = "chapters.event_attended"
    #: It may have changed whether an event was held: the points of its hosts follow, or everybody's.
    HELD = "chapters.event_held"
