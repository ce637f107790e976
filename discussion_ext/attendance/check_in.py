"""Checking in oneself, by the code that the host shows or by the picture of it. The server's clock counts."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext.data import AttendanceData, AttendanceSource, AttendanceState, CodeData, MeetingData
from discussion_ext.models import Meeting
from people import api as people

from . import codes
from .exceptions import CheckInClosedError, MeetingCancelledError, TooManyTriesError, WrongCodeError
from .meetings import get_row, to_data
from .owners import list_meetings_of, owner_of
from .records import find_attendance, keep, lock_attendance
from .records import to_data as to_attendance

_MOST_OTHERS: Final = 20
_DAY: Final = timedelta(days=1)


def current_code(meeting_id: int, *, at: datetime | None = None) -> CodeData:
    """Return the code that lets people in now. Raises MeetingNotFoundError."""
    return codes.make_code(get_row(meeting_id), at=at or timezone.now())


def draw_check_in_qr(meeting_id: int, *, at: datetime | None = None) -> str:
    """Return, as SVG, the address of the check-in page with the mark that lets people in for three minutes."""
    row = get_row(meeting_id)
    path = reverse("discussion_ext:check_in", args=[row.uid])
    return codes.draw_qr(people.absolute_url(f"{path}?scan={codes.make_scan_mark(row, at=at or timezone.now())}"))


def check_in(
    *, meeting_id: int, user_id: int, code: str, source: AttendanceSource, at: datetime | None = None
) -> AttendanceData:
    """Record that somebody is at a meeting; whoever is in already stays so, whatever is typed.

    ``code`` is the code that is shown (``AttendanceSource.CODE``) or the mark of the picture (``SCAN``). Tries are
    limited per person, guessed codes per meeting as well. Raises WrongCodeError, CheckInClosedError,
    MeetingCancelledError, TooManyTriesError, and what the owner says to somebody without a seat.
    """
    now, row = at or timezone.now(), get_row(meeting_id)
    meeting = to_data(row)
    known = find_attendance([meeting_id], [user_id]).get((meeting_id, user_id))
    if known and known.state is AttendanceState.PRESENT:
        return known
    _check_time(meeting, now)
    _check_corrected(known)
    _keep_pace(row, user_id, source)
    try:
        _check(row, user_id, code, source=source, at=now)
    except WrongCodeError as error:
        if error.is_guess:
            _count_guess(row)
        raise
    with transaction.atomic():
        return _enter(meeting, user_id, source=source, at=now)


def _enter(meeting: MeetingData, user_id: int, *, source: AttendanceSource, at: datetime) -> AttendanceData:
    owner = owner_of(meeting)
    if not owner.has_place(meeting, user_id):
        owner.accept_walk_in(meeting, user_id)
    row = lock_attendance(meeting.id, user_id)
    if row.state != AttendanceState.PRESENT:
        _check_corrected(to_attendance(row) if row.state else None)
        keep(meeting, row, state=AttendanceState.PRESENT, source=source, as_of=at, actor_id=user_id)
    return to_attendance(row)


def _check_time(meeting: MeetingData, now: datetime) -> None:
    if meeting.is_cancelled:
        raise MeetingCancelledError
    if now < meeting.check_in_from:
        opens = people.format_moment(meeting.check_in_from, zone=meeting.zone)
        raise CheckInClosedError(
            _("You can check in from %(moment)s.") % {"moment": opens}, opens_at=meeting.check_in_from
        )
    if now >= meeting.check_in_until:
        closed = people.format_moment(meeting.check_in_until, zone=meeting.zone)
        until = people.format_moment(meeting.correct_until, zone=meeting.zone)
        if now < meeting.correct_until:
            message = _(
                "Check-in closed at %(closed)s. If you were there, ask your host, who can add you until %(until)s."
            )
        else:
            message = _("Check-in closed at %(closed)s. If you were there, ask your course team to correct it.")
        raise CheckInClosedError(message % {"closed": closed, "until": until})


def _check_corrected(known: AttendanceData | None) -> None:
    """Refuse to undo by a code what somebody decided with a reason."""
    if known and known.source is AttendanceSource.CORRECTION and known.state is AttendanceState.ABSENT:
        raise CheckInClosedError(
            _("Somebody of the team recorded that you were not there: “%(reason)s” Ask your host if that is wrong.")
            % {"reason": known.reason}
        )


def _check(row: Meeting, user_id: int, code: str, *, source: AttendanceSource, at: datetime) -> None:
    if source is AttendanceSource.SCAN:
        codes.check_scan_mark(row, code, at=at)
        return
    try:
        codes.check_code(row, code, at=at)
    except WrongCodeError as error:
        if other := _find_other(row, user_id, code, at=at):
            message = _("This is the code of another meeting, %(title)s.") % {"title": other.title}
            raise WrongCodeError(message, field="code") from error
        raise


def _find_other(row: Meeting, user_id: int, code: str, *, at: datetime) -> Meeting | None:
    """Return another meeting of this person to which the code belongs now."""
    ids = list_meetings_of(user_id) - {row.pk}
    near = Meeting.objects.filter(pk__in=ids, starts_at__lt=at + _DAY, ends_at__gt=at - _DAY)
    return next((each for each in near.order_by("pk")[:_MOST_OTHERS] if codes.is_code_of(each, code, at=at)), None)


def _keep_pace(row: Meeting, user_id: int, source: AttendanceSource) -> None:
    """Count a try; refuse it beyond the person's pace, and a code while those of this meeting are being guessed."""
    try:
        if source is AttendanceSource.CODE:
            people.check_pace(**_guesses(row))
        people.keep_pace(
            act="discussion_ext.check_in", who=f"{row.pk}:{user_id}", limit=settings.DISCUSSION_EXT_CHECK_IN_LIMIT
        )
    except people.TooFastError as error:
        raise TooManyTriesError(wait_seconds=error.wait_seconds) from error


def _count_guess(row: Meeting) -> None:
    """Count a guess; beyond the meeting's limit nobody checks in by code until the count starts anew."""
    with suppress(people.TooFastError):
        people.keep_pace(**_guesses(row))


def _guesses(row: Meeting) -> dict[str, str]:
    return {
        "act": "discussion_ext.wrong_code",
        "who": str(row.pk),
        "limit": settings.DISCUSSION_EXT_WRONG_CODES_LIMIT,
    }
