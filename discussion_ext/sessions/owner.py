"""What sittings answer to their meetings: who hosts, who may come without a seat, and what follows from who came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext as _

from discussion_ext import edx_platform
from discussion_ext.attendance.exceptions import MeetingCancelledError, NoSeatError
from discussion_ext.attendance.owners import MeetingOwner, register_owner
from discussion_ext.data import MeetingData, SeatSource, SessionData, WhatNextData
from people import api as people

from . import changes, news, wishes
from .choices import take_seat
from .exceptions import SessionError
from .keys import OWNER, sitting_id_of
from .lessons import get_session
from .sittings import get_sitting
from .standing import find_own_sitting, has_attended

_MOST_FOUND: Final = 10

#: Says what a task adds to the check-in page, for a session and a person; None for nothing.
WhatNext = Callable[[int, int], WhatNextData | None]
_what_next: Final[list[WhatNext]] = []


def register() -> None:
    """Make the owner of sittings known; called once, when the app is ready."""
    register_owner(OWNER, SittingOwner())


def register_what_next(say: WhatNext) -> None:
    """Let ``say(session_id, user_id)`` complete what the check-in page of a sitting tells somebody."""
    if say not in _what_next:
        _what_next.append(say)


class SittingOwner(MeetingOwner):
    """A sitting is hosted by its host and run by the course team; learners of the course may walk in."""

    def on_attendance(self, meeting: MeetingData, user_id: int) -> None:
        """Leave the person to be evaluated in the session's tasks."""
        session_id = changes.session_of(meeting)
        if session_id is not None:
            changes.await_people(session_id, [user_id])

    def on_meeting_changed(self, before: MeetingData, after: MeetingData) -> None:
        """Leave those who sit there to be told and evaluated, and those who wait for a seat to be told of one."""
        changes.leave_change(before, after)
        has_more = before.capacity and (not after.capacity or after.capacity > before.capacity)
        if has_more or (before.is_cancelled and not after.is_cancelled):
            wishes.leave_opening(sitting_id_of(after.key))

    def may_host(self, meeting: MeetingData, user_id: int) -> bool:
        """Tell whether somebody is the host, with an account that is in use, or in the course team."""
        is_host = meeting.host_id == user_id and edx_platform.is_active_account(user_id)
        return is_host or self.may_correct(meeting, user_id)

    def may_correct(self, meeting: MeetingData, user_id: int) -> bool:
        """Tell whether somebody is in the course team."""
        session = _session_of(meeting)
        return session is not None and edx_platform.is_course_team(user_id, session.course_key)

    def may_visit(self, meeting: MeetingData, user_id: int) -> bool:
        """Tell whether somebody learns in the course."""
        session = _session_of(meeting)
        return session is not None and edx_platform.is_enrolled(user_id, session.course_key)

    def accept_walk_in(self, meeting: MeetingData, user_id: int, *, is_forced: bool = False) -> None:
        """Move the person's seat here, or give them one: their other sitting has one seat more.

        Raises NoSeatError for who is not enrolled, MeetingCancelledError, and SessionError where they were present
        elsewhere or, without force, where there is no room.
        """
        sitting = get_sitting(sitting_id_of(meeting.key))
        session = get_session(sitting.session_id)
        if not edx_platform.is_enrolled(user_id, session.course_key):
            raise NoSeatError
        if meeting.is_cancelled:
            raise MeetingCancelledError
        own = find_own_sitting(session_id=session.id, user_id=user_id)
        if own.sitting is not None and own.sitting.id != sitting.id and has_attended(own):
            message = _("Was present at %(sitting)s already. That counts; nothing more is needed.")
            raise SessionError(message % {"sitting": own.sitting.meeting.title})
        if meeting.is_full and not is_forced:
            raise SessionError(_("This sitting is full. If you are in the room, ask your host to add you."))
        take_seat(session, sitting, own, source=SeatSource.WALK_IN, is_forced=is_forced)

    def find_walk_ins(self, meeting: MeetingData, text: str) -> Mapping[int, str]:
        """Return enrolled people whose name, username or e-mail address holds the text."""
        session = _session_of(meeting)
        if session is None:
            return {}
        return people.real_names(edx_platform.search_learners(session.course_key, text, limit=_MOST_FOUND))

    def say_what_next(self, meeting: MeetingData, user_id: int) -> WhatNextData:
        """Return the way back to the learner's sessions, and what a task adds to it."""
        session = _session_of(meeting)
        if session is None:
            return WhatNextData()
        for say in _what_next:
            said = say(session.id, user_id)
            if said is not None:
                return said
        replay_url = get_sitting(sitting_id_of(meeting.key)).replay_url
        return WhatNextData(
            back_url=news.my_sessions_path(session.course_key),
            back_label=_("My class sessions"),
            replay_url=replay_url,
            replay=_("Missed it? There is a recording.") if replay_url else "",
        )


def _session_of(meeting: MeetingData) -> SessionData | None:
    session_id = changes.session_of(meeting)
    return get_session(session_id) if session_id is not None else None
