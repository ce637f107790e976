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

    ``on_`` methods run in the transaction of what they tell, and only insert rows.
    """

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
        """Tell whether somebody may see the check-in page: by default whoever has a seat."""
        return Seat.objects.filter(meeting_id=meeting.id, user_id=user_id).exists()

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
