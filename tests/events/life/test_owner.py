"""What events answer to their meetings: who checks people in, who is expected, and who may walk in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from chapters.api import events
from chapters.data import ChapterData, ChapterRole, ChapterState, EventData, EventOpenTo, RsvpSource, RsvpState
from chapters.events.owner import EventOwner
from chapters.models import Chapter, Event, Rsvp
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState, MeetingData, MeetingMode
from tests.chapters.factories import make_account, make_ban, make_chapter, make_member, make_organizer
from tests.events.factories import make_draft, make_event, make_rsvp, put_start

OWNER = EventOwner()


@pytest.fixture
def begun(chapter: ChapterData, lead: int) -> EventData:
    """Return an event with two seats that began ten minutes ago."""
    event = make_event(chapter, actor_id=lead, room_capacity=2, open_to=EventOpenTo.ANYONE)
    return put_start(event, timezone.now() - timedelta(minutes=10))


def meeting_of(event: EventData) -> MeetingData:
    return attendance.get_meeting(event.meeting_id)


def walk_in(event: EventData, user_id: int, **how: Any) -> Rsvp:
    OWNER.accept_walk_in(meeting_of(event), user_id, **how)
    return Rsvp.objects.get(event_id=event.id, user_id=user_id)


def test_it_is_the_owner_of_its_meetings(event: EventData) -> None:
    meeting = meeting_of(event)
    assert meeting.key == f"event:{event.id}"
    assert isinstance(attendance.owner_of(meeting), EventOwner)


def test_who_checks_people_in_and_who_corrects(chapter: ChapterData, lead: int, member: int, outsider: int) -> None:
    helper = make_organizer(chapter, role=ChapterRole.CHECK_IN)
    moderator = make_organizer(chapter, role=ChapterRole.MODERATOR)
    host = make_member(chapter).user_id
    meeting = meeting_of(make_event(chapter, actor_id=lead, host_ids=(lead, host)))
    people = (lead, helper, host, moderator, member, outsider)
    assert [OWNER.may_host(meeting, each) for each in people] == [True, True, True, False, False, False]
    assert [OWNER.may_correct(meeting, each) for each in people] == [True, False, False, False, False, False]


class TestExpected:
    def test_it_is_who_has_a_seat(self, event: EventData) -> None:
        going = [make_rsvp(event, guests=guests).user_id for guests in (0, 2)]
        others = [make_rsvp(event, state=state).user_id for state in set(RsvpState) - {RsvpState.GOING}]
        meeting = meeting_of(event)
        assert OWNER.find_expected(meeting, [*going, *others]) == set(going)
        assert OWNER.list_expected(meeting, after=0, limit=10) == sorted(going)
        assert OWNER.list_expected(meeting, after=sorted(going)[0], limit=10) == sorted(going)[1:]
        assert OWNER.list_expected(meeting, after=0, limit=1) == sorted(going)[:1]
        assert [OWNER.has_place(meeting, each) for each in (*going, *others)] == [True] * 2 + [False] * len(others)
        assert list(OWNER.list_meetings_of(going[0])) == [meeting.id]
        assert list(OWNER.list_meetings_of(others[0])) == []

    def test_their_number_is_that_of_the_people_on_the_roll(
        self, event: EventData, django_assert_num_queries: Any
    ) -> None:
        make_rsvp(event, guests=2)
        make_rsvp(event, state=RsvpState.OFFERED)
        meeting = meeting_of(event)
        with django_assert_num_queries(1):
            assert OWNER.count_expected(meeting) == 1

    def test_what_hosts_should_know_at_the_door(self, chapter: ChapterData, lead: int) -> None:
        """Whoever only checks people in sees it too, so what they need is not in it."""
        event = make_event(chapter, actor_id=lead, mode=MeetingMode.HYBRID)
        alone = make_rsvp(event).user_id
        many = make_rsvp(event, guests=2, mode=MeetingMode.ONLINE, needs_step_free=True).user_id
        assert OWNER.note_people(meeting_of(event), [alone, many]) == {many: "and 2 guests, online"}


class TestWalkingIn:
    def test_while_there_is_room(self, begun: EventData, outsider: int) -> None:
        row = walk_in(begun, outsider)
        assert (row.state, row.source) == (RsvpState.GOING, RsvpSource.WALK_IN)
        assert Event.objects.get(pk=begun.id).room_taken == 1

    def test_full_is_for_the_host_to_see(self, begun: EventData, outsider: int) -> None:
        make_rsvp(begun, guests=1)
        with pytest.raises(attendance.MeetingError):
            walk_in(begun, outsider)
        assert walk_in(begun, outsider, is_forced=True).state == RsvpState.GOING
        assert Event.objects.get(pk=begun.id).room_taken == 3

    def test_the_window_does_not_matter_at_the_door_but_all_else_does(
        self, chapter: ChapterData, lead: int, member: int, outsider: int
    ) -> None:
        event = make_event(chapter, actor_id=lead, closes_minutes=600)
        event = put_start(event, timezone.now() - timedelta(minutes=10))
        assert walk_in(event, member).state == RsvpState.GOING
        kept_out = make_member(chapter).user_id
        make_ban(chapter, kept_out)
        for person in (outsider, kept_out, 999_999):
            for is_forced in (False, True):
                with pytest.raises(attendance.MeetingError):
                    walk_in(event, person, is_forced=is_forced)
            assert not Rsvp.objects.filter(event_id=event.id, user_id=person).exists()

    def test_where_hosts_decide_who_comes_they_add_them(self, chapter: ChapterData, lead: int, member: int) -> None:
        event = make_event(chapter, actor_id=lead, needs_approval=True)
        event = put_start(event, timezone.now() - timedelta(minutes=10))
        with pytest.raises(attendance.MeetingError):
            walk_in(event, member)
        assert walk_in(event, member, is_forced=True).state == RsvpState.GOING

    def test_not_into_what_was_called_off(self, begun: EventData, lead: int, outsider: int) -> None:
        events.cancel_event(event_id=begun.id, actor_id=lead, reason="Fire alarm")
        for is_forced in (True, False):
            with pytest.raises(attendance.MeetingCancelledError):
                walk_in(begun, outsider, is_forced=is_forced)

    def test_a_host_finds_members_by_name(self, begun: EventData, chapter: ChapterData, lead: int) -> None:
        found = make_member(chapter, make_account("Zawadi Njeri")).user_id
        make_member(make_chapter("Mombasa"), make_account("Zawadi Elsewhere"))
        username = User.objects.get(pk=found).username
        meeting = meeting_of(begun)
        for text in ("zawadi", "NJERI", username):
            assert list(OWNER.find_walk_ins(meeting, text)) == [found]
        make_rsvp(begun, found, state=RsvpState.CANCELLED)
        assert list(OWNER.find_walk_ins(meeting, "zawadi")) == [found]
        assert OWNER.find_walk_ins(meeting, "  ") == {}
        assert OWNER.find_walk_ins(meeting, "nobody at all") == {}

    def test_anyone_who_may_come_is_found_by_the_whole_username_or_address(
        self, chapter: ChapterData, lead: int, outsider: int
    ) -> None:
        account = User.objects.get(pk=outsider)
        closed = meeting_of(make_event(chapter, actor_id=lead, open_to=EventOpenTo.MEMBERS))
        opened = meeting_of(make_event(chapter, actor_id=lead, open_to=EventOpenTo.ANYONE))
        for text in (account.username, account.email):
            assert list(OWNER.find_walk_ins(opened, f" {text} ")) == [outsider]
            assert OWNER.find_walk_ins(closed, text) == {}
        assert OWNER.find_walk_ins(opened, account.username[:-1]) == {}


class TestVisiting:
    def test_who_may_come_sees_the_check_in_page(
        self, chapter: ChapterData, lead: int, member: int, outsider: int
    ) -> None:
        meeting = meeting_of(make_event(chapter, actor_id=lead))
        assert OWNER.may_visit(meeting, member)
        assert not OWNER.may_visit(meeting, outsider)
        opened = make_event(chapter, actor_id=lead, open_to=EventOpenTo.ANYONE)
        assert OWNER.may_visit(meeting_of(opened), outsider)
        assert not OWNER.may_visit(meeting_of(make_draft(chapter, actor_id=lead)), member)

    def test_who_has_a_seat_does_wherever_they_are_by_now(self, event: EventData, outsider: int) -> None:
        make_rsvp(event, outsider)
        assert OWNER.may_visit(meeting_of(event), outsider)

    def test_nobody_visits_a_chapter_that_is_gone(self, event: EventData, member: int) -> None:
        Chapter.objects.filter(pk=event.chapter_id).update(state=ChapterState.DECLINED)
        assert not OWNER.may_visit(meeting_of(event), member)


def test_a_roll_call_ticks_who_has_a_seat(begun: EventData, lead: int) -> None:
    came = make_rsvp(begun).user_id
    attendance.correct_attendance(
        meeting_id=begun.meeting_id, user_id=came, state=AttendanceState.PRESENT, reason="Saw them", actor_id=lead
    )
    page = events.list_events(chapter_id=begun.chapter_id, user_id=came)
    assert page.events[0].rsvp is not None
    assert page.events[0].rsvp.has_seat


def test_what_next_leads_back_to_the_event(begun: EventData, outsider: int) -> None:
    next_one = OWNER.say_what_next(meeting_of(begun), outsider)
    assert next_one.back_url.endswith(f"/events/{begun.id}/")
    assert next_one.back_label == begun.title
