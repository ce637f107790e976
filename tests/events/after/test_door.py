"""At the door of an event: tickets, walk-ins and the roll, through the pages that hosts open."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chapters.api import event_results, events, rsvps
from chapters.data import ChapterData, EventData, EventOpenTo, Presence, RsvpSource, RsvpState
from chapters.models import Rsvp
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceSource
from tests.chapters.factories import make_ban, make_member
from tests.chapters.page_visits import browser, words_of
from tests.events.factories import make_event, make_rsvp, put_start


@pytest.fixture
def host(chapter: ChapterData) -> int:
    """Return a member who hosts one event and holds no role."""
    return make_member(chapter).user_id


@pytest.fixture
def tonight(chapter: ChapterData, lead: int, host: int) -> EventData:
    """Return an event that begins in ten minutes, open to anyone, with one seat left."""
    event = make_event(
        chapter, actor_id=lead, host_ids=(host,), open_to=EventOpenTo.ANYONE, guests_most=2, room_capacity=4
    )
    make_rsvp(event)
    return put_start(event, timezone.now() + timedelta(minutes=10))


def page_of(event: EventData, user_id: int, *, of: EventData | None = None) -> str:
    """Return where the picture on somebody's ticket leads."""
    meeting = attendance.get_meeting(event.meeting_id)
    token = attendance.make_ticket((of or event).meeting_id, user_id)
    return reverse("discussion_ext:ticket_check_in", args=[meeting.uid, token])


def known(event: EventData, user_id: int) -> Any:
    return attendance.find_attendance([event.meeting_id], [user_id]).get((event.meeting_id, user_id))


def test_a_host_without_a_role_lets_somebody_in(tonight: EventData, host: int, member: int) -> None:
    make_rsvp(tonight, member, guests=1)
    door = browser(host)
    assert "and 1 guest" in words_of(door.get(page_of(tonight, member)))
    assert known(tonight, member) is None
    door.post(page_of(tonight, member))
    assert known(tonight, member).source is AttendanceSource.TICKET
    assert "Already in." in words_of(door.get(page_of(tonight, member)))
    assert event_results.find_presence(tonight.id, member).presence is Presence.ATTENDED


@pytest.mark.parametrize("who", ["member", "outsider"])
def test_others_let_nobody_in(tonight: EventData, who: str, request: pytest.FixtureRequest) -> None:
    user_id = request.getfixturevalue(who)
    make_rsvp(tonight, user_id)
    assert browser(user_id).post(page_of(tonight, user_id)).status_code == 403
    assert known(tonight, user_id) is None


def test_a_seat_that_was_given_back_opens_no_door(tonight: EventData, host: int, member: int) -> None:
    make_rsvp(tonight, member)
    rsvps.decline(event_id=tonight.id, user_id=member)
    door = browser(host)
    assert "No seat any more" in words_of(door.get(page_of(tonight, member)))
    assert door.post(page_of(tonight, member)).status_code == 409
    assert known(tonight, member) is None
    assert door.post(page_of(tonight, member), {"walk_in": "1"}).status_code == 302
    row = Rsvp.objects.get(event_id=tonight.id, user_id=member)
    assert (row.state, row.source) == (RsvpState.GOING, RsvpSource.WALK_IN)


@pytest.mark.parametrize("state", [RsvpState.WAITLISTED, RsvpState.PENDING, RsvpState.OFFERED, RsvpState.REMOVED])
def test_who_has_no_seat_has_no_ticket(tonight: EventData, host: int, member: int, state: RsvpState) -> None:
    make_rsvp(tonight, member, state=state)
    assert browser(host).post(page_of(tonight, member)).status_code == 409
    assert known(tonight, member) is None


def test_a_ticket_of_another_date(tonight: EventData, chapter: ChapterData, lead: int, host: int, member: int) -> None:
    other = make_event(chapter, actor_id=lead)
    make_rsvp(other, member)
    make_rsvp(tonight, member)
    assert browser(host).post(page_of(tonight, member, of=other)).status_code == 422
    assert known(tonight, member) is None


def test_called_off_and_too_early(tonight: EventData, host: int, lead: int, member: int) -> None:
    make_rsvp(tonight, member)
    put_start(tonight, timezone.now() + timedelta(days=2))
    assert browser(host).post(page_of(tonight, member)).status_code == 409
    put_start(tonight, timezone.now() + timedelta(minutes=5))
    events.cancel_event(event_id=tonight.id, actor_id=lead, reason="The hall is flooded")
    assert browser(host).post(page_of(tonight, member)).status_code in (403, 409)
    assert "flooded" in words_of(browser(lead).get(page_of(tonight, member)))
    assert known(tonight, member) is None


def test_who_was_banned_is_not_let_in_by_anybody(
    tonight: EventData, chapter: ChapterData, host: int, member: int
) -> None:
    make_ban(chapter, member)
    assert browser(host).post(page_of(tonight, member), {"walk_in": "1"}).status_code == 400
    assert not Rsvp.objects.filter(event_id=tonight.id, user_id=member).exists()


def test_the_roll_counts_people_and_takes_who_walks_in(tonight: EventData, host: int, outsider: int) -> None:
    make_rsvp(tonight, guests=2)
    meeting = attendance.get_meeting(tonight.meeting_id)
    door, url = browser(host), reverse("discussion_ext:api_roll", args=[meeting.uid])
    assert door.get(url).json()["seats"] == 2
    tick = {"request_key": "k", "user_id": outsider, "state": "present", "made_at": timezone.now().isoformat()}
    answer = door.post(url, json.dumps({"ticks": [tick]}), content_type="application/json")
    assert answer.json()["results"][0]["outcome"] == "saved"
    assert door.get(url).json()["seats"] == 3
    assert "Scan tickets" in door.get(reverse("discussion_ext:host_check_in", args=[meeting.uid])).content.decode()


def test_a_roll_of_many_costs_what_one_of_few_does(tonight: EventData, host: int) -> None:
    url = reverse("discussion_ext:host_check_in", args=[attendance.get_meeting(tonight.meeting_id).uid])
    door = browser(host)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert door.get(url).status_code == 200
        return len(found)

    count()
    few = count()
    for number in range(30):
        make_rsvp(tonight, guests=number % 2)
    assert count() == few
