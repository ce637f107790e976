"""The roll as hosts see it: who has a place or came without one, by name, with what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from discussion_ext.data import AttendanceData, AttendanceState, MeetingData
from discussion_ext.models import Attendance

from .owners import owner_of
from .records import count_attendance, find_attendance

LEAST_TYPED: Final = 2
MOST_FOUND: Final = 10
_LONGEST_TYPED: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class RollRow:
    """One person of the roll; ``attendance`` is None while nothing is known, ``note`` is what the owner says."""

    user_id: int
    name: str
    attendance: AttendanceData | None
    note: str = ""


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
    owner = owner_of(meeting)
    ids = _list_ids(meeting, after=after, limit=limit + 1)
    shown = ids[:limit]
    known, names = find_attendance([meeting.id], shown), owner.name_people(meeting, shown)
    notes = owner.note_people(meeting, shown)
    rows = [
        RollRow(
            user_id=each,
            name=names.get(each, ""),
            attendance=known.get((meeting.id, each)),
            note=notes.get(each, ""),
        )
        for each in shown
    ]
    return RollPage(
        present=count_attendance([meeting.id])[meeting.id][AttendanceState.PRESENT],
        seats=owner.count_expected(meeting),
        next_after=shown[-1] if len(ids) > limit else None,
        results=sorted(rows, key=lambda row: (row.name.casefold(), row.user_id)),
    )


def find_walk_ins(meeting: MeetingData, typed: str) -> Mapping[int, str]:
    """Return up to ten people whom a host may add, by at least two characters of what they are called."""
    text = " ".join(typed.replace("\0", "").split())[:_LONGEST_TYPED]
    if len(text) < LEAST_TYPED:
        return {}
    owner = owner_of(meeting)
    found = owner.find_walk_ins(meeting, text)
    seated = owner.find_expected(meeting, found)
    new = [(user_id, name) for user_id, name in found.items() if user_id not in seated]
    return dict(new[:MOST_FOUND])


def _list_ids(meeting: MeetingData, *, after: int, limit: int) -> list[int]:
    """Return ids of who has a place or of whom something is known, in order."""
    expected = owner_of(meeting).list_expected(meeting, after=after, limit=limit)
    known = Attendance.objects.filter(meeting_id=meeting.id, user_id__gt=after).exclude(state="")
    return sorted({*expected, *known.order_by("user_id").values_list("user_id", flat=True)[:limit]})[:limit]
