"""Class sessions: made with their block, found, listed and changed."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from discussion_ext.data import AssignedBy, SessionData
from discussion_ext.models import ClassSession
from people import api as people

from .exceptions import SessionError, SessionNotFoundError
from .keys import SessionErrand, target_of

LONGEST_TITLE: Final = 255
MOST_HOURS: Final = 24 * 365


def ensure_session(*, course_key: CourseKey, block_id: str, title: str) -> SessionData:
    """Return the session of a block, made where there was none; the title is only that of a new one."""
    who = {"course_id": str(course_key), "block_id": block_id}
    row = ClassSession.objects.filter(**who).first()
    if row is None:
        # Not get_or_create: under REPEATABLE READ it cannot see the row that somebody else has just made.
        people.insert_or_update(ClassSession(**who, title=title[:LONGEST_TITLE]), by=["course_id", "block_id"])
        with transaction.atomic():
            row = ClassSession.objects.select_for_update().get(**who)
    return to_data(row)


def find_session(*, course_key: CourseKey, block_id: str) -> SessionData | None:
    """Return the session of a block, or None."""
    row = ClassSession.objects.filter(course_id=str(course_key), block_id=block_id).first()
    return to_data(row) if row else None


def get_session(session_id: int) -> SessionData:
    """Return a session. Raises SessionNotFoundError."""
    row = ClassSession.objects.filter(pk=session_id).first()
    if row is None:
        raise SessionNotFoundError
    return to_data(row)


def list_sessions(course_key: CourseKey) -> list[SessionData]:
    """Return the sessions of a course in the order in which they were made."""
    return [to_data(row) for row in ClassSession.objects.filter(course_id=str(course_key)).order_by("pk")]


def has_sessions(course_key: CourseKey) -> bool:
    """Tell whether a course has class sessions."""
    return ClassSession.objects.filter(course_id=str(course_key)).exists()


@transaction.atomic
def change_session(
    *,
    session_id: int,
    title: str,
    assigned_by: AssignedBy,
    change_until_hours: int,
    replay_percent: int,
    actor_id: int | None,
) -> SessionData:
    """Give a session new rules; seats that follow from them are given after the commit.

    ``change_until_hours`` is 0 to 8,760, ``replay_percent`` 0 to 100. Raises SessionError, which names the field, and
    SessionNotFoundError.
    """
    row = ClassSession.objects.select_for_update().filter(pk=session_id).first()
    if row is None:
        raise SessionNotFoundError
    wanted = {
        "title": _read_title(title),
        "assigned_by": _read_way(assigned_by),
        "change_until_hours": _read_whole("change_until_hours", change_until_hours, MOST_HOURS),
        "replay_percent": _read_whole("replay_percent", replay_percent, 100),
    }
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changed:
        return to_data(row)
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    people.record_audit(
        actor_id=actor_id,
        verb="session.change",
        target=target_of(session_id),
        context_key=row.course_id,
        data={"changed": sorted(changed)},
    )
    if {"assigned_by", "replay_percent"} & set(changed):
        await_session(session_id)
    return to_data(row)


def await_session(session_id: int) -> None:
    """Leave everybody's seats and recordings in a session to be looked at after the commit."""
    people.add_errand(
        kind=SessionErrand.SESSION_CHANGED,
        key=str(session_id),
        facts={"session": session_id},
        run_after_commit=True,
    )


def to_data(row: ClassSession) -> SessionData:
    """Return what callers see of a row."""
    return SessionData(
        id=row.pk,
        course_key=CourseKey.from_string(row.course_id),
        block_id=row.block_id,
        title=row.title,
        assigned_by=AssignedBy(row.assigned_by),
        change_until_hours=row.change_until_hours,
        replay_percent=row.replay_percent,
    )


def _read_title(title: str) -> str:
    text = " ".join(title.split())
    if not 0 < len(text) <= LONGEST_TITLE:
        raise SessionError(_("Give the session a title of 1 to 255 characters."), field="title")
    return text


def _read_way(assigned_by: AssignedBy) -> str:
    try:
        return AssignedBy(assigned_by).value
    except ValueError as error:
        message = _("Choose who decides: each learner, their cohort, or the course team.")
        raise SessionError(message, field="assigned_by") from error


def _read_whole(field: str, value: int, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise SessionError(_("This is a whole number from 0 to %(most)d.") % {"most": most}, field=field)
    return value
