"""What pages of events show of dates, clocks and addresses: nothing of what one may not see, and a next step."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from chapters.data import ChapterData, EventOpenTo
from chapters.models import Event, EventSeries
from discussion_ext.models import Attendance
from tests.chapters.page_visits import markup_of, send, visit, words_of
from tests.events.factories import in_days, make_event, make_past_event, make_rsvp, put_start


def test_dates_of_an_open_series_that_are_for_members_are_not_shown_outside(
    chapter: ChapterData, lead: int, member: int
) -> None:
    made = EventSeries.objects.create(
        chapter_id=chapter.id, title="Evenings", frequency="weekly", starts_on="2026-12-03", at="18:30", count=3
    )
    dates = [
        make_event(chapter, actor_id=lead, title=title, starts_local=in_days(10 + place), open_to=open_to)
        for place, (title, open_to) in enumerate(
            [
                ("First open evening", EventOpenTo.ANYONE),
                ("Second open evening", EventOpenTo.ANYONE),
                ("Table of members", EventOpenTo.MEMBERS),
            ]
        )
    ]
    for each in dates:
        Event.objects.filter(pk=each.id).update(series_id=made.pk, occurrence=f"{each.starts_local:%Y-%m-%d}")
    for person in (None, lead, member):
        page = visit(person, "event", chapter.slug, dates[0].id)
        assert "Second open evening" in words_of(page)
        assert ("Table of members" in markup_of(page)) is (person is not None)
        assert ("Series, 1 of 3" if person else "Series, 1 of 2") in words_of(page)


def test_when_somebody_came_is_said_by_the_clock_of_the_event(chapter: ChapterData, lead: int, member: int) -> None:
    event = make_event(chapter, actor_id=lead, zone="Asia/Tokyo")
    event = put_start(event, timezone.now() - timedelta(days=2))
    make_rsvp(event, member)
    Attendance.objects.create(
        meeting_id=event.meeting_id,
        user_id=member,
        state="present",
        source="roll",
        arrived_at=event.starts_at,
        recorded_at=event.starts_at,
    )
    said = f"You came at {event.starts_at.astimezone(event.zone):%H:%M}."
    assert said in words_of(visit(member, "my_events", when="past"))


def test_a_new_address_of_the_calendar_is_shown_where_it_was_asked_for(
    chapter: ChapterData, lead: int, member: int
) -> None:
    event = make_event(chapter, actor_id=lead)
    for page, args in (("event", (chapter.slug, event.id)), ("events", (chapter.slug,))):
        url = reverse(f"chapters:{page}", args=args)
        assert f'name="back" value="{url}"' in markup_of(visit(member, page, *args))
        sent = send(member, "my_events", act="renew", back=url)
        assert sent["Location"] == f"{url}?done=renewed#calendar"
        seen = visit(member, page, *args, done="renewed")
        assert "The calendar has a new address." in words_of(seen)
        assert 'id="calendar"' in markup_of(seen)


def test_an_event_without_a_summary_says_nothing_empty_to_search_engines(chapter: ChapterData, lead: int) -> None:
    event = make_event(chapter, actor_id=lead, open_to=EventOpenTo.ANYONE)
    page = visit(None, "event", chapter.slug, event.id)
    assert 'content=""' not in page.content.decode()
    past = make_past_event(chapter, actor_id=lead, open_to=EventOpenTo.ANYONE, summary="Three cases")
    assert 'name="description" content="Three cases"' in visit(None, "event", chapter.slug, past.id).content.decode()
