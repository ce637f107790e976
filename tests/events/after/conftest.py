"""An evening that is over, with people who had a seat and a roll that was called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.data import ChapterData, EventData, RsvpState
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState
from tests.chapters.factories import make_account, make_member
from tests.events.factories import make_past_event, make_rsvp


@pytest.fixture
def evening(chapter: ChapterData, lead: int) -> EventData:
    """Return an event that took place ten days ago, whose roll is over; nobody has answered."""
    return make_past_event(chapter, days=10, actor_id=lead, host_ids=(lead,))


@pytest.fixture
def guest(chapter: ChapterData) -> Callable[..., int]:
    """Return a maker of members who answered an event; keywords are those of the answer."""

    def make(event: EventData, name: str = "", **answer: Any) -> int:
        user_id = make_member(chapter, make_account(name) if name else None).user_id
        make_rsvp(event, user_id, **{"state": RsvpState.GOING, **answer})
        return user_id

    return make


def record(event: EventData, *user_ids: int, state: AttendanceState = AttendanceState.PRESENT) -> None:
    """Record people at an event, as a sheet that was read in."""
    states = dict.fromkeys(user_ids, state)
    attendance.import_attendance(meeting_id=event.meeting_id, actor_id=None, states=states)


def days_ago(days: float) -> Any:
    """Return the moment so many days before now."""
    return timezone.now() - timedelta(days=days)
