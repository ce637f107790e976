"""Forgetting a person, and what becomes of histories with the years: who was there stays, words about it go."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from discussion_ext.models import Attendance, AttendanceChange, Meeting, Seat
from people import api as people

from .seats import free_seat


def forget_person(user_id: int) -> None:
    """Free the seats of somebody who leaves the site and erase what was said about them. Safe to repeat.

    That they were present or not stays under a number, so that nobody is graded again.
    """
    with transaction.atomic():
        for slot in list(Seat.objects.filter(user_id=user_id).order_by("slot").values_list("slot", flat=True)):
            free_seat(slot=slot)
        Seat.objects.filter(user_id=user_id, meeting__isnull=True).delete()
        Attendance.objects.filter(user_id=user_id).exclude(reason="").update(reason="")
        AttendanceChange.objects.filter(user_id=user_id).exclude(reason="").update(reason="")
        hosted = Meeting.objects.filter(host_id=user_id)
        hosted.exclude(cancel_reason="").update(cancel_reason="")
        people.forget_reasons(f"meeting:{each}" for each in hosted.values_list("pk", flat=True))


def find_old_changes(before: datetime) -> QuerySet[AttendanceChange]:
    """Return the history of attendance from before a moment."""
    return AttendanceChange.objects.filter(at__lt=before)


def delete_changes(changes: QuerySet[AttendanceChange]) -> int:
    """Delete entries of the history, and the reasons that attendances quote from them."""
    for meeting_id, user_id, at in changes.exclude(reason="").values_list("meeting_id", "user_id", "at"):
        same = Attendance.objects.filter(meeting_id=meeting_id, user_id=user_id, recorded_at__lte=at)
        same.exclude(reason="").update(reason="")
    return changes.delete()[0]


def list_hosted(user_id: int) -> QuerySet[Meeting]:
    """Return meetings that somebody hosts, hosted or cancelled."""
    return Meeting.objects.filter(Q(host_id=user_id) | Q(cancelled_by=user_id)).order_by("pk")
