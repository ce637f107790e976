"""What those who sit, or would like to sit, in a sitting are told; sentences and times of sending are others' to make.

News never costs the act that it is about: what cannot be added is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.urls import NoReverseMatch, reverse
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.data import MeetingData, SittingData
from people import api as people

from .lessons import get_session

log = logging.getLogger(__name__)

Tell = Callable[[Iterable[int]], None]


def tells_of_change(sitting: SittingData, *, starts_at: datetime, is_cancelled: bool, place: str) -> Tell | None:
    """Return what tells people that a sitting was moved, cancelled or restored; None where it is none of these.

    ``starts_at``, ``is_cancelled`` and ``place`` are what held before.
    """
    meeting = sitting.meeting
    if meeting.is_cancelled:
        return None if is_cancelled else partial(_tell, "sitting_cancelled", sitting, reason=meeting.cancel_reason)
    if is_cancelled or starts_at != meeting.starts_at or place != where(meeting):
        facts: dict[str, Any] = {
            "old_starts_at": starts_at.isoformat(),
            "is_restored": is_cancelled,
        }
        return partial(_tell, "sitting_moved", sitting, **facts)
    return None


def tell_assigned(sitting: SittingData, user_ids: Iterable[int], *, at: datetime) -> None:
    """Tell people that the course team or their cohort has given them a seat, at this moment."""
    _tell("sitting_assigned", sitting, user_ids, version=at.isoformat())


def tell_seat_open(sitting: SittingData, user_ids: Iterable[int], *, at: datetime) -> None:
    """Tell people that a seat which they wished for is free, at this moment."""
    _tell("seat_open", sitting, user_ids, version=at.isoformat())


def my_sessions_path(course_key: CourseKey) -> str:
    """Return the path, on the LMS, of a learner's page of class sessions; empty in Studio, which has none."""
    try:
        return reverse("discussion_ext:my_sessions", args=[str(course_key)])
    except NoReverseMatch:
        return ""


def where(meeting: MeetingData) -> str:
    """Return where people meet, as one text that can be compared."""
    return " ".join(part for part in (meeting.mode.value, meeting.place, meeting.link) if part)


def _tell(kind: str, sitting: SittingData, user_ids: Iterable[int], *, version: str = "", **facts: Any) -> None:
    meeting = sitting.meeting
    session = get_session(sitting.session_id)
    context = {
        "course_name": edx_platform.get_course_title(session.course_key),
        "task_title": session.title or meeting.title,
        "sitting_title": meeting.title,
        "meeting_id": meeting.id,
        "url": my_sessions_path(session.course_key),
        "starts_at": meeting.starts_at.isoformat(),
        "zone": meeting.zone.key,
        "place": meeting.place,
        **facts,
    }
    for user_id in user_ids:
        key = f"{kind}:{sitting.id}:{user_id}:{version or meeting.sequence}"
        try:
            people.add_news(
                key=key,
                user_id=user_id,
                kind=kind,
                context=context,
                useful_until=max(meeting.ends_at, meeting.starts_at),
            )
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with the telling, the seat stands
            log.error("discussion_ext.sitting_news_not_added key=%s error=%s", key, people.name_error(error))
