"""A learner's own calendar: the sittings of all their courses, and what others add, at an address that is theirs.

The address is signed and carries how often it was renewed: nothing secret is kept, and an older one no longer opens it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext import edx_platform
from discussion_ext.attendance import calendars, meetings, seats
from discussion_ext.data import CalendarEntryData, SittingData
from discussion_ext.models import CalendarFeed, Sitting
from people import api as people

from .exceptions import SessionError
from .lessons import get_session
from .news import my_sessions_path
from .sittings import find_sittings

#: For so long a sitting that is over stays in the calendar.
LOOKS_BACK: Final = timedelta(days=180)
_SALT: Final = "discussion_ext.calendar"

#: Gives, for a person, what else belongs into their calendar.
CalendarSource = Callable[[int], Iterable[CalendarEntryData]]
_sources: Final[list[CalendarSource]] = []


def register_calendar_source(find: CalendarSource) -> None:
    """Let ``find(user_id)`` add entries, such as due dates, to the calendars of learners; once, in ``ready()``."""
    if find not in _sources:
        _sources.append(find)


def calendar_url(user_id: int) -> str:
    """Return the absolute address of somebody's calendar, as it is now."""
    return people.absolute_url(reverse("discussion_ext:calendar", args=[make_calendar_token(user_id)]))


def make_calendar_token(user_id: int, *, of: str = "") -> str:
    """Return what opens somebody's calendar, or another one of theirs that ``of`` names ("chapter:12")."""
    revision = _find_revision(user_id)
    return signing.dumps([user_id, revision, of] if of else [user_id, revision], salt=_SALT, compress=False)


@transaction.atomic
def renew_calendar(user_id: int) -> str:
    """Give all calendars of somebody new addresses and return the first one's; the old ones open nothing any more."""
    people.insert_or_update(CalendarFeed(user_id=user_id), by=["user_id"])
    feed = CalendarFeed.objects.select_for_update().get(user_id=user_id)
    feed.revision, feed.renewed_at = feed.revision + 1, timezone.now()
    feed.save(update_fields=["revision", "renewed_at"])
    return calendar_url(user_id)


def read_calendar_token(token: str, *, of: str = "") -> int:
    """Return whose calendar an address opens.

    Raises SessionError for one that was renewed or changed by hand, that opens another calendar than ``of``, and for
    accounts that are not in use.
    """
    try:
        user_id, revision, *named = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise _no_calendar() from error
    is_this_one = named == ([of] if of else [])
    if not is_this_one or revision != _find_revision(user_id) or not edx_platform.is_active_account(user_id):
        raise _no_calendar()
    return int(user_id)


def _find_revision(user_id: int) -> int:
    return CalendarFeed.objects.filter(user_id=user_id).values_list("revision", flat=True).first() or 0


def draw_calendar(user_id: int) -> bytes:
    """Return somebody's calendar as a file: their sittings, cancelled ones marked, and what the sources add."""
    entries = [*_sitting_entries(user_id), *(entry for find in _sources for entry in find(user_id))]
    return calendars.render_calendar(entries, name=_("My sessions and events"))


def draw_sitting(sitting: SittingData) -> bytes:
    """Return one sitting as a calendar file."""
    return calendars.render_calendar([_entry(sitting)], name=sitting.meeting.title)


def _sitting_entries(user_id: int) -> Iterator[CalendarEntryData]:
    meeting_ids = [seat.meeting_id for seat in seats.list_seats_of(user_id)]
    since = timezone.now() - LOOKS_BACK
    recent = [each.id for each in meetings.get_meetings(meeting_ids).values() if each.ends_at > since]
    theirs = Sitting.objects.filter(meeting_id__in=recent).values_list("pk", flat=True)
    yield from map(_entry, find_sittings(theirs))


def _entry(sitting: SittingData) -> CalendarEntryData:
    """Return a sitting as it stands in a calendar: the way to a video call is on our page, not in the file."""
    meeting, session = sitting.meeting, get_session(sitting.session_id)
    title = session.title or meeting.title
    said = meeting.title if meeting.title != title else ""
    return CalendarEntryData(
        uid=f"{meeting.uid}@{urlsplit(people.absolute_url('/')).hostname or 'lms'}",
        sequence=meeting.sequence,
        title=title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        zone=meeting.zone,
        changed_at=timezone.now(),
        place=meeting.place or (_("Online") if meeting.link else ""),
        link=people.absolute_url(my_sessions_path(session.course_key)),
        text="\n".join(part for part in (said, meeting.cancel_reason if meeting.is_cancelled else "") if part),
        is_cancelled=meeting.is_cancelled,
    )


def _no_calendar() -> SessionError:
    refusal = SessionError(_("This address opens no calendar. Copy the present one from the page where you found it."))
    refusal.status, refusal.code = 404, "not_found"
    return refusal
