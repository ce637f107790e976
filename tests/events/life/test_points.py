"""Points of chapters: exactly once in effect for who attended and who hosted, and taken back with what earned them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import events
from chapters.data import ChapterData, EventData
from chapters.events import points
from chapters.models import EventCredit
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState
from gamification import api as gamification
from gamification.models import Entry
from people import api as people
from people.models import Errand
from people.upkeep import reserved_keys
from tests.chapters.factories import make_account, make_member
from tests.events.factories import make_event, make_rsvp, put_start

AtOnce = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def points_are_on(db: None) -> Iterator[None]:
    gamification.set_on(points.course_key(), True, actor_id=None)
    yield
    gamification.set_on(points.course_key(), False, actor_id=None)


@pytest.fixture
def held(chapter: ChapterData, lead: int) -> EventData:
    """Return an event that began a quarter of an hour ago, hosted by the lead."""
    return put_start(make_event(chapter, actor_id=lead), timezone.now() - timedelta(minutes=15))


def total(user_id: int) -> int:
    return gamification.get_standing(user_id, points.course_key()).points


def say(event: EventData, user_id: int, state: AttendanceState, *, actor_id: int, at_once: AtOnce) -> None:
    """Correct what is known of somebody's attendance."""
    with at_once():
        attendance.correct_attendance(
            meeting_id=event.meeting_id, user_id=user_id, state=state, reason="As it was", actor_id=actor_id
        )
    with at_once():
        people.run_errands()


def test_attending_and_hosting_count_once(held: EventData, lead: int, at_once: AtOnce) -> None:
    came = make_rsvp(held).user_id
    for _time in range(3):
        say(held, came, AttendanceState.PRESENT, actor_id=lead, at_once=at_once)
        points.run_attended({"event": held.id, "user": came})
        points.run_held({"event": held.id, "is_whole": True})
    assert (total(came), total(lead)) == (3, 5)
    assert Entry.objects.filter(user_id=came).count() == 1
    (line,) = gamification.list_entries(came, points.course_key()).entries
    assert (line.title, line.kind) == (held.title, "attend")
    assert line.url.endswith(f"/events/{held.id}/")


def test_a_correction_takes_them_back_and_another_gives_them(held: EventData, lead: int, at_once: AtOnce) -> None:
    came = make_rsvp(held).user_id
    say(held, came, AttendanceState.PRESENT, actor_id=lead, at_once=at_once)
    say(held, came, AttendanceState.ABSENT, actor_id=lead, at_once=at_once)
    assert (total(came), total(lead)) == (0, 0), "nobody was there, so it was not held"
    say(held, came, AttendanceState.PRESENT, actor_id=lead, at_once=at_once)
    assert (total(came), total(lead)) == (3, 5)


def test_hosts_earn_for_hosting_alone(held: EventData, lead: int, at_once: AtOnce) -> None:
    make_rsvp(held, lead)
    say(held, lead, AttendanceState.PRESENT, actor_id=lead, at_once=at_once)
    assert total(lead) == 0, "alone in the room"
    say(held, make_rsvp(held).user_id, AttendanceState.PRESENT, actor_id=lead, at_once=at_once)
    assert total(lead) == 5


def test_of_one_that_was_called_off_nothing_stays(held: EventData, lead: int, at_once: AtOnce) -> None:
    came = make_rsvp(held).user_id
    say(held, came, AttendanceState.PRESENT, actor_id=lead, at_once=at_once)
    with at_once():
        events.cancel_event(event_id=held.id, actor_id=lead, reason="Fire alarm")
    with at_once():
        people.run_errands()
    assert (total(came), total(lead)) == (0, 0)


def test_who_hosts_no_more_loses_them(chapter: ChapterData, lead: int, at_once: AtOnce) -> None:
    second = make_member(chapter).user_id
    event = make_event(chapter, actor_id=lead, host_ids=(lead, second))
    event = put_start(event, timezone.now() - timedelta(minutes=15))
    came = make_rsvp(event).user_id
    say(event, came, AttendanceState.PRESENT, actor_id=lead, at_once=at_once)
    assert total(second) == 5
    plan = replace(events.get_plan(event.id), host_ids=(lead,))
    with at_once():
        events.change_event(event_id=event.id, actor_id=lead, plan=plan, revision=event.revision)
    with at_once():
        people.run_errands()
    assert (total(second), total(lead)) == (0, 5)


def test_while_they_are_off_nothing_is_written(held: EventData, lead: int, at_once: AtOnce) -> None:
    gamification.set_on(points.course_key(), False, actor_id=None)
    came = make_rsvp(held).user_id
    say(held, came, AttendanceState.PRESENT, actor_id=lead, at_once=at_once)
    points.run_attended({"event": held.id, "user": came})
    assert not Entry.objects.exists()
    assert not EventCredit.objects.filter(is_given=True).exists()
    assert not Errand.objects.filter(kind__startswith="chapters.event_").exists()
    assert events.get_points(came) is None


def test_people_see_their_own(held: EventData, lead: int, at_once: AtOnce) -> None:
    came = make_rsvp(held).user_id
    say(held, came, AttendanceState.PRESENT, actor_id=lead, at_once=at_once)
    mine = events.get_points(came)
    assert mine is not None
    assert mine.points == 3
    assert [(title, worth) for title, _url, worth, _at in mine.latest] == [(held.title, 3)]
    nobody = events.get_points(make_account())
    assert nobody is not None
    assert (nobody.points, nobody.latest) == (0, ())


def test_the_key_is_no_course_and_reserved(settings: Any) -> None:
    assert reserved_keys.find_reservation(points.course_key()) == "CHAPTERS_POINTS_COURSE_KEY"
    assert points.course_key() != settings.CHAPTERS_BOARD_COURSE_KEY
