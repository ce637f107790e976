"""Events with what they are to one reader: their answer, whether they were there, and how many came."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from chapters.data import EventCardData, EventData, Presence
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState

from .answers_read import find_rsvps
from .presence import read_presences


def list_cards(events: Iterable[EventData], *, user_id: int | None) -> tuple[EventCardData, ...]:
    """Return cards in the order of the events: a fixed number of queries however many there are."""
    shown, now = list(events), timezone.now()
    over = [event for event in shown if event.is_over(now)]
    came = attendance.count_attendance(event.meeting_id for event in over) if over else {}
    rsvps = find_rsvps([event.id for event in shown], user_id) if user_id is not None and shown else {}
    presences = read_presences(over, user_id) if user_id is not None and over else {}
    return tuple(
        EventCardData(
            event=event,
            rsvp=rsvps.get(event.id),
            presence=presences[event.id].presence if event.id in presences else Presence.UNKNOWN,
            came=came[event.meeting_id][AttendanceState.PRESENT] if event.meeting_id in came else None,
        )
        for event in shown
    )
