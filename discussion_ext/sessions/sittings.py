"""The sittings of a session: added, changed, cancelled, restored and listed.

Times, places and seats are the meeting's; what follows from a change of those is heard by `owner`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.attendance import meetings
from discussion_ext.data import AssignedBy, MeetingData, MeetingPlanData, SessionData, SittingData
from discussion_ext.models import Sitting, SittingCohort
from people import api as people

from .exceptions import SessionError, SittingNotFoundError
from .keys import meeting_key, target_of
from .lessons import await_session, find_session, get_session

_LONGEST_URL: Final = 500
_LONGEST_UNIT: Final = 255


@transaction.atomic
def add_sitting(
    *,
    session_id: int,
    plan: MeetingPlanData,
    cohort_ids: Collection[int] = (),
    replay_url: str = "",
    replay_unit: str = "",
    actor_id: int | None,
) -> SittingData:
    """Add a sitting. Raises SessionError and MeetingError, which name the field, and SessionNotFoundError."""
    session = get_session(session_id)
    row = Sitting.objects.create(
        session_id=session_id, replay_url=_read_url(replay_url), replay_unit=_read_unit(replay_unit)
    )
    meeting = meetings.create_meeting(key=meeting_key(row.pk), plan=plan, actor_id=actor_id)
    row.meeting_id = meeting.id
    row.save(update_fields=["meeting_id"])
    chosen = _set_cohorts(session, row, cohort_ids)
    _record(session, "sitting.add", row, actor_id)
    _follow(session)
    return _to_data(row, meeting, chosen)


@transaction.atomic
def change_sitting(
    *,
    sitting_id: int,
    plan: MeetingPlanData,
    cohort_ids: Collection[int] | None = None,
    replay_url: str | None = None,
    replay_unit: str | None = None,
    actor_id: int | None,
) -> SittingData:
    """Give a sitting a new plan, and what else is given. A new time moves the stages of everybody who sits there.

    Raises as ``add_sitting`` does, CapacityError where more people sit there than are to fit in, and
    SittingNotFoundError.
    """
    row = lock_sitting(sitting_id)
    session = get_session(row.session_id)
    before = (row.replay_url, row.replay_unit, _cohorts_of(row))
    row.replay_url = row.replay_url if replay_url is None else _read_url(replay_url)
    row.replay_unit = row.replay_unit if replay_unit is None else _read_unit(replay_unit)
    row.save(update_fields=["replay_url", "replay_unit"])
    chosen = before[2] if cohort_ids is None else _set_cohorts(session, row, cohort_ids)
    meeting = meetings.change_meeting(meeting_id=_meeting_id(row), plan=plan, actor_id=actor_id)
    if before != (row.replay_url, row.replay_unit, chosen):
        _record(session, "sitting.change", row, actor_id)
        await_session(session.id)
    return _to_data(row, meeting, chosen)


@transaction.atomic
def cancel_sitting(*, sitting_id: int, actor_id: int | None, reason: str) -> SittingData:
    """Call a sitting off; those who sit there are told ``reason``. Safe to repeat. Raises as ``cancel_meeting``."""
    row = lock_sitting(sitting_id)
    meeting = meetings.cancel_meeting(meeting_id=_meeting_id(row), actor_id=actor_id, reason=reason)
    _follow(get_session(row.session_id))
    return _to_data(row, meeting, _cohorts_of(row))


@transaction.atomic
def restore_sitting(*, sitting_id: int, actor_id: int | None) -> SittingData:
    """Let a sitting take place after all, with those who still sit there. Safe to repeat."""
    row = lock_sitting(sitting_id)
    meeting = meetings.restore_meeting(meeting_id=_meeting_id(row), actor_id=actor_id)
    _follow(get_session(row.session_id))
    return _to_data(row, meeting, _cohorts_of(row))


def get_sitting(sitting_id: int) -> SittingData:
    """Return a sitting. Raises SittingNotFoundError."""
    row = Sitting.objects.filter(pk=sitting_id, meeting_id__isnull=False).first()
    if row is None:
        raise SittingNotFoundError
    return _complete([row])[0]


def list_sittings(session_id: int) -> list[SittingData]:
    """Return the sittings of a session by time, cancelled ones among them, in three queries."""
    return list_sittings_of([session_id]).get(session_id, [])


def list_sittings_of(session_ids: Iterable[int]) -> dict[int, list[SittingData]]:
    """Return the sittings of several sessions by time, in three queries; a session without any is left out."""
    found: dict[int, list[SittingData]] = {}
    for sitting in _complete(list(Sitting.objects.filter(session_id__in=list(session_ids), meeting_id__isnull=False))):
        found.setdefault(sitting.session_id, []).append(sitting)
    return found


def list_sittings_of_block(*, course_key: CourseKey, block_id: str) -> list[SittingData]:
    """Return the sittings of a block's session by time; none where it has no session."""
    session = find_session(course_key=course_key, block_id=block_id)
    return list_sittings(session.id) if session else []


def find_sittings(sitting_ids: Iterable[int]) -> list[SittingData]:
    """Return those of these sittings that exist, by time, in three queries."""
    return _complete(list(Sitting.objects.filter(pk__in=list(sitting_ids), meeting_id__isnull=False)))


def list_live_sessions(*, since: datetime, after: int, limit: int | None) -> list[int]:
    """Return ids beyond ``after`` of sessions with a sitting that ends, or ended, later than ``since``; in order."""
    live = meetings.ending_after(since)
    found = Sitting.objects.filter(meeting_id__in=live, session_id__gt=after).order_by("session_id")
    return list(found.values_list("session_id", flat=True).distinct()[:limit])


def lock_sitting(sitting_id: int) -> Sitting:
    """Lock and return a sitting's row. Raises SittingNotFoundError."""
    row = Sitting.objects.select_for_update().filter(pk=sitting_id, meeting_id__isnull=False).first()
    if row is None:
        raise SittingNotFoundError
    return row


def _complete(rows: list[Sitting]) -> list[SittingData]:
    if not rows:
        return []
    found = meetings.get_meetings(_meeting_id(row) for row in rows)
    cohorts: dict[int, list[int]] = {}
    chosen = SittingCohort.objects.filter(sitting_id__in=[row.pk for row in rows]).order_by("cohort_id")
    for sitting_id, cohort_id in chosen.values_list("sitting_id", "cohort_id"):
        cohorts.setdefault(sitting_id, []).append(cohort_id)
    sittings = [_to_data(row, found[_meeting_id(row)], tuple(cohorts.get(row.pk, ()))) for row in rows]
    return sorted(sittings, key=lambda sitting: (sitting.meeting.starts_at, sitting.id))


def _meeting_id(row: Sitting) -> int:
    if row.meeting_id is None:  # only within the transaction that makes both
        raise SittingNotFoundError
    return row.meeting_id


def _to_data(row: Sitting, meeting: MeetingData, cohort_ids: tuple[int, ...]) -> SittingData:
    return SittingData(
        id=row.pk,
        session_id=row.session_id,
        meeting=meeting,
        cohort_ids=cohort_ids,
        replay_url=row.replay_url,
        replay_unit=row.replay_unit,
    )


def _cohorts_of(row: Sitting) -> tuple[int, ...]:
    chosen = SittingCohort.objects.filter(sitting=row).order_by("cohort_id")
    return tuple(chosen.values_list("cohort_id", flat=True))


def _set_cohorts(session: SessionData, row: Sitting, cohort_ids: Collection[int]) -> tuple[int, ...]:
    wanted = sorted(set(cohort_ids))
    present = set(_cohorts_of(row))
    if set(wanted) - present:
        known = {cohort.id for cohort in edx_platform.list_cohorts(session.course_key)}
        if not set(wanted) <= known | present:
            message = _("One of these cohorts is gone from the course. Load the page again and choose once more.")
            raise SessionError(message, field="cohort_ids")
    SittingCohort.objects.filter(sitting=row).exclude(cohort_id__in=wanted).delete()
    for cohort_id in wanted:
        if cohort_id not in present:
            people.insert_or_update(SittingCohort(sitting=row, cohort_id=cohort_id), by=["sitting", "cohort_id"])
    return tuple(wanted)


def _follow(session: SessionData) -> None:
    """Where cohorts decide, a sitting that comes or goes seats people anew."""
    if session.assigned_by == AssignedBy.COHORT:
        await_session(session.id)


def _record(session: SessionData, verb: str, row: Sitting, actor_id: int | None) -> None:
    people.record_audit(
        actor_id=actor_id,
        verb=verb,
        target=target_of(session.id),
        context_key=str(session.course_key),
        data={
            "sitting": row.pk,
            "cohorts": list(_cohorts_of(row)),
            "has_replay": bool(row.replay_url or row.replay_unit),
        },
    )


def _read_url(url: str) -> str:
    text = url.strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_fine = parts.scheme in ("http", "https") and bool(parts.hostname) and not set(text) & set(' <>"\\')
    except ValueError:
        is_fine = False
    if not is_fine or len(text) > _LONGEST_URL:
        message = _("Give a whole address that begins with https:// or http://, of 500 characters at most.")
        raise SessionError(message, field="replay_url")
    return text


def _read_unit(unit_id: str) -> str:
    text = unit_id.strip()
    if len(text) > _LONGEST_UNIT:
        raise SessionError(_("This is no unit of the course. Choose one from the list."), field="replay_unit")
    return text
