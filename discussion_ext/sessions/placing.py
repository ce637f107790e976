"""Seats that the course team or a cohort gives, and those that unenrolment takes.

A cohort's members sit in the first of its sittings that lies ahead and has room; late ones, for whom none lies ahead,
in the last one, so that its recording can still count for them. Whoever was given a seat by the team, chose one or came
to another sitting keeps it. Safe to repeat: who sits where they should costs no more than the look.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.attendance import seats
from discussion_ext.data import AssignedBy, OwnSittingData, SeatSource, SessionData, SittingData
from people import api as people

from . import news, wishes
from .choices import give_back, take_seat
from .exceptions import SeatRefusedError, SessionNotFoundError, SittingNotFoundError
from .keys import SessionErrand, target_of
from .lessons import get_session, list_sessions
from .replays import take_replays
from .sittings import list_sittings
from .standing import find_own_sitting, has_attended, own_sittings

log = logging.getLogger(__name__)

_BATCH: Final = 200


# -- the course team ---------------------------------------------------------------------------------------------------


def assign(
    *,
    session_id: int,
    user_ids: Iterable[int],
    sitting_id: int | None,
    actor_id: int | None,
    is_forced: bool = False,
    source: SeatSource = SeatSource.TEAM,
) -> dict[int, str]:
    """Seat people in a sitting, or free their seats (``sitting_id`` None); return why not, by person.

    Each is a transaction of its own, so that a sitting that is full refuses only the rest. ``is_forced`` goes beyond
    its capacity. Who was given a seat in a sitting that lies ahead is told. Raises SessionNotFoundError and
    SittingNotFoundError.
    """
    session, sittings = get_session(session_id), list_sittings(session_id)
    sitting = next((each for each in sittings if each.id == sitting_id), None)
    if sitting_id is not None and sitting is None:
        raise SittingNotFoundError
    wanted = list(dict.fromkeys(user_ids))
    enrolled = edx_platform.joined_at(course_key=session.course_key, user_ids=wanted) if wanted else {}
    owned, refused = own_sittings(session, sittings, wanted), {}
    for user_id in wanted:
        try:
            if sitting is not None and user_id not in enrolled:
                message = _("This person is not enrolled in the course. Enrol them first.")
                raise SeatRefusedError(message, code="not_enrolled")  # noqa: TRY301 - one way of refusing
            _assign_one(session, sitting, owned[user_id], actor_id=actor_id, is_forced=is_forced, source=source)
        except SeatRefusedError as refusal:
            refused[user_id] = refusal.message
    return refused


def _assign_one(
    session: SessionData,
    sitting: SittingData | None,
    own: OwnSittingData,
    *,
    actor_id: int | None,
    is_forced: bool,
    source: SeatSource,
) -> None:
    is_there = own.sitting is not None and sitting is not None and own.sitting.id == sitting.id
    if is_there and own.source is not None:
        return
    if own.sitting is not None and has_attended(own) and not is_there:
        message = _("Was present at %(sitting)s. Correct the attendance there first.")
        raise SeatRefusedError(message % {"sitting": own.sitting.meeting.title}, code="attended")
    moment = timezone.now()
    with transaction.atomic():
        if sitting is None:
            if not give_back(session, own):
                return
        else:
            if sitting.meeting.is_cancelled:
                message = _("This sitting was cancelled. Restore it first, or choose another one.")
                raise SeatRefusedError(message, code="cancelled")
            take_seat(session, sitting, own, source=source, is_forced=is_forced)
        people.record_audit(
            actor_id=actor_id,
            verb="seat.assign" if sitting else "seat.free",
            target=target_of(session.id),
            context_key=str(session.course_key),
            data={"user": own.user_id, "from": own.sitting.id if own.sitting else None, "to": sitting and sitting.id},
        )
        if sitting is not None and sitting.meeting.starts_at > moment:
            news.tell_assigned(sitting, [own.user_id], at=moment)


# -- cohorts -----------------------------------------------------------------------------------------------------------


def take_place(*, session_id: int, user_id: int) -> OwnSittingData:
    """Give a learner the seat of their cohort, count a recording that they watched, and return where they sit.

    What a page calls before it shows a learner where they stand. Raises SessionNotFoundError.
    """
    place_learners(session_id=session_id, user_ids=[user_id])
    take_replays(session_id=session_id, user_ids=[user_id])
    return find_own_sitting(session_id=session_id, user_id=user_id)


def place_learners(*, session_id: int, user_ids: Collection[int]) -> int:
    """Seat those of these people who belong elsewhere by their cohorts; return how many seats changed.

    Only in sessions that cohorts decide. A number of queries that does not grow with those who sit right. Raises
    SessionNotFoundError.
    """
    session = get_session(session_id)
    if session.assigned_by != AssignedBy.COHORT or not user_ids:
        return 0
    sittings, moment = list_sittings(session_id), timezone.now()
    cohorts = edx_platform.cohorts_of(session.course_key, user_ids)
    enrolled = edx_platform.joined_at(course_key=session.course_key, user_ids=user_ids)
    owned = own_sittings(session, sittings, user_ids)
    places = {
        user_id: wanted_place(sittings, owned[user_id], cohorts.get(user_id), at=moment)
        for user_id in user_ids
        if user_id in enrolled
    }
    moving = {user_id: place for user_id, place in places.items() if place is not None}
    if not moving:
        return 0
    teachers = edx_platform.list_teachers(session.course_key).filter(user_id__in=list(moving))
    team = set(teachers.values_list("user_id", flat=True))
    return sum(
        _place(session, owned[user_id], place, at=moment) for user_id, place in moving.items() if user_id not in team
    )


def wanted_place(
    sittings: Sequence[SittingData], own: OwnSittingData, cohort_id: int | None, *, at: datetime
) -> Sequence[SittingData] | None:
    """Return in which sittings a learner should sit, the first one first, or None where they sit right. Pure.

    An empty answer means that the seat they have is no longer theirs.
    """
    has_seat = own.sitting is not None and own.source is not None
    if has_attended(own) or (has_seat and own.source != SeatSource.COHORT):
        return None
    theirs = [each for each in sittings if cohort_id in each.cohort_ids and not each.meeting.is_cancelled]
    ahead = [each for each in theirs if each.meeting.starts_at > at]
    if not has_seat:
        return ahead or theirs[-1:] or None
    assert own.sitting is not None  # noqa: S101 - has_seat says so
    if own.sitting.id in {each.id for each in theirs}:
        return None
    if ahead or cohort_id not in own.sitting.cohort_ids:
        return ahead or theirs[-1:]
    return None  # cancelled, with nothing else to go to


def _place(session: SessionData, own: OwnSittingData, places: Sequence[SittingData], *, at: datetime) -> bool:
    for sitting in places:
        try:
            with transaction.atomic():
                take_seat(session, sitting, own, source=SeatSource.COHORT)
                if sitting.meeting.starts_at > at:
                    news.tell_assigned(sitting, [own.user_id], at=at)
        except SeatRefusedError:
            continue
        return True
    if places:
        log.warning("discussion_ext.cohort_without_seats session=%s sitting=%s", session.id, places[-1].id)
        return False
    return _free(session, own)


# -- who comes and goes ------------------------------------------------------------------------------------------------


def leave_learner(course_key: CourseKey, user_id: int) -> people.Missed:
    """Name a learner whose enrolment or cohort has changed, for what follows after the commit."""
    key = f"{course_key} {user_id}"
    facts = {"course": str(course_key), "user": user_id}
    return people.Missed(kind=SessionErrand.LEARNER_CHANGED, key=key, facts=facts)


def run_learner(facts: Mapping[str, Any]) -> None:
    """Seat a learner by the cohort that is theirs now, or free the seats of one who is no longer enrolled."""
    course_key, user_id = CourseKey.from_string(facts["course"]), facts["user"]
    is_enrolled = edx_platform.is_enrolled(user_id, course_key)
    for session in list_sessions(course_key):
        if is_enrolled:
            place_learners(session_id=session.id, user_ids=[user_id])
        else:
            free_absent(session_id=session.id, user_ids=[user_id])


def free_absent(*, session_id: int, user_ids: Collection[int]) -> int:
    """Free the seats, in sittings that are not over, of those who are no longer enrolled; return how many.

    What is known of their attendance stays.
    """
    session, moment = get_session(session_id), timezone.now()
    enrolled = edx_platform.joined_at(course_key=session.course_key, user_ids=user_ids)
    gone = [user_id for user_id in user_ids if user_id not in enrolled]
    if not gone:
        return 0
    sittings, freed = list_sittings(session_id), 0
    for user_id, own in own_sittings(session, sittings, gone).items():
        wishes.drop_wishes(user_id=user_id, sitting_ids=[each.id for each in sittings])
        if own.sitting is not None and own.source is not None and own.sitting.meeting.ends_at > moment:
            freed += _free(session, own)
    return freed


def _free(session: SessionData, own: OwnSittingData) -> bool:
    """Free a seat and tell whether that was done; one that was changed at the same moment is looked at again later."""
    try:
        with transaction.atomic():
            return give_back(session, own)
    except SeatRefusedError:
        return False


def run_session(facts: Mapping[str, Any]) -> None:
    """Seat everybody in a session anew, and count recordings: its rules have changed. In batches; safe to repeat."""
    try:
        session = get_session(facts["session"])
    except SessionNotFoundError:
        return
    for user_ids in list_learners(session):
        place_learners(session_id=session.id, user_ids=user_ids)
        take_replays(session_id=session.id, user_ids=user_ids)


def list_learners(session: SessionData, *, after: int = 0) -> Iterable[list[int]]:
    """Yield the ids of those who learn in the session's course, batch by batch."""
    while user_ids := edx_platform.list_learner_ids(session.course_key, after=after, limit=_BATCH):
        yield user_ids
        after = user_ids[-1]


def list_seated(session_id: int, *, after: int = 0) -> Iterable[list[int]]:
    """Yield the ids of those who sit in sittings of the session that are not over, in their order, batch by batch."""
    moment = timezone.now()
    ahead = [each.meeting.id for each in list_sittings(session_id) if each.meeting.ends_at > moment]
    while True:
        found = {
            seat.user_id for meeting_id in ahead for seat in seats.list_seats(meeting_id, after=after, limit=_BATCH)
        }
        if not found:
            return
        batch = sorted(found)[:_BATCH]
        yield batch
        after = batch[-1]
