"""Lists of events: in order, page by page, for whom they are, in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chapters.api import events
from chapters.data import ChapterData, EventData, EventOpenTo, EventPage, EventState, EventWhen, RsvpState
from chapters.exceptions import InvalidValueError, NotFoundError
from discussion_ext.models import Meeting
from tests.chapters.factories import make_chapter, make_member
from tests.events.factories import in_days, make_draft, make_event, make_past_event, make_rsvp, put_start


def walk(read: Callable[..., EventPage], **asked: Any) -> list[int]:
    """Return the ids of a list, read in pages of two."""
    found: list[int] = []
    cursor = ""
    for _page in range(20):
        page = read(**asked, cursor=cursor, limit=2)
        found += [card.event.id for card in page.events]
        cursor = page.cursor
        if not cursor:
            return found
    raise AssertionError(found)


def count_queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        act()
    return len(asked)


def test_coming_are_soonest_first_and_past_latest_first(chapter: ChapterData, lead: int) -> None:
    coming = [make_event(chapter, actor_id=lead, starts_local=in_days(days)) for days in (9, 3, 6, 3)]
    past = [make_past_event(chapter, actor_id=lead, days=days) for days in (2, 8, 5)]
    make_draft(chapter, actor_id=lead)
    make_event(make_chapter("Mombasa"))
    running = put_start(make_event(chapter, actor_id=lead), timezone.now() - timedelta(minutes=30))
    nine, three, six, again = (event.id for event in coming)
    about = {"chapter_id": chapter.id}
    assert walk(events.list_events, **about) == [running.id, three, again, six, nine]
    assert walk(events.list_events, **about, when=EventWhen.PAST) == [past[0].id, past[2].id, past[1].id]


def test_one_that_was_called_off_is_still_shown(event: EventData, lead: int) -> None:
    events.cancel_event(event_id=event.id, actor_id=lead, reason="Flood")
    assert walk(events.list_events, chapter_id=event.chapter_id) == [event.id]
    only = {"chapter_id": event.chapter_id, "states": (EventState.PUBLISHED,)}
    assert walk(events.list_events, **only) == []


def test_strangers_find_what_is_open_to_them(chapter: ChapterData, lead: int) -> None:
    opened = make_event(chapter, actor_id=lead, open_to=EventOpenTo.ANYONE)
    make_event(chapter, actor_id=lead)
    page = events.list_events(chapter_id=chapter.id, open_to={EventOpenTo.ANYONE})
    assert [card.event.id for card in page.events] == [opened.id]


def test_my_own_are_those_i_answered_or_host(chapter: ChapterData, lead: int, member: int) -> None:
    mine = [make_event(chapter, actor_id=lead, starts_local=in_days(days)) for days in (3, 4, 5, 6)]
    elsewhere = make_event(make_chapter("Mombasa"), starts_local=in_days(7))
    given_back = make_event(chapter, actor_id=lead)
    states = (RsvpState.GOING, RsvpState.OFFERED, RsvpState.WAITLISTED, RsvpState.PENDING)
    for event, state in zip(mine, states, strict=True):
        make_rsvp(event, member, state=state)
    make_rsvp(elsewhere, member)
    make_rsvp(given_back, member, state=RsvpState.CANCELLED)
    assert walk(events.list_my_events, user_id=member) == [*(event.id for event in mine), elsewhere.id]
    assert set(walk(events.list_my_events, user_id=lead)) == {*(event.id for event in mine), given_back.id}
    past = make_past_event(chapter, actor_id=lead)
    make_rsvp(past, member)
    never = make_past_event(chapter, actor_id=lead)
    make_rsvp(never, member, state=RsvpState.WAITLISTED)
    assert walk(events.list_my_events, user_id=member, when=EventWhen.PAST) == [past.id]


def test_drafts_are_all_or_somebodys(chapter: ChapterData, lead: int) -> None:
    other = make_member(chapter).user_id
    mine, theirs = make_draft(chapter, actor_id=lead), make_draft(chapter, actor_id=other)
    old = put_start(make_draft(chapter, actor_id=lead), timezone.now() - timedelta(days=1))
    make_event(chapter, actor_id=lead)
    assert walk(events.list_drafts, chapter_id=chapter.id) == [old.id, mine.id, theirs.id]
    assert walk(events.list_drafts, chapter_id=chapter.id, host_id=other) == [theirs.id]


def test_the_next_one_of_each_chapter(chapter: ChapterData, lead: int) -> None:
    later = make_event(chapter, actor_id=lead, starts_local=in_days(9))
    soon = make_event(chapter, actor_id=lead, starts_local=in_days(3), open_to=EventOpenTo.ANYONE)
    make_past_event(chapter, actor_id=lead)
    make_draft(chapter, actor_id=lead, starts_local=in_days(1))
    off = make_event(chapter, actor_id=lead, starts_local=in_days(2))
    events.cancel_event(event_id=off.id, actor_id=lead, reason="Flood")
    without = make_chapter("Mombasa")
    ids = [chapter.id, without.id]
    assert events.next_events(ids) == {chapter.id: soon}
    assert events.next_starts(ids) == {chapter.id: soon.starts_at}
    assert events.next_starts(ids, open_to={EventOpenTo.MEMBERS}) == {chapter.id: later.starts_at}
    assert events.next_events([]) == {}


@pytest.mark.parametrize("cursor", ["x", "eyJ9", "WzEsMl0", "W10", "WyIyMDI2IiwxXQ"])
def test_a_place_that_no_page_gave_is_refused(event: EventData, cursor: str) -> None:
    for read in (
        lambda: events.list_events(chapter_id=event.chapter_id, cursor=cursor),
        lambda: events.list_my_events(user_id=1, cursor=cursor),
        lambda: events.list_drafts(chapter_id=event.chapter_id, cursor=cursor),
    ):
        with pytest.raises(InvalidValueError) as refusal:
            read()
        assert refusal.value.field == "cursor"


def test_one_by_its_number(event: EventData) -> None:
    assert events.get_event(event.id) == event
    assert events.find_event(event.chapter_id, event.id) == event
    assert events.find_event(event.chapter_id + 1, event.id) is None
    for read in (events.get_event, events.get_plan):
        with pytest.raises(NotFoundError):
            read(404)


def test_one_whose_meeting_is_gone_is_no_event(event: EventData) -> None:
    Meeting.objects.filter(pk=event.meeting_id).delete()
    assert events.get_events([event.id]) == {}


def test_costs_do_not_grow_with_events_or_people(chapter: ChapterData, lead: int, member: int) -> None:
    """With hosts, answers, seats and people who came."""

    def read() -> None:
        for when in EventWhen:
            events.list_events(chapter_id=chapter.id, when=when, user_id=member)
            events.list_my_events(user_id=member, when=when)
        events.list_drafts(chapter_id=chapter.id)
        events.next_events([chapter.id])

    def fill(number: int) -> None:
        for _event in range(number):
            event = make_event(chapter, actor_id=lead)
            make_rsvp(event, member)
            for _person in range(number):
                make_rsvp(event)
            make_rsvp(make_past_event(chapter, actor_id=lead), member)
            make_draft(chapter, actor_id=lead)

    fill(1)
    few = count_queries(read)
    fill(6)
    assert count_queries(read) == few
    for act, most in (
        (lambda: events.next_starts([chapter.id]), 1),
        (lambda: events.get_event(events.list_my_events(user_id=member).events[0].event.id), 12),
    ):
        assert count_queries(act) <= most
