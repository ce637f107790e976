"""What organizers decide about who comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from chapters.api import membership
from chapters.api import rsvps as api
from chapters.data import (
    ChapterData,
    EventOpenTo,
    RsvpSource,
    RsvpState,
)
from chapters.events.news_kinds import EventNews
from chapters.exceptions import BannedError, InvalidValueError, NotFoundError, StateError
from chapters.models import Rsvp
from tests.chapters.factories import make_account, make_organizer
from tests.events.seats.evenings import (
    BOTH,
    ONLINE,
    assert_right,
    come,
    fill_up,
    make_event,
    pass_time,
    state,
    told,
)

GOING, LINE, OFFERED, PENDING = RsvpState.GOING, RsvpState.WAITLISTED, RsvpState.OFFERED, RsvpState.PENDING


class TestApproval:
    def test_who_asks_takes_no_seat(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1, needs_approval=True)
        assert come(event, 1).state is PENDING
        assert come(event, 1, needs_note="Ramp").needs_note == "Ramp"
        assert told() == [EventNews.PENDING]
        event.refresh_from_db()
        assert event.room_taken == 0

    def test_approved_to_a_seat_and_then_to_the_line(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1, needs_approval=True)
        lead = make_organizer(chapter)
        fill_up(event, 1, 2, 3)
        ids = {row.user_id: row.pk for row in Rsvp.objects.all()}
        assert api.approve(rsvp_id=ids[1], actor_id=lead).state is GOING
        assert api.approve(rsvp_id=ids[3], actor_id=lead).state is LINE
        assert api.approve(rsvp_id=ids[2], actor_id=lead).state is LINE
        assert api.approve(rsvp_id=ids[2], actor_id=lead).state is LINE
        # Whoever asked first is first, however long organizers took.
        assert [api.find_rsvp(event.pk, each).place_in_line for each in (2, 3)] == [1, 2]
        assert told(2) == [EventNews.PENDING, EventNews.APPROVED]
        assert_right(event)

    def test_approved_where_it_is_full_without_a_line(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1, needs_approval=True, has_waitlist=False)
        fill_up(event, 1, 2)
        first, second = Rsvp.objects.order_by("pk")
        api.approve(rsvp_id=first.pk, actor_id=9)
        with pytest.raises(StateError, match="All seats"):
            api.approve(rsvp_id=second.pk, actor_id=9)
        assert state(event, 2) is PENDING

    def test_refused_with_a_note_and_approved_after_all(self, chapter: ChapterData) -> None:
        event = make_event(chapter, needs_approval=True)
        asked = come(event, 1)
        refused = api.refuse(rsvp_id=asked.id, actor_id=9, note="For beginners")
        assert (refused.state, refused.note) == (RsvpState.DECLINED, "For beginners")
        assert api.refuse(rsvp_id=asked.id, actor_id=9).note == "For beginners"
        with pytest.raises(StateError, match="did not approve"):
            come(event, 1)
        found = api.approve(rsvp_id=asked.id, actor_id=9)
        assert (found.state, found.note) == (GOING, "")
        assert told(1) == [EventNews.PENDING, EventNews.REFUSED, EventNews.APPROVED]

    def test_who_took_it_back_is_not_approved(self, chapter: ChapterData) -> None:
        event = make_event(chapter, needs_approval=True)
        asked = come(event, 1)
        api.decline(event_id=event.pk, user_id=1)
        for act in (api.approve, api.refuse):
            with pytest.raises(StateError, match="any more"):
                act(rsvp_id=asked.id, actor_id=9)
        with pytest.raises(NotFoundError):
            api.approve(rsvp_id=404, actor_id=9)
        with pytest.raises(InvalidValueError):
            api.refuse(rsvp_id=asked.id, actor_id=9, note="x" * 301)

    def test_requests_are_counted_for_the_desk(self, chapter: ChapterData) -> None:
        event = make_event(chapter, needs_approval=True)
        fill_up(event, 1, 2)
        fill_up(make_event(chapter), 1)
        assert api.count_pending(chapter.id) == {event.pk: 2}


class TestOrganizers:
    def test_somebody_is_put_on_the_list_over_capacity_only_if_insisted(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        come(event, 1)
        with pytest.raises(StateError, match="All seats") as refused:
            api.add_attendee(event_id=event.pk, user_id=2, actor_id=9)
        assert refused.value.field == "is_forced"
        assert api.add_attendee(event_id=event.pk, user_id=2, actor_id=9, is_forced=True).state is GOING
        assert api.add_attendee(event_id=event.pk, user_id=2, actor_id=9).state is GOING
        event.refresh_from_db()
        assert event.room_taken == 2
        assert told(2) == [EventNews.ADDED]
        assert not api.recount_seats()[1]

    def test_over_capacity_nobody_is_promoted_until_there_is_room(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2)
        api.add_attendee(event_id=event.pk, user_id=3, actor_id=9, is_forced=True)
        api.decline(event_id=event.pk, user_id=1)
        assert state(event, 2) is LINE
        api.decline(event_id=event.pk, user_id=3)
        assert state(event, 2) is OFFERED

    def test_who_is_removed_frees_the_seat_and_asks_before_coming_back(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        found = fill_up(event, 1, 2)
        gone = api.remove_attendee(rsvp_id=found[0].id, actor_id=9, note="You asked us to")
        assert (gone.state, gone.note) == (RsvpState.REMOVED, "You asked us to")
        assert state(event, 2) is OFFERED
        assert api.remove_attendee(rsvp_id=found[0].id, actor_id=9).state is RsvpState.REMOVED
        api.pass_offer(event_id=event.pk, user_id=2)
        assert come(event, 1).state is PENDING
        assert come(event, 1).state is PENDING
        assert api.approve(rsvp_id=found[0].id, actor_id=9).state is GOING
        assert told(1) == [EventNews.CONFIRMED, EventNews.REMOVED, EventNews.PENDING, EventNews.APPROVED]
        assert_right(event)

    def test_what_cannot_be_done(self, chapter: ChapterData) -> None:
        event = make_event(chapter)
        found = come(event, 1)
        with pytest.raises(InvalidValueError, match="no such seats"):
            api.add_attendee(event_id=event.pk, user_id=2, actor_id=9, mode=ONLINE)
        with pytest.raises(InvalidValueError):
            api.remove_attendee(rsvp_id=found.id, actor_id=9, note="x" * 301)
        api.decline(event_id=event.pk, user_id=1)
        with pytest.raises(StateError, match="not on the list"):
            api.remove_attendee(rsvp_id=found.id, actor_id=9)
        pass_time(event, timezone.now() - timedelta(minutes=10))
        with pytest.raises(StateError, match="has begun"):
            api.add_attendee(event_id=event.pk, user_id=2, actor_id=9)

    def test_who_is_banned_is_not_put_on_the_list(self, chapter: ChapterData) -> None:
        event = make_event(chapter)
        membership.ban(chapter_id=chapter.id, user_id=2, actor_id=9, reason="Rude")
        with pytest.raises(BannedError):
            api.add_attendee(event_id=event.pk, user_id=2, actor_id=9, is_forced=True)
        assert not Rsvp.objects.exists()
        assert api.add_attendee(event_id=event.pk, user_id=3, actor_id=9).state is GOING

    def test_who_is_too_young_is_put_on_the_list_online_only(self, chapter: ChapterData) -> None:
        event = make_event(chapter, mode=BOTH.value)
        young = make_account(year_of_birth=timezone.now().year - 12)
        with pytest.raises(InvalidValueError, match="in the room") as refused:
            api.add_attendee(event_id=event.pk, user_id=young, actor_id=9, is_forced=True)
        assert refused.value.field == "mode"
        assert not Rsvp.objects.exists()
        assert api.add_attendee(event_id=event.pk, user_id=young, actor_id=9, mode=ONLINE).state is GOING

    def test_who_is_no_member_is_put_on_lists_that_are_open_to_anyone(self, chapter: ChapterData) -> None:
        event, open_one = make_event(chapter, open_to=EventOpenTo.MEMBERS), make_event(chapter)
        outsider = make_account()
        with pytest.raises(InvalidValueError, match="no member") as refused:
            api.add_attendee(event_id=event.pk, user_id=outsider, actor_id=9)
        assert refused.value.field == "user_id"
        assert api.add_attendee(event_id=open_one.pk, user_id=outsider, actor_id=9).state is GOING

    def test_who_stands_at_the_door_has_a_seat_and_no_mail(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        come(event, 1)
        pass_time(event, timezone.now() - timedelta(minutes=10))
        found = api.add_attendee(event_id=event.pk, user_id=2, actor_id=9, is_forced=True, source=RsvpSource.WALK_IN)
        assert (found.state, found.source) == (GOING, RsvpSource.WALK_IN)
        assert not told(2)
