"""What is known of who came: one row per meeting and person, and the history of how it became known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, QuerySet
from django.utils import timezone

from discussion_ext.data import (
    AttendanceChangeData,
    AttendanceData,
    AttendanceSource,
    AttendanceState,
    MeetingData,
)
from discussion_ext.models import Attendance, AttendanceChange
from people import api as people

from .owners import owner_of

_KEPT: Final = (
    "state",
    "source",
    "as_of",
    "reason",
    "arrived_at",
    "recorded_at",
    "recorded_by",
    "corrected_from",
)


def find_attendance(meeting_ids: Iterable[int], user_ids: Iterable[int]) -> dict[tuple[int, int], AttendanceData]:
    """Return what is known of these people at these meetings, by (meeting id, user id), in one query."""
    rows = Attendance.objects.filter(meeting_id__in=list(meeting_ids), user_id__in=list(user_ids)).exclude(state="")
    return {(row.meeting_id, row.user_id): to_data(row) for row in rows}


def list_attendance(meeting_id: int, *, after: int = 0, limit: int = 500) -> list[AttendanceData]:
    """Return what is known of people at a meeting in the order of their ids, of those with ids above ``after``."""
    rows = Attendance.objects.filter(meeting_id=meeting_id, user_id__gt=after).exclude(state="")
    return [to_data(row) for row in rows.order_by("user_id")[:limit]]


def count_attendance(meeting_ids: Iterable[int]) -> dict[int, dict[AttendanceState, int]]:
    """Return how many are known to be in which state at each of these meetings, in one query."""
    ids = list(meeting_ids)
    found: dict[int, dict[AttendanceState, int]] = {each: dict.fromkeys(AttendanceState, 0) for each in ids}
    rows = Attendance.objects.filter(meeting_id__in=ids).exclude(state="").order_by()
    for meeting_id, state, number in rows.values_list("meeting_id", "state").annotate(number=Count("pk")):
        found[meeting_id][AttendanceState(state)] = number
    return found


def who_came(meeting_id: int | OuterRef) -> QuerySet[Any]:
    """Return the ids of those who were at a meeting, as a query (``user_id``) for an owner's rows."""
    return Attendance.objects.filter(meeting_id=meeting_id, state=AttendanceState.PRESENT.value).values("user_id")


def list_changes(meeting_id: int, user_id: int) -> list[AttendanceChangeData]:
    """Return the history of one person at one meeting, the newest first."""
    rows = AttendanceChange.objects.filter(meeting_id=meeting_id, user_id=user_id).order_by("-pk")
    return [
        AttendanceChangeData(
            state=AttendanceState(row.state),
            source=AttendanceSource(row.source),
            at=row.at,
            actor_id=row.actor_id,
            reason=row.reason,
        )
        for row in rows
    ]


def lock_attendance(meeting_id: int, user_id: int) -> Attendance:
    """Lock and return the row of a person at a meeting, which comes into being if need be."""
    people.insert_or_update(Attendance(meeting_id=meeting_id, user_id=user_id), by=["meeting", "user_id"])
    return Attendance.objects.select_for_update().get(meeting_id=meeting_id, user_id=user_id)


def keep(
    meeting: MeetingData,
    row: Attendance,
    *,
    state: AttendanceState,
    source: AttendanceSource,
    as_of: datetime,
    actor_id: int | None,
    reason: str = "",
    request_key: str | None = None,
) -> bool:
    """Write down what became known, in a row that is locked, and tell the meeting's owner.

    Returns False, with nothing written, where ``request_key`` was here before.
    """
    now = timezone.now()
    change = AttendanceChange(
        meeting_id=meeting.id,
        user_id=row.user_id,
        state=state.value,
        source=source.value,
        as_of=as_of,
        at=now,
        actor_id=actor_id,
        reason=reason,
        request_key=request_key,
    )
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError:
        if request_key is None:
            raise
        return False
    row.corrected_from = _before_correction(row) if source is AttendanceSource.CORRECTION else ""
    row.state, row.source, row.as_of, row.reason = state.value, source.value, as_of, reason
    row.arrived_at = as_of if state is AttendanceState.PRESENT else None
    row.recorded_at, row.recorded_by = now, actor_id
    row.save(update_fields=_KEPT)
    owner_of(meeting).on_attendance(meeting, row.user_id)
    return True


def to_data(row: Attendance) -> AttendanceData:
    """Return what callers see of a row of which something is known."""
    assert row.recorded_at is not None, "nothing is known yet"  # noqa: S101 - a promise of the caller
    return AttendanceData(
        meeting_id=row.meeting_id,
        user_id=row.user_id,
        state=AttendanceState(row.state),
        source=AttendanceSource(row.source),
        arrived_at=row.arrived_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        reason=row.reason,
        corrected_from=AttendanceState(row.corrected_from) if row.corrected_from else None,
    )


def _before_correction(row: Attendance) -> str:
    """Return what was known before anybody decided, however often it was decided since."""
    return row.corrected_from if row.source == AttendanceSource.CORRECTION else row.state
