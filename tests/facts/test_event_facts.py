"""What is told of events: ids, codes and moments, once for everything that happens, after the commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import events, rsvps
from chapters.data import ChapterData, RsvpDraftData
from chapters.signals import EVENT_ATTENDANCE_RECORDED, EVENT_CANCELLED, EVENT_PUBLISHED, RSVP_CHANGED
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState
from people.models import Errand
from people.upkeep.facts import FACT
from tests.chapters.factories import make_chapter, make_member, make_organizer
from tests.events.factories import make_draft, make_event, make_rsvp, put_start

pytestmark = pytest.mark.django_db

Listen = Callable[..., list[Any]]


@pytest.fixture
def chapter() -> ChapterData:
    return make_chapter()


@pytest.fixture
def lead(chapter: ChapterData) -> int:
    return make_organizer(chapter)


def test_events_that_are_published_called_off_and_restored(
    chapter: ChapterData, lead: int, listen: Listen, committed: Any
) -> None:
    published, cancelled = listen(EVENT_PUBLISHED), listen(EVENT_CANCELLED)
    with committed():
        draft = make_draft(chapter, actor_id=lead, title="Secret words")
    assert published == [], "nobody knows of a draft"
    for _twice in range(2):
        with committed():
            event = events.publish_event(event_id=draft.id, actor_id=lead)
    for _twice in range(2):
        with committed():
            events.cancel_event(event_id=event.id, actor_id=lead, reason="Secret words")
    with committed():
        events.restore_event(event_id=event.id, actor_id=lead)
    assert [(fact.event_id, fact.chapter_id, fact.series_id, fact.open_to) for fact in published] == [
        (event.id, chapter.id, 0, "members")
    ] * 2
    assert [fact.event_id for fact in cancelled] == [event.id]
    assert published[0].revision < cancelled[0].revision < published[1].revision
    assert (published[0].starts_at, published[0].ends_at) == (event.starts_at, event.ends_at)
    assert not any("Secret" in repr(fact) for fact in (*published, *cancelled))


def test_answers_that_come_to_something_else(chapter: ChapterData, lead: int, listen: Listen, committed: Any) -> None:
    event, member = make_event(chapter, actor_id=lead), make_member(chapter).user_id
    heard = listen(RSVP_CHANGED)
    with committed():
        rsvps.answer(event_id=event.id, user_id=member, draft=RsvpDraftData(needs_note="Secret words"))
    with committed():
        rsvps.decline(event_id=event.id, user_id=member)
    assert [(fact.event_id, fact.user_id, fact.state, fact.mode) for fact in heard] == [
        (event.id, member, "going", "offline"),
        (event.id, member, "cancelled", "offline"),
    ]
    assert heard[0].rsvp_id == heard[1].rsvp_id
    assert heard[0].occurred_at < heard[1].occurred_at
    assert not any("Secret" in repr(fact) for fact in heard)


def test_who_came(chapter: ChapterData, lead: int, listen: Listen, committed: Any) -> None:
    event = put_start(make_event(chapter, actor_id=lead), timezone.now() - timedelta(minutes=20))
    came = make_rsvp(event).user_id
    heard = listen(EVENT_ATTENDANCE_RECORDED)
    for state in (AttendanceState.PRESENT, AttendanceState.EXCUSED):
        with committed():
            attendance.correct_attendance(
                meeting_id=event.meeting_id, user_id=came, state=state, actor_id=lead, reason="Secret words"
            )
    assert [(fact.event_id, fact.chapter_id, fact.user_id, fact.state, fact.source) for fact in heard] == [
        (event.id, chapter.id, came, "present", "correction"),
        (event.id, chapter.id, came, "excused", "correction"),
    ]
    assert not any("Secret" in repr(fact) for fact in heard)


def test_where_nobody_listens_nothing_is_written(chapter: ChapterData, lead: int) -> None:
    event = make_event(chapter, actor_id=lead)
    events.cancel_event(event_id=event.id, actor_id=lead, reason="Flood")
    assert not Errand.objects.filter(kind=FACT).exists()
