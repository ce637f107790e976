"""Meetings, an owner for them who can be asked what it was told, and people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from discussion_ext.api import attendance as api
from discussion_ext.attendance import owners
from discussion_ext.data import (
    AttendanceSource,
    MeetingData,
    MeetingMode,
    MeetingPlanData,
    SeatSource,
    WhatNextData,
)

HOST, TEAM, AMARA, CHEN, PRIYA, STRANGER = 901, 902, 911, 912, 913, 999
START = datetime(2026, 12, 3, 16, 0, tzinfo=UTC)  # 19:00 in Nairobi


class Owner(api.MeetingOwner):
    """An owner that lets in whom it is told to, and remembers what it heard."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.changes: list[tuple[MeetingData, MeetingData]] = []
        self.hosts, self.team, self.visitors = {HOST}, {TEAM}, set[int]()
        self.names: dict[int, str] = {AMARA: "Amara Okafor", CHEN: "陈嘉文", PRIYA: "Priya Nair", HOST: "Wanjiru Kamau"}
        self.next = WhatNextData()

    def on_attendance(self, meeting: MeetingData, user_id: int) -> None:
        self.told.append(user_id)

    def on_meeting_changed(self, before: MeetingData, after: MeetingData) -> None:
        self.changes.append((before, after))

    def may_host(self, meeting: MeetingData, user_id: int) -> bool:
        return user_id in self.hosts

    def may_correct(self, meeting: MeetingData, user_id: int) -> bool:
        return user_id in self.team

    def may_visit(self, meeting: MeetingData, user_id: int) -> bool:
        return user_id in self.visitors or super().may_visit(meeting, user_id)

    def accept_walk_in(self, meeting: MeetingData, user_id: int, *, is_forced: bool = False) -> None:
        if user_id not in self.visitors:
            raise api.NoSeatError
        api.claim_seat(
            meeting_id=meeting.id,
            user_id=user_id,
            slot=slot_of(meeting, user_id),
            source=SeatSource.WALK_IN,
            is_forced=True,
        )

    def find_walk_ins(self, meeting: MeetingData, text: str) -> dict[int, str]:
        return {each: self.names[each] for each in sorted(self.visitors) if text.lower() in self.names[each].lower()}

    def name_people(self, meeting: MeetingData, user_ids: Any) -> dict[int, str]:
        return {each: self.names.get(each, f"Person {each}") for each in user_ids}

    def say_what_next(self, meeting: MeetingData, user_id: int) -> WhatNextData:
        return self.next


def slot_of(meeting: MeetingData, user_id: int) -> str:
    """Return the slot that this owner's meetings share."""
    return f"test:{user_id}"


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Owner:
    """Return the owner of meetings whose key begins with "test"."""
    found = Owner()
    monkeypatch.setitem(owners._owners, "test", found)
    return found


@pytest.fixture
def plan() -> Callable[..., MeetingPlanData]:
    """Return a maker of plans: an evening in Nairobi, unless told otherwise."""

    def make(**changes: Any) -> MeetingPlanData:
        fields: dict[str, Any] = {
            "title": "Giving feedback upwards",
            "mode": MeetingMode.OFFLINE,
            "starts_local": datetime.fromisoformat("2026-12-03T19:00"),
            "zone": "Africa/Nairobi",
            "minutes": 90,
            "place": "Room B2",
            "host_id": HOST,
        }
        return MeetingPlanData(**{**fields, **changes})

    return make


@pytest.fixture
def make_meeting(db: None, owner: Owner, plan: Callable[..., MeetingPlanData]) -> Callable[..., MeetingData]:
    """Return a maker of meetings by the fields of their plan."""
    numbers = iter(range(1, 1000))

    def make(**changes: Any) -> MeetingData:
        return api.create_meeting(key=f"test:{next(numbers)}", plan=plan(**changes), actor_id=HOST)

    return make


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[datetime], None]]:
    """Return a function that sets the server's clock; at first it is five minutes before the meeting."""
    shown = [START - timedelta(minutes=5)]
    monkeypatch.setattr(timezone, "now", lambda: shown[0])

    def set_clock(moment: datetime) -> None:
        shown[0] = moment

    yield set_clock
    monkeypatch.undo()


@pytest.fixture
def meeting(make_meeting: Callable[..., MeetingData]) -> MeetingData:
    """Return a meeting at which Amara and 陈嘉文 have a seat."""
    found = make_meeting()
    for user_id in (AMARA, CHEN):
        seat(found, user_id)
    return api.get_meeting(found.id)


def seat(meeting: MeetingData, user_id: int, **options: Any) -> Any:
    """Claim a seat."""
    return api.claim_seat(
        meeting_id=meeting.id, user_id=user_id, slot=slot_of(meeting, user_id), source=SeatSource.CHOICE, **options
    )


def enter(meeting: MeetingData, user_id: int, *, code: str | None = None, at: datetime | None = None) -> Any:
    """Check in by the code that is shown then."""
    code = api.current_code(meeting.id, at=at).code if code is None else code
    return api.check_in(meeting_id=meeting.id, user_id=user_id, code=code, source=AttendanceSource.CODE, at=at)
