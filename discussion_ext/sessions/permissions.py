"""Who may do what with class sessions, asked at the edge. Every no has a reason and a next step."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.attendance.permissions import ALLOWED, Decision
from discussion_ext.availability import is_on
from discussion_ext.data import SittingData

from .lessons import list_sessions
from .sittings import list_sittings_of


def may_run_sessions(user_id: int | None, course_key: CourseKey) -> Decision:
    """Answer whether somebody may make and change sessions: the course team, while the suite is on in the course."""
    if user_id is None or not is_on(course_key):
        return _nothing_here()
    return ALLOWED if edx_platform.is_course_team(user_id, course_key) else _nothing_here()


def may_see_sessions(user_id: int | None, course_key: CourseKey) -> Decision:
    """Answer whether somebody may see the course team's list: the team all of it, a host their own sittings."""
    decision = may_run_sessions(user_id, course_key)
    if decision.is_allowed or user_id is None or not is_on(course_key):
        return decision
    return ALLOWED if hosted_by(user_id, course_key) else decision


def may_see_roster(user_id: int | None, course_key: CourseKey, sitting: SittingData) -> Decision:
    """Answer whether somebody may see who sits in a sitting: its host and the course team."""
    decision = may_run_sessions(user_id, course_key)
    if decision.is_allowed or user_id is None or not is_on(course_key):
        return decision
    is_host = sitting.meeting.host_id == user_id and edx_platform.is_active_account(user_id)
    return ALLOWED if is_host else decision


def may_choose(user_id: int | None, course_key: CourseKey) -> Decision:
    """Answer whether somebody has class sessions in a course: who is enrolled, while the platform lets them in."""
    if user_id is None or not is_on(course_key) or not edx_platform.is_enrolled(user_id, course_key):
        return _nothing_here()
    if not edx_platform.can_load_course(user_id, course_key):
        return Decision(
            code="not_open",
            reason=_("This course is not open to you yet."),
            next_step=_("Look at when it starts, or ask its course team."),
        )
    return ALLOWED


def hosted_by(user_id: int, course_key: CourseKey) -> Sequence[SittingData]:
    """Return the sittings of a course that somebody hosts, with an account that is in use."""
    if not edx_platform.is_active_account(user_id):
        return ()
    found = list_sittings_of(session.id for session in list_sessions(course_key))
    return [each for sittings in found.values() for each in sittings if each.meeting.host_id == user_id]


def _nothing_here() -> Decision:
    """Return one answer for what is not there and what is not this person's: addresses tell nothing."""
    return Decision(
        code="not_found",
        reason=_("There are no class sessions here for you."),
        next_step=_("Ask the course team, or sign in with another account."),
    )
