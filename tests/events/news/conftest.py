"""A clock that tests set, an evening in Nairobi, and the workers that carry news to people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from chapters.data import ChapterData, EventData, EventState, RsvpState
from chapters.events.reading import get_event
from chapters.models import Event, Rsvp
from discussion_ext.api import attendance
from discussion_ext.data import MeetingMode, MeetingPlanData
from people import api as people
from tests.chapters.factories import make_account, make_chapter, make_member

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
#: Thursday, 19:00 in Nairobi.
EVENING = datetime(2026, 12, 3, 16, 0, tzinfo=UTC)


class Clock:
    """The time that the code under test is told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return what ``timezone.now()`` returns."""
        return self.now

    def set(self, now: datetime) -> None:
        """Let it be another time."""
        self.now = now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock; it is Friday, six days before the evening."""
    clock = Clock(EVENING - 6 * DAY)
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture(autouse=True)
def _awake(settings: Any) -> None:
    """Let mail go out at any hour, and as many as there are: what holds them back is tested with deliveries."""
    settings.PEOPLE_QUIET_HOURS = ["00:00", "00:00"]
    settings.PEOPLE_DELIVERY_MOST_PER_HOUR = 0


@pytest.fixture
def chapter(db: None, clock: Clock) -> ChapterData:
    """Return a chapter in Nairobi."""
    return make_chapter("Nairobi evening chapter")


def plan_event(
    chapter: ChapterData,
    starts_at: datetime = EVENING,
    *,
    zone: str = "Africa/Nairobi",
    state: EventState = EventState.PUBLISHED,
    mode: MeetingMode = MeetingMode.OFFLINE,
    title: str = "Ask first",
    place: str = "Kahawa House",
    **columns: Any,
) -> Event:
    """Return the row of an event with its meeting; it was published a month before it starts."""
    local = starts_at.astimezone(ZoneInfo(zone))
    row = Event.objects.create(
        chapter_id=chapter.id,
        starts_at=starts_at,
        ends_at=starts_at + 2 * HOUR,
        state=state,
        **{"published_at": starts_at - 30 * DAY, "timed_at": starts_at - 30 * DAY, **columns},
    )
    plan = MeetingPlanData(
        title=title,
        mode=mode,
        starts_local=local.replace(tzinfo=None),
        fold=local.fold,
        zone=zone,
        minutes=120,
        place=place,
        link="https://meet.example.org/secret" if mode is not MeetingMode.OFFLINE else "",
    )
    row.meeting_id = attendance.create_meeting(key=f"event:{row.pk}", plan=plan, actor_id=None).id
    row.save()
    return row


def move_event(row: Event, starts_at: datetime, *, place: str = "Kahawa House") -> tuple[EventData, EventData]:
    """Move an event as the api of events does, without telling anybody; return what it was and what it is."""
    before = get_event(row.pk)
    local = starts_at.astimezone(before.zone)
    plan = MeetingPlanData(
        title=before.title,
        mode=before.mode,
        starts_local=local.replace(tzinfo=None),
        fold=local.fold,
        zone=before.zone.key,
        minutes=120,
        place=place,
        link=before.link,
    )
    meeting = attendance.change_meeting(meeting_id=before.meeting_id, plan=plan, actor_id=None)
    Event.objects.filter(pk=row.pk).update(
        starts_at=starts_at,
        ends_at=starts_at + 2 * HOUR,
        timed_at=timezone.now(),
        told_sequence=meeting.sequence,
        answer_sequence=meeting.sequence,
    )
    row.refresh_from_db()
    return before, get_event(row.pk)


def call_off(row: Event, reason: str = "The room is flooded") -> EventData:
    """Call an event off as the api of events does, without telling anybody."""
    meeting = attendance.cancel_meeting(meeting_id=row.meeting_id or 0, actor_id=None, reason=reason)
    Event.objects.filter(pk=row.pk).update(state=EventState.CANCELLED, told_sequence=meeting.sequence)
    row.refresh_from_db()
    return get_event(row.pk)


def restore(row: Event) -> EventData:
    """Let an event take place after all."""
    meeting = attendance.restore_meeting(meeting_id=row.meeting_id or 0, actor_id=None)
    Event.objects.filter(pk=row.pk).update(
        state=EventState.PUBLISHED, told_sequence=meeting.sequence, timed_at=timezone.now()
    )
    row.refresh_from_db()
    return get_event(row.pk)


def answer(
    row: Event,
    user_id: int | None = None,
    state: RsvpState = RsvpState.GOING,
    *,
    zone: str = "Africa/Nairobi",
    **columns: Any,
) -> Rsvp:
    """Return the answer of somebody, of a new member where nobody is named, who lives in this zone."""
    if user_id is None:
        user_id = make_account("Amina Yusuf")
        chapter = ChapterOf(row.chapter_id)
        make_member(chapter, user_id)  # type: ignore[arg-type]
    people.set_preferences(user_id=user_id, zone=zone)
    values = {"state": state, "state_at": timezone.now(), **columns}
    return Rsvp.objects.update_or_create(event_id=row.pk, user_id=user_id, defaults=values)[0]


class ChapterOf:
    """Just enough of a chapter to make members of it."""

    def __init__(self, chapter_id: int) -> None:
        self.id = chapter_id


def address_of(user_id: int) -> str:
    """Return where somebody gets mail."""
    return User.objects.get(pk=user_id).email


def carry() -> None:
    """Let the workers do all there is to do now."""
    now = timezone.now()
    people.run_errands(limit=10_000)
    people.compose_news(limit=10_000, now=now)
    people.process_deliveries(limit=10_000, now=now)


def remind() -> None:
    """Run the job, and then the workers."""
    people.run_job("chapters.remind_of_events")
    carry()


def letters(user_id: int) -> list[str]:
    """Return the subjects of the mails that somebody got."""
    to = address_of(user_id)
    return [message.subject for message in mail.outbox if message.to == [to]]


@pytest.fixture
def event(chapter: ChapterData) -> Event:
    """Return an evening that is published."""
    return plan_event(chapter)


@pytest.fixture
def amina(event: Event) -> Rsvp:
    """Return the answer of a member who comes."""
    return answer(event)


Carry = Callable[[], None]
