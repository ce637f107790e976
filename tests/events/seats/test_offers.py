"""Seats that are kept for who is next, and seats of people who may not come any more."""

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
    MembershipState,
    RsvpState,
)
from chapters.events.news_kinds import EventNews
from chapters.exceptions import StateError
from chapters.models import Event, Membership, Rsvp
from tests.chapters.factories import make_member
from tests.events.seats.evenings import (
    BOTH,
    ONLINE,
    ROOM,
    assert_right,
    come,
    fill_up,
    let_lapse,
    make_event,
    pass_time,
    state,
    states,
    told,
)

GOING, LINE, OFFERED, PENDING = RsvpState.GOING, RsvpState.WAITLISTED, RsvpState.OFFERED, RsvpState.PENDING


class TestOffers:
    def offered(self, chapter: ChapterData, *others: int, **columns: Any) -> Event:
        event = make_event(chapter, room_capacity=1, **columns)
        fill_up(event, 1, 2, *others)
        api.decline(event_id=event.pk, user_id=1)
        assert state(event, 2) is OFFERED
        return event

    def test_it_is_taken_once(self, chapter: ChapterData) -> None:
        event = self.offered(chapter)
        assert api.take_offer(event_id=event.pk, user_id=2).state is GOING
        assert api.take_offer(event_id=event.pk, user_id=2).state is GOING
        assert told(2, EventNews.CONFIRMED) == [EventNews.CONFIRMED]
        assert_right(event)

    def test_answering_that_one_comes_takes_it(self, chapter: ChapterData) -> None:
        event = self.offered(chapter)
        assert come(event, 2).state is GOING

    def test_it_lasts_two_days(self, chapter: ChapterData) -> None:
        self.offered(chapter)
        row = Rsvp.objects.get(user_id=2)
        assert row.offer_until - row.offered_at == timedelta(hours=48)
        assert row.offers == 1

    def test_it_lasts_as_the_event_says_and_never_to_the_start(self, chapter: ChapterData) -> None:
        self.offered(chapter, offer_hours=3)
        row = Rsvp.objects.get(user_id=2)
        assert row.offer_until - row.offered_at == timedelta(hours=3)
        near = self.offered(chapter, days=0.5)
        assert Rsvp.objects.get(user_id=2, event=near).offer_until == near.starts_at - timedelta(hours=1)

    def test_who_passes_it_on_is_not_asked_again(self, chapter: ChapterData) -> None:
        event = self.offered(chapter, 3)
        assert api.pass_offer(event_id=event.pk, user_id=2).state is RsvpState.PASSED
        assert state(event, 3) is OFFERED
        api.pass_offer(event_id=event.pk, user_id=3)
        assert api.promote(event.pk) == 0
        assert api.pass_offer(event_id=event.pk, user_id=2).state is RsvpState.PASSED
        with pytest.raises(StateError, match="No seat is kept"):
            api.pass_offer(event_id=event.pk, user_id=4)
        assert_right(event)

    def test_too_late_it_goes_to_who_is_next(self, chapter: ChapterData) -> None:
        event = self.offered(chapter, 3)
        let_lapse(event, 2)
        with pytest.raises(StateError, match="has lapsed"):
            api.take_offer(event_id=event.pk, user_id=2)
        assert states(event) == {1: RsvpState.CANCELLED, 2: RsvpState.LAPSED, 3: OFFERED}
        assert told(2, EventNews.OFFER_LAPSED)
        assert_right(event)

    def test_answering_too_late_is_queueing_again(self, chapter: ChapterData) -> None:
        event = self.offered(chapter, 3)
        let_lapse(event, 2)
        assert come(event, 2).state is LINE
        assert state(event, 3) is OFFERED

    def test_asking_anew_too_late_leaves_the_seat_to_who_is_next(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2, 3)
        api.decline(event_id=event.pk, user_id=1)
        let_lapse(event, 2)
        Event.objects.filter(pk=event.pk).update(needs_approval=True)
        assert come(event, 2).state is RsvpState.PENDING
        assert state(event, 3) is OFFERED

    def test_an_overdue_offer_is_free_for_who_comes_though_nobody_noticed(self, chapter: ChapterData) -> None:
        event = self.offered(chapter)
        let_lapse(event, 2)
        assert come(event, 4).state is GOING
        assert state(event, 2) is RsvpState.LAPSED
        assert_right(event)

    def test_a_second_offer_is_told_again(self, chapter: ChapterData) -> None:
        event = self.offered(chapter)
        api.pass_offer(event_id=event.pk, user_id=2)
        come(event, 4)
        come(event, 2)
        api.decline(event_id=event.pk, user_id=4)
        assert state(event, 2) is OFFERED
        assert told(2, EventNews.OFFER) == [EventNews.OFFER] * 2

    def test_nothing_is_offered(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2)
        with pytest.raises(StateError, match="All seats are taken"):
            api.take_offer(event_id=event.pk, user_id=2)
        with pytest.raises(StateError, match="No seat is kept"):
            api.take_offer(event_id=event.pk, user_id=3)
        assert states(event) == {1: GOING, 2: LINE}

    def test_it_can_be_taken_in_the_other_way(self, chapter: ChapterData) -> None:
        event = make_event(chapter, mode=BOTH.value, room_capacity=1, online_capacity=1)
        fill_up(event, 1, 2, 3, mode=ROOM)
        api.decline(event_id=event.pk, user_id=1)
        assert api.take_offer(event_id=event.pk, user_id=2, mode=ONLINE).mode is ONLINE
        assert state(event, 3) is OFFERED
        assert_right(event)


class TestLetGo:
    def test_who_leaves_the_chapter_keeps_what_is_open_to_anyone(self, chapter: ChapterData, after: Any) -> None:
        member = make_member(chapter).user_id
        inner = make_event(chapter, open_to=EventOpenTo.MEMBERS, room_capacity=1)
        outer = make_event(chapter, open_to=EventOpenTo.ANYONE)
        other = make_member(chapter).user_id
        for event in (inner, outer):
            come(event, member)
        come(inner, other)
        after(lambda: membership.leave(chapter_id=chapter.id, user_id=member))
        assert states(inner) == {member: RsvpState.CANCELLED, other: OFFERED}
        assert state(outer, member) is GOING
        assert_right(inner, outer)

    def test_who_is_banned_keeps_nothing_of_this_chapter(self, chapter: ChapterData, after: Any) -> None:
        member = make_member(chapter).user_id
        events = [make_event(chapter, open_to=each) for each in (EventOpenTo.MEMBERS, EventOpenTo.ANYONE)]
        for event in events:
            come(event, member)
        past = make_event(chapter, open_to=EventOpenTo.ANYONE)
        come(past, member)
        pass_time(past, timezone.now() - timedelta(days=3))
        after(lambda: membership.ban(chapter_id=chapter.id, user_id=member, actor_id=9, reason="Rude"))
        assert [state(event, member) for event in events] == [RsvpState.CANCELLED] * 2
        assert state(past, member) is GOING

    def test_who_was_let_in_again_meanwhile_keeps_it(self, chapter: ChapterData, after: Any) -> None:
        member = make_member(chapter).user_id
        event = make_event(chapter, open_to=EventOpenTo.MEMBERS)
        come(event, member)

        def leave_and_return() -> None:
            membership.leave(chapter_id=chapter.id, user_id=member)
            Membership.objects.filter(user_id=member).update(state=MembershipState.MEMBER)

        after(leave_and_return)
        assert state(event, member) is GOING

    def test_who_is_retired_keeps_nothing(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2, 3)
        assert api.release_person(1) == 1
        assert api.release_person(1) == 0
        assert states(event) == {1: RsvpState.CANCELLED, 2: OFFERED, 3: LINE}
        assert api.release_person(2) == 1
        assert states(event) == {1: RsvpState.CANCELLED, 2: RsvpState.PASSED, 3: OFFERED}
        assert_right(event)
