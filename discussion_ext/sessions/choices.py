"""Learners choose, change and leave their sitting.

The cut-off is a session's: so many hours before the start, the moment itself included. It binds whoever changes, at
the sitting that is left and at the one that is taken. Whoever has no seat, or one in a sitting that was cancelled, may
take a seat until the sitting begins. Where none lies ahead for somebody without a seat, they may take one that is over
if its recording counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext import edx_platform
from discussion_ext.attendance import seats
from discussion_ext.attendance.exceptions import (
    MeetingCancelledError,
    MeetingFullError,
    SeatChangedError,
    SeatTakenError,
)
from discussion_ext.data import (
    AssignedBy,
    OwnSittingData,
    SeatSource,
    SessionData,
    SittingChoiceData,
    SittingData,
)
from people import api as people

from . import wishes
from .changes import await_people
from .exceptions import SeatRefusedError, SittingNotFoundError
from .keys import slot_of
from .lessons import get_session
from .sittings import list_sittings
from .standing import cut_off, find_own_sitting, has_attended, own_sittings, replay_units


def list_choices(*, session_id: int, user_id: int) -> list[SittingChoiceData]:
    """Return the sittings of a session as a learner sees them, by time: those ahead for them, and their own.

    Those of other cohorts, and cancelled and past ones in which they do not sit, are left out.
    """
    session, sittings = get_session(session_id), list_sittings(session_id)
    moment = timezone.now()
    own = own_sittings(session, sittings, [user_id], now=moment)[user_id]
    cohort_id = _cohort_of(session, user_id)
    ahead = [each for each in sittings if _is_offered(each, cohort_id, moment)]
    offered = ahead or [each for each in sittings if _can_watch(session, sittings, each, own, cohort_id, moment)]
    shown = [each for each in sittings if _is_mine(own, each) or each in offered]
    names = people.real_names({each.meeting.host_id for each in shown if each.meeting.host_id is not None})
    wished = wishes.wished_by(user_id, [each.id for each in shown])
    return [
        SittingChoiceData(
            sitting=each,
            is_mine=_is_mine(own, each),
            host_name=names.get(each.meeting.host_id, "") if each.meeting.host_id is not None else "",
            refusal=""
            if _is_over(each, moment) and each in offered
            else _say(refusal_of(session, each, own, cohort_id=cohort_id, at=moment)),
            is_wished=each.id in wished,
        )
        for each in shown
    ]


@transaction.atomic
def choose_sitting(*, session_id: int, user_id: int, sitting_id: int) -> OwnSittingData:
    """Give a learner the seat that they choose, instead of the one they have. Choosing the same again changes nothing.

    Raises SeatRefusedError, which says why not and what can be done, and SittingNotFoundError.
    """
    session, sittings = get_session(session_id), list_sittings(session_id)
    sitting = next((each for each in sittings if each.id == sitting_id), None)
    if sitting is None:
        raise SittingNotFoundError
    moment = timezone.now()
    own = own_sittings(session, sittings, [user_id], now=moment)[user_id]
    if own.source is not None and _is_mine(own, sitting):
        return own
    cohort_id = _cohort_of(session, user_id)
    is_watched = _may_watch(session, sittings, sitting, own, cohort_id, moment)
    refusal = refusal_of(session, sitting, own, cohort_id=cohort_id, at=moment)
    if refusal is not None and not is_watched:
        raise refusal
    # In a room that everybody has left there is no seat to run out of.
    take_seat(session, sitting, own, source=SeatSource.CHOICE, is_forced=is_watched)
    return find_own_sitting(session_id=session_id, user_id=user_id)


@transaction.atomic
def leave_sitting(*, session_id: int, user_id: int) -> OwnSittingData:
    """Give a learner's seat back, until the cut-off. Raises SeatRefusedError; without a seat nothing happens."""
    session = get_session(session_id)
    own = find_own_sitting(session_id=session_id, user_id=user_id)
    if own.sitting is None or own.source is None:
        return own
    refusal = _cannot_leave(session, own, timezone.now())
    if refusal is not None:
        raise refusal
    give_back(session, own)
    return find_own_sitting(session_id=session_id, user_id=user_id)


@transaction.atomic
def wish_seat(*, session_id: int, user_id: int, sitting_id: int) -> None:
    """Have a learner told when a seat opens in a full sitting. Asking again keeps their place in the line.

    Raises SeatRefusedError ("has_room" where there is a seat to take) and SittingNotFoundError.
    """
    session, sittings = get_session(session_id), list_sittings(session_id)
    sitting = next((each for each in sittings if each.id == sitting_id), None)
    if sitting is None:
        raise SittingNotFoundError
    moment = timezone.now()
    own = own_sittings(session, sittings, [user_id], now=moment)[user_id]
    refusal = refusal_of(session, sitting, own, cohort_id=_cohort_of(session, user_id), at=moment)
    if refusal is not None and refusal.code != "full":
        raise refusal
    wishes.add_wish(sitting=sitting, user_id=user_id)


def unwish_seat(*, session_id: int, user_id: int, sitting_id: int) -> None:
    """Take the wish back. Raises SittingNotFoundError."""
    if all(each.id != sitting_id for each in list_sittings(session_id)):
        raise SittingNotFoundError
    wishes.drop_wishes(user_id=user_id, sitting_ids=[sitting_id])


# -- the rules ---------------------------------------------------------------------------------------------------------


def refusal_of(
    session: SessionData, sitting: SittingData, own: OwnSittingData, *, cohort_id: int | None, at: datetime
) -> SeatRefusedError | None:
    """Return why a learner may not take a seat in a sitting at a moment, None where they may. Pure."""
    meeting = sitting.meeting
    if session.assigned_by != AssignedBy.CHOICE:
        return SeatRefusedError(_say_who_decides(session), code="not_choice")
    if meeting.is_cancelled:
        return SeatRefusedError(_("This sitting was cancelled. Choose another one."), code="cancelled")
    if meeting.starts_at <= at:
        message = _("This sitting has begun. If you are there, check in with the code that its host shows.")
        return SeatRefusedError(message, code="begun")
    if sitting.cohort_ids and cohort_id not in sitting.cohort_ids:
        return SeatRefusedError(_("This sitting is for other groups. Choose one of yours."), code="not_yours")
    refusal = _cannot_change(session, sitting, own, at)
    if refusal is None and meeting.is_full and not _is_mine(own, sitting):
        message = _("This sitting is full. Choose another one, or ask to be told when a seat opens.")
        return SeatRefusedError(message, code="full")
    return refusal


def _cannot_change(
    session: SessionData, sitting: SittingData, own: OwnSittingData, at: datetime
) -> SeatRefusedError | None:
    if own.sitting is None or _is_mine(own, sitting):
        return None
    refusal = _cannot_leave(session, own, at)
    if refusal is not None or own.sitting.meeting.is_cancelled or at <= cut_off(session, sitting):
        return refusal
    until = people.format_moment(cut_off(session, sitting), zone=sitting.meeting.zone)
    message = _("Changing to this sitting was possible until %(moment)s. Choose a later one.") % {"moment": until}
    return SeatRefusedError(message, code="too_late")


def _cannot_leave(session: SessionData, own: OwnSittingData, at: datetime) -> SeatRefusedError | None:
    if session.assigned_by != AssignedBy.CHOICE:
        return SeatRefusedError(_say_who_decides(session), code="not_choice")
    if own.sitting is None:
        return None
    if has_attended(own):
        message = _("You were present at %(sitting)s, so it stays yours.") % {"sitting": own.sitting.meeting.title}
        return SeatRefusedError(message, code="attended")
    until = cut_off(session, own.sitting)
    if own.sitting.meeting.is_cancelled or at <= until:
        return None
    moment = people.format_moment(until, zone=own.sitting.meeting.zone)
    message = _("You could change until %(moment)s. Ask the course team if you cannot come.") % {"moment": moment}
    return SeatRefusedError(message, code="too_late")


def _say_who_decides(session: SessionData) -> str:
    if session.assigned_by == AssignedBy.COHORT:
        return _("Your sitting is that of your group. Ask the course team if you cannot come.")
    return _("The course team decides who comes when. Ask them if you cannot come.")


def _is_over(sitting: SittingData, at: datetime) -> bool:
    return sitting.meeting.ends_at <= at


def _may_watch(
    session: SessionData,
    sittings: Sequence[SittingData],
    sitting: SittingData,
    own: OwnSittingData,
    cohort_id: int | None,
    at: datetime,
) -> bool:
    """Tell whether a sitting that is over is offered for its recording: to who has no seat, where none lies ahead."""
    has_choice = any(_is_offered(each, cohort_id, at) for each in sittings)
    return not has_choice and _can_watch(session, sittings, sitting, own, cohort_id, at)


def _can_watch(
    session: SessionData,
    sittings: Sequence[SittingData],
    sitting: SittingData,
    own: OwnSittingData,
    cohort_id: int | None,
    at: datetime,
) -> bool:
    is_recorded = bool(session.replay_percent) and bool(replay_units(sitting, sittings))
    is_theirs = not sitting.cohort_ids or cohort_id in sitting.cohort_ids
    is_free = session.assigned_by == AssignedBy.CHOICE and own.sitting is None and not sitting.meeting.is_cancelled
    return is_free and is_recorded and is_theirs and _is_over(sitting, at)


def _is_offered(sitting: SittingData, cohort_id: int | None, at: datetime) -> bool:
    is_ahead = not sitting.meeting.is_cancelled and sitting.meeting.starts_at > at
    return is_ahead and (not sitting.cohort_ids or cohort_id in sitting.cohort_ids)


def _is_mine(own: OwnSittingData, sitting: SittingData) -> bool:
    return own.sitting is not None and own.sitting.id == sitting.id


def _say(refusal: SeatRefusedError | None) -> str:
    return refusal.message if refusal else ""


def _cohort_of(session: SessionData, user_id: int) -> int | None:
    return edx_platform.cohorts_of(session.course_key, [user_id]).get(user_id)


# -- the seats ---------------------------------------------------------------------------------------------------------


def take_seat(
    session: SessionData,
    sitting: SittingData,
    own: OwnSittingData,
    *,
    source: SeatSource,
    is_forced: bool = False,
) -> None:
    """Give somebody a seat here instead of the one they have, and see to what follows. Call it in a transaction.

    Raises SeatRefusedError("full" or "cancelled") where the last seat went, or the sitting was called off, meanwhile.
    """
    slot = slot_of(session.id, own.user_id)
    present = seats.find_seats([slot]).get(slot)
    try:
        if present is None:
            seats.claim_seat(
                meeting_id=sitting.meeting.id, user_id=own.user_id, slot=slot, source=source, is_forced=is_forced
            )
        else:
            seats.move_seat(slot=slot, meeting_id=sitting.meeting.id, source=source, is_forced=is_forced)
    except MeetingFullError as error:
        message = _("The last seat was taken a moment ago. Choose another sitting, or ask to be told when one opens.")
        raise SeatRefusedError(message, code="full") from error
    except MeetingCancelledError as error:
        raise SeatRefusedError(_("This sitting was cancelled. Choose another one."), code="cancelled") from error
    except (SeatTakenError, SeatChangedError) as error:
        raise _changed_meanwhile() from error
    wishes.drop_wishes(user_id=own.user_id, sitting_ids=[sitting.id])
    await_people(session.id, [own.user_id])
    if present is not None:
        _open_at(session, present.meeting_id)


def give_back(session: SessionData, own: OwnSittingData) -> bool:
    """Free somebody's seat, and see to what follows; tell whether there was one. Call it in a transaction."""
    slot = slot_of(session.id, own.user_id)
    present = seats.find_seats([slot]).get(slot)
    try:
        if present is None or not seats.free_seat(slot=slot):
            return False
    except SeatChangedError as error:
        raise _changed_meanwhile() from error
    await_people(session.id, [own.user_id])
    _open_at(session, present.meeting_id)
    return True


def _changed_meanwhile() -> SeatRefusedError:
    message = _("This seat was changed a moment ago. Load the page again to see where it is now.")
    return SeatRefusedError(message, code="changed")


def _open_at(session: SessionData, meeting_id: int) -> None:
    left: Sequence[int] = [each.id for each in list_sittings(session.id) if each.meeting.id == meeting_id]
    for sitting_id in left:
        wishes.leave_opening(sitting_id)
