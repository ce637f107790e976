"""What the hours before and after an event bring: reminders, a survey, and what hosts are asked.

Nothing is planned ahead: each run looks at the starts as they are now, so that what was moved is reminded of anew. A
reminder that is due leaves two rows in one transaction: a notice, unique for the event, its start and the reminder, and
the errand that tells the people. So a run that dies, or runs twice, reminds once; what an outage held up is caught up
with until the next reminder, or the start. Nobody is reminded at once of a start that was set after the reminder was
due: they have just read of it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from chapters.data import EventState, RsvpState
from chapters.models import Event, EventNotice, EventResult, Rsvp
from discussion_ext.api import attendance
from people import api as people
from people.data import JobData

from . import news
from .hosts import list_team

#: Longer ago than this before its start no reminder of an event is due: a day and a clock that changes.
_AHEAD: Final = timedelta(hours=50)
#: So long after an event people are still asked about it, where an outage held it up.
_BEHIND: Final = timedelta(days=3)
#: So long hosts are asked for a result by mail; after that it only stands on their desk.
_ASKED_FOR: Final = timedelta(days=60)
_BATCH: Final = 100


@dataclass(frozen=True, kw_only=True)
class ReminderData:
    """A reminder of one start: its name, when it is due and until when it is worth giving."""

    name: str
    due_at: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Due:
    """Something to be told now, once: ``key`` says what it is, ``tell`` leaves the errand."""

    event: Event
    key: str
    tell: Callable[[], None]


def list_reminders(starts_at: datetime, zone: ZoneInfo) -> tuple[ReminderData, ...]:
    """Return the reminders of an event: on the evening before, by the clock of its zone, and some hours ahead.

    An evening that comes after the last reminder would have is left out: what begins at midnight is reminded of once.
    """
    hours: float = settings.CHAPTERS_REMIND_HOURS
    last = starts_at - timedelta(hours=hours) if hours else starts_at
    evening = _evening_before(starts_at, zone)
    found = []
    if evening is not None and evening < last:
        found.append(ReminderData(name="day", due_at=evening, until=last))
    if hours:
        found.append(ReminderData(name="hours", due_at=last, until=starts_at))
    return tuple(found)


def remind_of_events(*, limit: int = 10_000) -> Generator[Mapping[str, int], None, None]:
    """Leave errands for what is due now; a batch of events at a time."""
    now = timezone.now()
    left = limit
    for batch in _iterate_due(now):
        done = sum(_begin(due) for due in batch[:left])
        left -= len(batch)
        yield {"notices begun": done}
        if left <= 0:
            return
    for rows in _iterate_awaiting(now):
        yield {"results asked for": sum(_ask_result(row, now) for row in rows[:left])}
        left -= len(rows)
        if left <= 0:
            return


def look_at_reminders() -> Mapping[str, int]:
    """Count what is due."""
    now = timezone.now()
    return {
        "notices due": sum(len(batch) for batch in _iterate_due(now)),
        "results to ask for": sum(len(rows) for rows in _iterate_awaiting(now)),
    }


REMIND: Final = JobData(
    name="chapters.remind_of_events",
    says="Reminds people of events that they come to, and asks them and the hosts what came of them.",
    work=remind_of_events,
    look=look_at_reminders,
    limit=10_000,
)


# -- what is due -------------------------------------------------------------------------------------------------------


def _iterate_due(now: datetime) -> Iterator[list[Due]]:
    """Yield what is due and was not begun, batch by batch of events."""
    published = Event.objects.filter(state=EventState.PUBLISHED, meeting_id__isnull=False)
    hours = timedelta(hours=settings.CHAPTERS_REMIND_HOURS)
    coming = published.filter(starts_at__gt=now, starts_at__lte=now + max(_AHEAD, hours))
    for rows in _in_batches(coming, "starts_at"):
        yield _without_begun(_list_reminders_due(rows, now))
    waiting = Rsvp.objects.filter(event_id=OuterRef("pk"), state=RsvpState.PENDING)
    # Also where nobody else is approved: who was taken off a list asks before coming back.
    for rows in _in_batches(published.filter(Exists(waiting), starts_at__gt=now), "starts_at"):
        yield _without_begun(_list_requests_due(rows, now))
    ended = now - timedelta(hours=settings.CHAPTERS_SURVEY_HOURS)
    for rows in _in_batches(published.filter(ends_at__gt=ended - _BEHIND, ends_at__lte=ended), "ends_at"):
        yield _without_begun(
            Due(event=row, key=f"survey:{row.pk}:{row.starts_at.isoformat()}", tell=partial(news.ask_survey, row))
            for row in rows
        )


def _list_reminders_due(rows: Sequence[Event], now: datetime) -> Iterator[Due]:
    meetings = attendance.get_meetings(row.meeting_id for row in rows if row.meeting_id is not None)
    for row in rows:
        meeting = meetings.get(row.meeting_id or 0)
        known_since = row.timed_at or row.published_at
        for reminder in list_reminders(row.starts_at, meeting.zone) if meeting else ():
            is_new = known_since is not None and known_since > reminder.due_at
            if reminder.due_at <= now < reminder.until and not is_new:
                yield Due(
                    event=row,
                    key=f"reminder:{row.pk}:{reminder.name}:{row.starts_at.isoformat()}",
                    tell=partial(news.remind, row, reminder.name, due_at=reminder.due_at),
                )


def _list_requests_due(rows: Sequence[Event], now: datetime) -> Iterator[Due]:
    """Yield what hosts are told once a day, by the calendar of UTC, while people wait for their approval."""
    day = now.date()
    for row in rows:
        yield Due(event=row, key=f"requests:{row.pk}:{day.isoformat()}", tell=partial(_tell_requests, row, day))


def _tell_requests(row: Event, day: date) -> None:
    news.tell_requests(row, list_team(row.pk, row.chapter_id), day=day)


def _without_begun(found: Iterable[Due]) -> list[Due]:
    by_key = {each.key: each for each in found}
    begun = set(EventNotice.objects.filter(key__in=list(by_key)).values_list("key", flat=True)) if by_key else set()
    return [each for key, each in by_key.items() if key not in begun]


def _begin(due: Due) -> bool:
    """Write down that something is told and leave its errand, both or none; False where another run was faster."""
    try:
        with transaction.atomic():
            EventNotice.objects.create(event=due.event, key=due.key)
            due.tell()
    except IntegrityError:
        return False
    return True


def _evening_before(starts_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the hour of the day before at which people are reminded, None for a site that has none.

    An hour that the clock skips that day is read with the offset from before; of a doubled one the first is taken.
    """
    if not settings.CHAPTERS_REMIND_AT:
        return None
    day = starts_at.astimezone(zone).date() - timedelta(days=1)
    at = time.fromisoformat(settings.CHAPTERS_REMIND_AT)
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


# -- results -----------------------------------------------------------------------------------------------------------


def _iterate_awaiting(now: datetime) -> Iterator[list[Event]]:
    """Yield events whose result nobody has published, and for which their hosts were not asked in the last days."""
    again = _asked_again(now)
    is_open = Q(result__isnull=True) | Q(result__published_at__isnull=True)
    is_due = Q(result__isnull=True) | Q(result__asked_at__isnull=True) | Q(result__asked_at__lte=again)
    held = Event.objects.filter(state=EventState.PUBLISHED, ends_at__gt=now - _ASKED_FOR, ends_at__lte=now)
    yield from _in_batches(held.filter(is_open, is_due), "ends_at")


def _ask_result(row: Event, now: datetime) -> bool:
    """Ask the hosts of an event, or who runs its chapter, and write down when; once, whoever else runs."""
    again = _asked_again(now)
    with transaction.atomic():
        people.insert_or_update(EventResult(event_id=row.pk), by=["event"])
        result = EventResult.objects.select_for_update().get(event_id=row.pk)
        if result.published_at is not None or (result.asked_at is not None and result.asked_at > again):
            return False
        EventResult.objects.filter(pk=result.pk).update(asked_at=now)
        news.ask_result(row, list_team(row.pk, row.chapter_id), at=now)
    return True


def _asked_again(now: datetime) -> datetime:
    """Return the moment before which hosts were asked last who are asked again; not twice a day."""
    return now - timedelta(days=max(1, settings.CHAPTERS_RESULT_DAYS))


def _in_batches(rows: QuerySet[Event], order: str) -> Iterator[list[Event]]:
    """Yield rows in the order of an instant and their numbers."""
    after = Q()
    while batch := list(rows.filter(after).order_by(order, "pk")[:_BATCH]):
        yield batch
        last = batch[-1]
        after = Q(**{f"{order}__gt": getattr(last, order)}) | Q(**{order: getattr(last, order), "pk__gt": last.pk})
