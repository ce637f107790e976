"""To whom a meeting belongs. Owners stand above this package: they register, are told of facts and asked questions.

An owner is known by the first part of a meeting's key: "sitting" owns "sitting:12".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from discussion_ext.data import MeetingData, WhatNextData
from discussion_ext.models import Seat
from people import api as people

from .exceptions import NoSeatError


class MeetingOwner:
    """What the owner of meetings decides; without answers of its own it allows nothing.

    ``on_`` methods run in the transaction of what they tell, and only insert rows. ``has_tickets`` where those who come
    show a ticket of their own, which hosts scan.
    """

    has_tickets: bool = False

    def on_attendance(self, meeting: MeetingData, user_id: int) -> None:
        """Hear that what is known of somebody's attendance has changed."""

    def on_meeting_changed(self, before: MeetingData, after: MeetingData) -> None:
        """Hear that a meeting was changed, cancelled or restored."""

    def may_host(self, meeting: MeetingData, user_id: int) -> bool:
        """Tell whether somebody may show the code and call the roll, until ``meeting.correct_until``."""
        return False

    def may_correct(self, meeting: MeetingData, user_id: int) -> bool:
        """Tell whether somebody may do so at any time, as one of the team."""
        return False

    def may_visit(self, meeting: MeetingData, user_id: int) -> bool:
        """Tell whether somebody may see the check-in page: by default whoever has a place."""
        return self.has_place(meeting, user_id)

    # Who is expected. By default those who have a seat of ours; an owner that keeps places itself answers all five.

    def has_place(self, meeting: MeetingData, user_id: int) -> bool:
        """Tell whether somebody may come in without being added first."""
        return Seat.objects.filter(meeting_id=meeting.id, user_id=user_id).exists()

    def find_expected(self, meeting: MeetingData, user_ids: Iterable[int]) -> set[int]:
        """Return which of these people have a place, in one query."""
        seats = Seat.objects.filter(meeting_id=meeting.id, user_id__in=list(user_ids))
        return set(seats.values_list("user_id", flat=True))

    def list_expected(self, meeting: MeetingData, *, after: int, limit: int) -> list[int]:
        """Return people with a place in the order of their ids, of those with ids above ``after``, in one query."""
        seats = Seat.objects.filter(meeting_id=meeting.id, user_id__gt=after)
        return list(seats.order_by("user_id").values_list("user_id", flat=True).distinct()[:limit])

    def count_expected(self, meeting: MeetingData) -> int:
        """Return how many people have a place, without those whom they bring along."""
        return meeting.seats_taken

    def list_meetings_of(self, user_id: int) -> Iterable[int]:
        """Return the ids of meetings of this owner at which somebody has a place."""
        return Seat.objects.filter(user_id=user_id, meeting__isnull=False).values_list("meeting_id", flat=True)

    # What stands beside people on the roll.

    def note_people(self, meeting: MeetingData, user_ids: Iterable[int]) -> Mapping[int, str]:
        """Return what the host should know of these people at the door, in few words ("and 1 guest"), by id."""
        return {}

    def accept_walk_in(self, meeting: MeetingData, user_id: int, *, is_forced: bool = False) -> None:
        """Give a seat to somebody who came without one. Raises a ``CaseError`` that says why not.

        ``is_forced`` where the host ticks them, who sees whether there is room.
        """
        raise NoSeatError

    def find_walk_ins(self, meeting: MeetingData, text: str) -> Mapping[int, str]:
        """Return people whom a host may add, by what they typed: ids with names, ten at most."""
        return {}

    def name_people(self, meeting: MeetingData, user_ids: Iterable[int]) -> Mapping[int, str]:
        """Return what the host may call these people."""
        return people.real_names(user_ids)

    def say_what_next(self, meeting: MeetingData, user_id: int) -> WhatNextData:
        """Return what the check-in page says to this person of what follows, and where it leads."""
        return WhatNextData()


_owners: Final[dict[str, MeetingOwner]] = {}
_NOBODY: Final = MeetingOwner()


def register_owner(prefix: str, owner: MeetingOwner) -> None:
    """Make an owner known, once, when its app is ready; ``prefix`` is the part of keys before the first colon."""
    _owners[prefix] = owner


def owner_of(meeting: MeetingData) -> MeetingOwner:
    """Return a meeting's owner; one that allows nothing where the app that made the meeting is gone."""
    return _owners.get(meeting.key.partition(":")[0], _NOBODY)


def list_meetings_of(user_id: int) -> set[int]:
    """Return the ids of all meetings at which somebody has a place, whosever they are."""
    return {
        meeting_id
        for owner in {id(each): each for each in _owners.values()}.values()
        for meeting_id in owner.list_meetings_of(user_id)
    }
