"""Who may do what with points. Every answer that is no says why and what to do next; without a yes it is no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import edx_platform
from .courses import is_on


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no with a code for programs, a reason and a next step for people."""

    is_allowed: bool = False
    code: str = ""
    reason: str = ""
    next_step: str = ""

    @property
    def sentence(self) -> str:
        """Return reason and next step as people read them."""
        return " ".join(part for part in (self.reason, self.next_step) if part)


ALLOWED: Final = Decision(is_allowed=True)


def may_see_points(user_id: int | None, course_key: CourseKey) -> Decision:
    """Answer whether somebody may see their points and the board of a course: its learners and its team, while on.

    Learners do so while the platform lets them into the course; the team always.
    """
    if user_id is None:
        return Decision(code="sign_in", reason=_("Points belong to a person."), next_step=_("Sign in to see yours."))
    if not is_on(course_key):
        return Decision(
            code="points_off",
            reason=_("This course does not use points."),
            next_step=_("Its course team can turn them on in Studio under Pages & Resources."),
        )
    is_enrolled = edx_platform.is_enrolled(user_id, course_key)
    if is_enrolled and edx_platform.can_load_course(user_id, course_key):
        return ALLOWED
    if edx_platform.is_course_team(user_id, course_key):
        return ALLOWED
    if is_enrolled:
        return Decision(
            code="not_open",
            reason=_("This course is not open to you yet."),
            next_step=_("Look at when it starts, or ask its course team."),
        )
    return Decision(
        code="not_enrolled",
        reason=_("You are not enrolled in this course."),
        next_step=_("Enrol to earn points and see the board."),
    )


def may_choose_name(user_id: int | None, course_key: CourseKey) -> Decision:
    """Answer whether somebody may choose how the board names them: enrolled learners, while points are on."""
    decision = may_see_points(user_id, course_key)
    if user_id is None or not decision.is_allowed:
        return decision
    if not edx_platform.is_enrolled(user_id, course_key) or edx_platform.is_course_team(user_id, course_key):
        return Decision(
            code="not_on_board",
            reason=_("The board lists learners only, and you are on the course team."),
            next_step=_("There is nothing to choose."),
        )
    return ALLOWED


def keep_choice_pace(user_id: int) -> None:
    """Count that a learner changes how the boards name them. Raises ``people.TooFastError``."""
    people.keep_pace(act="gamification.choose_name", who=user_id, limit=settings.GAMIFICATION_NAME_CHOICE_LIMIT)


def may_switch_points(user: Any, course_key: CourseKey) -> Decision:
    """Answer whether ``user`` may turn points on or off for a course: its team."""
    if user is not None and user.is_authenticated and edx_platform.is_course_team(user.id, course_key):
        return ALLOWED
    return Decision(
        code="not_course_team",
        reason=_("Only the course team can turn points on or off."),
        next_step=_("Ask a member of the team."),
    )
