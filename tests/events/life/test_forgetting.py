"""People who go: their seats go on to others, their words go, and what events are stays."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import events, membership, retire_person
from chapters.data import Audience, ChapterData, EventData, EventOpenTo, EventQuestionData, RsvpState
from chapters.events.audience_seats import run_audience
from chapters.events.news_kinds import EventNews
from chapters.models import Event, EventAnswer, EventMail, EventQuestion, EventResult, EventSurvey, Rsvp
from people import api as people
from people.models import NewsItem
from tests.chapters.factories import make_member, make_rule
from tests.events.factories import make_event, make_past_event, make_rsvp

AtOnce = Callable[[], AbstractContextManager[Any]]
GO: dict[str, Callable[[int, int, int], Any]] = {
    "leaves": lambda chapter_id, user_id, _lead: membership.leave(chapter_id=chapter_id, user_id=user_id),
    "is removed": lambda chapter_id, user_id, lead: membership.remove_member(
        chapter_id=chapter_id, user_id=user_id, actor_id=lead, reason="Selling"
    ),
    "is banned": lambda chapter_id, user_id, lead: membership.ban(
        chapter_id=chapter_id, user_id=user_id, actor_id=lead, reason="Selling"
    ),
    "retires": lambda _chapter_id, user_id, _lead: retire_person(user_id),
}


@pytest.fixture
def full(chapter: ChapterData, lead: int) -> EventData:
    """Return an event with one seat."""
    return make_event(chapter, actor_id=lead, room_capacity=1)


@pytest.mark.parametrize("how", GO)
def test_a_seat_goes_on_to_who_waits(full: EventData, lead: int, at_once: AtOnce, how: str) -> None:
    seated, waiting = make_rsvp(full), make_rsvp(full, state=RsvpState.WAITLISTED)
    with at_once():
        GO[how](full.chapter_id, seated.user_id, lead)
    seated.refresh_from_db()
    waiting.refresh_from_db()
    assert (seated.state, waiting.state) == (RsvpState.CANCELLED, RsvpState.OFFERED)
    assert (Event.objects.get(pk=full.id).room_taken, Event.objects.get(pk=full.id).waiting) == (1, 0)


def test_an_audience_that_is_lost_costs_the_seats_for_it(
    chapter: ChapterData, lead: int, at_once: AtOnce, manager: int
) -> None:
    person = make_member(chapter).user_id
    about: dict[str, Any] = {"chapter_id": chapter.id, "user_id": person, "audience": Audience.ALUMNI, "actor_id": lead}
    membership.grant_standing(**about, reason="Knows it all")
    narrow = make_event(make_rule(chapter, Audience.ALUMNI, "course-v1:M+L+2026"), actor_id=lead, room_capacity=1)
    Event.objects.filter(pk=narrow.id).update(open_to=EventOpenTo.ALUMNI)
    wide, over = make_event(chapter, actor_id=lead), make_past_event(chapter, actor_id=lead)
    Event.objects.filter(pk=over.id).update(open_to=EventOpenTo.ALUMNI)
    lost, kept, past = (make_rsvp(event, person) for event in (narrow, wide, over))
    waiting = make_rsvp(narrow, state=RsvpState.WAITLISTED)
    with at_once():
        membership.revoke_standing(**about, reason="Not so much")
    for row in (lost, kept, past, waiting):
        row.refresh_from_db()
    assert (lost.state, kept.state, past.state) == (RsvpState.REMOVED, RsvpState.GOING, RsvpState.GOING)
    assert "completed" in lost.note
    assert waiting.state == RsvpState.OFFERED
    assert NewsItem.objects.filter(user_id=person, kind=EventNews.REMOVED).count() == 1


def test_an_audience_that_was_given_back_in_time_costs_nothing(chapter: ChapterData, lead: int) -> None:
    person = make_member(chapter, audiences=(Audience.ALUMNI,)).user_id
    event = make_event(chapter, actor_id=lead)
    Event.objects.filter(pk=event.id).update(open_to=EventOpenTo.ALUMNI)
    row = make_rsvp(event, person)
    run_audience({"chapter": chapter.id, "user": person})
    row.refresh_from_db()
    assert row.state == RsvpState.GOING


def test_whoever_retires_leaves_a_number_and_no_words(chapter: ChapterData, lead: int) -> None:
    person = make_member(chapter).user_id
    asking = make_event(chapter, actor_id=lead, questions=(EventQuestionData(text="Why?"),), host_ids=(lead, person))
    mine = make_rsvp(asking, person, needs_note="Wheels", needs_step_free=True, note="Sorry")
    EventAnswer.objects.create(rsvp=mine, question=EventQuestion.objects.get(), text="Because")
    past = make_past_event(chapter, actor_id=lead)
    make_rsvp(past, person)
    survey = EventSurvey.objects.create(event_id=past.id, user_id=person, rating=4, useful="Much", better="Coffee")
    published = EventResult.objects.create(
        event_id=past.id, author_id=person, text="We learned", published_at=timezone.now()
    )
    draft = EventResult.objects.create(event_id=asking.id, author_id=person, text="Half a")
    letter = EventMail.objects.create(
        event_id=past.id, author_id=person, audience="all", subject="S", body="B", request_key="1"
    )
    for _twice in range(2):
        retire_person(person)
    for row in (mine, survey, published, draft, letter):
        row.refresh_from_db()
    assert (mine.state, mine.needs_note, mine.needs_step_free, mine.note) == (RsvpState.CANCELLED, "", False, "")
    assert Rsvp.objects.get(event_id=past.id, user_id=person).state == RsvpState.GOING
    assert not EventAnswer.objects.exists()
    assert (survey.rating, survey.useful, survey.better) == (4, "", "")
    assert (published.text, published.author_id, draft.text) == ("We learned", None, "")
    assert (letter.subject, letter.body, letter.author_id) == ("", "", None)
    assert letter.finished_at is not None, "without words it is not sent on"
    assert events.get_event(asking.id).host_ids == (lead,)


def test_with_the_years_needs_letters_and_words_go(chapter: ChapterData, lead: int, settings: Any) -> None:
    settings.CHAPTERS_NEEDS_KEEP_DAYS = 90
    settings.CHAPTERS_EVENT_MAILS_KEEP_DAYS = settings.CHAPTERS_SURVEYS_KEEP_DAYS = 90
    questions = (EventQuestionData(text="Why?"),)
    old = make_past_event(chapter, actor_id=lead, days=91, questions=questions)
    new = make_past_event(chapter, actor_id=lead, days=89, questions=questions)
    kept: dict[int, tuple[Rsvp, EventSurvey, EventMail]] = {}
    for event in (old, new):
        rsvp = make_rsvp(event, needs_note="Wheels")
        EventAnswer.objects.create(rsvp=rsvp, question=EventQuestion.objects.get(event_id=event.id), text="Because")
        survey = EventSurvey.objects.create(event_id=event.id, user_id=rsvp.user_id, rating=5, useful="Much")
        letter = EventMail.objects.create(
            event_id=event.id,
            audience="all",
            subject="S",
            body="B",
            request_key=str(event.id),
            finished_at=timezone.now(),
        )
        for row in (survey, letter):
            type(row).objects.filter(pk=row.pk).update(created_at=event.ends_at + timedelta(hours=1))
        kept[event.id] = (rsvp, survey, letter)
    unsent = EventMail.objects.create(event_id=old.id, audience="all", subject="S", body="B", request_key="unsent")
    EventMail.objects.filter(pk=unsent.pk).update(created_at=old.ends_at)
    for _twice in range(2):
        list(people.purge_expired())
    for event, expected in ((old, ("", "", "", 0)), (new, ("Wheels", "Much", "B", 1))):
        rsvp, survey, letter = kept[event.id]
        for row in (rsvp, survey, letter):
            row.refresh_from_db()
        assert (rsvp.needs_note, survey.useful, letter.body, rsvp.answers.count()) == expected
        assert (rsvp.state, survey.rating) == (RsvpState.GOING, 5)
    unsent.refresh_from_db()
    assert unsent.body == "B", "what is on its way arrives"
