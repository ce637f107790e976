"""Figures of seats: what an answer costs beside the plainest update there is, and the list of who comes."""

from __future__ import annotations

import itertools
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from chapters.api import events
from chapters.api import rsvps as api
from chapters.data import ChapterState, EventData, EventOpenTo, EventState, RsvpDraftData, RsvpState
from chapters.models import Chapter, Event, Rsvp
from discussion_ext.api import attendance
from discussion_ext.data import MeetingMode, MeetingPlanData
from tests.bench.figures import analyse, compare_rates, insert_rows
from tests.bench.people import make_learners

COURSE = CourseKey.from_string("course-v1:Bench+seats+1")
FEW, MANY = 10, 10_000
#: So many answers are there already, when one more is measured.
THERE = 1_000
_people = itertools.count(40_000_000)


def measure() -> dict[str, float]:
    """Return the figures of ``rsvp_*`` and ``attendee_list_*``."""
    chapter = Chapter.objects.create(
        slug="bench-seats", name="Bench seats", state=ChapterState.ACTIVE, zone="Europe/Amsterdam"
    )
    return {"rsvp_vs_conditional_update": _measure_answers(chapter)} | _measure_list(chapter)


def _measure_answers(chapter: Chapter) -> float:
    """Return the rate of answers through the api / that of one conditional update of a counter in a transaction.

    Each answer is somebody else's first, to a seat, and tells them; nobody waits.
    """
    answered, counted = _make_event(chapter, "Answered"), _make_event(chapter, "Counted")
    _fill(answered, [next(_people) for _ in range(THERE)])
    draft = RsvpDraftData(needs_note="Near the door")

    def answer() -> None:
        found = api.answer(event_id=answered.pk, user_id=next(_people), draft=draft)
        assert found.state is RsvpState.GOING

    def count() -> None:
        with transaction.atomic():
            free = Event.objects.filter(pk=counted.pk, room_taken__lt=F("room_capacity"))
            assert free.update(room_taken=F("room_taken") + 1)

    ours, plain = compare_rates(answer, count)
    print(f"    {ours:.0f} answers and {plain:.0f} conditional updates a second")
    return ours / plain


def _measure_list(chapter: Chapter) -> dict[str, float]:
    """Return how many queries a page of attendees makes, and its time with many / with few."""
    shown = make_learners(COURSE, FEW)
    made: list[EventData] = []
    for number in (FEW, MANY):
        row = _make_event(chapter, f"With {number}")
        _fill(row, [*shown, *(next(_people) for _ in range(number - FEW))])
        made.append(events.get_event(row.pk))
    few, many = made
    analyse(Event._meta.db_table, Rsvp._meta.db_table)

    queries = [_count_queries(event) for event in made]
    assert queries[0] == queries[1], f"queries grow with the crowd: {queries}"
    rates = compare_rates(lambda: _read(few), lambda: _read(many))
    print(f"    {queries[1]} queries; {1000 / rates[0]:.1f} ms with {FEW}, {1000 / rates[1]:.1f} ms with {MANY:,}")
    return {"attendee_list_queries": queries[1], "attendee_list_time_10k_vs_10": rates[0] / rates[1]}


def _read(event: EventData) -> None:
    assert len(api.list_attendees(event=event, states=[RsvpState.GOING], limit=FEW).attendees) == FEW


def _count_queries(event: EventData) -> int:
    _read(event)
    with CaptureQueriesContext(connection) as found:
        _read(event)
    return len(found)


def _make_event(chapter: Chapter, title: str) -> Event:
    starts_at = (timezone.now() + timedelta(days=30)).replace(second=0, microsecond=0)
    event = Event.objects.create(
        chapter=chapter,
        state=EventState.PUBLISHED,
        open_to=EventOpenTo.ANYONE,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        room_capacity=10_000_000,
    )
    plan = MeetingPlanData(
        title=title, mode=MeetingMode.OFFLINE, starts_local=starts_at.replace(tzinfo=None), zone="UTC", minutes=120
    )
    event.meeting_id = attendance.create_meeting(key=f"event:{event.pk}", plan=plan, actor_id=None).id
    event.save(update_fields=["meeting_id"])
    return event


def _fill(event: Event, user_ids: list[int]) -> None:
    """Let people have seats, as rows."""
    now = timezone.now()
    rows = [Rsvp(event=event, user_id=user_id, state=RsvpState.GOING, state_at=now) for user_id in user_ids]
    fields = [field for field in Rsvp._meta.concrete_fields if not field.primary_key]
    values = [
        [
            field.get_db_prep_save(now if field.name == "created_at" else getattr(row, field.attname), connection)
            for field in fields
        ]
        for row in rows
    ]
    insert_rows(Rsvp._meta.db_table, [field.column for field in fields], values)
    Event.objects.filter(pk=event.pk).update(room_taken=len(user_ids))
