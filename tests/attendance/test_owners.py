"""Owners that keep places themselves: check-in, the roll and walk-ins ask them and not the seats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from discussion_ext.api import attendance as api
from discussion_ext.attendance import owners
from discussion_ext.attendance.lists import find_walk_ins, list_roll
from discussion_ext.attendance.permissions import may_see_check_in
from discussion_ext.data import AttendanceState, MeetingData, TickData
from discussion_ext.models import Seat
from tests.attendance.conftest import AMARA, CHEN, HOST, PRIYA, STRANGER, enter, seat

pytestmark = pytest.mark.usefixtures("clock")


class Guestbook(api.MeetingOwner):
    """An owner whose places are names in a book of its own."""

    def __init__(self) -> None:
        self.places: dict[int, list[int]] = {}
        self.open_to = {PRIYA}

    def may_host(self, meeting: MeetingData, user_id: int) -> bool:
        return user_id == HOST

    def accept_walk_in(self, meeting: MeetingData, user_id: int, *, is_forced: bool = False) -> None:
        if user_id not in self.open_to or not is_forced:
            raise api.NoSeatError
        self.places[meeting.id].append(user_id)

    def find_walk_ins(self, meeting: MeetingData, text: str) -> Mapping[int, str]:
        return {each: f"Person {each}" for each in (*self.open_to, *self.places[meeting.id])}

    def name_people(self, meeting: MeetingData, user_ids: Iterable[int]) -> Mapping[int, str]:
        return {each: f"Person {each}" for each in user_ids}

    def has_place(self, meeting: MeetingData, user_id: int) -> bool:
        return user_id in self.places[meeting.id]

    def find_expected(self, meeting: MeetingData, user_ids: Iterable[int]) -> set[int]:
        return set(user_ids) & set(self.places[meeting.id])

    def list_expected(self, meeting: MeetingData, *, after: int, limit: int) -> list[int]:
        return [each for each in sorted(self.places[meeting.id]) if each > after][:limit]

    def count_expected(self, meeting: MeetingData) -> int:
        return len(self.places[meeting.id])

    def list_meetings_of(self, user_id: int) -> Iterable[int]:
        return [pk for pk, people in self.places.items() if user_id in people]

    def note_people(self, meeting: MeetingData, user_ids: Iterable[int]) -> Mapping[int, str]:
        return {AMARA: "and 1 guest"} if AMARA in user_ids else {}


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Guestbook:
    found = Guestbook()
    monkeypatch.setitem(owners._owners, "book", found)
    return found


@pytest.fixture
def evening(db: None, plan: Any, book: Guestbook) -> MeetingData:
    """Return a meeting at which Amara and 陈嘉文 are expected, though nobody has a seat of ours."""
    found = api.create_meeting(key="book:1", plan=plan(), actor_id=HOST)
    book.places[found.id] = [CHEN, AMARA]
    return found


def tick(meeting: MeetingData, user_id: int, state: AttendanceState) -> str:
    sent = TickData(request_key=f"{user_id}", user_id=user_id, state=state, made_at=meeting.check_in_from)
    (result,) = api.record_roll(meeting_id=meeting.id, actor_id=HOST, ticks=[sent])
    return result.outcome


def test_who_is_expected_checks_in_without_a_seat(evening: MeetingData) -> None:
    assert enter(evening, AMARA).state is AttendanceState.PRESENT
    assert not Seat.objects.exists()


def test_others_do_not_even_with_one(evening: MeetingData) -> None:
    Seat.objects.create(slot="test:odd", user_id=STRANGER, meeting_id=evening.id)
    for user_id in (STRANGER, PRIYA):
        with pytest.raises(api.NoSeatError):
            enter(evening, user_id)
    assert not may_see_check_in(STRANGER, evening).is_allowed
    assert may_see_check_in(AMARA, evening).is_allowed


def test_the_roll_lists_them_and_what_is_noted_of_them(evening: MeetingData, book: Guestbook) -> None:
    tick(evening, PRIYA, AttendanceState.PRESENT)
    page = list_roll(evening)
    assert [(row.user_id, row.note) for row in page.results] == [(AMARA, "and 1 guest"), (CHEN, ""), (PRIYA, "")]
    assert (page.present, page.seats) == (1, 3)


def test_its_pages_follow_the_ids(evening: MeetingData, book: Guestbook) -> None:
    book.places[evening.id] = list(range(1, 6))
    first = list_roll(evening, limit=3)
    second = list_roll(evening, after=first.next_after or 0, limit=3)
    assert [[row.user_id for row in page.results] for page in (first, second)] == [[1, 2, 3], [4, 5]]
    assert second.next_after is None


def test_a_host_adds_who_may_come_and_nobody_else(evening: MeetingData, book: Guestbook) -> None:
    assert set(find_walk_ins(evening, "person")) == {PRIYA}
    assert tick(evening, PRIYA, AttendanceState.PRESENT) == "saved"
    assert tick(evening, STRANGER, AttendanceState.PRESENT) == "refused"
    assert tick(evening, 998, AttendanceState.ABSENT) == "refused"
    assert book.places[evening.id] == [CHEN, AMARA, PRIYA]


def test_the_code_of_another_meeting_is_named_whosever_it_is(
    evening: MeetingData, make_meeting: Any, owner: Any
) -> None:
    other = make_meeting(title="The other room")
    seat(other, AMARA)
    for here, there in ((evening, other), (other, evening)):
        with pytest.raises(api.WrongCodeError, match=there.title):
            enter(here, AMARA, code=api.current_code(there.id).code)


def test_an_owner_that_is_gone_lets_nobody_in(evening: MeetingData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(owners._owners, "book")
    with pytest.raises(api.NoSeatError):
        enter(evening, AMARA)
