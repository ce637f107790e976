"""Seats: claimed, moved and freed; the count is right at any time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discussion_ext.api import attendance as api
from discussion_ext.attendance.seats import find_miscounted
from discussion_ext.data import SeatSource
from discussion_ext.models import Meeting, Seat
from people import api as people
from tests.attendance.conftest import AMARA, CHEN, PRIYA, seat


def taken(*meetings: Any) -> list[int]:
    """Return the counted seats, having compared them with the rows."""
    assert not find_miscounted().exists()
    counts = api.count_seats([each.id for each in meetings])
    return [counts[each.id] for each in meetings]


def test_a_seat_is_claimed_once(make_meeting: Any) -> None:
    meeting = make_meeting(capacity=2)
    first = seat(meeting, AMARA)
    assert seat(meeting, AMARA) == first
    assert taken(meeting) == [1]
    assert api.find_seats([first.slot, "test:0"]) == {first.slot: first}
    assert api.has_seat(meeting.id, AMARA)
    assert not api.has_seat(meeting.id, CHEN)


def test_the_last_seat(make_meeting: Any) -> None:
    meeting = make_meeting(capacity=1)
    first = seat(meeting, AMARA)
    with pytest.raises(api.MeetingFullError):
        seat(meeting, CHEN)
    assert seat(meeting, AMARA) == first  # who is in stays in, however full it is
    assert taken(meeting) == [1]
    assert not api.find_seats([f"test:{CHEN}"])
    assert api.get_meeting(meeting.id).is_full


def test_the_team_may_go_over(make_meeting: Any) -> None:
    meeting = make_meeting(capacity=1)
    seat(meeting, AMARA)
    seat(meeting, CHEN, is_forced=True)
    assert taken(meeting) == [2]
    assert api.get_meeting(meeting.id).seats_left == 0
    api.free_seat(slot=f"test:{AMARA}")
    with pytest.raises(api.MeetingFullError):
        seat(meeting, PRIYA)


def test_one_seat_among_meetings_that_share_slots(make_meeting: Any) -> None:
    first, second = make_meeting(), make_meeting()
    seat(first, AMARA)
    with pytest.raises(api.SeatTakenError):
        seat(second, AMARA)
    assert taken(first, second) == [1, 0]


def test_a_slot_is_one_persons(make_meeting: Any) -> None:
    meeting = make_meeting()
    seat(meeting, AMARA)
    with pytest.raises(api.SeatTakenError):
        api.claim_seat(meeting_id=meeting.id, user_id=CHEN, slot=f"test:{AMARA}", source=SeatSource.CHOICE)


@pytest.mark.parametrize("slot", ["", "x" * 101])
def test_bad_slots(make_meeting: Any, slot: str) -> None:
    with pytest.raises(api.MeetingError) as refusal:
        api.claim_seat(meeting_id=make_meeting().id, user_id=1, slot=slot, source=SeatSource.CHOICE)
    assert refusal.value.field == "slot"


def test_a_seat_at_a_meeting_that_is_none(db: None) -> None:
    with pytest.raises(api.MeetingNotFoundError):
        api.claim_seat(meeting_id=4711, user_id=1, slot="x", source=SeatSource.CHOICE)
    assert not Seat.objects.exists()


class TestMove:
    def move(self, meeting: Any, user_id: int, **options: Any) -> Any:
        return api.move_seat(slot=f"test:{user_id}", meeting_id=meeting.id, source=SeatSource.TEAM, **options)

    def test_both_counts_follow(self, make_meeting: Any) -> None:
        first, second = make_meeting(), make_meeting(capacity=1)
        seat(first, AMARA)
        moved = self.move(second, AMARA)
        assert (moved.meeting_id, moved.source) == (second.id, SeatSource.TEAM)
        assert self.move(second, AMARA) == moved
        assert taken(first, second) == [0, 1]

    def test_all_or_nothing(self, make_meeting: Any) -> None:
        first, second = make_meeting(), make_meeting(capacity=1)
        mine = seat(first, AMARA)
        api.claim_seat(meeting_id=second.id, user_id=CHEN, slot="test:other", source=SeatSource.CHOICE)
        with pytest.raises(api.MeetingFullError):
            self.move(second, AMARA)
        assert (api.find_seats([mine.slot])[mine.slot], taken(first, second)) == (mine, [1, 1])
        self.move(second, AMARA, is_forced=True)
        assert taken(first, second) == [0, 2]

    def test_not_to_a_cancelled_one_but_away_from_it(self, make_meeting: Any) -> None:
        first, second = make_meeting(), make_meeting()
        seat(first, AMARA)
        api.cancel_meeting(meeting_id=first.id, actor_id=None, reason="Water")
        self.move(second, AMARA)
        with pytest.raises(api.MeetingCancelledError):
            self.move(first, AMARA)
        assert taken(first, second) == [0, 1]

    def test_without_a_seat(self, make_meeting: Any) -> None:
        with pytest.raises(api.MeetingError):
            self.move(make_meeting(), AMARA)

    def test_to_nowhere(self, make_meeting: Any) -> None:
        first = make_meeting()
        seat(first, AMARA)
        with pytest.raises(api.MeetingNotFoundError):
            api.move_seat(slot=f"test:{AMARA}", meeting_id=4711, source=SeatSource.TEAM)
        assert taken(first) == [1]


def test_freeing_twice(make_meeting: Any) -> None:
    meeting = make_meeting(capacity=1)
    seat(meeting, AMARA)
    assert [api.free_seat(slot=f"test:{AMARA}") for _ in range(2)] == [True, False]
    assert taken(meeting) == [0]
    assert seat(meeting, CHEN)


def test_lists_go_on_where_they_stopped(make_meeting: Any) -> None:
    meeting = make_meeting()
    for user_id in (30, 10, 20):
        seat(meeting, user_id)
    first = api.list_seats(meeting.id, limit=2)
    rest = api.list_seats(meeting.id, after=first[-1].user_id)
    assert [each.user_id for each in [*first, *rest]] == [10, 20, 30]
    assert [each.meeting_id for each in api.list_seats_of(10)] == [meeting.id]
    assert api.list_seats_of(10, meeting_ids=[]) == []


def test_a_wrong_count_is_mended(make_meeting: Any) -> None:
    good, bad = make_meeting(), make_meeting()
    seat(bad, AMARA)
    Meeting.objects.filter(pk=bad.id).update(seats_taken=7)
    assert people.look_at_job("discussion_ext.repair_meetings")["miscounted meetings"] == 1
    assert people.run_job("discussion_ext.repair_meetings").counts["miscounted meetings"] == 1
    assert taken(good, bad) == [0, 1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from("cmfx"), st.integers(1, 4), st.integers(0, 1)), max_size=25))
def test_any_sequence_keeps_the_counts_and_the_capacity(make_meeting: Any, acts: list[tuple[str, int, int]]) -> None:
    meetings = [make_meeting(capacity=2), make_meeting(capacity=1)]
    Seat.objects.all().delete()
    for act, user_id, place in acts:
        try:
            if act == "c":
                seat(meetings[place], user_id)
            elif act == "m":
                api.move_seat(slot=f"test:{user_id}", meeting_id=meetings[place].id, source=SeatSource.CHOICE)
            elif act == "f":
                api.free_seat(slot=f"test:{user_id}")
            else:
                api.cancel_meeting(meeting_id=meetings[place].id, actor_id=None, reason="Water")
        except (api.MeetingError, api.MeetingFullError, api.SeatTakenError):
            pass
        counts = api.count_seats([each.id for each in meetings])
        rows = [Seat.objects.filter(meeting_id=each.id).count() for each in meetings]
        assert [counts[each.id] for each in meetings] == rows
        assert rows[0] <= 2
        assert rows[1] <= 1
