"""How many with a seat come, and the hint that follows: cautious, and silent where too little is known."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chapters.api import event_results as api
from chapters.data import ChapterData, EventData, EventState, RsvpSource, RsvpState
from chapters.events.show_rates import hint_overbooking
from discussion_ext.data import MeetingMode
from tests.events.after.conftest import record
from tests.events.factories import make_past_event, make_rsvp, put_state


@pytest.fixture
def held(chapter: ChapterData, lead: int) -> Any:
    """Return a maker of past events: so many seats, of which so many people came."""
    numbers = iter(range(1_000_000, 2_000_000))

    def make(seats: int, came: int, *, days: float = 10) -> EventData:
        event = make_past_event(chapter, days=days, actor_id=lead)
        people = [make_rsvp(event, next(numbers)).user_id for _ in range(seats)]
        if came:
            record(event, *people[:came])
        return event

    return make


class TestRate:
    def test_who_came_of_those_with_a_seat(self, chapter: ChapterData, held: Any) -> None:
        for seats, came in ((10, 6), (10, 4), (5, 5)):
            held(seats, came)
        found = api.find_show_rate(chapter.id, capacity=20)
        assert (found.events, found.seats, found.came, found.rate) == (3, 25, 15, 0.6)
        assert 0 < found.overbook <= 10

    def test_walk_ins_had_no_seat(self, chapter: ChapterData, held: Any) -> None:
        for _ in range(3):
            event = held(8, 4)
            walk_in = make_rsvp(event, 77, source=RsvpSource.WALK_IN.value)
            record(event, walk_in.user_id)
        assert api.find_show_rate(chapter.id).rate == 0.5

    @pytest.mark.parametrize("spec", [[(30, 20), (30, 20)], [(5, 3)] * 3])
    def test_too_few_say_nothing(self, chapter: ChapterData, held: Any, spec: list[tuple[int, int]]) -> None:
        for seats, came in spec:
            held(seats, came)
        found = api.find_show_rate(chapter.id, capacity=20)
        assert (found.rate, found.overbook, found.events) == (None, 0, len(spec))

    def test_events_of_which_nobody_took_attendance_do_not_count(self, chapter: ChapterData, held: Any) -> None:
        for _ in range(3):
            held(10, 5)
            held(10, 0)
        assert api.find_show_rate(chapter.id).rate == 0.5

    def test_nor_those_that_were_called_off_or_are_long_ago(self, chapter: ChapterData, held: Any) -> None:
        for _ in range(3):
            held(10, 5)
        held(10, 9, days=400)
        put_state(held(10, 9), EventState.CANCELLED)
        assert api.find_show_rate(chapter.id).rate == 0.5

    def test_who_gave_the_seat_back_does_not_count(self, chapter: ChapterData, held: Any) -> None:
        for _ in range(3):
            event = held(7, 7)
            make_rsvp(event, 78, state=RsvpState.CANCELLED, is_late=True)
        assert api.find_show_rate(chapter.id).rate == 1.0

    def test_room_and_call_apart(self, chapter: ChapterData, lead: int) -> None:
        people = iter(range(1, 1000))
        for _ in range(3):
            event = make_past_event(
                chapter, actor_id=lead, days=10, mode=MeetingMode.HYBRID, link="https://meet.example.org/x"
            )
            for mode, came in ((MeetingMode.OFFLINE, 8), (MeetingMode.ONLINE, 2)):
                seated = [make_rsvp(event, next(people), mode=mode).user_id for _ in range(10)]
                record(event, *seated[:came])
        rates = [
            api.find_show_rate(chapter.id, mode=each).rate for each in (None, MeetingMode.OFFLINE, MeetingMode.ONLINE)
        ]
        assert rates == [0.5, 0.8, 0.2]

    def test_queries_do_not_grow(self, chapter: ChapterData, held: Any, django_assert_num_queries: Any) -> None:
        for _ in range(3):
            held(8, 4)
        with django_assert_num_queries(6):
            api.find_show_rate(chapter.id)
        for _ in range(3):
            held(12, 4)
        with django_assert_num_queries(6):
            api.find_show_rate(chapter.id)


class TestHint:
    @given(seats=st.integers(1, 3000), share=st.floats(0, 1), capacity=st.integers(0, 500))
    def test_it_is_within_bounds_and_never_more_than_the_share_says(
        self, seats: int, share: float, capacity: int
    ) -> None:
        came = min(seats, round(seats * share))
        extra = hint_overbooking(seats=seats, came=came, capacity=capacity)
        assert 0 <= extra <= capacity // 2
        if came:
            assert extra <= max(0, math.floor(capacity * seats / came + 1e-6) - capacity)

    def test_when_everybody_comes_there_is_none(self) -> None:
        assert hint_overbooking(seats=40, came=40, capacity=20) == 0

    def test_the_more_is_known_the_nearer_to_the_share(self) -> None:
        hints = [
            hint_overbooking(seats=seats, came=seats * 8 // 10, capacity=100) for seats in (20, 100, 1000, 100_000)
        ]
        assert hints == sorted(hints)
        assert hints[0] < hints[-1] <= 25

    def test_the_room_seldom_overflows(self) -> None:
        """Of 60 seats with a true share of 70 %, the hint overfills a room of 40 in less than a quarter of cases."""
        draw = random.Random(7)  # noqa: S311 - a sample, no secret
        overfull = 0
        for _ in range(2000):
            seen = sum(draw.random() < 0.7 for _ in range(60))
            given_seats = 40 + hint_overbooking(seats=60, came=seen, capacity=40)
            overfull += sum(draw.random() < 0.7 for _ in range(given_seats)) > 40
        assert overfull / 2000 < 0.25
