"""Where learners sit in a session, and whether they came: read in a number of queries that does not grow with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from discussion_ext.attendance import records, seats
from discussion_ext.data import (
    AssignedBy,
    AttendanceData,
    AttendanceState,
    OwnSittingData,
    SeatData,
    SessionData,
    SittingData,
)

from .keys import slot_of
from .lessons import get_session
from .sittings import list_sittings


def find_own_sittings(*, session_id: int, user_ids: Collection[int]) -> dict[int, OwnSittingData]:
    """Return for each of these people where they sit and whether they came; ``sitting`` is None for who has no seat.

    Whoever was present at another sitting than that of their seat has attended: that sitting is theirs. Six queries.
    Raises SessionNotFoundError.
    """
    session = get_session(session_id)
    return own_sittings(session, list_sittings(session_id), user_ids)


def find_own_sitting(*, session_id: int, user_id: int) -> OwnSittingData:
    """Return where one person sits. Raises SessionNotFoundError."""
    return find_own_sittings(session_id=session_id, user_ids=[user_id])[user_id]


def own_sittings(
    session: SessionData, sittings: Collection[SittingData], user_ids: Collection[int], *, now: datetime | None = None
) -> dict[int, OwnSittingData]:
    """Return the same for a session and its sittings at hand, in two queries."""
    wanted = list(dict.fromkeys(user_ids))
    if not sittings:
        return {user_id: OwnSittingData(session_id=session.id, user_id=user_id) for user_id in wanted}
    moment = now or timezone.now()
    taken = seats.find_seats(slot_of(session.id, user_id) for user_id in wanted)
    known = _attendance(sittings, wanted)
    return {
        user_id: _own(
            session, sittings, user_id, taken.get(slot_of(session.id, user_id)), known.get(user_id, {}), moment
        )
        for user_id in wanted
    }


def cut_off(session: SessionData, sitting: SittingData) -> datetime:
    """Return the last moment, included, at which a learner may leave this sitting or change to it."""
    return sitting.meeting.starts_at - timedelta(hours=session.change_until_hours)


def replay_units(sitting: SittingData, sittings: Iterable[SittingData]) -> list[str]:
    """Return the units with a recording that makes this sitting good: its own, or those of the others. Pure."""
    if sitting.replay_unit:
        return [sitting.replay_unit]
    return sorted({each.replay_unit for each in sittings if each.replay_unit and not each.meeting.is_cancelled})


def has_attended(own: OwnSittingData) -> bool:
    """Tell whether somebody was present at the sitting that is theirs."""
    return own.attendance is not None and own.attendance.state == AttendanceState.PRESENT


def _attendance(
    sittings: Iterable[SittingData], user_ids: Collection[int]
) -> Mapping[int, Mapping[int, AttendanceData]]:
    """Return what is known, by person and meeting."""
    found: dict[int, dict[int, AttendanceData]] = {}
    meeting_ids = [sitting.meeting.id for sitting in sittings]
    for each in records.find_attendance(meeting_ids=meeting_ids, user_ids=user_ids).values():
        found.setdefault(each.user_id, {})[each.meeting_id] = each
    return found


def _own(
    session: SessionData,
    sittings: Collection[SittingData],
    user_id: int,
    seat: SeatData | None,
    known: Mapping[int, AttendanceData],
    moment: datetime,
) -> OwnSittingData:
    seated = next((each for each in sittings if seat is not None and each.meeting.id == seat.meeting_id), None)
    came_to = [
        each
        for each in sittings
        if each.meeting.id in known and known[each.meeting.id].state == AttendanceState.PRESENT
    ]
    sitting = seated if seated in came_to or not came_to else came_to[0]
    if sitting is None:
        return OwnSittingData(session_id=session.id, user_id=user_id)
    attendance = known.get(sitting.meeting.id)
    may_change = session.assigned_by == AssignedBy.CHOICE and not came_to and not sitting.meeting.is_cancelled
    until = cut_off(session, sitting) if may_change else None
    return OwnSittingData(
        session_id=session.id,
        user_id=user_id,
        sitting=sitting,
        source=seat.source if seat is not None and sitting is seated else None,
        attendance=attendance,
        may_change_until=until if until is not None and moment <= until else None,
        can_replay=bool(session.replay_percent) and bool(replay_units(sitting, sittings)),
    )
