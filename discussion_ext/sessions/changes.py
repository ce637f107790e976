"""What follows for those who sit in a session: their stages are looked at again, and they are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from discussion_ext.attendance import seats
from discussion_ext.data import MeetingData
from discussion_ext.models import PendingEvaluation, Sitting, Task
from people import api as people

from . import news
from .exceptions import SittingNotFoundError
from .keys import SessionErrand, sitting_id_of
from .sittings import get_sitting

_BATCH = 500
_FOR_DATES = ("starts_at", "ends_at", "zone", "is_cancelled")
_FOR_PEOPLE = ("starts_at", "is_cancelled", "mode", "place", "link")


def await_people(session_id: int, user_ids: Iterable[int]) -> None:
    """Leave these people to be evaluated again in every task of a session: inserts only."""
    task_ids = list(Task.objects.filter(session_id=session_id, is_active=True).values_list("pk", flat=True))
    PendingEvaluation.objects.bulk_create(
        [PendingEvaluation(task_id=task_id, user_id=user_id) for user_id in user_ids for task_id in task_ids],
        batch_size=_BATCH,
    )


def leave_change(before: MeetingData, after: MeetingData) -> None:
    """Note that a sitting was changed, for what follows after the commit: one insert, however many people sit there.

    Several changes before it is done are one: from what was known first to what holds then.
    """
    if all(getattr(before, name) == getattr(after, name) for name in (*_FOR_DATES, *_FOR_PEOPLE)):
        return
    sitting_id = sitting_id_of(after.key)
    people.add_errand(
        kind=SessionErrand.SITTING_CHANGED,
        key=str(sitting_id),
        facts={
            "sitting": sitting_id,
            "starts_at": before.starts_at.isoformat(),
            "is_cancelled": before.is_cancelled,
            "place": news.where(before),
        },
        keeps_facts=True,
        run_after_commit=True,
    )


def run_change(facts: Mapping[str, Any]) -> None:
    """Have everybody who sits in a changed sitting evaluated, and tell them while it lies ahead. Safe to repeat."""
    try:
        sitting = get_sitting(facts["sitting"])
    except SittingNotFoundError:
        return
    meeting = sitting.meeting
    before = datetime.fromisoformat(facts["starts_at"])
    tells = news.tells_of_change(sitting, starts_at=before, is_cancelled=facts["is_cancelled"], place=facts["place"])
    is_ahead = max(before, meeting.ends_at) > timezone.now()
    after = 0
    while user_ids := [seat.user_id for seat in seats.list_seats(meeting.id, after=after, limit=_BATCH)]:
        await_people(sitting.session_id, user_ids)
        if tells is not None and is_ahead:
            tells(user_ids)
        after = user_ids[-1]


def session_of(meeting: MeetingData) -> int | None:
    """Return the id of the session of a sitting's meeting; None where it is gone."""
    return Sitting.objects.filter(pk=sitting_id_of(meeting.key)).values_list("session_id", flat=True).first()


def count_concerned(meeting_ids: Collection[int]) -> int:
    """Return how many people sit at these meetings."""
    return sum(seats.count_seats(meeting_ids).values())
