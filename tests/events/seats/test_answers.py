"""Answering: seats, the line, what is said, changing and giving back; what is refused and what always works."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import membership
from chapters.api import rsvps as api
from chapters.data import (
    ChapterData,
    EventOpenTo,
    EventState,
    MembershipState,
    QuestionKind,
    RsvpDraftData,
    RsvpState,
)
from chapters.events.news_kinds import EventNews
from chapters.exceptions import InvalidValueError, NotAllowedError, NotFoundError, StateError
from chapters.models import Event, EventAnswer, EventQuestion, Membership, Rsvp
from tests.chapters.factories import make_member
from tests.events.seats.evenings import (
    BOTH,
    ONLINE,
    ROOM,
    assert_right,
    come,
    fill_up,
    make_event,
    pass_time,
    state,
    states,
    told,
)

GOING, LINE, OFFERED, PENDING = RsvpState.GOING, RsvpState.WAITLISTED, RsvpState.OFFERED, RsvpState.PENDING


class TestComing:
    def test_a_free_seat_is_theirs(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=2)
        found = come(event, 1, needs_step_free=True, needs_note="Near the door")
        assert (found.state, found.has_seat, found.needs_note) == (GOING, True, "Near the door")
        assert told(1) == [EventNews.CONFIRMED]
        event.refresh_from_db()
        assert event.room_taken == 1

    def test_a_double_click_takes_one_seat_and_tells_once(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=2)
        assert come(event, 1) == come(event, 1)
        assert told() == [EventNews.CONFIRMED]
        assert_right(event)

    def test_who_comes_when_it_is_full_is_in_line(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2, 3)
        assert states(event) == {1: GOING, 2: LINE, 3: LINE}
        assert [api.find_rsvp(event.pk, each).place_in_line for each in (1, 2, 3)] == [None, 1, 2]
        assert told(3) == [EventNews.IN_LINE]
        assert_right(event)

    def test_without_a_line_it_is_full(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1, has_waitlist=False)
        come(event, 1)
        with pytest.raises(StateError, match="All seats are taken"):
            come(event, 2)
        assert states(event) == {1: GOING}

    def test_guests_have_seats(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=3, guests_most=2)
        come(event, 1, guests=2)
        come(event, 2)
        event.refresh_from_db()
        assert (event.room_taken, event.waiting) == (3, 1)

    def test_ways_to_come_are_counted_apart(self, chapter: ChapterData) -> None:
        event = make_event(chapter, mode=BOTH.value, room_capacity=1, online_capacity=1)
        come(event, 1, mode=ROOM)
        come(event, 2, mode=ONLINE)
        assert come(event, 3, mode=ONLINE).state is LINE
        event.refresh_from_db()
        assert (event.room_taken, event.online_taken, event.waiting) == (1, 1, 1)

    @pytest.mark.parametrize(
        ("columns", "says"),
        [
            ({"state": EventState.DRAFT}, "not published"),
            ({"state": EventState.CANCELLED}, "called off"),
            ({"days": -0.01}, "has begun"),
            ({"days": 0.5, "closes_minutes": 24 * 60}, "not taken any more"),
        ],
    )
    def test_seats_are_claimed_while_answers_are_taken(
        self, chapter: ChapterData, columns: dict[str, Any], says: str
    ) -> None:
        event = make_event(chapter, **columns)
        with pytest.raises(StateError, match=says):
            come(event, 1)
        assert not states(event)
        assert come(make_event(chapter), 1).state is GOING

    def test_who_is_no_member_any_more_is_refused(self, chapter: ChapterData) -> None:
        event = make_event(chapter, open_to=EventOpenTo.MEMBERS)
        member = make_member(chapter).user_id
        assert come(event, member).state is GOING
        other = make_member(chapter).user_id
        Membership.objects.filter(user_id=other).update(state=MembershipState.REMOVED)
        with pytest.raises(NotAllowedError):
            come(event, other)

    def test_who_was_banned_a_moment_ago_is_refused(self, chapter: ChapterData) -> None:
        event = make_event(chapter)
        banned = make_member(chapter).user_id
        membership.ban(chapter_id=chapter.id, user_id=banned, actor_id=9, reason="Rude")
        with pytest.raises(NotAllowedError):
            come(event, banned)
        assert not Rsvp.objects.exists()

    def test_there_is_no_such_event(self, chapter: ChapterData) -> None:
        with pytest.raises(NotFoundError):
            api.answer(event_id=404, user_id=1, draft=RsvpDraftData())


class TestWhatIsSaid:
    @pytest.mark.parametrize(
        ("draft", "field"),
        [
            ({"mode": ONLINE}, "mode"),
            ({"mode": BOTH}, "mode"),
            ({"mode": "by boat"}, "mode"),
            ({"guests": 2}, "guests"),
            ({"guests": -1}, "guests"),
            ({"guests": True}, "guests"),
            ({"needs_note": "x" * 301}, "needs_note"),
        ],
    )
    def test_bad_input_names_its_field(self, chapter: ChapterData, draft: dict[str, Any], field: str) -> None:
        event = make_event(chapter, guests_most=1)
        with pytest.raises(InvalidValueError) as refused:
            come(event, 1, **draft)
        assert refused.value.field == field
        assert not states(event)
        assert come(event, 1, guests=1, needs_note="x" * 300).state is GOING

    def test_questions_are_answered(self, chapter: ChapterData) -> None:
        event = make_event(chapter)
        food = EventQuestion.objects.create(
            event=event, kind=QuestionKind.CHOICE, text="Food?", choices="Meat\nPlants", is_needed=True
        )
        why = EventQuestion.objects.create(event=event, kind=QuestionKind.LINE, text="Why?", position=1)
        for answers, says in (((), "Write something"), (((food.pk, "Fish"),), "Choose one")):
            with pytest.raises(InvalidValueError, match=says) as refused:
                come(event, 1, answers=answers)
            assert refused.value.field == f"answer-{food.pk}"
        come(event, 1, answers=((food.pk, "Plants"), (why.pk, "To learn")))
        assert api.list_own_answers(event.pk, 1) == {food.pk: "Plants", why.pk: "To learn"}
        come(event, 1, answers=((food.pk, "Meat"), (why.pk, " ")))
        assert api.list_own_answers(event.pk, 1) == {food.pk: "Meat"}
        assert EventAnswer.objects.count() == 1


class TestChanging:
    def test_more_guests_than_fit_leave_the_seat_as_it_is(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=3, guests_most=3)
        come(event, 1)
        come(event, 2)
        with pytest.raises(StateError, match="Only 1 more seat") as refused:
            come(event, 1, guests=2)
        assert refused.value.field == "guests"
        assert come(event, 1, guests=1).guests == 1
        assert state(event, 2) is GOING
        assert_right(event)

    def test_fewer_guests_free_seats_for_the_line(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=2, guests_most=1)
        come(event, 1, guests=1)
        come(event, 2)
        come(event, 1, guests=0)
        assert states(event) == {1: GOING, 2: OFFERED}
        assert_right(event)

    def test_another_way_to_come_frees_the_seat(self, chapter: ChapterData) -> None:
        event = make_event(chapter, mode=BOTH.value, room_capacity=1, online_capacity=2)
        come(event, 1, mode=ROOM)
        come(event, 2, mode=ROOM)
        assert come(event, 1, mode=ONLINE).mode is ONLINE
        assert states(event) == {1: GOING, 2: OFFERED}
        assert_right(event)

    def test_where_the_other_way_is_full_the_seat_stays(self, chapter: ChapterData) -> None:
        event = make_event(chapter, mode=BOTH.value, room_capacity=1, online_capacity=1)
        come(event, 1, mode=ROOM)
        come(event, 2, mode=ONLINE)
        with pytest.raises(StateError, match="Your seat in the room stays yours") as refused:
            come(event, 1, mode=ONLINE)
        assert refused.value.field == "mode"
        assert api.find_rsvp(event.pk, 1).mode is ROOM

    def test_who_waits_for_the_room_takes_a_free_seat_online(self, chapter: ChapterData) -> None:
        event = make_event(chapter, mode=BOTH.value, room_capacity=1, online_capacity=1)
        come(event, 1, mode=ROOM)
        come(event, 2, mode=ROOM)
        assert come(event, 2, mode=ONLINE).state is GOING
        assert_right(event)

    def test_what_is_needed_can_be_changed_after_answers_are_closed(self, chapter: ChapterData) -> None:
        event = make_event(chapter, guests_most=1)
        come(event, 1)
        Event.objects.filter(pk=event.pk).update(closes_minutes=60 * 24 * 30)
        assert come(event, 1, needs_note="Gluten").needs_note == "Gluten"
        with pytest.raises(StateError, match="not taken any more"):
            come(event, 1, guests=1)

    def test_a_smaller_group_that_waits_has_the_seat_that_suits(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=2, guests_most=2)
        come(event, 1)
        assert come(event, 2, guests=1).state is LINE
        assert come(event, 2, guests=0).state is GOING
        assert_right(event)


class TestNotComing:
    def test_a_seat_goes_to_who_is_next(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2, 3)
        assert api.decline(event_id=event.pk, user_id=1).state is RsvpState.CANCELLED
        assert states(event) == {1: RsvpState.CANCELLED, 2: OFFERED, 3: LINE}
        assert told(2) == [EventNews.IN_LINE, EventNews.OFFER]
        assert_right(event)

    @pytest.mark.parametrize(
        "columns", [{"state": EventState.CANCELLED}, {"closes_minutes": 10**6}, {"room_capacity": 1}, {"days": 0.001}]
    )
    def test_it_always_works(self, chapter: ChapterData, columns: dict[str, Any]) -> None:
        event = make_event(chapter)
        fill_up(event, 1, 2)
        days = columns.pop("days", None)
        Event.objects.filter(pk=event.pk).update(**columns) if columns else None
        if days:
            pass_time(event, timezone.now() - timedelta(minutes=1))
        assert api.decline(event_id=event.pk, user_id=1).state is RsvpState.CANCELLED

    def test_but_not_when_it_is_over(self, chapter: ChapterData) -> None:
        event = make_event(chapter)
        come(event, 1)
        pass_time(event, timezone.now() - timedelta(hours=3))
        with pytest.raises(StateError, match="over"):
            api.decline(event_id=event.pk, user_id=1)
        assert state(event, 1) is GOING

    def test_leaving_the_line(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2, 3)
        assert api.decline(event_id=event.pk, user_id=2).state is RsvpState.NOT_COMING
        assert api.find_rsvp(event.pk, 3).place_in_line == 1
        assert_right(event)

    def test_who_never_answered_says_no(self, chapter: ChapterData) -> None:
        event = make_event(chapter)
        assert api.decline(event_id=event.pk, user_id=1).state is RsvpState.NOT_COMING
        assert not told()

    @pytest.mark.parametrize(("hours", "is_late"), [(23, True), (25, False)])
    def test_late_is_within_a_day_of_the_start(self, chapter: ChapterData, hours: int, is_late: bool) -> None:
        event = make_event(chapter, days=hours / 24)
        come(event, 1)
        api.decline(event_id=event.pk, user_id=1)
        assert Rsvp.objects.get().is_late is is_late

    def test_who_cannot_come_to_a_moved_event_is_not_late(self, chapter: ChapterData) -> None:
        event = make_event(chapter, days=0.5)
        come(event, 1)
        Event.objects.filter(pk=event.pk).update(answer_sequence=3)
        assert api.find_rsvp(event.pk, 1).must_answer
        api.decline(event_id=event.pk, user_id=1)
        assert not Rsvp.objects.get().is_late

    def test_who_gives_a_seat_back_while_it_is_called_off_is_not_late(self, chapter: ChapterData) -> None:
        event = make_event(chapter)
        come(event, 1)
        pass_time(event, timezone.now() + timedelta(hours=10))
        Event.objects.filter(pk=event.pk).update(state=EventState.CANCELLED)
        api.decline(event_id=event.pk, user_id=1)
        assert not Rsvp.objects.get().is_late

    def test_who_comes_at_the_new_time_says_so(self, chapter: ChapterData) -> None:
        event = make_event(chapter)
        come(event, 1)
        Event.objects.filter(pk=event.pk).update(answer_sequence=3)
        assert not api.keep_seat(event_id=event.pk, user_id=1).must_answer
        assert not api.keep_seat(event_id=event.pk, user_id=1).must_answer
        assert not api.find_rsvp(event.pk, 1).must_answer

    def test_who_has_nothing_keeps_nothing(self, chapter: ChapterData) -> None:
        event = make_event(chapter)
        with pytest.raises(StateError):
            api.keep_seat(event_id=event.pk, user_id=1)
        assert not Rsvp.objects.exists(), "nor does asking write that somebody does not come"

    def test_coming_again_is_at_the_end(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2, 3)
        api.decline(event_id=event.pk, user_id=2)
        come(event, 2)
        assert [api.find_rsvp(event.pk, each).place_in_line for each in (3, 2)] == [1, 2]
        api.decline(event_id=event.pk, user_id=1)
        assert come(event, 1).state is LINE
        assert told(1, EventNews.IN_LINE) == [EventNews.IN_LINE]
        assert states(event) == {1: LINE, 2: LINE, 3: OFFERED}
        assert_right(event)
