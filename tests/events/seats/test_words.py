"""Why somebody waits, what a line can hope for, and what overlaps, in words."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from chapters.api import rsvps as api
from chapters.data import (
    ChapterData,
    RsvpState,
)
from tests.events.seats.evenings import (
    come,
    fill_up,
    make_event,
    pass_time,
)

GOING, LINE, OFFERED, PENDING = RsvpState.GOING, RsvpState.WAITLISTED, RsvpState.OFFERED, RsvpState.PENDING


class TestWords:
    def test_why_somebody_waits(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=2, guests_most=2)
        fill_up(event, 1, 2, 3)
        assert api.find_rsvp(event.pk, 3).waits_why == "All seats are taken."
        assert api.find_rsvp(event.pk, 1).waits_why == ""
        come(event, 4, guests=1)
        api.decline(event_id=event.pk, user_id=3)
        api.decline(event_id=event.pk, user_id=2)
        assert api.find_rsvp(event.pk, 4).waits_why.startswith("1 seat is free, and you come as 2")

    def test_near_the_start_the_seat_is_anybodys(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1, days=0.2)
        fill_up(event, 1, 2)
        assert "takes it first" in api.find_rsvp(event.pk, 2).waits_why

    def test_near_the_start_a_free_seat_is_not_said_to_be_offered(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1, days=0.2)
        fill_up(event, 1, 2)
        api.decline(event_id=event.pk, user_id=1)
        why = api.find_rsvp(event.pk, 2).waits_why
        assert "takes it first" in why
        assert "offered" not in why

    def test_what_came_free_before_is_said_as_it_was(self, chapter: ChapterData) -> None:
        def past(freed: int) -> None:
            event = make_event(chapter, room_capacity=10)
            for user_id in range(1, 9):
                come(event, user_id)
            for user_id in range(1, 1 + freed):
                api.decline(event_id=event.pk, user_id=user_id)
            pass_time(event, timezone.now() - timedelta(days=20 - freed))

        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2)
        for freed in (6, 3):
            past(freed)
        assert api.find_rsvp(event.pk, 2).waits_why == "All seats are taken."
        past(4)
        says = "At the last 3 events of this chapter between 3 and 6 seats came free."
        assert api.find_rsvp(event.pk, 2).waits_why == f"All seats are taken. {says}"

    def test_nothing_is_promised_where_nothing_ever_came_free(self, chapter: ChapterData) -> None:
        for _ in range(4):
            event = make_event(chapter, room_capacity=1)
            come(event, 1)
            pass_time(event, timezone.now() - timedelta(days=3))
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2)
        assert api.find_rsvp(event.pk, 2).waits_why == "All seats are taken."

    def test_a_seat_elsewhere_at_that_time_is_said_and_not_forbidden(self, chapter: ChapterData) -> None:
        here = make_event(chapter, title="Case evening")
        there = make_event(chapter, title="Book evening", starts_at=here.starts_at + timedelta(minutes=90))
        later = make_event(chapter, title="Late evening", starts_at=here.starts_at + timedelta(hours=4))
        for event in (here, there, later):
            assert come(event, 1).state is GOING
        assert "“Book evening”" in api.find_rsvp(here.pk, 1).overlaps
        assert not api.find_rsvp(later.pk, 1).overlaps
        assert api.find_rsvp(here.pk, 404) is None
