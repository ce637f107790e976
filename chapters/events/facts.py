"""When the outside world hears of events: in the transaction in which something becomes true. Ids and codes only."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from chapters.models import Event, Rsvp
from chapters.signals import (
    EVENT_ATTENDANCE_RECORDED,
    EVENT_CANCELLED,
    EVENT_PUBLISHED,
    RSVP_CHANGED,
    EventAttendanceFactData,
    EventFactData,
    RsvpFactData,
)
from discussion_ext.data import AttendanceData
from people import api as people


def tell_published(row: Event) -> None:
    """Announce that an event was published, or takes place after all."""
    _tell(EVENT_PUBLISHED, row)


def tell_cancelled(row: Event) -> None:
    """Announce that an event was called off."""
    _tell(EVENT_CANCELLED, row)


def tell_rsvp(event: Event, row: Rsvp) -> None:
    """Announce what somebody's answer has come to."""
    fact = RsvpFactData(
        rsvp_id=row.pk,
        event_id=event.pk,
        chapter_id=event.chapter_id,
        user_id=row.user_id,
        state=str(row.state),
        mode=str(row.mode),
        guests=row.guests,
        occurred_at=row.state_at or timezone.now(),
    )
    people.announce(RSVP_CHANGED, fact, key=f"{row.pk} {fact.state} {fact.occurred_at.isoformat()}")


def tell_attendance(*, event_id: int, chapter_id: int, attendance: AttendanceData) -> None:
    """Announce what is known of whether somebody came."""
    fact = EventAttendanceFactData(
        event_id=event_id,
        chapter_id=chapter_id,
        user_id=attendance.user_id,
        state=str(attendance.state),
        source=str(attendance.source),
        occurred_at=attendance.recorded_at,
    )
    key = f"{event_id} {attendance.user_id} {attendance.recorded_at.isoformat()}"
    people.announce(EVENT_ATTENDANCE_RECORDED, fact, key=key)


def _tell(signal: Any, row: Event) -> None:
    fact = EventFactData(
        event_id=row.pk,
        chapter_id=row.chapter_id,
        series_id=row.series_id or 0,
        revision=row.revision,
        open_to=str(row.open_to),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        occurred_at=timezone.now(),
    )
    people.announce(signal, fact, key=f"{row.pk} {row.revision}")
