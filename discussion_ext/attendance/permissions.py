"""Who may do what at a meeting, asked at the edge. Every no has a reason and a next step; without a yes it is no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext.data import MeetingData
from people import api as people

from .owners import owner_of


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


def may_see_check_in(user_id: int | None, meeting: MeetingData | None) -> Decision:
    """Answer whether somebody may see the check-in page: those whom its owner lets in, and hosts."""
    if user_id is None:
        return Decision(code="sign_in", reason=_("Checking in is personal."), next_step=_("Sign in first."))
    if meeting is not None:
        owner = owner_of(meeting)
        if any(ask(meeting, user_id) for ask in (owner.may_visit, owner.may_host, owner.may_correct)):
            return ALLOWED
    return _no_such_meeting()


def may_call_roll(user_id: int | None, meeting: MeetingData | None) -> Decision:
    """Answer whether somebody may show the code and say who is there: the host for some days, the team always."""
    if user_id is None:
        return Decision(code="sign_in", reason=_("The roll is for hosts."), next_step=_("Sign in first."))
    if meeting is not None:
        owner = owner_of(meeting)
        if owner.may_correct(meeting, user_id):
            return ALLOWED
        if owner.may_host(meeting, user_id):
            return ALLOWED if timezone.now() <= meeting.correct_until else _too_late(meeting)
        if may_see_check_in(user_id, meeting).is_allowed:
            return Decision(
                code="not_host",
                reason=_("Only the host and the team of this meeting can say who was there."),
                next_step=_("Check in with the code that your host shows."),
            )
    return _no_such_meeting()


def keep_roll_pace(user_id: int) -> None:
    """Count that a host sends ticks or searches for people. Raises ``people.TooFastError``."""
    people.keep_pace(act="discussion_ext.roll", who=user_id, limit=settings.DISCUSSION_EXT_ROLL_LIMIT)


def _no_such_meeting() -> Decision:
    """Return one answer for a meeting that is none and one that is not this person's: addresses tell nothing."""
    return Decision(
        code="no_meeting",
        reason=_("There is no meeting here for you."),
        next_step=_("Scan the code again, or ask your host to add you."),
    )


def _too_late(meeting: MeetingData) -> Decision:
    until = people.format_moment(meeting.correct_until, zone=meeting.zone)
    return Decision(
        code="too_late",
        reason=_("The host could say who was there until %(until)s.") % {"until": until},
        next_step=_("Ask the team to correct it."),
    )
