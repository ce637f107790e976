"""The roll as hosts see it: who has a seat or came without one, by name, with what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from discussion_ext.data import AttendanceData, AttendanceState, MeetingData
from discussion_ext.models import Attendance, Seat

from .owners import owner_of
from .records import count_attendance, find_attendance

LEAST_TYPED: Final = 2
MOST_FOUND: Final = 10
_LONGEST_TYPED: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class RollRow:
    """One person of the roll; ``attendance`` is None while nothing is known."""

    user_id: int
    name: str
    attendance: AttendanceData | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RollPage:
    """A page of the roll. ``present`` and ``seats`` are of the whole meeting; ``next_after`` is None on the last page.

    People are cut into pages by their ids and, on a page, stand in the order of their names.
    """

    present: int
    seats: int
    next_after: int | None
    results: Sequence[RollRow]


def list_roll(meeting: MeetingData, *, after: int = 0, limit: int = 500) -> RollPage:
    """Return a page of the roll, of people with ids above ``after``, in five queries and those of the owner's names."""
    ids = _list_ids(meeting.id, after=after, limit=limit + 1)
    shown = ids[:limit]
    known, names = find_attendance([meeting.id], shown), owner_of(meeting).name_people(meeting, shown)
    rows = [RollRow(user_id=each, name=names.get(each, ""), attendance=known.get((meeting.id, each))) for each in shown]
    return RollPage(
        present=count_attendance([meeting.id])[meeting.id][AttendanceState.PRESENT],
        seats=meeting.seats_taken,
        next_after=shown[-1] if len(ids) > limit else None,
        results=sorted(rows, key=lambda row: (row.name.casefold(), row.user_id)),
    )


def find_walk_ins(meeting: MeetingData, typed: str) -> Mapping[int, str]:
    """Return up to ten people whom a host may add, by at least two characters of what they are called."""
    text = " ".join(typed.replace("\0", "").split())[:_LONGEST_TYPED]
    if len(text) < LEAST_TYPED:
        return {}
    found = owner_of(meeting).find_walk_ins(meeting, text)
    seated = set(Seat.objects.filter(meeting_id=meeting.id, user_id__in=list(found)).values_list("user_id", flat=True))
    new = [(user_id, name) for user_id, name in found.items() if user_id not in seated]
    return dict(new[:MOST_FOUND])


def _list_ids(meeting_id: int, *, after: int, limit: int) -> list[int]:
    """Return ids of who has a seat or of whom something is known, in order."""
    seats = Seat.objects.filter(meeting_id=meeting_id, user_id__gt=after)
    known = Attendance.objects.filter(meeting_id=meeting_id, user_id__gt=after).exclude(state="")
    found = (rows.order_by("user_id").values_list("user_id", flat=True)[:limit] for rows in (seats, known))
    return sorted({user_id for ids in found for user_id in ids})[:limit]
