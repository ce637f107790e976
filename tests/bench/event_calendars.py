"""Figures of calendars: what a chapter's feed costs with ten events and with ten thousand, and with as many attendees.

A feed has an end: from there on a chapter's history costs nothing more. Who comes to its events never costs anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from chapters.api import event_calendars as calendars
from chapters.data import ChapterState, EventOpenTo, EventState, MembershipState, RsvpState
from chapters.events.calendars import MOST_ENTRIES
from chapters.models import Chapter, Event, Membership, Rsvp
from discussion_ext.api import sessions
from discussion_ext.data import MeetingMode
from discussion_ext.models import Meeting
from tests.bench.figures import analyse, compare_rates, insert_rows
from tests.bench.people import make_learners

COURSE = CourseKey.from_string("course-v1:Bench+calendars+1")
FEW, MANY = 10, 10_000
SLICES, SECONDS = 5, 1.0
_NO_LIMITS = {"calendar": ""}


def measure() -> dict[str, float]:
    """Return the queries of a feed and of a person's own calendar, and their time with many rows / with few."""
    reader_id, other_id = make_learners(COURSE, 2)
    few, full, many = (_make_chapter(slug, reader_id) for slug in ("cal-few", "cal-full", "cal-many"))
    alone, crowd = _make_chapter("cal-alone", reader_id), _make_chapter("cal-crowd", other_id)
    for chapter, number in ((few, FEW), (full, MOST_ENTRIES), (many, MANY), (alone, FEW), (crowd, FEW)):
        _hold(chapter, number)
    _attend(alone, reader_id, FEW)
    _attend(crowd, other_id, MANY)
    analyse(*(model._meta.db_table for model in (Chapter, Event, Rsvp, Meeting)))
    chapters = (few, full, many)
    with override_settings(CHAPTERS_ACT_LIMITS=_NO_LIMITS, DISCUSSION_EXT_ACT_LIMITS=_NO_LIMITS):
        figures = _compare("event_feed", *map(_public, chapters))
        figures |= _compare("event_feed_of_person", *(_personal(chapter, reader_id) for chapter in chapters))
        return figures | _compare("own_calendar", _own(reader_id), _own(reader_id), _own(other_id))


def _compare(name: str, few: str, base: str, many: str) -> dict[str, float]:
    """Compare the address with many rows with that of a full calendar; none costs more queries than one with few."""
    client = Client()
    works = [partial(_view, client, path) for path in (few, base, many)]
    queries = [_count_queries(work) for work in works]
    # One fewer where nothing past fits in beside what is to come.
    assert queries[2] == queries[1] <= queries[0], f"{name}: queries grow with the crowd: {queries}"
    rates = compare_rates(works[1], works[2], slices=SLICES, seconds=SECONDS)
    print(f"    {name}: {queries[2]} queries; {1000 / rates[0]:.1f} ms, {1000 / rates[1]:.1f} ms with {MANY:,}")
    return {f"{name}_queries": queries[2], f"{name}_time_10k": rates[0] / rates[1]}


def _view(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    assert b"BEGIN:VEVENT" in response.content


def _public(chapter: Chapter) -> str:
    return urlsplit(calendars.chapter_feed_url(chapter.slug)).path


def _personal(chapter: Chapter, user_id: int) -> str:
    return urlsplit(calendars.personal_url(chapter.pk, user_id)).path


def _own(user_id: int) -> str:
    return urlsplit(sessions.calendar_url(user_id)).path


def _count_queries(view: Callable[[], None]) -> int:
    view()
    with CaptureQueriesContext(connection) as queries:
        view()
    return len(queries)


def _make_chapter(slug: str, member_id: int) -> Chapter:
    chapter = Chapter.objects.create(
        slug=f"bench-{slug}",
        name=f"Bench {slug}",
        state=ChapterState.ACTIVE,
        country="NL",
        zone="Europe/Amsterdam",
        languages="en",
        members=1,
        opened_at=timezone.now(),
    )
    now = timezone.now()
    Membership.objects.create(
        chapter=chapter,
        user_id=member_id,
        state=MembershipState.MEMBER,
        joined_at=now,
        first_joined_at=now,
        times_joined=1,
    )
    return chapter


def _hold(chapter: Chapter, number: int) -> None:
    """Give a chapter so many published events, one an hour from tomorrow on."""
    first = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    starts = [first + timedelta(hours=place) for place in range(number)]
    _insert(Meeting, [_meeting(chapter, place, start) for place, start in enumerate(starts)])
    found = Meeting.objects.filter(key__startswith=f"event:bench-{chapter.pk}-").order_by("starts_at")
    _insert(
        Event,
        [_event(chapter, pk, start) for pk, start in zip(found.values_list("pk", flat=True), starts, strict=True)],
    )


def _meeting(chapter: Chapter, place: int, start: datetime) -> Meeting:
    return Meeting(
        key=f"event:bench-{chapter.pk}-{place}",
        uid=f"{chapter.pk:08x}{place:024x}",
        title="Case evening",
        mode=MeetingMode.OFFLINE.value,
        place="Westerstraat 100",
        zone="Europe/Amsterdam",
        starts_local=f"{start:%Y-%m-%dT%H:%M}",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        secret="JBSWY3DPEHPK3PXP",
    )


def _event(chapter: Chapter, meeting_id: int, start: datetime) -> Event:
    return Event(
        chapter=chapter,
        meeting_id=meeting_id,
        state=EventState.PUBLISHED.value,
        open_to=EventOpenTo.ANYONE.value,
        mode=MeetingMode.OFFLINE.value,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        summary="Bring your case.",
        published_at=timezone.now(),
    )


def _attend(chapter: Chapter, user_id: int, number: int) -> None:
    """Let so many come to each event of a chapter, one of them somebody whom there is."""
    people = [user_id, *range(30_000_000, 30_000_000 + number - 1)]
    seat = {"state": RsvpState.GOING.value, "state_at": timezone.now()}
    for event_id in Event.objects.filter(chapter=chapter).values_list("pk", flat=True):
        _insert(Rsvp, [Rsvp(event_id=event_id, user_id=each, **seat) for each in people])


def _insert(model: type[Model], rows: Sequence[Any]) -> None:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    now = timezone.now()
    values = [[field.get_db_prep_save(_value(field, row, now), connection) for field in fields] for row in rows]
    insert_rows(model._meta.db_table, [connection.ops.quote_name(str(field.column)) for field in fields], values)


def _value(field: Any, row: Any, now: datetime) -> Any:
    is_stamp = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return now if is_stamp else getattr(row, field.attname)
