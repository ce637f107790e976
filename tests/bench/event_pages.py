"""Figures of the page of an event: what it costs with ten attendees and with ten thousand, and as many in line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from chapters.api import events
from chapters.data import ChapterRole, ChapterState, EventData, EventOpenTo, EventPlanData, MembershipState, RsvpState
from chapters.models import Chapter, Event, Membership, Rsvp, Term
from discussion_ext.data import MeetingMode
from tests.bench.figures import analyse, compare_rates, insert_rows
from tests.bench.people import make_learners

COURSE = CourseKey.from_string("course-v1:Bench+events+1")
FEW, MANY = 10, 10_000
SLICES, SECONDS = 7, 0.8
CAPACITY = 24


def measure() -> dict[str, float]:
    """Return for who has a seat, waits or only looks how many queries the page makes, and its time with many / few."""
    host, seated, waiting = make_learners(COURSE, 3)
    chapter = _make_chapter(host, seated, waiting)
    few, many = _make_event(chapter, host, FEW), _make_event(chapter, host, MANY)
    for event in (few, many):
        # Who waits is the last in line: everybody else is ahead of them.
        _answer(event, seated, RsvpState.GOING)
        _answer(event, waiting, RsvpState.WAITLISTED)
    _fill(few, FEW)
    _fill(many, MANY)
    analyse(*(model._meta.db_table for model in (Event, Rsvp)))
    readers = {"event_page": seated, "event_page_in_line": waiting, "event_page_public": None}
    figures: dict[str, float] = {}
    for name, user_id in readers.items():
        figures |= _compare(name, _open_browser(user_id), few, many)
    return figures


def _compare(name: str, reader: Client, few: EventData, many: EventData) -> dict[str, float]:
    def view(event: EventData) -> None:
        assert reader.get(f"/chapters/bench-events/events/{event.id}/").status_code == 200

    queries = [_count_queries(partial(view, event)) for event in (few, many)]
    assert queries[0] == queries[1], f"{name}: queries grow with the crowd: {queries}"
    rates = compare_rates(lambda: view(few), lambda: view(many), slices=SLICES, seconds=SECONDS)
    print(
        f"    {name}: {queries[1]} queries; {1000 / rates[0]:.1f} ms with {FEW}, {1000 / rates[1]:.1f} ms with {MANY:,}"
    )
    return {f"{name}_queries": queries[1], f"{name}_time_10k_vs_10": rates[0] / rates[1]}


def _open_browser(user_id: int | None) -> Client:
    reader = Client()
    if user_id is not None:
        reader.force_login(User.objects.get(pk=user_id))
    return reader


def _make_chapter(*people: int) -> Chapter:
    now = timezone.now()
    chapter = Chapter.objects.create(
        slug="bench-events",
        name="Bench events",
        state=ChapterState.ACTIVE,
        listed_rank=1,
        country="NL",
        zone="Europe/Amsterdam",
        languages="en",
        members=len(people),
        opened_at=now,
    )
    Membership.objects.bulk_create(
        Membership(
            chapter=chapter,
            user_id=user_id,
            state=MembershipState.MEMBER,
            joined_at=now,
            first_joined_at=now,
            times_joined=1,
            position="Team lead",
            why="To practise hard talks",
        )
        for user_id in people
    )
    lead = {"chapter": chapter, "user_id": people[0], "role": ChapterRole.LEAD, "starts_at": now}
    Term.objects.create(**lead, open_key=f"{chapter.pk}:{people[0]}:lead")
    return chapter


def _make_event(chapter: Chapter, host: int, attendees: int) -> EventData:
    starts = (timezone.now() + timedelta(days=10)).replace(hour=18, minute=30, second=0, microsecond=0, tzinfo=None)
    plan = EventPlanData(
        title=f"An evening with {attendees}",
        starts_local=starts,
        zone="Europe/Amsterdam",
        mode=MeetingMode.HYBRID,
        open_to=EventOpenTo.ANYONE,
        place="Library, Neude 11",
        link="https://meet.example.org/bench",
        agenda="18:30, arrive. Tea.\n19:00, three cases. Twenty minutes each.",
        description="What we *try* tonight.",
        room_capacity=CAPACITY,
        host_ids=(host,),
    )
    made = events.create_event(chapter_id=chapter.pk, actor_id=host, plan=plan)
    return events.publish_event(event_id=made.id, actor_id=host)


def _answer(event: EventData, user_id: int, state: RsvpState) -> None:
    Rsvp.objects.create(
        event_id=event.id,
        user_id=user_id,
        state=state,
        queued_at=timezone.now() + timedelta(days=1) if state is RsvpState.WAITLISTED else None,
        state_at=timezone.now(),
        mode=MeetingMode.OFFLINE,
    )


def _fill(event: EventData, number: int) -> None:
    """Add so many attendees, half of whom wait, as rows of people whom nobody names."""
    now = timezone.now()
    rows = [
        Rsvp(
            event_id=event.id,
            user_id=30_000_000 + place,
            state=RsvpState.WAITLISTED if place % 2 else RsvpState.GOING,
            queued_at=now + timedelta(seconds=place) if place % 2 else None,
            state_at=now,
            mode=MeetingMode.OFFLINE,
            created_at=now,
        )
        for place in range(number)
    ]
    fields = [field for field in Rsvp._meta.concrete_fields if not field.primary_key]
    values = [
        [
            field.get_db_prep_save(now if field.name == "created_at" else getattr(row, field.attname), connection)
            for field in fields
        ]
        for row in rows
    ]
    insert_rows(Rsvp._meta.db_table, [str(field.column) for field in fields], values)
    # Full for both, so that the two pages say the same.
    Event.objects.filter(pk=event.id).update(room_taken=CAPACITY, waiting=number // 2 + 1)


def _count_queries(view: Callable[[], None]) -> int:
    view()  # names are given at the first look
    with CaptureQueriesContext(connection) as queries:
        view()
    return len(queries)
