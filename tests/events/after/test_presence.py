"""Whether somebody came: the rule as a table, and what is read for it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import event_results as api
from chapters.data import ChapterData, EventData, EventState, Presence, RsvpState
from chapters.events.presence import Known, say_presence
from chapters.models import PresenceRequest
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState, MeetingMode
from tests.events.after.conftest import record
from tests.events.factories import make_past_event, make_rsvp, put_start, put_state

SEAT = Known(answer=RsvpState.GOING)


class TestRule:
    @pytest.mark.parametrize(
        ("known", "said"),
        [
            (SEAT, Presence.NO_SHOW),
            (replace(SEAT, attendance=AttendanceState.PRESENT), Presence.ATTENDED),
            (replace(SEAT, attendance=AttendanceState.EXCUSED), Presence.EXCUSED),
            (replace(SEAT, attendance=AttendanceState.ABSENT), Presence.NO_SHOW),
            (replace(SEAT, is_taken=False), Presence.UNKNOWN),
            (replace(SEAT, attendance=AttendanceState.ABSENT, is_taken=False), Presence.UNKNOWN),
            (replace(SEAT, is_roll_over=False), Presence.UNKNOWN),
            (replace(SEAT, is_over=False), Presence.UNKNOWN),
            (replace(SEAT, has_asked=True), Presence.UNKNOWN),
            (replace(SEAT, is_fresh=False), Presence.UNKNOWN),
            (Known(answer=RsvpState.CANCELLED, is_late=True), Presence.CANCELLED_LATE),
            (Known(answer=RsvpState.CANCELLED, is_late=True, is_taken=False), Presence.CANCELLED_LATE),
            (Known(answer=RsvpState.CANCELLED, is_late=True, is_fresh=False), Presence.UNKNOWN),
            (Known(answer=RsvpState.CANCELLED, is_late=True, is_over=False), Presence.UNKNOWN),
            (Known(answer=RsvpState.CANCELLED), Presence.UNKNOWN),
            (Known(answer=None), Presence.UNKNOWN),
            (Known(answer=None, attendance=AttendanceState.PRESENT), Presence.ATTENDED),
            (Known(answer=RsvpState.CANCELLED, is_late=True, attendance=AttendanceState.PRESENT), Presence.ATTENDED),
            (Known(answer=RsvpState.GOING, attendance=AttendanceState.PRESENT, is_fresh=False), Presence.ATTENDED),
        ],
    )
    def test_table(self, known: Known, said: Presence) -> None:
        assert say_presence(known) is said

    @pytest.mark.parametrize("answer", [each for each in RsvpState if each is not RsvpState.GOING])
    def test_only_who_kept_a_seat_can_be_a_no_show(self, answer: RsvpState) -> None:
        for is_late, state in itertools.product((False, True), (None, *AttendanceState)):
            known = Known(answer=answer, is_late=is_late, attendance=state)
            assert say_presence(known) is not Presence.NO_SHOW

    def test_nothing_is_held_against_anybody_without_all_of_it(self) -> None:
        """Of every combination, exactly one kind of facts makes a no-show."""
        flags = ("is_over", "is_roll_over", "is_taken", "has_asked", "is_fresh")
        for values in itertools.product((False, True), repeat=len(flags)):
            facts = dict(zip(flags, values, strict=True))
            is_one = all(facts[name] is (name != "has_asked") for name in flags)
            assert (say_presence(replace(SEAT, **facts)) is Presence.NO_SHOW) is is_one


class TestRead:
    def say(self, event: EventData, user_id: int) -> Presence:
        return api.find_presence(event.id, user_id).presence

    def test_where_nobody_took_attendance_nobody_is_a_no_show(self, evening: EventData, guest: Any) -> None:
        user_id = guest(evening)
        assert self.say(evening, user_id) is Presence.UNKNOWN
        record(evening, guest(evening))
        assert self.say(evening, user_id) is Presence.NO_SHOW

    def test_an_absence_alone_is_no_roll(self, evening: EventData, guest: Any) -> None:
        user_id = guest(evening)
        record(evening, user_id, state=AttendanceState.ABSENT)
        assert self.say(evening, user_id) is Presence.UNKNOWN

    def test_the_roll_of_the_room_says_nothing_of_the_call(
        self, chapter: ChapterData, lead: int, guest: Callable[..., int]
    ) -> None:
        event = make_past_event(
            chapter, days=10, actor_id=lead, mode=MeetingMode.HYBRID, link="https://meet.example.org/x"
        )
        online, in_room = guest(event, mode=MeetingMode.ONLINE), guest(event)
        record(event, guest(event))
        assert (self.say(event, online), self.say(event, in_room)) == (Presence.UNKNOWN, Presence.NO_SHOW)
        record(event, guest(event, mode=MeetingMode.ONLINE))
        assert self.say(event, online) is Presence.NO_SHOW

    def test_while_the_roll_can_be_called_nothing_is_said(self, evening: EventData, guest: Any) -> None:
        user_id = guest(evening)
        record(evening, guest(evening))
        meeting = attendance.get_meeting(evening.meeting_id)
        put_start(evening, timezone.now() - (meeting.ends_at - meeting.starts_at) - timedelta(hours=1))
        assert self.say(evening, user_id) is Presence.UNKNOWN

    def test_called_off_nothing_is_said(self, evening: EventData, guest: Any) -> None:
        user_id, came = guest(evening), guest(evening)
        record(evening, came)
        put_state(evening, EventState.CANCELLED)
        assert (self.say(evening, user_id), self.say(evening, came)) == (Presence.UNKNOWN, Presence.ATTENDED)

    def test_it_is_forgotten(self, evening: EventData, guest: Any, settings: Any) -> None:
        missed, late = guest(evening), guest(evening, state=RsvpState.CANCELLED, is_late=True)
        record(evening, guest(evening))
        known = api.find_presence(evening.id, missed)
        assert known.counts_until == evening.ends_at + timedelta(days=180)
        settings.CHAPTERS_NO_SHOW_DAYS = 9
        assert {self.say(evening, each) for each in (missed, late)} == {Presence.UNKNOWN}
        assert api.find_presence(evening.id, missed).counts_until is None

    def test_an_open_request_protects_and_a_refused_one_does_not(self, evening: EventData, guest: Any) -> None:
        user_id = guest(evening)
        record(evening, guest(evening))
        asked = PresenceRequest.objects.create(event_id=evening.id, user_id=user_id, text="I sat by the window")
        known = api.find_presence(evening.id, user_id)
        assert (known.presence, known.has_asked) == (Presence.UNKNOWN, True)
        asked.is_accepted, asked.answer = False, "We looked at the photo"
        asked.save()
        known = api.find_presence(evening.id, user_id)
        assert (known.presence, known.has_asked, known.reason) == (Presence.NO_SHOW, False, "We looked at the photo")

    def test_of_many_people_and_of_many_events(
        self, chapter: ChapterData, lead: int, evening: EventData, guest: Any
    ) -> None:
        came, missed = guest(evening), guest(evening)
        record(evening, came)
        other = make_past_event(chapter, days=20, actor_id=lead)
        make_rsvp(other, missed)
        record(other, missed)
        at = api.list_presences_at(evening.id, [came, missed])
        assert {each: found.presence for each, found in at.items()} == {
            came: Presence.ATTENDED,
            missed: Presence.NO_SHOW,
        }
        of = api.list_presences([evening.id, other.id], missed)
        assert {each: found.presence for each, found in of.items()} == {
            evening.id: Presence.NO_SHOW,
            other.id: Presence.ATTENDED,
        }
        assert api.count_came([evening.id, other.id]) == {evening.id: 1, other.id: 1}

    def test_queries_do_not_grow(
        self, chapter: ChapterData, lead: int, guest: Any, django_assert_num_queries: Any
    ) -> None:
        events = [make_past_event(chapter, days=10 + each, actor_id=lead) for each in range(4)]
        user_id = guest(events[0])
        record(events[0], guest(events[0]))
        for event in events[1:]:
            make_rsvp(event, user_id)
        with django_assert_num_queries(8):
            api.list_presences([events[0].id], user_id)
        with django_assert_num_queries(8):
            api.list_presences([each.id for each in events], user_id)
        people = [guest(events[0]) for _ in range(5)]
        with django_assert_num_queries(8):
            api.list_presences_at(events[0].id, people)


class TestOwnList:
    def test_pages_of_past_events_with_a_seat(self, chapter: ChapterData, lead: int, guest: Any) -> None:
        events = [make_past_event(chapter, days=10 + each, actor_id=lead) for each in range(5)]
        user_id = guest(events[0])
        make_rsvp(events[1], user_id, state=RsvpState.CANCELLED, is_late=True)
        make_rsvp(events[2], user_id, state=RsvpState.CANCELLED)
        make_rsvp(events[3], user_id)
        make_rsvp(events[4], user_id, state=RsvpState.WAITLISTED)
        record(events[3], user_id)
        first = api.list_presence(user_id=user_id, limit=2)
        second = api.list_presence(user_id=user_id, limit=2, cursor=first.cursor)
        shown = [(each.event_id, each.presence) for page in (first, second) for each in page.presences]
        assert shown == [
            (events[0].id, Presence.UNKNOWN),
            (events[1].id, Presence.CANCELLED_LATE),
            (events[3].id, Presence.ATTENDED),
        ]
        assert (bool(first.cursor), second.cursor) == (True, "")
