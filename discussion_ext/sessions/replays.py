"""Watching the recording of a sitting counts as having been there, where the session says so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from discussion_ext import edx_platform
from discussion_ext.attendance import roll
from discussion_ext.data import AttendanceState, OwnSittingData, SittingData

from .lessons import get_session
from .sittings import list_sittings
from .standing import own_sittings, replay_units

_SETTLED = (AttendanceState.PRESENT, AttendanceState.EXCUSED)


def take_replays(*, session_id: int, user_ids: Collection[int]) -> int:
    """Count those as present who were not there and have finished enough of the recording's unit; return how many.

    Only after their sitting is over, and not for a sitting that was cancelled. A sitting without a recording of its own
    takes that of any other sitting of the session. Safe to repeat. Raises SessionNotFoundError.
    """
    session, moment = get_session(session_id), timezone.now()
    if not session.replay_percent or not user_ids:
        return 0
    sittings = list_sittings(session_id)
    if not any(each.replay_unit for each in sittings):
        return 0
    absent = {
        user_id: own.sitting
        for user_id, own in own_sittings(session, sittings, user_ids, now=moment).items()
        if own.sitting is not None and _may_make_good(own, own.sitting, moment)
    }
    if not absent:
        return 0
    wanted = {user_id: replay_units(sitting, sittings) for user_id, sitting in absent.items()}
    done = edx_platform.units_done(
        course_key=session.course_key,
        unit_ids=sorted({unit for units in wanted.values() for unit in units}),
        user_ids=list(absent),
        percent=session.replay_percent,
    )
    counted = 0
    for user_id, sitting in absent.items():
        moments = [done[unit, user_id] for unit in wanted[user_id] if (unit, user_id) in done]
        if moments:
            watched_at = max(min(moments), sitting.meeting.ends_at)
            found = roll.mark_replay(meeting_id=sitting.meeting.id, user_id=user_id, at=watched_at)
            counted += found.state == AttendanceState.PRESENT
    return counted


def _may_make_good(own: OwnSittingData, sitting: SittingData, moment: datetime) -> bool:
    is_over = sitting.meeting.ends_at <= moment and not sitting.meeting.is_cancelled
    return is_over and (own.attendance is None or own.attendance.state not in _SETTLED)
