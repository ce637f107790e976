"""Seats at meetings: claimed, moved and freed, never more than there are unless the team insists.

Meetings are locked in the order of their ids, then one seat: so two people who swap wait for each other in turn, and
nobody for ever. ``Meeting.seats_taken`` changes only together with the seats, under its lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext.data import SeatData, SeatSource
from discussion_ext.models import Meeting, Seat
from people import api as people

from .exceptions import MeetingCancelledError, MeetingError, MeetingFullError, SeatChangedError, SeatTakenError
from .meetings import lock_meetings

LONGEST_SLOT: Final = 100
_BATCH: Final = 500


@transaction.atomic
def claim_seat(*, meeting_id: int, user_id: int, slot: str, source: SeatSource, is_forced: bool = False) -> SeatData:
    """Give somebody a seat; asking again for the same slot and meeting returns it.

    ``is_forced`` is the team's: over the capacity and at a cancelled meeting too. Raises MeetingFullError,
    MeetingCancelledError, SeatTakenError (the slot is filled at another meeting) and MeetingNotFoundError.
    """
    if not 0 < len(slot) <= LONGEST_SLOT:
        raise MeetingError(_("A slot has 1 to 100 characters."), field="slot")
    (meeting,) = lock_meetings([meeting_id])
    people.insert_or_update(Seat(slot=slot, user_id=user_id), by=["slot"])
    seat = Seat.objects.select_for_update().get(slot=slot)
    if seat.user_id != user_id or seat.meeting_id not in (None, meeting_id):
        raise SeatTakenError
    if seat.meeting_id is None:
        _enter(meeting, is_forced=is_forced)
        _take(seat, meeting_id, source, is_forced=is_forced)
    return _to_data(seat)


@transaction.atomic
def move_seat(*, slot: str, meeting_id: int, source: SeatSource, is_forced: bool = False) -> SeatData:
    """Move a seat to another meeting, wholly or not at all; to where it is changes nothing.

    Raises as ``claim_seat`` does, MeetingError("slot") where the slot is empty, and SeatChangedError where somebody
    else moved it at the same moment.
    """
    seat, meetings = _lock_seat(slot, and_meeting=meeting_id)
    if seat is None or seat.meeting_id is None:
        raise MeetingError(_("There is no seat to move."), field="slot")
    if seat.meeting_id != meeting_id:
        _enter(meetings[meeting_id], is_forced=is_forced)
        _leave(meetings[seat.meeting_id])
        _take(seat, meeting_id, source, is_forced=is_forced)
    return _to_data(seat)


@transaction.atomic
def free_seat(*, slot: str) -> bool:
    """Give a seat back and tell whether there was one. Always allowed: at full, cancelled and past meetings too.

    Raises SeatChangedError where somebody moved it at the same moment.
    """
    seat, meetings = _lock_seat(slot)
    if seat is None or seat.meeting_id is None:
        return False
    _leave(meetings[seat.meeting_id])
    Seat.objects.filter(pk=seat.pk).update(meeting=None, taken_at=None, is_forced=False, source="")
    return True


def find_seats(slots: Iterable[str]) -> dict[str, SeatData]:
    """Return the seats that these slots have, by slot, in one query."""
    return {row.slot: _to_data(row) for row in Seat.objects.filter(slot__in=list(slots), meeting__isnull=False)}


def list_seats(meeting_id: int, *, after: int = 0, limit: int = 500) -> list[SeatData]:
    """Return seats of a meeting in the order of the people's ids, of those with ids above ``after``."""
    rows = Seat.objects.filter(meeting_id=meeting_id, user_id__gt=after).order_by("user_id", "pk")
    return [_to_data(row) for row in rows[:limit]]


def list_seats_of(user_id: int, *, meeting_ids: Iterable[int] | None = None) -> list[SeatData]:
    """Return the seats of a person, at these meetings or at all."""
    rows = Seat.objects.filter(user_id=user_id, meeting__isnull=False)
    if meeting_ids is not None:
        rows = rows.filter(meeting_id__in=list(meeting_ids))
    return [_to_data(row) for row in rows.order_by("pk")]


def has_seat(meeting_id: int, user_id: int) -> bool:
    """Tell whether somebody has a seat at a meeting."""
    return Seat.objects.filter(meeting_id=meeting_id, user_id=user_id).exists()


def count_seats(meeting_ids: Iterable[int]) -> dict[int, int]:
    """Return how many seats are taken at each of these meetings, by id, in one query."""
    return dict(Meeting.objects.filter(pk__in=list(meeting_ids)).values_list("pk", "seats_taken"))


def recount_seats(*, after: int = 0, limit: int = _BATCH) -> tuple[int, int]:
    """Compare the counted seats of the meetings with ids above ``after`` with their rows, and mend.

    Returns the last id that was looked at (0 when there was none) and how many differed.
    """
    ids = list(Meeting.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])
    suspects = find_miscounted().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)
    return (ids[-1] if ids else 0), sum(map(_recount, list(suspects)))


def find_miscounted() -> QuerySet[Meeting]:
    """Return the meetings that have more or fewer seats than are counted."""
    seats = Seat.objects.filter(meeting_id=OuterRef("pk")).order_by().values("meeting_id")
    taken = Coalesce(Subquery(seats.annotate(number=Count("pk")).values("number")), 0)
    return Meeting.objects.annotate(taken=taken).exclude(taken=F("seats_taken"))


@transaction.atomic(durable=True)
def _recount(meeting_id: int) -> bool:
    """Count the seats of one meeting, in a transaction that has read nothing before it has the lock."""
    (row,) = lock_meetings([meeting_id])
    taken = Seat.objects.filter(meeting_id=meeting_id).count()
    if taken == row.seats_taken:
        return False
    Meeting.objects.filter(pk=meeting_id).update(seats_taken=taken)
    return True


def _lock_seat(slot: str, *, and_meeting: int | None = None) -> tuple[Seat | None, dict[int, Meeting]]:
    """Lock a seat after its meeting, and another meeting if one is given; return the seat and the meetings by id."""
    found = Seat.objects.filter(slot=slot).first()
    if found is None:
        return None, {}
    ids = [each for each in (found.meeting_id, and_meeting) if each is not None]
    meetings = {row.pk: row for row in lock_meetings(ids)}
    seat = Seat.objects.select_for_update().get(slot=slot)
    if seat.meeting_id is not None and seat.meeting_id not in meetings:
        raise SeatChangedError
    return seat, meetings


def _take(seat: Seat, meeting_id: int, source: SeatSource, *, is_forced: bool) -> None:
    seat.meeting_id, seat.source, seat.is_forced = meeting_id, SeatSource(source).value, is_forced
    seat.taken_at = timezone.now()
    seat.save(update_fields=["meeting", "source", "is_forced", "taken_at"])


def _enter(meeting: Meeting, *, is_forced: bool) -> None:
    """Count one seat more at a meeting that is locked; the condition is asked of the row as it is."""
    if meeting.is_cancelled and not is_forced:
        raise MeetingCancelledError
    rows = Meeting.objects.filter(pk=meeting.pk)
    if not is_forced:
        rows = rows.filter(Q(capacity=0) | Q(seats_taken__lt=F("capacity")))
    if not rows.update(seats_taken=F("seats_taken") + 1):
        raise MeetingFullError


def _leave(meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk, seats_taken__gt=0).update(seats_taken=F("seats_taken") - 1)


def _to_data(row: Seat) -> SeatData:
    assert row.meeting_id is not None, "a seat that was given back"  # noqa: S101 - promises of the callers
    assert row.taken_at is not None  # noqa: S101
    return SeatData(
        slot=row.slot,
        meeting_id=row.meeting_id,
        user_id=row.user_id,
        source=SeatSource(row.source),
        taken_at=row.taken_at,
    )
